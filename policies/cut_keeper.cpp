// Re-cuts, rests, drains and new layouts; see cut_keeper.h.
#include "policies/cut_keeper.h"

#include <algorithm>

#include "models/cluster.h"
#include "models/device_ref.h"
#include "models/gpu_partitions.h"
#include "models/request_class.h"
#include "policies/partition_on_demand.h"
#include "policies/partition_optimizing.h"
#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kMostDemand = 1'000'000;

// `at` plus `by`, at most the end of time.
Time after(Time at, Duration by) {
  std::int64_t ns = 0;
  return {__builtin_add_overflow(at.ns, by.ns, &ns) ? kNever.ns : ns};
}

}  // namespace

CutKeeper::CutKeeper(Cluster& cluster) : cluster_(cluster), owners_(cluster.pools().size()) {
  const GpuPartitions& partitions = *cluster.partitions();
  for (std::uint32_t p = 0; p < cluster.pools().size(); ++p) {
    const MigNodes* mig = partitions.mig({p});
    arrivals_.emplace_back(mig == nullptr ? 0 : mig->geometry().profiles(), 0);
    if (mig == nullptr) continue;
    if (mode({p}).partitioner.kind == PartitionerSpec::Kind::Optimizing) optimized_.push_back({p});
    if (mode({p}).partitioner.drain) owners_[p].resize(mig->pool().gpus() * mig->geometry().places().size());
  }
}

const GpuModeSpec& CutKeeper::mode(PoolId pool) const { return cluster_.partitions()->mode(pool); }

Duration CutKeeper::period(PoolId pool) const { return mode(pool).partitioner.period; }

NodeId CutKeeper::node_of(PoolId pool, std::uint32_t gpu) const {
  return {cluster_.pool(pool).first_node + gpu / cluster_.partitions()->mig(pool)->gpus_per_node()};
}

void CutKeeper::add_timer(Time at, const Pending& pending) {
  std::uint32_t row = static_cast<std::uint32_t>(pending_.size());
  if (free_rows_.empty()) {
    pending_.push_back(pending);
  } else {
    row = free_rows_.back();
    free_rows_.pop_back();
    pending_[row] = pending;
  }
  timers_.push_back({at, row});
}

void CutKeeper::note(PoolId pool, std::uint32_t gpu) {
  recuts_.push_back({node_of(pool, gpu), pool, mode(pool).partitioner.delay});
}

Duration CutKeeper::accept(Time now, const GangShape& shape) {
  recuts_.clear();
  timers_.clear();
  if (shape.main.slice == 0) return {0};
  GpuPartitions& partitions = *cluster_.partitions();
  const PoolId pool = partitions.kind(shape.main.slice).pool;
  MigNodes* mig = partitions.mig(pool);
  if (mig == nullptr || mig->journal().empty()) return {0};
  const PartitionerSpec& rule = mode(pool).partitioner;
  for (const MigCut& cut : mig->journal()) {
    note(pool, cut.gpu);
    if (cut.destroyed > 0 && rule.min_interval.ns > 0) {
      mig->set_resting(cut.gpu, true);
      add_timer(after(now, rule.min_interval), {Pending::What::EndRest, pool, cut.gpu, MigGeometry::kNoState});
    }
    if (rule.gap.ns <= 0) continue;
    const std::uint32_t first = cut.gpu - cut.gpu % mig->gpus_per_node();
    for (std::uint32_t i = 0; i < mig->gpus_per_node(); ++i) mig->close(first + i);
    add_timer(after(now, rule.gap), {Pending::What::OpenNode, pool, first, MigGeometry::kNoState});
    cluster_.note_change(node_of(pool, first));
  }
  mig->accept();
  return rule.delay;
}

PoolId CutKeeper::due(std::uint32_t row) {
  const Pending pending = pending_[row];
  free_rows_.push_back(row);
  MigNodes& mig = *cluster_.partitions()->mig(pending.pool);
  switch (pending.what) {
    case Pending::What::OpenNode:
      for (std::uint32_t i = 0; i < mig.gpus_per_node(); ++i) mig.open(pending.gpu + i);
      break;
    case Pending::What::EndRest:
      mig.set_resting(pending.gpu, false);
      break;
    case Pending::What::Recut:
      mig.recut(pending.gpu, pending.target);
      mig.open(pending.gpu);
      break;
  }
  cluster_.note_change(node_of(pending.pool, pending.gpu));
  return pending.pool;
}

void CutKeeper::bound(JobId job, const GangShape& shape, std::span<const Piece> pieces,
                      std::span<const std::uint16_t> devices) {
  if (shape.main.slice == 0) return;
  const SliceKind& kind = cluster_.partitions()->kind(shape.main.slice);
  if (kind.what != SliceKind::What::Instance || owners_[kind.pool.index].empty()) return;
  const MigNodes& mig = *cluster_.partitions()->mig(kind.pool);
  for (const Piece& piece : pieces) {
    const std::size_t first = std::size_t{piece.node.index - cluster_.pool(kind.pool).first_node} * mig.gpus_per_node();
    for (const std::uint16_t ref : devices.subspan(piece.first_device, piece.gpus)) {
      owners_[kind.pool.index][(first + device_index(ref)) * mig.geometry().places().size() + device_place(ref)] = job;
    }
  }
}

void CutKeeper::released(const GangShape& shape, std::span<const Piece> pieces,
                         std::span<const std::uint16_t> devices) {
  bound({}, shape, pieces, devices);
}

Duration CutKeeper::next_effort(const RequestClass& job_class, Duration waited) const {
  Duration least{0};
  for (const GangShape& shape : job_class.shapes) {
    if (shape.main.slice == 0) continue;
    const PoolId pool = cluster_.partitions()->kind(shape.main.slice).pool;
    const Duration wait = mode(pool).partitioner.min_wait;
    if (wait > waited && (least.ns == 0 || wait < least)) least = wait;
  }
  return least;
}

void CutKeeper::drain_for(const RequestClass& job_class, Time now, const ExpectedEnds& ends) {
  for (const GangShape& shape : job_class.shapes) {
    if (shape.main.slice == 0) continue;
    const SliceKind& kind = cluster_.partitions()->kind(shape.main.slice);
    if (kind.what != SliceKind::What::Instance || owners_[kind.pool.index].empty()) continue;
    if (cluster_.partitions()->mig(kind.pool)->has_reserved(kind.profile)) return;
    reserve_cheapest(kind.pool, kind.profile, now, ends);
    return;
  }
}

void CutKeeper::reserve_cheapest(PoolId pool, std::size_t profile, Time now, const ExpectedEnds& ends) {
  MigNodes& mig = *cluster_.partitions()->mig(pool);
  const std::size_t places = mig.geometry().places().size();
  std::vector<std::int64_t> cost(places);
  std::uint32_t best_gpu = 0;
  std::int64_t best = INT64_MAX;
  for (std::uint32_t gpu = 0; gpu < mig.pool().gpus(); ++gpu) {
    const NodeId node = node_of(pool, gpu);
    if (!mig.is_cut(gpu % mig.gpus_per_node()) || mig.is_closed(gpu) || mig.is_reserved(gpu)) continue;
    if (cluster_.state(node) != NodeState::Present) continue;
    for (std::size_t place = 0; place < places; ++place) {
      const JobId job = owners_[pool.index][gpu * places + place];
      cost[place] = job.valid() ? std::max<std::int64_t>(0, (ends.of(job) - now).ns) : 0;
    }
    const auto removal = cheapest_removal(mig.geometry(), mig.pool().busy(gpu), profile, cost, VictimCost::Longest);
    if (!removal || removal->cost >= best) continue;
    best = removal->cost;
    best_gpu = gpu;
  }
  if (best == INT64_MAX) return;
  mig.reserve(best_gpu, profile);
  cluster_.note_change(node_of(pool, best_gpu));
}

bool CutKeeper::lift_drains() {
  bool any = false;
  for (std::uint32_t p = 0; p < cluster_.pools().size(); ++p) {
    MigNodes* mig = cluster_.partitions()->mig({p});
    if (mig == nullptr || !mig->unreserve_all()) continue;
    any = true;
    const Pool& pool = cluster_.pool({p});
    for (std::uint32_t n = pool.first_node; n < pool.first_node + pool.nodes; ++n) cluster_.note_change({n});
  }
  return any;
}

void CutKeeper::count(const RequestClass& job_class, std::uint64_t jobs, Counts& counts) const {
  if (job_class.shapes.empty() || job_class.shapes.front().main.slice == 0) return;
  const SliceKind& kind = cluster_.partitions()->kind(job_class.shapes.front().main.slice);
  if (kind.what != SliceKind::What::Instance) return;
  std::uint32_t& count = counts[kind.pool.index][kind.profile];
  count = static_cast<std::uint32_t>(std::min<std::uint64_t>(kMostDemand, count + jobs * job_class.gpus));
}

bool CutKeeper::optimize(PoolId pool, Time now, std::span<const Waiting> waiting) {
  recuts_.clear();
  timers_.clear();
  MigNodes& mig = *cluster_.partitions()->mig(pool);
  const PartitionerSpec& rule = mode(pool).partitioner;
  Counts queued;
  for (const auto& profiles : arrivals_) queued.emplace_back(profiles.size(), 0);
  for (const Waiting& each : waiting) count(*each.job_class, each.jobs, queued);
  std::vector<MigDemand> demand;
  for (std::size_t profile = 0; profile < mig.geometry().profiles(); ++profile) {
    // A served request is worth the compute slices that it keeps busy.
    demand.push_back({queued[pool.index][profile], arrivals_[pool.index][profile],
                      mig.geometry().family().profiles[profile].compute_slices});
    arrivals_[pool.index][profile] = 0;
  }
  std::vector<MigGpuState> states;
  std::vector<std::uint32_t> gpus;
  for (std::uint32_t gpu = 0; gpu < mig.pool().gpus(); ++gpu) {
    if (!mig.is_cut(gpu % mig.gpus_per_node()) || mig.is_closed(gpu)) continue;
    if (cluster_.state(node_of(pool, gpu)) != NodeState::Present) continue;
    states.push_back({mig.pool().busy(gpu), mig.pool().existing(gpu)});
    gpus.push_back(gpu);
  }
  if (gpus.empty()) return false;
  const OptimizedLayouts layouts =
      optimize_layouts(mig.geometry(), states, demand, {rule.forecast_percent, rule.change_cost_percent, rule.exact});
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    if (layouts.existing[i] == states[i].existing) continue;
    mig.close(gpus[i]);
    cluster_.note_change(node_of(pool, gpus[i]));
    note(pool, gpus[i]);
    add_timer(after(now, rule.delay), {Pending::What::Recut, pool, gpus[i], layouts.existing[i]});
  }
  return !recuts_.empty();
}

}  // namespace seatrial

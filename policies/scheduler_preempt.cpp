// Ranking and re-packing of all active jobs; see scheduler_preempt.h.
#include "policies/scheduler_preempt.h"

#include <algorithm>

namespace seatrial {

PreemptiveScheduler::PreemptiveScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
    : QueueScheduler(state, std::move(order), false) {
  state_.record_started = true;
}

void PreemptiveScheduler::enqueue(JobId job) {
  Scheduler::enqueue(job);
  if (state_.options.preemption == Preemption::OnEvent) repack_due_ = true;
}

void PreemptiveScheduler::left(JobId job) {
  Scheduler::left(job);
  const auto found = std::find_if(running_.begin(), running_.end(), [&](const Ranked& r) { return r.job == job; });
  if (found != running_.end()) running_.erase(found);
  if (state_.options.preemption == Preemption::OnEvent) repack_due_ = true;
}

void PreemptiveScheduler::started_outside(JobId job) {
  running_.push_back({{}, job});
  schedule_crossing(job);
}

void PreemptiveScheduler::capacity_changed() {
  Scheduler::capacity_changed();
  if (state_.options.preemption == Preemption::OnEvent) repack_due_ = true;
}

void PreemptiveScheduler::key_crossed(JobId job) {
  if (pending_.jobs() == 0) {
    unwatched_.push_back(job);
    return;
  }
  schedule_crossing(job);
  if (state_.options.preemption == Preemption::OnEvent) repack_due_ = true;
}

void PreemptiveScheduler::schedule_crossing(JobId job) {
  if (state_.options.preemption != Preemption::OnEvent) return;
  const auto after = order_->next_crossing(state_.view(job));
  if (!after) return;
  const Time from = std::max(state_.now, state_.run(job).useful_from);
  const Duration left = state_.workload.duration(job) - state_.view(job).executed;
  if (*after >= left) return;  // it ends first
  state_.push_event(EventKind::KeyCrosses, from + *after, job);
}

void PreemptiveScheduler::rank_running() {
  for (Ranked& ranked : running_) ranked.key = order_->key(state_.view(ranked.job));
  const auto before = [](const Ranked& a, const Ranked& b) {
    return a.key != b.key ? a.key < b.key : a.job.index < b.job.index;
  };
  // Nearly sorted already: insertion is linear then; a real change of order falls back to sorting.
  std::size_t moves = 0;
  for (std::size_t i = 1; i < running_.size(); ++i) {
    const Ranked item = running_[i];
    std::size_t hole = i;
    for (; hole > 0 && before(item, running_[hole - 1]); --hole) running_[hole] = running_[hole - 1];
    running_[hole] = item;
    moves += i - hole;
    if (moves > 16 * running_.size()) {
      std::sort(running_.begin(), running_.end(), before);
      return;
    }
  }
}

void PreemptiveScheduler::begin_quotas() {
  const auto pools = state_.cluster.pools();
  quota_.resize(pools.size());
  for (std::size_t p = 0; p < pools.size(); ++p) quota_[p] = pools[p].free_milli;
  for (const Ranked& ranked : running_) {
    const std::uint32_t milli = state_.workload.request(ranked.job).gpu_milli;
    for (const Piece& piece : state_.table.pieces(ranked.job)) {
      quota_[state_.cluster.pool_of(piece.node).index] += static_cast<std::int64_t>(piece.gpus) * milli;
    }
  }
}

// A running job takes from where it is; a waiting one from the first of its pools that has enough left.
bool PreemptiveScheduler::take_quota(JobId job, bool running) {
  const RequestClass& job_class = state_.class_of(job);
  if (running) {
    const std::uint32_t milli = state_.workload.request(job).gpu_milli;
    const auto pieces = state_.table.pieces(job);
    const bool enough = std::all_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
      return quota_[state_.cluster.pool_of(piece.node).index] >= job_class.total_milli;
    });
    if (!enough && !state_.options.span_pools) return false;
    for (const Piece& piece : pieces) {
      quota_[state_.cluster.pool_of(piece.node).index] -= static_cast<std::int64_t>(piece.gpus) * milli;
    }
    return true;
  }
  std::int64_t left = job_class.total_milli;
  for (const PoolId pool : job_class.pools) {
    if (quota_[pool.index] < left) continue;
    quota_[pool.index] -= left;
    return true;
  }
  if (!state_.options.span_pools) return false;
  std::int64_t all = 0;
  for (const PoolId pool : job_class.pools) all += quota_[pool.index];
  if (all < left) return false;
  for (const PoolId pool : job_class.pools) {
    const std::int64_t part = std::min(left, quota_[pool.index]);
    quota_[pool.index] -= part;
    left -= part;
  }
  return true;
}

void PreemptiveScheduler::choose() {
  victims_.clear();
  chosen_.clear();
  open_lanes_.clear();
  cursors_.resize(pending_.lanes());
  for (std::uint32_t id = 0; id < pending_.lanes(); ++id) {
    if (pending_.lane(id).items.empty()) continue;
    cursors_[id] = pending_.lane(id).items.begin();
    open_lanes_.push_back(id);
  }
  const bool strict = state_.options.admission == Admission::Strict;
  std::size_t next = 0;
  bool stopped = false;
  bool moved = true;  // the first of the waiting jobs is not known
  std::size_t best = 0;
  const WaitItem* item = nullptr;
  while (next < running_.size() || !open_lanes_.empty()) {
    if (moved) {
      item = nullptr;
      for (std::size_t i = 0; i < open_lanes_.size(); ++i) {
        const WaitItem* head = pending_.lane(open_lanes_[i]).items.at(cursors_[open_lanes_[i]]);
        if (item == nullptr || head->before(*item)) item = head, best = i;
      }
      moved = false;
    }
    if (next < running_.size() && (item == nullptr || running_[next].before(*item))) {
      const JobId job = running_[next++].job;
      if (stopped || !take_quota(job, true)) {
        victims_.push_back(job);
        stopped = stopped || strict;
      }
      continue;
    }
    moved = true;
    const std::uint32_t lane = open_lanes_[best];
    const bool given = !stopped && take_quota(item->job, false);
    if (given) {
      chosen_.push_back(*item);
      pending_.lane(lane).items.advance(cursors_[lane]);
    }
    stopped = stopped || (strict && !given);
    // Equal requests behind it do not fit either: quotas only shrink.
    if (!given || pending_.lane(lane).items.at(cursors_[lane]) == nullptr) {
      open_lanes_.erase(open_lanes_.begin() + static_cast<std::ptrdiff_t>(best));
    }
  }
}

void PreemptiveScheduler::repack() {
  rank_running();
  begin_quotas();
  choose();
  for (const JobId job : victims_) {
    running_.erase(std::find_if(running_.begin(), running_.end(), [&](const Ranked& r) { return r.job == job; }));
    state_.preempt(job);
    if (state_.table.state[job] == JobState::Pending) {
      pending_.push(queue_of(job), state_.class_of(job), item_of(job));
      newcomers_.push_back(job);
    }
  }
  for (const WaitItem& item : chosen_) {
    if (!state_.try_start(item.job, WaitReason::Fragmentation)) continue;
    pending_.erase(queue_of(item.job), state_.workload.request_id(item.job), item);
  }
}

// Takes up the jobs that were started by this pass, and crossings that matter again because somebody waits.
void PreemptiveScheduler::watch_started() {
  for (const JobId job : state_.started) started_outside(job);
  if (pending_.jobs() == 0 || unwatched_.empty()) return;
  for (const JobId job : unwatched_) {
    if (state_.table.state[job] == JobState::Running) schedule_crossing(job);
  }
  unwatched_.clear();
}

void PreemptiveScheduler::pass() {
  const bool repack_now = repack_due_ && pending_.jobs() > 0;
  repack_due_ = false;
  if (repack_now) repack();
  wake_for_freed();
  if (!repack_now) start_what_fits();
  watch_started();
  mark_newcomers();
}

}  // namespace seatrial

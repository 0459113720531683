// Turns by dominant share; see scheduler_drf.h.
#include "policies/scheduler_drf.h"

namespace seatrial {
namespace {

ResourceAmounts capacity_of(const Cluster& cluster) {
  ResourceAmounts sum{cluster.total_milli(), 0, 0};
  bool cpu_limited = true;
  bool memory_limited = true;
  for (std::uint32_t i = 0; i < cluster.nodes(); ++i) {
    const NodeId node{i};
    if (cluster.state(node) == NodeState::Absent) continue;
    cpu_limited = cpu_limited && cluster.cpu(node) != kUnlimited;
    memory_limited = memory_limited && cluster.memory(node) != kUnlimited;
    if (cpu_limited) sum[1] += cluster.cpu(node);
    if (memory_limited) sum[2] += cluster.memory(node);
  }
  if (!cpu_limited) sum[1] = 0;
  if (!memory_limited) sum[2] = 0;
  return sum;
}

}  // namespace

DrfScheduler::DrfScheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool strict)
    : Scheduler(state, std::move(order), strict),
      strict_(strict),
      capacity_(capacity_of(state.cluster)),
      weights_(whole_weights(state.options.tenant_weights)),
      held_(state.workload.texts().size(), ResourceAmounts{}) {}

void DrfScheduler::hold(JobId job, std::int64_t sign) {
  const Request& request = state_.workload.request(job);
  ResourceAmounts& held = held_[request.tenant.index];
  held[0] += sign * state_.held_milli(job);
  held[1] += sign * request.cpu_milli;
  held[2] += sign * request.memory_mib;
}

void DrfScheduler::left(JobId job) {
  hold(job, -1);
  Scheduler::left(job);
}

void DrfScheduler::capacity_changed() {
  capacity_ = capacity_of(state_.cluster);
  Scheduler::capacity_changed();
}

std::uint32_t DrfScheduler::best_lane(std::uint32_t tenant) const {
  std::uint32_t best = Pending::kNone;
  for (const std::uint32_t id : pending_.lanes_of(tenant)) {
    const Lane& lane = pending_.lane(id);
    if (lane.parked || lane.items.empty()) continue;
    if (best == Pending::kNone || lane.items.front().before(pending_.lane(best).items.front())) best = id;
  }
  return best;
}

std::uint32_t DrfScheduler::next_tenant() const {
  std::uint32_t next = Pending::kNone;
  DominantShare smallest;
  for (std::uint32_t tenant = 0; tenant < best_lanes_.size(); ++tenant) {
    if (best_lanes_[tenant] == Pending::kNone) continue;
    const DominantShare share = dominant_share(held_[tenant], capacity_, weights_[tenant]);
    const bool tie = next != Pending::kNone && !share.below(smallest) && !smallest.below(share);
    const auto head = [&](std::uint32_t of) { return pending_.lane(best_lanes_[of]).items.front(); };
    if (next == Pending::kNone || share.below(smallest) || (tie && head(tenant).before(head(next)))) {
      next = tenant;
      smallest = share;
    }
  }
  return next;
}

void DrfScheduler::pass() {
  wake_for_freed();
  if (pending_.first_ready() != Pending::kNone) {
    best_lanes_.resize(pending_.queues());
    for (std::uint32_t tenant = 0; tenant < best_lanes_.size(); ++tenant) best_lanes_[tenant] = best_lane(tenant);
  }
  while (pending_.first_ready() != Pending::kNone) {
    const std::uint32_t tenant = next_tenant();
    const std::uint32_t lane = best_lanes_[tenant];
    const JobId job = pending_.lane(lane).items.front().job;
    const WaitReason rest = strict_ ? WaitReason::HeadOfLine : WaitReason::Fragmentation;
    if (state_.try_start(job, rest)) {
      pending_.pop_front(lane);
      hold(job, 1);
    } else {
      pending_.park(lane, state_.class_of(job));
    }
    best_lanes_[tenant] = best_lane(tenant);
  }
  mark_newcomers();
}

}  // namespace seatrial

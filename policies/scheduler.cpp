// Queues served in order, with and without head-of-line blocking; see scheduler.h.
#include "policies/scheduler.h"

#include <algorithm>

#include "policies/scheduler_conservative.h"
#include "policies/scheduler_cycles.h"
#include "policies/scheduler_drf.h"
#include "policies/scheduler_easy.h"
#include "policies/scheduler_kube.h"
#include "policies/scheduler_preempt.h"

namespace seatrial {

Scheduler::Scheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool one_lane_per_queue)
    : state_(state),
      order_(std::move(order)),
      learns_(order_->learns()),
      recalculates_every_(order_->recalculates_every()),
      pending_(state.cluster.pools().size(), one_lane_per_queue) {}

WaitItem Scheduler::item_of(JobId job) const {
  const JobView view = state_.view(job);
  return {order_->key(view), job, view.known_total.ns};
}

std::vector<CutKeeper::Waiting> Scheduler::waiting_by_class() const {
  std::vector<CutKeeper::Waiting> found;
  for (std::size_t id = 0; id < pending_.lanes(); ++id) {
    const Lane& lane = pending_.lane(static_cast<std::uint32_t>(id));
    if (lane.items.empty()) continue;
    if (!pending_.one_lane_per_queue()) {
      found.push_back({&state_.class_of(lane.items.front().job), lane.items.size()});
      continue;
    }
    lane.items.visit([&](const WaitItem& item) {
      found.push_back({&state_.class_of(item.job), 1});
      return true;
    });
  }
  return found;
}

void Scheduler::enqueue(JobId job) {
  pending_.push(queue_of(job), state_.class_of(job), item_of(job));
  newcomers_.push_back(job);
  if (recalculates_every_.ns == 0) return;
  asked_.push_back(job);
  if (!recalculation_set_) set_recalculation();
}

void Scheduler::set_recalculation() {
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::SchedulerTimer);
  state_.events.push(state_.now + recalculates_every_, rank_of(EventKind::SchedulerTimer), event);
  recalculation_set_ = true;
}

std::vector<WaitItem> Scheduler::waiting_line() const {
  std::vector<WaitItem> found;
  for (std::uint32_t id = 0; id < pending_.lanes(); ++id) {
    pending_.lane(id).items.visit([&](const WaitItem& item) {
      found.push_back(item);
      return true;
    });
  }
  std::sort(found.begin(), found.end(), [](const WaitItem& a, const WaitItem& b) { return a.before(b); });
  return found;
}

// Where nothing runs and the order of the line stays, there will be nothing new to see the next time either.
void Scheduler::recalculate() {
  recalculation_set_ = false;
  const std::vector<WaitItem> before = waiting_line();
  std::vector<JobView> running;
  std::erase_if(asked_, [&](JobId job) {
    const JobState state = state_.table.state[job];
    if (state == JobState::Running) running.push_back(state_.view(job));
    return state != JobState::Running && state != JobState::Pending;
  });
  order_->recalculate(state_.now, running);
  for (const WaitItem& item : before) pending_.erase(queue_of(item.job), state_.class_of(item.job).request, item);
  for (const WaitItem& item : before) {
    pending_.push(queue_of(item.job), state_.class_of(item.job), item_of(item.job));
  }
  const std::vector<WaitItem> after = waiting_line();
  const bool moved = !std::equal(before.begin(), before.end(), after.begin(),
                                 [](const WaitItem& a, const WaitItem& b) { return a.job == b.job; });
  if (moved) capacity_changed();
  if (moved || state_.running > 0) set_recalculation();
}

// The order's key may have changed since it was queued, if the order learns: the job is looked for.
void Scheduler::withdraw(JobId job) {
  const RequestId request = state_.class_of(job).request;
  for (const std::uint32_t id : pending_.lanes_of(queue_of(job))) {
    if (!pending_.one_lane_per_queue() && pending_.lane(id).request != request) continue;
    WaitItem found;
    pending_.lane(id).items.visit([&](const WaitItem& item) {
      if (item.job == job) found = item;
      return !found.job.valid();
    });
    if (!found.job.valid()) continue;
    pending_.erase(queue_of(job), request, found);
    break;
  }
  settle_withdrawn(job);
}

void Scheduler::settle_withdrawn(JobId job) { state_.settle_wait(job, WaitReason::Fragmentation, true); }

void Scheduler::left(JobId job) {
  if (!learns_) return;
  if (state_.table.state[job] == JobState::Completed) order_->learn(state_.view(job), state_.workload.duration(job));
}

void Scheduler::wake_for_freed() {
  for (const RunState::Freed& freed : state_.freed()) pending_.wake(freed.pool, freed.free);
  state_.clear_freed();
}

void Scheduler::mark_newcomers() {
  for (const JobId job : newcomers_) {
    if (state_.table.state[job] != JobState::Pending) continue;
    state_.settle_wait(job, WaitReason::Capacity, false);  // no time has passed, but for what came before a warm start
    state_.mark_waiting(job);
  }
  newcomers_.clear();
}

QueueScheduler::QueueScheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool strict)
    : Scheduler(state, std::move(order), strict), strict_(strict) {}

void QueueScheduler::head_is_blocked(std::uint32_t lane, JobId job) {
  if (!strict_) return;
  if (heads_.size() < pending_.lanes()) heads_.resize(pending_.lanes());
  JobId& head = heads_[lane];
  if (head == job) return;
  // A former head that was overtaken waits behind the new one from now on.
  if (head.valid() && state_.table.state[head] == JobState::Pending) {
    state_.settle_wait(head, WaitReason::Fragmentation, true);
  }
  head = job;
  state_.settle_wait(job, WaitReason::HeadOfLine, false);
  state_.mark_waiting(job);
}

void QueueScheduler::settle_withdrawn(JobId job) {
  const auto head = std::find(heads_.begin(), heads_.end(), job);
  const bool by_clocks = !strict_ || head != heads_.end();
  state_.settle_wait(job, by_clocks ? WaitReason::Fragmentation : WaitReason::HeadOfLine, by_clocks);
  if (head != heads_.end()) *head = {};
}

void QueueScheduler::start_what_fits() {
  while (true) {
    const std::uint32_t lane = pending_.first_ready();
    if (lane == Pending::kNone) return;
    const JobId job = pending_.lane(lane).items.front().job;
    const bool by_clocks = !strict_ || (lane < heads_.size() && heads_[lane] == job);
    if (state_.try_start(job, by_clocks ? WaitReason::Fragmentation : WaitReason::HeadOfLine, by_clocks)) {
      pending_.pop_front(lane);
    } else {
      pending_.park(lane, state_.class_of(job));
      head_is_blocked(lane, job);
    }
  }
}

void QueueScheduler::pass() {
  wake_for_freed();
  start_what_fits();
  if (strict_) {
    newcomers_.clear();
  } else {
    mark_newcomers();
  }
}

void QueueScheduler::finish() {
  for (const JobId head : heads_) {
    if (head.valid() && state_.table.state[head] == JobState::Pending) {
      state_.settle_wait(head, WaitReason::Fragmentation, true);
    }
  }
}

std::unique_ptr<Scheduler> make_scheduler(RunState& state, std::unique_ptr<QueueOrder> order) {
  const SchedulerOptions& options = state.options;
  if (options.sequential) return nullptr;
  if (options.preemption == Preemption::OnEvent || options.preemption == Preemption::Round) {
    return std::make_unique<PreemptiveScheduler>(state, std::move(order));
  }
  if (options.by_dominant_share) {
    return std::make_unique<DrfScheduler>(state, std::move(order), options.admission == Admission::Strict);
  }
  switch (options.admission) {
    case Admission::Strict:
      return std::make_unique<QueueScheduler>(state, std::move(order), true);
    case Admission::BestEffort:
      return std::make_unique<QueueScheduler>(state, std::move(order), false);
    case Admission::Easy:
      return std::make_unique<EasyScheduler>(state, std::move(order));
    case Admission::Conservative:
      return std::make_unique<ConservativeScheduler>(state, std::move(order));
    case Admission::Kube:
      return std::make_unique<KubeScheduler>(state, std::move(order));
    case Admission::Kueue:
      return std::make_unique<CycleScheduler>(state, std::move(order));
  }
  return nullptr;
}

}  // namespace seatrial

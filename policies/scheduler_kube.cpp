// Jobs or pods one after the other; see scheduler_kube.h.
#include "policies/scheduler_kube.h"

#include <algorithm>

#include "sim/random.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNoUnit = 0xffffffffU;

Time begin_of(const Workload& workload) { return workload.size() > 0 ? workload.submit({0}) : Time{0}; }

// When the clocks of the components tick is not known: their phases are drawn.
Duration drawn_phase(Random& random, Duration period) {
  return {static_cast<std::int64_t>(random.uniform() * static_cast<double>(period.ns))};
}

}  // namespace

KubeScheduler::KubeScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
    : Scheduler(state, std::move(order), false),
      begin_(begin_of(state.workload)),
      queue_(state.options.back_off, begin_),
      first_unit_(state.workload.size(), kNoUnit) {
  Random random(state_.seed(), "timers of the scheduler", 0);
  queue_ = BackOffQueue(state_.options.back_off, begin_ + drawn_phase(random, state_.options.back_off.flush));
  if (state_.options.pod_by_pod) holds_ = std::make_unique<PodHolds>(state_);
  if (state_.options.preemption == Preemption::Priority) preemptor_ = std::make_unique<PriorityPreemptor>(state_);
  if (!state_.options.gate) return;
  gate_.emplace(*state_.options.gate, state_.workload);
  gate_next_ = begin_ + drawn_phase(random, state_.options.gate->period);
}

void KubeScheduler::set_timer(std::uint32_t which, Time at) {
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::SchedulerTimer);
  event.target = which;
  state_.events.push(at, rank_of(EventKind::SchedulerTimer), event);
}

void KubeScheduler::enqueue(JobId job) {
  ++waiting_;
  ++jobs_created_;
  newcomers_.push_back(job);
  if (holds_) holds_->something_happened();
  if (preemptor_) preemptor_->created(job);
  if (!gate_) {
    created_.push_back(job);
    return;
  }
  gate_->add(job);
  arm_gate();
}

void KubeScheduler::join(JobId job, std::uint32_t pod) {
  if (first_unit_[job] == kNoUnit) {
    first_unit_[job] = static_cast<std::uint32_t>(units_.size());
    const std::uint32_t pods = holds_ ? holds_->pods_of(job) : 1;
    for (std::uint32_t i = 0; i < pods; ++i) units_.push_back({job, i});
  }
  queue_.join(first_unit_[job] + pod, state_.workload.priority(job));
}

// Controllers work side by side: the pods of jobs that were created at one instant take turns.
void KubeScheduler::join_created() {
  std::uint32_t most = created_.empty() ? 0 : 1;
  if (holds_) {
    for (const JobId job : created_) most = std::max(most, holds_->pods_of(job));
  }
  for (std::uint32_t pod = 0; pod < most; ++pod) {
    for (const JobId job : created_) {
      if (pod == 0 || pod < holds_->pods_of(job)) join(job, pod);
    }
  }
  created_.clear();
}

void KubeScheduler::left(JobId job) {
  Scheduler::left(job);
  if (holds_) holds_->something_happened();
  if (preemptor_) preemptor_->left(job);
}

void KubeScheduler::started_outside(JobId job) {
  if (!preemptor_) return;
  preemptor_->created(job);
  preemptor_->started(job);
}

// The controller looks on while nobody waits; those looks change nothing and are left out.
void KubeScheduler::arm_gate() {
  if (!gate_ || gate_set_ || gate_->empty()) return;
  gate_set_ = true;
  const std::int64_t step = gate_->next_after(jobs_created_).ns;
  if (gate_next_ < state_.now)
    gate_next_ = gate_next_ + Duration{((state_.now - gate_next_).ns + step - 1) / step * step};
  set_timer(kGate, gate_next_);
}

void KubeScheduler::open_gate() {
  const auto passed = gate_->open(state_.now, {state_.cluster.total_milli(), state_.phase_running_milli()});
  created_.insert(created_.end(), passed.begin(), passed.end());
  gate_set_ = false;
  gate_next_ = state_.now + gate_->next_after(jobs_created_);
  // Where nothing runs and nobody could pass, the next look could change as little as this one.
  if (!passed.empty() || state_.running > 0) arm_gate();
}

void KubeScheduler::timer(std::uint32_t which) {
  if (which >= kPermits) {
    permit_is_over({which - kPermits});
    return;
  }
  if (which == kGate) {
    open_gate();
    return;
  }
  if (state_.now < flush_at_) return;  // set for an earlier tick later on
  flush_set_ = false;
  queue_.tick(state_.now);
  arm_flush();
}

// Ticks at which nobody can be ready are left out.
void KubeScheduler::arm_flush() {
  const auto tick = queue_.next_tick(state_.now);
  if (!tick || (flush_set_ && flush_at_ <= *tick)) return;
  flush_set_ = true;
  flush_at_ = *tick;
  set_timer(kFlush, *tick);
}

void KubeScheduler::capacity_changed() {
  freed_ = true;
  if (holds_) holds_->something_happened();
  arm_gate();
}

// The same timer ends the rest of a gang that gave up: its pods, which were turned away meanwhile, try again.
void KubeScheduler::permit_is_over(JobId job) {
  freed_ = true;
  const std::vector<std::uint32_t> bound = holds_->give_up(job);
  if (!bound.empty()) set_timer(kPermits + job.index, holds_->rests_until(job));
  for (const std::uint32_t pod : bound) queue_.failed(first_unit_[job] + pod, state_.now);
}

bool KubeScheduler::attempt_pod(const Unit& unit) {
  const PodHolds::Attempt attempt = holds_->attempt(unit.job, unit.pod);
  if (attempt.permit_until) set_timer(kPermits + unit.job.index, *attempt.permit_until);
  if (attempt.complete) --waiting_;
  return attempt.bound;
}

bool KubeScheduler::attempt(const Unit& unit) {
  if (holds_) return attempt_pod(unit);
  if (preemptor_) preemptor_->reserve_nominated(unit.job);
  const bool started = state_.try_start(unit.job, WaitReason::Fragmentation);
  if (preemptor_) preemptor_->drop_reservations();
  if (started) --waiting_;
  if (started && preemptor_) preemptor_->started(unit.job);
  if (!started && preemptor_) make_room(unit.job);
  return started;
}

// Victims without a grace period are gone at once, and created anew.
void KubeScheduler::make_room(JobId job) {
  for (const JobId victim : preemptor_->victims_for(job)) {
    state_.preempt(victim);
    if (state_.table.state[victim] == JobState::Pending) enqueue(victim);
  }
}

void KubeScheduler::pass() {
  while (true) {
    join_created();
    if (freed_ || !state_.freed().empty()) {
      queue_.wake(state_.now);
      arm_flush();
    }
    freed_ = false;
    state_.clear_freed();
    const auto unit = queue_.pop();
    if (!unit) break;
    if (!attempt(units_[*unit])) queue_.failed(*unit, state_.now);
  }
  mark_newcomers();
}

}  // namespace seatrial

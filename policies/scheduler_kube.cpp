// Active, resting and unschedulable jobs; see scheduler_kube.h.
#include "policies/scheduler_kube.h"

#include <algorithm>

#include "sim/random.h"

namespace seatrial {

Duration back_off_of(const BackOffOptions& options, std::uint32_t failures) {
  std::int64_t ns = options.first.ns;
  for (std::uint32_t i = 1; i < failures && ns < options.longest.ns; ++i) ns *= 2;
  return {std::min(ns, options.longest.ns)};
}

KubeScheduler::KubeScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
    : Scheduler(state, std::move(order), false),
      begin_(state.workload.size() > 0 ? state.workload.submit({0}) : Time{0}),
      failures_(state.workload.size(), Failures{}) {
  // When the clocks of the components tick is not known: their phases are drawn.
  Random random(state.seed(), "timers of the scheduler", 0);
  const auto phase = [&](Duration period) {
    return Duration{static_cast<std::int64_t>(random.uniform() * static_cast<double>(period.ns))};
  };
  flush_phase_ = phase(state_.options.back_off.flush);
  if (!state_.options.gate) return;
  gate_.emplace(*state_.options.gate, state_.workload);
  gate_next_ = begin_ + phase(state_.options.gate->period);
}

void KubeScheduler::set_timer(Timer which, Time at) {
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::SchedulerTimer);
  event.target = which;
  state_.events.push(at, rank_of(EventKind::SchedulerTimer), event);
}

void KubeScheduler::enqueue(JobId job) {
  ++waiting_;
  ++created_;
  newcomers_.push_back(job);
  if (!gate_) {
    join(job);
    return;
  }
  gate_->add(job);
  arm_gate();
}

// The controller looks on while nobody waits; those looks change nothing and are left out.
void KubeScheduler::arm_gate() {
  if (!gate_ || gate_set_ || gate_->empty()) return;
  gate_set_ = true;
  const std::int64_t step = gate_->next_after(created_).ns;
  if (gate_next_ < state_.now)
    gate_next_ = gate_next_ + Duration{((state_.now - gate_next_).ns + step - 1) / step * step};
  set_timer(kGate, gate_next_);
}

void KubeScheduler::join(JobId job) {
  failures_[job].place = ++places_;
  push_active(job);
}

void KubeScheduler::push_active(JobId job) {
  active_.insert({-std::int64_t{state_.workload.priority(job)}, failures_[job].place, job});
}

void KubeScheduler::open_gate() {
  const auto passed = gate_->open(state_.now, {state_.cluster.total_milli(), state_.phase_running_milli()});
  for (const JobId job : passed) join(job);
  gate_set_ = false;
  gate_next_ = state_.now + gate_->next_after(created_);
  // Where nothing runs and nobody could pass, the next look could change as little as this one.
  if (!passed.empty() || state_.running > 0) arm_gate();
}

void KubeScheduler::timer(std::uint32_t which) {
  if (which == kGate) {
    open_gate();
    return;
  }
  if (state_.now < flush_at_) return;  // set for an earlier tick later on
  flush_set_ = false;
  while (!resting_.empty() && resting_.begin()->until <= state_.now) {
    const JobId job = resting_.begin()->job;
    resting_.erase(resting_.begin());
    push_active(job);
  }
  arm_flush();
}

// The timer that ends back-offs ticks on its own, from its phase on; ticks at which nobody can be ready are left out.
void KubeScheduler::arm_flush() {
  if (resting_.empty()) return;
  const std::int64_t period = state_.options.back_off.flush.ns;
  const std::int64_t ahead = std::max(resting_.begin()->until, state_.now).ns - begin_.ns - flush_phase_.ns;
  const Time tick = begin_ + flush_phase_ + Duration{(ahead + period - 1) / period * period};
  if (flush_set_ && flush_at_ <= tick) return;
  flush_set_ = true;
  flush_at_ = tick;
  set_timer(kFlush, tick);
}

void KubeScheduler::capacity_changed() {
  freed_ = true;
  arm_gate();
}

void KubeScheduler::wake() {
  for (const JobId job : unschedulable_) {
    const Failures& failures = failures_[job];
    if (failures.until <= state_.now) {
      push_active(job);
    } else {
      resting_.insert({failures.until, job});
    }
  }
  unschedulable_.clear();
  arm_flush();
}

void KubeScheduler::pass() {
  if (freed_ || !state_.freed().empty()) wake();
  freed_ = false;
  state_.clear_freed();
  while (!active_.empty()) {
    const JobId job = active_.begin()->job;
    active_.erase(active_.begin());
    if (state_.try_start(job, WaitReason::Fragmentation)) {
      --waiting_;
      continue;
    }
    Failures& failures = failures_[job];
    ++failures.count;
    failures.place = ++places_;
    failures.until = state_.now + back_off_of(state_.options.back_off, failures.count);
    unschedulable_.push_back(job);
  }
  mark_newcomers();
}

}  // namespace seatrial

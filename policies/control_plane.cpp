// Events of one instant in their order, then one pass; see control_plane.h.
#include "policies/control_plane.h"

#include <algorithm>

#include "policies/quota_keeper.h"
#include "sim/check.h"

namespace seatrial {

ControlPlane::ControlPlane(RunState& state, std::unique_ptr<Scheduler> scheduler, RunListener* listener,
                           const std::atomic<bool>* interrupted)
    : state_(state), scheduler_(std::move(scheduler)), listener_(listener), interrupted_(interrupted) {
  schedule_changes();
  state_.resolve_classes();
}

ControlPlane::~ControlPlane() = default;

void ControlPlane::use_quotas(const QuotaRules& rules, QuotaRecords* records) {
  quotas_ = std::make_unique<QuotaKeeper>(state_, rules, records);
}

std::uint64_t ControlPlane::waiting() const { return scheduler_->waiting() + (quotas_ ? quotas_->waiting() : 0); }

void ControlPlane::schedule_changes() {
  std::vector<std::uint32_t> most;
  for (const Pool& pool : state_.cluster.pools()) most.push_back(pool.counted ? pool.counted_nodes : pool.active);
  const Time origin = state_.workload.size() > 0 ? state_.workload.submit({0}) : Time{0};
  for (std::uint32_t row = 0; row < state_.spec.changes.size(); ++row) {
    const CapacityChange& change = state_.spec.changes[row];
    most[change.pool] = std::max(most[change.pool], change.count);
    Event event;
    event.kind = static_cast<std::uint16_t>(EventKind::CapacityChange);
    event.target = row;
    state_.events.push(origin + change.at, rank_of(EventKind::CapacityChange), event);
    ++changes_left_;
  }
  state_.set_reachable_nodes(std::move(most));
}

bool ControlPlane::poll_interrupt() {
  was_interrupted_ = interrupted_ != nullptr && interrupted_->load(std::memory_order_relaxed);
  return was_interrupted_;
}

void ControlPlane::arrive(JobId job) {
  ++events_;
  if (const char* reason = state_.class_of(job).infeasible; reason != nullptr) {
    state_.reject(job, reason);
    return;
  }
  if (state_.options.max_waiting && queue_is_full(job)) {
    state_.reject(job, "the queue is full (scheduler.max_waiting)");
    return;
  }
  if (quotas_) {
    if (const char* reason = quotas_->refusal(job); reason != nullptr) {
      state_.reject(job, reason);
      return;
    }
  }
  state_.submit(job);
  if (state_.cuts() != nullptr) state_.cuts()->arrived(state_.class_of(job));
  if (!starts_by_record(job)) {
    enqueue(job);
    return;
  }
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::WarmStart);
  event.target = job.index;
  ++warm_left_;
  state_.events.push(*state_.workload.observed_start(job), rank_of(EventKind::WarmStart), event);
}

// Jobs that came at this instant have their turn first. Where none may wait, the job is not turned away if it can
// start.
bool ControlPlane::queue_is_full(JobId job) {
  const std::uint32_t most = *state_.options.max_waiting;
  if (scheduler_->waiting() > 0 && scheduler_->waiting() >= most) scheduler_->pass();
  if (most > 0 || scheduler_->waiting() > 0) return scheduler_->waiting() >= most;
  if (!state_.place(job)) return true;
  state_.undo_place(job);
  return false;
}

// Was the job running already at time 0 of the trace?
bool ControlPlane::starts_by_record(JobId job) const {
  if (!state_.options.warm_start) return false;
  const auto start = state_.workload.observed_start(job);
  return start && *start < Time{0} && *start >= state_.now;
}

void ControlPlane::start_by_record(JobId job) {
  --warm_left_;
  if (state_.try_start(job, WaitReason::Capacity, false)) {
    scheduler_->started_outside(job);
    if (quotas_) quotas_->started_by_record(job);
  } else {
    enqueue(job);
  }
}

void ControlPlane::enqueue(JobId job) {
  if (!quotas_ || !quotas_->arrived(job)) scheduler_->enqueue(job);
}

void ControlPlane::apply_change(std::uint32_t row) {
  --changes_left_;
  const PoolId id{state_.spec.changes[row].pool};
  state_.cluster.resize_pool(id, state_.spec.changes[row].count);
  state_.clocks.touch(id);
  state_.report_capacity(id);
  std::vector<std::uint32_t> most;
  for (const Pool& pool : state_.cluster.pools()) most.push_back(pool.counted ? pool.counted_nodes : pool.active);
  for (std::uint32_t later = row + 1; later < state_.spec.changes.size(); ++later) {
    const CapacityChange& change = state_.spec.changes[later];
    most[change.pool] = std::max(most[change.pool], change.count);
  }
  state_.set_reachable_nodes(std::move(most));
  state_.resolve_classes();
  scheduler_->capacity_changed();
}

void ControlPlane::next_round() {
  scheduler_->round_begins();
  const bool more =
      next_job_ < state_.workload.size() || state_.running > 0 || changes_left_ > 0 || scheduler_->wants_rounds();
  if (!more) return;
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::Round);
  state_.events.push(state_.now + state_.options.round, rank_of(EventKind::Round), event);
}

void ControlPlane::push_repartition(PoolId pool, Time at) {
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::Repartition);
  event.target = pool.index;
  state_.events.push(at, rank_of(EventKind::Repartition), event);
}

// What the next layout is for. The last pass has seen everything up to the instant before: what waits now found no
// slice then. Where nothing runs although jobs wait, the layout that is best for all of them serves none of those whose
// turn it is; then each kind has a period of its own.
std::vector<CutKeeper::Waiting> ControlPlane::wanted_by(PoolId pool) {
  auto waiting = scheduler_->waiting_by_class();
  idle_periods_.resize(state_.cluster.pools().size(), 0);
  std::uint32_t& idle = idle_periods_[pool.index];
  idle = state_.running == 0 && !waiting.empty() ? idle + 1 : 0;
  if (idle < 2) return waiting;
  const CutKeeper::Waiting& turn = waiting[(idle - 2) % waiting.size()];
  return {{turn.job_class, 1}};
}

void ControlPlane::repartition(PoolId pool) {
  CutKeeper& cuts = *state_.cuts();
  const std::vector<CutKeeper::Waiting> wanted = wanted_by(pool);
  const bool changes = cuts.optimize(pool, state_.now, wanted);
  if (changes) state_.announce_recuts();
  // Where nothing runs or comes, and each kind has had its turn, the same questions would get the same answers for
  // ever.
  const bool over = next_job_ >= state_.workload.size() && state_.running == 0;
  const std::uint32_t idle = idle_periods_[pool.index];
  if (over && (idle == 0 ? !changes : idle > 2 + 2 * scheduler_->waiting())) return;
  push_repartition(pool, state_.now + cuts.period(pool));
}

// With nothing running, nothing that is waited for will come to GPUs that are kept free.
void ControlPlane::lift_drains() {
  if (state_.running > 0 || scheduler_->waiting() == 0 || state_.cuts() == nullptr) return;
  if (!state_.cuts()->lift_drains()) return;
  scheduler_->capacity_changed();  // everybody may try again
  scheduler_->pass();
}

void ControlPlane::end(JobId job, JobState state) {
  if (state_.begin_release(job, state)) return;
  state_.end_job(job, state);
  scheduler_->left(job);
  if (quotas_) quotas_->ended(job);
  state_.forget(job);
}

void ControlPlane::handle(const Event& event) {
  const auto kind = static_cast<EventKind>(event.kind);
  JobId job{event.target};
  if (is_of_run(kind)) {
    job = state_.due_job(event);
    if (!job.valid()) return;
  }
  ++events_;
  switch (kind) {
    case EventKind::JobEnds:
      end(job, JobState::Completed);
      return;
    case EventKind::JobIsKilled:
      end(job, JobState::Failed);
      return;
    case EventKind::OutOfMemory:
      end(job, JobState::Failed);
      return;
    case EventKind::UsefulBegins:
      state_.begin_useful(job);
      return;
    case EventKind::CheckpointDone:
      state_.finish_draining(job);
      if (!quotas_ || !quotas_->stopped(job, *scheduler_)) scheduler_->enqueue(job);
      return;
    case EventKind::ReleaseDone:
      end(job, state_.state_after_release(job));
      return;
    case EventKind::KeyCrosses:
      scheduler_->key_crossed(job);
      return;
    case EventKind::WarmStart:
      start_by_record(job);
      return;
    case EventKind::HistoryEnds:
      return;
    case EventKind::CapacityChange:
      apply_change(event.target);
      return;
    case EventKind::Round:
      next_round();
      return;
    case EventKind::CutTimer:
      state_.cut_timer_due(event.target);
      return;
    case EventKind::Repartition:
      repartition({event.target});
      return;
    case EventKind::QuotaPause:
      quotas_->pause_is_over(job);
      return;
    case EventKind::RetryCut:
      state_.note_changed({event.target});
      return;
    case EventKind::SchedulerTimer:
      scheduler_->timer(event.target);
      return;
  }
}

void ControlPlane::run(std::optional<Time> until) {
  if (state_.options.sequential) {
    run_sequential();
    return;
  }
  const auto jobs = static_cast<std::uint32_t>(state_.workload.size());
  EventQueue& queue = state_.events;
  if (jobs > 0) state_.now = state_.workload.submit({0});
  if (!queue.empty() && jobs > 0) state_.now = std::min(state_.now, queue.next_at());
  state_.clocks.settle(state_.now, state_.cluster);
  if (state_.options.preemption == Preemption::Round) {
    Event event;
    event.kind = static_cast<std::uint16_t>(EventKind::Round);
    queue.push(state_.now, rank_of(EventKind::Round), event);
  }
  if (state_.cuts() != nullptr) {
    for (const PoolId pool : state_.cuts()->optimized())
      push_repartition(pool, state_.now + state_.cuts()->period(pool));
  }
  if (state_.options.warm_start && state_.now < Time{0}) {
    Event event;
    event.kind = static_cast<std::uint16_t>(EventKind::HistoryEnds);
    queue.push(Time{0}, rank_of(EventKind::HistoryEnds), event);
  }
  std::uint64_t instants = 0;
  while (next_job_ < jobs || state_.running > 0 || (!queue.empty() && (waiting() > 0 || warm_left_ > 0))) {
    Time next = next_job_ < jobs ? state_.workload.submit({next_job_}) : kNever;
    if (!queue.empty()) next = std::min(next, queue.next_at());
    if (next == kNever || (until && next > *until)) break;
    if ((++instants & 0xfffU) == 0 && poll_interrupt()) return;
    CHECK(next >= state_.now);
    state_.now = next;
    state_.started.clear();
    while (!queue.empty() && queue.next_at() == next) {
      const Event event = queue.pop([this](const Event& nearer) { state_.prefetch(nearer); });
      if (const Event* near = queue.hint(); near != nullptr) state_.prefetch_job(*near);
      handle(event);
    }
    while (next_job_ < jobs && state_.workload.submit({next_job_}) == next) arrive({next_job_++});
    // What happened before time 0 of a warm start is a matter of record.
    if (!state_.options.warm_start || next >= Time{0}) {
      if (quotas_) quotas_->admit(*scheduler_);
      scheduler_->pass();
      lift_drains();
    }
    state_.clocks.settle(next, state_.cluster);
    if (listener_ != nullptr) listener_->instant_over(state_);
    EXPENSIVE_CHECK((state_.cluster.verify(), true));
  }
  if (until && (state_.running > 0 || waiting() > 0 || next_job_ < jobs)) {
    state_.now = std::max(state_.now, *until);
  }
  scheduler_->finish();
  if (quotas_) quotas_->finish();
  state_.finish();
  state_.facts.finish(state_.now);
}

void ControlPlane::run_sequential() {
  const auto jobs = static_cast<std::uint32_t>(state_.workload.size());
  if (jobs > 0) state_.now = state_.workload.submit({0});
  for (; next_job_ < jobs; ++next_job_, ++events_) {
    if ((next_job_ & 0xfffU) == 0 && poll_interrupt()) return;
    const JobId job{next_job_};
    state_.now = std::max(state_.now, state_.workload.submit(job));
    state_.submit(job);
    const bool bound = state_.try_start(job, WaitReason::Fragmentation);
    if (!bound) state_.fail_unplaced(job);
    if (listener_ != nullptr) listener_->decided(state_, job, bound);
  }
  state_.facts.finish(state_.now);
}

}  // namespace seatrial

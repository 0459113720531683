// Reservations for every waiting job; see scheduler_conservative.h.
#include "policies/scheduler_conservative.h"

#include <algorithm>

namespace seatrial {
namespace {

Duration planned_length(const WaitItem& item) { return {std::max<std::int64_t>(1, item.estimate_ns)}; }

}  // namespace

ConservativeScheduler::ConservativeScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
    : BackfillScheduler(state, std::move(order)),
      profiles_(state.cluster.pools().size()),
      owner_(state.cluster.pools().size(), kNobody),
      begun_pass_(state.cluster.pools().size(), 0) {}

ConservativeScheduler::Queue& ConservativeScheduler::queue(std::uint32_t id) {
  if (queues_.size() <= id) queues_.resize(id + 1);
  return queues_[id];
}

void ConservativeScheduler::use_pool(std::uint32_t id, PoolId pool) {
  Queue& own = queue(id);
  if (std::find(own.pools.begin(), own.pools.end(), pool) != own.pools.end()) return;
  own.pools.push_back(pool);
  own.holds = false;
  std::uint32_t& owner = owner_[pool.index];
  if (owner == kNobody) {
    owner = id;
  } else {
    own.shared = queues_[owner].shared = true;
  }
}

void ConservativeScheduler::enqueue(JobId job) {
  BackfillScheduler::enqueue(job);
  const RequestClass& job_class = state_.class_of(job);
  const std::uint32_t id = queue_of(job);
  for (const PoolId pool : job_class.pools) use_pool(id, pool);
  Queue& own = queues_[id];
  if (!own.plan.add(item_of(job), job_class.gpus)) own.holds = false;
  if (job_class.shapes.front().main.is_share()) own.counts = false;
}

void ConservativeScheduler::forget_plans(JobId job) {
  for (const PoolId pool : state_.class_of(job).pools) {
    if (owner_[pool.index] != kNobody) queues_[owner_[pool.index]].holds = false;
  }
}

void ConservativeScheduler::left(JobId job) {
  // Late is as expected: planning anew has an overrunning job end now, which is where its past end lies too.
  if (told_end(job) > state_.now) forget_plans(job);
  BackfillScheduler::left(job);
}

void ConservativeScheduler::started_outside(JobId job) {
  BackfillScheduler::started_outside(job);
  forget_plans(job);
}

void ConservativeScheduler::capacity_changed() {
  BackfillScheduler::capacity_changed();
  for (Queue& each : queues_) each.holds = false;
}

bool ConservativeScheduler::plan_holds(const Queue& queue) const {
  return queue.holds && !queue.shared && queue.counts && queue.plan.first_due() >= state_.now;
}

void ConservativeScheduler::begin_profile(PoolId pool) {
  if (begun_pass_[pool.index] == pass_) return;
  begun_pass_[pool.index] = pass_;
  FreeProfile& profile = profiles_[pool.index];
  profile.begin(state_.now, state_.cluster.pool(pool).free_milli / kGpuMilli);
  Time last = state_.now;
  std::int64_t sum = 0;
  ends_[pool.index].visit([&](const EndItem& item) {
    const Time at = std::max(item.end, state_.now);
    if (at != last && sum > 0) profile.add(last, sum), sum = 0;
    last = at;
    sum += item.gpus;
    return true;
  });
  if (sum > 0) profile.add(last, sum);
}

void ConservativeScheduler::plan_anew(Queue& queue) {
  queue.plan.restart();
  for (const PoolId pool : queue.pools) begin_profile(pool);
  // A profile does not know of GPUs that go with the jobs on them.
  queue.holds = std::none_of(queue.pools.begin(), queue.pools.end(), [&](PoolId id) {
    const Pool& pool = state_.cluster.pool(id);
    return pool.present != pool.active || pool.excess_gpus > 0;
  });
}

bool ConservativeScheduler::none_starts_from(Queue& queue, std::uint64_t row) const {
  if (queue.shared) return false;  // the queues behind must see all reservations
  const auto too_much = [&](const QueuePlan::Least& least) {
    return std::all_of(queue.pools.begin(), queue.pools.end(), [&](PoolId pool) {
      const Time short_at = profiles_[pool.index].first_below(least.gpus);
      return short_at < end_of(state_.now, {std::max<std::int64_t>(1, least.estimate_ns)});
    });
  };
  return too_much(queue.plan.least_of_all()) || too_much(queue.plan.least_from(row));
}

void ConservativeScheduler::extend(Queue& queue) {
  for (std::uint64_t next = queue.plan.next(); next != QueuePlan::kNone; next = queue.plan.next()) {
    if (queue.plan.head() != QueuePlan::kNone && none_starts_from(queue, next)) return;
    const QueuePlan::Row& row = queue.plan.row(next);
    const RequestClass& job_class = state_.class_of(row.item.job);
    const Duration length = planned_length(row.item);
    Time best = kNever;
    PoolId best_pool = job_class.pools.front();
    for (const PoolId pool : job_class.pools) {
      const Time at = profiles_[pool.index].earliest(state_.now, job_class.gpus, length);
      if (at < best) best = at, best_pool = pool;
    }
    if (best != kNever) profiles_[best_pool.index].reserve(best, length, job_class.gpus);
    queue.plan.reserve(best, best_pool);
  }
}

bool ConservativeScheduler::started_as_planned(const QueuePlan::Row& row) const {
  const PoolId pool = state_.cluster.pool_of(state_.table.pieces(row.item.job).front().node);
  return pool == row.pool && told_end(row.item.job) == end_of(state_.now, planned_length(row.item));
}

void ConservativeScheduler::start_due(std::uint32_t id) {
  Queue& own = queues_[id];
  const auto block = [&](std::uint64_t number) { head_is_blocked(id, own.plan.row(number).item.job); };
  bool blocked = false;
  for (const std::uint64_t number : own.plan.take_due(state_.now)) {
    // A job ahead of it with a later reservation is the head.
    if (!blocked && own.plan.head() != number) block(own.plan.head()), blocked = true;
    const QueuePlan::Row row = own.plan.row(number);
    if (!state_.place(row.item.job)) {
      own.holds = false;
      if (!blocked) block(number), blocked = true;
      continue;
    }
    start(id, row.item);
    own.plan.start(number);
    if (!started_as_planned(row)) own.holds = false;
  }
  if (!blocked && own.plan.head() != QueuePlan::kNone) block(own.plan.head());
}

void ConservativeScheduler::pass() {
  wake_for_freed();
  ++pass_;
  const std::vector<std::uint32_t> changed = take_dirty_queues();
  for (const std::uint32_t id : changed) {
    Queue& own = queues_[id];
    if (plan_holds(own)) {
      for (const PoolId pool : own.pools) profiles_[pool.index].forget_before(state_.now);
    } else {
      plan_anew(own);
    }
  }
  for (const std::uint32_t id : changed) {
    extend(queues_[id]);
    start_due(id);
  }
  mark_newcomers();
}

}  // namespace seatrial

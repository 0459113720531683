// See plain_conservative.h.
#include "tests/support/plain_conservative.h"

#include <algorithm>

namespace seatrial {
namespace {

Time end_of(Time from, Duration length) {
  Time end;
  return __builtin_add_overflow(from.ns, length.ns, &end.ns) ? kNever : end;
}

}  // namespace

void PlainProfile::begin(Time now, std::int64_t free) { steps_.assign(1, {now, free}); }

std::size_t PlainProfile::step_at(Time at) {
  const auto found = std::lower_bound(steps_.begin(), steps_.end(), at,
                                      [](const Step& step, Time wanted) { return step.at < wanted; });
  const auto index = static_cast<std::size_t>(found - steps_.begin());
  if (found == steps_.end() || found->at != at) steps_.insert(found, {at, steps_[index - 1].free});
  return index;
}

void PlainProfile::add(Time at, std::int64_t gpus) {
  for (std::size_t i = step_at(at); i < steps_.size(); ++i) steps_[i].free += gpus;
}

Time PlainProfile::earliest(Time now, std::int64_t gpus, Duration length) const {
  Time from = kNever;
  for (const Step& step : steps_) {
    if (from != kNever && end_of(from, length) <= step.at) return from;
    if (step.free < gpus) {
      from = kNever;
    } else if (from == kNever) {
      from = std::max(now, step.at);
    }
  }
  return from;
}

void PlainProfile::reserve(Time from, Duration length, std::int64_t gpus) {
  const Time end = end_of(from, length);
  const std::size_t first = step_at(from);
  const std::size_t last = end == kNever ? steps_.size() : step_at(end);
  for (std::size_t i = first; i < last; ++i) steps_[i].free -= gpus;
}

void PlainConservativeScheduler::begin_profiles() {
  for (std::uint32_t p = 0; p < profiles_.size(); ++p) {
    profiles_[p].begin(state_.now, state_.cluster.pool({p}).free_milli / kGpuMilli);
    Time last = state_.now;
    std::int64_t sum = 0;
    ends_[p].visit([&](const EndItem& item) {
      const Time at = std::max(item.end, state_.now);
      if (at != last && sum > 0) profiles_[p].add(last, sum), sum = 0;
      last = at;
      sum += item.gpus;
      return true;
    });
    if (sum > 0) profiles_[p].add(last, sum);
  }
}

void PlainConservativeScheduler::plan_queue(std::uint32_t queue) {
  std::vector<WaitItem> waiting;
  for (const std::uint32_t lane : pending_.lanes_of(queue)) {
    pending_.lane(lane).items.visit([&](const WaitItem& item) {
      waiting.push_back(item);
      return true;
    });
  }
  std::sort(waiting.begin(), waiting.end(), [](const WaitItem& a, const WaitItem& b) { return a.before(b); });
  bool ahead_waits = false;
  for (const WaitItem& item : waiting) {
    const RequestClass& job_class = state_.class_of(item.job);
    const Duration length{std::max<std::int64_t>(1, item.estimate_ns)};
    Time best = kNever;
    PoolId best_pool = job_class.pools.front();
    for (const PoolId pool : job_class.pools) {
      const Time at = profiles_[pool.index].earliest(state_.now, job_class.gpus, length);
      if (at < best) best = at, best_pool = pool;
    }
    if (best == kNever) continue;  // waits for capacity that is still to come
    const bool due = best == state_.now && state_.place(item.job);
    profiles_[best_pool.index].reserve(best, length, job_class.gpus);
    if (due) {
      start(queue, item);
      continue;
    }
    if (!ahead_waits) head_is_blocked(queue, item.job);
    ahead_waits = true;
  }
}

void PlainConservativeScheduler::pass() {
  wake_for_freed();
  const std::vector<std::uint32_t> queues = take_dirty_queues();
  if (!queues.empty()) begin_profiles();
  for (const std::uint32_t queue : queues) plan_queue(queue);
  mark_newcomers();
}

}  // namespace seatrial

// kube-scheduler's queue of units (jobs, or pods of gangs that are bound one by one): active ones by priority and by
// the order in which they joined or last failed; those that failed rest until their back-off, which doubles with every
// failure, is over and something was freed. Source: kubernetes pkg/scheduler/internal/queue/scheduling_queue.go, v1.31.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "policies/options.h"

namespace seatrial {

// Back-off after so many failures: the first, doubled for each more, at most the longest; none after none.
[[nodiscard]] Duration back_off_of(const BackOffOptions& options, std::uint32_t failures);

class BackOffQueue {
 public:
  // first_tick: when the timer that ends back-offs ticks first.
  BackOffQueue(const BackOffOptions& options, Time first_tick) : options_(options), first_tick_(first_tick) {}

  // A unit is created, or created anew: without failures. Units are numbered densely by the caller.
  void join(std::uint32_t unit, std::int32_t priority);
  // The next active unit, which is gone from the queue; nothing if none is active.
  [[nodiscard]] std::optional<std::uint32_t> pop();
  // A unit that was popped, or that had a place and lost it, could not stay: it is unschedulable from now on.
  void failed(std::uint32_t unit, Time now);
  // Something was freed: unschedulable units may try again, at once or when their back-off is over.
  void wake(Time now);
  // The timer ticks: who has rested enough is active.
  void tick(Time now);
  // The next tick at which a unit becomes active; nothing if nobody rests.
  [[nodiscard]] std::optional<Time> next_tick(Time now) const;

 private:
  struct Attempt {
    std::int64_t minus_priority = 0;
    std::uint64_t place = 0;  // when it joined or failed last, among all joins and failures
    std::uint32_t unit = 0;
    auto operator<=>(const Attempt&) const = default;
  };
  struct Resting {
    Time until;
    std::uint32_t unit = 0;
    auto operator<=>(const Resting&) const = default;
  };
  struct Unit {
    std::int32_t priority = 0;
    std::uint32_t failures = 0;
    std::uint64_t place = 0;
    Time until;  // end of its back-off
  };
  void activate(std::uint32_t unit);

  BackOffOptions options_;
  Time first_tick_;
  std::uint64_t places_ = 0;
  std::set<Attempt> active_;
  std::set<Resting> resting_;
  std::vector<std::uint32_t> unschedulable_;
  std::vector<Unit> units_;
};

}  // namespace seatrial

// Who is served first: the view of a job that an order gets, the key that it answers with, and the extension point
// itself.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>

#include "models/ids.h"
#include "sim/time.h"

namespace seatrial {

// What an order may know of a job at the moment when it is asked. Run times are as the scenario's `estimate` lets
// policies know them.
struct JobView {
  JobId job;
  std::uint32_t gpus = 0;       // of the gang; at least 1 for keys that multiply by it
  Duration known_total{0};      // run time as known
  Duration known_remaining{0};  // of it, what is left; never negative
  Duration executed{0};         // useful run time so far
  Time submit;
  Time last_start = kNever;  // kNever: never ran
  bool running = false;
};

// Smaller is served first; ties end in the submit order of the jobs, which the caller adds.
struct OrderKey {
  std::int64_t first = 0;
  std::int64_t second = 0;
  auto operator<=>(const OrderKey&) const = default;
};

class QueueOrder {
 public:
  virtual ~QueueOrder() = default;
  // A waiting job's key is asked when it queues and must not change while it waits, but by recalculate().
  [[nodiscard]] virtual OrderKey key(const JobView& view) const = 0;
  // Useful run time after which the key of a running job crosses into another class, so that the order must be looked
  // at again although nothing else happened; none if that never happens.
  [[nodiscard]] virtual std::optional<Duration> next_crossing(const JobView&) const { return std::nullopt; }
  // Do keys of waiting jobs change with time? Then they are worked out anew this often, after recalculate(); zero:
  // never.
  [[nodiscard]] virtual Duration recalculates_every() const { return {0}; }
  virtual void recalculate(Time /*now*/, std::span<const JobView> /*running*/) {}
  // Does it listen to learn()?
  [[nodiscard]] virtual bool learns() const { return false; }
  // A job ended after `executed` of useful run time; orders that learn from history listen.
  virtual void learn(const JobView&, Duration /*real_total*/) {}
};

}  // namespace seatrial

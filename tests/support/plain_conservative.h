// Conservative backfilling with every waiting job planned anew at every event: a list of steps, no memory, nothing
// skipped. The truth that the product's plans are compared with.
#pragma once

#include <vector>

#include "policies/scheduler_easy.h"

namespace seatrial {

// Free GPUs of a pool over time: a step function from now on.
class PlainProfile {
 public:
  void begin(Time now, std::int64_t free);
  void add(Time at, std::int64_t gpus);  // gpus more (or fewer) from that instant on
  // The first instant from which on `gpus` are free for `length`.
  [[nodiscard]] Time earliest(Time now, std::int64_t gpus, Duration length) const;
  void reserve(Time from, Duration length, std::int64_t gpus);

 private:
  struct Step {
    Time at;
    std::int64_t free = 0;
  };
  std::size_t step_at(Time at);

  std::vector<Step> steps_;  // ascending; each holds until the next
};

class PlainConservativeScheduler final : public BackfillScheduler {
 public:
  PlainConservativeScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
      : BackfillScheduler(state, std::move(order)), profiles_(state.cluster.pools().size()) {}
  void pass() override;

 private:
  void begin_profiles();
  void plan_queue(std::uint32_t queue);

  std::vector<PlainProfile> profiles_;  // by pool
};

}  // namespace seatrial

// Conservative backfilling (Mu'alem & Feitelson 2001): every waiting job has a reservation, given in queue order at the
// earliest instant at which enough GPUs are expected to be free for its whole known run time; a job may move ahead only
// if no earlier reservation is delayed. Reservations count the GPUs of a pool; whether the nodes offer a legal place is
// asked when the reservation is due, and a job that finds none keeps its turn and tries again at the next event.
// Cost of a pass: waiting jobs x steps of the profile; reservations are kept as long as jobs end when expected.
#pragma once

#include <vector>

#include "policies/scheduler_easy.h"

namespace seatrial {

// Free GPUs of a pool over time: a step function from now on.
class FreeProfile {
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

class ConservativeScheduler final : public BackfillScheduler {
 public:
  ConservativeScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
      : BackfillScheduler(state, std::move(order)), profiles_(state.cluster.pools().size()) {}
  void pass() override;

 private:
  void begin_profiles();
  void plan_queue(std::uint32_t queue);

  std::vector<FreeProfile> profiles_;  // by pool
};

}  // namespace seatrial

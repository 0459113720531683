// Conservative backfilling (Mu'alem & Feitelson 2001): every waiting job has a reservation, given in queue order at the
// earliest instant at which enough GPUs are expected to be free for its whole known run time; a job may move ahead only
// if no earlier reservation is delayed. Reservations count the GPUs of a pool; whether the nodes offer a legal place is
// asked when the reservation is due, and a job that finds none keeps its turn and tries again at the next event.
//
// By the rule all waiting jobs are planned anew at every event. A plan is kept instead where that would repeat it: all
// reservations begin now or later, no job has left early, newcomers join behind it, and the queue has its pools to
// itself. It ends at the first job from which on none could start now. The rule itself is in tests/support.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/free_profile.h"
#include "policies/queue_plan.h"
#include "policies/scheduler_easy.h"

namespace seatrial {

class ConservativeScheduler final : public BackfillScheduler {
 public:
  ConservativeScheduler(RunState& state, std::unique_ptr<QueueOrder> order);
  void enqueue(JobId job) override;
  void left(JobId job) override;
  void started_outside(JobId job) override;
  void capacity_changed() override;
  void pass() override;

 private:
  struct Queue {
    QueuePlan plan;
    std::vector<PoolId> pools;  // that its jobs may use
    bool holds = false;         // the plan is what planning anew would give
    bool shared = false;        // another queue uses one of its pools
    bool counts = true;         // no job asks for a share of a GPU: reservations and free GPUs are the same numbers
  };
  static constexpr std::uint32_t kNobody = 0xffffffffU;

  Queue& queue(std::uint32_t id);
  void use_pool(std::uint32_t id, PoolId pool);
  void forget_plans(JobId job);  // of the queues whose pools the job may have used
  [[nodiscard]] bool plan_holds(const Queue& queue) const;
  void plan_anew(Queue& queue);
  void begin_profile(PoolId pool);
  void extend(Queue& queue);
  [[nodiscard]] bool none_starts_from(Queue& queue, std::uint64_t row) const;
  void start_due(std::uint32_t id);
  [[nodiscard]] bool started_as_planned(const QueuePlan::Row& row) const;

  std::vector<Queue> queues_;
  std::vector<FreeProfile> profiles_;      // by pool
  std::vector<std::uint32_t> owner_;       // by pool: the first queue that used it
  std::vector<std::uint64_t> begun_pass_;  // by pool: the pass that began its profile
  std::uint64_t pass_ = 0;
};

}  // namespace seatrial

// Admission `kueue`: one job a cycle from the head of the queue, as Kueue's BestEffortFIFO with a single cluster queue
// does it. A job that does not fit is set aside until something is freed, when all of them come back to their places; a
// cycle that admits nobody is followed by a pause, 1 ms doubling to 100 ms, an admission ends the slow-down. Source:
// kueue pkg/util/wait/backoff.go and pkg/scheduler/scheduler.go, v0.9. Cost: O(log waiting) a cycle.
#pragma once

#include <set>
#include <vector>

#include "policies/scheduler.h"

namespace seatrial {

class CycleScheduler final : public Scheduler {
 public:
  CycleScheduler(RunState& state, std::unique_ptr<QueueOrder> order) : Scheduler(state, std::move(order), false) {}
  void enqueue(JobId job) override;
  void capacity_changed() override { freed_ = true; }
  void timer(std::uint32_t which) override;
  void pass() override;
  [[nodiscard]] std::uint64_t waiting() const override { return heads_.size() + inadmissible_.size(); }

 private:
  struct Head {
    OrderKey key;
    JobId job;
    auto operator<=>(const Head&) const = default;
  };
  std::set<Head> heads_;
  std::vector<Head> inadmissible_;
  Duration pause_{0};
  bool pausing_ = false;
  bool freed_ = false;
};

}  // namespace seatrial

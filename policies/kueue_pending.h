// The workloads that wait for quota, by cluster queue: which one is each queue's head, and which are parked until quota
// is released. The admission cycle takes the heads and says what became of them.
// Order within a queue: priority, then the instant of queueing, then the lower id.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policies/kueue_preemption.h"

namespace seatrial {

// What a workload asks for, so that equal requests of one queue fail together.
using RequestShapeId = Id<struct RequestShapeTag>;

struct PendingWorkload {
  HeldQuotaId id;
  std::int32_t priority = 0;
  std::int64_t queued_at = 0;
  RequestShapeId shape;
};

class PendingQueues {
 public:
  explicit PendingQueues(const QuotaTree& tree) : tree_(tree), queues_(tree.nodes()), woken_(tree.nodes(), 0) {}

  void push(QuotaNodeId queue, const PendingWorkload& workload);
  // Takes the head away. Nothing is found if all that wait are parked.
  [[nodiscard]] bool pop_head(QuotaNodeId queue, PendingWorkload& head);
  // A head that failed and is tried again in the next cycle: because it may change (`again`), or only when some other
  // head makes for a cycle.
  void put_back(QuotaNodeId queue, const PendingWorkload& head, bool again);
  // A head that waits for its victims to go: it stays the head, whoever comes or is woken meanwhile.
  void keep_first(QuotaNodeId queue, const PendingWorkload& head);
  // A head that failed and lets the next one try; equal requests of its priority are parked unseen.
  void park(QuotaNodeId queue, const PendingWorkload& head);
  // The next head may try.
  void advance(QuotaNodeId queue) { queues_[queue].changed = true; }
  // Quota was released: whatever is parked in the tree is tried again from the next `wake` on.
  void wake_tree(QuotaNodeId node) { woken_[tree_.root(node)] = 1; }
  void wake();

  // Whether a cycle could find something new.
  [[nodiscard]] bool changed() const;
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }

 private:
  struct Failure {
    RequestShapeId shape;
    std::int32_t priority = 0;
  };
  struct Queue {
    std::optional<PendingWorkload> first;  // before all of the heap
    std::vector<PendingWorkload> heap;
    std::vector<PendingWorkload> parked;
    std::vector<Failure> failures;  // since quota was last released
    bool changed = false;
  };

  const QuotaTree& tree_;
  Column<QuotaNodeId, Queue> queues_;
  Column<QuotaNodeId, std::uint8_t> woken_;  // roots whose quota was released
  std::uint64_t waiting_ = 0;
};

}  // namespace seatrial

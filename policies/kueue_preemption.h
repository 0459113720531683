// Whose quota is taken for a workload that does not fit: Kueue's searches for victims, classical and by fair sharing.
// The admission cycle and the flavor assigner ask; nothing is evicted here, and the quota tree is left as it was found.
// Source: kubernetes-sigs/kueue pkg/scheduler/preemption. Invariants: with the victims gone the preemptor fits, and no
// victim of a classical answer can be left out.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/quota_share.h"
#include "models/quota_tree.h"

namespace seatrial {

using HeldQuotaId = Id<struct HeldQuotaTag>;  // a workload that holds quota; the lower index wins every tie

enum class PreemptionPolicy : std::uint8_t { Never, LowerPriority, LowerOrNewerEqualPriority, Any };

// What a cluster queue may take. Default: nothing.
struct QueuePreemption {
  PreemptionPolicy within_queue = PreemptionPolicy::Never;
  PreemptionPolicy reclaim_within_cohort = PreemptionPolicy::Never;
  // Whether workloads of other queues may go although the preemptor's queue then borrows: only those of lower priority,
  // and of at most the threshold if there is one.
  bool borrow_within_cohort = false;
  std::optional<std::int32_t> max_priority_threshold = std::nullopt;
};

// Instants are of one unit and origin, whichever.
struct HeldQuota {
  QuotaNodeId queue;
  std::int32_t priority = 0;
  std::int64_t reserved_at = 0;  // when it got its quota
  std::int64_t queued_at = 0;    // its place in the order of the queue
  bool evicted = false;          // has been told to go and still holds its quota
  QuotaAmounts usage;
};

// Its place in the order in which workloads of one queue go: evicted ones first, then lower priority, later quota,
// lower id.
struct VictimPlace {
  HeldQuotaId id;  // not valid: none
  std::int32_t priority = 0;
  std::int64_t reserved_at = 0;
  bool evicted = false;
};
[[nodiscard]] inline bool operator<(const VictimPlace& a, const VictimPlace& b) {
  if (a.evicted != b.evicted) return a.evicted;
  if (a.priority != b.priority) return a.priority < b.priority;
  if (a.reserved_at != b.reserved_at) return a.reserved_at > b.reserved_at;
  return a.id < b.id;
}

// The workloads that hold quota, by cluster queue.
class HeldQuotas {
 public:
  explicit HeldQuotas(std::uint32_t nodes) : by_queue_(nodes), changes_(nodes, 0) {}

  // Linear in what the queue holds, by moves of memory. None touches the quota tree.
  void add(HeldQuotaId id, HeldQuota held);
  void remove(HeldQuotaId id);
  void set_evicted(HeldQuotaId id);

  [[nodiscard]] const HeldQuota& operator[](HeldQuotaId id) const { return rows_[id]; }
  // How often what the queue holds has changed.
  [[nodiscard]] std::uint32_t changes(QuotaNodeId queue) const { return changes_[queue]; }
  // In the order in which they go.
  [[nodiscard]] const std::vector<VictimPlace>& of_queue(QuotaNodeId queue) const { return by_queue_[queue]; }

 private:
  void insert(HeldQuotaId id);
  [[nodiscard]] VictimPlace place(HeldQuotaId id) const;

  Column<HeldQuotaId, HeldQuota> rows_;
  Column<QuotaNodeId, std::vector<VictimPlace>> by_queue_;
  Column<QuotaNodeId, std::uint32_t> changes_;
};

// A workload that asks for quota.
struct QuotaRequest {
  QuotaNodeId queue;
  std::int32_t priority = 0;
  std::int64_t queued_at = 0;
  QuotaAmounts usage;
  std::vector<FlavorResourceId> short_of;  // of what victims must hold some
};

enum class VictimReason : std::uint8_t {
  InClusterQueue,
  InCohortReclamation,
  InCohortReclaimWhileBorrowing,
  InCohortFairSharing
};
[[nodiscard]] const char* name_of(VictimReason reason);

struct Victim {
  HeldQuotaId id;
  VictimReason reason = VictimReason::InClusterQueue;
};

enum class FairStrategy : std::uint8_t { LessThanOrEqualToFinalShare, LessThanInitialShare };

// All that a search looks at. The tree is changed while it runs and restored.
struct QuotaView {
  QuotaTree& tree;
  const QuotaShares& shares;
  const Column<QuotaNodeId, QueuePreemption>& preemption;
  const HeldQuotas& held;
};

// Whether a policy lets one workload take the quota of another, by priorities and places in the queue order.
struct PriorityAndPlace {
  std::int32_t priority = 0;
  std::int64_t queued_at = 0;
};
[[nodiscard]] bool allows(PreemptionPolicy policy, PriorityAndPlace preemptor, PriorityAndPlace candidate);

// One search: see VictimFinder (kueue_victims.h), which is for many. The victims, none if no set of candidates makes
// room.
[[nodiscard]] std::vector<Victim> classical_victims(const QuotaView& view, const QuotaRequest& request);
// At least one strategy; the second is tried on candidates that the first refused.
[[nodiscard]] std::vector<Victim> fair_victims(const QuotaView& view, const QuotaRequest& request,
                                               const std::vector<FairStrategy>& strategies);

}  // namespace seatrial

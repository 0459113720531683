// Kueue's admission: workloads wait in cluster queues, and each cycle takes the head of every queue, gives it flavors,
// finds victims, orders the heads and admits those that still fit. Jobs of tenants come through here before the
// scheduler sees them. Source: kubernetes-sigs/kueue pkg/scheduler/scheduler.go, pkg/cache/queue.
// Invariant: what is admitted never exceeds a quota, a borrowing or a lending limit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/quota_share.h"
#include "models/quota_tree.h"
#include "policies/kueue_entries.h"
#include "policies/kueue_flavors.h"
#include "policies/kueue_partial_admission.h"
#include "policies/kueue_pending.h"
#include "policies/kueue_preemption.h"
#include "policies/kueue_rules.h"
#include "policies/kueue_victims.h"
#include "policies/quota_limit.h"

namespace seatrial {

struct KueuePodSet {
  PodSetRequest request;
  std::optional<std::uint32_t> min_count = std::nullopt;
};

struct KueueWorkload {
  QuotaNodeId queue;
  std::int32_t priority = 0;
  std::int64_t queued_at = 0;
  std::vector<KueuePodSet> pod_sets;
};

struct QuotaAdmission {
  HeldQuotaId id;
  FlavorAssignment assignment;
  std::vector<std::uint32_t> counts;  // of pods, by pod set: smaller than asked for under partial admission
};

struct QuotaEviction {
  HeldQuotaId id;
  HeldQuotaId preemptor;
  VictimReason reason = VictimReason::InClusterQueue;
};

struct CycleResult {
  std::vector<QuotaAdmission> admitted;
  std::vector<HeldQuotaId> passed_over;  // heads that were not admitted
  std::vector<QuotaEviction> evicted;    // they hold their quota until `give_up`
};

class KueueScheduler {
 public:
  explicit KueueScheduler(KueueRules rules);

  // A workload that waits from now on. Ids count up from 0.
  HeldQuotaId submit(KueueWorkload workload);
  // A workload that runs already, whatever the quotas say.
  HeldQuotaId hold(KueueWorkload workload, QuotaAmounts usage, std::int64_t now);
  // An admitted workload ends, or, after an eviction, goes back to its queue at its old place.
  void finish(HeldQuotaId id);
  void give_up(HeldQuotaId id);

  // Whether a cycle could find something new. Cycles that are run all the same change nothing.
  [[nodiscard]] bool has_work() const { return pending_.changed(); }
  // now: in the unit of queued_at.
  [[nodiscard]] CycleResult cycle(std::int64_t now);

  [[nodiscard]] const QuotaTree& quotas() const { return tree_; }
  [[nodiscard]] const KueueRules& rules() const { return rules_; }
  [[nodiscard]] const QuotaShares& shares() const { return shares_; }
  [[nodiscard]] QuotaLimit limit_of(HeldQuotaId id) const;
  [[nodiscard]] std::uint64_t waiting() const { return pending_.waiting(); }

 private:
  enum class Outcome : std::uint8_t { Admitted, Preempting, Skipped, Refused };
  class Oracle;

  [[nodiscard]] QuotaView view() { return {tree_, shares_, preemption_, held_}; }
  [[nodiscard]] std::vector<Victim> victims(const QuotaRequest& request);
  [[nodiscard]] RequestShapeId shape_of(const KueueWorkload& workload);
  // An entry, and what it depends on as it was when the entry was made.
  struct Nomination {
    AdmissionEntry entry;
    bool known = false;  // that nothing else matters to it
    std::uint32_t held_changes = 0;
    std::vector<std::int64_t> usages;  // of the queue and the cohorts above it
  };
  // The last two: where one head after the other takes the last quota, cohorts go back and forth between two states.
  struct Nominations {
    Nomination kept[2];
    std::uint8_t latest = 0;
  };

  void nominate();
  [[nodiscard]] AdmissionEntry& nominate(QuotaNodeId queue, const PendingWorkload& head);
  void remember(Nomination& nomination);
  [[nodiscard]] bool holds(const Nomination& nomination) const;
  [[nodiscard]] bool would_be_made_again(const AdmissionEntry& entry);
  void assign(AdmissionEntry& entry);
  [[nodiscard]] bool try_counts(AdmissionEntry& entry, std::vector<std::uint32_t> counts);
  [[nodiscard]] Outcome process(AdmissionEntry& entry, std::int64_t now, CycleResult& result);
  [[nodiscard]] bool fits_without(const AdmissionEntry& entry);
  [[nodiscard]] bool fits_beside_victims(const AdmissionEntry& entry);
  void reserve(QuotaNodeId queue, const QuotaAmounts& amounts);
  [[nodiscard]] QuotaAmounts to_reserve(const AdmissionEntry& entry) const;
  void requeue(const AdmissionEntry& entry, Outcome outcome);
  void remember_tried(const AdmissionEntry& entry, bool keep);
  void release(HeldQuotaId id);

  KueueRules rules_;
  QuotaTree tree_;
  QuotaShares shares_;
  Column<QuotaNodeId, QueuePreemption> preemption_;
  HeldQuotas held_;
  VictimFinder finder_;
  PendingQueues pending_;
  std::vector<QuotaNodeId> queues_;
  Column<HeldQuotaId, KueueWorkload> workloads_;
  Column<HeldQuotaId, RequestShapeId> shapes_;
  Column<HeldQuotaId, std::uint8_t> resumes_;  // after the flavors that were tried
  Column<QuotaNodeId, Nominations> nominations_;
  std::map<std::vector<std::int64_t>, RequestShapeId> known_shapes_;
  // Of the running cycle.
  std::vector<AdmissionEntry*> entries_;
  std::vector<PodSetRequest> requests_;
  QuotaRequest simulated_;
  std::vector<HeldQuotaId> gone_;
  std::vector<std::pair<QuotaNodeId, QuotaAmounts>> reserved_;
  std::vector<HeldQuotaId> preempted_;
  std::vector<QuotaNodeId> skipped_;
};

}  // namespace seatrial

// What `quotas` may hold: Kueue's flavors, cohorts and cluster queues, and ResourceQuotas of namespaces.
#include <string>
#include <vector>

#include "scenarios/schema_parts.h"
#include "scenarios/schema_sections.h"

namespace seatrial::schema {
namespace {

// Amounts by resource: cores, memory, pods or whole GPUs.
Json amounts(const std::string& description, bool with_limits) {
  const Json amount{{"type", {"number", "string"}}};
  Json entry = amount;
  if (with_limits) {
    entry = any_of("", {amount, mapping("", {{"nominal", described(amount, "Of its own."), true},
                                             {"borrowing_limit", described(amount, "Of others, at most.")},
                                             {"lending_limit", described(amount, "To others, at most.")}})});
  }
  return described({{"type", "object"}, {"additionalProperties", std::move(entry)}}, description);
}

Json by_flavor() {
  return described({{"type", "object"}, {"additionalProperties", amounts("By resource.", true)}},
                   "Quotas by flavor, the preferred one first.");
}

Json weight() { return number("Against its siblings under fair sharing; 1 if left out.", 0, 1e9); }

Json cluster_queue() {
  return mapping(
      "",
      {{"name", text("Of the queue."), true},
       {"cohort", text("With whom it lends and borrows.")},
       {"tenants", list_of(text("A tenant."), "Whose jobs it takes; left out: the tenant of its name.")},
       {"queueing", enumeration("Does a head that does not fit block its queue?", {"BestEffortFIFO", "StrictFIFO"})},
       {"resources", by_flavor(), true},
       {"preemption",
        mapping("Whose quota it may take.",
                {{"within_queue", enumeration("", {"Never", "LowerPriority", "LowerOrNewerEqualPriority"})},
                 {"reclaim_within_cohort", enumeration("", {"Never", "LowerPriority", "Any"})},
                 {"borrow_within_cohort", enumeration("", {"Never", "LowerPriority"})},
                 {"max_priority_threshold", integer("Of victims while borrowing.", INT32_MIN, INT32_MAX)}})},
       {"flavor_fungibility",
        mapping("When the next flavor is tried.",
                {{"when_can_borrow", enumeration("", {"Borrow", "TryNextFlavor"})},
                 {"when_can_preempt", enumeration("", {"Preempt", "TryNextFlavor"})},
                 {"preference", enumeration("", {"BorrowingOverPreemption", "PreemptionOverBorrowing"})}})},
       {"fair_weight", weight()}});
}

}  // namespace

Json quotas() {
  const Json flavor = mapping("", {{"name", text("As quotas name it."), true},
                                   {"pools", list_of(text("A pool."), "Its nodes; left out: all pools.", 1)},
                                   {"node_labels", scalar_map("Labels that its pools have.")}});
  const Json cohort = mapping("", {{"name", text("As queues and cohorts name it."), true},
                                   {"parent", text("A cohort.")},
                                   {"resources", by_flavor()},
                                   {"fair_weight", weight()}});
  const Json strategies = list_of(enumeration("", {"LessThanOrEqualToFinalShare", "LessThanInitialShare"}),
                                  "Rules under which quota is taken, in this order.", 1);
  return mapping(
      "What teams may use of a shared cluster.",
      {{"kind", enumeration("Which rules are in force.", {"none", "kueue", "kueue-fair-sharing", "resource-quota"}),
        true},
       {"flavors", list_of(flavor, "Kinds of nodes.", 1)},
       {"cohorts", list_of(cohort, "Groups of queues that lend and borrow.")},
       {"cluster_queues", list_of(cluster_queue(), "Queues of Kueue.")},
       {"fair_sharing", mapping("Of kueue-fair-sharing.", {{"strategies", strategies}})},
       {"tenants", described({{"type", "object"}, {"additionalProperties", amounts("Its quota.", false)}},
                             "ResourceQuota of each tenant's namespace.")}});
}

}  // namespace seatrial::schema

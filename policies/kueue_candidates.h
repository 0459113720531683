// What both searches for victims share: which workloads may go, and putting back those that need not.
#pragma once

#include <vector>

#include "policies/kueue_preemption.h"

namespace seatrial {

[[nodiscard]] bool uses_any(const QuotaAmounts& usage, const std::vector<FlavorResourceId>& of);
[[nodiscard]] inline bool within_quota(const QuotaTree& tree, QuotaNodeId node,
                                       const std::vector<FlavorResourceId>& of) {
  for (const FlavorResourceId each : of) {
    if (tree.borrowing_with(node, each, 0)) return false;
  }
  return true;
}
// Whether the policy of the request's queue lets it take this one's quota.
[[nodiscard]] bool may_take(const QuotaView& view, const QuotaRequest& request, HeldQuotaId candidate);

// Whether a policy forbids to take one of this priority, and with it all that come after it in its queue.
[[nodiscard]] inline bool priority_forbids(PreemptionPolicy policy, std::int32_t preemptor, const VictimPlace& first) {
  if (policy == PreemptionPolicy::Never) return true;
  if (first.evicted || policy == PreemptionPolicy::Any) return false;  // those not evicted start anew with the lowest
  return policy == PreemptionPolicy::LowerPriority ? first.priority >= preemptor : first.priority > preemptor;
}

// Whether the request fits as the tree is now; without borrowing also within its queue's nominal quota.
[[nodiscard]] bool request_fits(const QuotaTree& tree, const QuotaRequest& request, bool borrowing);

// Usage of workloads, taken from the tree and given back.
void take_away(const QuotaView& view, HeldQuotaId id);
void give_back(const QuotaView& view, HeldQuotaId id);

// Victims are gone and the request fits. From the second-last to the first, each one that need not go stays; the last
// one takes its slot. The tree is restored.
[[nodiscard]] std::vector<Victim> fill_back(const QuotaView& view, const QuotaRequest& request,
                                            std::vector<Victim> victims, bool borrowing);

}  // namespace seatrial

// Candidates for preemption; see kueue_candidates.h.
#include "policies/kueue_candidates.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "sim/check.h"

namespace seatrial {

void HeldQuotas::add(HeldQuotaId id, HeldQuota held) {
  if (id.index >= rows_.size()) {
    rows_.raw().resize(std::size_t{id.index} + 1);
    places_.raw().resize(std::size_t{id.index} + 1);
  }
  places_[id] = static_cast<std::uint32_t>(by_queue_[held.queue].size());
  by_queue_[held.queue].push_back(id);
  rows_[id] = std::move(held);
}

void HeldQuotas::remove(HeldQuotaId id) {
  std::vector<HeldQuotaId>& list = by_queue_[rows_[id].queue];
  CHECK(places_[id] < list.size() && list[places_[id]] == id);
  list[places_[id]] = list.back();
  places_[list.back()] = places_[id];
  list.pop_back();
}

const char* name_of(VictimReason reason) {
  switch (reason) {
    case VictimReason::InClusterQueue:
      return "InClusterQueue";
    case VictimReason::InCohortReclamation:
      return "InCohortReclamation";
    case VictimReason::InCohortReclaimWhileBorrowing:
      return "InCohortReclaimWhileBorrowing";
    case VictimReason::InCohortFairSharing:
      return "InCohortFairSharing";
  }
  CHECK(false);
  return "";
}

bool allows(PreemptionPolicy policy, PriorityAndPlace preemptor, PriorityAndPlace candidate) {
  const bool lower = candidate.priority < preemptor.priority;
  switch (policy) {
    case PreemptionPolicy::Never:
      return false;
    case PreemptionPolicy::LowerPriority:
      return lower;
    case PreemptionPolicy::LowerOrNewerEqualPriority:
      return lower || (candidate.priority == preemptor.priority && preemptor.queued_at < candidate.queued_at);
    case PreemptionPolicy::Any:
      return true;
  }
  return false;
}

bool candidate_before(const HeldQuotas& held, QuotaNodeId own, HeldQuotaId a, HeldQuotaId b) {
  const auto key = [&](HeldQuotaId id) {
    const HeldQuota& row = held[id];
    return std::tuple(!row.evicted, row.queue == own, row.priority);
  };
  if (key(a) != key(b)) return key(a) < key(b);
  if (held[a].reserved_at != held[b].reserved_at) return held[a].reserved_at > held[b].reserved_at;
  return a < b;
}

bool uses_any(const QuotaAmounts& usage, const std::vector<FlavorResourceId>& of) {
  return std::any_of(usage.begin(), usage.end(),
                     [&](const QuotaAmount& each) { return std::find(of.begin(), of.end(), each.of) != of.end(); });
}

bool within_quota(const QuotaTree& tree, QuotaNodeId node, const std::vector<FlavorResourceId>& of) {
  return std::none_of(of.begin(), of.end(), [&](FlavorResourceId each) { return tree.borrowing_with(node, each, 0); });
}

bool may_take(const QuotaView& view, const QuotaRequest& request, HeldQuotaId candidate) {
  const HeldQuota& held = view.held[candidate];
  const QueuePreemption& policies = view.preemption[request.queue];
  const PreemptionPolicy policy = held.queue == request.queue ? policies.within_queue : policies.reclaim_within_cohort;
  return allows(policy, {request.priority, request.queued_at}, {held.priority, held.queued_at}) &&
         uses_any(held.usage, request.short_of);
}

bool request_fits(const QuotaTree& tree, const QuotaRequest& request, bool borrowing) {
  for (const QuotaAmount& each : request.usage) {
    if (!borrowing && tree.borrowing_with(request.queue, each.of, each.amount)) return false;
  }
  return tree.fits(request.queue, request.usage);
}

void take_away(const QuotaView& view, HeldQuotaId id) {
  view.tree.remove_usage(view.held[id].queue, view.held[id].usage);
}

void give_back(const QuotaView& view, HeldQuotaId id) { view.tree.add_usage(view.held[id].queue, view.held[id].usage); }

std::vector<Victim> fill_back(const QuotaView& view, const QuotaRequest& request, std::vector<Victim> victims,
                              bool borrowing) {
  for (std::size_t at = victims.size() - 1; at-- > 0;) {
    give_back(view, victims[at].id);
    if (request_fits(view.tree, request, borrowing)) {
      victims[at] = victims.back();
      victims.pop_back();
    } else {
      take_away(view, victims[at].id);
    }
  }
  for (const Victim& victim : victims) give_back(view, victim.id);
  return victims;
}

}  // namespace seatrial

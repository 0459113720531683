// Candidates for preemption; see kueue_candidates.h.
#include "policies/kueue_candidates.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "sim/check.h"

namespace seatrial {

void HeldQuotas::add(HeldQuotaId id, HeldQuota held) {
  if (id.index >= rows_.size()) rows_.raw().resize(std::size_t{id.index} + 1);
  rows_[id] = std::move(held);
  insert(id);
}

void HeldQuotas::remove(HeldQuotaId id) {
  std::vector<VictimPlace>& list = by_queue_[rows_[id].queue];
  const auto found = std::lower_bound(list.begin(), list.end(), place(id));
  CHECK(found != list.end() && found->id == id);
  ++changes_[rows_[id].queue];
  list.erase(found);
}

void HeldQuotas::set_evicted(HeldQuotaId id) {
  if (rows_[id].evicted) return;
  remove(id);
  rows_[id].evicted = true;
  insert(id);
}

void HeldQuotas::insert(HeldQuotaId id) {
  ++changes_[rows_[id].queue];
  std::vector<VictimPlace>& list = by_queue_[rows_[id].queue];
  list.insert(std::lower_bound(list.begin(), list.end(), place(id)), place(id));
}

VictimPlace HeldQuotas::place(HeldQuotaId id) const {
  const HeldQuota& row = rows_[id];
  return {id, row.priority, row.reserved_at, row.evicted};
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

bool uses_any(const QuotaAmounts& usage, const std::vector<FlavorResourceId>& of) {
  return std::any_of(usage.begin(), usage.end(),
                     [&](const QuotaAmount& each) { return std::find(of.begin(), of.end(), each.of) != of.end(); });
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

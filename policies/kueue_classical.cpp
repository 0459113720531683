// Kueue's classical search for victims: candidates by the right that the preemptor has over them, removed in order
// until it fits, first with or first without borrowing. Source: kueue pkg/scheduler/preemption/preemption.go and
// classical/.
#include <algorithm>
#include <cstddef>

#include "policies/kueue_candidates.h"

namespace seatrial {
namespace {

struct Candidate {
  HeldQuotaId id;
  QuotaNodeId common;  // the lowest cohort above both queues; not valid in the preemptor's own queue
  VictimReason reason = VictimReason::InClusterQueue;
  bool without_borrowing_only = false;
};

class ClassicalSearch {
 public:
  ClassicalSearch(const QuotaView& view, const QuotaRequest& request)
      : view_(view), tree_(view.tree), policies_(view.preemption[request.queue]), request_(request) {}

  std::vector<Victim> run() {
    collect();
    if (candidates_.empty()) return {};
    std::vector<bool> attempts;
    if (!others_ || (!policies_.borrow_within_cohort && !under_nominal())) {
      attempts = {true};
    } else if (!policies_.borrow_within_cohort && !advantage_) {
      attempts = {false, true};
    } else {
      attempts = {true, false};
    }
    for (const bool borrowing : attempts) {
      std::vector<Victim> victims = attempt(borrowing);
      if (!victims.empty()) return victims;
    }
    return {};
  }

 private:
  // Candidates over which the queue has a right by hierarchy, by priority, and its own; the evicted of all first.
  void collect() {
    std::vector<Candidate> by_hierarchy;
    std::vector<Candidate> by_priority;
    std::vector<Candidate> own;
    collect_queue(request_.queue, {}, false, own);
    collect_cohorts(by_hierarchy, by_priority);
    others_ = !by_hierarchy.empty() || !by_priority.empty();
    advantage_ = !by_hierarchy.empty();
    for (std::vector<Candidate>* list : {&by_hierarchy, &by_priority, &own}) {
      std::sort(list->begin(), list->end(), [&](const Candidate& a, const Candidate& b) {
        return candidate_before(view_.held, request_.queue, a.id, b.id);
      });
      candidates_.insert(candidates_.end(), list->begin(), list->end());
    }
    std::stable_partition(candidates_.begin(), candidates_.end(),
                          [&](const Candidate& each) { return view_.held[each.id].evicted; });
  }

  // From the queue's cohort to the root. Once the request fits a node's quota, the queue has a right over all that lies
  // outside of that node and borrows.
  void collect_cohorts(std::vector<Candidate>& by_hierarchy, std::vector<Candidate>& by_priority) {
    if (policies_.reclaim_within_cohort == PreemptionPolicy::Never) return;
    QuotaAmounts remaining = request_.usage;
    bool advantage = take_quota(request_.queue, remaining);
    QuotaNodeId below = request_.queue;
    for (QuotaNodeId cohort = tree_.parent(request_.queue); cohort.valid(); cohort = tree_.parent(cohort)) {
      collect_subtree(cohort, below, advantage, advantage ? by_hierarchy : by_priority);
      advantage = take_quota(cohort, remaining) || advantage;
      below = cohort;
    }
  }

  // Whether the amounts fit the node's quota; what the node keeps for itself is taken off them.
  bool take_quota(QuotaNodeId node, QuotaAmounts& amounts) const {
    bool fits = true;
    for (QuotaAmount& each : amounts) {
      fits = fits && !tree_.borrowing_with(node, each.of, each.amount);
      each.amount = std::max<std::int64_t>(0, each.amount - tree_.local_available(node, each.of));
    }
    return fits;
  }

  // Subtrees within their quota are left in peace.
  void collect_subtree(QuotaNodeId common, QuotaNodeId skipped, bool advantage, std::vector<Candidate>& list) const {
    std::vector<QuotaNodeId> open{common};
    while (!open.empty()) {
      const QuotaNodeId cohort = open.back();
      open.pop_back();
      for (const QuotaNodeId child : tree_.child_cohorts(cohort)) {
        if (child != skipped && !within_quota(tree_, child, request_.short_of)) open.push_back(child);
      }
      for (const QuotaNodeId queue : tree_.child_queues(cohort)) {
        if (queue == request_.queue || within_quota(tree_, queue, request_.short_of)) continue;
        collect_queue(queue, common, advantage, list);
      }
    }
  }

  void collect_queue(QuotaNodeId queue, QuotaNodeId common, bool advantage, std::vector<Candidate>& list) const {
    for (const HeldQuotaId id : view_.held.of_queue(queue)) {
      if (!may_take(view_, request_, id)) continue;
      Candidate candidate{id, common};
      if (common.valid()) {
        candidate.without_borrowing_only = !advantage && !may_go_while_borrowing(id);
        candidate.reason = advantage || candidate.without_borrowing_only ? VictimReason::InCohortReclamation
                                                                         : VictimReason::InCohortReclaimWhileBorrowing;
      }
      list.push_back(candidate);
    }
  }

  [[nodiscard]] bool may_go_while_borrowing(HeldQuotaId id) const {
    const std::int32_t priority = view_.held[id].priority;
    return policies_.borrow_within_cohort && priority < request_.priority &&
           (!policies_.max_priority_threshold || priority <= *policies_.max_priority_threshold);
  }

  [[nodiscard]] bool under_nominal() const {
    return std::all_of(request_.short_of.begin(), request_.short_of.end(), [&](FlavorResourceId of) {
      return tree_.usage(request_.queue, of) < tree_.subtree_quota(request_.queue, of);
    });
  }

  // Earlier victims may have brought its queue or a cohort below the common one back within quota.
  [[nodiscard]] bool still_valid(const Candidate& candidate, bool borrowing) const {
    if (!candidate.common.valid()) return true;
    if (borrowing && candidate.without_borrowing_only) return false;
    for (QuotaNodeId node = view_.held[candidate.id].queue; node != candidate.common; node = tree_.parent(node)) {
      if (within_quota(tree_, node, request_.short_of)) return false;
    }
    return true;
  }

  [[nodiscard]] std::vector<Victim> attempt(bool borrowing) const {
    std::vector<Victim> victims;
    for (const Candidate& candidate : candidates_) {
      if (!still_valid(candidate, borrowing)) continue;
      take_away(view_, candidate.id);
      victims.push_back({candidate.id, candidate.reason});
      if (request_fits(tree_, request_, borrowing)) return fill_back(view_, request_, std::move(victims), borrowing);
    }
    for (const Victim& victim : victims) give_back(view_, victim.id);
    return {};
  }

  const QuotaView& view_;
  const QuotaTree& tree_;
  const QueuePreemption& policies_;
  const QuotaRequest& request_;
  std::vector<Candidate> candidates_;
  bool others_ = false;
  bool advantage_ = false;
};

}  // namespace

std::vector<Victim> classical_victims(const QuotaView& view, const QuotaRequest& request) {
  return ClassicalSearch(view, request).run();
}

}  // namespace seatrial

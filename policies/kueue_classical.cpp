// Kueue's classical search for victims: candidates by the right that the preemptor has over them, removed in order
// until it fits, first with or first without borrowing. Source: kueue pkg/scheduler/preemption/preemption.go and
// classical/.
#include <algorithm>
#include <cstddef>

#include "policies/kueue_candidates.h"

namespace seatrial {
namespace {

// The right that the preemptor has over a candidate.
enum class Right : std::uint8_t { Hierarchy, Priority, OwnQueue };

struct Candidate {
  HeldQuotaId id;
  QuotaNodeId common;  // the lowest cohort above both queues; not valid in the preemptor's own queue
  Right right = Right::OwnQueue;
  VictimReason reason = VictimReason::InClusterQueue;
  bool without_borrowing_only = false;
  bool evicted = false;
  std::int32_t priority = 0;
  std::int64_t reserved_at = 0;
};

// For heaps: the first to go is at the top. The evicted of all rights first; then as `candidate_before` has it.
bool goes_after(const Candidate& a, const Candidate& b) {
  if (a.evicted != b.evicted) return b.evicted;
  if (a.right != b.right) return a.right > b.right;
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.reserved_at != b.reserved_at) return a.reserved_at < b.reserved_at;
  return a.id > b.id;
}

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
  // A heap, because most searches end after a few of many candidates.
  void collect() {
    collect_queue(request_.queue, {}, Right::OwnQueue);
    const std::size_t own = candidates_.size();
    collect_cohorts();
    others_ = candidates_.size() > own;
    advantage_ = std::any_of(candidates_.begin(), candidates_.end(),
                             [](const Candidate& each) { return each.right == Right::Hierarchy; });
    std::make_heap(candidates_.begin(), candidates_.end(), goes_after);
  }

  // The candidate at a place of the order. Those looked at so far lie at the end, the first one last.
  const Candidate& candidate(std::size_t place) {
    for (; ordered_ <= place; ++ordered_) {
      std::pop_heap(candidates_.begin(), candidates_.end() - static_cast<std::ptrdiff_t>(ordered_), goes_after);
    }
    return candidates_[candidates_.size() - 1 - place];
  }

  // From the queue's cohort to the root. Once the request fits a node's quota, the queue has a right over all that lies
  // outside of that node and borrows.
  void collect_cohorts() {
    if (policies_.reclaim_within_cohort == PreemptionPolicy::Never) return;
    QuotaAmounts remaining = request_.usage;
    bool advantage = take_quota(request_.queue, remaining);
    QuotaNodeId below = request_.queue;
    for (QuotaNodeId cohort = tree_.parent(request_.queue); cohort.valid(); cohort = tree_.parent(cohort)) {
      collect_subtree(cohort, below, advantage ? Right::Hierarchy : Right::Priority);
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
  void collect_subtree(QuotaNodeId common, QuotaNodeId skipped, Right right) {
    std::vector<QuotaNodeId> open{common};
    while (!open.empty()) {
      const QuotaNodeId cohort = open.back();
      open.pop_back();
      for (const QuotaNodeId child : tree_.child_cohorts(cohort)) {
        if (child != skipped && !within_quota(tree_, child, request_.short_of)) open.push_back(child);
      }
      for (const QuotaNodeId queue : tree_.child_queues(cohort)) {
        if (queue == request_.queue || within_quota(tree_, queue, request_.short_of)) continue;
        collect_queue(queue, common, right);
      }
    }
  }

  void collect_queue(QuotaNodeId queue, QuotaNodeId common, Right right) {
    for (const HeldQuotaId id : view_.held.of_queue(queue)) {
      if (!may_take(view_, request_, id)) continue;
      const HeldQuota& held = view_.held[id];
      Candidate candidate{.id = id, .common = common, .right = right};
      candidate.evicted = held.evicted;
      candidate.priority = held.priority;
      candidate.reserved_at = held.reserved_at;
      candidate.without_borrowing_only = right == Right::Priority && !may_go_while_borrowing(held.priority);
      if (right != Right::OwnQueue) {
        const bool borrows = right == Right::Priority && !candidate.without_borrowing_only;
        candidate.reason = borrows ? VictimReason::InCohortReclaimWhileBorrowing : VictimReason::InCohortReclamation;
      }
      candidates_.push_back(candidate);
    }
  }

  [[nodiscard]] bool may_go_while_borrowing(std::int32_t priority) const {
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

  [[nodiscard]] std::vector<Victim> attempt(bool borrowing) {
    std::vector<Victim> victims;
    for (std::size_t place = 0; place < candidates_.size(); ++place) {
      const Candidate& next = candidate(place);
      if (!still_valid(next, borrowing)) continue;
      take_away(view_, next.id);
      victims.push_back({next.id, next.reason});
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
  std::size_t ordered_ = 0;
  bool others_ = false;
  bool advantage_ = false;
};

}  // namespace

std::vector<Victim> classical_victims(const QuotaView& view, const QuotaRequest& request) {
  return ClassicalSearch(view, request).run();
}

}  // namespace seatrial

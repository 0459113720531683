// The plain searches; see plain_kueue_search.h.
#include "tests/support/plain_kueue_search.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "policies/kueue_candidates.h"
#include "sim/check.h"

namespace seatrial {
namespace {

// Evicted ones first, then those of other queues than `own`, lower priority, later quota, lower id.
bool candidate_before(const HeldQuotas& held, QuotaNodeId own, HeldQuotaId a, HeldQuotaId b) {
  const auto key = [&](HeldQuotaId id) {
    const HeldQuota& row = held[id];
    return std::tuple(!row.evicted, row.queue == own, row.priority);
  };
  if (key(a) != key(b)) return key(a) < key(b);
  if (held[a].reserved_at != held[b].reserved_at) return held[a].reserved_at > held[b].reserved_at;
  return a < b;
}

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
    for (const VictimPlace& place : view_.held.of_queue(queue)) {
      const HeldQuotaId id = place.id;
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

// Candidates by queue, handed out from the queue with the highest share.
class ShareOrder {
 public:
  ShareOrder(const QuotaView& view, QuotaNodeId preemptor, const std::vector<HeldQuotaId>& candidates)
      : view_(view), preemptor_(preemptor), lists_(view.tree.nodes()), pruned_(view.tree.nodes(), 0) {
    for (const HeldQuotaId id : candidates) lists_[view.held[id].queue].push_back(id);
    for (auto& list : lists_.raw()) std::reverse(list.begin(), list.end());  // the next one is at the back
    on_path_.assign(view.tree.nodes(), 0);
    for (QuotaNodeId node = preemptor; node.valid(); node = view.tree.parent(node)) on_path_[node] = 1;
  }

  // The queue to take from now; not valid if none is left.
  [[nodiscard]] QuotaNodeId next() {
    const QuotaNodeId root = view_.tree.root(preemptor_);
    if (root == preemptor_) return lists_[root].empty() ? QuotaNodeId{} : root;
    QuotaNodeId at = root;
    while (pruned_[root] == 0) {
      const QuotaNodeId child = highest_child(at);
      if (!child.valid()) {
        pruned_[at] = 1;
        at = root;
      } else if (!view_.tree.node(child).is_cohort) {
        return child;
      } else {
        at = child;
      }
    }
    return {};
  }

  [[nodiscard]] bool has_candidates(QuotaNodeId queue) const { return !lists_[queue].empty(); }
  HeldQuotaId pop(QuotaNodeId queue) {
    const HeldQuotaId id = lists_[queue].back();
    lists_[queue].pop_back();
    return id;
  }
  void drop(QuotaNodeId queue) { pruned_[queue] = 1; }

  // The child of the lowest common cohort on the way to `node`, which is the queue itself or one of its cohorts.
  [[nodiscard]] QuotaNodeId below_common(QuotaNodeId node, QuotaNodeId common) const {
    while (view_.tree.parent(node) != common) node = view_.tree.parent(node);
    return node;
  }
  [[nodiscard]] QuotaNodeId common_cohort(QuotaNodeId queue) const {
    QuotaNodeId node = view_.tree.parent(queue);
    while (on_path_[node] == 0) node = view_.tree.parent(node);
    return node;
  }

 private:
  // Queues tie by their next candidates, cohorts by index, and a cohort wins against a queue. What neither borrows nor
  // lies on the preemptor's path has nothing to give.
  QuotaNodeId highest_child(QuotaNodeId cohort) {
    QuotaNodeId best_queue;
    BorrowingShare queue_share;
    for (const QuotaNodeId queue : view_.tree.child_queues(cohort)) {
      if (pruned_[queue] != 0) continue;
      const BorrowingShare share = view_.shares.share(queue);
      if (lists_[queue].empty() || (!share.borrowing() && queue != preemptor_)) {
        pruned_[queue] = 1;
        continue;
      }
      const bool higher = !best_queue.valid() || queue_share < share;
      const bool equal = !higher && share.compare(queue_share) == 0;
      if (higher ||
          (equal && candidate_before(view_.held, preemptor_, lists_[queue].back(), lists_[best_queue].back()))) {
        best_queue = queue;
        queue_share = share;
      }
    }
    QuotaNodeId best_cohort;
    BorrowingShare cohort_share;
    for (const QuotaNodeId child : view_.tree.child_cohorts(cohort)) {
      if (pruned_[child] != 0) continue;
      const BorrowingShare share = view_.shares.share(child);
      if (!share.borrowing() && on_path_[child] == 0) {
        pruned_[child] = 1;
      } else if (!best_cohort.valid() || cohort_share < share) {
        best_cohort = child;
        cohort_share = share;
      }
    }
    if (best_cohort.valid() && (!best_queue.valid() || queue_share <= cohort_share)) return best_cohort;
    return best_queue;
  }

  const QuotaView& view_;
  QuotaNodeId preemptor_;
  Column<QuotaNodeId, std::vector<HeldQuotaId>> lists_;
  Column<QuotaNodeId, std::uint8_t> pruned_;
  Column<QuotaNodeId, std::uint8_t> on_path_;
};

class FairSearch {
 public:
  FairSearch(const QuotaView& view, const QuotaRequest& request) : view_(view), tree_(view.tree), request_(request) {}

  std::vector<Victim> run(const std::vector<FairStrategy>& strategies) {
    const std::vector<HeldQuotaId> candidates = sorted_candidates();
    if (candidates.empty()) return {};
    view_.tree.add_usage(request_.queue, request_.usage);
    bool fits = first_pass(candidates, strategies.front());
    if (!fits && strategies.size() > 1) fits = second_pass();
    view_.tree.remove_usage(request_.queue, request_.usage);
    if (fits) return fill_back(view_, request_, std::move(victims_), true);
    for (const Victim& victim : victims_) give_back(view_, victim.id);
    return {};
  }

 private:
  [[nodiscard]] std::vector<HeldQuotaId> sorted_candidates() const {
    std::vector<HeldQuotaId> found;
    collect(request_.queue, found);
    const bool reclaims = view_.preemption[request_.queue].reclaim_within_cohort != PreemptionPolicy::Never;
    if (reclaims && tree_.has_parent(request_.queue)) {
      for (const QuotaNodeId queue : tree_.queues_below(tree_.root(request_.queue))) {
        if (queue != request_.queue && !within_quota(tree_, queue, request_.short_of)) collect(queue, found);
      }
    }
    std::sort(found.begin(), found.end(),
              [&](HeldQuotaId a, HeldQuotaId b) { return candidate_before(view_.held, request_.queue, a, b); });
    return found;
  }

  void collect(QuotaNodeId queue, std::vector<HeldQuotaId>& found) const {
    for (const VictimPlace& place : view_.held.of_queue(queue)) {
      if (may_take(view_, request_, place.id)) found.push_back(place.id);
    }
  }

  // The preemptor's usage is on the tree while shares are compared; whether it fits is asked without it.
  bool take(HeldQuotaId id, VictimReason reason) {
    take_away(view_, id);
    victims_.push_back({id, reason});
    view_.tree.remove_usage(request_.queue, request_.usage);
    const bool fits = request_fits(tree_, request_, true);
    view_.tree.add_usage(request_.queue, request_.usage);
    return fits;
  }

  bool first_pass(const std::vector<HeldQuotaId>& candidates, FairStrategy strategy) {
    ShareOrder order(view_, request_.queue, candidates);
    const bool within_nominal = within_quota(tree_, request_.queue, request_.short_of);
    for (QuotaNodeId queue = order.next(); queue.valid(); queue = order.next()) {
      if (queue == request_.queue || within_nominal) {
        const bool own = queue == request_.queue;
        if (take(order.pop(queue), own ? VictimReason::InClusterQueue : VictimReason::InCohortReclamation)) return true;
      } else if (take_unless_unfair(order, queue, strategy)) {
        return true;
      }
    }
    return false;
  }

  // Takes the queue's first candidate that the strategy allows; the refused ones before it may be tried again.
  bool take_unless_unfair(ShareOrder& order, QuotaNodeId queue, FairStrategy strategy) {
    const QuotaNodeId common = order.common_cohort(queue);
    const QuotaNodeId target = order.below_common(queue, common);
    const BorrowingShare preemptor_new = view_.shares.share(order.below_common(request_.queue, common));
    const BorrowingShare target_old = view_.shares.share(target);
    while (order.has_candidates(queue)) {
      const HeldQuotaId id = order.pop(queue);
      take_away(view_, id);
      const BorrowingShare target_new = view_.shares.share(target);
      give_back(view_, id);
      const bool fair =
          strategy == FairStrategy::LessThanInitialShare ? preemptor_new < target_old : preemptor_new <= target_new;
      if (fair) return take(id, VictimReason::InCohortFairSharing);
      refused_.push_back(id);
    }
    return false;
  }

  // By the initial share the choice of the workload does not matter: one candidate decides for its queue.
  bool second_pass() {
    ShareOrder order(view_, request_.queue, refused_);
    for (QuotaNodeId queue = order.next(); queue.valid(); queue = order.next()) {
      const QuotaNodeId common = order.common_cohort(queue);
      const BorrowingShare preemptor_new = view_.shares.share(order.below_common(request_.queue, common));
      const BorrowingShare target_old = view_.shares.share(order.below_common(queue, common));
      if (preemptor_new < target_old && take(order.pop(queue), VictimReason::InCohortFairSharing)) return true;
      order.drop(queue);
    }
    return false;
  }

  const QuotaView& view_;
  const QuotaTree& tree_;
  const QuotaRequest& request_;
  std::vector<Victim> victims_;
  std::vector<HeldQuotaId> refused_;
};

}  // namespace

std::vector<Victim> plain_classical_victims(const QuotaView& view, const QuotaRequest& request) {
  return ClassicalSearch(view, request).run();
}

std::vector<Victim> plain_fair_victims(const QuotaView& view, const QuotaRequest& request,
                                       const std::vector<FairStrategy>& strategies) {
  CHECK(!strategies.empty());
  return FairSearch(view, request).run(strategies);
}

}  // namespace seatrial

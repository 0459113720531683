// Kueue's search for victims by fair sharing: the queue with the highest share gives, as long as the preemptor, with
// what it asks for, does not end up above it. Source: kueue pkg/scheduler/preemption/preemption.go and fairsharing/.
#include <algorithm>
#include <cstddef>
#include <optional>

#include "policies/kueue_candidates.h"
#include "sim/check.h"

namespace seatrial {
namespace {

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
    for (const HeldQuotaId id : view_.held.of_queue(queue)) {
      if (may_take(view_, request_, id)) found.push_back(id);
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

std::vector<Victim> fair_victims(const QuotaView& view, const QuotaRequest& request,
                                 const std::vector<FairStrategy>& strategies) {
  CHECK(!strategies.empty());
  return FairSearch(view, request).run(strategies);
}

}  // namespace seatrial

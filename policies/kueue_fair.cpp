// Kueue's search for victims by fair sharing: the queue with the highest share gives, as long as the preemptor, with
// what it asks for, does not end up above it. Source: kueue pkg/scheduler/preemption/preemption.go and fairsharing/.
// Shares that this search has not changed are looked up, and a subtree whose share is too low is refused as a whole.
#include <algorithm>
#include <cstddef>
#include <limits>

#include "policies/kueue_candidates.h"
#include "policies/kueue_victims.h"
#include "sim/check.h"

namespace seatrial {
namespace {

class FairSearch {
 public:
  FairSearch(const QuotaView& view, SearchMemory& memory, const QuotaRequest& request)
      : view_(view), tree_(view.tree), request_(request), memory_(memory), shares_(memory.shares(view)) {
    if (++memory_.fair_searches == 0) {
      memory_.notes.assign(tree_.nodes(), {});
      memory_.fair_searches = 1;
    }
    for (QuotaNodeId at = request.queue; at.valid(); at = tree_.parent(at)) {
      note(at).on_path = true;
      note(at).changed = true;
    }
  }

  std::vector<Victim> run(const std::vector<FairStrategy>& strategies) {
    memory_.looked_beyond = true;
    view_.tree.add_usage(request_.queue, request_.usage);
    bool fits = first_pass(strategies.front());
    if (!fits && strategies.size() > 1) fits = second_pass();
    view_.tree.remove_usage(request_.queue, request_.usage);
    if (fits) return fill_back(view_, request_, std::move(victims_), true);
    for (const Victim& victim : victims_) give_back(view_, victim.id);
    return {};
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // What is first seen of a queue is as it was before any of its workloads went.
  SearchMemory::FairNote& note(QuotaNodeId node) {
    SearchMemory::FairNote& row = memory_.notes[node];
    if (row.search != memory_.fair_searches) {
      row = {.search = memory_.fair_searches, .refused = kNone};
      const bool none = node != request_.queue && within_quota(tree_, node, request_.short_of);
      if (none || policy_of(node) == PreemptionPolicy::Never) row.next = end_of(node);
    }
    return row;
  }

  [[nodiscard]] PreemptionPolicy policy_of(QuotaNodeId queue) const {
    const QueuePreemption& policies = view_.preemption[request_.queue];
    return queue == request_.queue ? policies.within_queue : policies.reclaim_within_cohort;
  }
  [[nodiscard]] std::uint32_t end_of(QuotaNodeId queue) const {
    return static_cast<std::uint32_t>(view_.held.of_queue(queue).size());
  }

  [[nodiscard]] BorrowingShare share(QuotaNodeId node) {
    return note(node).changed ? view_.shares.share(node) : shares_[node];
  }

  // Whether a candidate is left, on whose place `next` is then.
  bool advance(QuotaNodeId queue) {
    SearchMemory::FairNote& row = note(queue);
    const std::vector<VictimPlace>& list = view_.held.of_queue(queue);
    for (; row.next < list.size(); ++row.next) {
      if (priority_forbids(policy_of(queue), request_.priority, list[row.next])) {
        row.next = end_of(queue);
      } else if (may_take(view_, request_, list[row.next].id)) {
        return true;
      }
    }
    return false;
  }

  // The candidate that the queue gives next: in the second pass the first one that was refused.
  [[nodiscard]] bool has_candidate(QuotaNodeId queue) {
    return (pass_ == 2 && note(queue).refused != kNone) || advance(queue);
  }
  [[nodiscard]] const VictimPlace& candidate(QuotaNodeId queue) {
    const SearchMemory::FairNote& row = note(queue);
    return view_.held.of_queue(queue)[pass_ == 2 && row.refused != kNone ? row.refused : row.next];
  }

  [[nodiscard]] bool pruned(QuotaNodeId node) { return note(node).pruned_in_pass == pass_; }
  void prune(QuotaNodeId node) { note(node).pruned_in_pass = pass_; }

  // The queue to take from now; not valid if none is left.
  [[nodiscard]] QuotaNodeId next_queue() {
    const QuotaNodeId root = tree_.root(request_.queue);
    if (root == request_.queue) return has_candidate(root) ? root : QuotaNodeId{};
    QuotaNodeId at = root;
    while (!pruned(root)) {
      const QuotaNodeId child = highest_child(at);
      if (!child.valid()) {
        prune(at);
        at = root;
      } else if (!tree_.node(child).is_cohort) {
        return child;
      } else {
        at = child;
      }
    }
    return {};
  }

  // Queues tie by their next candidates, cohorts by index, and a cohort wins against a queue. What neither borrows nor
  // lies on the preemptor's path has nothing to give.
  QuotaNodeId highest_child(QuotaNodeId cohort) {
    QuotaNodeId best_queue;
    BorrowingShare queue_share;
    for (const QuotaNodeId queue : tree_.child_queues(cohort)) {
      if (pruned(queue)) continue;
      const BorrowingShare of_queue = share(queue);
      if ((!of_queue.borrowing() && queue != request_.queue) || !has_candidate(queue)) {
        prune(queue);
        continue;
      }
      const bool higher = !best_queue.valid() || queue_share < of_queue;
      if (higher || (of_queue.compare(queue_share) == 0 && goes_first(queue, best_queue))) {
        best_queue = queue;
        queue_share = of_queue;
      }
    }
    QuotaNodeId best_cohort;
    BorrowingShare cohort_share;
    for (const QuotaNodeId child : tree_.child_cohorts(cohort)) {
      if (pruned(child)) continue;
      const BorrowingShare of_child = share(child);
      if (!of_child.borrowing() && !note(child).on_path) {
        prune(child);
      } else if (!best_cohort.valid() || cohort_share < of_child) {
        best_cohort = child;
        cohort_share = of_child;
      }
    }
    if (best_cohort.valid() && (!best_queue.valid() || queue_share <= cohort_share)) return best_cohort;
    return best_queue;
  }

  // By their next candidates; of those not evicted the preemptor's own come last.
  [[nodiscard]] bool goes_first(QuotaNodeId a, QuotaNodeId b) {
    const VictimPlace& of_a = candidate(a);
    const VictimPlace& of_b = candidate(b);
    if (of_a.evicted == of_b.evicted && (a == request_.queue || b == request_.queue)) return b == request_.queue;
    return of_a < of_b;
  }

  // The child of the lowest common cohort on the way to `node`, which is the queue itself or one of its cohorts.
  [[nodiscard]] QuotaNodeId below_common(QuotaNodeId node, QuotaNodeId common) const {
    while (tree_.parent(node) != common) node = tree_.parent(node);
    return node;
  }
  [[nodiscard]] QuotaNodeId common_cohort(QuotaNodeId queue) {
    QuotaNodeId node = tree_.parent(queue);
    while (!note(node).on_path) node = tree_.parent(node);
    return node;
  }

  // The preemptor's usage is on the tree while shares are compared; whether it fits is asked without it.
  bool take(HeldQuotaId id, VictimReason reason) {
    for (QuotaNodeId at = view_.held[id].queue; at.valid(); at = tree_.parent(at)) note(at).changed = true;
    take_away(view_, id);
    victims_.push_back({id, reason});
    view_.tree.remove_usage(request_.queue, request_.usage);
    const bool fits = request_fits(tree_, request_, true);
    view_.tree.add_usage(request_.queue, request_.usage);
    return fits;
  }

  bool first_pass(FairStrategy strategy) {
    const bool within_nominal = within_quota(tree_, request_.queue, request_.short_of);
    for (QuotaNodeId queue = next_queue(); queue.valid(); queue = next_queue()) {
      if (queue == request_.queue || within_nominal) {
        const bool own = queue == request_.queue;
        const HeldQuotaId id = candidate(queue).id;
        ++note(queue).next;
        if (take(id, own ? VictimReason::InClusterQueue : VictimReason::InCohortReclamation)) return true;
      } else if (take_unless_unfair(queue, strategy)) {
        return true;
      }
    }
    return false;
  }

  // Takes the queue's first candidate that the strategy allows; the refused ones before it may be tried again. Without
  // a candidate a share is never higher than with it: where the share of now is too low, everything below is refused.
  bool take_unless_unfair(QuotaNodeId queue, FairStrategy strategy) {
    const QuotaNodeId common = common_cohort(queue);
    const QuotaNodeId target = below_common(queue, common);
    const BorrowingShare preemptor_new = share(below_common(request_.queue, common));
    const BorrowingShare target_old = share(target);
    const bool by_initial_share = strategy == FairStrategy::LessThanInitialShare;
    if (by_initial_share ? target_old <= preemptor_new : target_old < preemptor_new) {
      prune(target);
      return false;
    }
    SearchMemory::FairNote& row = note(queue);
    const QuotaAmounts* refused = nullptr;
    while (advance(queue)) {
      const HeldQuotaId id = view_.held.of_queue(queue)[row.next].id;
      const QuotaAmounts& usage = view_.held[id].usage;
      const bool alike = refused != nullptr && *refused == usage;
      if (by_initial_share || (!alike && preemptor_new <= share_without(target, id))) {
        ++row.next;
        return take(id, VictimReason::InCohortFairSharing);
      }
      refused = &usage;
      row.refused = std::min(row.refused, row.next);
      ++row.next;
    }
    return false;
  }

  [[nodiscard]] BorrowingShare share_without(QuotaNodeId target, HeldQuotaId id) const {
    take_away(view_, id);
    const BorrowingShare without = view_.shares.share(target);
    give_back(view_, id);
    return without;
  }

  // By the initial share the choice of the workload does not matter: one candidate decides for its queue.
  bool second_pass() {
    pass_ = 2;
    for (QuotaNodeId queue = next_queue(); queue.valid(); queue = next_queue()) {
      const QuotaNodeId common = common_cohort(queue);
      const QuotaNodeId target = below_common(queue, common);
      if (share(target) <= share(below_common(request_.queue, common))) {
        prune(target);
        continue;
      }
      if (take(candidate(queue).id, VictimReason::InCohortFairSharing)) return true;
      prune(queue);
    }
    return false;
  }

  const QuotaView& view_;
  const QuotaTree& tree_;
  const QuotaRequest& request_;
  SearchMemory& memory_;
  const Column<QuotaNodeId, BorrowingShare>& shares_;
  std::vector<Victim> victims_;
  std::uint8_t pass_ = 1;
};

}  // namespace

std::vector<Victim> VictimFinder::fair(const QuotaRequest& request, const std::vector<FairStrategy>& strategies) {
  CHECK(!strategies.empty());
  return FairSearch(view_, memory_, request).run(strategies);
}

std::vector<Victim> fair_victims(const QuotaView& view, const QuotaRequest& request,
                                 const std::vector<FairStrategy>& strategies) {
  return VictimFinder(view).fair(request, strategies);
}

}  // namespace seatrial

// Kueue's classical search for victims: candidates by the right that the preemptor has over them, removed in order
// until it fits, first with or first without borrowing. Source: kueue pkg/scheduler/preemption/preemption.go and
// classical/. Candidates are found one by one, best first, from what is known of each subtree.
#include <algorithm>
#include <cstddef>

#include "policies/kueue_candidates.h"
#include "policies/kueue_victims.h"

namespace seatrial {
namespace {

using Cursor = SearchMemory::Cursor;

// For heaps: the first to go is at the top. The evicted of all rights first.
bool goes_after(const Cursor& a, const Cursor& b) {
  if (a.first.evicted != b.first.evicted) return b.first.evicted;
  if (a.right != b.right) return a.right > b.right;
  return b.first < a.first;
}

class ClassicalSearch {
 public:
  ClassicalSearch(const QuotaView& view, SearchMemory& memory, const QuotaRequest& request)
      : view_(view),
        tree_(view.tree),
        policies_(view.preemption[request.queue]),
        request_(request),
        memory_(memory),
        firsts_(memory.firsts(view)) {}

  // Without quota of its own left, and not allowed to borrow by preemption, the queue has a use only for what it has a
  // hierarchical right to.
  std::vector<Victim> run() {
    find_levels();
    const bool borrows_by_preemption = policies_.borrow_within_cohort;
    if (memory_.levels.empty() || (!borrows_by_preemption && !under_nominal())) return attempt(true);
    open_levels(true);
    if (!settle()) return attempt(true);
    const bool borrowing_first = borrows_by_preemption || has_advantage();
    std::vector<Victim> victims = attempt(borrowing_first);
    return victims.empty() ? attempt(!borrowing_first) : victims;
  }

 private:
  // From the queue's cohort to the root. Once the request fits a node's quota, the queue has a right over all that lies
  // outside of that node and borrows.
  void find_levels() {
    memory_.levels.clear();
    if (policies_.reclaim_within_cohort == PreemptionPolicy::Never) return;
    if (!tree_.has_parent(request_.queue)) return;
    QuotaAmounts remaining = request_.usage;
    bool advantage = take_quota(request_.queue, remaining);
    QuotaNodeId below = request_.queue;
    for (QuotaNodeId cohort = tree_.parent(request_.queue); cohort.valid(); cohort = tree_.parent(cohort)) {
      memory_.levels.push_back({cohort, below, advantage ? VictimRight::Hierarchy : VictimRight::Priority});
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

  [[nodiscard]] bool under_nominal() const {
    return std::all_of(request_.short_of.begin(), request_.short_of.end(), [&](FlavorResourceId of) {
      return tree_.usage(request_.queue, of) < tree_.subtree_quota(request_.queue, of);
    });
  }

  // Whether any candidate is there that the preemptor has a hierarchical right to. The first of all levels is found.
  [[nodiscard]] bool has_advantage() {
    if (memory_.heap.front().right == VictimRight::Hierarchy) return true;
    open_levels(false);
    return settle();
  }

  // Of all levels, or of those with a hierarchical right. None twice without a candidate gone.
  void open_levels(bool of_all) {
    std::uint32_t wanted = 0;
    for (const SearchMemory::Level& each : memory_.levels) {
      wanted += of_all || each.right == VictimRight::Hierarchy ? 1 : 0;
    }
    if (untouched_ && wanted == opened_) return;
    untouched_ = true;
    opened_ = wanted;
    memory_.heap.clear();
    for (std::uint32_t level = 0; level < memory_.levels.size(); ++level) {
      const SearchMemory::Level& each = memory_.levels[level];
      if (of_all || each.right == VictimRight::Hierarchy) open_children(each.common, level);
    }
  }

  void open_children(QuotaNodeId cohort, std::uint32_t level) {
    memory_.looked_beyond = true;
    for (const std::vector<QuotaNodeId>* children : {&tree_.child_cohorts(cohort), &tree_.child_queues(cohort)}) {
      for (const QuotaNodeId child : *children) open(child, level);
    }
  }

  // Subtrees within their quota are left in peace.
  void open(QuotaNodeId node, std::uint32_t level) {
    const VictimPlace& first = firsts_[node];
    const SearchMemory::Level& of = memory_.levels[level];
    if (!first.id.valid() || node == of.below || none_from(first, policies_.reclaim_within_cohort)) return;
    if (within_quota(tree_, node, request_.short_of)) return;
    push({first, of.right, level, node, 0});
  }

  // Whether the policy forbids this one and all after it.
  [[nodiscard]] bool none_from(const VictimPlace& place, PreemptionPolicy policy) const {
    return priority_forbids(policy, request_.priority, place);
  }

  void push(const Cursor& cursor) {
    memory_.heap.push_back(cursor);
    std::push_heap(memory_.heap.begin(), memory_.heap.end(), goes_after);
  }

  // Whether a candidate of those opened may go as the tree is now; the first one is then at the top.
  bool settle() {
    while (!memory_.heap.empty()) {
      const Cursor& top = memory_.heap.front();
      const bool cohort = tree_.node(top.node).is_cohort;
      if (!cohort && may_take(view_, request_, top.first.id) && still_borrows(top)) return true;
      const Cursor passed = pop();
      if (cohort) {
        open_children(passed.node, passed.level);
      } else {
        advance(passed);
      }
    }
    return false;
  }

  Cursor pop() {
    std::pop_heap(memory_.heap.begin(), memory_.heap.end(), goes_after);
    const Cursor top = memory_.heap.back();
    memory_.heap.pop_back();
    return top;
  }

  void advance(Cursor cursor) {
    const std::vector<VictimPlace>& list = view_.held.of_queue(cursor.node);
    if (++cursor.at == list.size()) return;
    cursor.first = list[cursor.at];
    const bool own = cursor.right == VictimRight::OwnQueue;
    if (!none_from(cursor.first, own ? policies_.within_queue : policies_.reclaim_within_cohort)) push(cursor);
  }

  // Earlier victims may have brought its queue or a cohort below the common one back within quota.
  [[nodiscard]] bool still_borrows(const Cursor& candidate) const {
    if (candidate.right == VictimRight::OwnQueue) return true;
    const QuotaNodeId common = memory_.levels[candidate.level].common;
    for (QuotaNodeId node = candidate.node; node != common; node = tree_.parent(node)) {
      if (within_quota(tree_, node, request_.short_of)) return false;
    }
    return true;
  }

  [[nodiscard]] bool may_go_while_borrowing(std::int32_t priority) const {
    return policies_.borrow_within_cohort && priority < request_.priority &&
           (!policies_.max_priority_threshold || priority <= *policies_.max_priority_threshold);
  }

  [[nodiscard]] std::vector<Victim> attempt(bool borrowing) {
    open_levels(!borrowing || policies_.borrow_within_cohort);
    untouched_ = false;
    const std::vector<VictimPlace>& own = view_.held.of_queue(request_.queue);
    if (!own.empty() && !none_from(own.front(), policies_.within_queue)) {
      push({own.front(), VictimRight::OwnQueue, 0, request_.queue, 0});
    }
    std::vector<Victim> victims;
    while (settle()) {
      const Cursor found = pop();
      advance(found);
      const bool lent = found.right == VictimRight::Priority;
      const bool borrows = lent && may_go_while_borrowing(found.first.priority);
      if (borrowing && lent && !borrows) continue;
      take_away(view_, found.first.id);
      victims.push_back({found.first.id, reason(found, borrows)});
      if (request_fits(tree_, request_, borrowing)) return fill_back(view_, request_, std::move(victims), borrowing);
    }
    for (const Victim& victim : victims) give_back(view_, victim.id);
    return {};
  }

  [[nodiscard]] static VictimReason reason(const Cursor& candidate, bool borrows) {
    if (candidate.right == VictimRight::OwnQueue) return VictimReason::InClusterQueue;
    return borrows ? VictimReason::InCohortReclaimWhileBorrowing : VictimReason::InCohortReclamation;
  }

  const QuotaView& view_;
  const QuotaTree& tree_;
  const QueuePreemption& policies_;
  const QuotaRequest& request_;
  SearchMemory& memory_;
  const Column<QuotaNodeId, VictimPlace>& firsts_;
  bool untouched_ = false;    // the heap is that of the levels opened, whatever was passed over
  std::uint32_t opened_ = 0;  // levels
};

}  // namespace

std::vector<Victim> VictimFinder::classical(const QuotaRequest& request) {
  return ClassicalSearch(view_, memory_, request).run();
}

std::vector<Victim> classical_victims(const QuotaView& view, const QuotaRequest& request) {
  return VictimFinder(view).classical(request);
}

}  // namespace seatrial

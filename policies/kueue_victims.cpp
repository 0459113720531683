// What searches share; see kueue_victims.h.
#include "policies/kueue_victims.h"

#include <algorithm>

namespace seatrial {
namespace {

bool borrows(const QuotaTree& tree, QuotaNodeId node) {
  for (std::uint32_t of = 0; of < tree.flavor_resources(); ++of) {
    if (tree.borrowing_with(node, FlavorResourceId{of}, 0)) return true;
  }
  return false;
}

}  // namespace

SearchMemory::SearchMemory(const QuotaTree& tree)
    : notes(tree.nodes()),
      firsts_(tree.nodes()),
      shares_(tree.nodes()),
      cohorts_by_share_(tree.nodes()),
      queues_by_share_(tree.nodes()),
      least_(tree.nodes()),
      without_one_(tree.nodes()) {
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) children_first_.push_back(QuotaNodeId{i});
  std::stable_sort(children_first_.begin(), children_first_.end(),
                   [&](QuotaNodeId a, QuotaNodeId b) { return tree.height(a) < tree.height(b); });
}

const Column<QuotaNodeId, VictimPlace>& SearchMemory::firsts(const QuotaView& view) {
  if (firsts_known_) return firsts_;
  firsts_known_ = true;
  firsts_.assign(view.tree.nodes(), {});
  for (const QuotaNodeId node : children_first_) {
    VictimPlace& first = firsts_[node];
    if (!view.held.of_queue(node).empty()) first = view.held.of_queue(node).front();
    const QuotaNodeId parent = view.tree.parent(node);
    if (!first.id.valid() || !parent.valid()) continue;
    if (!borrows(view.tree, node)) {
      first = {};
    } else if (!firsts_[parent].id.valid() || first < firsts_[parent]) {
      firsts_[parent] = first;
    }
  }
  return firsts_;
}

const Column<QuotaNodeId, BorrowingShare>& SearchMemory::shares(const QuotaView& view) {
  if (shares_known_) return shares_;
  shares_known_ = true;
  for (const QuotaNodeId node : children_first_) shares_[node] = view.shares.share(node);
  const auto sort = [&](const std::vector<QuotaNodeId>& children, std::vector<QuotaNodeId>& sorted) {
    sorted.clear();
    for (const QuotaNodeId child : children) {
      if (shares_[child].borrowing()) sorted.push_back(child);
    }
    std::sort(sorted.begin(), sorted.end(), [&](QuotaNodeId a, QuotaNodeId b) {
      const std::weak_ordering order = shares_[a].compare(shares_[b]);
      return order != 0 ? order > 0 : a < b;
    });
  };
  for (const QuotaNodeId node : children_first_) {
    sort(view.tree.child_cohorts(node), cohorts_by_share_[node]);
    sort(view.tree.child_queues(node), queues_by_share_[node]);
  }
  return shares_;
}

const QuotaAmounts& SearchMemory::least(const QuotaView& view, QuotaNodeId queue) {
  Least& least = least_[queue];
  if (least.held_changes == view.held.changes(queue)) return least.usage;
  least.held_changes = view.held.changes(queue);
  bool first = true;
  for (const VictimPlace& place : view.held.of_queue(queue)) {
    const QuotaAmounts& usage = view.held[place.id].usage;
    if (first) least.usage = usage;
    first = false;
    for (QuotaAmount& each : least.usage) {
      const auto same = std::find_if(usage.begin(), usage.end(), [&](const QuotaAmount& a) { return a.of == each.of; });
      each.amount = same == usage.end() ? 0 : std::min(each.amount, same->amount);
    }
  }
  return least.usage;
}

const BorrowingShare& SearchMemory::share_without_one(const QuotaView& view, QuotaNodeId node) {
  WithoutOne& row = without_one_[node];
  if (row.state == state_) return row.share;
  row = {state_, {}};
  open_.assign(1, node);
  while (!open_.empty()) {
    const QuotaNodeId at = open_.back();
    open_.pop_back();
    const std::vector<QuotaNodeId>& cohorts = view.tree.child_cohorts(at);
    const std::vector<QuotaNodeId>& queues = view.tree.child_queues(at);
    open_.insert(open_.end(), cohorts.begin(), cohorts.end());
    open_.insert(open_.end(), queues.begin(), queues.end());
    if (view.held.of_queue(at).empty()) continue;
    const QuotaAmounts& usage = least(view, at);
    view.tree.remove_usage(at, usage);
    row.share = std::max(row.share, view.shares.share(node));
    view.tree.add_usage(at, usage);
  }
  return row.share;
}

}  // namespace seatrial

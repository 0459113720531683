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

SearchMemory::SearchMemory(const QuotaTree& tree) : notes(tree.nodes()), firsts_(tree.nodes()), shares_(tree.nodes()) {
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
  return shares_;
}

}  // namespace seatrial

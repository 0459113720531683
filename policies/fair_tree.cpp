// See fair_tree.h.
#include "policies/fair_tree.h"

#include <algorithm>
#include <limits>

namespace seatrial {
namespace {

class FairTree {
 public:
  explicit FairTree(std::span<const FairTreeNode> nodes)
      : nodes_(nodes), usage_(nodes.size()), level_(nodes.size()), children_(nodes.size()), factor_(nodes.size(), 0) {
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].user) usage_[i] = nodes[i].usage;
      users_ += nodes[i].user ? 1 : 0;
      (nodes[i].parent == FairTreeNode::kRoot ? top_ : children_[nodes[i].parent]).push_back(i);
    }
    for (std::size_t i = nodes.size(); i-- > 0;) {
      if (nodes[i].parent != FairTreeNode::kRoot) usage_[nodes[i].parent] += usage_[i];
    }
    set_levels(top_);
    for (const std::vector<std::uint32_t>& siblings : children_) set_levels(siblings);
  }

  std::vector<double> factors() {
    // Accounts that tie are visited as one list; what is still to be visited is a stack of such lists.
    std::vector<std::vector<std::uint32_t>> rest{top_};
    while (!rest.empty()) {
      std::vector<std::uint32_t> list = std::move(rest.back());
      rest.pop_back();
      sort(list);
      rank_first(list, rest);
    }
    return std::move(factor_);
  }

 private:
  // Shares over usage: what is left of a sibling's part.
  void set_levels(const std::vector<std::uint32_t>& siblings) {
    double shares = 0;
    double usage = 0;
    for (const std::uint32_t i : siblings) {
      shares += nodes_[i].shares;
      usage += usage_[i];
    }
    for (const std::uint32_t i : siblings) {
      level_[i] =
          usage_[i] > 0 ? nodes_[i].shares / shares / (usage_[i] / usage) : std::numeric_limits<double>::infinity();
    }
  }

  void sort(std::vector<std::uint32_t>& list) const {
    std::sort(list.begin(), list.end(), [&](std::uint32_t a, std::uint32_t b) {
      if (level_[a] != level_[b]) return level_[a] > level_[b];
      return nodes_[a].user != nodes_[b].user ? nodes_[a].user : a < b;
    });
  }

  // Ranks the users in front of the list; at the first accounts it puts what is behind them on the stack, then them.
  void rank_first(const std::vector<std::uint32_t>& list, std::vector<std::vector<std::uint32_t>>& rest) {
    std::size_t at = 0;
    while (at < list.size() && nodes_[list[at]].user) {
      const double level = level_[list[at]];
      const double factor = static_cast<double>(users_ - ranked_) / static_cast<double>(users_);
      for (; at < list.size() && nodes_[list[at]].user && level_[list[at]] == level; ++at) {
        factor_[list[at]] = factor;
        ++ranked_;
      }
    }
    if (at == list.size()) return;
    const double level = level_[list[at]];
    std::vector<std::uint32_t> merged;
    for (; at < list.size() && level_[list[at]] == level; ++at) {
      const std::vector<std::uint32_t>& below = children_[list[at]];
      merged.insert(merged.end(), below.begin(), below.end());
    }
    rest.emplace_back(list.begin() + static_cast<std::ptrdiff_t>(at), list.end());
    rest.push_back(std::move(merged));
  }

  std::span<const FairTreeNode> nodes_;
  std::vector<double> usage_;
  std::vector<double> level_;
  std::vector<std::vector<std::uint32_t>> children_;
  std::vector<std::uint32_t> top_;
  std::vector<double> factor_;
  std::size_t users_ = 0;
  std::size_t ranked_ = 0;
};

}  // namespace

std::vector<double> fair_tree_factors(std::span<const FairTreeNode> nodes) { return FairTree(nodes).factors(); }

}  // namespace seatrial

// Dominant resource shares; see quota_share.h.
#include "models/quota_share.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace seatrial {

std::int64_t BorrowingShare::rounded() const {
  constexpr double kTooLarge = 0x1p63;
  const double share = weightless_ ? kTooLarge : std::ceil(weighted_);
  return share < kTooLarge ? static_cast<std::int64_t>(share) : std::numeric_limits<std::int64_t>::max();
}

QuotaShares::QuotaShares(const QuotaTree& tree) : tree_(tree), resource_of_(tree.flavor_resources(), 0) {
  const std::vector<FlavorResource>& pairs = tree.spec().flavor_resources;
  for (const FlavorResource& pair : pairs) resources_.push_back(pair.resource);
  std::sort(resources_.begin(), resources_.end());
  resources_.erase(std::unique(resources_.begin(), resources_.end()), resources_.end());
  for (std::uint32_t i = 0; i < pairs.size(); ++i) {
    const auto found = std::lower_bound(resources_.begin(), resources_.end(), pairs[i].resource);
    resource_of_[FlavorResourceId{i}] = static_cast<std::uint32_t>(found - resources_.begin());
    by_resource_.push_back(FlavorResourceId{i});
  }
  std::stable_sort(by_resource_.begin(), by_resource_.end(),
                   [&](FlavorResourceId a, FlavorResourceId b) { return resource_of_[a] < resource_of_[b]; });
  lendable_.assign(std::size_t{tree.nodes()} * resources_.size(), 0);
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
    const QuotaNodeId parent = tree.parent(QuotaNodeId{i});
    if (!parent.valid()) continue;
    for (const FlavorResourceId of : by_resource_) {
      lendable_[i * resources_.size() + resource_of_[of]] += tree.potential_available(parent, of);
    }
  }
}

BorrowingShare QuotaShares::share(QuotaNodeId node, const QuotaAmounts& more) const {
  const double weight = tree_.node(node).fair_weight;
  if (!tree_.has_parent(node)) return {};
  double highest = 0;
  bool borrowing = false;
  std::uint32_t dominant = BorrowingShare::kNoResource;
  for (std::size_t at = 0; at < by_resource_.size();) {
    const std::uint32_t resource = resource_of_[by_resource_[at]];
    std::int64_t borrowed = 0;
    for (; at < by_resource_.size() && resource_of_[by_resource_[at]] == resource; ++at) {
      const FlavorResourceId of = by_resource_[at];
      if (!tree_.has_quota(node, of)) continue;
      std::int64_t used = tree_.usage(node, of);
      for (const QuotaAmount& each : more) used += each.of == of ? each.amount : 0;
      borrowed += std::max<std::int64_t>(0, used - tree_.subtree_quota(node, of));
    }
    if (borrowed == 0) continue;
    borrowing = true;
    const std::int64_t lendable = lendable_[std::size_t{node.index} * resources_.size() + resource];
    if (lendable <= 0) continue;
    const double ratio = static_cast<double>(borrowed) * 1000.0 / static_cast<double>(lendable);
    if (ratio > highest) {
      highest = ratio;
      dominant = resource;
    }
  }
  return {highest, weight, borrowing, dominant};
}

}  // namespace seatrial

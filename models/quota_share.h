// How much a node of the quota tree borrows, as one figure that queues are compared by: Kueue's dominant resource
// share. borrowed[r] over lendable[r], the largest over resources, in thousandths, over the node's weight. Source:
// kubernetes-sigs/kueue pkg/cache/scheduler/fair_sharing.go. Shares are doubles as they are there, so that two queues
// tie here exactly where they tie in Kueue; IEEE division gives the same bits everywhere.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "models/quota_tree.h"

namespace seatrial {

class BorrowingShare {
 public:
  BorrowingShare() = default;
  // ratio: 1000 * borrowed / lendable of the dominant resource.
  BorrowingShare(double ratio, double weight, bool borrowing, std::uint32_t resource)
      : ratio_(ratio),
        weighted_(borrowing && weight != 0 ? ratio / weight : 0),
        borrowing_(borrowing),
        weightless_(borrowing && weight == 0),
        resource_(resource) {}

  static constexpr std::uint32_t kNoResource = 0xffffffffU;

  [[nodiscard]] bool borrowing() const { return borrowing_; }
  // An index of QuotaShares::resources(); kNoResource if nothing is borrowed.
  [[nodiscard]] std::uint32_t resource() const { return resource_; }
  // Rounded up; the largest integer for a node that borrows with weight 0.
  [[nodiscard]] std::int64_t rounded() const;
  // Nodes that borrow with weight 0 come after all others, and among themselves by their unweighted ratio.
  [[nodiscard]] std::weak_ordering compare(const BorrowingShare& other) const {
    if (weightless_ != other.weightless_) {
      return weightless_ ? std::weak_ordering::greater : std::weak_ordering::less;
    }
    const double a = weightless_ ? ratio_ : weighted_;
    const double b = weightless_ ? other.ratio_ : other.weighted_;
    return a < b ? std::weak_ordering::less : a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
  }

 private:
  double ratio_ = 0;
  double weighted_ = 0;
  bool borrowing_ = false;
  bool weightless_ = false;
  std::uint32_t resource_ = kNoResource;
};

inline bool operator<(const BorrowingShare& a, const BorrowingShare& b) { return a.compare(b) < 0; }
inline bool operator<=(const BorrowingShare& a, const BorrowingShare& b) { return a.compare(b) <= 0; }

// The shares of one tree. What can be lent does not change with usage and is computed once.
class QuotaShares {
 public:
  explicit QuotaShares(const QuotaTree& tree);

  // Names of resources, by name; flavors of one resource are added up.
  [[nodiscard]] const std::vector<std::string>& resources() const { return resources_; }
  // Of a node as it is, with `more` on top. 0 for a root. Counts what the node states a quota of, or one below it.
  // O(flavor resources).
  [[nodiscard]] BorrowingShare share(QuotaNodeId node, const QuotaAmounts& more = {}) const;

 private:
  const QuotaTree& tree_;
  std::vector<std::string> resources_;
  Column<FlavorResourceId, std::uint32_t> resource_of_;
  std::vector<FlavorResourceId> by_resource_;  // flavor resources grouped by resource
  std::vector<std::int64_t> lendable_;         // by node and resource: what its parent could give it
};

}  // namespace seatrial

// See quota_limit.h.
#include "policies/quota_limit.h"

#include <algorithm>

namespace seatrial {
namespace {

// From the queue upwards: the first borrowing limit that leaves less than the cohort above would, else the root.
QuotaLimit binding(const QuotaTree& tree, QuotaNodeId queue, QuotaAmount asked) {
  QuotaLimit limit{QuotaLimit::Kind::TooLarge, queue, asked.of, asked.amount,
                   tree.potential_available(queue, asked.of)};
  if (asked.amount > limit.left) return limit;
  limit.left = std::max<std::int64_t>(0, tree.available(queue, asked.of));
  QuotaNodeId node = queue;
  for (; tree.has_parent(node); node = tree.parent(node)) {
    const std::int64_t from_cohort = tree.available(node, asked.of) - tree.local_available(node, asked.of);
    const bool capped =
        tree.borrowing_limit(node, asked.of) && from_cohort < tree.available(tree.parent(node), asked.of);
    if (!capped) continue;
    limit.kind = QuotaLimit::Kind::Borrowing;
    limit.node = node;
    return limit;
  }
  limit.kind = node == queue ? QuotaLimit::Kind::Nominal : QuotaLimit::Kind::Cohort;
  limit.node = node;
  return limit;
}

bool contains(const auto& values, auto value) { return std::find(values.begin(), values.end(), value) != values.end(); }

}  // namespace

QuotaLimit quota_limit(const QuotaTree& tree, QuotaNodeId queue, const QueueFlavors& flavors,
                       const PodSetRequest& request) {
  for (const ResourceAmount& each : request.per_pod) {
    QuotaLimit best{QuotaLimit::Kind::NoFlavor, queue, {}, each.amount, -1};
    bool fits = false;
    for (const ResourceGroup& group : flavors.groups) {
      const auto resource = std::find(group.resources.begin(), group.resources.end(), each.of);
      if (resource == group.resources.end()) continue;
      for (std::size_t f = 0; f < group.flavors.size(); ++f) {
        if (contains(request.unusable, group.flavors[f])) continue;
        const FlavorResourceId pair = group.pair(f, static_cast<std::size_t>(resource - group.resources.begin()));
        const QuotaLimit found = binding(tree, queue, {pair, each.amount});
        fits = fits || (found.kind != QuotaLimit::Kind::TooLarge && each.amount <= found.left);
        const bool hopeless = best.kind == QuotaLimit::Kind::NoFlavor || best.kind == QuotaLimit::Kind::TooLarge;
        const bool better = (found.kind != QuotaLimit::Kind::TooLarge) != hopeless ? found.left > best.left : hopeless;
        if (better) best = found;
      }
    }
    if (!fits) return best;
  }
  return {};
}

}  // namespace seatrial

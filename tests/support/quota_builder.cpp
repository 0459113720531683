// See quota_builder.h.
#include "tests/support/quota_builder.h"

#include <algorithm>

namespace seatrial {
namespace {

QuotaNodeId add(QuotaTreeSpec& spec, const QuotaNodeSpec& node) {
  spec.nodes.push_back(node);
  return QuotaNodeId{static_cast<std::uint32_t>(spec.nodes.size() - 1)};
}

QuotaNodeSpec named(const std::string& name, QuotaNodeId parent, const QuotaLimits& limits) {
  QuotaNodeSpec node;
  node.name = name;
  node.parent = parent;
  if (limits.of.valid()) node.limits.push_back(limits);
  return node;
}

}  // namespace

QuotaNodeId QuotaBuilder::cohort(const std::string& name, QuotaNodeId parent, const QuotaLimits& limits) {
  QuotaNodeSpec node = named(name, parent, limits);
  node.is_cohort = true;
  return add(spec, node);
}

QuotaNodeId QuotaBuilder::queue(const std::string& name, QuotaNodeId parent, const QuotaLimits& limits) {
  return add(spec, named(name, parent, limits));
}

QuotaTreeSpec random_quota_tree(Random& random, QuotaTreeSize most) {
  QuotaTreeSpec spec;
  const auto width = 1 + random.below(3);
  for (std::uint64_t i = 0; i < width; ++i) {
    spec.flavor_resources.push_back({i == 1 ? "spot" : "reserved", i == 2 ? "cpu" : "gpu"});
  }
  const auto cohorts = random.below(most.cohorts + 1);
  const auto queues = 1 + random.below(most.queues);
  for (std::uint64_t i = 0; i < cohorts + queues; ++i) {
    QuotaNodeSpec node;
    node.name = "n" + std::to_string(i);
    node.is_cohort = i < cohorts;
    const std::uint64_t above = std::min(i, cohorts);
    if (above > 0 && !random.bernoulli(0.2)) node.parent = QuotaNodeId{static_cast<std::uint32_t>(random.below(above))};
    node.fair_weight = random.bernoulli(0.2) ? 0.0 : 0.5 * static_cast<double>(1 + random.below(4));
    for (std::uint32_t of = 0; of < width; ++of) {
      if (random.bernoulli(0.2)) continue;
      QuotaLimits limits{.of = FlavorResourceId{of}, .nominal = static_cast<std::int64_t>(random.below(9))};
      if (node.parent.valid() && random.bernoulli(0.4)) {
        limits.borrowing_limit = static_cast<std::int64_t>(random.below(6));
      }
      if (node.parent.valid() && random.bernoulli(0.4)) {
        limits.lending_limit = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(limits.nominal) + 1));
      }
      node.limits.push_back(limits);
    }
    spec.nodes.push_back(node);
  }
  return spec;
}

}  // namespace seatrial

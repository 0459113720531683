// Quota trees in the words of a test: nodes one by one, and random trees of a seed.
#pragma once

#include <cstdint>
#include <string>

#include "models/quota_tree.h"
#include "sim/random.h"

namespace seatrial {

struct QuotaBuilder {
  QuotaTreeSpec spec{.flavor_resources = {{"default", "gpu"}}, .nodes = {}};

  // Limits with an `of` that is not valid are left out.
  QuotaNodeId cohort(const std::string& name, QuotaNodeId parent = {}, const QuotaLimits& limits = {});
  QuotaNodeId queue(const std::string& name, QuotaNodeId parent, const QuotaLimits& limits);
};

// A forest of up to so many cohorts and queues (of these at least 1) with up to 3 flavor resources, small quotas and
// random limits.
struct QuotaTreeSize {
  std::uint64_t cohorts = 4;
  std::uint64_t queues = 6;
};
[[nodiscard]] QuotaTreeSpec random_quota_tree(Random& random, QuotaTreeSize most = {});

}  // namespace seatrial

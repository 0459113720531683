// Dominant resource fairness (Ghodsi et al., NSDI '11): a tenant's dominant share is the largest part that it holds of
// any resource; the tenant with the smallest one, over its weight, is served next. Compared as fractions, exactly.
// Used by scheduler_drf.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/wide.h"

namespace seatrial {

// Amounts of GPUs (milli), CPU (milli) and memory (MiB).
using ResourceAmounts = std::array<std::int64_t, 3>;

// A fraction of a resource over a weight.
struct DominantShare {
  std::int64_t amount = 0;
  std::int64_t capacity = 1;
  std::int64_t weight = 1;
  [[nodiscard]] bool below(const DominantShare& other) const {
    return static_cast<Int128>(amount) * other.capacity * other.weight <
           static_cast<Int128>(other.amount) * capacity * weight;
  }
};

// Resources of which there are none, or no limit (capacity 0), are left out.
[[nodiscard]] DominantShare dominant_share(const ResourceAmounts& held, const ResourceAmounts& capacity,
                                           std::int64_t weight);

// Weights as whole numbers in the same proportions, exact for weights with up to six digits after the point, the
// largest at most 2^30.
[[nodiscard]] std::vector<std::int64_t> whole_weights(std::span<const double> weights);

}  // namespace seatrial

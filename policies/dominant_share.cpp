// See dominant_share.h.
#include "policies/dominant_share.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace seatrial {

DominantShare dominant_share(const ResourceAmounts& held, const ResourceAmounts& capacity, std::int64_t weight) {
  DominantShare dominant{0, 1, weight};
  for (std::size_t resource = 0; resource < held.size(); ++resource) {
    if (capacity[resource] <= 0) continue;
    const DominantShare share{held[resource], capacity[resource], weight};
    if (dominant.below(share)) dominant = share;
  }
  return dominant;
}

std::vector<std::int64_t> whole_weights(std::span<const double> weights) {
  constexpr double kMicro = 1e6;
  constexpr std::int64_t kLargest = std::int64_t{1} << 30U;
  std::vector<std::int64_t> whole;
  std::int64_t divisor = 0;
  for (const double weight : weights) {
    whole.push_back(std::max<std::int64_t>(1, std::llround(weight * kMicro)));
    divisor = std::gcd(divisor, whole.back());
  }
  std::int64_t largest = 1;
  for (std::int64_t& weight : whole) largest = std::max(largest, weight /= divisor);
  const std::int64_t shrink = (largest - 1) / kLargest + 1;
  for (std::int64_t& weight : whole) weight = std::max<std::int64_t>(1, weight / shrink);
  return whole;
}

}  // namespace seatrial

// Resource scores of kube-scheduler.
#include "policies/kube_resource_scores.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace seatrial {
namespace {

bool counts(const ResourceUse& use) { return use.allocatable > 0 && (use.pod > 0 || !use.is_scalar); }

// Weighted mean of a score of each resource, rounded down.
template <class Score>
std::int64_t weighted_mean(std::span<const ResourceUse> resources, Score score) {
  std::int64_t sum = 0;
  std::int64_t weights = 0;
  for (const ResourceUse& use : resources) {
    if (!counts(use)) continue;
    sum += use.weight * score(use.requested + use.pod, use.allocatable);
    weights += use.weight;
  }
  return weights == 0 ? 0 : sum / weights;
}

// 100 for fractions that are all alike; `with`: the pod's request included.
std::int64_t evenness(std::span<const ResourceUse> resources, bool with) {
  std::vector<double> fractions;
  double total = 0;
  for (const ResourceUse& use : resources) {
    if (!counts(use)) continue;
    const std::int64_t requested = use.requested + (with ? use.pod : 0);
    fractions.push_back(std::min(1.0, static_cast<double>(requested) / static_cast<double>(use.allocatable)));
    total += fractions.back();
  }
  double deviation = 0;
  if (fractions.size() == 2) {
    deviation = std::abs((fractions[0] - fractions[1]) / 2);
  } else if (fractions.size() > 2) {
    const auto count = static_cast<double>(fractions.size());
    double squares = 0;
    for (const double fraction : fractions) squares += (fraction - total / count) * (fraction - total / count);
    deviation = std::sqrt(squares / count);
  }
  return static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kMaxNodeScore));
}

}  // namespace

std::int64_t broken_linear(std::span<const ShapePoint> shape, std::int64_t at) {
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (at > shape[i].utilization) continue;
    if (i == 0) return shape[0].score;
    const ShapePoint& low = shape[i - 1];
    return low.score + (shape[i].score - low.score) * (at - low.utilization) / (shape[i].utilization - low.utilization);
  }
  return shape.back().score;
}

std::int64_t least_allocated_score(std::span<const ResourceUse> resources) {
  return weighted_mean(resources, [](std::int64_t requested, std::int64_t allocatable) {
    return requested > allocatable ? 0 : (allocatable - requested) * kMaxNodeScore / allocatable;
  });
}

std::int64_t most_allocated_score(std::span<const ResourceUse> resources) {
  return weighted_mean(resources, [](std::int64_t requested, std::int64_t allocatable) {
    return std::min(requested, allocatable) * kMaxNodeScore / allocatable;
  });
}

std::int64_t requested_to_capacity_score(std::span<const ResourceUse> resources, std::span<const ShapePoint> shape) {
  constexpr std::int64_t kScoreScale = 10;  // of a configuration's scores to node scores
  constexpr std::int64_t kFull = 100;
  std::vector<ShapePoint> scaled(shape.begin(), shape.end());
  for (ShapePoint& point : scaled) point.score *= kScoreScale;
  std::int64_t sum = 0;
  std::int64_t weights = 0;
  for (const ResourceUse& use : resources) {
    if (!counts(use)) continue;
    const std::int64_t requested = use.requested + use.pod;
    const std::int64_t utilization = requested > use.allocatable ? kFull : requested * kFull / use.allocatable;
    const std::int64_t score = broken_linear(scaled, utilization);
    if (score <= 0) continue;
    sum += use.weight * score;
    weights += use.weight;
  }
  if (weights == 0) return 0;
  return static_cast<std::int64_t>(std::round(static_cast<double>(sum) / static_cast<double>(weights)));
}

std::optional<std::int64_t> balanced_allocation_score(std::span<const ResourceUse> resources) {
  const bool asks = std::any_of(resources.begin(), resources.end(), [](const ResourceUse& use) { return use.pod > 0; });
  if (!asks) return std::nullopt;
  constexpr std::int64_t kHalf = kMaxNodeScore / 2;
  return kHalf + (kHalf + evenness(resources, true) - evenness(resources, false)) / 2;
}

}  // namespace seatrial

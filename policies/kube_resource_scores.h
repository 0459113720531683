// The node scores of kube-scheduler that look at resources: NodeResourcesFit with its three strategies, and
// NodeResourcesBalancedAllocation. Each takes the resources that a profile lists and returns 0..100, in the integer
// arithmetic of the original. Rules: kubernetes pkg/scheduler/framework/plugins/noderesources (v1.36.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace seatrial {

inline constexpr std::int64_t kMaxNodeScore = 100;

// One resource of one node, amounts in one unit, each at most 2^53.
struct ResourceUse {
  std::int64_t weight = 1;       // at least 0
  std::int64_t allocatable = 0;  // 0: the resource does not count
  std::int64_t requested = 0;    // by the pods of the node
  std::int64_t pod = 0;          // by the pod that is being placed
  // Other than cpu, memory, ephemeral storage and pods. What the pod does not ask for then does not count.
  bool is_scalar = false;
};

// A point of a piecewise linear function; points by rising utilization.
struct ShapePoint {
  std::int64_t utilization = 0;  // 0..100
  std::int64_t score = 0;
};

// Between two points linear, outside as at the nearest one; whole numbers, rounded towards zero. Requires points.
[[nodiscard]] std::int64_t broken_linear(std::span<const ShapePoint> shape, std::int64_t at);

[[nodiscard]] std::int64_t least_allocated_score(std::span<const ResourceUse> resources);
[[nodiscard]] std::int64_t most_allocated_score(std::span<const ResourceUse> resources);
// Scores of the shape: 0..10, as in a scheduler's configuration. Resources that score 0 are left out of the average.
[[nodiscard]] std::int64_t requested_to_capacity_score(std::span<const ResourceUse> resources,
                                                       std::span<const ShapePoint> shape);

// How much more evenly the resources are used with the pod than without, 75 = as evenly as before. Nothing for a pod
// that asks for none of them: the plugin is skipped.
[[nodiscard]] std::optional<std::int64_t> balanced_allocation_score(std::span<const ResourceUse> resources);

}  // namespace seatrial

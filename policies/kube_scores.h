// The node scores of kube-scheduler that look at labels, taints, images and topology, their normalisation, and how many
// nodes a cycle looks at. Rules: kubernetes pkg/scheduler (v1.36.3). Asked by the conformance runner; no scenario can
// choose these scores yet.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/topology_taints.h"
#include "policies/kube_resource_scores.h"

namespace seatrial {

// Scores of all nodes to 0..100: 100 * score / largest, `reverse`: 100 less that. All 0: unchanged, or 100 if reversed.
void normalize_scores(std::span<std::int64_t> scores, bool reverse);

// TaintToleration: how many PreferNoSchedule taints of the node nothing tolerates. Normalise reversed.
[[nodiscard]] std::int64_t taint_score(std::span<const KeyedTaint> taints,
                                       std::span<const KeyedToleration> tolerations);

struct PreferredTerm {
  std::int64_t weight = 1;
  Labels match;  // all of them; an empty term matches nothing
};

// NodeAffinity: the weights of the terms that the node's labels match. Normalise.
[[nodiscard]] std::int64_t node_affinity_score(const Labels& labels, std::span<const PreferredTerm> preferred);

struct LocalImage {
  std::int64_t bytes = 0;
  std::uint32_t nodes = 0;  // that have it
};

// ImageLocality, final: the bytes of the pod's images that the node has, each times the share of all nodes that have
// it, between 23 MiB and 1,000 MiB for each container.
[[nodiscard]] std::int64_t image_locality_score(std::span<const LocalImage> present, std::size_t containers,
                                                std::uint32_t all_nodes);

inline constexpr std::string_view kHostnameLabel = "kubernetes.io/hostname";

struct SpreadConstraint {
  std::string topology_key;
  std::int64_t max_skew = 1;
};

struct SpreadNode {
  Labels labels;
  bool candidate = true;               // passed the filters
  std::vector<std::int64_t> matching;  // by constraint: its pods that the constraint selects
};

// PodTopologySpread of ScheduleAnyway constraints, final, by node: fewer matching pods in its domains is better. Nodes
// that are no candidates, or lack one of the keys, get 0.
[[nodiscard]] std::vector<std::int64_t> topology_spread_scores(std::span<const SpreadConstraint> constraints,
                                                               std::span<const SpreadNode> nodes);

// How many feasible nodes a cycle looks for. percentage 0: adaptive, 50 % less 1 % for every 125 nodes, at least 5 %.
[[nodiscard]] std::int64_t feasible_nodes_wanted(std::int64_t nodes, std::int64_t percentage);

}  // namespace seatrial

// Scores by labels, taints, images and topology.
#include "policies/kube_scores.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace seatrial {
namespace {

bool has_all_keys(const SpreadNode& node, std::span<const SpreadConstraint> constraints) {
  return std::all_of(constraints.begin(), constraints.end(), [&node](const SpreadConstraint& constraint) {
    return node.labels.contains(constraint.topology_key);
  });
}

// Adds what one constraint says of each candidate. `counted`: nodes with all keys.
void add_constraint(const SpreadConstraint& constraint, std::size_t index, std::span<const SpreadNode> nodes,
                    const std::vector<bool>& counted, std::vector<double>& scores) {
  // A host's own pods count for it alone; other domains are those in which some candidate lies.
  const bool by_host = constraint.topology_key == kHostnameLabel;
  std::map<std::string, std::int64_t> domains;
  std::size_t candidates = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!counted[i] || !nodes[i].candidate) continue;
    ++candidates;
    domains[nodes[i].labels.at(constraint.topology_key)] = 0;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!counted[i]) continue;
    const auto domain = domains.find(nodes[i].labels.at(constraint.topology_key));
    if (domain != domains.end()) domain->second += nodes[i].matching[index];
  }
  const double weight = std::log(static_cast<double>((by_host ? candidates : domains.size()) + 2));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!counted[i] || !nodes[i].candidate) continue;
    const std::int64_t count =
        by_host ? nodes[i].matching[index] : domains.at(nodes[i].labels.at(constraint.topology_key));
    scores[i] += static_cast<double>(count) * weight + static_cast<double>(constraint.max_skew - 1);
  }
}

}  // namespace

void normalize_scores(std::span<std::int64_t> scores, bool reverse) {
  std::int64_t most = 0;
  for (const std::int64_t score : scores) most = std::max(most, score);
  for (std::int64_t& score : scores) {
    if (most > 0) score = kMaxNodeScore * score / most;
    if (reverse) score = most > 0 ? kMaxNodeScore - score : kMaxNodeScore;
  }
}

std::int64_t taint_score(std::span<const KeyedTaint> taints, std::span<const KeyedToleration> tolerations) {
  return std::count_if(taints.begin(), taints.end(), [tolerations](const KeyedTaint& taint) {
    return taint.effect == TaintEffect::PreferNoSchedule &&
           std::none_of(tolerations.begin(), tolerations.end(),
                        [&taint](const KeyedToleration& toleration) { return tolerates(toleration, taint); });
  });
}

std::int64_t node_affinity_score(const Labels& labels, std::span<const PreferredTerm> preferred) {
  std::int64_t score = 0;
  for (const PreferredTerm& term : preferred) {
    if (!term.match.empty() && has_labels(labels, term.match)) score += term.weight;
  }
  return score;
}

std::int64_t image_locality_score(std::span<const LocalImage> present, std::size_t containers,
                                  std::uint32_t all_nodes) {
  constexpr std::int64_t kMib = 1 << 20;
  constexpr std::int64_t kLeast = 23 * kMib;
  if (containers == 0 || all_nodes == 0) return 0;
  const std::int64_t most = 1000 * kMib * static_cast<std::int64_t>(containers);
  std::int64_t sum = 0;
  for (const LocalImage& image : present) {
    const double share = static_cast<double>(image.nodes) / static_cast<double>(all_nodes);
    sum += static_cast<std::int64_t>(static_cast<double>(image.bytes) * share);
  }
  return kMaxNodeScore * (std::clamp(sum, kLeast, most) - kLeast) / (most - kLeast);
}

std::vector<std::int64_t> topology_spread_scores(std::span<const SpreadConstraint> constraints,
                                                 std::span<const SpreadNode> nodes) {
  std::vector<bool> counted(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) counted[i] = has_all_keys(nodes[i], constraints);
  std::vector<double> sums(nodes.size(), 0);
  for (std::size_t c = 0; c < constraints.size(); ++c) add_constraint(constraints[c], c, nodes, counted, sums);
  std::vector<std::int64_t> scores(nodes.size(), 0);
  std::int64_t least = INT64_MAX;
  std::int64_t most = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!counted[i] || !nodes[i].candidate) continue;
    scores[i] = static_cast<std::int64_t>(std::round(sums[i]));
    least = std::min(least, scores[i]);
    most = std::max(most, scores[i]);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!counted[i] || !nodes[i].candidate) continue;
    scores[i] = most == 0 ? kMaxNodeScore : kMaxNodeScore * (most + least - scores[i]) / most;
  }
  return scores;
}

std::int64_t feasible_nodes_wanted(std::int64_t nodes, std::int64_t percentage) {
  constexpr std::int64_t kFewest = 100;
  if (nodes < kFewest) return nodes;
  const std::int64_t share = percentage == 0 ? std::max<std::int64_t>(5, 50 - nodes / 125) : percentage;
  return std::max(nodes * share / 100, kFewest);
}

}  // namespace seatrial

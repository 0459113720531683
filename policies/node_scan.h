// The loops that placements share: candidates of a question in a given sequence, with the checks that the free index
// does not make (cpu, memory, pods, GPU model, shares).
#pragma once

#include <algorithm>

#include "policies/policy.h"

namespace seatrial {

// Do whole free GPUs alone decide whether a node can take the pod?
[[nodiscard]] inline bool index_decides(const PodQuestion& question) {
  return !question.job_class.needs_cpu && !question.job_class.check_model;
}

[[nodiscard]] inline bool can_take(const PodQuestion& question, const Cluster& cluster, NodeId node) {
  return question.job_class.allows(cluster, node) && cluster.fits(node, question.pod);
}

// Is the number of fully free GPUs of a node also its idle amount? Not while devices are shared.
[[nodiscard]] inline bool levels_tell_idle(const PodQuestion& question, const Cluster& cluster) {
  return cluster.shared_devices() == 0 && !question.pod.is_share() && question.pod.slice == 0;
}

// The first node (pool by pool, by index) of one level that can take the pod; invalid if none.
[[nodiscard]] inline NodeId first_of_level(const PodQuestion& question, const Cluster& cluster, std::uint32_t level) {
  const bool sure = index_decides(question);
  for (const PoolId pool : question.pools) {
    const FreeIndex& index = cluster.free_index(pool);
    const std::uint32_t base = cluster.pool(pool).first_node;
    for (std::uint32_t n = index.first(level); n != FreeIndex::kNone; n = index.next(level, n + 1)) {
      const NodeId node{base + n};
      if (sure || can_take(question, cluster, node)) return node;
    }
  }
  return {};
}

// Visits every present node of the pools by index: visit(node).
template <class Visit>
void for_each_candidate(const PodQuestion& question, const Cluster& cluster, Visit visit) {
  for (const PoolId id : question.pools) {
    const Pool& pool = cluster.pool(id);
    for (std::uint32_t n = pool.first_node; n < pool.first_node + pool.nodes; ++n) {
      if (can_take(question, cluster, {n})) visit(NodeId{n});
    }
  }
}

// The node with the least (or most) idle GPUs that can take the pod, lowest index on a tie.
enum class Idle : std::uint8_t { Least, Most };
[[nodiscard]] inline NodeId by_idle(const PodQuestion& question, const Cluster& cluster, Idle wanted) {
  if (!levels_tell_idle(question, cluster)) {
    NodeId best;
    for_each_candidate(question, cluster, [&](NodeId node) {
      const std::int64_t idle = cluster.idle_milli(node);
      const bool better =
          best.valid() && (wanted == Idle::Least ? idle < cluster.idle_milli(best) : idle > cluster.idle_milli(best));
      if (!best.valid() || better) best = node;
    });
    return best;
  }
  const std::uint32_t least = question.pod.gpus;
  if (question.pools.size() == 1 && index_decides(question)) {
    const FreeIndex& index = cluster.free_index(question.pools.front());
    const std::uint32_t level = wanted == Idle::Least ? index.level_at_least(least) : index.top_level();
    if (level == FreeIndex::kNone || level < least) return {};
    return {cluster.pool(question.pools.front()).first_node + index.first(level)};
  }
  std::uint32_t low = least;
  std::uint32_t high = 0;
  for (const PoolId pool : question.pools) {
    const std::uint32_t top = cluster.free_index(pool).top_level();
    if (top != FreeIndex::kNone) high = std::max(high, top);
  }
  while (low <= high) {
    std::uint32_t level = wanted == Idle::Least ? FreeIndex::kNone : high;
    for (const PoolId pool : question.pools) {
      if (wanted == Idle::Least) level = std::min(level, cluster.free_index(pool).level_at_least(low));
    }
    if (level == FreeIndex::kNone || level < least) return {};
    if (const NodeId node = first_of_level(question, cluster, level); node.valid()) return node;
    if (wanted == Idle::Least) {
      low = level + 1;
    } else if (high-- == 0) {
      return {};
    }
  }
  return {};
}

}  // namespace seatrial

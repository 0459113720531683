// Incremental scores and the choice of the best node; see score_placement.h.
#include "policies/score_placement.h"

#include <algorithm>

#include "policies/node_scan.h"
#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kTopScore = 100;

template <class Visit>
void for_each_node(const PodQuestion& question, const Cluster& cluster, Visit visit) {
  for (const PoolId id : question.pools) {
    const Pool& pool = cluster.pool(id);
    for (std::uint32_t n = pool.first_node; n < pool.first_node + pool.nodes; ++n) visit(NodeId{n});
  }
}

}  // namespace

void ScorePlacement::rescore(ClassCache& cache, const PodQuestion& question, const Cluster& cluster, NodeId node) {
  const std::uint32_t n = node.index;
  bool feasible = can_take(question, cluster, node);
  if (cache.buckets && cache.feasible[n] != 0) {
    cache.buckets->remove(n, static_cast<std::uint32_t>(cache.results[0][n].score));
  }
  for (std::size_t s = 0; s < scores_.size() && feasible; ++s) {
    cache.results[s][n] = scores_[s].score->score(question.pod, node, cluster);
    feasible = cache.results[s][n].score >= 0;
  }
  cache.feasible[n] = feasible ? 1 : 0;
  if (feasible && cache.buckets) {
    CHECK(cache.results[0][n].score <= static_cast<std::int32_t>(kTopScore));
    cache.buckets->add(n, static_cast<std::uint32_t>(cache.results[0][n].score));
  }
}

ScorePlacement::ClassCache& ScorePlacement::cache_of(const PodQuestion& question, const Cluster& cluster) {
  if (caches_.size() <= question.pod_class) caches_.resize(question.pod_class + 1);
  const auto& log = cluster.change_log();
  if (!caches_[question.pod_class]) {
    auto fresh = std::make_unique<ClassCache>();
    fresh->results.assign(scores_.size(), std::vector<NodeScore::Result>(cluster.nodes()));
    fresh->feasible.assign(cluster.nodes(), 0);
    // Two rows at least: a FreeIndex of one node keeps levels of another kind.
    if (scores_.size() == 1) fresh->buckets = std::make_unique<FreeIndex>(std::max(2U, cluster.nodes()), kTopScore);
    fresh->seen = log.size();
    caches_[question.pod_class] = std::move(fresh);
    ClassCache& cache = *caches_[question.pod_class];
    for_each_node(question, cluster, [&](NodeId node) { rescore(cache, question, cluster, node); });
    return cache;
  }
  ClassCache& cache = *caches_[question.pod_class];
  if (stamp_.empty()) stamp_.assign(cluster.nodes(), 0);
  ++refresh_;
  for (std::size_t i = log.size(); i-- > cache.seen;) {
    const NodeId node = log[i];
    if (stamp_[node.index] == refresh_) continue;
    stamp_[node.index] = refresh_;
    const bool mine = std::any_of(question.pools.begin(), question.pools.end(),
                                  [&](PoolId pool) { return pool == cluster.pool_of(node); });
    if (mine) rescore(cache, question, cluster, node);
  }
  cache.seen = log.size();
  return cache;
}

NodeChoice ScorePlacement::choose(const PodQuestion& question, const Cluster& cluster) {
  for (WeightedScore& entry : scores_) entry.score->asked(question);
  const ClassCache& cache = cache_of(question, cluster);
  if (!cache.buckets) return best_weighted(cache, question, cluster);
  const std::uint32_t top = cache.buckets->top_level();
  if (top == FreeIndex::kNone) return {};
  const NodeId node{cache.buckets->first(top)};
  return {node, cache.results[0][node.index].device};
}

NodeChoice ScorePlacement::best_weighted(const ClassCache& cache, const PodQuestion& question, const Cluster& cluster) {
  totals_.assign(cluster.nodes(), 0.0);
  for (std::size_t s = 0; s < scores_.size(); ++s) {
    std::int32_t low = INT32_MAX;
    std::int32_t high = INT32_MIN;
    const bool stretch = scores_[s].score->normalised();
    for_each_node(question, cluster, [&](NodeId node) {
      if (cache.feasible[node.index] == 0) return;
      low = std::min(low, cache.results[s][node.index].score);
      high = std::max(high, cache.results[s][node.index].score);
    });
    for_each_node(question, cluster, [&](NodeId node) {
      if (cache.feasible[node.index] == 0) return;
      std::int32_t score = cache.results[s][node.index].score;
      if (stretch) score = high == low ? 0 : (score - low) * 100 / (high - low);
      totals_[node.index] += scores_[s].weight * score;
    });
  }
  NodeChoice best;
  for_each_node(question, cluster, [&](NodeId node) {
    if (cache.feasible[node.index] == 0) return;
    if (best.node.valid() && totals_[node.index] <= totals_[best.node.index]) return;
    best.node = node;
  });
  if (!best.node.valid() || !question.pod.is_share()) return best;
  // A score that looks at who is on a device may have refused the others of the node.
  for (const bool of_work : {true, false}) {
    for (std::size_t s = 0; s < scores_.size() && best.device == Cluster::kAnyDevice; ++s) {
      if (scores_[s].score->tells_work_apart() == of_work) best.device = cache.results[s][best.node.index].device;
    }
  }
  return best;
}

}  // namespace seatrial

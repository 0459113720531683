// Placement by scores: the node with the highest (weighted) score takes the pod, lowest node index on a tie. Scores are
// cached per (pod class, node) and only nodes that changed since the class was last asked are scored again; with a
// single score the best node is found by bucket, not by a scan. A node that any score refuses takes no pod of the
// class.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "models/free_index.h"
#include "policies/policy.h"

namespace seatrial {

struct WeightedScore {
  std::unique_ptr<NodeScore> score;
  double weight = 1;
};

// The cluster must keep its change log (Cluster::enable_change_log).
class ScorePlacement final : public Placement {
 public:
  explicit ScorePlacement(std::vector<WeightedScore> scores) : scores_(std::move(scores)) {}
  NodeChoice choose(const PodQuestion& question, const Cluster& cluster) override;
  void changed(const PodRequest& pod, NodeId node, bool bound) override {
    for (WeightedScore& entry : scores_) entry.score->changed(pod, node, bound);
  }
  void watch(const SpeedView& view) override {
    for (WeightedScore& entry : scores_) entry.score->watch(view);
  }
  [[nodiscard]] bool tells_work_apart() const override {
    return std::any_of(scores_.begin(), scores_.end(),
                       [](const WeightedScore& entry) { return entry.score->tells_work_apart(); });
  }

 private:
  struct ClassCache {
    std::vector<std::vector<NodeScore::Result>> results;  // by score, by node
    std::vector<std::uint8_t> feasible;
    std::unique_ptr<FreeIndex> buckets;  // nodes by score; only where there is one score
    std::size_t seen = 0;                // rows of the change log that are included
  };
  ClassCache& cache_of(const PodQuestion& question, const Cluster& cluster);
  void rescore(ClassCache& cache, const PodQuestion& question, const Cluster& cluster, NodeId node);
  NodeChoice best_weighted(const ClassCache& cache, const PodQuestion& question, const Cluster& cluster);

  std::vector<WeightedScore> scores_;
  std::vector<std::unique_ptr<ClassCache>> caches_;  // by pod class
  std::vector<std::uint32_t> stamp_;                 // by node: the last refresh that looked at it
  std::uint32_t refresh_ = 0;
  std::vector<double> totals_;
};

}  // namespace seatrial

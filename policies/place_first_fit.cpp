// first-fit: the lowest node index with room.
#include <algorithm>

#include "policies/node_scan.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class FirstFit final : public Placement {
 public:
  NodeChoice choose(const PodQuestion& question, const Cluster& cluster) override {
    const bool sure = index_decides(question) && !question.pod.is_share();
    for (const PoolId pool : question.pools) {
      const NodeId node = sure ? first_by_index(question, cluster, pool) : first_by_scan(question, cluster, pool);
      if (node.valid()) return {node};
    }
    return {};
  }
  [[nodiscard]] bool fills_nodes() const override { return true; }

 private:
  static NodeId first_by_index(const PodQuestion& question, const Cluster& cluster, PoolId pool) {
    const FreeIndex& index = cluster.free_index(pool);
    std::uint32_t best = FreeIndex::kNone;
    for (std::uint32_t level = index.level_at_least(question.pod.gpus); level != FreeIndex::kNone;
         level = index.level_at_least(level + 1)) {
      best = std::min(best, index.first(level));
    }
    return best == FreeIndex::kNone ? NodeId{} : NodeId{cluster.pool(pool).first_node + best};
  }
  static NodeId first_by_scan(const PodQuestion& question, const Cluster& cluster, PoolId id) {
    const Pool& pool = cluster.pool(id);
    for (std::uint32_t n = pool.first_node; n < pool.first_node + pool.nodes; ++n) {
      if (can_take(question, cluster, {n})) return {n};
    }
    return {};
  }
};

}  // namespace

PlacementRegistration place_first_fit() {
  PlacementRegistration entry;
  entry.doc = {"placement", "first-fit", "The first node, by index, that has room.", {}};
  entry.make = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<Placement> {
    return std::make_unique<FirstFit>();
  };
  return entry;
}

}  // namespace seatrial

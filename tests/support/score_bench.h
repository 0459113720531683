// One node in a wanted state and a score to ask about it, for tests of placement scores.
#pragma once

#include <memory>
#include <vector>

#include "models/cluster.h"
#include "policies/policy.h"
#include "policies/registry.h"

namespace seatrial {

struct WantedNode {
  std::int64_t cpu_milli;              // of the node
  std::vector<std::uint16_t> devices;  // free milli of each
  std::int64_t cpu_left;
};

// A cluster of one node per row, brought into its state by pods of one share or one GPU each.
[[nodiscard]] inline Cluster cluster_in_state(const std::vector<WantedNode>& rows) {
  ClusterSpec spec;
  PoolSpec& pool = spec.pools.emplace_back();
  pool.name = "p";
  for (const WantedNode& row : rows) {
    NodeSpec node;
    node.name = "n" + std::to_string(pool.nodes.size());
    node.cpu_milli = row.cpu_milli;
    node.gpus = static_cast<std::uint32_t>(row.devices.size());
    node.gpu_model = "G2";
    node.rank = static_cast<std::uint32_t>(pool.nodes.size());
    pool.nodes.push_back(node);
  }
  Cluster cluster(spec, true);
  cluster.enable_change_log();
  std::vector<std::uint16_t> devices;
  for (std::uint32_t n = 0; n < rows.size(); ++n) {
    // Whole devices first, lowest index first: as long as one is wanted full, the ones before it must not be free.
    for (std::uint32_t d = 0; d < rows[n].devices.size(); ++d) {
      const std::uint32_t used = 1000U - rows[n].devices[d];
      std::uint32_t left = used;
      while (left > 0) {
        const std::uint32_t milli = left > 999 ? 500 : left;
        cluster.bind({n}, {.gpus = 1, .gpu_milli = milli}, 1, devices, d);
        left -= milli;
      }
    }
    const std::int64_t cpu_used = rows[n].cpu_milli - rows[n].cpu_left;
    if (cpu_used > 0) cluster.bind({n}, {.cpu_milli = cpu_used}, 1, devices);
  }
  return cluster;
}

[[nodiscard]] inline std::unique_ptr<NodeScore> make_score(const char* name, const Workload& workload,
                                                           const Cluster& cluster,
                                                           const FragmentationModel* fragmentation = nullptr) {
  Random random(1, "scores");
  return find_placement(name)->make_score({workload, cluster, fragmentation, random}, {});
}

}  // namespace seatrial

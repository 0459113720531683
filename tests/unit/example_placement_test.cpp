// The worked example of CONTRIBUTING.md: a placement policy of one's own, compiled and run.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "models/cluster.h"
#include "models/request_class.h"
#include "policies/policy.h"
#include "policies/registry.h"
#include "policies/score_placement.h"
#include "sim/random.h"

namespace seatrial {
namespace {

// [example]
// least-cpu: the node with the least CPU left after the pod, so that pods with many cores find room elsewhere.
class LeastCpu final : public NodeScore {
 public:
  explicit LeastCpu(double plenty_cores) : plenty_milli_(1000 * plenty_cores) {}

  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    const auto left_milli = static_cast<double>(cluster.cpu_free(node) - pod.cpu_milli);
    const double empty = std::min(1.0, left_milli / plenty_milli_);
    return {static_cast<std::int32_t>(100.0 * (1.0 - empty)), Cluster::kAnyDevice};
  }

 private:
  double plenty_milli_;
};

PlacementRegistration score_least_cpu() {
  PlacementRegistration entry;
  entry.doc = {"placement",
               "least-cpu",
               "The node with the least CPU left.",
               {{"plenty", "CPU left that scores 0", "cores", ParameterDoc::Kind::Number, 1, 1e6, "128"}}};
  entry.make_score = [](const PolicyContext&, const Parameters& parameters) -> std::unique_ptr<NodeScore> {
    return std::make_unique<LeastCpu>(parameters.number("plenty", 128));
  };
  return entry;
}
// [/example]

TEST(ExamplePlacement, TakesTheNodeWithTheLeastCpuLeft) {
  // [example-test]
  PoolSpec pool;
  pool.name = "t4";
  pool.count = 3;
  pool.cpu_milli = 64'000;
  pool.gpu_model = "t4";
  pool.gpus = 4;
  ClusterSpec spec;
  spec.pools.push_back(pool);
  Cluster cluster(spec, /*track_devices=*/true);
  cluster.enable_change_log();
  const PodRequest pod{.cpu_milli = 8'000, .gpus = 1, .gpu_milli = 1000};
  std::vector<std::uint16_t> devices;
  cluster.bind(NodeId{1}, {.cpu_milli = 32'000, .gpus = 1, .gpu_milli = 1000}, 1, devices);
  cluster.bind(NodeId{2}, {.cpu_milli = 60'000, .gpus = 1, .gpu_milli = 1000}, 1, devices);  // no room left

  const Workload no_jobs;
  Random random(1, "placement");
  const PolicyContext context{.workload = no_jobs, .cluster = cluster, .random = random};
  std::vector<WeightedScore> scores;
  scores.push_back({score_least_cpu().make_score(context, {}), 1});
  ScorePlacement placement(std::move(scores));
  const RequestClass any;
  const std::vector<PoolId> pools{PoolId{0}};
  EXPECT_EQ(placement.choose({.pod = pod, .job_class = any, .pools = pools}, cluster).node, NodeId{1});
  // [/example-test]
}

}  // namespace
}  // namespace seatrial

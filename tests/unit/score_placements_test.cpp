// The scores of the FGD experiments on single nodes, against the published check values, and the choice among nodes.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "models/request_class.h"
#include "policies/score_placement.h"
#include "tests/support/score_bench.h"
#include "tests/support/shared_data.h"
#include "traces/trace.h"

namespace seatrial {
namespace {

WantedNode empty(std::uint32_t gpus, std::int64_t cpu_milli) {
  return {cpu_milli, std::vector<std::uint16_t>(gpus, 1000), cpu_milli};
}

constexpr PodRequest kShare81{.cpu_milli = 3152, .gpus = 1, .gpu_milli = 810};

TEST(OpenbBestFitScore, EmptyNodesAsPublished) {
  const Workload none;
  const Cluster cluster =
      cluster_in_state({empty(8, 96000), empty(2, 104000), empty(2, 16000), empty(1, 8000), empty(1, 128000)});
  const auto score = make_score("openb-best-fit", none, cluster);
  const int expected[] = {18, 53, 87, 96, 50};
  for (std::uint32_t n = 0; n < 5; ++n) EXPECT_EQ(score->score(kShare81, {n}, cluster).score, expected[n]) << n;
  EXPECT_TRUE(score->normalised());
}

TEST(DotProductScore, EmptyNodesAsPublished) {
  const Workload none;
  const Cluster cluster = cluster_in_state({empty(8, 96000), empty(2, 104000), empty(1, 8000)});
  const auto score = make_score("dot-product", none, cluster);
  const int expected[] = {94, 97, 99};
  for (std::uint32_t n = 0; n < 3; ++n) EXPECT_EQ(score->score(kShare81, {n}, cluster).score, expected[n]) << n;
}

TEST(GpuPackingScore, PartlyUsedDevicesFirstThenUsedNodesThenFreeOnes) {
  const Workload none;
  const std::int64_t cpu = 96000;
  const Cluster cluster = cluster_in_state({{cpu, {200, 1000, 1000, 500}, cpu},
                                            empty(4, cpu),
                                            empty(8, cpu),
                                            {cpu, {200, 1000, 0, 500}, cpu},
                                            {cpu, {0, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, cpu}});
  const auto score = make_score("gpu-packing", none, cluster);
  const auto of = [&](std::uint32_t node, const PodRequest& pod) { return score->score(pod, {node}, cluster).score; };
  const PodRequest two{.gpus = 2, .gpu_milli = 1000};
  EXPECT_EQ(of(0, two), 48);
  EXPECT_EQ(of(1, two), 29);
  EXPECT_EQ(of(2, two), 25);
  EXPECT_EQ(of(3, {.gpus = 1, .gpu_milli = 300}), 95);  // the device with 500 left: 100 - 50 / 10
  EXPECT_EQ(of(3, {.gpus = 1, .gpu_milli = 150}), 98);
  EXPECT_EQ(of(3, {.gpus = 1, .gpu_milli = 600}), 49);  // only a free device of a used node
  EXPECT_EQ(of(4, {.gpus = 7, .gpu_milli = 1000}), 43);
  EXPECT_EQ(of(3, {.cpu_milli = 100}), 0) << "cpu pods: first fit";
}

TEST(GpuClusteringScore, PodsOfOneClassGather) {
  const Workload none;
  const Cluster cluster = cluster_in_state({empty(8, 96000), empty(2, 96000), {96000, {0, 1000}, 96000}});
  const auto score = make_score("gpu-clustering", none, cluster);
  const PodRequest one{.gpus = 1, .gpu_milli = 1000};
  const PodRequest two{.gpus = 2, .gpu_milli = 1000};
  const PodRequest share{.gpus = 1, .gpu_milli = 300};
  const auto of = [&](std::uint32_t node, const PodRequest& pod) { return score->score(pod, {node}, cluster).score; };
  EXPECT_EQ(of(0, one), 25);
  EXPECT_EQ(of(1, one), 43);  // 18 for six GPUs that it never had, 25 for no pods
  score->changed(one, {2}, true);
  EXPECT_EQ(of(2, one), 21 + 75);
  EXPECT_EQ(of(2, share), 21);
  score->changed(share, {2}, true);
  EXPECT_EQ(of(2, one), 21 + 50);
  EXPECT_EQ(of(2, two), 21);
  score->changed(one, {2}, false);
  EXPECT_EQ(of(2, share), 21 + 75);
  score->changed(share, {2}, false);
  EXPECT_EQ(of(2, one), 21 + 25);
  EXPECT_EQ(of(0, {.cpu_milli = 100}), 0);
}

class FgdScoreValues : public testing::Test {
 protected:
  void SetUp() override {
    const SharedFile pods("traces/openb/openb_pod_list_default.csv.gz");
    if (!pods.present()) GTEST_SKIP() << pods.absence();
    TraceOptions options;
    options.format = "openb";
    options.file = pods.path();
    WorkloadBuilder builder;
    read_trace(options, builder);
    workload_ = builder.build();
    fragmentation_ = std::make_unique<FragmentationModel>(workload_, cluster_, 0.95);
    score_ = make_score("fgd", workload_, cluster_, fragmentation_.get());
  }
  [[nodiscard]] NodeScore::Result of(std::uint32_t node, const PodRequest& pod) {
    return score_->score(pod, {node}, cluster_);
  }

  Cluster cluster_ = cluster_in_state({{96000, {190, 1000, 530, 0}, 30000}, empty(8, 96000), empty(2, 16000)});
  Workload workload_;
  std::unique_ptr<FragmentationModel> fragmentation_;
  std::unique_ptr<NodeScore> score_;
};

TEST_F(FgdScoreValues, PartlyUsedNodeAsPublished) {
  const NodeScore::Result share = of(0, {.cpu_milli = 11908, .gpus = 1, .gpu_milli = 470});
  EXPECT_EQ(share.score, 58);
  EXPECT_EQ(share.device, 2U);
  EXPECT_EQ(of(0, {.cpu_milli = 11300, .gpus = 1, .gpu_milli = 1000}).score, 53);
  EXPECT_EQ(of(0, {.cpu_milli = 12500}).score, 48);
}

TEST_F(FgdScoreValues, EmptyNodesAsPublished) {
  EXPECT_EQ(of(1, kShare81).score, 48);
  EXPECT_EQ(of(1, kShare81).device, 0U);
  EXPECT_EQ(of(1, {.cpu_milli = 11300, .gpus = 1, .gpu_milli = 1000}).score, 53);
  EXPECT_EQ(of(1, {.cpu_milli = 12500}).score, 50);
  EXPECT_EQ(of(1, {.cpu_milli = 88000, .gpus = 8, .gpu_milli = 1000}).score, 74);
}

// A score that is given by node, for the choice alone.
class FixedScore final : public NodeScore {
 public:
  FixedScore(std::vector<std::int32_t> by_node, bool stretched) : by_node_(std::move(by_node)), stretched_(stretched) {}
  Result score(const PodRequest&, NodeId node, const Cluster&) override {
    ++asked;
    return {by_node_[node.index], Cluster::kAnyDevice};
  }
  [[nodiscard]] bool normalised() const override { return stretched_; }
  int asked = 0;

 private:
  std::vector<std::int32_t> by_node_;
  bool stretched_;
};

const PodRequest kOne{.gpus = 1, .gpu_milli = 1000};
const RequestClass kAnyClass;

TEST(ScorePlacement, HighestScoreWinsAndTheLowestNodeATie) {
  Cluster cluster = cluster_in_state({empty(1, 8000), empty(1, 8000), empty(1, 8000), empty(1, 8000)});
  const std::vector<PoolId> pools{PoolId{0}};
  auto fixed = std::make_unique<FixedScore>(std::vector<std::int32_t>{10, 70, 70, 20}, false);
  FixedScore* seen = fixed.get();
  std::vector<WeightedScore> scores;
  scores.push_back({std::move(fixed), 1});
  ScorePlacement placement(std::move(scores));
  const PodQuestion question{.pod = kOne, .job_class = kAnyClass, .pools = pools};
  std::vector<std::uint16_t> devices;
  for (const std::uint32_t expected : {1U, 2U, 3U, 0U}) {
    const NodeId node = placement.choose(question, cluster).node;
    EXPECT_EQ(node.index, expected);
    cluster.bind(node, kOne, 1, devices);
  }
  EXPECT_FALSE(placement.choose(question, cluster).node.valid());
  EXPECT_EQ(seen->asked, 4) << "only changed nodes that still have room are scored again";
}

TEST(ScorePlacement, WeightsAndStretchingDecideTogether) {
  const Cluster cluster = cluster_in_state({empty(1, 8000), empty(1, 8000), empty(1, 8000)});
  const std::vector<PoolId> pools{PoolId{0}};
  const PodQuestion question{.pod = kOne, .job_class = kAnyClass, .pools = pools};
  const auto choose = [&](double weight, bool stretched) {
    std::vector<WeightedScore> scores;
    scores.push_back({std::make_unique<FixedScore>(std::vector<std::int32_t>{50, 52, 51}, stretched), 1});
    scores.push_back({std::make_unique<FixedScore>(std::vector<std::int32_t>{60, 20, 20}, false), weight});
    ScorePlacement placement(std::move(scores));
    return placement.choose(question, cluster).node.index;
  };
  EXPECT_EQ(choose(1, false), 0U);
  EXPECT_EQ(choose(1, true), 1U) << "50..52 become 0..100";
  EXPECT_EQ(choose(3, true), 0U);
  EXPECT_EQ(choose(0.01, false), 1U);
}

}  // namespace
}  // namespace seatrial

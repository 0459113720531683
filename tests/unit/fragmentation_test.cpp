// Fragmentation as FGD defines it: typical pods of small workloads, the amount of single nodes, the gauge against a
// fresh sum, and the published check values of the default trace.
#include "models/fragmentation.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "sim/random.h"
#include "tests/support/shared_data.h"
#include "traces/trace.h"

namespace seatrial {
namespace {

struct Pod {
  std::uint32_t gpus;
  std::uint32_t milli;
  std::int64_t cpu_milli;
  int times;
  const char* model = "";
};

Workload workload_of(std::initializer_list<Pod> pods) {
  WorkloadBuilder builder;
  for (const Pod& pod : pods) {
    for (int i = 0; i < pod.times; ++i) {
      JobRecord record;
      record.row = builder.size();
      record.gpus = pod.gpus;
      record.gpu_milli = pod.milli;
      record.pods = 1;
      record.cpu_milli = pod.cpu_milli;
      record.gpu_model = pod.model;
      builder.add(record);
    }
  }
  return builder.build();
}

// One node of each kind, in one imported pool.
Cluster cluster_of(const std::vector<NodeSpec>& nodes) {
  ClusterSpec spec;
  PoolSpec& pool = spec.pools.emplace_back();
  pool.name = "openb";
  pool.nodes = nodes;
  return Cluster(spec, true);
}

TEST(Fragmentation, TypicalPodsAreTheMostFrequentUntilTheyCoverEnough) {
  const Workload workload =
      workload_of({{1, 500, 4000, 60}, {1, 1000, 8000, 30}, {2, 1000, 16000, 6}, {0, 0, 2000, 4}});
  const Cluster cluster = cluster_of({{"a", 64000, 1000, 8, "T4", 0}});
  const FragmentationModel model(workload, cluster, 0.95);
  ASSERT_EQ(model.typical().size(), 3U);
  EXPECT_EQ(model.typical()[0].gpu_milli, 500U);
  EXPECT_EQ(model.typical()[1].cpu_milli, 8000);
  EXPECT_EQ(model.typical()[2].gpus, 2U);
  EXPECT_DOUBLE_EQ(model.typical()[0].popularity, 0.6 / 0.96);
  double sum = 0;
  for (const TypicalPod& pod : model.typical()) sum += pod.popularity;
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_EQ(FragmentationModel(workload, cluster, 1.0).typical().size(), 4U);
  EXPECT_EQ(FragmentationModel(workload, cluster, 0.01).typical().size(), 1U);
}

TEST(Fragmentation, EquallyFrequentClassesAreListedByCpuThenShareThenCountThenModel) {
  const Workload workload = workload_of({{1, 500, 4000, 5},
                                         {1, 500, 9000, 5},
                                         {1, 800, 4000, 5},
                                         {2, 1000, 4000, 5},
                                         {1, 1000, 4000, 5, "A10"},
                                         {1, 1000, 4000, 5, "T4"}});
  const Cluster cluster = cluster_of({{"a", 64000, 1000, 8, "T4", 0}});
  const FragmentationModel model(workload, cluster, 1.0);
  ASSERT_EQ(model.typical().size(), 6U);
  EXPECT_EQ(model.typical()[0].cpu_milli, 9000);
  EXPECT_EQ(model.typical()[1].gpus, 2U);
  EXPECT_EQ(model.typical()[2].gpus, 1U);
  EXPECT_EQ(model.typical()[2].gpu_milli, 1000U);
  EXPECT_EQ(model.typical()[4].gpu_milli, 800U);
  EXPECT_EQ(model.typical()[5].gpu_milli, 500U);
}

struct AmountCase {
  const char* what;
  Pod pod;
  std::int64_t cpu_left;
  std::vector<std::uint16_t> devices;
  double amount;
};

TEST(Fragmentation, AmountOfOneTypicalPodByCategory) {
  const AmountCase cases[] = {
      {"fits: devices too small for it", {1, 500, 4000, 1}, 4000, {499, 500, 1000}, 499},
      {"fits: none too small", {1, 500, 4000, 1}, 4000, {500, 1000}, 0},
      {"cpu short", {1, 500, 4000, 1}, 3999, {499, 500, 1000}, 1999},
      {"GPU short", {1, 500, 4000, 1}, 4000, {499, 499}, 998},
      {"both short", {1, 500, 4000, 1}, 0, {499, 499}, 998},
      {"two GPUs, one free", {2, 1000, 0, 1}, 4000, {1000, 999}, 1999},
      {"two GPUs, two free", {2, 1000, 0, 1}, 4000, {1000, 999, 1000}, 999},
      {"cpu pod that fits", {0, 0, 4000, 1}, 4000, {1000, 200}, 1200},
      {"cpu pod that does not", {0, 0, 4000, 1}, 0, {1000, 200}, 1200},
      {"another model", {1, 500, 0, 1, "A10"}, 4000, {1000, 200}, 1200},
      {"nothing idle", {1, 500, 0, 1}, 4000, {0, 0}, 0},
  };
  for (const AmountCase& each : cases) {
    const Workload workload = workload_of({each.pod});
    const Cluster cluster = cluster_of({{"a", 64000, 1000, 8, "T4", 0}});
    const FragmentationModel model(workload, cluster, 1.0);
    EXPECT_DOUBLE_EQ(model.amount(each.cpu_left, each.devices, cluster.model_index({0})), each.amount) << each.what;
  }
}

TEST(Fragmentation, GaugeFollowsTheChangeLog) {
  const Workload workload = workload_of({{1, 300, 4000, 5}, {1, 1000, 8000, 3}, {4, 1000, 16000, 2}, {0, 0, 3000, 1}});
  Cluster cluster = cluster_of(
      {{"a", 64000, 100000, 8, "T4", 0}, {"b", 32000, 100000, 4, "A10", 1}, {"c", 96000, 100000, 2, "T4", 2}});
  cluster.enable_change_log();
  const FragmentationModel model(workload, cluster, 1.0);
  FragmentationGauge gauge(model, cluster);
  Random random(7, "gauge");
  std::vector<std::uint16_t> devices;
  for (int step = 0; step < 40; ++step) {
    const NodeId node{static_cast<std::uint32_t>(random.below(3))};
    const PodRequest pod{.cpu_milli = 1000, .gpus = 1, .gpu_milli = random.bernoulli(0.5) ? 300U : 1000U};
    if (cluster.fits(node, pod)) cluster.bind(node, pod, 1, devices);
    double sum = 0;
    for (std::uint32_t n = 0; n < 3; ++n) sum += model.amount(cluster, {n});
    EXPECT_NEAR(gauge.update(cluster), sum, 1e-9);
    EXPECT_DOUBLE_EQ(gauge.of(node), model.amount(cluster, node));
  }
}

// The typical pods of the default openb trace, and its kinds of nodes.
class OpenbFragmentation : public testing::Test {
 protected:
  void SetUp() override {
    const SharedFile pods("traces/openb/openb_pod_list_default.csv.gz");
    if (!pods.present()) GTEST_SKIP() << pods.absence();
    TraceOptions options;
    options.format = "openb";
    options.file = pods.path();
    WorkloadBuilder builder;
    read_trace(options, builder);
    const Workload workload = builder.build();
    model_ = std::make_unique<FragmentationModel>(workload, cluster_, 0.95);
  }
  [[nodiscard]] double empty(std::uint32_t node) const { return model_->amount(cluster_, {node}); }

  Cluster cluster_ = cluster_of({{"G2", 96000, 393216, 8, "G2", 0},
                                 {"V100M16", 32000, 131072, 4, "V100M16", 1},
                                 {"P100", 16000, 122880, 2, "P100", 2},
                                 {"P100-small", 8000, 61440, 2, "P100", 3},
                                 {"V100M16-1", 8000, 32768, 1, "V100M16", 4},
                                 {"A10", 128000, 1048576, 1, "A10", 5}});
  std::unique_ptr<FragmentationModel> model_;
};

TEST_F(OpenbFragmentation, TypicalPodsOfTheDefaultTrace) {
  ASSERT_EQ(model_->typical().size(), 35U);
  const std::int64_t cpu[] = {3152, 11300, 11400, 3152, 11908, 12500, 8000, 12000, 32000, 18708};
  const std::uint32_t milli[] = {810, 1000, 1000, 1000, 470, 0, 470, 1000, 0, 1000};
  for (std::size_t i = 0; i < std::size(cpu); ++i) {
    EXPECT_EQ(model_->typical()[i].cpu_milli, cpu[i]) << i;
    EXPECT_EQ(model_->typical()[i].gpu_milli, milli[i]) << i;
  }
  for (const TypicalPod& pod : model_->typical()) EXPECT_LE(pod.gpus, 1U);
}

TEST_F(OpenbFragmentation, EmptyNodesAsPublished) {
  EXPECT_NEAR(empty(0), 1087.8187, 5.1e-5);
  EXPECT_NEAR(empty(1), 543.9093, 5.1e-5);
  EXPECT_NEAR(empty(2), 359.2583, 5.1e-5);
  EXPECT_NEAR(empty(3), 1210.4043, 5.1e-5);
  EXPECT_NEAR(empty(4), 605.2022, 5.1e-5);
  EXPECT_NEAR(empty(5), 135.9773, 5.1e-5);
}

TEST_F(OpenbFragmentation, PartlyUsedNodeAsPublished) {
  const auto amount = [&](std::int64_t cpu, std::vector<std::uint16_t> devices) {
    return model_->amount(cpu, devices, cluster_.model_index({0}));
  };
  EXPECT_NEAR(amount(30000, {190, 1000, 530, 0}), 756.654648, 5.1e-7);
  EXPECT_NEAR(amount(30000 - 11908, {190, 530, 530, 0}), 1052.675766, 5.1e-7);
  EXPECT_NEAR(amount(30000 - 11908, {190, 1000, 60, 0}), 428.308009, 5.1e-7);
}

}  // namespace
}  // namespace seatrial

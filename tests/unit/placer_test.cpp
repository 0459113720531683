// Gangs take all their places or none: what a failed or undone placement leaves is the cluster as it was.
#include "policies/placer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "policies/registry.h"

namespace seatrial {
namespace {

using Free = std::vector<std::uint32_t>;

class PlacerTest : public testing::Test {
 protected:
  // Pools of so many nodes of four GPUs.
  void use(std::vector<std::uint32_t> counts, const char* placement, bool track = true) {
    for (const std::uint32_t count : counts) {
      PoolSpec& pool = spec_.pools.emplace_back();
      pool.name = "p" + std::to_string(spec_.pools.size());
      pool.count = count;
      pool.gpus = 4;
      pool.gpu_model = "t4";
      reachable_.push_back(count);
    }
    cluster_ = std::make_unique<Cluster>(spec_, track);
    cluster_->enable_change_log();
    Random random(1, "placer");
    placer_ =
        std::make_unique<Placer>(*cluster_, find_placement(placement)->make({none_, *cluster_, nullptr, random}, {}));
  }
  RequestClass resolve(std::uint32_t gpus, std::uint32_t pods = 0, bool span = false) {
    WorkloadBuilder builder;
    JobRecord record;
    record.gpus = gpus;
    record.pods = pods;
    builder.add(record);
    const Workload workload = builder.build();
    RequestClass job_class = resolve_class(workload, {0}, *cluster_, {spec_, span, reachable_});
    job_class.request = RequestId{next_request_++};
    return job_class;
  }
  void occupy(std::uint32_t node, std::uint32_t gpus) {
    std::vector<std::uint16_t> devices;
    cluster_->bind({node}, {.gpus = gpus, .gpu_milli = 1000}, 1, devices);
  }
  // Free GPUs of every node.
  [[nodiscard]] std::vector<std::uint32_t> free() const {
    std::vector<std::uint32_t> free;
    for (std::uint32_t n = 0; n < cluster_->nodes(); ++n) free.push_back(cluster_->free_gpus({n}));
    return free;
  }

  ClusterSpec spec_;
  Workload none_;
  std::vector<std::uint32_t> reachable_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<Placer> placer_;
  std::vector<std::uint16_t> devices_;
  std::uint32_t next_request_ = 0;
};

TEST_F(PlacerTest, PlacesPiecesWithTheirDevices) {
  use({3}, "first-fit");
  occupy(0, 2);
  const RequestClass ten = resolve(10);
  EXPECT_EQ(placer_->place(ten, devices_), 0U);
  const auto& pieces = placer_->pieces();
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].node, NodeId{1});
  EXPECT_EQ(pieces[1].node, NodeId{2});
  EXPECT_EQ(pieces[2].node, NodeId{0}) << "the remainder, last";
  EXPECT_EQ(pieces[2].gpus, 2U);
  EXPECT_EQ(devices_, (std::vector<std::uint16_t>{0, 1, 2, 3, 0, 1, 2, 3, 2, 3}));
  EXPECT_EQ(free(), (Free{0, 0, 0}));
  placer_->release(ten.shapes[0], pieces, devices_);
  EXPECT_EQ(free(), (Free{2, 4, 4}));
  cluster_->verify();
}

TEST_F(PlacerTest, AFailedGangLeavesNothingBehind) {
  use({3}, "best-fit");
  occupy(0, 3);
  const RequestClass ten = resolve(10);  // two whole nodes and two more GPUs: only one is left
  devices_ = {7};
  EXPECT_EQ(placer_->place(ten, devices_), Placer::kNone);
  EXPECT_EQ(devices_, (std::vector<std::uint16_t>{7}));
  EXPECT_TRUE(placer_->pieces().empty());
  EXPECT_EQ(free(), (Free{1, 4, 4}));
  cluster_->verify();
}

TEST_F(PlacerTest, PodsOfAGangAreUndoneOneByOne) {
  use({2}, "worst-fit");
  occupy(0, 1);
  EXPECT_EQ(placer_->place(resolve(8, 4), devices_), Placer::kNone) << "three pods of two fit, the fourth does not";
  EXPECT_EQ(free(), (Free{3, 4}));
  EXPECT_EQ(placer_->place(resolve(6, 3), devices_), 0U);
  EXPECT_EQ(free(), (Free{1, 0}));
  cluster_->verify();
}

TEST_F(PlacerTest, TriesTheNextPoolWhenOneIsFull) {
  use({1, 2}, "first-fit");
  const RequestClass eight = resolve(8);
  ASSERT_EQ(eight.shapes.size(), 1U) << "only the second pool is large enough";
  const RequestClass gang = resolve(4, 2);
  ASSERT_EQ(gang.shapes.size(), 2U);
  occupy(0, 1);
  EXPECT_EQ(placer_->place(gang, devices_), 1U);
  EXPECT_EQ(free(), (Free{3, 0, 4}));
  cluster_->verify();
}

TEST_F(PlacerTest, SpanningGangsUseAllPools) {
  use({1, 1}, "first-fit");
  EXPECT_EQ(placer_->place(resolve(8, 0, true), devices_), 0U);
  EXPECT_EQ(free(), (Free{0, 0}));
  cluster_->verify();
}

TEST_F(PlacerTest, WithoutDevicesCountsAreEnough) {
  use({2}, "best-fit", false);
  const RequestClass six = resolve(6);
  EXPECT_EQ(placer_->place(six, devices_), 0U);
  EXPECT_TRUE(devices_.empty());
  placer_->release(six.shapes[0], placer_->pieces(), devices_);
  EXPECT_EQ(free(), (Free{4, 4}));
  cluster_->verify();
}

struct RuleCase {
  const char* placement;
  Free used;           // on four nodes of four
  std::uint32_t gpus;  // asked for
  std::vector<std::uint32_t> nodes;
};

class PlacementRules : public PlacerTest, public testing::WithParamInterface<std::size_t> {};

const RuleCase kRules[] = {
    {"first-fit", {3, 1, 2, 0}, 2, {1}},       {"best-fit", {3, 1, 2, 0}, 2, {2}},
    {"worst-fit", {3, 1, 2, 0}, 2, {3}},       {"consolidate", {3, 1, 2, 0}, 2, {2}},
    {"best-fit", {0, 2, 2, 0}, 2, {1}},        {"worst-fit", {4, 0, 1, 0}, 1, {1}},
    {"first-fit", {1, 0, 2, 0}, 9, {1, 3, 0}}, {"best-fit", {1, 0, 2, 0}, 9, {1, 3, 2}},
    {"worst-fit", {1, 0, 2, 0}, 9, {1, 3, 0}}, {"consolidate", {1, 0, 2, 0}, 9, {1, 3, 0}},
    {"consolidate", {0, 0, 0, 0}, 6, {0, 1}},
};

TEST_P(PlacementRules, PickTheirNodes) {
  const RuleCase& rule = kRules[GetParam()];
  use({4}, rule.placement);
  for (std::uint32_t n = 0; n < 4; ++n) {
    if (rule.used[n] > 0) occupy(n, rule.used[n]);
  }
  ASSERT_NE(placer_->place(resolve(rule.gpus), devices_), Placer::kNone);
  std::vector<std::uint32_t> nodes;
  for (const Piece& piece : placer_->pieces()) nodes.push_back(piece.node.index);
  EXPECT_EQ(nodes, rule.nodes) << rule.placement << " " << rule.gpus;
}

INSTANTIATE_TEST_SUITE_P(All, PlacementRules, testing::Range(std::size_t{0}, std::size(kRules)));

}  // namespace
}  // namespace seatrial

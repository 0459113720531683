// How long free GPUs stood below a level, against a list of all steps; and waits split by reason on a small cluster.
#include "policies/wait_clock.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>
#include <vector>

#include "models/cluster.h"
#include "models/request_class.h"
#include "models/workload.h"
#include "sim/random.h"

namespace seatrial {
namespace {

TEST(LevelClock, CountsTimeBelowAThreshold) {
  LevelClock clock(8);
  clock.set(Time{0}, 4);
  clock.set(Time{10}, 0);
  clock.set(Time{15}, 8);
  EXPECT_EQ(clock.below(Time{20}, 0).ns, 0);
  EXPECT_EQ(clock.below(Time{20}, 1).ns, 5);
  EXPECT_EQ(clock.below(Time{20}, 4).ns, 5);
  EXPECT_EQ(clock.below(Time{20}, 5).ns, 15);
  EXPECT_EQ(clock.below(Time{20}, 8).ns, 15);
}

TEST(LevelClock, LevelsAboveTheTopCountAsTheTop) {
  LevelClock clock(4);
  clock.set(Time{0}, 100);
  clock.set(Time{10}, 3);
  EXPECT_EQ(clock.below(Time{10}, 4).ns, 0);
  EXPECT_EQ(clock.below(Time{30}, 4).ns, 20);
}

TEST(LevelClock, EqualsASumOverAllSteps) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Random random(seed, "level clock");
    constexpr std::uint32_t kLevels = 20;
    LevelClock clock(kLevels);
    std::vector<std::pair<std::int64_t, std::uint32_t>> steps;  // since, level
    std::int64_t now = -50;
    std::vector<std::vector<std::int64_t>> readings;  // by step, by threshold
    for (int step = 0; step < 300; ++step) {
      const auto level = static_cast<std::uint32_t>(random.below(kLevels + 1));
      clock.set(Time{now}, level);
      steps.emplace_back(now, level);
      now += static_cast<std::int64_t>(random.below(5));
      std::vector<std::int64_t> brute(kLevels + 1, 0);
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::int64_t until = i + 1 < steps.size() ? steps[i + 1].first : now;
        for (std::uint32_t t = steps[i].second + 1; t <= kLevels; ++t) brute[t] += until - steps[i].first;
      }
      for (std::uint32_t t = 0; t <= kLevels; ++t) {
        ASSERT_EQ(clock.below(Time{now}, t).ns, brute[t]) << "seed " << seed << " step " << step << " threshold " << t;
      }
    }
  }
}

// Two pools of one node with four GPUs; the class may use pool 0 alone.
class WaitClocksTest : public testing::Test {
 protected:
  void SetUp() override {
    job_class_.pools = {PoolId{0}};
    job_class_.gpus = 2;
    job_class_.total_milli = 2000;
    GangShape shape;
    shape.pools = {PoolId{0}};
    shape.main = kTwo;
    shape.main_pods = 1;
    job_class_.shapes = {shape};
    job_class_.domain = clocks_.domain_of(job_class_.pools, cluster_);
  }
  static ClusterSpec spec() {
    ClusterSpec spec;
    for (const char* name : {"a", "b"}) {
      PoolSpec& pool = spec.pools.emplace_back();
      pool.name = name;
      pool.count = 2;
      pool.gpus = 2;
      pool.gpu_model = "t4";
    }
    return spec;
  }
  void settle(std::int64_t now) {
    clocks_.touch({0});
    clocks_.touch({1});
    clocks_.settle(Time{now}, cluster_);
  }
  Piece take(std::uint32_t node, std::uint32_t gpus) {
    return cluster_.bind({node}, {.gpus = gpus, .gpu_milli = 1000}, 1, devices_);
  }
  [[nodiscard]] static std::int64_t of(const WaitSplit& split, WaitReason reason) {
    return split[static_cast<std::size_t>(reason)].ns;
  }

  static constexpr PodRequest kTwo{.gpus = 2, .gpu_milli = 1000};
  ClusterSpec spec_ = spec();
  Cluster cluster_{spec_, false};
  WaitClocks clocks_{4, true};
  RequestClass job_class_;
  std::vector<std::uint16_t> devices_;
};

TEST_F(WaitClocksTest, TellsShortGpusFromConstraintsAndFragmentation) {
  settle(0);
  take(0, 2);
  take(1, 1);
  take(2, 2);
  take(3, 2);
  settle(0);  // one GPU free in all
  const WaitReading begin = clocks_.read(Time{0}, job_class_);
  cluster_.release(Piece{NodeId{2}, 1, 2, 0}, kTwo, {});
  settle(10);  // 10 ns of capacity; then two free in the other pool
  cluster_.release(Piece{NodeId{0}, 1, 2, 0}, kTwo, {});
  take(0, 1);
  settle(30);  // 20 ns of constraint; then two free in its pool, one on each node
  const WaitSplit split = clocks_.split(begin, Time{37}, Duration{37}, job_class_, WaitReason::HeadOfLine);
  EXPECT_EQ(of(split, WaitReason::Capacity), 10);
  EXPECT_EQ(of(split, WaitReason::Constraint), 20);
  EXPECT_EQ(of(split, WaitReason::Fragmentation), 7);
  EXPECT_EQ(of(split, WaitReason::HeadOfLine), 0);
}

TEST_F(WaitClocksTest, WhatNothingExplainsIsTheRest) {
  settle(0);
  const WaitReading begin = clocks_.read(Time{0}, job_class_);
  take(0, 2);
  take(1, 2);
  settle(4);
  const WaitSplit split = clocks_.split(begin, Time{9}, Duration{9}, job_class_, WaitReason::HeadOfLine);
  EXPECT_EQ(of(split, WaitReason::HeadOfLine), 4);
  EXPECT_EQ(of(split, WaitReason::Constraint), 5);
}

TEST_F(WaitClocksTest, EqualPoolsShareOneDomain) {
  EXPECT_EQ(clocks_.domain_of({PoolId{0}}, cluster_), job_class_.domain);
  const std::uint32_t both = clocks_.domain_of({PoolId{0}, PoolId{1}}, cluster_);
  EXPECT_NE(both, job_class_.domain);
  EXPECT_EQ(clocks_.domain_of({PoolId{0}, PoolId{1}}, cluster_), both);
}

}  // namespace
}  // namespace seatrial

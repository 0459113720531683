// models/sharing_scores.h: what joining a device costs, and Lucid's rules.
#include "models/sharing_scores.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/sharing_world.h"

namespace seatrial {
namespace {

// Two workloads on one GPU: 0 keeps 0.9 beside 1, which keeps 0.6; two of 0 keep 0.5 each; two of 1 cannot run.
SpeedTables measured() {
  SpeedTablesBuilder builder = workloads_of({{}, {}});
  builder.set_isolated(0, 0, 10);
  builder.set_isolated(0, 1, 10);
  builder.set_colocated({0, 0, 1}, 9);
  builder.set_colocated({0, 1, 0}, 6);
  builder.set_colocated({0, 0, 0}, 5);
  builder.set_colocated({0, 1, 1}, 0);
  return builder.build();
}

class JoinCostsTest : public testing::Test {
 protected:
  JoinCost cost(const std::vector<Sharer>& sharers, std::uint16_t workload) {
    return costs_.of({{0, SharingMode::Share}, sharers, {{99}, workload}});
  }
  SpeedTables tables_ = measured();
  SpeedModel model_ = usual_model(tables_);
  JoinCosts costs_{model_};
};

TEST_F(JoinCostsTest, AnEmptyDeviceCostsNothing) {
  const JoinCost alone = cost({}, 0);
  EXPECT_EQ(alone.lost(), kStalled);
  EXPECT_EQ(alone.own, kFullRate);
  EXPECT_EQ(interference_score(alone), 100);
}

TEST_F(JoinCostsTest, CountsOwnLossAndTheOthers) {
  const JoinCost pair = cost({{{1}, 0}}, 1);
  EXPECT_NEAR(speed_of(pair.own), 0.6, 1e-12);
  EXPECT_NEAR(speed_of(pair.own_lost), 0.4, 1e-12);
  EXPECT_NEAR(speed_of(pair.others_lost), 0.1, 1e-12);
  EXPECT_EQ(interference_score(pair), 50);
}

TEST_F(JoinCostsTest, PrefersTheBetterPartner) {
  EXPECT_GT(interference_score(cost({{{1}, 1}}, 0)), interference_score(cost({{{1}, 0}}, 0)));
  EXPECT_EQ(interference_score(cost({{{1}, 0}}, 0)), 0) << "half and half: as much as a whole job is lost";
}

TEST_F(JoinCostsTest, WhatFailedTogetherScoresNothing) {
  const JoinCost failed = cost({{{1}, 1}}, 1);
  EXPECT_FALSE(failed.can_run);
  EXPECT_EQ(interference_score(failed), 0);
  EXPECT_TRUE(costs_.of({{0, SharingMode::Mig}, std::vector<Sharer>{{{1}, 1}}, {{2}, 1}}).can_run)
      << "slices have memory of their own";
}

TEST_F(JoinCostsTest, ScoresAreWithinTheirRange) {
  std::vector<Sharer> sharers;
  for (std::uint32_t job = 0; job < 20; ++job) {
    const std::int32_t score = interference_score(cost(sharers, 0));
    EXPECT_GE(score, 0);
    EXPECT_LE(score, 100);
    sharers.push_back({{job}, 0});
  }
}

TEST(Lucid, ClassesByTheHigherUse) {
  const LucidThresholds at;
  EXPECT_EQ(lucid_class(0.1, 0.2, at), LucidClass::Tiny);
  EXPECT_EQ(lucid_class(0.25, 0.2, at), LucidClass::Medium);
  EXPECT_EQ(lucid_class(0.1, 0.8, at), LucidClass::Jumbo);
}

TEST(Lucid, JoinsOnlyWithinEveryLimit) {
  const LucidJob running{.gpus = 2, .memory_mib = 10'000, .sharing_class = LucidClass::Medium, .priority = 100};
  const LucidLimits limits;
  LucidJob queued = running;
  EXPECT_TRUE(lucid_may_join(queued, running, limits));
  queued.gpus = 1;
  EXPECT_FALSE(lucid_may_join(queued, running, limits)) << "gangs of different sizes";
  queued = running;
  queued.memory_mib = 14'577;
  EXPECT_FALSE(lucid_may_join(queued, running, limits)) << "24,576 MiB together";
  queued.memory_mib = 14'576;
  EXPECT_TRUE(lucid_may_join(queued, running, limits));
  queued.sharing_class = LucidClass::Jumbo;
  EXPECT_FALSE(lucid_may_join(queued, running, limits)) << "1 + 2 above 2";
  queued = running;
  queued.priority = 200;
  EXPECT_TRUE(lucid_may_join(queued, running, limits));
  queued.priority = 200.5;
  EXPECT_FALSE(lucid_may_join(queued, running, limits));
  LucidJob large = running;
  large.gpus = 16;
  EXPECT_FALSE(lucid_may_join(large, large, limits)) << "more than 8 GPUs";
}

TEST(Lucid, SharingIsOffWhenFewJobsCome) {
  EXPECT_FALSE(lucid_sharing_is_on(std::vector<double>{2, 2, 2, 2, 2}, 2));
  EXPECT_TRUE(lucid_sharing_is_on(std::vector<double>{0, 0, 0, 0, 11}, 2));
  EXPECT_TRUE(lucid_sharing_is_on({}, 2));
}

}  // namespace
}  // namespace seatrial

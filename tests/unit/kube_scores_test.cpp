// Node scores of kube-scheduler: figures worked out by hand from the formulas.
#include "policies/kube_scores.h"

#include <gtest/gtest.h>

namespace seatrial {
namespace {

TEST(KubeResourceScores, LeastAndMostAllocatedAreWeightedMeansOfWhatIsFreeAndUsed) {
  const std::vector<ResourceUse> uses{{1, 4000, 1000, 1000, false}, {3, 10'000, 0, 2000, false}};
  EXPECT_EQ(least_allocated_score(uses), (50 + 3 * 80) / 4);
  EXPECT_EQ(most_allocated_score(uses), (50 + 3 * 20) / 4);
}

TEST(KubeResourceScores, WhatIsAbsentOrAScalarThatNobodyAsksForDoesNotCount) {
  const std::vector<ResourceUse> uses{{1, 4000, 0, 1000, false}, {1, 0, 0, 500, false}, {1, 8, 8, 0, true}};
  EXPECT_EQ(least_allocated_score(uses), 75);
  EXPECT_EQ(least_allocated_score(std::vector<ResourceUse>{}), 0);
}

TEST(KubeResourceScores, MoreThanThereIsScoresNothingFreeAndAllUsed) {
  const std::vector<ResourceUse> uses{{1, 1000, 900, 200, false}};
  EXPECT_EQ(least_allocated_score(uses), 0);
  EXPECT_EQ(most_allocated_score(uses), 100);
}

TEST(KubeResourceScores, AShapeIsLinearBetweenItsPointsAndFlatOutside) {
  const std::vector<ShapePoint> shape{{20, 10}, {60, 2}, {80, 8}};
  EXPECT_EQ(broken_linear(shape, 0), 10);
  EXPECT_EQ(broken_linear(shape, 40), 6);
  EXPECT_EQ(broken_linear(shape, 60), 2);
  EXPECT_EQ(broken_linear(shape, 70), 5);
  EXPECT_EQ(broken_linear(shape, 100), 8);
}

TEST(KubeResourceScores, RequestedToCapacityLeavesOutResourcesThatScoreZero) {
  const std::vector<ShapePoint> rising{{0, 0}, {100, 10}};
  const std::vector<ResourceUse> uses{{1, 100, 0, 50, false}, {1, 100, 0, 0, false}};
  EXPECT_EQ(requested_to_capacity_score(uses, rising), 50);
}

TEST(KubeResourceScores, BalancedAllocationIsBetterWhereThePodEvensOut) {
  // From 0 and 50 % to 50 and 50 %: half the difference was 0.25, and is gone.
  const std::vector<ResourceUse> evens{{1, 100, 0, 50, false}, {1, 100, 50, 0, false}};
  EXPECT_EQ(balanced_allocation_score(evens), 50 + (50 + 100 - 75) / 2);
  const std::vector<ResourceUse> skews{{1, 100, 50, 50, false}, {1, 100, 50, 0, false}};
  EXPECT_EQ(balanced_allocation_score(skews), 50 + (50 + 75 - 100) / 2);
  EXPECT_EQ(balanced_allocation_score(std::vector<ResourceUse>{{1, 100, 50, 0, false}}), std::nullopt);
}

TEST(KubeScores, AreNormalisedToAHundred) {
  std::vector<std::int64_t> scores{1, 2, 4};
  normalize_scores(scores, false);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{25, 50, 100}));
  normalize_scores(scores, true);
  EXPECT_EQ(scores, (std::vector<std::int64_t>{75, 50, 0}));
  std::vector<std::int64_t> none{0, 0};
  normalize_scores(none, true);
  EXPECT_EQ(none, (std::vector<std::int64_t>{100, 100}));
}

TEST(KubeScores, CountPreferNoScheduleTaintsThatNothingTolerates) {
  const std::vector<KeyedTaint> taints{{"a", "1", TaintEffect::PreferNoSchedule},
                                       {"b", "1", TaintEffect::PreferNoSchedule},
                                       {"c", "1", TaintEffect::NoSchedule}};
  EXPECT_EQ(taint_score(taints, {}), 2);
  EXPECT_EQ(taint_score(taints, std::vector<KeyedToleration>{{"a", true, "", TaintEffect::Any}}), 1);
}

TEST(KubeScores, AddTheWeightsOfPreferredTermsThatMatch) {
  const Labels labels{{"zone", "a"}, {"disk", "ssd"}};
  const std::vector<PreferredTerm> preferred{{10, {{"zone", "a"}}}, {5, {{"zone", "a"}, {"disk", "hdd"}}}, {1, {}}};
  EXPECT_EQ(node_affinity_score(labels, preferred), 10);
}

TEST(KubeScores, ImagesCountBySizeAndSpreadBetweenTwoBounds) {
  constexpr std::int64_t kMib = 1 << 20;
  EXPECT_EQ(image_locality_score(std::vector<LocalImage>{{1000 * kMib, 2}}, 1, 2), 100);
  EXPECT_EQ(image_locality_score(std::vector<LocalImage>{{23 * kMib, 2}}, 1, 2), 0);
  EXPECT_EQ(image_locality_score(std::vector<LocalImage>{{1000 * kMib, 1}}, 1, 2), 100 * (500 - 23) / (1000 - 23));
  EXPECT_EQ(image_locality_score({}, 0, 2), 0);
}

TEST(KubeScores, SpreadPrefersDomainsWithFewerMatchingPods) {
  const std::vector<SpreadConstraint> by_zone{{"zone", 1}};
  const std::vector<SpreadNode> nodes{{{{"zone", "a"}}, true, {3}},
                                      {{{"zone", "a"}}, true, {1}},
                                      {{{"zone", "b"}}, true, {2}},
                                      {{}, true, {0}},
                                      {{{"zone", "b"}}, false, {0}}};
  const std::vector<std::int64_t> scores = topology_spread_scores(by_zone, nodes);
  EXPECT_EQ(scores[0], scores[1]) << "one zone";
  EXPECT_GT(scores[2], scores[0]);
  EXPECT_EQ(scores[3], 0) << "no zone";
  EXPECT_EQ(scores[4], 0) << "no candidate";
}

TEST(KubeScores, LookAtAllOfFewNodesAndAtAShareOfMany) {
  EXPECT_EQ(feasible_nodes_wanted(99, 0), 99);
  EXPECT_EQ(feasible_nodes_wanted(1000, 0), 420);
  EXPECT_EQ(feasible_nodes_wanted(5000, 0), 500);
  EXPECT_EQ(feasible_nodes_wanted(6000, 0), 300);
  EXPECT_EQ(feasible_nodes_wanted(1000, 5), 100);
}

}  // namespace
}  // namespace seatrial

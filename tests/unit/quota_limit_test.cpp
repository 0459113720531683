// policies/quota_limit.h: which limit stands in the way.
#include "policies/quota_limit.h"

#include <gtest/gtest.h>

#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

using Kind = QuotaLimit::Kind;
constexpr FlavorResourceId kGpu{0};

QuotaLimit limit_of(const QuotaTree& tree, QuotaNodeId queue, std::int64_t gpus) {
  QueueFlavors flavors;
  flavors.groups = {{{ResourceId{0}}, {ResourceFlavorId{0}}, {kGpu}}};
  PodSetRequest request;
  request.per_pod = {{ResourceId{0}, gpus}};
  return quota_limit(tree, queue, flavors, request);
}

TEST(QuotaLimit, NamesTheFirstThatBinds) {
  QuotaBuilder build;
  const QuotaNodeId all = build.cohort("all");
  const QuotaNodeId a = build.queue("a", all, {.of = kGpu, .nominal = 4, .borrowing_limit = 2});
  const QuotaNodeId b = build.queue("b", all, {.of = kGpu, .nominal = 4});
  const QuotaNodeId alone = build.queue("alone", {}, {.of = kGpu, .nominal = 4});
  QuotaTree tree(build.spec);
  EXPECT_EQ(limit_of(tree, a, 6).kind, Kind::None);
  EXPECT_EQ(limit_of(tree, a, 7).kind, Kind::TooLarge);
  EXPECT_EQ(limit_of(tree, a, 7).left, 6);
  EXPECT_EQ(limit_of(tree, alone, 5).kind, Kind::TooLarge);
  tree.add_usage(alone, {kGpu, 3});
  EXPECT_EQ(limit_of(tree, alone, 2).kind, Kind::Nominal);
  EXPECT_EQ(limit_of(tree, alone, 2).left, 1);
  tree.add_usage(a, {kGpu, 5});
  const QuotaLimit borrowing = limit_of(tree, a, 2);
  EXPECT_EQ(borrowing.kind, Kind::Borrowing);
  EXPECT_EQ(borrowing.node, a);
  EXPECT_EQ(borrowing.left, 1);
  const QuotaLimit cohort = limit_of(tree, b, 4);
  EXPECT_EQ(cohort.kind, Kind::Cohort);
  EXPECT_EQ(cohort.node, all);
  EXPECT_EQ(cohort.left, 3);
}

TEST(QuotaLimit, OfSeveralFlavorsTheOneWithTheMostLeft) {
  QuotaBuilder build;
  const QuotaNodeId queue = build.queue("a", {}, {.of = kGpu, .nominal = 4});
  build.spec.flavor_resources = {{"x", "gpu"}, {"y", "gpu"}};
  build.spec.nodes[queue.index].limits.push_back({.of = FlavorResourceId{1}, .nominal = 8});
  QuotaTree tree(build.spec);
  tree.add_usage(queue, {FlavorResourceId{1}, 6});
  QueueFlavors flavors;
  flavors.groups = {{{ResourceId{0}}, {ResourceFlavorId{0}, ResourceFlavorId{1}}, {kGpu, FlavorResourceId{1}}}};
  PodSetRequest request;
  request.per_pod = {{ResourceId{0}, 5}};
  EXPECT_EQ(quota_limit(tree, queue, flavors, request).of, FlavorResourceId{1});  // of x there can never be 5
  request.unusable = {ResourceFlavorId{1}};
  EXPECT_EQ(quota_limit(tree, queue, flavors, request).kind, Kind::TooLarge);
  request.unusable.push_back(ResourceFlavorId{0});
  EXPECT_EQ(quota_limit(tree, queue, flavors, request).kind, Kind::NoFlavor);
}

}  // namespace
}  // namespace seatrial

// policies/kueue_flavors.h: the order in which flavors are tried, and when the search stops.
#include "policies/kueue_flavors.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

constexpr ResourceId kGpus{0};
constexpr ResourceId kPods{1};
constexpr ResourceFlavorId kFirst{0};
constexpr ResourceFlavorId kSecond{1};

class Given final : public PreemptionOracle {
 public:
  SimulatedPreemption simulate(QuotaAmount amount) override {
    ++asked;
    return results[amount.of];
  }
  std::map<FlavorResourceId, SimulatedPreemption> results;
  int asked = 0;
};

// One queue with two flavors of 4 GPUs in a cohort whose other queue has 4 more of each.
struct World {
  QuotaBuilder build;
  QuotaNodeId queue;
  QueueFlavors flavors;
  Column<ResourceFlavorId, ResourceFlavor> specs{2};
  Given oracle;

  World() {
    build.spec.flavor_resources = {{"first", "gpu"}, {"second", "gpu"}};
    const QuotaNodeId cohort = build.cohort("all");
    for (const char* name : {"mine", "theirs"}) {
      const QuotaNodeId id = build.queue(name, cohort, {.of = FlavorResourceId{0}, .nominal = 4});
      build.spec.nodes[id.index].limits.push_back({.of = FlavorResourceId{1}, .nominal = 4});
    }
    queue = QuotaNodeId{1};
    flavors.groups = {{{kGpus}, {kFirst, kSecond}, {FlavorResourceId{0}, FlavorResourceId{1}}}};
  }

  FlavorAssignment assign(const QuotaTree& tree, const std::vector<PodSetRequest>& sets) {
    return assign_flavors({tree, queue, flavors, specs, ResourceId{}}, sets, oracle);
  }
  FlavorAssignment assign(std::int64_t gpus, std::int64_t used_of_first = 0) {
    QuotaTree tree(build.spec);
    tree.add_usage(queue, QuotaAmount{FlavorResourceId{0}, used_of_first});
    return assign(tree, {asks(gpus)});
  }
  static PodSetRequest asks(std::int64_t gpus, std::uint32_t count = 1) {
    PodSetRequest request;
    request.count = count;
    request.per_pod = {{kGpus, gpus}};
    return request;
  }
};

TEST(FlavorAssigner, TakesTheFirstThatFits) {
  World world;
  const FlavorAssignment found = world.assign(3);
  EXPECT_EQ(found.mode, FlavorMode::Fit);
  EXPECT_EQ(found.pod_sets[0][0].flavor, kFirst);
  EXPECT_EQ(found.pod_sets[0][0].tried, 0);
  EXPECT_EQ(found.borrowing, 0U);
}

TEST(FlavorAssigner, BorrowsBeforeTheNextFlavorUnlessToldOtherwise) {
  World world;
  EXPECT_EQ(world.assign(3, 2).pod_sets[0][0].flavor, kFirst);
  EXPECT_EQ(world.assign(3, 2).borrowing, 1U);
  world.flavors.fungibility.next_before_borrowing = true;
  EXPECT_EQ(world.assign(3, 2).pod_sets[0][0].flavor, kSecond);
  EXPECT_EQ(world.assign(3, 2).pod_sets[0][0].tried, -1);
  EXPECT_EQ(world.assign(6).pod_sets[0][0].flavor, kFirst);  // both borrow: the first stays
}

TEST(FlavorAssigner, PreemptsOnlyIfNoFlavorFitsUnlessToldOtherwise) {
  World world;
  world.oracle.results[FlavorResourceId{0}] = {PreemptionOutlook::Preempt, 0};
  EXPECT_EQ(world.assign(3, 8).pod_sets[0][0].flavor, kSecond);
  world.flavors.fungibility.next_before_preempting = false;
  const FlavorAssignment found = world.assign(3, 8);
  EXPECT_EQ(found.mode, FlavorMode::Preempt);
  EXPECT_EQ(found.pod_sets[0][0].flavor, kFirst);
}

TEST(FlavorAssigner, WithoutCandidatesTheNextFlavorIsTriedAnyway) {
  World world;
  world.flavors.fungibility.next_before_preempting = false;
  EXPECT_EQ(world.assign(3, 8).pod_sets[0][0].flavor, kSecond);
}

TEST(FlavorAssigner, PreemptionOverBorrowingPrefersLowerHeights) {
  World world;
  world.flavors.fungibility = {.next_before_borrowing = true, .preempt_rather_than_borrow = true};
  world.oracle.results[FlavorResourceId{1}] = {PreemptionOutlook::Preempt, 0};
  QuotaTree tree(world.build.spec);
  tree.add_usage(world.queue, QuotaAmount{FlavorResourceId{0}, 4});
  tree.add_usage(QuotaNodeId{2}, QuotaAmount{FlavorResourceId{1}, 8});
  EXPECT_EQ(world.assign(tree, {World::asks(2)}).mode, FlavorMode::Preempt);
  world.flavors.fungibility.preempt_rather_than_borrow = false;
  EXPECT_EQ(world.assign(tree, {World::asks(2)}).mode, FlavorMode::Fit);
}

TEST(FlavorAssigner, NeverMoreThanTheTreeCouldGive) {
  World world;
  EXPECT_EQ(world.assign(9).mode, FlavorMode::NoFit);
  EXPECT_EQ(world.oracle.asked, 0);
}

TEST(FlavorAssigner, PodSetsSeeEachOther) {
  World world;
  const QuotaTree tree(world.build.spec);
  const FlavorAssignment found = world.assign(tree, {World::asks(3, 2), World::asks(3), World::asks(9)});
  ASSERT_EQ(found.pod_sets.size(), 3U);
  EXPECT_EQ(found.pod_sets[0][0].flavor, kFirst);
  EXPECT_EQ(found.pod_sets[1][0].flavor, kSecond);
  EXPECT_TRUE(found.pod_sets[2].empty());
  EXPECT_EQ(found.mode, FlavorMode::NoFit);
}

TEST(FlavorAssigner, GoesOnAfterTheFlavorsTriedBefore) {
  World world;
  PodSetRequest request = World::asks(1);
  request.tried = {0};
  const QuotaTree tree(world.build.spec);
  EXPECT_EQ(world.assign(tree, {request}).pod_sets[0][0].flavor, kSecond);
  request.tried = {-1};
  EXPECT_EQ(world.assign(tree, {request}).pod_sets[0][0].flavor, kFirst);
}

TEST(FlavorAssigner, SkipsTaintsAndForeignLabels) {
  World world;
  world.specs[kFirst].taints = {{"spot", "yes", TaintEffect::NoSchedule}};
  EXPECT_EQ(world.assign(1).pod_sets[0][0].flavor, kSecond);
  world.specs[kFirst].tolerations = {{"spot", true, "", TaintEffect::Any}};
  EXPECT_EQ(world.assign(1).pod_sets[0][0].flavor, kFirst);
  world.specs[kFirst].labels = {{"type", "a"}};
  world.specs[kSecond].labels = {{"type", "b"}};
  PodSetRequest request = World::asks(1);
  request.node_selector = {{"type", "b"}, {"unknown to flavors", "x"}};
  const QuotaTree tree(world.build.spec);
  EXPECT_EQ(world.assign(tree, {request}).pod_sets[0][0].flavor, kSecond);
}

TEST(FlavorAssigner, NothingAskedOfWhatNoGroupCovers) {
  World world;
  const QuotaTree tree(world.build.spec);
  PodSetRequest request = World::asks(1);
  request.per_pod.push_back({kPods, 0});
  EXPECT_EQ(world.assign(tree, {request}).mode, FlavorMode::Fit);
  request.per_pod.back().amount = 1;
  EXPECT_EQ(world.assign(tree, {request}).mode, FlavorMode::NoFit);
}

TEST(Tolerations, FollowKubernetes) {
  const KeyedTaint taint{"gpu", "a", TaintEffect::NoSchedule};
  EXPECT_TRUE(tolerates({"gpu", false, "a", TaintEffect::Any}, taint));
  EXPECT_FALSE(tolerates({"gpu", false, "b", TaintEffect::Any}, taint));
  EXPECT_TRUE(tolerates({"gpu", true, "b", TaintEffect::NoSchedule}, taint));
  EXPECT_FALSE(tolerates({"gpu", true, "", TaintEffect::NoExecute}, taint));
  EXPECT_TRUE(tolerates({"", true, "", TaintEffect::Any}, taint));
  EXPECT_FALSE(tolerates({"", false, "a", TaintEffect::Any}, taint));
  EXPECT_TRUE(tolerates_all({}, {{"gpu", "a", TaintEffect::PreferNoSchedule}}));
}

}  // namespace
}  // namespace seatrial

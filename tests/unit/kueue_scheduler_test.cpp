// policies/kueue_scheduler.h: heads, order, reservations and what wakes a queue, on one cohort of two or three queues.
#include "policies/kueue_scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr FlavorResourceId kGpu{0};

KueueRules rules_of(const QuotaTreeSpec& spec) {
  KueueRules rules;
  rules.quotas = spec;
  rules.flavors.push_back({});
  for (const QuotaNodeSpec& node : spec.nodes) {
    ClusterQueueRules queue;
    if (!node.is_cohort) queue.flavors.groups = {{{ResourceId{0}}, {ResourceFlavorId{0}}, {kGpu}}};
    rules.queues.push_back(queue);
  }
  return rules;
}

// A cohort with queues of 4 GPUs each.
struct Cohort {
  QuotaBuilder build;
  QuotaNodeId all = build.cohort("all");
  QuotaNodeId a = build.queue("a", all, {.of = kGpu, .nominal = 4});
  QuotaNodeId b = build.queue("b", all, {.of = kGpu, .nominal = 4});
  KueueRules rules = rules_of(build.spec);
};

KueueWorkload asks(QuotaNodeId queue, std::int64_t gpus, std::int64_t queued_at, std::int32_t priority = 0) {
  PodSetRequest request;
  request.per_pod = {{ResourceId{0}, gpus}};
  return {queue, priority, queued_at, {{request, std::nullopt}}};
}

std::vector<std::uint32_t> admitted(const CycleResult& result) {
  std::vector<std::uint32_t> ids;
  for (const QuotaAdmission& each : result.admitted) ids.push_back(each.id.index);
  return ids;
}

std::vector<std::uint32_t> run(KueueScheduler& scheduler) {
  std::vector<std::uint32_t> ids;
  for (int cycles = 0; scheduler.has_work(); ++cycles) {
    EXPECT_LT(cycles, 1000);
    for (const std::uint32_t id : admitted(scheduler.cycle(0))) ids.push_back(id);
  }
  return ids;
}

TEST(KueueScheduler, OneHeadOfEachQueuePerCycleNotBorrowingFirst) {
  Cohort world;
  KueueScheduler scheduler(world.rules);
  scheduler.submit(asks(world.a, 6, 0));
  scheduler.submit(asks(world.a, 1, 1));
  scheduler.submit(asks(world.b, 2, 5));
  EXPECT_THAT(admitted(scheduler.cycle(0)), ElementsAre(2, 0));  // 2 within its quota, though later
  EXPECT_THAT(admitted(scheduler.cycle(0)), IsEmpty());
  EXPECT_FALSE(scheduler.has_work());
  scheduler.finish(HeldQuotaId{2});
  EXPECT_THAT(run(scheduler), ElementsAre(1));
}

TEST(KueueScheduler, PriorityThenTimeWithinAQueue) {
  Cohort world;
  KueueScheduler scheduler(world.rules);
  scheduler.submit(asks(world.a, 1, 9));
  scheduler.submit(asks(world.a, 1, 3));
  scheduler.submit(asks(world.a, 1, 99, 5));
  scheduler.submit(asks(world.a, 1, 3));
  EXPECT_THAT(run(scheduler), ElementsAre(2, 1, 3, 0));
}

TEST(KueueScheduler, StrictFifoBlocksItsQueueAndBestEffortDoesNot) {
  for (const bool strict : {true, false}) {
    Cohort world;
    world.rules.queues[world.a].strict_fifo = strict;
    KueueScheduler scheduler(world.rules);
    scheduler.submit(asks(world.a, 9, 0));  // more than there is
    scheduler.submit(asks(world.a, 1, 1));
    scheduler.submit(asks(world.b, 1, 1));
    EXPECT_EQ(run(scheduler).size(), strict ? 1U : 2U);
    EXPECT_EQ(scheduler.waiting(), strict ? 2U : 1U);
  }
}

TEST(KueueScheduler, WhatNoLongerFitsIsTriedAgainInTheNextCycle) {
  Cohort world;
  KueueScheduler scheduler(world.rules);
  scheduler.submit(asks(world.a, 6, 0));
  scheduler.submit(asks(world.b, 5, 1));
  EXPECT_THAT(admitted(scheduler.cycle(0)), ElementsAre(0));
  EXPECT_TRUE(scheduler.has_work());
  EXPECT_THAT(run(scheduler), IsEmpty());
  scheduler.finish(HeldQuotaId{0});
  EXPECT_THAT(run(scheduler), ElementsAre(1));
}

TEST(KueueScheduler, APreemptorWaitsForItsVictimsAndKeepsItsClaim) {
  Cohort world;
  world.rules.queues[world.a].preemption.reclaim_within_cohort = PreemptionPolicy::Any;
  KueueScheduler scheduler(world.rules);
  scheduler.submit(asks(world.b, 4, 0));
  EXPECT_THAT(run(scheduler), ElementsAre(0));
  scheduler.submit(asks(world.b, 4, 1));
  EXPECT_THAT(run(scheduler), ElementsAre(1));
  scheduler.submit(asks(world.a, 4, 2));
  const CycleResult preempting = scheduler.cycle(0);
  ASSERT_EQ(preempting.evicted.size(), 1U);
  EXPECT_EQ(preempting.evicted[0].preemptor, HeldQuotaId{2});
  EXPECT_EQ(preempting.evicted[0].reason, VictimReason::InCohortReclamation);
  EXPECT_THAT(preempting.admitted, IsEmpty());
  EXPECT_FALSE(scheduler.has_work());
  scheduler.submit(asks(world.b, 1, 3));  // may not slip in before the preemptor
  EXPECT_THAT(run(scheduler), IsEmpty());
  scheduler.give_up(preempting.evicted[0].id);
  EXPECT_THAT(run(scheduler), ElementsAre(2));
  EXPECT_EQ(scheduler.waiting(), 2U);
}

// An older workload of its queue, woken by the very release, must not take its turn: else the victim is admitted again,
// and evicted again, for ever.
TEST(KueueScheduler, APreemptorStaysTheHeadWhoeverIsWoken) {
  Cohort world;
  world.rules.queues[world.a].preemption.reclaim_within_cohort = PreemptionPolicy::Any;
  KueueScheduler scheduler(world.rules);
  scheduler.submit(asks(world.b, 8, 0));
  EXPECT_THAT(run(scheduler), ElementsAre(0));
  scheduler.submit(asks(world.a, 9, 1));  // more than there is
  EXPECT_THAT(run(scheduler), IsEmpty());
  scheduler.submit(asks(world.a, 4, 2));
  const CycleResult preempting = scheduler.cycle(0);
  ASSERT_EQ(preempting.evicted.size(), 1U);
  scheduler.give_up(preempting.evicted[0].id);
  EXPECT_THAT(run(scheduler), ElementsAre(2));
  EXPECT_FALSE(scheduler.has_work());
}

TEST(KueueScheduler, QuotaIsReservedForAHeadWithoutCandidates) {
  for (const bool reclaims : {false, true}) {
    Cohort world;
    world.rules.quotas.nodes[world.b.index].limits[0].lending_limit = 0;
    world.rules.queues[world.a].strict_fifo = true;
    if (reclaims) world.rules.queues[world.a].preemption.reclaim_within_cohort = PreemptionPolicy::Any;
    KueueScheduler scheduler(world.rules);
    scheduler.submit(asks(world.a, 3, 0));
    EXPECT_THAT(run(scheduler), ElementsAre(0));
    scheduler.submit(asks(world.a, 4, 1));
    scheduler.submit(asks(world.b, 5, 2));                 // would borrow the GPU that the head of `a` waits for
    EXPECT_EQ(run(scheduler).size(), reclaims ? 1U : 0U);  // who can reclaim it lets it go
  }
}

TEST(KueueScheduler, FairSharingTakesTheLowestShareFirst) {
  for (const bool fair : {false, true}) {
    QuotaBuilder build;
    const QuotaNodeId all = build.cohort("all", {}, {.of = kGpu, .nominal = 8});
    const QuotaNodeId a = build.queue("a", all, {.of = kGpu, .nominal = 0});
    const QuotaNodeId b = build.queue("b", all, {.of = kGpu, .nominal = 0});
    KueueRules rules = rules_of(build.spec);
    rules.fair_sharing = fair;
    KueueScheduler scheduler(rules);
    scheduler.submit(asks(a, 4, 0));
    EXPECT_THAT(run(scheduler), ElementsAre(0));
    scheduler.submit(asks(a, 2, 1, 9));
    scheduler.submit(asks(b, 2, 2));
    EXPECT_THAT(admitted(scheduler.cycle(0)), fair ? ElementsAre(2, 1) : ElementsAre(1, 2));
  }
}

TEST(KueueScheduler, TheTournamentGoesDownTheTree) {
  QuotaBuilder build;
  const QuotaNodeId root = build.cohort("root", {}, {.of = kGpu, .nominal = 10});
  const QuotaNodeId left = build.cohort("left", root);
  const QuotaNodeId right = build.cohort("right", root);
  const QuotaNodeId l1 = build.queue("l1", left, {.of = kGpu, .nominal = 0});
  const QuotaNodeId l2 = build.queue("l2", left, {.of = kGpu, .nominal = 0});
  const QuotaNodeId r1 = build.queue("r1", right, {.of = kGpu, .nominal = 0});
  KueueRules rules = rules_of(build.spec);
  rules.fair_sharing = true;
  KueueScheduler scheduler(rules);
  scheduler.submit(asks(l1, 3, 0));
  EXPECT_THAT(run(scheduler), ElementsAre(0));
  scheduler.submit(asks(l1, 1, 0));
  scheduler.submit(asks(l2, 2, 0));
  scheduler.submit(asks(r1, 4, 9));
  // right with 4 ties with left with 4; left's best is l2, which makes it 5.
  EXPECT_THAT(admitted(scheduler.cycle(0)), ElementsAre(3, 2, 1));
}

TEST(KueueScheduler, AdmitsFewerPodsIfAllDoNotFit) {
  Cohort world;
  KueueScheduler scheduler(world.rules);
  KueueWorkload workload = asks(world.a, 1, 0);
  workload.pod_sets[0].request.count = 20;
  workload.pod_sets[0].min_count = 3;
  scheduler.submit(workload);
  const CycleResult result = scheduler.cycle(0);
  ASSERT_EQ(result.admitted.size(), 1U);
  EXPECT_THAT(result.admitted[0].counts, ElementsAre(8));
  EXPECT_EQ(scheduler.quotas().usage(world.all, kGpu), 8);
}

}  // namespace
}  // namespace seatrial

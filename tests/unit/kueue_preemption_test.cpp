// policies/kueue_preemption.h and kueue_partial_admission.h on trees that can be followed by hand.
#include "policies/kueue_preemption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policies/kueue_partial_admission.h"
#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr FlavorResourceId kGpu{0};
const std::vector<FairStrategy> kBoth{FairStrategy::LessThanOrEqualToFinalShare, FairStrategy::LessThanInitialShare};

// Two queues of a cohort, `mine` and `theirs`, and what is held in them.
struct Shared {
  QuotaBuilder build;
  QuotaNodeId cohort = build.cohort("all");
  QuotaNodeId mine = build.queue("mine", cohort, {.of = kGpu, .nominal = 4});
  QuotaNodeId theirs = build.queue("theirs", cohort, {.of = kGpu, .nominal = 4});
  QuotaTree tree{build.spec};
  QuotaShares shares{tree};
  Column<QuotaNodeId, QueuePreemption> policies{3};
  HeldQuotas held{3};
  std::uint32_t workloads = 0;

  HeldQuotaId hold(QuotaNodeId queue, std::int64_t gpus, std::int32_t priority = 0, std::int64_t reserved_at = 0) {
    const HeldQuotaId id{workloads++};
    held.add(id, {.queue = queue, .priority = priority, .reserved_at = reserved_at, .usage = {{kGpu, gpus}}});
    tree.add_usage(queue, QuotaAmount{kGpu, gpus});
    return id;
  }
  [[nodiscard]] QuotaRequest ask(std::int64_t gpus, std::int32_t priority = 0) const {
    return {.queue = mine, .priority = priority, .usage = {{kGpu, gpus}}, .short_of = {kGpu}};
  }
  [[nodiscard]] QuotaView view() { return {tree, shares, policies, held}; }
};

std::vector<std::string> shown(const std::vector<Victim>& victims) {
  std::vector<std::string> texts;
  for (const Victim& victim : victims) texts.push_back(std::to_string(victim.id.index) + " " + name_of(victim.reason));
  return texts;
}

TEST(ClassicalVictims, NoneWithoutAPolicy) {
  Shared world;
  world.hold(world.theirs, 8);
  EXPECT_THAT(classical_victims(world.view(), world.ask(2, 10)), IsEmpty());
}

TEST(ClassicalVictims, LowestPriorityThenLatestOfTheOwnQueue) {
  Shared world;
  world.policies[world.mine].within_queue = PreemptionPolicy::LowerPriority;
  world.hold(world.theirs, 4);
  world.hold(world.mine, 1, 1, 0);
  world.hold(world.mine, 1, 0, 5);
  world.hold(world.mine, 1, 0, 7);
  world.hold(world.mine, 1, 2, 9);
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(1, 2))), ElementsAre("3 InClusterQueue"));
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(2, 2))),
              ElementsAre("3 InClusterQueue", "2 InClusterQueue"));
  EXPECT_THAT(classical_victims(world.view(), world.ask(4, 2)), IsEmpty());
  world.held.set_evicted(HeldQuotaId{1});
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(1, 2))), ElementsAre("1 InClusterQueue"));
}

TEST(ClassicalVictims, ReclaimsLentQuotaAndNoMore) {
  Shared world;
  world.policies[world.mine].reclaim_within_cohort = PreemptionPolicy::Any;
  world.hold(world.theirs, 4, 100);
  world.hold(world.theirs, 4, 50);
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(4))), ElementsAre("1 InCohortReclamation"));
  EXPECT_THAT(classical_victims(world.view(), world.ask(5)), IsEmpty());  // that would be their own
  EXPECT_EQ(world.tree.usage(world.theirs, kGpu), 8);
}

TEST(ClassicalVictims, BorrowingStopsAtTheThreshold) {
  Shared world;
  world.policies[world.mine] = {.reclaim_within_cohort = PreemptionPolicy::LowerPriority,
                                .borrow_within_cohort = true,
                                .max_priority_threshold = 3};
  world.hold(world.mine, 2, 100);
  world.hold(world.theirs, 2, 4);
  world.hold(world.theirs, 4, 3);
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(3, 9))), ElementsAre("2 InCohortReclaimWhileBorrowing"));
  world.policies[world.mine].max_priority_threshold = 2;
  EXPECT_THAT(classical_victims(world.view(), world.ask(3, 9)), IsEmpty());
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(2, 9))), ElementsAre("2 InCohortReclamation"));
}

TEST(ClassicalVictims, ThoseThatNeedNotGoStay) {
  Shared world;
  world.policies[world.mine].within_queue = PreemptionPolicy::LowerPriority;
  world.hold(world.theirs, 4);
  world.hold(world.mine, 1, 0);
  world.hold(world.mine, 3, 1);
  EXPECT_THAT(shown(classical_victims(world.view(), world.ask(3, 2))), ElementsAre("2 InClusterQueue"));
}

TEST(FairVictims, ComeFromTheHighestShareUntilSharesMeet) {
  Shared world;
  world.policies[world.mine].reclaim_within_cohort = PreemptionPolicy::Any;
  for (int i = 0; i < 8; ++i) world.hold(world.theirs, 1);
  EXPECT_THAT(
      shown(fair_victims(world.view(), world.ask(4), kBoth)),
      ElementsAre("0 InCohortReclamation", "1 InCohortReclamation", "2 InCohortReclamation", "3 InCohortReclamation"));
  EXPECT_THAT(fair_victims(world.view(), world.ask(5), kBoth), IsEmpty());  // above nominal: no better than they are
}

TEST(FairVictims, TheSecondStrategyTakesWhatTheFirstRefused) {
  Shared world;
  world.policies[world.mine].reclaim_within_cohort = PreemptionPolicy::Any;
  world.hold(world.theirs, 8);
  EXPECT_THAT(fair_victims(world.view(), world.ask(5), {FairStrategy::LessThanOrEqualToFinalShare}), IsEmpty());
  EXPECT_THAT(shown(fair_victims(world.view(), world.ask(5), kBoth)), ElementsAre("0 InCohortFairSharing"));
  EXPECT_THAT(fair_victims(world.view(), world.ask(8), kBoth), IsEmpty());  // as high as they were
  EXPECT_EQ(world.tree.usage(world.mine, kGpu), 0);
  EXPECT_EQ(world.tree.usage(world.cohort, kGpu), 8);
}

TEST(PreemptionPolicies, CompareByPriorityThenPlace) {
  struct Case {
    PreemptionPolicy policy;
    std::int32_t candidate;
    std::int64_t queued_at;
    bool allowed;
  };
  for (const Case& each :
       {Case{PreemptionPolicy::Never, 0, 9, false}, Case{PreemptionPolicy::LowerPriority, 4, 0, true},
        Case{PreemptionPolicy::LowerPriority, 5, 9, false},
        Case{PreemptionPolicy::LowerOrNewerEqualPriority, 5, 9, true},
        Case{PreemptionPolicy::LowerOrNewerEqualPriority, 5, 2, false},
        Case{PreemptionPolicy::LowerOrNewerEqualPriority, 6, 9, false}, Case{PreemptionPolicy::Any, 99, 0, true}}) {
    EXPECT_EQ(allows(each.policy, {5, 2}, {each.candidate, each.queued_at}), each.allowed) << each.candidate;
  }
}

TEST(CountSearch, FindsTheSmallestReduction) {
  for (std::uint32_t most = 0; most <= 30; ++most) {
    CountSearch search({{10, 4}, {10, std::nullopt}, {7, 2}, {3, 9}});
    const auto total = [](const std::vector<std::uint32_t>& counts) {
      return counts[0] + counts[1] + counts[2] + counts[3];
    };
    int tries = 0;
    while (!search.done()) {
      search.answer(total(search.counts()) <= most);
      ++tries;
    }
    EXPECT_LE(tries, 4);
    const auto found = search.found();
    ASSERT_EQ(found.has_value(), most >= 19) << most;
    if (!found) continue;
    EXPECT_LE(total(*found), most);
    EXPECT_GE(total(*found) + 1, std::min(most, 30U)) << most;  // two counts may round down at once
    EXPECT_EQ((*found)[1], 10U);
    EXPECT_EQ((*found)[3], 3U);
  }
  EXPECT_TRUE(CountSearch({{5, std::nullopt}}).done());
  EXPECT_FALSE(CountSearch({{5, std::nullopt}}).found().has_value());
}

}  // namespace
}  // namespace seatrial

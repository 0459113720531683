// policies/partition_on_demand.h: which GPU is re-cut, what is kept, when it has to wait, whom a drain would cost
// least.
#include "policies/partition_on_demand.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

using StateId = MigGeometry::StateId;

constexpr Duration kSecond{1'000'000'000};

class OnDemand : public testing::Test {
 protected:
  OnDemand()
      : geometry(*find_mig_family("a100-40")),
        lookahead(geometry, equal_mig_weights(geometry.family())),
        pool(lookahead, 3) {}

  [[nodiscard]] std::size_t profile(const char* name) const { return geometry.family().find(name).value(); }
  [[nodiscard]] std::uint8_t place(const char* name, std::uint8_t start) const {
    return geometry.place_at(profile(name), start).value();
  }
  void create(std::uint32_t gpu, const char* name, std::uint8_t start, bool busy) {
    pool.create({gpu, place(name, start)});
    if (busy) pool.use({gpu, place(name, start)});
  }
  [[nodiscard]] RecutDecision recut(const char* name, const RecutMoment& moment = {},
                                    const RecutRule& rule = {}) const {
    return plan_recut(pool, profile(name), moment, rule);
  }

  MigGeometry geometry;
  MigLookahead lookahead;
  MigPool pool;
};

TEST_F(OnDemand, KeepsBusyInstancesAndWhatDoesNotOverlap) {
  create(0, "7g.40gb", 0, true);
  create(1, "7g.40gb", 0, true);
  create(2, "4g.20gb", 0, true);
  create(2, "1g.5gb", 4, false);
  create(2, "1g.5gb", 6, false);
  // Two slices for 2g are left at 4 alone, where the idle 1g lies; the one at 6 stays.
  const RecutDecision decision = recut("2g.10gb");
  ASSERT_TRUE(decision.plan.has_value());
  EXPECT_EQ(decision.plan->instance, (MigInstance{2, place("2g.10gb", 4)}));
  EXPECT_EQ(decision.plan->destroyed, 1U);
  pool.recut(2, decision.plan->existing);
  pool.use(decision.plan->instance);
  EXPECT_EQ(pool.idle(2), MigInstances{1} << place("1g.5gb", 6));
  EXPECT_EQ(pool.busy_instances(profile("4g.20gb")), 1U);
}

TEST_F(OnDemand, DestroysAsLittleAsPossible) {
  create(0, "1g.5gb", 4, false);
  create(0, "1g.5gb", 5, false);
  create(0, "1g.5gb", 6, false);
  create(0, "4g.20gb", 0, true);
  create(1, "3g.20gb", 4, false);
  create(1, "4g.20gb", 0, true);
  create(2, "7g.40gb", 0, true);
  EXPECT_EQ(recut("3g.20gb", {}, {.looked_at = 1}).plan->instance.gpu, 0U);
  const RecutDecision decision = recut("2g.10gb");
  EXPECT_EQ(decision.plan->instance.gpu, 1U);  // one instance goes instead of two
  EXPECT_EQ(decision.plan->destroyed, 1U);
  // Unless that one is worth more.
  std::vector<std::uint32_t> keep(geometry.profiles(), 1);
  keep[profile("3g.20gb")] = 5;
  EXPECT_EQ(recut("2g.10gb", {.keep = keep}).plan->instance.gpu, 0U);
}

TEST_F(OnDemand, ComputeSlicesCanForceAnIdleInstanceOut) {
  // 3g at 0 and 3g at 4 hold six compute slices; a 4g beside the busy 3g at 4 leaves none for the double-memory 1g.
  create(0, "3g.20gb", 4, true);
  create(0, "1g.10gb", 0, false);
  create(0, "1g.10gb", 2, false);
  pool.withdraw(1);
  pool.withdraw(2);
  const RecutDecision decision = recut("4g.20gb");
  ASSERT_TRUE(decision.plan.has_value());
  EXPECT_EQ(decision.plan->destroyed, 2U);
  EXPECT_EQ(geometry.compute_used(decision.plan->existing), 7);
}

TEST_F(OnDemand, WaitsBeforeARecutAndBetweenTwo) {
  create(0, "7g.40gb", 0, false);
  pool.withdraw(1);
  pool.withdraw(2);
  const RecutRule rule{.min_wait = Duration{5 * kSecond.ns}, .min_interval = Duration{60 * kSecond.ns}};
  const Time now{100 * kSecond.ns};
  const std::vector<Time> last(3, Time{70 * kSecond.ns});
  const RecutDecision early =
      recut("1g.5gb", {.now = now, .waited = Duration{2 * kSecond.ns}, .last_recut = last}, rule);
  EXPECT_EQ(early.refusal, RecutRefusal::TooEarly);
  EXPECT_EQ(early.retry_at, Time{103 * kSecond.ns});
  const RecutDecision resting = recut("1g.5gb", {.now = now, .waited = rule.min_wait, .last_recut = last}, rule);
  EXPECT_EQ(resting.refusal, RecutRefusal::Resting);
  EXPECT_EQ(resting.retry_at, Time{130 * kSecond.ns});
  const RecutDecision rested =
      recut("1g.5gb", {.now = resting.retry_at, .waited = rule.min_wait, .last_recut = last}, rule);
  EXPECT_TRUE(rested.plan.has_value());
  EXPECT_EQ(rested.refusal, RecutRefusal::None);
}

TEST_F(OnDemand, SaysThatThereIsNoRoom) {
  for (std::uint32_t gpu = 0; gpu < 3; ++gpu) create(gpu, "4g.20gb", 0, true);
  EXPECT_EQ(recut("4g.20gb").refusal, RecutRefusal::NoRoom);
}

TEST_F(OnDemand, DrainsWhereVictimsCostLeast) {
  create(0, "1g.5gb", 0, true);
  create(0, "1g.5gb", 1, true);
  create(1, "3g.20gb", 0, true);
  create(2, "7g.40gb", 0, true);
  std::vector<std::int64_t> cost(3 * geometry.places().size(), 0);
  const auto set = [&](std::uint32_t gpu, const char* name, std::uint8_t start, std::int64_t of) {
    cost[gpu * geometry.places().size() + place(name, start)] = of;
  };
  set(0, "1g.5gb", 0, 6);
  set(0, "1g.5gb", 1, 5);
  set(1, "3g.20gb", 0, 8);
  set(2, "7g.40gb", 0, 7);
  const auto stop = plan_drain(pool, profile("4g.20gb"), cost, VictimCost::Sum);
  ASSERT_TRUE(stop.has_value());
  EXPECT_EQ(stop->gpu, 2U);
  EXPECT_EQ(stop->removal.cost, 7);
  const auto wait = plan_drain(pool, profile("4g.20gb"), cost, VictimCost::Longest);
  EXPECT_EQ(wait->gpu, 0U);  // both end within 6
  EXPECT_EQ(wait->removal.cost, 6);
  EXPECT_EQ(std::popcount(wait->removal.victims), 2);
}

// The cheapest removal against all subsets of victims and all placements, on random states.
TEST_F(OnDemand, CheapestRemovalIsTheCheapest) {
  Random random(4, "removal");
  for (int round = 0; round < 300; ++round) {
    const auto state = static_cast<StateId>(random.below(geometry.states()));
    std::vector<std::int64_t> cost;
    for (std::size_t i = 0; i < geometry.places().size(); ++i)
      cost.push_back(static_cast<std::int64_t>(random.below(10)));
    const std::size_t wanted = random.below(geometry.profiles());
    std::int64_t cheapest = -1;
    const MigInstances all = geometry.instances(state);
    for (MigInstances victims = all;; victims = (victims - 1) & all) {
      const StateId after = geometry.find(all & ~victims);
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < cost.size(); ++i) sum += (victims >> i & 1U) != 0 ? cost[i] : 0;
      if (geometry.fits(after, wanted) && (cheapest < 0 || sum < cheapest)) cheapest = sum;
      if (victims == 0) break;
    }
    const auto found = cheapest_removal(geometry, state, wanted, cost, VictimCost::Sum);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->cost, cheapest);
  }
}

// Re-cutting, on random pools, never touches busy instances and always makes the room it promises.
TEST_F(OnDemand, PlansAreCarriedOutOnRandomPools) {
  Random random(5, "recut");
  MigPool busy_pool(lookahead, 20);
  std::vector<MigInstance> held;
  std::size_t recuts = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t wanted = random.below(geometry.profiles());
    if (auto found = busy_pool.allocate(wanted)) {
      held.push_back(*found);
    } else if (const RecutDecision decision = plan_recut(busy_pool, wanted, {}, {}); decision.plan) {
      const MigInstances busy = geometry.instances(busy_pool.busy(decision.plan->instance.gpu));
      ASSERT_EQ(busy & ~geometry.instances(decision.plan->existing), 0U);
      busy_pool.recut(decision.plan->instance.gpu, decision.plan->existing);
      busy_pool.use(decision.plan->instance);
      held.push_back(decision.plan->instance);
      ++recuts;
    } else {
      EXPECT_EQ(decision.refusal, RecutRefusal::NoRoom);
    }
    if (held.size() > 40) {
      std::swap(held[random.below(held.size())], held.back());
      busy_pool.release(held.back());
      held.pop_back();
    }
  }
  EXPECT_GT(recuts, 1000U);
}

}  // namespace
}  // namespace seatrial

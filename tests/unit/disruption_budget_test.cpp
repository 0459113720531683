// Disruption budgets: status, healthy pods, evictions, selectors.
#include "models/disruption_budget.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace seatrial {
namespace {

DisruptionBudget min_available(std::int64_t value, bool percent = false) {
  return {CountOrPercent{value, percent}, std::nullopt};
}
DisruptionBudget max_unavailable(std::int64_t value, bool percent = false) {
  return {std::nullopt, CountOrPercent{value, percent}};
}

std::int64_t allowed(const DisruptionBudget& budget, const BudgetedPods& pods) {
  const auto status = budget_status(budget, pods);
  return status ? status->disruptions_allowed : -1;
}

TEST(DisruptionBudget, CountsFromPodsOrFromControllers) {
  EXPECT_EQ(allowed(min_available(3), {5, 5, std::nullopt}), 2);
  EXPECT_EQ(allowed(min_available(3), {2, 2, std::nullopt}), 0);
  EXPECT_EQ(allowed(min_available(3), {5, 5, 10}), 2);  // a plain number looks at the pods alone
  EXPECT_EQ(allowed(max_unavailable(2), {4, 4, 5}), 1);
  EXPECT_EQ(allowed(max_unavailable(9), {4, 4, 5}), 4);
  EXPECT_EQ(allowed(min_available(50, true), {4, 4, 5}), 1);  // 3 of 5
}

TEST(DisruptionBudget, RoundsPercentagesUp) {
  EXPECT_EQ(budget_status(min_available(34, true), {3, 3, 3})->desired_healthy, 2);
  EXPECT_EQ(budget_status(max_unavailable(30, true), {7, 7, 7})->desired_healthy, 4);
  EXPECT_EQ(budget_status(min_available(100, true), {7, 7, 7})->desired_healthy, 7);
  EXPECT_EQ(budget_status(min_available(0, true), {7, 7, 7})->desired_healthy, 0);
  EXPECT_EQ((CountOrPercent{INT64_MAX, true}.of(INT64_MAX)), INT64_MAX);
}

TEST(DisruptionBudget, AllowsNothingWithoutControllersOrPods) {
  EXPECT_EQ(allowed(max_unavailable(1), {1, 1, std::nullopt}), -1);
  EXPECT_EQ(allowed(min_available(10, true), {1, 1, std::nullopt}), -1);
  EXPECT_EQ(allowed(max_unavailable(1), {0, 0, std::nullopt}), 0);
  EXPECT_EQ(allowed(min_available(0), {0, 0, std::nullopt}), 0);
  EXPECT_EQ(allowed({}, {3, 3, 3}), 0);
}

TEST(DisruptionBudget, CountsPodsThatAreReadyAndStay) {
  const Time now{500 * kNsPerSecond};
  const Time old = now - kDisruptionRecord;
  const std::vector<PodHealth> pods = {{true, false, std::nullopt},
                                       {false, false, std::nullopt},
                                       {true, true, std::nullopt},
                                       {true, false, now},
                                       {true, false, old},  // expires only afterwards
                                       {true, false, old - Duration{1}}};
  EXPECT_EQ(healthy_pods(pods, now), 2);
}

TEST(Eviction, AsksTheBudgetOfRunningPods) {
  const std::vector<EvictionBudget> none_left = {{{5, 3, 3, 0}}};
  const std::vector<EvictionBudget> one_left = {{{5, 4, 3, 1}}};
  for (const PodPhase phase : {PodPhase::Pending, PodPhase::Succeeded, PodPhase::Failed}) {
    EXPECT_EQ(evict(phase, true, none_left), Eviction::Evicted);
  }
  EXPECT_EQ(evict(PodPhase::Running, true, none_left), Eviction::Refused);
  EXPECT_EQ(evict(PodPhase::Running, true, one_left), Eviction::EvictedOnBudget);
  EXPECT_EQ(evict(PodPhase::Running, true, {}), Eviction::Evicted);
  EXPECT_EQ(evict(PodPhase::Running, true, std::vector<EvictionBudget>(2)), Eviction::SeveralBudgets);
}

TEST(Eviction, LetsUnreadyPodsGoFromHealthyApplications) {
  EvictionBudget healthy{{5, 3, 3, 0}};
  EvictionBudget unhealthy{{5, 2, 3, 0}};
  const auto ask = [](const EvictionBudget& budget) { return evict(PodPhase::Running, false, std::vector{budget}); };
  EXPECT_EQ(ask(healthy), Eviction::Evicted);
  EXPECT_EQ(ask(unhealthy), Eviction::Refused);
  unhealthy.unhealthy = UnhealthyEviction::AlwaysAllow;
  EXPECT_EQ(ask(unhealthy), Eviction::Evicted);
  EXPECT_EQ(ask({{5, 0, 0, 0}}), Eviction::Refused);  // nothing is desired: the rule does not apply
}

TEST(DisruptionBudget, SelectsByAllLabels) {
  EXPECT_TRUE(budget_selects({{"app", "a"}}, {{"app", "a"}, {"tier", "x"}}));
  EXPECT_FALSE(budget_selects({{"app", "a"}, {"tier", "y"}}, {{"app", "a"}, {"tier", "x"}}));
  EXPECT_FALSE(budget_selects({}, {{"app", "a"}}));
  EXPECT_FALSE(budget_selects({{"app", "a"}}, {}));
}

}  // namespace
}  // namespace seatrial

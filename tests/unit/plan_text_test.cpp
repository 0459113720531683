// The first sentence of a plan: the answer, the goal in words with its value, and what binds.
#include <gtest/gtest.h>

#include "reports/plan_result.h"

namespace seatrial {
namespace {

PlanResult plan_with_answer() {
  PlanResult plan;
  plan.objective_unit = "USD/h";
  plan.goals = {{"wait_s.p95 <= 1800", "wait_s.p95", "<=", 1800},
                {"gpu.allocated_ratio.mean >= 0.5", "gpu.allocated_ratio.mean", ">=", 0.5}};
  EvaluatedPoint point;
  point.settings = {{"cluster.pools[a].count", "3"}};
  point.objective = 90;
  point.goals = {{270, true}, {0.75, true}};
  plan.evaluated.push_back(point);
  plan.answer = 0;
  return plan;
}

TEST(PlanVerdict, SaysTheGoalInWordsAndWhatOneStepLessMisses) {
  PlanResult plan = plan_with_answer();
  EXPECT_EQ(plan_verdict(plan), "3 nodes of a: 90 USD/h; p95 wait <= 30 min 0 s (4 min 30 s).");
  plan.binding_goal = "wait_s.p95 <= 1800";
  EXPECT_EQ(plan_verdict(plan),
            "3 nodes of a: 90 USD/h; p95 wait <= 30 min 0 s (4 min 30 s); one step less misses it.");
  plan.binding_goal = "gpu.allocated_ratio.mean >= 0.5";
  EXPECT_EQ(
      plan_verdict(plan),
      "3 nodes of a: 90 USD/h; p95 wait <= 30 min 0 s (4 min 30 s); one step less misses GPU allocation >= 50.0 %.");
}

TEST(PlanVerdict, NamesTheGoalThatBindsWhereNothingMeetsAll) {
  PlanResult plan = plan_with_answer();
  plan.closest = plan.answer;
  plan.answer.reset();
  plan.binding_goal = "wait_s.p95 <= 1800";
  EXPECT_EQ(plan_verdict(plan),
            "Nothing within the ranges meets the goals; p95 wait <= 30 min 0 s binds: best reachable 4 min 30 s with 3 "
            "nodes of a.");
}

}  // namespace
}  // namespace seatrial

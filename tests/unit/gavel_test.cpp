// Gavel's allocations on programmes small enough to be solved by hand, and its rounds: see policies/gavel.h.
#include "policies/gavel.h"

#include <gtest/gtest.h>

#include "models/linear_program.h"

namespace seatrial {
namespace {

constexpr double kClose = 1e-6;

class Gavel : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string problem = linear_solver_problem(); !problem.empty()) GTEST_SKIP() << problem;
  }
  static GavelJob job(std::vector<double> steps_per_s) {
    GavelJob out;
    out.steps_per_s = std::move(steps_per_s);
    return out;
  }
};

TEST_F(Gavel, LinearProgrammesAreSolvedAndRefused) {
  // max 3x + 2y, x + y <= 4, x + 3y <= 6, x <= 3: 11 at (3, 1).
  IntegerProgram program;
  program.rows = {{-1e30, 4}, {-1e30, 6}};
  program.columns = {{3, 0, 3, false}, {2, 0, 1e30, false}};
  program.entries = {{{0, 1}, {1, 1}}, {{0, 1}, {1, 3}}};
  const auto solution = maximize_linear(program);
  ASSERT_TRUE(solution);
  EXPECT_NEAR(solution->objective, 11, kClose);
  EXPECT_NEAR(solution->values[1], 1, kClose);
  program.rows[0].low = 100;
  program.rows[0].high = 200;
  EXPECT_FALSE(maximize_linear(program));
}

TEST_F(Gavel, MaxMinGivesEachJobTheTypeThatItUsesBest) {
  // An equal split gives 2.5 and 1.5 steps a second; the first on the first type has 4, the other 2 on the second.
  const GavelInput input{{job({4, 1}), job({1, 2})}, {}, {1, 1}};
  const auto allocation = gavel_allocate(input, GavelObjective::MaxMin);
  ASSERT_TRUE(allocation);
  EXPECT_NEAR(allocation->value, 4.0 / 3, kClose);
  EXPECT_NEAR(allocation->share[1][1], 1, kClose);
  EXPECT_NEAR(gavel_throughput(input, *allocation)[1], 2, kClose);
  const auto blind = gavel_allocate(input, GavelObjective::MaxMinTypeBlind);
  EXPECT_NEAR(blind->value, 1, kClose);
}

TEST_F(Gavel, MaxMinSplitsByWeightAndBySize) {
  GavelInput input{{job({1}), job({1})}, {}, {1}};
  input.jobs[1].weight = 3;
  const auto weighted = gavel_allocate(input, GavelObjective::MaxMin);
  EXPECT_NEAR(weighted->share[0][0], 0.25, kClose);
  EXPECT_NEAR(weighted->share[1][0], 0.75, kClose);
  input.jobs[1].weight = 1;
  input.jobs[1].gpus = 2;
  input.gpus = {2};
  // x + 2y = 2 GPUs and x = 2y: a job of two GPUs for half of the time is worth one of one GPU for all of it.
  const auto sized = gavel_allocate(input, GavelObjective::MaxMin);
  EXPECT_NEAR(sized->share[0][0], 1, kClose);
  EXPECT_NEAR(sized->share[1][0], 0.5, kClose);
}

TEST_F(Gavel, AJobNeverRunsOnATypeThatItHasNoSpeedOn) {
  const GavelInput input{{job({5, 0}), job({5, 1})}, {}, {1, 1}};
  const auto allocation = gavel_allocate(input, GavelObjective::MaxMin);
  EXPECT_EQ(allocation->share[0][1], 0);
}

TEST_F(Gavel, MakespanIsTheTimeUntilTheLastIsDone) {
  GavelInput input{{job({1}), job({1})}, {}, {1}};
  input.jobs[0].steps_left = 10;
  input.jobs[1].steps_left = 30;
  EXPECT_NEAR(gavel_allocate(input, GavelObjective::Makespan)->value, 40, kClose);
  input = {{job({10, 1}), job({1, 1})}, {}, {1, 1}};
  input.jobs[0].steps_left = 100;
  input.jobs[1].steps_left = 10;
  EXPECT_NEAR(gavel_allocate(input, GavelObjective::Makespan)->value, 10, kClose);
}

TEST_F(Gavel, FinishTimeFairnessFavoursWhoWasLeftBehind) {
  GavelInput input{{job({1}), job({1})}, {}, {1}};
  for (GavelJob& each : input.jobs) each.steps_left = 100;
  EXPECT_NEAR(gavel_allocate(input, GavelObjective::FinishTimeFairness)->value, 1, 1e-5);
  // The first has waited 100 s in vain: (100 + 100 / x) / 200 = (100 / (1 - x)) / 200, so x^2 + x = 1.
  input.jobs[0].elapsed_s = 100;
  const auto allocation = gavel_allocate(input, GavelObjective::FinishTimeFairness);
  EXPECT_NEAR(allocation->share[0][0], 0.6180340, 1e-4);
  EXPECT_NEAR(allocation->value, 1.3090170, 1e-4);
}

TEST_F(Gavel, ThroughputPerCostTakesTheCheapTypeUnlessADeadlineForbids) {
  GavelInput input{{job({2, 1})}, {}, {1, 1}, {4, 1}};
  EXPECT_NEAR(gavel_allocate(input, GavelObjective::ThroughputPerCost)->share[0][1], 1, kClose);
  input.jobs[0].steps_left = 150;
  input.jobs[0].deadline_s = 100;
  const auto allocation = gavel_allocate(input, GavelObjective::ThroughputPerCost);
  EXPECT_NEAR(allocation->share[0][0], 0.5, kClose);
  EXPECT_NEAR(allocation->share[0][1], 0.5, kClose);
  input.jobs[0].deadline_s = 10;
  EXPECT_FALSE(gavel_allocate(input, GavelObjective::ThroughputPerCost));
}

TEST_F(Gavel, PairsShareAGpuWhereThatIsWorthIt) {
  GavelInput input{{job({1}), job({1})}, {}, {1}};
  input.pairs.push_back({0, 1, {0.8}, {0.8}});
  const auto allocation = gavel_allocate(input, GavelObjective::MaxMin);
  EXPECT_NEAR(allocation->share[2][0], 1, kClose);
  EXPECT_NEAR(allocation->value, 1.6, kClose);
  input.pairs[0] = {0, 1, {0.4}, {0.4}};
  EXPECT_NEAR(gavel_allocate(input, GavelObjective::MaxMin)->share[2][0], 0, kClose);
}

TEST(GavelRound, GoesByShareOverWhatWasReceived) {
  GavelInput input;
  input.jobs.resize(3);
  input.gpus = {2, 1};
  const GavelAllocation allocation{{{0.5, 0.2}, {0.5, 0}, {0.3, 0.3}}, 0};
  // Nobody has had anything: by share. 0 and 1 take the first type, 2 what is left of the second.
  const auto first = gavel_round(input, allocation, {{0, 0}, {0, 0}, {0, 0}});
  EXPECT_EQ(first, (std::vector<std::uint32_t>{0, 0, 1}));
  // 1 has had more than its share: 0 and 2 go first, and 1 finds the second GPU of its type free.
  const auto later = gavel_round(input, allocation, {{0.4, 0.5}, {0.9, 0}, {0.1, 0.5}});
  EXPECT_EQ(later, (std::vector<std::uint32_t>{0, kNoGpuType, 0}));
}

TEST(GavelRound, AJobRunsInOneRowAndPairsTakeOneSetOfGpus) {
  GavelInput input;
  input.jobs.resize(2);
  input.pairs.push_back({0, 1, {1}, {1}});
  input.gpus = {1};
  const GavelAllocation allocation{{{0.1}, {0.2}, {0.7}}, 0};
  const auto chosen = gavel_round(input, allocation, {{0}, {0}, {0}});
  EXPECT_EQ(chosen, (std::vector<std::uint32_t>{kNoGpuType, kNoGpuType, 0}));
}

TEST(GavelRound, AJobThatNeedsMoreThanIsLeftIsPassedOver) {
  GavelInput input;
  input.jobs.resize(2);
  input.jobs[0].gpus = 4;
  input.gpus = {2};
  const GavelAllocation allocation{{{0.9}, {0.1}}, 0};
  EXPECT_EQ(gavel_round(input, allocation, {{0}, {0}}), (std::vector<std::uint32_t>{kNoGpuType, 0}));
}

}  // namespace
}  // namespace seatrial

// Sia's integer programme, with the worked example of its paper: see policies/sia.h.
#include "policies/sia.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/integer_program.h"

namespace seatrial {
namespace {

class Sia : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string problem = integer_solver_problem(); !problem.empty()) GTEST_SKIP() << problem;
  }
};

// Subramanya et al., SOSP '23, section 3.3: two jobs, 2 GPUs of type A and 4 of type B.
const std::vector<std::vector<double>> kRows{{1, 1.5, 1.5, 2.5, 3.5}, {1.2, 2.1, 1, 1.9, 3.6}};
const std::vector<SiaConfiguration> kConfigurations{{0, 1}, {0, 2}, {1, 1}, {1, 2}, {1, 4}};
const std::vector<std::uint32_t> kCapacity{2, 4};

TEST_F(Sia, WorkedExampleOfThePaper) {
  const auto choice = sia_choose(kRows, kConfigurations, kCapacity, {.power = 1, .penalty = 1.1});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->configuration, (std::vector<std::uint32_t>{4, 1}));
  EXPECT_DOUBLE_EQ(choice->score, 5.6);
  EXPECT_TRUE(choice->proven);
}

// Every assignment, one by one.
double best_score(const SiaRule& rule) {
  double best = rule.power < 0 ? 1e9 : -1e9;
  const auto value = [&](std::size_t job, std::size_t i) {
    if (i == kConfigurations.size()) return rule.power < 0 ? rule.penalty : -rule.penalty;
    return std::pow(kRows[job][i], rule.power);
  };
  for (std::size_t a = 0; a <= kConfigurations.size(); ++a) {
    for (std::size_t b = 0; b <= kConfigurations.size(); ++b) {
      std::vector<std::uint32_t> used(2, 0);
      if (a < kConfigurations.size()) used[kConfigurations[a].type] += kConfigurations[a].gpus;
      if (b < kConfigurations.size()) used[kConfigurations[b].type] += kConfigurations[b].gpus;
      if (used[0] > kCapacity[0] || used[1] > kCapacity[1]) continue;
      const double score = value(0, a) + value(1, b);
      best = rule.power < 0 ? std::min(best, score) : std::max(best, score);
    }
  }
  return best;
}

TEST_F(Sia, AgreesWithTryingEveryAssignmentForEveryPower) {
  for (const double power : {-2.0, -0.5, 0.5, 1.0, 2.0}) {
    const SiaRule rule{power, 1.1};
    EXPECT_NEAR(sia_choose(kRows, kConfigurations, kCapacity, rule)->score, best_score(rule), 1e-9) << power;
  }
}

TEST_F(Sia, AJobWithoutAnythingThatFitsPaysThePenalty) {
  const std::vector<std::vector<double>> rows{{0, 0, 0, 0, 2}, {0, 0, 0, 0, 3}};
  const auto choice = sia_choose(rows, kConfigurations, kCapacity, {.power = -0.5, .penalty = 1.1});
  EXPECT_EQ(choice->configuration, (std::vector<std::uint32_t>{kNoConfiguration, 4}));
  EXPECT_NEAR(choice->score, 1.1 + 1 / std::sqrt(3), 1e-12);
  EXPECT_TRUE(sia_choose({}, kConfigurations, kCapacity, {})->configuration.empty());
}

TEST(SiaRows, AreDividedByTheirSmallestEntryAndChangesCostARestart) {
  SiaJob job{.goodput = {2, 4, 0}, .least_gpus = 2};
  EXPECT_EQ(sia_row(job), (std::vector<double>{2, 4, 0}));
  job.present = 0;
  job.age_s = 300;
  job.restarts = 1;
  job.restart_s = 100;
  EXPECT_EQ(sia_row(job), (std::vector<double>{2, 4 * 200.0 / 400, 0}));
  job.restarts = 9;
  EXPECT_EQ(sia_row(job)[1], 0) << "a job that only restarts gains nothing by moving";
}

TEST(SiaConfigurations, ArePowersOfTwoInANodeAndWholeNodes) {
  const auto configurations = sia_configurations(std::vector<SiaPool>{{2, 4}, {0, 8}, {3, 1}});
  std::vector<std::uint32_t> gpus;
  for (const SiaConfiguration& each : configurations) gpus.push_back(10 * each.type + each.gpus);
  EXPECT_EQ(gpus, (std::vector<std::uint32_t>{1, 2, 4, 8, 21, 22, 23}));
}

}  // namespace
}  // namespace seatrial

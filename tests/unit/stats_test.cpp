// Statistics against tables, definitions and slow exact recomputation.
#include "sim/stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

struct RankCase {
  Quantile q;
  std::size_t count;
  std::size_t rank_from_1;
};

TEST(NearestRank, IsTheCeilingOfQTimesNExactly) {
  const RankCase cases[] = {{{50}, 1, 1},
                            {{50}, 2, 1},
                            {{50}, 3, 2},
                            {{95}, 20, 19},
                            {{95}, 21, 20},
                            {{7}, 100, 7},
                            {{29}, 100, 29},
                            {{99}, 100, 99},
                            {{99}, 101, 100},
                            {{0}, 5, 1},
                            {{100}, 5, 5},
                            {{1}, 1000000, 10000},
                            {{1, 3}, 3, 1},
                            {{1, 3}, 4, 2},
                            {{999, 1000}, 1000, 999},
                            {{999, 1000}, 1001, 1000},
                            {{95}, 9'000'000'000U, 8'550'000'000U}};
  for (const RankCase& c : cases) {
    EXPECT_EQ(nearest_rank(c.q, c.count) + 1, c.rank_from_1)
        << c.q.numerator << "/" << c.q.denominator << " " << c.count;
  }
}

TEST(Quantile, EqualsTheSortedValueOfThatRank) {
  Random random(3, "quantiles");
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int64_t> values(1 + random.below(60));
    for (std::int64_t& v : values) v = static_cast<std::int64_t>(random.below(20)) - 10;
    std::vector<std::int64_t> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const std::vector<Quantile> wanted{{0}, {10}, {50}, {50}, {90}, {95}, {99}, {999, 1000}, {100}};
    std::vector<std::int64_t> shuffled = values;
    const std::vector<std::int64_t> several = quantiles(shuffled, wanted);
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      const std::int64_t expected = sorted[nearest_rank(wanted[k], sorted.size())];
      std::vector<std::int64_t> copy = values;
      ASSERT_EQ(quantile(copy, wanted[k]), expected);
      ASSERT_EQ(several[k], expected);
    }
    std::sort(shuffled.begin(), shuffled.end());
    ASSERT_EQ(shuffled, sorted);
  }
}

TEST(ExactMean, LosesNothingWhereDoublesWould) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(exact_mean({}), 0);
  const std::vector<std::int64_t> ends{kMost, kLeast, 1, 2};
  EXPECT_EQ(exact_mean(ends), 0.5);
  std::vector<std::int64_t> big(1000, kMost);
  EXPECT_TRUE(exact_sum(big) == Int128{kMost} * 1000);
  EXPECT_EQ(exact_mean(big), static_cast<double>(kMost));
  const std::vector<std::int64_t> tiny{(std::int64_t{1} << 53) + 1, -(std::int64_t{1} << 53)};
  EXPECT_EQ(exact_mean(tiny), 0.5);
  EXPECT_EQ(mean_of(-7, 2), -3.5);
}

TEST(TimeWeighted, IntegratesStepsExactly) {
  TimeWeighted used;
  EXPECT_TRUE(used.integral(Time{100}) == 0);
  used.set(Time{-10}, 4);
  used.add(Time{0}, 3);
  used.add(Time{0}, -2);  // a peak of no length counts as a peak only
  used.set(Time{20}, 0);
  EXPECT_TRUE(used.integral(Time{20}) == 4 * 10 + 5 * 20);
  EXPECT_TRUE(used.integral(Time{50}) == 140);
  EXPECT_EQ(used.peak(), 7);
  EXPECT_EQ(used.level(), 0);
  EXPECT_DOUBLE_EQ(used.mean(Time{-10}, Time{50}), 140.0 / 60);
  EXPECT_EQ(used.mean(Time{5}, Time{5}), 0);
}

TEST(TimeWeighted, DoesNotOverflow) {
  TimeWeighted used;
  used.set(Time{0}, 10'000'000'000);
  EXPECT_DOUBLE_EQ(used.mean(Time{0}, Time{9'000'000'000'000'000'000}), 1e10);
}

TEST(Welford, MatchesTheDefinitionAndMerges) {
  Random random(4, "welford");
  for (int round = 0; round < 50; ++round) {
    std::vector<double> values(2 + random.below(50));
    for (double& v : values) v = 1e6 + random.normal();
    Welford whole;
    Welford left;
    Welford right;
    double sum = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      whole.add(values[k]);
      (k < values.size() / 3 ? left : right).add(values[k]);
      sum += values[k];
    }
    const double mean = sum / static_cast<double>(values.size());
    double squares = 0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    const double variance = squares / static_cast<double>(values.size() - 1);
    EXPECT_NEAR(whole.mean(), mean, 1e-8);
    EXPECT_NEAR(whole.variance(), variance, 1e-6 * variance);
    left.merge(right);
    EXPECT_NEAR(left.mean(), mean, 1e-8);
    EXPECT_NEAR(left.variance(), variance, 1e-6 * variance);
    EXPECT_EQ(left.count(), values.size());
  }
  EXPECT_EQ(Welford().variance(), 0);
}

TEST(NormalQuantile, MatchesTheTableAndInvertsTheDistribution) {
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-16);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(0.995), 2.575829303548901, 1e-14);
  EXPECT_NEAR(normal_quantile(0.9), 1.281551565544600, 1e-14);
  for (const double p : {1e-300, 1e-100, 1e-20, 1e-10, 1e-5, 0.01, 0.074, 0.075, 0.076, 0.3, 0.5, 0.8, 0.925, 0.999}) {
    const double back = 0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0));
    EXPECT_NEAR(back / p, 1, 1e-12 + 2e-15 * std::fabs(std::log(p))) << p;
  }
  for (const double p : {0.001, 0.01, 0.2, 0.4}) EXPECT_NEAR(normal_quantile(p), -normal_quantile(1 - p), 1e-12);
}

struct StudentCase {
  double freedom;
  double p;
  double t;
};

// Any statistics book, table of the t distribution, to three decimals.
TEST(StudentT, MatchesThePrintedTable) {
  const StudentCase cases[] = {{1, 0.95, 6.314},   {1, 0.975, 12.706},  {1, 0.995, 63.657}, {2, 0.95, 2.920},
                               {2, 0.975, 4.303},  {2, 0.995, 9.925},   {3, 0.975, 3.182},  {4, 0.975, 2.776},
                               {5, 0.975, 2.571},  {5, 0.995, 4.032},   {9, 0.975, 2.262},  {9, 0.995, 3.250},
                               {10, 0.9, 1.372},   {10, 0.975, 2.228},  {19, 0.975, 2.093}, {19, 0.995, 2.861},
                               {29, 0.975, 2.045}, {30, 0.995, 2.750},  {60, 0.975, 2.000}, {120, 0.975, 1.980},
                               {9, 0.9995, 4.781}, {29, 0.9995, 3.659}, {19, 0.9995, 3.883}};
  for (const StudentCase& c : cases) {
    EXPECT_NEAR(student_t_quantile(c.p, c.freedom), c.t, 0.00051) << c.freedom << " " << c.p;
    EXPECT_NEAR(student_t_quantile(1 - c.p, c.freedom), -c.t, 0.00051) << c.freedom << " " << c.p;
  }
}

TEST(StudentT, MatchesTheClosedFormsOfOneTwoAndManyDegrees) {
  const double pi = std::acos(-1.0);
  for (const double t : {-30.0, -2.0, -0.5, 0.0, 0.1, 1.0, 3.0, 50.0, 1e4}) {
    EXPECT_NEAR(student_t_tail(t, 1), 0.5 - std::atan(t) / pi, 1e-13) << t;
    EXPECT_NEAR(student_t_tail(t, 2), 0.5 - t / (2 * std::sqrt(2 + t * t)), 1e-13) << t;
  }
  // Abramowitz and Stegun 26.7.5: t is the normal x plus (x^3 + x) / 4n plus smaller terms.
  for (const double p : {0.6, 0.9, 0.975, 0.9995}) {
    const double x = normal_quantile(p);
    const double n = 1e6;
    EXPECT_NEAR(student_t_quantile(p, n), x + (x * x * x + x) / (4 * n), 1e-9) << p;
  }
  for (const double freedom : {0.5, 1.0, 2.5, 7.0, 40.0, 1000.0}) {
    for (const double p : {0.5001, 0.6, 0.9, 0.999, 0.9999999}) {
      EXPECT_NEAR(student_t_tail(student_t_quantile(p, freedom), freedom) / (1 - p), 1, 1e-8) << freedom << " " << p;
    }
  }
}

TEST(MeanInterval, IsTheTextbookInterval) {
  const std::vector<double> values{4, 6, 5, 9, 6};
  const Interval interval = mean_interval(values, 0.95);
  EXPECT_DOUBLE_EQ(interval.mean, 6);
  EXPECT_NEAR(interval.half_width, 2.776445 * std::sqrt(3.5 / 5), 1e-5);
  EXPECT_TRUE(interval.contains(7));
  EXPECT_FALSE(interval.contains(9));
  EXPECT_TRUE(std::isinf(mean_interval(std::vector<double>{3}, 0.95).half_width));
}

TEST(MeanInterval, CoversTheTruthAsOftenAsItSays) {
  Random random(6, "coverage");
  int covered = 0;
  constexpr int kRounds = 4000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> values(6);
    for (double& v : values) v = 10 + 3 * random.normal();
    covered += mean_interval(values, 0.9).contains(10) ? 1 : 0;
  }
  EXPECT_NEAR(covered, 0.9 * kRounds, 4.5 * std::sqrt(0.09 * kRounds));
}

TEST(BatchMeans, CoverTheMeanOfACorrelatedRun) {
  int covered = 0;
  constexpr int kRounds = 400;
  for (int round = 0; round < kRounds; ++round) {
    Random random(7, "correlated", static_cast<std::uint64_t>(round));
    std::vector<double> values(4000);
    double state = 0;
    for (double& v : values) v = state = 0.9 * state + random.normal();
    covered += batch_means(values, 20, 0.95).contains(0) ? 1 : 0;
  }
  EXPECT_GE(covered, 360);  // 95 % nominal; treating the values as independent covers about a third
}

TEST(BatchMeans, DropTheOddValuesAtTheFront) {
  const std::vector<double> values{1000, 1, 3, 5, 7};
  const Interval interval = batch_means(values, 2, 0.95);
  EXPECT_DOUBLE_EQ(interval.mean, 4);
}

TEST(Holm, AdjustsStepwiseAndKeepsTheOrder) {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005};
  const std::vector<double> adjusted = holm_adjusted(p);
  const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(adjusted[k], expected[k], 1e-15);
  EXPECT_EQ(holm_adjusted(std::vector<double>{0.8, 0.9}), (std::vector<double>{1, 1}));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

}  // namespace
}  // namespace seatrial

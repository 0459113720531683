// Linear fits: known solutions, units and sizes that do not matter, data that do not tell, values that are no numbers.
#include "models/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace seatrial {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(LeastSquares, FindsALineThroughItsPoints) {
  LinearProblem problem(2);
  for (const double x : {1.0, 2.0, 5.0}) problem.add(std::vector<double>{1, x}, 3 + 0.5 * x);
  const LinearFit fit = least_squares(problem);
  EXPECT_NEAR(fit.x[0], 3, 1e-12);
  EXPECT_NEAR(fit.x[1], 0.5, 1e-12);
  EXPECT_NEAR(fit.squared_error, 0, 1e-20);
  EXPECT_EQ(fit.rank, 2U);
}

TEST(LeastSquares, AWeightIsAsGoodAsRepeatedRows) {
  LinearProblem weighted(2);
  LinearProblem repeated(2);
  const std::vector<std::vector<double>> rows{{1, 1}, {1, 2}, {1, 4}};
  const std::vector<double> targets{1, 3, 2};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    weighted.add(rows[i], targets[i], static_cast<double>(i + 1));
    for (std::size_t times = 0; times <= i; ++times) repeated.add(rows[i], targets[i]);
  }
  const LinearFit a = least_squares(weighted);
  const LinearFit b = least_squares(repeated);
  EXPECT_NEAR(a.x[0], b.x[0], 1e-12);
  EXPECT_NEAR(a.x[1], b.x[1], 1e-12);
  EXPECT_NEAR(a.squared_error, b.squared_error, 1e-12);
}

// alpha in seconds beside beta in seconds per byte: fifteen orders of magnitude apart.
TEST(LeastSquares, UnitsDoNotMatter) {
  LinearProblem problem(2);
  for (const double bytes : {1e3, 1e6, 1e9, 1e12}) {
    const double t = 1e-5 + bytes * 2e-12;
    problem.add(std::vector<double>{1, bytes}, t, 1 / (t * t));
  }
  for (const LinearFit& fit : {least_squares(problem), non_negative_least_squares(problem)}) {
    EXPECT_NEAR(fit.x[0], 1e-5, 1e-13);
    EXPECT_NEAR(fit.x[1], 2e-12, 1e-20);
  }
}

TEST(LeastSquares, SharesOutWhatTheDataDoNotTellApart) {
  LinearProblem problem(2);
  for (const double x : {1.0, 2.0, 3.0}) problem.add(std::vector<double>{x, x}, 4 * x);
  const LinearFit fit = least_squares(problem);
  EXPECT_EQ(fit.rank, 1U);
  EXPECT_NEAR(fit.x[0], 2, 1e-12);
  EXPECT_NEAR(fit.x[1], 2, 1e-12);
}

TEST(LeastSquares, OnePointIsMet) {
  LinearProblem problem(2);
  problem.add(std::vector<double>{1, 2}, 10);
  for (const LinearFit& fit : {least_squares(problem), non_negative_least_squares(problem)}) {
    EXPECT_NEAR(fit.x[0] + 2 * fit.x[1], 10, 1e-12);
    EXPECT_EQ(fit.rank, 1U);
  }
}

TEST(LeastSquares, WithoutDataNothingIsClaimed) {
  const LinearProblem problem(3);
  for (const LinearFit& fit : {least_squares(problem), non_negative_least_squares(problem)}) {
    EXPECT_EQ(fit.x, (std::vector<double>{0, 0, 0}));
    EXPECT_EQ(fit.rank, 0U);
  }
}

TEST(LeastSquares, LeavesOutWhatIsNoNumber) {
  LinearProblem problem(1);
  problem.add(std::vector<double>{1}, 5);
  problem.add(std::vector<double>{kNan}, 5);
  problem.add(std::vector<double>{1}, kNan);
  problem.add(std::vector<double>{1}, kInfinity);
  problem.add(std::vector<double>{1}, 9, kNan);
  problem.add(std::vector<double>{1}, 9, 0);
  problem.add(std::vector<double>{1}, 9, -1);
  EXPECT_EQ(problem.rows(), 1U);
  EXPECT_EQ(problem.left_out(), 6U);
  EXPECT_NEAR(least_squares(problem).x[0], 5, 1e-12);
}

TEST(LeastSquares, LargeNumbersDoNotOverflow) {
  LinearProblem problem(1);
  problem.add(std::vector<double>{1e200}, 2e200);
  problem.add(std::vector<double>{3e200}, 6e200);
  EXPECT_NEAR(least_squares(problem).x[0], 2, 1e-12);
  EXPECT_NEAR(non_negative_least_squares(problem).x[0], 2, 1e-12);
}

TEST(NonNegative, IsThePlainSolutionWhereThatIsPositive) {
  LinearProblem problem(2);
  for (const double x : {1.0, 2.0, 5.0}) problem.add(std::vector<double>{1, x}, 3 + 0.5 * x);
  const LinearFit fit = non_negative_least_squares(problem);
  EXPECT_NEAR(fit.x[0], 3, 1e-12);
  EXPECT_NEAR(fit.x[1], 0.5, 1e-12);
}

// The plain solution is 2 - 0.5 x; without the slope the mean is best.
TEST(NonNegative, BindsWhatWouldBeNegative) {
  LinearProblem problem(2);
  for (const double x : {0.0, 1.0, 2.0}) problem.add(std::vector<double>{1, x}, 2 - 0.5 * x);
  const LinearFit fit = non_negative_least_squares(problem);
  EXPECT_NEAR(fit.x[0], 1.5, 1e-12);
  EXPECT_EQ(fit.x[1], 0);
  EXPECT_NEAR(fit.squared_error, 0.5, 1e-12);
}

TEST(NonNegative, AllZeroIsAnAnswer) {
  LinearProblem problem(2);
  problem.add(std::vector<double>{1, 0}, -1);
  problem.add(std::vector<double>{0, 1}, -2);
  const LinearFit fit = non_negative_least_squares(problem);
  EXPECT_EQ(fit.x, (std::vector<double>{0, 0}));
  EXPECT_NEAR(fit.squared_error, 5, 1e-12);
}

TEST(NonNegative, AColumnOfZerosStaysOut) {
  LinearProblem problem(2);
  for (const double x : {1.0, 2.0}) problem.add(std::vector<double>{x, 0}, 7 * x);
  const LinearFit fit = non_negative_least_squares(problem);
  EXPECT_NEAR(fit.x[0], 7, 1e-12);
  EXPECT_EQ(fit.x[1], 0);
}

}  // namespace
}  // namespace seatrial

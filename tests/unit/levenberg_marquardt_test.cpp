// Nonlinear fits: known minima, bounds, outliers, one point, values that are no numbers.
#include "models/levenberg_marquardt.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace seatrial {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// log(a exp(-b x)) - log(measured) at x = 0, 1, 2, ...
struct Decay {
  explicit Decay(std::vector<double> values) : measured(std::move(values)) {
    problem.residuals = measured.size();
    problem.start = {1, 0.1};
    problem.low = {1e-6, 0};
    problem.high = {1e6, 10};
  }
  [[nodiscard]] NonlinearFit fit() const {
    return levenberg_marquardt(problem, [&](std::span<const double> p, std::span<double> errors) {
      for (std::size_t i = 0; i < measured.size(); ++i)
        errors[i] = std::log(p[0]) - p[1] * static_cast<double>(i) - std::log(measured[i]);
    });
  }
  std::vector<double> measured;
  NonlinearProblem problem;
};

NonlinearFit fit_decay(std::vector<double> measured) { return Decay(std::move(measured)).fit(); }

std::vector<double> exact_decay(std::size_t points) {
  std::vector<double> values;
  for (std::size_t i = 0; i < points; ++i) values.push_back(5 * std::exp(-0.3 * static_cast<double>(i)));
  return values;
}

TEST(LevenbergMarquardt, FindsTheParametersThatMadeTheData) {
  const NonlinearFit fit = fit_decay(exact_decay(8));
  EXPECT_EQ(fit.ended, NonlinearFit::Ended::Converged);
  EXPECT_NEAR(fit.parameters[0], 5, 1e-6);
  EXPECT_NEAR(fit.parameters[1], 0.3, 1e-6);
  EXPECT_NEAR(fit.cost, 0, 1e-10);
}

TEST(LevenbergMarquardt, RosenbrocksValley) {
  NonlinearProblem problem;
  problem.residuals = 2;
  problem.start = {-1.2, 1};
  const auto residuals = [](std::span<const double> p, std::span<double> errors) {
    errors[0] = 10 * (p[1] - p[0] * p[0]);
    errors[1] = 1 - p[0];
  };
  const NonlinearFit fit = levenberg_marquardt(problem, residuals);
  EXPECT_NEAR(fit.parameters[0], 1, 1e-6);
  EXPECT_NEAR(fit.parameters[1], 1, 1e-6);
}

// Powell's singular function: the slopes vanish at the minimum.
TEST(LevenbergMarquardt, PowellsSingularFunction) {
  NonlinearProblem problem;
  problem.residuals = 4;
  problem.start = {3, -1, 0, 1};
  const auto residuals = [](std::span<const double> p, std::span<double> errors) {
    errors[0] = p[0] + 10 * p[1];
    errors[1] = std::sqrt(5.0) * (p[2] - p[3]);
    errors[2] = (p[1] - 2 * p[2]) * (p[1] - 2 * p[2]);
    errors[3] = std::sqrt(10.0) * (p[0] - p[3]) * (p[0] - p[3]);
  };
  const NonlinearFit fit = levenberg_marquardt(problem, residuals);
  for (const double parameter : fit.parameters) EXPECT_NEAR(parameter, 0, 1e-2);
  EXPECT_LT(fit.cost, 1e-8);
}

TEST(LevenbergMarquardt, StopsAtABound) {
  Decay decay(exact_decay(8));
  decay.problem.high = {1e6, 0.2};
  const NonlinearFit fit = decay.fit();
  EXPECT_EQ(fit.parameters[1], 0.2);
  // The best constant for that slope: the mean of the logarithms.
  EXPECT_NEAR(std::log(fit.parameters[0]), std::log(5) - 0.1 * 3.5, 1e-6);
}

TEST(LevenbergMarquardt, StartsInsideItsBounds) {
  Decay decay(exact_decay(8));
  decay.problem.start = {-3, 50};
  EXPECT_NEAR(decay.fit().parameters[1], 0.3, 1e-6);
}

TEST(LevenbergMarquardt, HuberLossResistsAnOutlier) {
  std::vector<double> measured = exact_decay(12);
  measured[4] *= 20;
  const Decay squares(measured);
  Decay huber(measured);
  huber.problem.huber = 0.01;
  const NonlinearFit bent = squares.fit();
  const NonlinearFit straight = huber.fit();
  EXPECT_GT(std::abs(bent.parameters[0] - 5), 1);
  EXPECT_NEAR(straight.parameters[0], 5, 0.03);
  EXPECT_NEAR(straight.parameters[1], 0.3, 0.002);
}

TEST(LevenbergMarquardt, OnePointIsMet) {
  const NonlinearFit fit = fit_decay({5});
  EXPECT_NEAR(fit.parameters[0], 5, 1e-6);
  EXPECT_EQ(fit.parameters[1], 0.1) << "nothing tells the slope: it stays where it was";
}

TEST(LevenbergMarquardt, LeavesOutWhatIsNoNumber) {
  std::vector<double> measured = exact_decay(8);
  measured[2] = kNan;
  measured[5] = -1;  // its logarithm is none
  const NonlinearFit fit = fit_decay(measured);
  EXPECT_EQ(fit.left_out, 2U);
  EXPECT_NEAR(fit.parameters[1], 0.3, 1e-6);
}

TEST(LevenbergMarquardt, WithoutDataTheStartStays) {
  const NonlinearFit none = fit_decay({});
  EXPECT_EQ(none.ended, NonlinearFit::Ended::NoData);
  EXPECT_EQ(none.parameters, (std::vector<double>{1, 0.1}));
  EXPECT_EQ(fit_decay({kNan, kNan}).ended, NonlinearFit::Ended::NoData);
}

// A model that is undefined beyond its start on one side.
TEST(LevenbergMarquardt, StepsIntoNoNumbersAreRefused) {
  NonlinearProblem problem;
  problem.residuals = 1;
  problem.start = {4};
  const auto residuals = [](std::span<const double> p, std::span<double> errors) {
    errors[0] = p[0] < 0.5 ? kNan : std::log(p[0]);
  };
  EXPECT_NEAR(levenberg_marquardt(problem, residuals).parameters[0], 1, 1e-6);
}

TEST(LevenbergMarquardt, UselessParametersDoNoHarm) {
  NonlinearProblem problem;
  problem.residuals = 2;
  problem.start = {1, 7, 7};
  const auto residuals = [](std::span<const double> p, std::span<double> errors) {
    errors[0] = p[0] - 3;
    errors[1] = 2 * p[0] - 6 + 0 * p[1];
  };
  const NonlinearFit fit = levenberg_marquardt(problem, residuals);
  EXPECT_NEAR(fit.parameters[0], 3, 1e-8);
  EXPECT_EQ(fit.parameters[2], 7);
}

}  // namespace
}  // namespace seatrial

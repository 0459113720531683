// Surfaces of what formulas miss: at points, between them, far away; degenerate data.
#include "models/residual_surface.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace seatrial {
namespace {

ResidualSurface line_of(std::vector<double> values) {
  std::vector<SurfacePoint> points;
  for (std::size_t i = 0; i < values.size(); ++i) points.push_back({{static_cast<double>(i)}, values[i]});
  return {{{10}, 1e-6}, points};
}

TEST(ResidualSurface, MeetsItsPoints) {
  const ResidualSurface surface = line_of({0.1, -0.2, 0.3});
  EXPECT_NEAR(surface.at(std::vector<double>{1}), -0.2, 1e-3);
  EXPECT_NEAR(surface.support(std::vector<double>{1}), 1, 1e-3);
}

TEST(ResidualSurface, IsAStraightLineBetweenNeighbours) {
  const ResidualSurface surface = line_of({0.1, -0.2, 0.3});
  EXPECT_NEAR(surface.at(std::vector<double>{1.5}), 0.05, 5e-3);
  EXPECT_NEAR(surface.at(std::vector<double>{0.25}), 0.025, 5e-3);
}

TEST(ResidualSurface, BlendsIntoTheFormulaFarAway) {
  const ResidualSurface surface = line_of({0.4, 0.4, 0.4});
  EXPECT_NEAR(surface.at(std::vector<double>{12}), 0.4 * std::exp(-1), 0.02);
  EXPECT_NEAR(surface.at(std::vector<double>{1000}), 0, 1e-12);
  EXPECT_NEAR(surface.support(std::vector<double>{1000}), 0, 1e-12);
}

TEST(ResidualSurface, NothingIsZeroEverywhere) {
  const ResidualSurface surface;
  EXPECT_EQ(surface.at(std::vector<double>{}), 0);
  EXPECT_EQ(surface.support(std::vector<double>{}), 0);
  EXPECT_TRUE(surface.leave_one_out().empty());
}

TEST(ResidualSurface, OnePlaceMeasuredTwiceIsTheMean) {
  const ResidualSurface surface({{1}, 1e-6}, {{{0}, 0.1}, {{0}, 0.3}});
  EXPECT_NEAR(surface.at(std::vector<double>{0}), 0.2, 1e-3);
}

TEST(ResidualSurface, LeavesOutWhatIsNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const ResidualSurface surface({{1}, 1e-6}, {{{0}, 0.1}, {{nan}, 0.3}, {{1}, nan}});
  EXPECT_EQ(surface.points().size(), 1U);
}

// The closed form against surfaces that really lack the point.
TEST(ResidualSurface, LeaveOneOutIsTheErrorWithoutThePoint) {
  const std::vector<double> values{0.1, -0.2, 0.3, 0.25, 0};
  std::vector<SurfacePoint> points;
  for (std::size_t i = 0; i < values.size(); ++i) points.push_back({{static_cast<double>(i * i)}, values[i]});
  const SurfaceShape shape{{4}, 0.05};
  const std::vector<double> closed = ResidualSurface(shape, points).leave_one_out();
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<SurfacePoint> others = points;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NEAR(closed[i], values[i] - ResidualSurface(shape, others).at(points[i].at), 1e-9);
  }
}

// A useless axis gets long, so that points apart on it alone still help each other.
TEST(ResidualSurface, ChoosesLengthsByLeavingPointsOut) {
  std::vector<SurfacePoint> points;
  for (int i = 0; i < 20; ++i) {
    points.push_back({{i * 0.5, std::fmod(i * 7.3, 5.0)}, std::sin(i * 0.5)});
  }
  const SurfaceShape start{{1, 1}, 1e-4};
  const auto mean = [](const ResidualSurface& surface) {
    double sum = 0;
    for (const double error : surface.leave_one_out()) sum += std::abs(error);
    return sum / 20;
  };
  const ResidualSurface fitted = ResidualSurface::fit(start, points);
  EXPECT_GT(fitted.shape().lengths[1], 4 * fitted.shape().lengths[0]);
  EXPECT_LT(mean(fitted), mean(ResidualSurface(start, points)) / 2);
}

}  // namespace
}  // namespace seatrial

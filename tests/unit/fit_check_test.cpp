// Errors of fits, splits of their points, intervals of their parameters.
#include "models/fit_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "sim/random.h"

namespace seatrial {
namespace {

TEST(FitErrors, CountsRelativeErrors) {
  ErrorSum sum;
  for (int i = 1; i <= 10; ++i) EXPECT_TRUE(sum.add(100 + i, 100));
  const FitErrors errors = sum.errors();
  EXPECT_EQ(errors.points, 10U);
  EXPECT_NEAR(errors.mean, 0.055, 1e-12);
  EXPECT_NEAR(errors.median, 0.055, 1e-12);
  EXPECT_NEAR(errors.p90, 0.09, 1e-12);
  EXPECT_NEAR(errors.worst, 0.1, 1e-12);
}

TEST(FitErrors, WhatHasNoRelativeErrorIsNotCounted) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ErrorSum sum;
  EXPECT_FALSE(sum.add(1, 0));
  EXPECT_FALSE(sum.add(1, -1));
  EXPECT_FALSE(sum.add(1, nan));
  EXPECT_FALSE(sum.add(nan, 1));
  EXPECT_EQ(sum.errors().points, 0U);
  EXPECT_EQ(sum.errors().mean, 0);
}

TEST(FitErrors, TheMedianOfAnOddNumberIsOneOfThem) {
  ErrorSum sum;
  for (const double predicted : {1.3, 1.1, 1.2}) sum.add(predicted, 1);
  EXPECT_NEAR(sum.errors().median, 0.2, 1e-12);
}

TEST(HeldOut, IsTheShareAskedForAndDependsOnTheNameAlone) {
  int held = 0;
  int both = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "point " + std::to_string(i);
    const bool first = is_held_out(name, 0.3);
    EXPECT_EQ(first, is_held_out(name, 0.3));
    held += first ? 1 : 0;
    both += first && is_held_out(name, 0.3, 1) ? 1 : 0;
  }
  EXPECT_NEAR(held, 3000, 150);
  EXPECT_NEAR(both, 900, 100) << "another salt is another split";
}

TEST(HeldOut, GroupsAreLeftOutOneAtATime) {
  const std::vector<std::string> groups{"b", "a", "b", "c"};
  const std::vector<HeldOutGroup> splits = leave_one_group_out(groups);
  ASSERT_EQ(splits.size(), 3U);
  EXPECT_EQ(splits[0].name, "a");
  EXPECT_EQ(splits[0].held, (std::vector<std::size_t>{1}));
  EXPECT_EQ(splits[0].fitted, (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_EQ(splits[1].held, (std::vector<std::size_t>{0, 2}));
  EXPECT_TRUE(leave_one_group_out({}).empty());
}

// The mean of n standard normals: half-width 1.96 / sqrt(n).
TEST(BootstrapIntervals, AreAsWideAsTheoryHasThem) {
  Random random(7, "normals");
  std::vector<double> values(400);
  for (double& value : values) value = random.normal();
  const auto mean = [&](std::span<const std::size_t> drawn) {
    double sum = 0;
    for (const std::size_t i : drawn) sum += values[i];
    return std::vector<double>{sum / static_cast<double>(drawn.size()), 1.0};
  };
  const auto intervals = bootstrap_intervals({.points = values.size(), .repeats = 1000}, mean);
  ASSERT_EQ(intervals.size(), 2U);
  EXPECT_NEAR(intervals[0].high - intervals[0].low, 2 * 1.96 / 20, 0.03);
  EXPECT_EQ(intervals[1].low, 1);
  EXPECT_EQ(intervals[1].high, 1);
}

TEST(BootstrapIntervals, FailedDrawsArePassedOver) {
  int asked = 0;
  const auto every_other = [&](std::span<const std::size_t> /*drawn*/) {
    ++asked;
    return asked % 2 == 0 ? std::vector<double>{} : std::vector<double>{2.0};
  };
  const auto intervals = bootstrap_intervals({.points = 3, .repeats = 10}, every_other);
  ASSERT_EQ(intervals.size(), 1U);
  EXPECT_EQ(intervals[0].low, 2);
  const auto never = [](std::span<const std::size_t> /*drawn*/) { return std::vector<double>{}; };
  EXPECT_TRUE(bootstrap_intervals({.points = 3}, never).empty());
  EXPECT_TRUE(bootstrap_intervals({.points = 0}, every_other).empty());
}

}  // namespace
}  // namespace seatrial

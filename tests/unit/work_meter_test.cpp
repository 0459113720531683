// models/work_meter.h: work is counted exactly, ends are rounded up, nothing goes below zero.
#include "models/work_meter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace seatrial {
namespace {

constexpr Duration kSecond{kNsPerSecond};

TEST(Rate, SpeedsBecomeTheNearestRate) {
  EXPECT_EQ(rate_of(1), kFullRate);
  EXPECT_EQ(rate_of(0.5).units, kFullRate.units / 2);
  EXPECT_EQ(rate_of(3).units, 3 * kFullRate.units);
  EXPECT_NEAR(speed_of(rate_of(0.272)), 0.272, 0x1p-49);
}

TEST(Rate, OddSpeedsAreTamed) {
  EXPECT_EQ(rate_of(0), kStalled);
  EXPECT_EQ(rate_of(-1), kStalled);
  EXPECT_EQ(rate_of(std::nan("")), kStalled);
  EXPECT_EQ(rate_of(std::numeric_limits<double>::infinity()), kMaxRate);
  EXPECT_EQ(rate_of(1e-300).units, 1U) << "a positive speed is not a stall";
}

TEST(WorkMeter, FullRateEndsAfterTheRunTime) {
  const WorkMeter meter(Duration{90 * kSecond.ns}, Time{7}, kFullRate);
  EXPECT_EQ(meter.end(), Time{90 * kSecond.ns + 7});
  EXPECT_EQ(meter.left(Time{7}), Duration{90 * kSecond.ns});
  EXPECT_EQ(meter.left(Time{30 * kSecond.ns + 7}), Duration{60 * kSecond.ns});
}

TEST(WorkMeter, HalfOfTheTimeAtHalfSpeed) {
  WorkMeter meter(Duration{100}, Time{0}, kFullRate);
  meter.set_rate(Time{40}, rate_of(0.5));
  EXPECT_EQ(meter.end(), Time{40 + 120});
  meter.set_rate(Time{100}, kFullRate);
  EXPECT_EQ(meter.end(), Time{100 + 30});
}

TEST(WorkMeter, EndIsTheFirstInstantWithoutWorkLeft) {
  const WorkMeter meter(Duration{10}, Time{0}, rate_of(0.3));
  EXPECT_EQ(meter.end(), Time{34});
  EXPECT_EQ(meter.left(Time{34}).ns, 0);
  EXPECT_EQ(meter.left(Time{33}).ns, 1) << "rounded up";
}

TEST(WorkMeter, FractionsOfNanosecondsAreKept) {
  WorkMeter meter(Duration{1'000'000}, Time{0}, rate_of(0.5));
  for (std::int64_t ns = 1; ns < 2'000'000; ++ns) meter.set_rate(Time{ns}, rate_of(0.5));
  EXPECT_EQ(meter.end(), Time{2'000'000});
}

TEST(WorkMeter, NothingIsLeftAfterTheEnd) {
  WorkMeter meter(Duration{10}, Time{0}, kFullRate);
  EXPECT_EQ(meter.left(Time{1000}).ns, 0);
  meter.set_rate(Time{1000}, kFullRate);
  EXPECT_EQ(meter.end(), Time{1000}) << "an end is never before the last change";
}

TEST(WorkMeter, NoWorkEndsAtOnce) { EXPECT_EQ(WorkMeter(Duration{0}, Time{5}, kStalled).end(), Time{5}); }

TEST(WorkMeter, StalledWorkNeverEnds) {
  WorkMeter meter(kSecond, Time{0}, kStalled);
  EXPECT_EQ(meter.end(), kNever);
  EXPECT_EQ(meter.left(Time{1'000'000}), kSecond);
  meter.set_rate(Time{50}, kFullRate);
  EXPECT_EQ(meter.end(), Time{50 + kSecond.ns});
}

TEST(WorkMeter, LongestAndEarliestTimes) {
  const Duration longest{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(WorkMeter(longest, Time{0}, kFullRate).end(), kNever);
  EXPECT_EQ(WorkMeter(longest, Time{1}, kFullRate).end(), kNever) << "beyond the range of time";
  EXPECT_EQ(WorkMeter(longest, Time{0}, Rate{1}).end(), kNever);
  EXPECT_EQ(WorkMeter(longest, kBeforeAll, kFullRate).end(), Time{-1});
  WorkMeter meter(longest, kBeforeAll, kMaxRate);
  EXPECT_EQ(meter.left(Time{std::numeric_limits<std::int64_t>::max() - 1}).ns, 0);
  meter.set_rate(Time{0}, kFullRate);
  EXPECT_EQ(meter.end(), Time{0});
}

TEST(WorkMeterDeathTest, TimeDoesNotGoBack) {
  WorkMeter meter(kSecond, Time{10}, kFullRate);
  EXPECT_DEATH(meter.set_rate(Time{9}, kFullRate), "now >= since_");
  EXPECT_DEATH(WorkMeter(Duration{-1}, Time{0}, kFullRate), "work.ns >= 0");
}

}  // namespace
}  // namespace seatrial

// Work counted over a million changes of rate against exact rational arithmetic: less than 1 ms is lost.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "models/work_meter.h"
#include "sim/random.h"
#include "sim/wide.h"

namespace seatrial {
namespace {

constexpr int kChanges = 1'000'000;
constexpr std::int64_t kDenominator = 720'720;  // every rate is n / 720720, most of them no binary fraction

struct Drift {
  std::int64_t lost_ns = 0;  // exact minus counted work, rounded up in size
  std::int64_t end_ns = 0;   // counted minus exact end
};

// A job re-rated at random instants; its work so far as the meter has it and as an exact sum of n_i dt_i / 720720.
Drift drift_of(std::uint64_t seed, std::int64_t mean_gap_ns) {
  Random random(seed, "work-drift");
  const Duration work{INT64_MAX / 2};
  Time now{-static_cast<std::int64_t>(random.below(1'000'000'000))};
  std::int64_t numerator = kDenominator;
  WorkMeter meter(work, now, kFullRate);
  Int128 done = 0;  // times kDenominator
  for (int change = 0; change < kChanges; ++change) {
    const auto gap_ns = static_cast<std::int64_t>(random.below(2 * static_cast<std::uint64_t>(mean_gap_ns)));
    done += Int128{numerator} * gap_ns;
    now = now + Duration{gap_ns};
    numerator = 1 + static_cast<std::int64_t>(random.below(2 * kDenominator));
    meter.set_rate(now, rate_of(static_cast<double>(numerator) / kDenominator));
  }
  const Int128 left = Int128{work.ns} * kDenominator - done;
  Drift drift;
  drift.lost_ns = static_cast<std::int64_t>(meter.left(now).ns - left / kDenominator);
  const Int128 exact_end = now.ns + (left + numerator - 1) / numerator;
  if (exact_end < kNever.ns) drift.end_ns = static_cast<std::int64_t>(meter.end().ns - exact_end);
  return drift;
}

TEST(WorkDrift, AMillionChangesLoseLessThanAMillisecond) {
  // Mean gaps of 1 us, 10 ms, 1 s and 40 min: runs of 1 s, 3 hours, 12 days and 76 years.
  for (const std::int64_t gap_ns : {std::int64_t{1'000}, std::int64_t{10'000'000}, kNsPerSecond, 2400 * kNsPerSecond}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Drift drift = drift_of(seed, gap_ns);
      EXPECT_LT(std::abs(drift.lost_ns), 17'000) << "seed " << seed << ", mean gap " << gap_ns << " ns";
      EXPECT_LT(std::abs(drift.end_ns), 1'000'000) << "seed " << seed << ", mean gap " << gap_ns << " ns";
    }
  }
}

// Whatever happens in between, the end that the meter announces is where nothing is left, and not earlier.
TEST(WorkDrift, AnnouncedEndsAreEnds) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed, "work-end");
    Time now{static_cast<std::int64_t>(random.below(1'000'000))};
    WorkMeter meter(Duration{static_cast<std::int64_t>(random.below(1'000'000'000'000))}, now, kFullRate);
    for (int change = 0; change < 10; ++change) {
      const Rate rate{1 + random.below(2 * kFullRate.units)};
      now = now + Duration{static_cast<std::int64_t>(random.below(50'000'000'000))};
      meter.set_rate(now, rate);
      const Time end = meter.end();
      ASSERT_GE(end, now) << "seed " << seed;
      ASSERT_EQ(meter.left(end).ns, 0) << "seed " << seed;
      if (end > now) {
        ASSERT_GT(meter.left(Time{end.ns - 1}).ns, 0) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace seatrial

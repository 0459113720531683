// Free GPUs over time in blocks: small cases by hand, long ones against a plain list of steps.
#include "policies/free_profile.h"

#include <gtest/gtest.h>

#include "sim/random.h"
#include "tests/support/plain_conservative.h"

namespace seatrial {
namespace {

TEST(FreeProfile, FindsTheFirstHoleThatIsLongEnough) {
  FreeProfile profile;
  profile.begin(Time{10}, 2);
  profile.add(Time{50}, 6);
  EXPECT_EQ(profile.earliest(Time{10}, 2, Duration{1000}), Time{10});
  EXPECT_EQ(profile.earliest(Time{10}, 3, Duration{1}), Time{50});
  EXPECT_EQ(profile.earliest(Time{10}, 9, Duration{1}), kNever);
  profile.reserve(Time{20}, Duration{40}, 2);  // 2 until 20, none until 50, 6 until 60, 8
  EXPECT_EQ(profile.earliest(Time{10}, 1, Duration{10}), Time{10});
  EXPECT_EQ(profile.earliest(Time{10}, 1, Duration{11}), Time{50});
  EXPECT_EQ(profile.earliest(Time{10}, 8, Duration{1}), Time{60});
}

TEST(FreeProfile, KnowsWhenItFallsShort) {
  FreeProfile profile;
  profile.begin(Time{0}, 4);
  EXPECT_EQ(profile.first_below(4), kNever);
  EXPECT_EQ(profile.first_below(5), Time{0});
  profile.reserve(Time{30}, Duration{5}, 1);
  EXPECT_EQ(profile.first_below(4), Time{30});
  EXPECT_EQ(profile.first_below(3), kNever);
}

TEST(FreeProfile, AReservationMayOutlastTime) {
  FreeProfile profile;
  profile.begin(Time{0}, 4);
  profile.reserve(Time{5}, Duration{kNever.ns}, 4);
  EXPECT_EQ(profile.earliest(Time{0}, 1, Duration{5}), Time{0});
  EXPECT_EQ(profile.earliest(Time{0}, 1, Duration{6}), kNever);
}

TEST(FreeProfile, ForgetsWhatIsOver) {
  FreeProfile profile;
  profile.begin(Time{0}, 1);
  profile.add(Time{10}, 1);
  profile.add(Time{20}, 1);
  profile.forget_before(Time{15});
  EXPECT_EQ(profile.earliest(Time{15}, 2, Duration{3}), Time{15});
  EXPECT_EQ(profile.earliest(Time{15}, 3, Duration{3}), Time{20});
  profile.reserve(Time{15}, Duration{5}, 2);
  EXPECT_EQ(profile.earliest(Time{15}, 1, Duration{1}), Time{20});
}

TEST(FreeProfile, EqualsAPlainListOfSteps) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed, "free profile");
    FreeProfile profile;
    PlainProfile plain;
    Time now{0};
    profile.begin(now, 32);
    plain.begin(now, 32);
    for (int step = 0; step < 800; ++step) {
      const auto gpus = static_cast<std::int64_t>(1 + random.below(32));
      const Duration length{static_cast<std::int64_t>(1 + random.below(random.bernoulli(0.1) ? 100'000 : 300))};
      const Time at = profile.earliest(now, gpus, length);
      ASSERT_EQ(at, plain.earliest(now, gpus, length)) << "seed " << seed << ", step " << step;
      profile.reserve(at, length, gpus);
      plain.reserve(at, length, gpus);
    }
  }
}

}  // namespace
}  // namespace seatrial

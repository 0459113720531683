// sim/time.h: exact instants and the one conversion from floating seconds.
#include "sim/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace seatrial {
namespace {

TEST(Time, DifferencesAndSumsAreExact) {
  const Time start{5};
  EXPECT_EQ((start + Duration{7}).ns, 12);
  EXPECT_EQ((Time{12} - start).ns, 7);
  EXPECT_EQ((start - Duration{7}).ns, -2);
}

TEST(Time, SecondsRoundHalfToEven) {
  EXPECT_EQ(duration_from_seconds(0.5e-9).ns, 0);
  EXPECT_EQ(duration_from_seconds(1.5e-9).ns, 2);
  EXPECT_EQ(duration_from_seconds(2.5e-9).ns, 2);
  EXPECT_EQ(duration_from_seconds(-1.5e-9).ns, -2);
}

TEST(Time, SecondsOutsideTheRangeSaturate) {
  EXPECT_EQ(duration_from_seconds(1e300).ns, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(duration_from_seconds(-1e300).ns, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(duration_from_seconds(std::numeric_limits<double>::quiet_NaN()).ns, 0);
}

}  // namespace
}  // namespace seatrial

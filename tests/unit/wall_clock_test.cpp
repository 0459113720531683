// Dates, offsets, daylight saving and Slurm's lengths of time.
#include "traces/wall_clock.h"

#include <gtest/gtest.h>

namespace seatrial {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(WallClock, ParsesDatesWithAndWithoutOffset) {
  EXPECT_EQ(parse_wall_clock_ns("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(parse_wall_clock_ns("2020-04-01 00:00:00"), kHeliosEpochS * kSecond);
  EXPECT_EQ(parse_wall_clock_ns("2017-09-01T00:00:00"), kPhillyEpochS * kSecond);
  EXPECT_EQ(parse_wall_clock_ns("1969-12-31 23:59:59.5"), -kSecond / 2);
  EXPECT_EQ(parse_wall_clock_ns("2023-03-01 08:00:00+08:00"), parse_wall_clock_ns("2023-03-01 00:00:00Z"));
  EXPECT_EQ(parse_wall_clock_ns("2023-03-01 08:00:00+0800"), parse_wall_clock_ns("2023-03-01 00:00:00"));
  EXPECT_EQ(parse_wall_clock_ns("2023-02-28 19:00:00-05"), parse_wall_clock_ns("2023-03-01 00:00:00"));
  EXPECT_EQ(parse_wall_clock_ns("2024-02-29 00:00:00.000000001").value() % kSecond, 1);
}

TEST(WallClock, RefusesEverythingElse) {
  for (const char* text :
       {"", "2020-04-01", "2020-4-1 00:00:00", "2020-02-30 00:00:00", "2020-13-01 00:00:00", "2020-04-01 24:00:00",
        "2020-04-01 00:60:00", "2020-04-01 00:00:00x", "2020-04-01 00:00:00.", "2020-04-01 00:00:00+99:00",
        "2020-04-01 00:00:00.1234567890", "9999-12-31 00:00:00", "04/01/2020 00:00:00", "1585699200"}) {
    EXPECT_FALSE(parse_wall_clock_ns(text).has_value()) << text;
  }
}

TEST(WallClock, KnowsWordsForNoTime) {
  for (const char* text : {"", "None", "Unknown", "N/A", "NaT", "NULL"}) EXPECT_TRUE(is_missing_time(text)) << text;
  EXPECT_FALSE(is_missing_time("soon"));
}

std::int64_t pacific_hours(const char* local) { return pacific_offset_s(*parse_wall_clock_ns(local) / kSecond) / 3600; }

TEST(WallClock, FollowsDaylightSavingInThePacificZone) {
  EXPECT_EQ(pacific_hours("2017-01-15 12:00:00"), -8);
  EXPECT_EQ(pacific_hours("2017-03-12 01:59:59"), -8);
  EXPECT_EQ(pacific_hours("2017-03-12 03:00:00"), -7);
  EXPECT_EQ(pacific_hours("2017-09-01 00:00:00"), -7);
  EXPECT_EQ(pacific_hours("2017-11-05 01:59:59"), -7);
  EXPECT_EQ(pacific_hours("2017-11-05 02:00:00"), -8);
  EXPECT_EQ(pacific_hours("2020-11-01 02:00:00"), -8);
  EXPECT_EQ(pacific_hours("2020-10-31 23:00:00"), -7);
}

TEST(SlurmDuration, ParsesTheFormsThatSlurmPrints) {
  EXPECT_EQ(parse_slurm_duration_ns("00:00:07"), 7 * kSecond);
  EXPECT_EQ(parse_slurm_duration_ns("1-02:03:04"), (((24 + 2) * 60 + 3) * 60 + 4) * kSecond);
  EXPECT_EQ(parse_slurm_duration_ns("30-00:00:00"), 30 * 86400 * kSecond);
  EXPECT_EQ(parse_slurm_duration_ns("05:30"), 330 * kSecond);
  EXPECT_EQ(parse_slurm_duration_ns("05:30.5"), 330 * kSecond + kSecond / 2);
  for (const char* text :
       {"", "7", "UNLIMITED", "1-02:03", "-02:03:04", "a-02:03:04", "1:2:3", "00:61:00", "00:00:00:00"}) {
    EXPECT_FALSE(parse_slurm_duration_ns(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace seatrial

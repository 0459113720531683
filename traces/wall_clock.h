// Dates and times as logs write them, to exact instants. No locale, no system time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace seatrial {

// Seconds from 1970-01-01 00:00:00 to the first instants of the published copies of two traces; both in the log's own
// local time, read as if it were UTC.
inline constexpr std::int64_t kHeliosEpochS = 1'585'699'200;  // 2020-04-01 00:00:00
inline constexpr std::int64_t kPhillyEpochS = 1'504'224'000;  // 2017-09-01 00:00:00

// "2020-04-01 12:34:56", also with `T` between date and time, a fraction of up to 9 digits and an offset ("Z",
// "+08:00", "+0800", "+00"): ns since 1970 in UTC; without an offset the text is read as UTC. Nothing for other text,
// impossible dates, and instants that do not fit 63 bits.
[[nodiscard]] std::optional<std::int64_t> parse_wall_clock_ns(std::string_view text);

// True for what logs write where there is no time: nothing, None, NULL, Unknown, N/A, NaN, NaT.
[[nodiscard]] bool is_missing_time(std::string_view text);

// What to subtract from a local US Pacific time (in s since 1970, read as if UTC) to get UTC, by the rules in force
// since 2007: -8 h, -7 h from the second Sunday of March 02:00 to the first Sunday of November 02:00. Of the hour that
// occurs twice the first is meant.
[[nodiscard]] std::int64_t pacific_offset_s(std::int64_t local_s);

// "[days-]hours:minutes:seconds[.fraction]" or "minutes:seconds[.fraction]", as Slurm prints elapsed times and limits.
[[nodiscard]] std::optional<std::int64_t> parse_slurm_duration_ns(std::string_view text);

}  // namespace seatrial

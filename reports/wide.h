// Sums that must not overflow or round: milli-GPUs times nanoseconds of a large cluster over years need 128 bits.
// Used by metrics and summaries; converted to double once, when a value is reported.
#pragma once

#include <cstdint>

#include "sim/wide.h"

namespace seatrial {

using Wide = Int128;

// value times the time from `begin` to `end` (end >= begin), however far apart they are.
[[nodiscard]] constexpr Wide area(std::int64_t value, std::int64_t begin, std::int64_t end) {
  return static_cast<Wide>(value) *
         static_cast<Wide>(static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin));
}
// milli-units times ns to unit-seconds.
[[nodiscard]] constexpr double unit_seconds(Wide milli_ns) { return static_cast<double>(milli_ns) / 1e12; }
// units times ns to unit-seconds.
[[nodiscard]] constexpr double seconds_of(Wide units_ns) { return static_cast<double>(units_ns) / 1e9; }

}  // namespace seatrial

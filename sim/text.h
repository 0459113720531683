// Text to exact values: decimal seconds, quantities with units ("90s", "64Gi", "500m"), and the reverse for results.
// Nothing here looks at the locale. Each parser accepts the whole text or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"

namespace seatrial {

// A decimal number of seconds ("-12", "0.000000001", "1.5e3") to ns, rounded half to even beyond 9 digits.
// Nothing if it is not a number or does not fit 63 bits.
[[nodiscard]] std::optional<std::int64_t> parse_seconds_ns(std::string_view text);

// A decimal or scientific number that is finite as a double; no hex, no "inf", no leading '+'.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
// A decimal integer in the range of the type; "8.0" and "8" are both 8, "8.5" is nothing.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

// "90s", "1.5h", "30d", "250ms", "10us", "5ns", "15m", "2w"; a bare 0 is allowed, other bare numbers are not.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
// "64Gi", "512Mi", "1Ti", "16G", "1024Ki" to whole MiB (rounded down); a bare 0 is allowed.
[[nodiscard]] std::optional<std::int64_t> parse_memory_mib(std::string_view text);
// "64Gi", "16G", "512" (bytes) to bytes.
[[nodiscard]] std::optional<double> parse_bytes(std::string_view text);
// "500m" or "4" or "0.5" cores to milli.
[[nodiscard]] std::optional<std::int64_t> parse_cpu_milli(std::string_view text);

// Exact decimal seconds of a number of ns, no trailing zeros: "-0.5", "12".
void append_seconds(std::string& out, std::int64_t ns);
[[nodiscard]] std::string seconds_text(std::int64_t ns);
// For people: "1.5 s", "12 min 30 s", "3 h 5 min", "2 d 4 h".
[[nodiscard]] std::string human_duration(double seconds);

// The known name nearest to a mistyped one by edit distance, where two swapped letters are one edit; empty if none is
// near (more than a third differs).
[[nodiscard]] std::string nearest_name(std::string_view typed, std::span<const std::string> known);

// True if the bytes are well-formed UTF-8 without NUL.
[[nodiscard]] bool is_utf8(std::string_view text);
// Ill-formed bytes become U+FFFD, one per byte.
[[nodiscard]] std::string to_utf8(std::string_view text);

}  // namespace seatrial

// Simulated time: integer nanoseconds, so equal instants are equal and order never depends on rounding.
// Every layer uses these two types; a floating-point second becomes a Time here and nowhere else.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

namespace seatrial {

inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;

// A length of time in ns; may be negative.
struct Duration {
  std::int64_t ns = 0;
  auto operator<=>(const Duration&) const = default;
  [[nodiscard]] double seconds() const { return static_cast<double>(ns) / static_cast<double>(kNsPerSecond); }
};

// An instant in ns on the run's own axis (a trace's submit times; may be negative).
struct Time {
  std::int64_t ns = 0;
  auto operator<=>(const Time&) const = default;
  [[nodiscard]] double seconds() const { return static_cast<double>(ns) / static_cast<double>(kNsPerSecond); }
};

inline constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};
inline constexpr Time kBeforeAll{std::numeric_limits<std::int64_t>::min()};

constexpr Duration operator-(Time a, Time b) { return {a.ns - b.ns}; }
constexpr Time operator+(Time a, Duration d) { return {a.ns + d.ns}; }
constexpr Time operator-(Time a, Duration d) { return {a.ns - d.ns}; }
constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
constexpr Duration& operator+=(Duration& a, Duration b) {
  a.ns += b.ns;
  return a;
}
constexpr Duration& operator-=(Duration& a, Duration b) {
  a.ns -= b.ns;
  return a;
}

// Rounds half to even; saturates at the ends of the 64-bit range (292 years). NaN becomes 0.
[[nodiscard]] inline Duration duration_from_seconds(double seconds) {
  const double ns = std::nearbyint(seconds * static_cast<double>(kNsPerSecond));
  if (!(ns < 9.2e18)) return {ns != ns ? 0 : std::numeric_limits<std::int64_t>::max()};
  if (ns < -9.2e18) return {std::numeric_limits<std::int64_t>::min()};
  return {static_cast<std::int64_t>(ns)};
}

}  // namespace seatrial

// Work done under a speed that changes: how much of a job is left, and when it ends if nothing changes again. The
// scheduler keeps one meter per running job and sets its rate when the job's devices or neighbours change.
// Invariant: the meter adds up in integers and never rounds; the one rounding is that of a speed to a Rate, at most
// 2^-49 of full speed, so that after any number of changes less than 17 us of work is lost in 292 simulated years.
#pragma once

#include <compare>
#include <cstdint>

#include "sim/time.h"
#include "sim/wide.h"

namespace seatrial {

// Work per time, in units of 2^-48 of full speed: the speed of the job alone on its reference GPU.
struct Rate {
  static constexpr int kFractionBits = 48;
  std::uint64_t units = 0;
  auto operator<=>(const Rate&) const = default;
};

inline constexpr Rate kStalled{0};
inline constexpr Rate kFullRate{std::uint64_t{1} << Rate::kFractionBits};
inline constexpr Rate kMaxRate{std::uint64_t{1} << 62U};  // 16,384 times full speed

// The nearest rate to a speed (1 = full speed); a positive speed never becomes a stall. NaN and negative become a
// stall, what is above kMaxRate becomes kMaxRate.
[[nodiscard]] Rate rate_of(double speed);
[[nodiscard]] inline double speed_of(Rate rate) {
  return static_cast<double>(rate.units) / static_cast<double>(kFullRate.units);
}

class WorkMeter {
 public:
  WorkMeter() = default;
  // work: run time at full speed, >= 0. Progress begins at `start`.
  WorkMeter(Duration work, Time start, Rate rate);

  // Counts the work done until `now` at the old rate, then goes on at the new one. Requires that now is not before the
  // last change. A change and the end after it take about 12 ns.
  void set_rate(Time now, Rate rate);
  [[nodiscard]] Rate rate() const { return rate_; }

  // The first instant (whole ns, rounded up) at which no work is left; kNever for a stalled job. Never before the last
  // change.
  [[nodiscard]] Time end() const;
  // Work that is left at an instant not before the last change, as time at full speed, rounded up; never negative.
  [[nodiscard]] Duration left(Time now) const;

 private:
  [[nodiscard]] UInt128 left_units(Time now) const;

  UInt128 left_ = 0;  // at since_, in ns at full speed times 2^48
  Time since_{};
  Rate rate_{};
};

}  // namespace seatrial

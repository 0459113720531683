// Integration of work; see work_meter.h. Sizes: work and time are below 2^63 ns, a rate is at most 2^62 units, so
// every product stays below 2^126.
#include "models/work_meter.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace seatrial {
namespace {

constexpr UInt128 kUnitsOfNs = UInt128{1} << Rate::kFractionBits;

// Length of [from, to); exact also where the difference of two int64 would overflow.
std::uint64_t ns_between(Time from, Time to) {
  return static_cast<std::uint64_t>(to.ns) - static_cast<std::uint64_t>(from.ns);
}

UInt128 divided_up(UInt128 dividend, UInt128 divisor) { return (dividend + divisor - 1) / divisor; }

}  // namespace

Rate rate_of(double speed) {
  if (!(speed > 0)) return kStalled;
  const double units = std::nearbyint(speed * static_cast<double>(kFullRate.units));
  if (units >= static_cast<double>(kMaxRate.units)) return kMaxRate;
  return {std::max<std::uint64_t>(1, static_cast<std::uint64_t>(units))};
}

WorkMeter::WorkMeter(Duration work, Time start, Rate rate)
    : left_(static_cast<UInt128>(work.ns) * kUnitsOfNs), since_(start), rate_(rate) {
  CHECK(work.ns >= 0);
  CHECK(rate <= kMaxRate);
}

void WorkMeter::set_rate(Time now, Rate rate) {
  CHECK(rate <= kMaxRate);
  left_ = left_units(now);
  since_ = now;
  rate_ = rate;
}

Time WorkMeter::end() const {
  if (left_ == 0) return since_;
  if (rate_ == kStalled) return kNever;
  const UInt128 needed_ns = divided_up(left_, rate_.units);
  if (needed_ns >= ns_between(since_, kNever)) return kNever;
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(since_.ns) + static_cast<std::uint64_t>(needed_ns))};
}

Duration WorkMeter::left(Time now) const {
  return {static_cast<std::int64_t>(divided_up(left_units(now), kUnitsOfNs))};
}

UInt128 WorkMeter::left_units(Time now) const {
  CHECK(now >= since_);
  const UInt128 done = UInt128{ns_between(since_, now)} * rate_.units;
  return done >= left_ ? 0 : left_ - done;
}

}  // namespace seatrial

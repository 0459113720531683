// The speed of a MIG slice under one power limit for all slices of its GPU: the formula that the model `mig`
// (sharing_mig.cpp) evaluates and that fit_mig_coupling (sharing_fit.h) fits.
#pragma once

#include <algorithm>

namespace seatrial {

// Both without unit. Fitted on 3d-unet-99, bert-99 and rnnt of an A30: see docs/shared_speed.md.
struct MigCoupling {
  double coupling = 0.115;    // fall of the clock with the power of a GPU full of work
  double efficiency = 0.968;  // what all slices together reach of the whole GPU
};

struct MigSliceLoad {
  double equal_clock_speed;  // of the slice, relative to the whole GPU at the same clock
  double power;              // of its workload (WorkloadProfile::power)
  double device_draw;        // sum of speed times power over all slices, this one included
};

// Relative to the whole GPU with MIG off, in (0, 1].
[[nodiscard]] inline double mig_slice_speed(const MigCoupling& mig, const MigSliceLoad& load) {
  const double clock = (1 + mig.coupling * load.power) / (1 + mig.coupling * load.device_draw);
  return std::min(1.0, mig.efficiency * load.equal_clock_speed * clock);
}

}  // namespace seatrial

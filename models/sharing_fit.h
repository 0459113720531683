// Fits of the sharing models' parameters to measurements: power/clock coupling of MIG slices, contention of
// concurrent clients, SM-fraction curve. Used when a table is calibrated and by the tests that hold the fits to their
// stated errors; nothing here runs during a simulation.
#pragma once

#include <cstdint>
#include <span>

#include "models/mig_speed.h"
#include "models/speed_tables.h"

namespace seatrial {

// One measurement of equal slices that tile a GPU.
struct MigMeasurement {
  enum class What : std::uint8_t {
    OneSlice,   // speed of one slice, the others empty, relative to the whole GPU
    AllSlices,  // speed of all slices with the same work together, relative to the whole GPU
    BusyLoss,   // part of its speed that one slice loses when all others are busy with other work (of power 1)
  };
  What what = What::OneSlice;
  std::uint32_t slices = 4;  // that tile the GPU: the slice's equal-clock speed is 1 / slices
  double power = 1;          // of the workload (WorkloadProfile::power)
  double measured = 0;
  double tolerance = 1;  // error that counts as much as any other measurement's tolerance; > 0
};

// What the model says of a measurement.
[[nodiscard]] double predicted(const MigCoupling& mig, const MigMeasurement& of);

// Least squares of error / tolerance over the measurements (Gauss-Newton, deterministic). Needs two or more that tell
// coupling and efficiency apart; without any the result is the default.
[[nodiscard]] MigCoupling fit_mig_coupling(std::span<const MigMeasurement> measurements);

// A measured group of clients, from the side of one of them.
struct ContentionMeasurement {
  WorkloadProfile profile;   // of the client
  double compute_asked = 1;  // by all clients together, 1 = the whole GPU
  double bandwidth_asked = 0;
  std::uint32_t others = 1;
  double slowdown = 1;  // measured
};

// Parameters of the model two-resource (sharing_two_resource.cpp).
struct ContentionFit {
  double k_compute = 0;
  double k_bandwidth = 0;
  double k_other = 0;
  double rms_error = 0;  // of slowdowns
};
// Least squares with k >= 0.
[[nodiscard]] ContentionFit fit_contention(std::span<const ContentionMeasurement> measurements);

// Speed of a workload on a part of the SMs.
struct SmPoint {
  double share;  // of the SMs, (0, 1]
  double speed;  // relative to all of them, > 0
};
struct SmCurve {
  double saturation = 1;
  double exponent = 1;
  double rms_error = 0;  // of speeds
};
// min(1, share / saturation) ^ exponent: saturation on a grid of 0.01, exponent by least squares of logarithms.
[[nodiscard]] SmCurve fit_sm_curve(std::span<const SmPoint> points);

}  // namespace seatrial

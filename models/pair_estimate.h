// Speeds of pairs that were not measured, estimated from those that were on the same GPU type: what a workload suffers
// beside another one is its sensitivity times the other's pressure,
//   1 / speed(i beside j) - 1 = sensitivity_i pressure_j
// Used by the model pair-table for the gaps of a table. Errors on Gavel's pairs: docs/shared_speed.md.
#pragma once

#include <cstdint>
#include <vector>

#include "models/speed_tables.h"

namespace seatrial {

class PairEstimate {
 public:
  // Fits all measured pairs of a GPU type: alternating least squares with a fixed number of rounds, errors relative to
  // the measured slowdown, a little pull towards 1 so that few measurements do not run away.
  PairEstimate(const SpeedTables& tables, std::uint16_t gpu);

  // In (0, 1]; kNotMeasured where nothing is known of one of the two.
  [[nodiscard]] double speed(std::uint16_t workload, std::uint16_t other) const {
    return 1 / (1 + sensitivity_[workload] * pressure_[other]);
  }

 private:
  std::vector<double> sensitivity_;  // by workload; NaN where no pair tells
  std::vector<double> pressure_;
};

}  // namespace seatrial

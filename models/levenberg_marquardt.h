// Least squares for models that are not linear in their parameters (Levenberg 1944, Marquardt 1963), with bounds and
// with a loss that lets single wrong measurements count less (Huber 1964). Deterministic. Residuals that are no finite
// number are left out at the start; a step that makes others non-finite is refused. Used when a table is calibrated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/function_ref.h"

namespace seatrial {

struct NonlinearProblem {
  std::size_t residuals = 0;
  std::vector<double> start;  // one per parameter
  std::vector<double> low;    // bounds, inclusive; empty: none
  std::vector<double> high;
  // Beyond this size an error counts with its size, not with its square. 0: squares throughout.
  double huber = 0;
  std::size_t most_steps = 200;
};

struct NonlinearFit {
  enum class Ended : std::uint8_t {
    Converged,  // no step makes the cost smaller, or only by less than 1e-14 of it
    Steps,      // most_steps were not enough
    NoData,     // no finite residual at the start: the parameters are those
  };
  std::vector<double> parameters;
  double cost = 0;  // half the sum of squares, or of the Huber loss
  std::size_t steps = 0;
  std::size_t left_out = 0;  // residuals
  Ended ended = Ended::NoData;
};

// Fills `errors`, one per residual, from the parameters: for a relative fit, log model - log measured.
using Residuals = FunctionRef<void(std::span<const double> parameters, std::span<double> errors)>;

[[nodiscard]] NonlinearFit levenberg_marquardt(const NonlinearProblem& problem, Residuals residuals);

}  // namespace seatrial

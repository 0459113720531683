// A kind of measurement that cost models are fitted to, and the fit: tables of one set of columns (matrix products by
// shape, collectives by size, training steps by placement, ...). `seatrial fit` makes a FittedFamily of measured
// points; `fit predict` and the simulator ask it for times. The families stand in one table, cost_families().
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/fit_check.h"
#include "models/residual_surface.h"

namespace seatrial {

// One row of a table: the cells of the family's columns in their order.
struct CostPoint {
  std::vector<std::string> keys;
  std::vector<double> numbers;  // > 0; some columns >= 0
  std::vector<double> times;    // measured; NaN: not known. Empty where times are asked for.
};

struct CostTime {
  double value = 0;           // in the unit of the column; NaN: cannot be told, and `note` says why
  bool extrapolated = false;  // nothing near was measured
  std::string note;           // what it rests on, in a few words
};

// Parameters of one curve, by the names that the family gives them, and what its formula misses.
struct FittedCurve {
  std::string key;  // of what: "vllm-0.24.0/bfloat16"
  std::vector<std::pair<std::string, double>> parameters;
  std::vector<ParameterInterval> intervals;  // 95 %, of the first parameters; empty: not made
  ResidualSurface surface;
  std::vector<std::pair<std::string, double>> beside;  // measured speed beside other curves; ascending by name

  [[nodiscard]] double parameter(std::string_view name, double otherwise = 0) const;
};

// How good a fit is on points it has not seen.
struct HeldOutErrors {
  std::string split;  // "random 30 %", "leave one pair out", ...
  FitErrors errors;
};

struct FittedFamily {
  std::string family;               // its name
  std::vector<FittedCurve> curves;  // ascending by key
  std::vector<HeldOutErrors> held_out;
  std::vector<std::pair<double, double>> ranges;  // of each number column among the points that were fitted

  [[nodiscard]] const FittedCurve* find(std::string_view key) const;
};

class CostFamily {
 public:
  struct Columns {
    std::vector<std::string> keys;
    std::vector<std::string> numbers;
    std::vector<std::string> times;
    bool any_time = false;   // one of the times is enough; else all are needed
    bool rates = false;      // the times are steps a second; 0: could not run
    bool from_zero = false;  // the numbers may be 0
  };

  CostFamily() = default;
  CostFamily(const CostFamily&) = delete;
  CostFamily& operator=(const CostFamily&) = delete;
  virtual ~CostFamily() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;      // "gemm"
  [[nodiscard]] virtual std::string_view sentence() const = 0;  // formula, in a sentence
  // The first is the usual one; a point's keys and numbers are those of one of them, told apart by their count.
  [[nodiscard]] virtual std::span<const Columns> layouts() const = 0;
  // Names of the axes of the curves' surfaces.
  [[nodiscard]] virtual std::vector<std::string> axes() const = 0;
  // Curves alone; errors and ranges are added by fit_family(). Intervals are made where they are asked for.
  [[nodiscard]] virtual std::vector<FittedCurve> fit(std::span<const CostPoint> points, bool intervals) const = 0;
  // One per column of times. Never fails: what cannot be told is NaN with a note.
  [[nodiscard]] virtual std::vector<CostTime> predict(const FittedFamily& fitted, const CostPoint& point) const = 0;
  // The group of a point for the structured split, and what that split is called.
  [[nodiscard]] virtual std::string group(const CostPoint& point) const = 0;
  [[nodiscard]] virtual std::string_view group_name() const = 0;
  // Points of different scopes do not influence each other's curves.
  [[nodiscard]] virtual std::string scope(const CostPoint& point) const { return point.keys.front(); }
};

// Fits all points, then parts of them for the errors on the others: a random 30 % (hashed), and one group at a time.
[[nodiscard]] FittedFamily fit_family(const CostFamily& family, std::span<const CostPoint> points);

// Errors of predictions over points with measured times: one error per point, the mean over its times.
[[nodiscard]] ErrorSum prediction_errors(const CostFamily& family, const FittedFamily& fitted,
                                         std::span<const CostPoint> points);

[[nodiscard]] std::span<const std::unique_ptr<const CostFamily>> cost_families();
// nullptr where the name is unknown.
[[nodiscard]] const CostFamily* find_cost_family(std::string_view name);

}  // namespace seatrial

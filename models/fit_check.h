// How good a fit is: errors on points that it has not seen, ways to choose those points, and how far its parameters
// move when the points are drawn anew. Every fit of a cost model states its errors through these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/function_ref.h"

namespace seatrial {

// Relative errors |predicted - measured| / measured, as ratios.
struct FitErrors {
  std::size_t points = 0;  // with a measured value above 0 and a finite prediction
  double mean = 0;         // MAPE
  double median = 0;
  double p90 = 0;
  double worst = 0;
};

// Collects pairs in any order.
class ErrorSum {
 public:
  // False, and not counted, where no relative error exists.
  bool add(double predicted, double measured);
  void add_error(double relative) { errors_.push_back(relative); }
  [[nodiscard]] std::size_t points() const { return errors_.size(); }
  [[nodiscard]] const std::vector<double>& all() const { return errors_; }
  [[nodiscard]] FitErrors errors() const;

 private:
  std::vector<double> errors_;
};

// Whether a point is held out of a random split: a hash of its name below the share. The same for every machine, order
// and neighbour; another salt is another split.
[[nodiscard]] bool is_held_out(std::string_view point, double share, std::uint64_t salt = 0);

// A structured split: the points of one group at a time are held out. Groups in ascending order of name.
struct HeldOutGroup {
  std::string name;
  std::vector<std::size_t> fitted;
  std::vector<std::size_t> held;
};
[[nodiscard]] std::vector<HeldOutGroup> leave_one_group_out(std::span<const std::string> group_of_point);

struct ParameterInterval {
  double low = 0;
  double high = 0;
};
// Percentile bootstrap (Efron 1979): `fit` is asked for parameters on `repeats` draws of as many points with
// replacement; the interval holds the middle `confidence` of what it said. Draws for which it returns an empty vector
// are passed over; no intervals if all are. Deterministic in the seed.
struct Bootstrap {
  std::size_t points = 0;
  std::size_t repeats = 200;
  double confidence = 0.95;
  std::uint64_t seed = 1;
};
[[nodiscard]] std::vector<ParameterInterval> bootstrap_intervals(
    const Bootstrap& bootstrap, FunctionRef<std::vector<double>(std::span<const std::size_t>)> fit);

}  // namespace seatrial

// Means of piecewise constant quantities over equal buckets of time, many rows at once. Adding an interval costs O(1)
// however many buckets it covers. Used for the charts of the report.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace seatrial {

class BucketSums {
 public:
  // Of `length_s` seconds from 0 on, in `buckets` parts.
  BucketSums(std::size_t rows, std::size_t buckets, double length_s)
      : buckets_(buckets),
        width_s_(length_s > 0 ? length_s / static_cast<double>(buckets) : 1),
        partial_(rows * buckets, 0),
        steps_(rows * (buckets + 1), 0),
        used_(rows, false) {}

  // `value` from begin to end on; what lies outside is left out.
  void add(std::size_t row, double begin_s, double end_s, double value) {
    const double last = static_cast<double>(buckets_);
    const double begin = std::clamp(begin_s / width_s_, 0.0, last);
    const double end = std::clamp(end_s / width_s_, 0.0, last);
    if (!(end > begin) || value == 0) return;
    used_[row] = true;
    const auto first = std::min(static_cast<std::size_t>(begin), buckets_ - 1);
    const auto final = std::min(static_cast<std::size_t>(end), buckets_ - 1);
    double* partial = &partial_[row * buckets_];
    if (first == final) {
      partial[first] += value * (end - begin);
      return;
    }
    partial[first] += value * (static_cast<double>(first + 1) - begin);
    partial[final] += value * (end - static_cast<double>(final));
    double* steps = &steps_[row * (buckets_ + 1)];
    steps[first + 1] += value;
    steps[final] -= value;
  }

  [[nodiscard]] bool used(std::size_t row) const { return used_[row]; }
  // One mean a bucket.
  [[nodiscard]] std::vector<double> means(std::size_t row) const {
    std::vector<double> out(buckets_);
    double level = 0;
    for (std::size_t i = 0; i < buckets_; ++i) {
      level += steps_[row * (buckets_ + 1) + i];
      const double mean = partial_[row * buckets_ + i] + level;
      out[i] = mean > 1e-9 ? mean : 0;  // what rounding leaves of a sum that is 0
    }
    return out;
  }

 private:
  std::size_t buckets_;
  double width_s_;
  std::vector<double> partial_;  // from buckets that an interval covers in part
  std::vector<double> steps_;    // changes of the level that holds over whole buckets
  std::vector<bool> used_;
};

}  // namespace seatrial

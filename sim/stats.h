// Statistics of runs: quantiles and means without rounding surprises, and the few distribution functions that
// confidence intervals need. Reports and tests use it; nothing here knows what the numbers mean.
// Sums of integers are exact (128 bits), so results do not depend on the order of the values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/time.h"
#include "sim/wide.h"

namespace seatrial {

// A share as a fraction, so that ceil(q n) is exact: {95} is 95 %, {999, 1000} is 99.9 %.
struct Quantile {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 100;
};

// Nearest rank as an index from 0: ceil(q count) - 1, at least 0. Requires count > 0 and q <= 1.
[[nodiscard]] std::size_t nearest_rank(Quantile q, std::size_t count);
// The value of nearest rank; reorders the values; O(n) on average. Requires at least one value.
[[nodiscard]] std::int64_t quantile(std::span<std::int64_t> values, Quantile q);
// Several quantiles, ascending; one pass over a shrinking rest for each.
[[nodiscard]] std::vector<std::int64_t> quantiles(std::span<std::int64_t> values, std::span<const Quantile> ascending);

[[nodiscard]] Int128 exact_sum(std::span<const std::int64_t> values);
// sum / count, rounded at the end only; 0 if count is 0.
[[nodiscard]] double mean_of(Int128 sum, std::uint64_t count);
[[nodiscard]] double exact_mean(std::span<const std::int64_t> values);

// A step function of time: the integral is exact, the mean rounded once. Times must not go back.
class TimeWeighted {
 public:
  // The function is 0 before the first set().
  void set(Time now, std::int64_t level) {
    advance(now);
    level_ = level;
    if (level > peak_) peak_ = level;
  }
  void add(Time now, std::int64_t change) { set(now, level_ + change); }
  [[nodiscard]] std::int64_t level() const { return level_; }
  // The highest level that was set, also if it lasted no time; at least 0.
  [[nodiscard]] std::int64_t peak() const { return peak_; }
  // Level x ns from the first set() to `end`, which is not before the last.
  [[nodiscard]] Int128 integral(Time end) const;
  // Integral divided by the time since `begin`; 0 over an empty span.
  [[nodiscard]] double mean(Time begin, Time end) const;

 private:
  void advance(Time now) {
    if (started_) area_ += Int128{level_} * (now - last_).ns;
    started_ = true;
    last_ = now;
  }

  Int128 area_ = 0;
  Time last_;
  std::int64_t level_ = 0;
  std::int64_t peak_ = 0;
  bool started_ = false;
};

// Mean and variance of a stream of doubles in one pass (Welford 1962; merge: Chan, Golub, LeVeque 1979).
class Welford {
 public:
  void add(double value) {
    ++count_;
    const double off = value - mean_;
    mean_ += off / static_cast<double>(count_);
    squares_ += off * (value - mean_);
  }
  void merge(const Welford& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  // Of the sample (divisor n - 1); 0 for fewer than two values.
  [[nodiscard]] double variance() const { return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1); }
  [[nodiscard]] double deviation() const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

// The x with P(N(0,1) <= x) = p, for 0 < p < 1; relative error about 1e-15.
[[nodiscard]] double normal_quantile(double p);
// P(T > t) for Student's t with `freedom` degrees (> 0, need not be whole); t of any sign.
[[nodiscard]] double student_t_tail(double t, double freedom);
// The t with P(T <= t) = p, for 0 < p < 1.
[[nodiscard]] double student_t_quantile(double p, double freedom);

struct Interval {
  double mean = 0;
  double half_width = 0;  // infinite for fewer than two values
  [[nodiscard]] double low() const { return mean - half_width; }
  [[nodiscard]] double high() const { return mean + half_width; }
  [[nodiscard]] bool contains(double value) const { return low() <= value && value <= high(); }
};

// Two-sided interval for the mean of independent values (Student); confidence in (0, 1), for instance 0.95.
[[nodiscard]] Interval mean_interval(std::span<const double> values, double confidence);
// The same for one long correlated run: means of `batches` consecutive groups of equal size are taken as independent.
// Values beyond a multiple of `batches` are left out at the front, where a run warms up. Requires 2 <= batches <= n.
[[nodiscard]] Interval batch_means(std::span<const double> values, std::size_t batches, double confidence);

// P-values adjusted for making several tests (Holm 1979): reject those that are still below the level.
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace seatrial

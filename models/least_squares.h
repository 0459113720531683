// Linear least squares for the fits of cost models: weighted, of minimum norm where the data do not tell the unknowns
// apart, and with unknowns that cannot be negative (Lawson and Hanson, Solving Least Squares Problems, 1974, ch. 23).
// A row with a value that is no finite number, or with a weight that is not positive, is left out and counted; no data
// can make these functions fail or loop. Used when a table is calibrated, never during a simulation.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace seatrial {

class LinearProblem {
 public:
  explicit LinearProblem(std::size_t unknowns) : unknowns_(unknowns) {}

  // sum over j of factors[j] x[j] = target, squared error times weight. factors.size() is that of the unknowns.
  void add(std::span<const double> factors, double target, double weight = 1);

  [[nodiscard]] std::size_t unknowns() const { return unknowns_; }
  [[nodiscard]] std::size_t rows() const { return targets_.size(); }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }
  // Row-major, each row scaled by the square root of its weight.
  [[nodiscard]] const std::vector<double>& factors() const { return factors_; }
  [[nodiscard]] const std::vector<double>& targets() const { return targets_; }

 private:
  std::size_t unknowns_;
  std::size_t left_out_ = 0;
  std::vector<double> factors_;
  std::vector<double> targets_;
};

struct LinearFit {
  std::vector<double> x;      // zeros if there is no row
  double squared_error = 0;   // weighted sum
  std::size_t rank = 0;       // of the factors; below the number of unknowns: x is one of many
  std::size_t exchanges = 0;  // non_negative_least_squares: unknowns that entered or left
};

// Complete orthogonal decomposition: exact where the data are, stable where columns nearly depend on each other.
[[nodiscard]] LinearFit least_squares(const LinearProblem& problem);

// The best x >= 0. At the result the conditions of Karush, Kuhn and Tucker hold up to rounding: with the gradient
// g = A'(b - A x), g[j] <= 0 where x[j] = 0 and g[j] = 0 elsewhere.
[[nodiscard]] LinearFit non_negative_least_squares(const LinearProblem& problem);

}  // namespace seatrial

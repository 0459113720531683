// See levenberg_marquardt.h. Slopes by central differences; bounds by projection, with parameters that a bound holds
// taken out of the step.
#include "models/levenberg_marquardt.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/check.h"

namespace seatrial {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

constexpr double kSettled = 1e-14;    // relative fall of the cost
constexpr double kLeastTrust = 1e16;  // damping beyond which no step can be told from none

class Solver {
 public:
  Solver(const NonlinearProblem& problem, Residuals residuals)
      : problem_(problem),
        residuals_(residuals),
        unbounded_low_(problem.start.size(), -std::numeric_limits<double>::infinity()),
        unbounded_high_(problem.start.size(), std::numeric_limits<double>::infinity()),
        low_(problem.low.empty() ? unbounded_low_ : problem.low),
        high_(problem.high.empty() ? unbounded_high_ : problem.high) {
    CHECK(low_.size() == problem.start.size() && high_.size() == problem.start.size());
    fit_.parameters = clamped(problem.start);
  }

  NonlinearFit solve() {
    Vector errors = all_errors(fit_.parameters);
    for (Eigen::Index i = 0; i < errors.size(); ++i) {
      if (std::isfinite(errors[i])) used_.push_back(i);
    }
    fit_.left_out = static_cast<std::size_t>(errors.size()) - used_.size();
    if (used_.empty()) return fit_;
    errors = used_errors(fit_.parameters);
    fit_.cost = cost(errors);
    fit_.ended = NonlinearFit::Ended::Steps;
    double damping = 1e-3;
    while (fit_.steps < problem_.most_steps) {
      ++fit_.steps;
      if (!step(errors, damping)) {
        fit_.ended = NonlinearFit::Ended::Converged;
        break;
      }
    }
    return fit_;
  }

 private:
  [[nodiscard]] std::vector<double> clamped(std::vector<double> at) const {
    for (std::size_t j = 0; j < at.size(); ++j) at[j] = std::clamp(at[j], low_[j], high_[j]);
    return at;
  }

  [[nodiscard]] Vector all_errors(const std::vector<double>& at) const {
    Vector errors = Vector::Zero(static_cast<Eigen::Index>(problem_.residuals));
    residuals_(at, {errors.data(), problem_.residuals});
    return errors;
  }
  [[nodiscard]] Vector used_errors(const std::vector<double>& at) const {
    const Vector all = all_errors(at);
    Vector errors(static_cast<Eigen::Index>(used_.size()));
    for (std::size_t i = 0; i < used_.size(); ++i) errors[static_cast<Eigen::Index>(i)] = all[used_[i]];
    return errors;
  }

  [[nodiscard]] double cost(const Vector& errors) const {
    double sum = 0;
    for (const double error : errors) {
      const double size = std::abs(error);
      const bool tail = problem_.huber > 0 && size > problem_.huber;
      sum += tail ? problem_.huber * (size - problem_.huber / 2) : size * size / 2;
    }
    return sum;
  }

  // Square roots of the weights that make squares of errors fall like the loss does.
  [[nodiscard]] Vector weights(const Vector& errors) const {
    Vector roots = Vector::Ones(errors.size());
    if (problem_.huber <= 0) return roots;
    for (Eigen::Index i = 0; i < errors.size(); ++i) {
      const double size = std::abs(errors[i]);
      if (size > problem_.huber) roots[i] = std::sqrt(problem_.huber / size);
    }
    return roots;
  }

  [[nodiscard]] Matrix slopes(const std::vector<double>& at) const {
    Matrix result(static_cast<Eigen::Index>(used_.size()), static_cast<Eigen::Index>(at.size()));
    for (std::size_t j = 0; j < at.size(); ++j) {
      const double reach = 1e-6 * std::max(std::abs(at[j]), 1e-3);
      std::vector<double> up = at;
      std::vector<double> down = at;
      up[j] = std::min(at[j] + reach, high_[j]);
      down[j] = std::max(at[j] - reach, low_[j]);
      const double apart = up[j] - down[j];
      auto column = result.col(static_cast<Eigen::Index>(j));
      if (apart <= 0) {
        column.setZero();
        continue;
      }
      column = (used_errors(up) - used_errors(down)) / apart;
      // Beside a place where the model is undefined a slope tells nothing.
      for (double& slope : column) slope = std::isfinite(slope) ? slope : 0;
    }
    return result;
  }

  // A step that lowers the cost, or false. Damping is carried from step to step.
  bool step(Vector& errors, double& damping) {
    const Vector roots = weights(errors);
    Matrix slope = roots.asDiagonal() * slopes(fit_.parameters);
    const Vector weighted = roots.cwiseProduct(errors);
    Vector downhill = -(slope.transpose() * weighted);
    for (Eigen::Index j = 0; j < downhill.size(); ++j) {
      const auto at = static_cast<std::size_t>(j);
      const bool held =
          (fit_.parameters[at] <= low_[at] && downhill[j] < 0) || (fit_.parameters[at] >= high_[at] && downhill[j] > 0);
      if (!held) continue;
      slope.col(j).setZero();
      downhill[j] = 0;
    }
    const Matrix normal = slope.transpose() * slope;
    while (damping < kLeastTrust) {
      Matrix damped = normal;
      for (Eigen::Index j = 0; j < damped.rows(); ++j) damped(j, j) += damping * normal(j, j) + 1e-300;
      const Vector move = damped.ldlt().solve(downhill);
      std::vector<double> next = fit_.parameters;
      for (std::size_t j = 0; j < next.size(); ++j) next[j] += move[static_cast<Eigen::Index>(j)];
      next = clamped(std::move(next));
      const Vector next_errors = used_errors(next);
      const double next_cost = next_errors.allFinite() ? cost(next_errors) : std::numeric_limits<double>::infinity();
      if (next_cost < fit_.cost) {
        const bool settled = fit_.cost - next_cost <= kSettled * fit_.cost;
        fit_.parameters = std::move(next);
        fit_.cost = next_cost;
        errors = next_errors;
        damping = std::max(damping / 5, 1e-12);
        return !settled;
      }
      damping *= 4;
    }
    return false;
  }

  const NonlinearProblem& problem_;
  Residuals residuals_;
  std::vector<double> unbounded_low_;
  std::vector<double> unbounded_high_;
  const std::vector<double>& low_;
  const std::vector<double>& high_;
  std::vector<Eigen::Index> used_;
  NonlinearFit fit_;
};

}  // namespace

NonlinearFit levenberg_marquardt(const NonlinearProblem& problem, Residuals residuals) {
  return Solver(problem, residuals).solve();
}

}  // namespace seatrial

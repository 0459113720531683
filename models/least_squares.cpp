// Decompositions are Eigen's; the active set is ours. See least_squares.h.
#include "models/least_squares.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace seatrial {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Directions that are smaller than this, relative to the largest, are rounding errors and not data.
constexpr double kDependent = 1e-12;

struct Scaled {
  Matrix factors;  // columns of length 1, so that units do not decide what counts as dependent
  Vector targets;  // at most 1
  Vector lengths;  // of the columns before; 1 for a column of zeros
  double target_size = 1;
};

// The solution of least norm.
Eigen::CompleteOrthogonalDecomposition<Matrix> decomposed(const Matrix& factors) {
  Eigen::CompleteOrthogonalDecomposition<Matrix> decomposition;
  decomposition.setThreshold(kDependent);
  decomposition.compute(factors);
  return decomposition;
}

Scaled scaled(const LinearProblem& problem) {
  const auto rows = static_cast<Eigen::Index>(problem.rows());
  const auto columns = static_cast<Eigen::Index>(problem.unknowns());
  Scaled out;
  out.factors = Eigen::Map<const RowMajor>(problem.factors().data(), rows, columns);
  out.targets = Eigen::Map<const Vector>(problem.targets().data(), rows);
  if (const double largest = rows == 0 ? 0 : out.targets.cwiseAbs().maxCoeff(); largest > 0) {
    out.targets /= largest;
    out.target_size = largest;
  }
  out.lengths = Vector::Ones(columns);
  for (Eigen::Index j = 0; j < columns; ++j) {
    // Of values around 1e200 the squares overflow: the largest is taken out first.
    const double largest = rows == 0 ? 0 : out.factors.col(j).cwiseAbs().maxCoeff();
    if (largest == 0) continue;
    out.lengths[j] = largest * (out.factors.col(j) / largest).norm();
    out.factors.col(j) /= out.lengths[j];
  }
  return out;
}

LinearFit finished(const Scaled& data, const Vector& x, std::size_t rank) {
  LinearFit fit;
  fit.rank = rank;
  fit.squared_error = (data.factors * x - data.targets).squaredNorm() * data.target_size * data.target_size;
  fit.x.resize(static_cast<std::size_t>(x.size()));
  for (Eigen::Index j = 0; j < x.size(); ++j) {
    fit.x[static_cast<std::size_t>(j)] = x[j] / data.lengths[j] * data.target_size;
  }
  return fit;
}

// The working set of Lawson and Hanson: which unknowns are free, and the solution over those.
class ActiveSet {
 public:
  explicit ActiveSet(const Scaled& data)
      : data_(data), x_(Vector::Zero(data.factors.cols())), free_(static_cast<std::size_t>(x_.size()), false) {}

  // The bound unknown whose release lowers the error most, or -1.
  [[nodiscard]] Eigen::Index candidate(const std::vector<bool>& refused) const {
    const Vector gradient = data_.factors.transpose() * (data_.targets - data_.factors * x_);
    const double least = 1e-12 * std::max(data_.targets.norm(), 1e-300);
    Eigen::Index best = -1;
    for (Eigen::Index j = 0; j < x_.size(); ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (free_[at] || refused[at] || gradient[j] <= least) continue;
      if (best < 0 || gradient[j] > gradient[best]) best = j;
    }
    return best;
  }

  // Frees an unknown and moves to the best point of the new set, binding what would become negative. False if the
  // newcomer itself would: rounding made it look useful.
  bool release(Eigen::Index entering) {
    free_[static_cast<std::size_t>(entering)] = true;
    Vector aim = solved();
    if (aim[entering] <= 0) {
      free_[static_cast<std::size_t>(entering)] = false;
      return false;
    }
    while (!is_positive(aim)) {
      step_towards(aim);
      aim = solved();
    }
    x_ = aim;
    return true;
  }

  [[nodiscard]] const Vector& x() const { return x_; }
  [[nodiscard]] double squared_error() const { return (data_.factors * x_ - data_.targets).squaredNorm(); }
  [[nodiscard]] std::size_t exchanges() const { return exchanges_; }

 private:
  [[nodiscard]] std::vector<Eigen::Index> free_columns() const {
    std::vector<Eigen::Index> columns;
    for (Eigen::Index j = 0; j < x_.size(); ++j) {
      if (free_[static_cast<std::size_t>(j)]) columns.push_back(j);
    }
    return columns;
  }

  [[nodiscard]] Vector solved() const {
    const std::vector<Eigen::Index> columns = free_columns();
    Vector all = Vector::Zero(x_.size());
    if (columns.empty()) return all;
    Matrix part(data_.factors.rows(), static_cast<Eigen::Index>(columns.size()));
    for (std::size_t j = 0; j < columns.size(); ++j)
      part.col(static_cast<Eigen::Index>(j)) = data_.factors.col(columns[j]);
    const Vector solution = decomposed(part).solve(data_.targets);
    for (std::size_t j = 0; j < columns.size(); ++j) all[columns[j]] = solution[static_cast<Eigen::Index>(j)];
    return all;
  }

  [[nodiscard]] bool is_positive(const Vector& aim) const {
    const std::vector<Eigen::Index> columns = free_columns();
    return std::all_of(columns.begin(), columns.end(), [&](Eigen::Index j) { return aim[j] > 0; });
  }

  // As far towards the aim as nothing is negative; what reached 0 is bound. Binds at least one, so this ends.
  void step_towards(const Vector& aim) {
    double part = 1;
    Eigen::Index first = -1;
    for (const Eigen::Index j : free_columns()) {
      if (aim[j] > 0) continue;
      const double reach = x_[j] / std::max(x_[j] - aim[j], 1e-300);
      if (first >= 0 && reach >= part) continue;
      part = std::min(1.0, reach);
      first = j;
    }
    x_ += part * (aim - x_);
    for (const Eigen::Index j : free_columns()) {
      if (j != first && x_[j] > 0) continue;
      x_[j] = 0;
      free_[static_cast<std::size_t>(j)] = false;
      ++exchanges_;
    }
  }

  const Scaled& data_;
  Vector x_;
  std::vector<bool> free_;
  std::size_t exchanges_ = 0;
};

}  // namespace

void LinearProblem::add(std::span<const double> factors, double target, double weight) {
  CHECK(factors.size() == unknowns_);
  const double root = std::sqrt(weight);
  bool usable = std::isfinite(target * root) && std::isfinite(weight) && weight > 0;
  for (const double factor : factors) usable = usable && std::isfinite(factor * root);
  if (!usable) {
    ++left_out_;
    return;
  }
  for (const double factor : factors) factors_.push_back(factor * root);
  targets_.push_back(target * root);
}

LinearFit least_squares(const LinearProblem& problem) {
  const Scaled data = scaled(problem);
  if (problem.rows() == 0 || problem.unknowns() == 0) return finished(data, Vector::Zero(data.factors.cols()), 0);
  const auto decomposition = decomposed(data.factors);
  return finished(data, decomposition.solve(data.targets), static_cast<std::size_t>(decomposition.rank()));
}

LinearFit non_negative_least_squares(const LinearProblem& problem) {
  const Scaled data = scaled(problem);
  if (problem.rows() == 0 || problem.unknowns() == 0) return finished(data, Vector::Zero(data.factors.cols()), 0);
  ActiveSet set(data);
  std::vector<bool> refused(problem.unknowns(), false);
  std::size_t entered = 0;
  double error = set.squared_error();
  // In exact arithmetic the error falls with every unknown that enters, so no set comes twice; with rounding the fall
  // is asked for, and the number of rounds is bounded as well.
  for (std::size_t round = 0; round < 10 * problem.unknowns() + 10; ++round) {
    const Eigen::Index entering = set.candidate(refused);
    if (entering < 0) break;
    if (!set.release(entering)) {
      refused[static_cast<std::size_t>(entering)] = true;
      continue;
    }
    ++entered;
    const double now = set.squared_error();
    if (now < error) {
      std::fill(refused.begin(), refused.end(), false);
    } else {
      refused[static_cast<std::size_t>(entering)] = true;
    }
    error = now;
  }
  LinearFit fit = finished(data, set.x(), static_cast<std::size_t>(decomposed(data.factors).rank()));
  fit.exchanges = entered + set.exchanges();
  return fit;
}

}  // namespace seatrial

// See residual_surface.h. Leave-one-out in closed form: Dubrule, Cross validation of kriging in a unique neighborhood,
// Mathematical Geology 15, 1983.
#include "models/residual_surface.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <utility>

namespace seatrial {
namespace {

constexpr double kLeastNugget = 1e-6;

double mean_error(const ResidualSurface& surface) {
  double sum = 0;
  for (const double error : surface.leave_one_out()) sum += std::abs(error);
  return sum;
}

bool is_finite(const SurfacePoint& point) {
  return std::isfinite(point.residual) &&
         std::all_of(point.at.begin(), point.at.end(), [](double x) { return std::isfinite(x); });
}

}  // namespace

ResidualSurface::ResidualSurface(SurfaceShape shape, std::vector<SurfacePoint> points)
    : shape_(std::move(shape)), points_(std::move(points)) {
  points_.erase(std::remove_if(points_.begin(), points_.end(), [](const SurfacePoint& p) { return !is_finite(p); }),
                points_.end());
  if (points_.size() > kMostPoints) points_.resize(kMostPoints);
  shape_.nugget = std::max(shape_.nugget, kLeastNugget);
  const auto count = static_cast<Eigen::Index>(points_.size());
  if (count == 0) return;
  Eigen::MatrixXd matrix(count, count);
  Eigen::VectorXd residuals(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const SurfacePoint& a = points_[static_cast<std::size_t>(i)];
    residuals[i] = a.residual;
    for (Eigen::Index j = 0; j <= i; ++j) {
      matrix(i, j) = matrix(j, i) = correlation(a.at, points_[static_cast<std::size_t>(j)].at);
    }
    matrix(i, i) += shape_.nugget;
  }
  const Eigen::MatrixXd inverse = matrix.ldlt().solve(Eigen::MatrixXd::Identity(count, count));
  const Eigen::VectorXd weights = inverse * residuals;
  weights_.assign(weights.begin(), weights.end());
  inverse_.assign(inverse.data(), inverse.data() + inverse.size());
}

ResidualSurface ResidualSurface::fit(const SurfaceShape& start, const std::vector<SurfacePoint>& points) {
  ResidualSurface best(start, points);
  if (best.points_.size() < 4) return best;
  double least = mean_error(best);
  // The error has several valleys: one walk from long and one from short lengths, each with little and more noise.
  for (const double length : {1.0, 0.25}) {
    for (const double nugget : {1e-4, 2e-2}) {
      SurfaceShape shape{start.lengths, nugget};
      for (double& of_axis : shape.lengths) of_axis *= length;
      ResidualSurface found = walked(ResidualSurface(std::move(shape), points));
      const double error = mean_error(found);
      if (!(error < least)) continue;
      least = error;
      best = std::move(found);
    }
  }
  return best;
}

ResidualSurface ResidualSurface::walked(ResidualSurface best) {
  double least = mean_error(best);
  const auto better = [&](SurfaceShape shape) {
    ResidualSurface tried(std::move(shape), best.points_);
    const double error = mean_error(tried);
    if (!(error < least * (1 - 1e-3))) return false;
    least = error;
    best = std::move(tried);
    return true;
  };
  for (int round = 0; round < 6; ++round) {
    bool moved = false;
    for (const double factor : {5.0, 0.2}) {
      SurfaceShape shape = best.shape_;
      shape.nugget = std::min(shape.nugget * factor, 1.0);
      moved = better(std::move(shape)) || moved;
    }
    for (std::size_t axis = 0; axis < best.shape_.lengths.size(); ++axis) {
      for (const double factor : {2.0, 0.5}) {
        SurfaceShape shape = best.shape_;
        shape.lengths[axis] *= factor;
        moved = better(std::move(shape)) || moved;
      }
    }
    if (!moved) break;
  }
  return best;
}

double ResidualSurface::correlation(std::span<const double> a, std::span<const double> b) const {
  double squares = 0;
  for (std::size_t i = 0; i < shape_.lengths.size(); ++i) {
    const double apart = (a[i] - b[i]) / shape_.lengths[i];
    squares += apart * apart;
  }
  return std::exp(-std::sqrt(squares));
}

std::vector<double> ResidualSurface::correlations(std::span<const double> place) const {
  std::vector<double> result;
  result.reserve(points_.size());
  for (const SurfacePoint& point : points_) result.push_back(correlation(place, point.at));
  return result;
}

double ResidualSurface::at(std::span<const double> place) const {
  const std::vector<double> near = correlations(place);
  double sum = 0;
  for (std::size_t i = 0; i < near.size(); ++i) sum += near[i] * weights_[i];
  return sum;
}

double ResidualSurface::support(std::span<const double> place) const {
  const std::vector<double> near = correlations(place);
  double sum = 0;
  for (std::size_t i = 0; i < near.size(); ++i) {
    for (std::size_t j = 0; j < near.size(); ++j) sum += near[i] * inverse_[i * near.size() + j] * near[j];
  }
  return std::clamp(sum, 0.0, 1.0);
}

std::vector<double> ResidualSurface::leave_one_out() const {
  std::vector<double> errors;
  for (std::size_t i = 0; i < points_.size(); ++i) errors.push_back(weights_[i] / inverse_[i * points_.size() + i]);
  return errors;
}

}  // namespace seatrial

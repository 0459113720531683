// Least-squares fits; see sharing_fit.h.
#include "models/sharing_fit.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace seatrial {
namespace {

constexpr int kMostSteps = 100;
constexpr double kDifference = 1e-6;

Eigen::VectorXd errors_of(const Eigen::Vector2d& at, std::span<const MigMeasurement> measurements) {
  Eigen::VectorXd errors(static_cast<Eigen::Index>(measurements.size()));
  for (Eigen::Index i = 0; i < errors.size(); ++i) {
    const MigMeasurement& of = measurements[static_cast<std::size_t>(i)];
    errors[i] = (predicted({.coupling = at[0], .efficiency = at[1]}, of) - of.measured) / of.tolerance;
  }
  return errors;
}

// The derivatives of the errors, by central differences.
Eigen::MatrixXd slopes_of(const Eigen::Vector2d& at, std::span<const MigMeasurement> measurements) {
  Eigen::MatrixXd slopes(static_cast<Eigen::Index>(measurements.size()), 2);
  for (Eigen::Index parameter = 0; parameter < 2; ++parameter) {
    const Eigen::Vector2d aside = kDifference * Eigen::Vector2d::Unit(parameter);
    slopes.col(parameter) =
        (errors_of(at + aside, measurements) - errors_of(at - aside, measurements)) / (2 * kDifference);
  }
  return slopes;
}

double rms(double sum_of_squares, std::size_t count) {
  return count == 0 ? 0 : std::sqrt(sum_of_squares / static_cast<double>(count));
}

// Exponent of a curve with a given saturation: the slope of log speed over log share below it, at least a little.
double exponent_for(double saturation, std::span<const SmPoint> points) {
  double xx = 0;
  double xy = 0;
  for (const SmPoint& point : points) {
    if (point.share >= saturation) continue;
    const double x = std::log(point.share / saturation);
    xx += x * x;
    xy += x * std::log(point.speed);
  }
  return xx > 0 ? std::max(0.01, xy / xx) : 1;
}

}  // namespace

double predicted(const MigCoupling& mig, const MigMeasurement& of) {
  const double slice = 1.0 / of.slices;
  const double alone = mig_slice_speed(mig, {slice, of.power, slice * of.power});
  switch (of.what) {
    case MigMeasurement::What::OneSlice:
      return alone;
    case MigMeasurement::What::AllSlices:
      return of.slices * mig_slice_speed(mig, {slice, of.power, of.power});
    case MigMeasurement::What::BusyLoss: {
      const double neighbours = (of.slices - 1) * slice;
      return 1 - mig_slice_speed(mig, {slice, of.power, slice * of.power + neighbours}) / alone;
    }
  }
  return 0;
}

MigCoupling fit_mig_coupling(std::span<const MigMeasurement> measurements) {
  const MigCoupling start;
  if (measurements.empty()) return start;
  Eigen::Vector2d at(0.1, 1);
  double error = errors_of(at, measurements).squaredNorm();
  for (int step = 0; step < kMostSteps; ++step) {
    const Eigen::Vector2d full = slopes_of(at, measurements).colPivHouseholderQr().solve(errors_of(at, measurements));
    double part = 1;
    Eigen::Vector2d next = (at - full).cwiseMax(0);
    double next_error = errors_of(next, measurements).squaredNorm();
    while (next_error > error && part > 1e-6) {
      part /= 2;
      next = (at - part * full).cwiseMax(0);
      next_error = errors_of(next, measurements).squaredNorm();
    }
    if (!(next_error < error)) break;
    const bool settled = error - next_error < 1e-15 * error;
    at = next;
    error = next_error;
    if (settled) break;
  }
  return {.coupling = at[0], .efficiency = at[1]};
}

ContentionFit fit_contention(std::span<const ContentionMeasurement> measurements) {
  const auto rows = static_cast<Eigen::Index>(measurements.size());
  Eigen::MatrixXd causes(rows, 3);
  Eigen::VectorXd excess(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const ContentionMeasurement& of = measurements[static_cast<std::size_t>(i)];
    causes(i, 0) = std::max(0.0, of.compute_asked - 1) * of.profile.compute_bound;
    causes(i, 1) = std::max(0.0, of.bandwidth_asked - 1) * of.profile.bandwidth_bound;
    causes(i, 2) = of.others;
    excess[i] = of.slowdown - 1;
  }
  // Three unknowns: of the eight sets of those that are not 0, the best whose solution has no negative.
  Eigen::Vector3d best = Eigen::Vector3d::Zero();
  double best_error = excess.squaredNorm();
  for (unsigned set = 1; set < 8; ++set) {
    Eigen::MatrixXd used = causes;
    for (Eigen::Index k = 0; k < 3; ++k) {
      if ((set >> k & 1U) == 0) used.col(k).setZero();
    }
    const Eigen::Vector3d solution = used.completeOrthogonalDecomposition().solve(excess);
    const double error = (used * solution - excess).squaredNorm();
    if (solution.minCoeff() < 0 || error >= best_error) continue;
    best = solution;
    best_error = error;
  }
  return {best[0], best[1], best[2], rms(best_error, measurements.size())};
}

SmCurve fit_sm_curve(std::span<const SmPoint> points) {
  SmCurve best;
  double best_error = std::numeric_limits<double>::infinity();
  for (int percent = 1; percent <= 100; ++percent) {
    const double saturation = percent / 100.0;
    const double exponent = exponent_for(saturation, points);
    double error = 0;
    for (const SmPoint& point : points) {
      const double speed = std::pow(std::min(1.0, point.share / saturation), exponent);
      error += (speed - point.speed) * (speed - point.speed);
    }
    // Of equally good ones the largest saturation: what was not seen to saturate does not.
    if (error > best_error + 1e-12) continue;
    best_error = std::min(error, best_error);
    best = {saturation, exponent, rms(error, points.size())};
  }
  return best;
}

}  // namespace seatrial

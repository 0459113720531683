// What a smooth formula misses, learned at measured points: the logarithms of measured over formula, spread between
// points that are near (kriging: the best linear predictor for errors whose correlation falls as exp(-distance)). On a
// line it is the straight line between neighbours; far from every point it is 0, so that a table blends into its
// formula. Axes have lengths of their own, chosen by leaving out one point at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace seatrial {

struct SurfacePoint {
  std::vector<double> at;  // one coordinate per axis, mostly logarithms
  double residual = 0;     // log(measured / formula)
};

struct SurfaceShape {
  std::vector<double> lengths;  // per axis, > 0: distance over which the correlation falls to 1/e
  double nugget = 1e-4;         // variance of a single measurement relative to that of the surface, > 0
};

class ResidualSurface {
 public:
  static constexpr std::size_t kMostPoints = 2000;  // solving is cubic in their number

  ResidualSurface() = default;  // 0 everywhere
  // Points with a coordinate that is no finite number are left out. Two points at one place count as their mean.
  ResidualSurface(SurfaceShape shape, std::vector<SurfacePoint> points);
  // Chooses lengths (halving and doubling those given) and nugget by the mean absolute error of each point predicted
  // from the others. With fewer than four points the given shape stays.
  [[nodiscard]] static ResidualSurface fit(const SurfaceShape& start, const std::vector<SurfacePoint>& points);

  [[nodiscard]] double at(std::span<const double> place) const;
  // How much the points say about a place: 1 at a point, 0 where no point is near.
  [[nodiscard]] double support(std::span<const double> place) const;
  // Error of each point when predicted from all others, in the order of points(); in closed form.
  [[nodiscard]] std::vector<double> leave_one_out() const;

  [[nodiscard]] const SurfaceShape& shape() const { return shape_; }
  [[nodiscard]] const std::vector<SurfacePoint>& points() const { return points_; }

 private:
  [[nodiscard]] static ResidualSurface walked(ResidualSurface best);
  [[nodiscard]] double correlation(std::span<const double> a, std::span<const double> b) const;
  [[nodiscard]] std::vector<double> correlations(std::span<const double> place) const;

  SurfaceShape shape_;
  std::vector<SurfacePoint> points_;
  std::vector<double> weights_;  // of the points
  std::vector<double> inverse_;  // of the correlation matrix with nugget, row-major
};

}  // namespace seatrial

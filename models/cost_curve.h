// Families whose points fall into curves, each a formula with a few parameters and a surface of what it misses. What is
// common to them: grouping, Levenberg-Marquardt on logarithms of times, bootstrap, substitutes for unknown keys.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/cost_family.h"

namespace seatrial {

// One time of a point: which curve it belongs to, and the numbers that the curve's formula and surface see.
struct CurvePoint {
  std::string key;
  std::vector<double> features;  // of the formula
  std::vector<double> place;     // on the surface
  std::string problem;           // why it has none; empty: it has
};

[[nodiscard]] inline CurvePoint no_curve(std::string problem) { return {{}, {}, {}, std::move(problem)}; }

class CurveFamily : public CostFamily {
 public:
  [[nodiscard]] std::vector<FittedCurve> fit(std::span<const CostPoint> points, bool intervals) const final;
  [[nodiscard]] std::vector<CostTime> predict(const FittedFamily& fitted, const CostPoint& point) const final;

 protected:
  struct Parameter {
    const char* name;
    double start;
    double low;
    double high;
  };
  [[nodiscard]] virtual std::vector<Parameter> parameters() const = 0;
  [[nodiscard]] virtual double formula(std::span<const double> parameters, std::span<const double> features) const = 0;
  [[nodiscard]] virtual CurvePoint curve_point(const CostPoint& point, std::size_t time) const = 0;
  [[nodiscard]] virtual SurfaceShape surface_shape() const = 0;
  // True where lengths and nugget are chosen for each curve, from that shape on. Worth it where points lie close to
  // each other on every axis; elsewhere a fixed shape predicts unseen shapes better.
  [[nodiscard]] virtual bool chooses_shape() const { return false; }
  // True where the formula is linear in its parameters, none of which may be negative: solved by NNLS then.
  [[nodiscard]] virtual bool is_linear() const { return false; }
  // Better starts for the solver than the parameters' own, where units differ by orders of magnitude between curves.
  virtual void improve_start(std::span<const CurvePoint> /*points*/, std::span<const double> /*times*/,
                             std::vector<double>& /*start*/) const {}
  // Formulas to choose from, for each curve: the one with the least error on points held out of five parts; of two
  // within a fiftieth the first. The first parameter then is the formula's number and is not fitted.
  [[nodiscard]] virtual std::size_t forms() const { return 1; }
  // Keys to use instead of one that was not measured, of the fitted ones; the mean of their logarithms is taken.
  [[nodiscard]] virtual std::vector<std::string> substitutes(const std::string& key, const FittedFamily& fitted) const;

 private:
  struct Data {
    std::vector<CurvePoint> points;
    std::vector<double> times;
  };
  // Parameters that fit the points of the given indexes best.
  struct Task {
    std::size_t form = 0;
    std::size_t most_steps = 0;
  };
  [[nodiscard]] std::vector<double> solve(const Data& data, std::span<const std::size_t> used, Task task) const;
  [[nodiscard]] std::size_t best_form(const Data& data) const;
  [[nodiscard]] std::vector<double> solve_linear(const Data& data, std::span<const std::size_t> used) const;
  [[nodiscard]] FittedCurve fit_curve(const std::string& key, const Data& data, bool intervals) const;
  [[nodiscard]] CostTime time_of(const FittedFamily& fitted, const CurvePoint& of) const;
};

// (x^p + y^p)^(1/p) without overflow: the larger of the two, rounded where they are near.
[[nodiscard]] double soft_maximum(double x, double y, double p);
// "a/b/c" and its parts.
[[nodiscard]] std::string joined_key(std::span<const std::string> parts);
[[nodiscard]] std::vector<std::string> key_parts(const std::string& key);

}  // namespace seatrial

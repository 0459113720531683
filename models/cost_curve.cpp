// See cost_curve.h.
#include "models/cost_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "models/least_squares.h"
#include "models/levenberg_marquardt.h"

namespace seatrial {
namespace {

constexpr double kOutlier = 0.25;  // logarithm of a factor: beyond it a point is not squared
constexpr std::size_t kBootstrapRepeats = 200;
constexpr std::size_t kMostSteps = 200;
constexpr std::size_t kParts = 5;        // of the points, each held out once to choose a formula
constexpr double kClearlyBetter = 0.98;  // of the error, to choose a later formula
constexpr double kNear = 0.5;            // support below which a place counts as not measured

bool is_between(double place, const ResidualSurface& surface) {
  bool below = false;
  bool above = false;
  for (const SurfacePoint& point : surface.points()) {
    below = below || point.at.front() <= place + 1e-9;
    above = above || point.at.front() >= place - 1e-9;
  }
  return below && above;
}

}  // namespace

double soft_maximum(double x, double y, double p) {
  const double larger = std::max(x, y);
  const double smaller = std::min(x, y);
  if (!(larger > 0)) return larger;
  return larger * std::pow(1 + std::pow(smaller / larger, p), 1 / p);
}

std::string joined_key(std::span<const std::string> parts) {
  std::string key;
  for (const std::string& part : parts) {
    if (&part != parts.data()) key += '/';
    key += part;
  }
  return key;
}

std::vector<std::string> key_parts(const std::string& key) {
  std::vector<std::string> parts(1);
  for (const char c : key) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<double> CurveFamily::solve_linear(const Data& data, std::span<const std::size_t> used) const {
  const std::size_t count = parameters().size();
  LinearProblem problem(count);
  std::vector<double> unit(count, 0);
  std::vector<double> terms(count);
  for (const std::size_t i : used) {
    for (std::size_t j = 0; j < count; ++j) {
      unit[j] = 1;
      terms[j] = formula(unit, data.points[i].features);
      unit[j] = 0;
    }
    problem.add(terms, data.times[i], 1 / (data.times[i] * data.times[i]));
  }
  return non_negative_least_squares(problem).x;
}

std::vector<double> CurveFamily::solve(const Data& data, std::span<const std::size_t> used, Task task) const {
  if (is_linear()) return solve_linear(data, used);
  NonlinearProblem problem;
  problem.residuals = used.size();
  problem.huber = kOutlier;
  problem.most_steps = task.most_steps;
  for (const Parameter& parameter : parameters()) {
    problem.start.push_back(parameter.start);
    problem.low.push_back(parameter.low);
    problem.high.push_back(parameter.high);
  }
  improve_start(data.points, data.times, problem.start);
  if (forms() > 1) problem.start[0] = problem.low[0] = problem.high[0] = static_cast<double>(task.form);
  const auto residuals = [&](std::span<const double> at, std::span<double> errors) {
    for (std::size_t i = 0; i < used.size(); ++i) {
      errors[i] = std::log(formula(at, data.points[used[i]].features) / data.times[used[i]]);
    }
  };
  return levenberg_marquardt(problem, residuals).parameters;
}

std::size_t CurveFamily::best_form(const Data& data) const {
  if (forms() == 1) return 0;
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t form = 0; form < forms(); ++form) {
    ErrorSum sum;
    for (std::size_t part = 0; part < kParts; ++part) {
      std::vector<std::size_t> used;
      for (std::size_t i = 0; i < data.points.size(); ++i) {
        if (i % kParts != part) used.push_back(i);
      }
      if (used.empty()) continue;
      const std::vector<double> at = solve(data, used, {form, kMostSteps});
      for (std::size_t i = part; i < data.points.size(); i += kParts) {
        sum.add(formula(at, data.points[i].features), data.times[i]);
      }
    }
    const FitErrors errors = sum.errors();
    if (errors.points == 0 || errors.mean >= least * kClearlyBetter) continue;
    best = form;
    least = errors.mean;
  }
  return best;
}

FittedCurve CurveFamily::fit_curve(const std::string& key, const Data& data, bool intervals) const {
  std::vector<std::size_t> all(data.points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::size_t form = best_form(data);
  const std::vector<double> best = solve(data, all, {form, kMostSteps});
  FittedCurve curve;
  curve.key = key;
  const std::vector<Parameter> about = parameters();
  for (std::size_t j = 0; j < about.size(); ++j) curve.parameters.emplace_back(about[j].name, best[j]);
  if (intervals) {
    curve.intervals = bootstrap_intervals({.points = all.size(), .repeats = kBootstrapRepeats},
                                          [&](std::span<const std::size_t> drawn) {
                                            return solve(data, drawn, {form, 12});
                                          });
  }
  std::vector<SurfacePoint> missed;
  for (const std::size_t i : all) {
    missed.push_back({data.points[i].place, std::log(data.times[i] / formula(best, data.points[i].features))});
  }
  curve.surface = chooses_shape() ? ResidualSurface::fit(surface_shape(), missed)
                                  : ResidualSurface(surface_shape(), std::move(missed));
  return curve;
}

std::vector<FittedCurve> CurveFamily::fit(std::span<const CostPoint> points, bool intervals) const {
  std::map<std::string, Data> curves;
  for (const CostPoint& point : points) {
    for (std::size_t i = 0; i < point.times.size(); ++i) {
      if (!(point.times[i] > 0) || !std::isfinite(point.times[i])) continue;
      CurvePoint of = curve_point(point, i);
      if (!of.problem.empty()) continue;
      Data& data = curves[of.key];
      data.points.push_back(std::move(of));
      data.times.push_back(point.times[i]);
    }
  }
  std::vector<FittedCurve> fitted;
  for (const auto& [key, data] : curves) fitted.push_back(fit_curve(key, data, intervals));
  return fitted;
}

CostTime CurveFamily::time_of(const FittedFamily& fitted, const CurvePoint& of) const {
  CostTime time{std::numeric_limits<double>::quiet_NaN(), true, of.problem};
  if (!of.problem.empty()) return time;
  std::vector<std::string> keys{of.key};
  if (fitted.find(of.key) == nullptr) {
    keys = substitutes(of.key, fitted);
    if (keys.empty()) {
      time.note = "nothing like " + of.key + " was measured";
      return time;
    }
    time.note = "as " + keys.front() + (keys.size() > 1 ? " and others" : "");
  }
  double sum = 0;
  double support = 1;
  for (const std::string& key : keys) {
    const FittedCurve& curve = *fitted.find(key);
    std::vector<double> values;
    for (const auto& [name, value] : curve.parameters) values.push_back(value);
    sum += std::log(formula(values, of.features)) + curve.surface.at(of.place);
    support = std::min(support, curve.surface.support(of.place));
  }
  time.value = std::exp(sum / static_cast<double>(keys.size()));
  // On a single axis what lies between measured points is known, however few they are.
  const bool between = of.place.size() == 1 && is_between(of.place.front(), fitted.find(keys.front())->surface);
  time.extrapolated = keys.front() != of.key || (support < kNear && !between);
  if (time.note.empty()) time.note = support < kNear ? "formula" : "table";
  if (!std::isfinite(time.value)) time.note = "outside what the formula can tell";
  return time;
}

std::vector<CostTime> CurveFamily::predict(const FittedFamily& fitted, const CostPoint& point) const {
  std::vector<CostTime> times;
  for (std::size_t i = 0; i < layouts().front().times.size(); ++i) {
    times.push_back(time_of(fitted, curve_point(point, i)));
  }
  return times;
}

std::vector<std::string> CurveFamily::substitutes(const std::string& /*key*/, const FittedFamily& /*fitted*/) const {
  return {};
}

}  // namespace seatrial

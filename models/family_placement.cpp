// placement: time of a data-parallel training step by model, cluster, placement and batch per replica, in the form of
// Pollux (Qiao et al., OSDI 2021),
//   t = ( c(b)^g + s^g )^(1/g),   s = 0 alone, a_l + b_l (n-2) on one node, a_n + b_n (n-2) + d_n (nodes-2) else
// c(b): time of computing a batch, fitted at each batch size that was measured, the line between them, the last line on
// beyond; `first` scales it for a replica that is alone. A placement is written as replicas per node, a digit each.
// A (model, cluster) that was not measured is taken from the cluster whose other models are most like its own.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"
#include "models/levenberg_marquardt.h"

namespace seatrial {
namespace {

struct Step {
  std::size_t knot = 0;  // index of the batch size
  double batch = 0;
  double replicas = 0;
  double nodes = 0;
  double time = 0;
};

// Nothing where the text is no placement.
std::optional<Step> parsed(const CostPoint& point) {
  Step step;
  step.batch = point.numbers[0];
  step.time = point.times.empty() ? 0 : point.times[0];
  for (const char c : point.keys[2]) {
    if (c < '1' || c > '9') return std::nullopt;
    step.replicas += c - '0';
    step.nodes += 1;
  }
  if (step.nodes == 0) return std::nullopt;
  return step;
}

enum Sync : std::size_t { kFirst, kLocal, kLocalMore, kNet, kNetMore, kNetNodes, kOverlap, kSyncParameters };
constexpr const char* kNames[kSyncParameters] = {"first", "a_l", "b_l", "a_n", "b_n", "d_n", "g"};

double step_time(std::span<const double> sync, double compute, const Step& step) {
  if (step.replicas == 1) return compute * sync[kFirst];
  const double more = step.replicas - 2;
  const double wait = step.nodes == 1 ? sync[kLocal] + sync[kLocalMore] * more
                                      : sync[kNet] + sync[kNetMore] * more + sync[kNetNodes] * (step.nodes - 2);
  return soft_maximum(compute, wait, sync[kOverlap]);
}

// The line through the two knots around the batch, or the nearest two.
double interpolated(std::span<const SurfacePoint> knots, double batch) {
  if (knots.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (knots.size() == 1) return std::exp(knots[0].residual);
  std::size_t upper = 1;
  while (upper + 1 < knots.size() && std::exp(knots[upper].at[0]) < batch) ++upper;
  const double x0 = std::exp(knots[upper - 1].at[0]);
  const double x1 = std::exp(knots[upper].at[0]);
  const double y0 = std::exp(knots[upper - 1].residual);
  const double y1 = std::exp(knots[upper].residual);
  const double line = y0 + (y1 - y0) * (batch - x0) / (x1 - x0);
  // Smaller batches than any measured are never slower than free, nor larger ones faster.
  return batch < x0 ? std::clamp(line, std::min(y0, y1) / 2, y0) : std::max(line, batch > x1 ? y1 : 0);
}

std::vector<double> sync_of(const FittedCurve& curve) {
  std::vector<double> sync;
  for (const char* name : kNames) sync.push_back(curve.parameter(name));
  return sync;
}

double time_on(const FittedCurve& curve, const Step& step) {
  return step_time(sync_of(curve), interpolated(curve.surface.points(), step.batch), step);
}

// Computing of one batch size: where its fit begins.
struct Knot {
  std::size_t index = 0;
  double sum = 0;  // of logarithms of times
  double weight = 0;
};

FittedCurve fit_series(const std::string& key, std::vector<Step> steps) {
  std::map<double, Knot> knots;
  for (const Step& step : steps) knots[step.batch].index = 0;
  std::size_t count = 0;
  for (auto& [batch, knot] : knots) knot.index = count++;
  double least = std::numeric_limits<double>::infinity();
  for (Step& step : steps) {
    Knot& knot = knots[step.batch];
    step.knot = knot.index;
    // A replica that is alone tells computing best; the others wait as well, by about a third.
    const double weight = step.replicas == 1 ? 8 : 1;
    knot.sum += weight * (std::log(step.time) - (step.replicas == 1 ? 0 : 0.3));
    knot.weight += weight;
    least = std::min(least, step.time);
  }
  NonlinearProblem problem;
  problem.residuals = steps.size();
  problem.huber = 0.2;
  problem.most_steps = 60;
  problem.start = {1, least / 2, least / 20, least, least / 20, least / 20, 1.5};
  problem.low = {0.5, 0, 0, 0, 0, 0, 1};
  problem.high = {2, 1e4, 1e4, 1e4, 1e4, 1e4, 10};
  for (const auto& [batch, knot] : knots) {
    problem.start.push_back(knot.sum / knot.weight);
    problem.low.push_back(std::log(least) - 5);
    problem.high.push_back(20);
  }
  const NonlinearFit fit = levenberg_marquardt(problem, [&](std::span<const double> at, std::span<double> errors) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const double compute = std::exp(at[kSyncParameters + steps[i].knot]);
      errors[i] = std::log(step_time(at.first(kSyncParameters), compute, steps[i]) / steps[i].time);
    }
  });
  FittedCurve curve;
  curve.key = key;
  for (std::size_t j = 0; j < kSyncParameters; ++j) curve.parameters.emplace_back(kNames[j], fit.parameters[j]);
  std::vector<SurfacePoint> compute;
  for (const auto& [batch, knot] : knots) {
    SurfacePoint& point = compute.emplace_back();
    point.at.push_back(std::log(batch));
    point.residual = fit.parameters[kSyncParameters + knot.index];
  }
  SurfaceShape shape;
  shape.lengths.assign(1, 1.0);
  curve.surface = ResidualSurface(std::move(shape), std::move(compute));
  return curve;
}

class PlacementFamily final : public CostFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "placement"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time of a data-parallel training step by placement and batch, in the form of Pollux";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_batch"}; }
  // Every third placement at a time, of all series.
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return std::to_string(std::accumulate(point.keys[2].begin(), point.keys[2].end(), 0) % 3);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave a third of the placements out"; }
  [[nodiscard]] std::string scope(const CostPoint& /*point*/) const override { return {}; }

  [[nodiscard]] std::vector<FittedCurve> fit(std::span<const CostPoint> points, bool /*intervals*/) const override {
    std::map<std::string, std::vector<Step>> series;
    for (const CostPoint& point : points) {
      const std::optional<Step> step = parsed(point);
      if (!step || !(step->time > 0) || !std::isfinite(step->time)) continue;
      series[point.keys[0] + '/' + point.keys[1]].push_back(*step);
    }
    std::vector<FittedCurve> curves;
    for (const auto& [key, steps] : series) curves.push_back(fit_series(key, steps));
    return curves;
  }

  [[nodiscard]] std::vector<CostTime> predict(const FittedFamily& fitted, const CostPoint& point) const override {
    CostTime time{std::numeric_limits<double>::quiet_NaN(), true, ""};
    const std::optional<Step> step = parsed(point);
    const std::string key = point.keys[0] + '/' + point.keys[1];
    if (!step) {
      time.note = "the placement is not one digit (1 to 9) per node";
    } else if (const FittedCurve* curve = fitted.find(key)) {
      const auto& knots = curve->surface.points();
      time.value = time_on(*curve, *step);
      const bool inside =
          step->batch >= 0.99 * std::exp(knots.front().at[0]) && step->batch <= 1.01 * std::exp(knots.back().at[0]);
      time.extrapolated = !inside;
      time.note = inside ? "fitted" : "batch outside the fitted ones";
    } else {
      time = transferred(fitted, point, *step);
    }
    return {time};
  }

 private:
  // From another cluster with the same model, by the ratio of the two clusters on the models that both have.
  static CostTime transferred(const FittedFamily& fitted, const CostPoint& point, const Step& step) {
    CostTime best{std::numeric_limits<double>::quiet_NaN(), true,
                  "nothing was measured of " + point.keys[0] + " or of " + point.keys[1]};
    double least = std::numeric_limits<double>::infinity();
    for (const FittedCurve& curve : fitted.curves) {
      const std::vector<std::string> parts = key_parts(curve.key);
      if (parts.size() != 2 || parts[0] != point.keys[0]) continue;
      const Likeness likeness = compare_clusters(fitted, parts[1], point.keys[1]);
      if (likeness.spread >= least) continue;
      least = likeness.spread;
      best.value = time_on(curve, step) * std::exp(likeness.log_ratio);
      best.note = "as on " + parts[1] + ", scaled by the models that both have";
    }
    return best;
  }

  struct Likeness {
    double log_ratio = 0;
    double spread = std::numeric_limits<double>::infinity();  // mean distance from the ratio
  };
  static Likeness compare_clusters(const FittedFamily& fitted, const std::string& from, const std::string& to) {
    std::vector<double> ratios;
    for (const FittedCurve& there : fitted.curves) {
      const std::vector<std::string> parts = key_parts(there.key);
      if (parts.size() != 2 || parts[1] != to) continue;
      const FittedCurve* here = fitted.find(parts[0] + '/' + from);
      if (here == nullptr) continue;
      for (const SurfacePoint& knot : there.surface.points()) {
        const double batch = std::exp(knot.at[0]);
        for (const auto& [replicas, nodes] : {std::pair{1.0, 1.0}, {4.0, 1.0}, {8.0, 2.0}}) {
          const Step step{0, batch, replicas, nodes, 0};
          ratios.push_back(std::log(time_on(there, step) / time_on(*here, step)));
        }
      }
    }
    Likeness likeness;
    if (ratios.empty()) return likeness;
    std::sort(ratios.begin(), ratios.end());
    likeness.log_ratio = ratios[ratios.size() / 2];
    likeness.spread = 0;
    for (const double ratio : ratios) likeness.spread += std::abs(ratio - likeness.log_ratio);
    likeness.spread /= static_cast<double>(ratios.size());
    return likeness;
  }

  Columns columns_{{"model", "cluster", "placement"}, {"local_bsz"}, {"step_time_s"}};
};

}  // namespace

std::unique_ptr<const CostFamily> placement_family() { return std::make_unique<PlacementFamily>(); }

}  // namespace seatrial

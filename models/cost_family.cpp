// The table of families and what is common to them; see cost_family.h.
#include "models/cost_family.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "models/cost_family_entries.h"

namespace seatrial {
namespace {

constexpr double kHeldOutShare = 0.3;

std::string name_of(const CostPoint& point) {
  std::string name;
  for (const std::string& key : point.keys) name += key + '/';
  for (const double number : point.numbers) name += std::to_string(number) + '/';
  return name;
}

// Fits `used` and adds the errors on `held`.
void add_errors(const CostFamily& family, std::span<const CostPoint> used, std::span<const CostPoint> held,
                ErrorSum& sum) {
  FittedFamily part;
  part.family = family.name();
  part.curves = family.fit(used, false);
  const ErrorSum errors = prediction_errors(family, part, held);
  for (const double error : errors.all()) sum.add_error(error);
}

FitErrors random_errors(const CostFamily& family, std::span<const CostPoint> points) {
  std::vector<CostPoint> used;
  std::vector<CostPoint> held;
  for (const CostPoint& point : points) (is_held_out(name_of(point), kHeldOutShare) ? held : used).push_back(point);
  ErrorSum sum;
  if (!used.empty() && !held.empty()) add_errors(family, used, held, sum);
  return sum.errors();
}

FitErrors group_errors(const CostFamily& family, std::span<const CostPoint> points) {
  std::vector<std::string> groups;
  std::vector<std::string> scopes;
  for (const CostPoint& point : points) {
    groups.push_back(family.group(point));
    scopes.push_back(family.scope(point));
  }
  ErrorSum sum;
  for (const HeldOutGroup& split : leave_one_group_out(groups)) {
    if (split.name.empty()) continue;
    std::set<std::string> touched;
    std::vector<CostPoint> used;
    std::vector<CostPoint> held;
    for (const std::size_t i : split.held) {
      touched.insert(scopes[i]);
      held.push_back(points[i]);
    }
    for (const std::size_t i : split.fitted) {
      if (touched.count(scopes[i]) > 0) used.push_back(points[i]);
    }
    if (!used.empty()) add_errors(family, used, held, sum);
  }
  return sum.errors();
}

}  // namespace

double FittedCurve::parameter(std::string_view name, double otherwise) const {
  for (const auto& [known, value] : parameters) {
    if (known == name) return value;
  }
  return otherwise;
}

const FittedCurve* FittedFamily::find(std::string_view key) const {
  const auto at = std::lower_bound(curves.begin(), curves.end(), key,
                                   [](const FittedCurve& curve, std::string_view k) { return curve.key < k; });
  return at != curves.end() && at->key == key ? &*at : nullptr;
}

FittedFamily fit_family(const CostFamily& family, std::span<const CostPoint> points) {
  FittedFamily fitted;
  fitted.family = family.name();
  fitted.curves = family.fit(points, true);
  fitted.ranges.assign(family.layouts().front().numbers.size(), {std::numeric_limits<double>::infinity(), 0});
  for (const CostPoint& point : points) {
    if (point.numbers.size() != fitted.ranges.size()) continue;
    for (std::size_t i = 0; i < fitted.ranges.size(); ++i) {
      fitted.ranges[i].first = std::min(fitted.ranges[i].first, point.numbers[i]);
      fitted.ranges[i].second = std::max(fitted.ranges[i].second, point.numbers[i]);
    }
  }
  fitted.held_out.push_back({"random 30 %", random_errors(family, points)});
  fitted.held_out.push_back({std::string(family.group_name()), group_errors(family, points)});
  return fitted;
}

ErrorSum prediction_errors(const CostFamily& family, const FittedFamily& fitted, std::span<const CostPoint> points) {
  ErrorSum sum;
  for (const CostPoint& point : points) {
    ErrorSum of_point;
    const std::vector<CostTime> times = family.predict(fitted, point);
    for (std::size_t i = 0; i < times.size(); ++i) of_point.add(times[i].value, point.times[i]);
    if (of_point.points() > 0) sum.add_error(of_point.errors().mean);
  }
  return sum;
}

std::span<const std::unique_ptr<const CostFamily>> cost_families() {
  static const std::array<std::unique_ptr<const CostFamily>, 11> families{
      gemm_family(), collective_family(), placement_family(), pair_family(),     llm_family(),    operator_family(),
      step_family(), sm_curve_family(),   power_family(),     transfer_family(), serving_family()};
  return families;
}

const CostFamily* find_cost_family(std::string_view name) {
  for (const auto& family : cost_families()) {
    if (family->name() == name) return family.get();
  }
  return nullptr;
}

}  // namespace seatrial

// See fit_check.h.
#include "models/fit_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "sim/random.h"
#include "sim/stats.h"

namespace seatrial {

bool ErrorSum::add(double predicted, double measured) {
  if (!(measured > 0) || !std::isfinite(measured) || !std::isfinite(predicted)) return false;
  errors_.push_back(std::abs(predicted - measured) / measured);
  return true;
}

FitErrors ErrorSum::errors() const {
  FitErrors result;
  result.points = errors_.size();
  if (errors_.empty()) return result;
  std::vector<double> sorted = errors_;
  std::sort(sorted.begin(), sorted.end());
  result.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
  const std::size_t half = sorted.size() / 2;
  result.median = sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  result.p90 = sorted[nearest_rank({90}, sorted.size())];
  result.worst = sorted.back();
  return result;
}

bool is_held_out(std::string_view point, double share, std::uint64_t salt) {
  return Random(salt, point).uniform() < share;
}

std::vector<HeldOutGroup> leave_one_group_out(std::span<const std::string> group_of_point) {
  std::map<std::string, std::size_t> index;
  for (const std::string& name : group_of_point) index.emplace(name, 0);
  std::vector<HeldOutGroup> groups;
  for (auto& [name, at] : index) {
    at = groups.size();
    groups.push_back({name, {}, {}});
  }
  for (std::size_t point = 0; point < group_of_point.size(); ++point) {
    const std::size_t of_point = index[group_of_point[point]];
    for (std::size_t g = 0; g < groups.size(); ++g) {
      (g == of_point ? groups[g].held : groups[g].fitted).push_back(point);
    }
  }
  return groups;
}

std::vector<ParameterInterval> bootstrap_intervals(const Bootstrap& bootstrap,
                                                   FunctionRef<std::vector<double>(std::span<const std::size_t>)> fit) {
  std::vector<std::vector<double>> by_parameter;
  std::vector<std::size_t> drawn(bootstrap.points);
  for (std::size_t repeat = 0; repeat < bootstrap.repeats && bootstrap.points > 0; ++repeat) {
    Random random(bootstrap.seed, "bootstrap", repeat);
    for (std::size_t& point : drawn) point = random.below(bootstrap.points);
    const std::vector<double> parameters = fit(drawn);
    by_parameter.resize(std::max(by_parameter.size(), parameters.size()));
    for (std::size_t j = 0; j < parameters.size(); ++j) by_parameter[j].push_back(parameters[j]);
  }
  std::vector<ParameterInterval> intervals;
  const double tail = (1 - bootstrap.confidence) / 2;
  for (std::vector<double>& values : by_parameter) {
    std::sort(values.begin(), values.end());
    const double last = static_cast<double>(values.size() - 1);
    const auto at = [&](double share) { return values[static_cast<std::size_t>(std::lround(share * last))]; };
    intervals.push_back({at(tail), at(1 - tail)});
  }
  return intervals;
}

}  // namespace seatrial

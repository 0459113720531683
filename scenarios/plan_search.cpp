// Bracketing, bisecting, walking and scanning; see plan_search.h.
#include "scenarios/plan_search.h"

#include <algorithm>
#include <cmath>

#include "scenarios/replicate.h"
#include "sim/stats.h"

namespace seatrial {
namespace {

constexpr double kConfidence = 0.95;

bool holds(double value, const PlanGoal& goal) {
  if (goal.op == "<=") return value <= goal.value;
  if (goal.op == "<") return value < goal.value;
  if (goal.op == ">=") return value >= goal.value;
  if (goal.op == ">") return value > goal.value;
  if (goal.op == "==") return value == goal.value;
  return value != goal.value;
}

GoalOutcome outcome_of(const PlanGoal& goal, const MetricComparison& metric) {
  GoalOutcome outcome;
  const bool complete =
      std::all_of(metric.values.begin(), metric.values.end(), [](const auto& v) { return v.has_value(); });
  if (!complete || !metric.mean) return outcome;
  outcome.value = *metric.mean;
  if (metric.ci95 && goal.op.front() == '<') outcome.value = metric.ci95->second;
  if (metric.ci95 && goal.op.front() == '>') outcome.value = metric.ci95->first;
  outcome.met = holds(*outcome.value, goal);
  return outcome;
}

// At most 1 where the goal is met, growing with the distance where it is not.
double distance_of(const PlanGoal& goal, const GoalOutcome& outcome) {
  if (outcome.met) return 0;
  if (!outcome.value) return INFINITY;
  const double scale = std::max(std::abs(goal.value), 1e-9);
  return 1 + std::abs(*outcome.value - goal.value) / scale;
}

// The logarithm of value over goal of the goal that is furthest from being met: below 0 where all are met.
double log_ratio(const EvaluatedPoint& point, const std::vector<PlanGoal>& goals) {
  constexpr double kUnknown = 10;
  double most = -kUnknown;
  for (std::size_t g = 0; g < goals.size(); ++g) {
    const auto value = point.goals[g].value;
    if (goals[g].implied && point.goals[g].met) continue;
    double ratio = kUnknown;
    if (value) ratio = std::log((std::abs(*value) + 1e-9) / (std::abs(goals[g].value) + 1e-9));
    if (value && goals[g].op.front() == '>') ratio = -ratio;
    most = std::max(most, std::clamp(ratio, -kUnknown, kUnknown));
  }
  return most;
}

}  // namespace

PlanSearch::PlanSearch(Experiment& experiment, PlanGrid& grid, const std::vector<PlanGoal>& goals,
                       const std::vector<std::string>& metrics, unsigned batch)
    : experiment_(experiment), grid_(grid), goals_(goals), metrics_(metrics), batch_(std::max(1U, batch)) {}

EvaluatedPoint PlanSearch::summarise(std::uint32_t point, const std::vector<Setting>& settings, double objective,
                                     const char* step) {
  EvaluatedPoint out;
  for (const Setting& setting : settings) out.settings.emplace_back(setting.path, setting.value);
  out.objective = objective;
  out.step = step;
  for (const std::string& name : metrics_) {
    MetricComparison metric;
    metric.metric = name;
    std::vector<double> known;
    for (std::uint32_t r = 0; r < experiment_.replications(); ++r) {
      metric.values.push_back(experiment_.record({point, r}).metric(name));
      if (metric.values.back()) known.push_back(*metric.values.back());
    }
    if (!known.empty()) metric.mean = mean_interval(known, kConfidence).mean;
    if (known.size() > 1) {
      const Interval interval = mean_interval(known, kConfidence);
      metric.ci95 = std::pair{interval.low(), interval.high()};
    }
    out.metrics.emplace_back(name, std::move(metric));
  }
  out.met = true;
  for (const PlanGoal& goal : goals_) {
    out.goals.push_back(outcome_of(goal, *out.find(goal.metric)));
    out.met = out.met && out.goals.back().met;
  }
  if (!grid_.objective_metric().empty()) {
    out.objective = out.find(grid_.objective_metric())->mean.value_or(INFINITY);
  }
  return out;
}

void PlanSearch::evaluate(std::span<const std::size_t> points, const char* step) {
  std::vector<Task> tasks;
  for (const std::size_t point : points) {
    if (known(point)) continue;
    for (std::uint32_t r = 0; r < experiment_.replications(); ++r)
      tasks.push_back({static_cast<std::uint32_t>(point), r});
  }
  experiment_.run(tasks);
  for (const std::size_t point : points) {
    if (known(point)) continue;
    const auto number = static_cast<std::uint32_t>(point);
    at_[point] = evaluated_.size();
    evaluated_.push_back(summarise(number, experiment_.points()[number], grid_.points()[point].objective, step));
    note(point);
  }
}

EvaluatedPoint PlanSearch::evaluate_other(const std::vector<Setting>& settings, double objective, const char* step) {
  const std::uint32_t point = experiment_.add_point(settings);
  std::vector<Task> tasks;
  for (std::uint32_t r = 0; r < experiment_.replications(); ++r) tasks.push_back({point, r});
  experiment_.run(tasks);
  return summarise(point, settings, objective, step);
}

// Is every numeric value of `small` at most that of `large`, and every other one equal?
bool PlanSearch::dominated(std::size_t small, std::size_t large) const {
  const GridPoint& a = grid_.points()[small];
  const GridPoint& b = grid_.points()[large];
  for (std::size_t axis = 0; axis < a.at.size(); ++axis) {
    if (grid_.numeric(axis) ? a.at[axis] > b.at[axis] : a.at[axis] != b.at[axis]) return false;
  }
  return small != large;
}

// Does some pair of evaluated points show that more is not always better?
void PlanSearch::compare_with_known(std::size_t point) {
  for (const auto& [other, position] : at_) {
    const bool above = dominated(other, point);
    if (!above && !dominated(point, other)) continue;
    const EvaluatedPoint& small = above ? evaluated_[position] : of(point);
    const EvaluatedPoint& large = above ? of(point) : evaluated_[position];
    for (std::size_t g = 0; g < goals_.size(); ++g) {
      if (!small.goals[g].value || !large.goals[g].value) continue;
      const double change = *large.goals[g].value - *small.goals[g].value;
      const bool worse = goals_[g].op.front() == '<' ? change > 0 : goals_[g].op.front() == '>' && change < 0;
      non_monotone_ = non_monotone_ || worse;
    }
  }
}

void PlanSearch::note(std::size_t point) {
  const EvaluatedPoint& fresh = of(point);
  if (!non_monotone_) compare_with_known(point);
  if (!fresh.met) return;
  if (!best_) {
    best_ = point;
  } else if (grid_.objective_metric().empty() ? grid_.before(point, *best_) : fresh.objective < of(*best_).objective) {
    best_ = point;
  }
}

bool PlanSearch::useful(std::size_t point) const {
  return grid_.points()[point].excluded == Exclusion::None && (!best_ || grid_.before(point, *best_));
}

bool PlanSearch::meets(std::size_t point, const char* step) {
  if (grid_.points()[point].excluded != Exclusion::None) return false;
  evaluate({&point, 1}, step);
  return of(point).met;
}

// One numeric axis, the others fixed: the smallest value that meets, assuming that more is better.
void PlanSearch::search_line(std::vector<std::uint32_t> at, std::size_t axis) {
  const auto place = [&](std::uint32_t value) {
    at[axis] = value;
    return grid_.index(at);
  };
  const auto count = static_cast<std::uint32_t>(grid_.axes()[axis].values.size());
  std::uint32_t low = 0;  // everything below misses
  while (low < count && grid_.points()[place(low)].excluded != Exclusion::None) ++low;
  std::uint32_t step = 1;
  std::uint32_t high = low;  // bracket: the first value tried that meets
  while (high < count && !meets(place(high), "bracket")) {
    low = high + 1;
    high += step;
    step *= 2;
    if (high >= count && low < count) high = count - 1;
  }
  if (high >= count) return;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (meets(place(middle), "bisect")) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
}

// Two numeric axes: along the border, from few of the outer and many of the inner to the other end. Points that would
// cost more than the best known are passed over.
void PlanSearch::walk(std::vector<std::uint32_t> at, std::size_t outer, std::size_t inner) {
  const auto outer_count = static_cast<std::uint32_t>(grid_.axes()[outer].values.size());
  auto inner_at = static_cast<std::int64_t>(grid_.axes()[inner].values.size()) - 1;
  for (at[outer] = 0; at[outer] < outer_count && inner_at >= 0; ++at[outer]) {
    const auto place = [&](std::int64_t value) {
      at[inner] = static_cast<std::uint32_t>(value);
      return grid_.index(at);
    };
    // Down to the first value worth trying, which is then looked for by halving.
    while (inner_at >= 0 && grid_.points()[place(inner_at)].excluded == Exclusion::None && !useful(place(inner_at))) {
      --inner_at;
    }
    if (inner_at < 0) return;
    if (!meets(place(inner_at), "walk")) continue;
    std::int64_t low = 0;
    std::int64_t high = inner_at;  // meets
    std::int64_t step = 1;
    while (low < high) {  // gallop down, then halve
      const std::int64_t probe = std::max(low, high - step);
      if (meets(place(probe), "walk")) {
        high = probe;
        step *= 2;
      } else {
        low = probe + 1;
        step = std::max<std::int64_t>(1, (high - low) / 2);
      }
    }
    inner_at = high - 1;
  }
}

// Fixes the axes of `free` one by one, then searches the rest.
void PlanSearch::search_rest(std::vector<std::uint32_t> at, std::vector<std::size_t> free,
                             const std::vector<std::size_t>& pair) {
  if (!free.empty()) {
    const std::size_t axis = free.back();
    free.pop_back();
    for (at[axis] = 0; at[axis] < grid_.axes()[axis].values.size(); ++at[axis]) search_rest(at, free, pair);
    return;
  }
  if (pair.empty()) {
    const std::size_t point = grid_.index(at);
    if (useful(point)) (void)meets(point, "scan");
  } else if (pair.size() == 1) {
    search_line(at, pair[0]);
  } else {
    walk(at, pair[0], pair[1]);
  }
}

bool PlanSearch::monotony_is_certain() const {
  const ScenarioSpec& spec = experiment_.base();
  const bool plain = spec.scheduler.order.name == "fifo" && spec.scheduler.admission == Admission::Strict &&
                     spec.scheduler.preemption == Preemption::None && !spec.scheduler.max_waiting;
  const bool counted = spec.cluster.pools.size() == 1 && spec.cluster.pools[0].counted && spec.cluster.changes.empty();
  const bool capacity = grid_.axes().size() == 1 && grid_.axes()[0].path.starts_with("cluster.pools[") &&
                        grid_.axes()[0].path.ends_with(".count");
  const bool waits = std::all_of(goals_.begin(), goals_.end(), [](const PlanGoal& goal) {
    const bool by_job = goal.metric.starts_with("wait_s.") || goal.metric.starts_with("jct_s.") ||
                        goal.metric.starts_with("slowdown.") || goal.metric == "jobs.rejected";
    return by_job && goal.op.front() == '<';
  });
  return plain && counted && capacity && waits && !spec.until && grid_.least_infeasible() == 0;
}

// How far a point that was not simulated is from its goals: of the evaluated ones, the mean of the logarithms of
// value over goal, weighted by the inverse square of their distance on the grid. A guess that orders, nothing more.
double PlanSearch::predicted(std::size_t point) const {
  double sum = 0;
  double weights = 0;
  for (const auto& [other, position] : at_) {
    double steps = 0;
    for (std::size_t axis = 0; axis < grid_.axes().size(); ++axis) {
      const double a = grid_.points()[point].at[axis];
      const double b = grid_.points()[other].at[axis];
      steps += std::abs(a - b);
    }
    const double weight = 1 / (steps * steps);
    sum += weight * log_ratio(evaluated_[position], goals_);
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0;
}

// The points that a search passed over although they would be better than the best known.
void PlanSearch::scan_cheaper() {
  std::size_t numeric_axes = 0;
  for (std::size_t axis = 0; axis < grid_.axes().size(); ++axis) numeric_axes += grid_.numeric(axis) ? 1 : 0;
  while (true) {
    std::vector<std::size_t> rest;
    for (std::size_t point = 0; point < grid_.size(); ++point) {
      if (!known(point) && useful(point)) rest.push_back(point);
    }
    left_unproved_ = 0;
    if (rest.empty()) return;
    const bool all = numeric_axes <= 1 || non_monotone_ || !best_;
    const std::size_t budget = grid_.size() / 3;
    if (!all && at_.size() >= budget) {
      left_unproved_ = rest.size();
      return;
    }
    if (all) {
      // The cheapest first: the first that meets makes the dearer ones needless.
      std::stable_sort(rest.begin(), rest.end(), [&](auto a, auto b) { return grid_.before(a, b); });
      rest.resize(std::min<std::size_t>(rest.size(), batch_));
    } else {
      keep_promising(rest, budget - at_.size());
    }
    evaluate(rest, numeric_axes <= 1 ? "scan" : "verify");
  }
}

// Of these points the ones whose surroundings are nearest to the goals: some of what the budget allows, so that what
// they show orders the next ones.
void PlanSearch::keep_promising(std::vector<std::size_t>& points, std::size_t budget) const {
  constexpr std::size_t kRounds = 8;
  std::vector<std::pair<double, std::size_t>> order;
  order.reserve(points.size());
  for (const std::size_t point : points) order.emplace_back(predicted(point), point);
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : grid_.before(a.second, b.second);
  });
  const std::size_t most = std::min(budget, std::max<std::size_t>(batch_, budget / kRounds));
  points.clear();
  for (const auto& [nearest, point] : order) {
    if (points.size() < most) points.push_back(point);
  }
}

void PlanSearch::run() {
  std::vector<std::size_t> numeric;
  std::vector<std::size_t> free;
  for (std::size_t axis = 0; axis < grid_.axes().size(); ++axis) {
    (grid_.numeric(axis) ? numeric : free).push_back(axis);
  }
  if (!grid_.objective_metric().empty()) {
    // What a metric costs is known only when it was simulated: every point that no bound rules out.
    std::vector<std::size_t> all;
    for (std::size_t point = 0; point < grid_.size(); ++point) {
      if (grid_.points()[point].excluded == Exclusion::None) all.push_back(point);
    }
    evaluate(all, "scan");
    return;
  }
  const std::size_t paired = std::min<std::size_t>(2, numeric.size());
  const std::vector<std::size_t> pair(numeric.end() - static_cast<std::ptrdiff_t>(paired), numeric.end());
  free.insert(free.end(), numeric.begin(), numeric.end() - static_cast<std::ptrdiff_t>(paired));
  search_rest(std::vector<std::uint32_t>(grid_.axes().size(), 0), free, pair);
  const bool certain = monotony_is_certain();
  // One step below the answer is always simulated; it may be a better one, or show that more is not always better.
  std::optional<std::size_t> before;
  bool knew = false;
  do {
    if (!certain) scan_cheaper();
    before = best_;
    knew = non_monotone_;
    if (best_) evaluate_below(*best_);
  } while (best_ != before || non_monotone_ != knew);
}

void PlanSearch::evaluate_below(std::size_t answer) {
  std::vector<std::size_t> below = grid_.neighbours(answer, -1);
  std::erase_if(below, [&](std::size_t point) { return grid_.points()[point].excluded != Exclusion::None; });
  evaluate(below, "neighbour");
}

double PlanSearch::distance(const EvaluatedPoint& point) const {
  double most = 0;
  for (std::size_t g = 0; g < goals_.size(); ++g) most = std::max(most, distance_of(goals_[g], point.goals[g]));
  return most;
}

std::string PlanSearch::missed_goal(const EvaluatedPoint& point) const {
  std::string missed;
  double most = 0;
  for (std::size_t g = 0; g < goals_.size(); ++g) {
    const double far = distance_of(goals_[g], point.goals[g]);
    if (far <= most) continue;
    most = far;
    missed = goals_[g].text;
  }
  return missed;
}

}  // namespace seatrial

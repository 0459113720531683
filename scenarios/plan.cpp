// From goals and varied settings to an answer and its files; see plan.h.
#include "scenarios/plan.h"

#include <algorithm>
#include <cmath>

#include "reports/page.h"
#include "scenarios/plan_grid.h"
#include "scenarios/plan_runway.h"
#include "scenarios/plan_search.h"
#include "sim/error.h"

namespace seatrial {
namespace {

std::vector<PlanGoal> goals_of(const ScenarioSpec& spec) {
  std::vector<PlanGoal> goals;
  for (const GoalSpec& goal : spec.goals) goals.push_back({goal.text, goal.metric, goal.op, goal.value, false});
  if (goals.empty()) {
    throw InputError({}, "plan", "there is no goal", "give --goal \"wait_s.p95 <= 600\", or goals: in the scenario");
  }
  return goals;
}

GrowthSpec growth_of(const PlanRequest& request, const ScenarioSpec& spec) {
  return {request.growth.empty() ? spec.plan.growth : request.growth,
          request.from.empty() ? spec.plan.from : request.from};
}

std::vector<std::string> shown_metrics(const std::vector<PlanGoal>& goals, const PlanGrid& grid) {
  std::vector<std::string> metrics;
  const auto add = [&](const std::string& metric) {
    if (!metric.empty() && std::find(metrics.begin(), metrics.end(), metric) == metrics.end())
      metrics.push_back(metric);
  };
  for (const PlanGoal& goal : goals) add(goal.metric);
  add(grid.objective_metric());
  for (const char* metric : {"wait_s.mean", "wait_s.p95", "jct_s.mean", "gpu.allocated_ratio.mean", "jobs.rejected"}) {
    add(metric);
  }
  return metrics;
}

std::vector<ExcludedPoints> bounds() {
  return {{"largest gang", "a job that could run elsewhere in the ranges could never run there", 0},
          {"demand", "more GPU-seconds fall due within a window than the GPUs can do", 0},
          {"run times", "more jobs than the goal exempts run longer than it allows, on any number of GPUs", 0}};
}

std::vector<ExcludedPoints> excluded_of(const PlanGrid& grid) {
  std::vector<ExcludedPoints> out = bounds();
  for (const GridPoint& point : grid.points()) {
    if (point.excluded != Exclusion::None) ++out[static_cast<std::size_t>(point.excluded) - 1].points;
  }
  std::erase_if(out, [](const ExcludedPoints& excluded) { return excluded.points == 0; });
  return out;
}

// The cheapest point that no bound rules out, where a cheaper one is.
std::optional<LowerBound> lower_bound_of(const PlanGrid& grid, const Experiment& experiment) {
  if (!grid.objective_metric().empty()) return std::nullopt;
  std::optional<std::size_t> cheapest;
  for (std::size_t p = 0; p < grid.size(); ++p) {
    const bool open = grid.points()[p].excluded == Exclusion::None;
    if (open && (!cheapest || grid.before(p, *cheapest))) cheapest = p;
  }
  std::optional<std::size_t> below;  // the next cheaper one
  for (std::size_t p = 0; cheapest && p < grid.size(); ++p) {
    if (grid.before(p, *cheapest) && (!below || grid.before(*below, p))) below = p;
  }
  if (!below) return std::nullopt;
  LowerBound bound;
  for (const Setting& setting : experiment.points()[*cheapest]) {
    bound.settings.emplace_back(setting.path, setting.value);
  }
  bound.objective = grid.points()[*cheapest].objective;
  bound.bound = bounds()[static_cast<std::size_t>(grid.points()[*below].excluded) - 1].bound;
  return bound;
}

std::vector<MarginalValue> marginal_of(const PlanGrid& grid, const PlanSearch& search, std::size_t answer) {
  std::vector<MarginalValue> out;
  const EvaluatedPoint& from = search.of(answer);
  for (const std::size_t point : grid.neighbours(answer, 1)) {
    if (!search.known(point)) continue;
    const EvaluatedPoint& to = search.of(point);
    MarginalValue marginal;
    for (std::size_t axis = 0; axis < grid.axes().size(); ++axis) {
      const std::uint32_t a = grid.points()[answer].at[axis];
      const std::uint32_t b = grid.points()[point].at[axis];
      if (a == b) continue;
      marginal.path = grid.axes()[axis].path;
      marginal.from = grid.axes()[axis].values[a];
      marginal.to = grid.axes()[axis].values[b];
    }
    marginal.objective = to.objective - from.objective;
    for (const auto& [name, metric] : to.metrics) {
      const MetricComparison* before = from.find(name);
      if (metric.mean && before != nullptr && before->mean) {
        marginal.metrics.emplace_back(name, *metric.mean - *before->mean);
      }
    }
    out.push_back(std::move(marginal));
  }
  return out;
}

// Evaluated points of which no other is at most as dear and nowhere worse in a goal's metric.
std::vector<std::size_t> frontier_of(const PlanResult& plan) {
  const auto badness = [&](const EvaluatedPoint& point, std::size_t g) {
    const auto value = point.goals[g].value;
    if (!value) return static_cast<double>(INFINITY);
    return plan.goals[g].op.front() == '>' ? -*value : *value;
  };
  const auto beats = [&](const EvaluatedPoint& a, const EvaluatedPoint& b) {
    bool better = a.objective < b.objective;
    if (a.objective > b.objective) return false;
    for (std::size_t g = 0; g < plan.goals.size(); ++g) {
      if (badness(a, g) > badness(b, g)) return false;
      better = better || badness(a, g) < badness(b, g);
    }
    return better;
  };
  std::vector<std::size_t> frontier;
  for (std::size_t i = 0; i < plan.evaluated.size(); ++i) {
    const bool beaten = std::any_of(plan.evaluated.begin(), plan.evaluated.end(),
                                    [&](const EvaluatedPoint& other) { return beats(other, plan.evaluated[i]); });
    if (!beaten) frontier.push_back(i);
  }
  std::stable_sort(frontier.begin(), frontier.end(), [&](std::size_t a, std::size_t b) {
    return plan.evaluated[a].objective < plan.evaluated[b].objective;
  });
  return frontier;
}

// What the search found, and what is worth knowing around it.
void conclude(const PlanRequest& request, Experiment& experiment, PlanGrid& grid, PlanSearch& search,
              PlanResult& plan) {
  const std::optional<std::size_t> answer = search.answer();
  std::vector<std::size_t> cheaper;
  if (answer) {
    // Simulated by the search already, unless a bound rules them out.
    for (const std::size_t point : grid.neighbours(*answer, -1)) {
      if (search.known(point)) cheaper.push_back(point);
    }
    search.evaluate(grid.neighbours(*answer, 1), "neighbour");
    if (request.sensitivity) {
      std::vector<std::size_t> choices = grid.other_choices(*answer);
      std::erase_if(choices, [&](std::size_t point) { return grid.points()[point].excluded != Exclusion::None; });
      search.evaluate(choices, "sensitivity");
      plan.sensitivity = load_sensitivity(experiment, *answer, search);
    }
    plan.marginal = marginal_of(grid, search, *answer);
    const GrowthSpec growth = growth_of(request, experiment.base());
    if (!growth.growth.empty()) plan.runway = make_runway(growth, experiment, *answer, plan.goals, search);
  }
  plan.evaluated = search.evaluated();
  if (answer) plan.answer = search.position(*answer);
  double nearest = INFINITY;
  const EvaluatedPoint* binding = nullptr;
  for (std::size_t i = 0; i < plan.evaluated.size(); ++i) {
    const double far = search.distance(plan.evaluated[i]);
    if (!answer && (!plan.closest || far < nearest)) plan.closest = i;
    if (!answer) nearest = std::min(nearest, far);
  }
  for (const std::size_t point : cheaper) binding = &search.of(point);
  if (plan.closest) binding = &plan.evaluated[*plan.closest];
  if (binding != nullptr) plan.binding_goal = search.missed_goal(*binding);
  plan.frontier = frontier_of(plan);
  if (search.saw_non_monotone()) {
    plan.notes.emplace_back(
        "more capacity made a goal's metric worse somewhere: every cheaper point was simulated or ruled out");
  }
  if (search.left_unproved() > 0) {
    plan.notes.push_back(std::to_string(search.left_unproved()) +
                         " cheaper points have less of everything than a point that misses, and were not simulated");
  }
}

}  // namespace

PlanResult make_plan(const PlanRequest& request, Experiment& experiment, const std::vector<Axis>& axes) {
  PlanResult plan;
  plan.goals = goals_of(experiment.base());
  check_growth(growth_of(request, experiment.base()));
  const std::string minimize = request.minimize.empty() ? experiment.base().plan.minimize : request.minimize;
  PlanGrid grid(experiment, axes, minimize);
  plan.objective_name = grid.objective_name();
  plan.objective_unit = grid.objective_unit();
  plan.grid = grid.size();
  plan.replications = experiment.replications();
  if (!request.allow_rejected) {
    grid.exclude_gangs();
    const double least = static_cast<double>(grid.least_infeasible());
    plan.goals.push_back(
        {"jobs.rejected <= " + std::to_string(grid.least_infeasible()), "jobs.rejected", "<=", least, true});
  }
  grid.exclude_by_demand(plan.goals);
  plan.excluded = excluded_of(grid);
  plan.lower_bound = lower_bound_of(grid, experiment);
  const unsigned batch = request.experiment.threads / std::max(1U, experiment.replications());
  PlanSearch search(experiment, grid, plan.goals, shown_metrics(plan.goals, grid), batch);
  search.run();
  conclude(request, experiment, grid, search, plan);
  plan.header = header_of(request, experiment, axes);
  plan.verdict = plan_verdict(plan);
  return plan;
}

PlanOutcome run_plan(const PlanRequest& request) {
  const ScenarioSpec spec = load_source(request.scenario);
  ExperimentOptions options = request.experiment;
  for (const GoalSpec& goal : spec.goals) options.metrics.push_back(goal.metric);
  const AxisSource source{"plan", "--vary", "give --vary PATH=LO..HI, such as --vary cluster.pools[0].count=1..64",
                          spec.plan.vary};
  const ManyRuns runs = open_many_runs(request, spec, source, std::move(options));
  PlanOutcome outcome;
  outcome.result_dir = runs.result_dir;
  outcome.plan = make_plan(request, *runs.experiment, runs.axes);
  const std::string json = plan_json(outcome.plan);
  outcome.report_path =
      write_many_runs(request, runs, "plan", {{"plan.json", json}}, request.write_report ? plan_html(json) : "");
  return outcome;
}

}  // namespace seatrial

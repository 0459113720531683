// Cost and bounds of the points of a plan; see plan_grid.h.
#include "scenarios/plan_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/cluster.h"
#include "models/request_class.h"
#include "scenarios/build.h"
#include "scenarios/fit_pools.h"
#include "scenarios/load.h"
#include "scenarios/plan_quotas.h"
#include "sim/error.h"
#include "sim/stats.h"
#include "sim/text.h"

namespace seatrial {
namespace {

// What follows from a mean: at most n / k of n values exceed k times it (Markov).
constexpr double kMarkov[] = {1.5, 2, 3, 5, 10, 30, 100};

bool is_varied(const std::vector<Axis>& axes, const std::string& path) {
  return std::any_of(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.path == path; });
}

struct PointCluster {
  ClusterSpec spec;
  Cluster cluster;
  // jobs: null where only sizes and prices are asked for.
  explicit PointCluster(const ScenarioSpec& scenario, const Workload* jobs = nullptr)
      : spec(build_cluster_spec(scenario)), cluster(fitted(spec, jobs), false) {}

  static const ClusterSpec& fitted(ClusterSpec& spec, const Workload* jobs) {
    if (jobs != nullptr) fit_pools(spec, *jobs);
    return spec;
  }

  [[nodiscard]] std::vector<std::uint32_t> reachable() const {
    std::vector<std::uint32_t> nodes;
    for (const Pool& pool : cluster.pools()) nodes.push_back(pool.counted ? pool.counted_nodes : pool.active);
    for (const CapacityChange& change : spec.changes) nodes[change.pool] = std::max(nodes[change.pool], change.count);
    return nodes;
  }
};

std::vector<RequestClass> classes_of(const PointCluster& point, const ScenarioSpec& scenario, const Workload& jobs) {
  const std::vector<std::uint32_t> reachable = point.reachable();
  const ClassRules rules{point.spec, scenario.scheduler.span_pools, reachable};
  std::vector<RequestClass> classes;
  for (std::uint32_t r = 0; r < jobs.requests().size(); ++r) {
    classes.push_back(resolve_class(jobs, {r}, point.cluster, rules));
  }
  return classes;
}

std::optional<double> price_of(const Cluster& cluster) {
  double sum = 0;
  for (const Pool& pool : cluster.pools()) {
    const double nodes = pool.counted ? pool.counted_nodes : pool.present;
    if (!pool.price_usd_per_hour && nodes > 0) return std::nullopt;
    sum += nodes * pool.price_usd_per_hour.value_or(0);
  }
  return sum;
}

// The proofs of demand_bound.h take the cluster as it is from the first submit to the last end.
bool bounds_apply(const ScenarioSpec& spec) {
  const bool odd_jobs = std::any_of(spec.workload.begin(), spec.workload.end(),
                                    [](const WorkloadSpec& w) { return w.sequential || w.warm_start; });
  return !odd_jobs && !spec.scheduler.max_waiting && !spec.until && spec.metrics.warmup.ns == 0 &&
         spec.cluster.changes.empty();
}

// The windows of each rule that follows from a goal.
std::vector<std::unique_ptr<DemandWindows>> windows_of(const Workload& jobs, const PlanGoal& goal,
                                                       std::uint64_t infeasible, bool kill_at_limit) {
  std::vector<std::unique_ptr<DemandWindows>> windows;
  for (const DeadlineRule& rule : deadline_rules(goal, jobs.size() - infeasible)) {
    windows.push_back(std::make_unique<DemandWindows>(jobs, rule, kill_at_limit));
  }
  return windows;
}

std::optional<Quantile> quantile_named(std::string_view name) {
  if (name == "p50") return Quantile{50};
  if (name == "p90") return Quantile{90};
  if (name == "p95") return Quantile{95};
  if (name == "p99") return Quantile{99};
  if (name == "max") return Quantile{100};
  return std::nullopt;
}

}  // namespace

std::vector<DeadlineRule> deadline_rules(const PlanGoal& goal, std::uint64_t jobs) {
  const std::size_t dot = goal.metric.find('.');
  if (dot == std::string::npos || jobs == 0 || (goal.op != "<=" && goal.op != "<") || goal.value < 0) return {};
  const std::string family = goal.metric.substr(0, dot);
  const std::string part = goal.metric.substr(dot + 1);
  DeadlineRule rule;
  if (family == "wait_s") {
    rule.kind = DeadlineRule::Kind::Wait;
  } else if (family == "jct_s") {
    rule.kind = DeadlineRule::Kind::Completion;
  } else if (family == "slowdown") {
    rule.kind = DeadlineRule::Kind::Slowdown;
  } else {
    return {};
  }
  rule.value = goal.value;
  if (const auto q = quantile_named(part)) {
    rule.exempt = jobs - 1 - nearest_rank(*q, static_cast<std::size_t>(jobs));
    return {rule};
  }
  if (part != "mean") return {};
  std::vector<DeadlineRule> rules;
  for (const double times : kMarkov) {
    DeadlineRule tail = rule;
    tail.value = goal.value * times;
    tail.exempt = static_cast<std::uint64_t>(static_cast<double>(jobs) / times);
    rules.push_back(tail);
  }
  return rules;
}

PlanGrid::PlanGrid(Experiment& experiment, const std::vector<Axis>& axes, const std::string& minimize)
    : experiment_(experiment), axes_(axes) {
  for (const Axis& axis : axes_) {
    // Ascending numbers: more of something.
    bool ascending = true;
    double last = -std::numeric_limits<double>::infinity();
    for (const std::string& value : axis.values) {
      const auto number = parse_number(value);
      ascending = ascending && number && *number > last;
      last = number.value_or(last);
    }
    numeric_.push_back(ascending && axis.values.size() > 1);
  }
  std::vector<std::uint32_t> all(experiment.points().size());
  std::iota(all.begin(), all.end(), 0U);
  experiment.check(all);
  points_.resize(all.size());
  for (std::size_t p = 0; p < points_.size(); ++p) {
    points_[p].at.resize(axes_.size());
    std::size_t rest = p;
    for (std::size_t a = axes_.size(); a-- > 0; rest /= axes_[a].values.size()) {
      points_[p].at[a] = static_cast<std::uint32_t>(rest % axes_[a].values.size());
    }
  }
  if (is_varied(axes_, minimize)) {
    objective_name_ = minimize;
  } else if (!minimize.empty()) {
    if (!is_metric(minimize)) {
      throw InputError({}, "--minimize", quoted(minimize) + " is neither a varied path nor a metric",
                       "`seatrial list metrics` names the metrics");
    }
    objective_name_ = objective_metric_ = minimize;
  } else {
    objective_name_ = "price";
    objective_unit_ = "USD/h";
  }
  bool priced = true;
  std::vector<std::optional<double>> prices;
  for (std::size_t p = 0; p < points_.size(); ++p) {
    const PointCluster point(experiment.spec(static_cast<std::uint32_t>(p)));
    points_[p].gpus = static_cast<double>(point.cluster.total_milli()) / 1000;
    prices.push_back(price_of(point.cluster));
    priced = priced && prices.back();
  }
  if (objective_name_ == "price" && !priced) {
    objective_name_ = "GPUs";
    objective_unit_ = "GPUs";
  }
  for (std::size_t p = 0; p < points_.size(); ++p) {
    if (objective_name_ == "price") points_[p].objective = *prices[p];
    if (objective_name_ == "GPUs") points_[p].objective = points_[p].gpus;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (axes_[a].path != minimize) continue;
      const auto value = parse_number(axes_[a].values[points_[p].at[a]]);
      points_[p].objective = value.value_or(static_cast<double>(points_[p].at[a]));
    }
  }
}

std::size_t PlanGrid::index(const std::vector<std::uint32_t>& at) const {
  std::size_t point = 0;
  for (std::size_t a = 0; a < axes_.size(); ++a) point = point * axes_[a].values.size() + at[a];
  return point;
}

std::vector<std::size_t> PlanGrid::neighbours(std::size_t point, int step) const {
  std::vector<std::size_t> out;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    if (!numeric_[axis]) continue;
    std::vector<std::uint32_t> at = points_[point].at;
    if (step < 0 ? at[axis] == 0 : at[axis] + 1 >= axes_[axis].values.size()) continue;
    at[axis] = step < 0 ? at[axis] - 1 : at[axis] + 1;
    out.push_back(index(at));
  }
  return out;
}

std::vector<std::size_t> PlanGrid::other_choices(std::size_t point) const {
  std::vector<std::size_t> out;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    std::vector<std::uint32_t> at = points_[point].at;
    for (at[axis] = 0; !numeric_[axis] && at[axis] < axes_[axis].values.size(); ++at[axis]) {
      if (at[axis] != points_[point].at[axis]) out.push_back(index(at));
    }
  }
  return out;
}

bool PlanGrid::before(std::size_t a, std::size_t b) const {
  if (points_[a].objective != points_[b].objective) return points_[a].objective < points_[b].objective;
  if (points_[a].gpus != points_[b].gpus) return points_[a].gpus < points_[b].gpus;
  return a < b;
}

void PlanGrid::exclude_gangs() {
  for (std::size_t p = 0; p < points_.size(); ++p) {
    const auto number = static_cast<std::uint32_t>(p);
    const auto jobs = experiment_.jobs({number, 0});
    const ScenarioSpec& spec = experiment_.spec(number);
    const PointCluster point(spec, jobs.get());
    const std::vector<RequestClass> classes = classes_of(point, spec, *jobs);
    for (std::uint32_t j = 0; j < jobs->size(); ++j) {
      points_[p].infeasible_jobs += classes[jobs->request_id({j}).index].infeasible != nullptr ? 1 : 0;
    }
    if (p == 0 || points_[p].infeasible_jobs < least_infeasible_) least_infeasible_ = points_[p].infeasible_jobs;
  }
  for (GridPoint& point : points_) {
    if (point.infeasible_jobs > least_infeasible_) point.excluded = Exclusion::Gang;
  }
}

bool PlanGrid::refuted(std::size_t p, const std::vector<PlanGoal>& goals) {
  const auto number = static_cast<std::uint32_t>(p);
  const ScenarioSpec& spec = experiment_.spec(number);
  const PointCluster point(spec, experiment_.jobs({number, 0}).get());
  DemandWindows::Supply supply;
  for (const Pool& pool : point.cluster.pools()) supply.pool_milli.push_back(pool.total_milli);
  // Each replication must be refuted by the same goal: the mean over them then misses it.
  for (std::size_t g = 0; g < goals.size(); ++g) {
    bool all = true;
    for (std::uint32_t r = 0; r < experiment_.replications() && all; ++r) {
      const auto jobs = experiment_.jobs({number, r});
      const std::size_t row = g * experiment_.replications() + r;
      if (windows_[row].empty()) {
        windows_[row] = windows_of(*jobs, goals[g], points_[p].infeasible_jobs, spec.scheduler.kill_at_limit);
      }
      auto parties = quota_parties(spec, *jobs);
      if (!parties) return false;
      supply.parties = std::move(*parties);
      supply.pools_of_request.clear();
      for (RequestClass& request : classes_of(point, spec, *jobs)) {
        supply.pools_of_request.push_back(request.infeasible != nullptr ? std::vector<PoolId>() : request.pools);
      }
      all = std::any_of(windows_[row].begin(), windows_[row].end(),
                        [&](const auto& windows) { return windows->refutes(supply); });
    }
    if (!all) continue;
    const bool hopeless =
        std::any_of(windows_[g * experiment_.replications()].begin(), windows_[g * experiment_.replications()].end(),
                    [](const auto& windows) { return windows->hopeless(); });
    points_[p].excluded = hopeless ? Exclusion::RunTimes : Exclusion::Demand;
    return true;
  }
  return false;
}

void PlanGrid::exclude_by_demand(const std::vector<PlanGoal>& goals) {
  // With jobs that differ from point to point the windows would have to be built for each.
  const bool jobs_vary = std::any_of(axes_.begin(), axes_.end(), [](const Axis& axis) {
    return axis.path.starts_with("workload") || axis.path.starts_with("seed") || axis.path.starts_with("replicate");
  });
  if (jobs_vary || least_infeasible_ > 0) return;
  windows_.resize(goals.size() * experiment_.replications());
  for (std::size_t p = 0; p < points_.size(); ++p) {
    if (points_[p].excluded != Exclusion::None) continue;
    if (bounds_apply(experiment_.spec(static_cast<std::uint32_t>(p)))) (void)refuted(p, goals);
  }
}

}  // namespace seatrial

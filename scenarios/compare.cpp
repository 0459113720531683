// From axes to alternatives to files; see compare.h.
#include "scenarios/compare.h"

#include <algorithm>
#include <numeric>

#include "models/cluster.h"
#include "models/workload.h"
#include "reports/csv_writers.h"
#include "reports/page.h"
#include "scenarios/build.h"
#include "scenarios/document.h"
#include "scenarios/labels.h"
#include "sim/check.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

std::vector<Setting> wanted_baseline(const CompareRequest& request, const ScenarioSpec& spec) {
  if (request.baseline.empty()) return spec.compare.baseline;
  std::vector<Setting> wanted;
  for (const std::string& part : split_flow(request.baseline)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) {
      throw InputError({}, "--baseline", "expected PATH=VALUE, found " + in_quotes(part),
                       "such as scheduler.order=fifo");
    }
    wanted.push_back({part.substr(0, equals), part.substr(equals + 1)});
  }
  return wanted;
}

// The alternative that has all the given settings; the first one where none is given.
std::size_t find_baseline(const std::vector<Setting>& wanted, const CaseGrid& grid) {
  const auto& points = grid.alternatives;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool fits = std::all_of(wanted.begin(), wanted.end(), [&](const Setting& setting) {
      return std::find(points[i].begin(), points[i].end(), setting) != points[i].end();
    });
    if (fits) return i;
  }
  const bool of_jobs = !grid.cases.empty() && std::any_of(wanted.begin(), wanted.end(), [](const Setting& setting) {
    return changes_jobs(setting.path);
  });
  if (of_jobs) {
    throw InputError({}, "--baseline",
                     in_quotes(settings_text(wanted)) + " changes the jobs, and each case has a baseline",
                     "name values of the other axes, such as " + points.front().front().text());
  }
  throw InputError({}, "--baseline", "no combination has " + in_quotes(settings_text(wanted)),
                   "name values of the axes, such as " + (points.front().empty() ? "" : points.front().front().text()));
}

std::vector<FailIf> conditions_of(const CompareRequest& request, const ScenarioSpec& spec) {
  std::vector<FailIf> conditions;
  for (const std::string& text : request.fail_if.empty() ? spec.compare.fail_if : request.fail_if) {
    conditions.push_back(parse_fail_if(text));
  }
  return conditions;
}

std::vector<std::string> headline_of(const ScenarioSpec& spec, const std::vector<FailIf>& conditions) {
  std::vector<std::string> headline{
      "wait_s.mean", "wait_s.p95", "jct_s.mean", "slowdown.mean", "makespan_s", "gpu.allocated_ratio.mean", "cost.usd"};
  const bool sequential = std::any_of(spec.workload.begin(), spec.workload.end(),
                                      [](const WorkloadSpec& workload) { return workload.sequential; });
  if (sequential) headline = {"gpu.allocated_milli_end", "gpu.allocated_ratio.mean", "jobs.failed"};
  if (spec.metrics.fragmentation) headline.emplace_back("gpu.fragmented_ratio.mean");
  const auto add = [&](const std::string& metric) {
    if (std::find(headline.begin(), headline.end(), metric) == headline.end()) headline.push_back(metric);
  };
  for (const FailIf& condition : conditions) add(condition.metric);
  for (const GoalSpec& goal : spec.goals) add(goal.metric);
  return headline;
}

const char* words_of(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::Start:
      return "starts";
    case DecisionKind::Resume:
      return "resumes";
    case DecisionKind::Preempt:
      return "preempts";
    case DecisionKind::Fail:
      return "finds no place for";
  }
  return "";
}

// Names the jobs and nodes of decisions of one point.
Alternative::Divergence::Choices choices_of(const std::vector<Decision>& decisions, const Workload& jobs,
                                            const Cluster& cluster) {
  Alternative::Divergence::Choices out;
  out.count = decisions.size();
  const ClusterNodeNames names(cluster);
  for (const Decision& decision : decisions) {
    if (out.first.size() == kChoicesNamed) break;
    Alternative::Divergence::Choice choice;
    choice.what = words_of(decision.kind);
    jobs.append_name({decision.job}, choice.job);
    choice.gpus = static_cast<double>(jobs.request({decision.job}).total_milli()) / 1000;
    if (decision.node != NodeId::kNone) names.append({decision.node}, choice.node);
    out.first.push_back(std::move(choice));
  }
  return out;
}

// Where the schedule of a point parts from the baseline's in replication 0, and when jobs were submitted there.
void add_instants(Experiment& experiment, std::uint32_t baseline, std::uint32_t point,
                  Alternative::Divergence& divergence) {
  if (divergence.replication != 0) return;
  const auto jobs = experiment.jobs({point, 0});
  const auto base_jobs = experiment.jobs({baseline, 0});
  const auto& own = experiment.record({point, 0}).decisions;
  const auto& base = experiment.record({baseline, 0}).decisions;
  divergence.decisions = std::min(own.size(), base.size());
  const auto& workload = experiment.base().workload;
  const bool sequential =
      std::any_of(workload.begin(), workload.end(), [](const WorkloadSpec& entry) { return entry.sequential; });
  // With sequential arrivals submits have no meaning.
  const std::uint64_t steps = divergence.accumulated_s.size();
  for (std::uint64_t step = 1; step <= steps && !sequential; ++step) {
    const auto last = static_cast<std::uint32_t>((step * divergence.jobs + steps - 1) / steps - 1);
    divergence.submit_s.push_back((base_jobs->submit({last}) - base_jobs->submit({0})).seconds());
  }
  const auto parting = find_parting(own, base, sequential);
  if (!parting) return;
  Alternative::Divergence::FirstInstant instant;
  instant.at_s = (parting->at - base_jobs->submit({0})).seconds();
  instant.position = parting->position;
  const Cluster own_cluster(build_cluster_spec(experiment.spec(point)), false);
  instant.own = choices_of(parting->one, *jobs, own_cluster);
  const Cluster base_cluster(build_cluster_spec(experiment.spec(baseline)), false);
  instant.baseline = choices_of(parting->two, *base_jobs, base_cluster);
  divergence.first_instant = std::move(instant);
}

using SettingTexts = std::vector<std::pair<std::string, std::string>>;

SettingTexts texts_of(const std::vector<Setting>& settings) {
  SettingTexts out;
  for (const Setting& setting : settings) out.emplace_back(setting.path, setting.value);
  return out;
}

// The comparison of the alternatives whose points begin at `first`.
Comparison compare_points(Experiment& experiment, const CaseGrid& grid, std::uint32_t first, std::size_t baseline,
                          const std::vector<std::string>& headline) {
  const std::vector<std::string> names = point_labels(grid.alternatives);
  std::vector<AlternativeRuns> alternatives;
  for (std::uint32_t i = 0; i < grid.alternatives.size(); ++i) {
    AlternativeRuns runs{texts_of(grid.points[first + i]), names[i], {}};
    for (std::uint32_t r = 0; r < experiment.replications(); ++r) {
      runs.runs.push_back(&experiment.record({first + i, r}));
    }
    alternatives.push_back(std::move(runs));
  }
  Comparison comparison = compare_runs(alternatives, baseline, headline);
  for (std::uint32_t i = 0; i < grid.alternatives.size(); ++i) {
    auto& divergence = comparison.alternatives[i].divergence;
    if (divergence) add_instants(experiment, first + static_cast<std::uint32_t>(baseline), first + i, *divergence);
  }
  return comparison;
}

// Adds what went wrong somewhere, and removes what no alternative knows (a price that is not given).
void settle_headline(Comparison& comparison) {
  auto& headline = comparison.headline;
  for (const char* metric : {"jobs.failed", "jobs.rejected"}) {
    const bool some = std::any_of(comparison.alternatives.begin(), comparison.alternatives.end(), [&](const auto& one) {
      const MetricComparison* found = one.find(metric);
      return found != nullptr && found->mean.value_or(0) > 0;
    });
    if (some && std::find(headline.begin(), headline.end(), metric) == headline.end()) headline.emplace_back(metric);
  }
  std::erase_if(headline, [&](const std::string& metric) {
    return std::none_of(comparison.alternatives.begin(), comparison.alternatives.end(), [&](const Alternative& a) {
      const MetricComparison* found = a.find(metric);
      return found != nullptr && found->mean;
    });
  });
  if (headline.empty()) headline.emplace_back("jobs.completed");
}

}  // namespace

Comparison compare_scenario(const CompareRequest& request, Experiment& experiment, const std::vector<Axis>& axes) {
  const ScenarioSpec& spec = experiment.base();
  Problems problems;
  const CaseGrid grid = case_grid(spec.compare.cases, axes, problems);
  problems.throw_if_any();
  CHECK(grid.points == experiment.points());
  const std::size_t baseline = find_baseline(wanted_baseline(request, spec), grid);
  std::vector<FailIf> conditions = conditions_of(request, spec);
  std::vector<std::uint32_t> all(grid.points.size());
  std::iota(all.begin(), all.end(), 0U);
  experiment.check(all);
  std::vector<Task> tasks;
  for (const std::uint32_t point : all) {
    for (std::uint32_t r = 0; r < experiment.replications(); ++r) tasks.push_back({point, r});
  }
  experiment.run(tasks);
  const std::vector<std::string> headline = headline_of(spec, conditions);
  Comparison comparison;
  std::uint32_t first = 0;
  for (const NamedSettings& one : grid.cases) {
    append_case(comparison, {one.name, texts_of(one.settings), ""},
                compare_points(experiment, grid, first, baseline, headline));
    first += static_cast<std::uint32_t>(grid.alternatives.size());
  }
  if (grid.cases.empty()) comparison = compare_points(experiment, grid, 0, baseline, headline);
  settle_headline(comparison);
  comparison.header = header_of(request, experiment, axes);
  for (std::size_t i = 0; i < comparison.cases.size(); ++i) {
    comparison.cases[i].verdict = comparison_verdict(case_part(comparison, i));
  }
  comparison.verdict = comparison_verdict(comparison);
  for (FailIf& condition : conditions) decide(comparison, condition);
  comparison.fail_if = std::move(conditions);
  return comparison;
}

CompareOutcome run_compare(const CompareRequest& request) {
  const ScenarioSpec spec = load_source(request.scenario);
  ExperimentOptions options = request.experiment;
  options.job_times = true;
  for (const FailIf& condition : conditions_of(request, spec)) options.metrics.push_back(condition.metric);
  for (const GoalSpec& goal : spec.goals) options.metrics.push_back(goal.metric);
  const AxisSource source{"compare", "--axis", "give --axis PATH=V1,V2, such as --axis scheduler.order=fifo,sjf",
                          spec.compare.axes, &spec.compare.cases};
  const ManyRuns runs = open_many_runs(request, spec, source, std::move(options));
  CompareOutcome outcome;
  outcome.result_dir = runs.result_dir;
  outcome.comparison = compare_scenario(request, *runs.experiment, runs.axes);
  const std::string json = comparison_json(outcome.comparison);
  outcome.report_path = write_many_runs(
      request, runs, "compare", {{"comparison.json", json}, {"comparison.csv", comparison_csv(outcome.comparison)}},
      request.write_report ? comparison_html(json) : "");
  for (const FailIf& condition : outcome.comparison.fail_if) outcome.passed = outcome.passed && !condition.failed;
  return outcome;
}

}  // namespace seatrial

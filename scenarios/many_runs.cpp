// See many_runs.h.
#include "scenarios/many_runs.h"

#include "reports/result_folder.h"
#include "scenarios/load.h"
#include "scenarios/replicate.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

std::vector<Axis> axes_of(const ManyRunsRequest& request, const AxisSource& source) {
  Problems problems;
  std::vector<Axis> axes;
  for (const std::string& text : request.axes) axes.push_back(parse_axis(text, source.option, problems));
  if (axes.empty()) axes = source.of_scenario;
  if (axes.empty() && problems.empty()) problems.add({}, source.verb, "nothing varies", source.hint);
  problems.throw_if_any();
  return axes;
}

// "24 h": a length that was given, without the parts that are 0.
std::string length_words(Duration length) {
  std::string text = human_duration(length.seconds());
  for (const char* nothing : {" 0 s", " 0 min", " 0 h"}) {
    if (text.ends_with(nothing)) text.erase(text.size() - std::string_view(nothing).size());
  }
  return text;
}

std::string detail_of(const ScenarioSpec& spec, std::uint32_t replications) {
  switch (spec.replicate.method) {
    case ReplicateSpec::Method::Blocks:
      return "moving-block bootstrap, blocks of " + length_words(spec.replicate.length);
    case ReplicateSpec::Method::Windows:
      return "windows of " + length_words(spec.replicate.length);
    case ReplicateSpec::Method::CountUp:
      return "numbers counted up";
    case ReplicateSpec::Method::Automatic:
      break;
  }
  return replications == 1 ? "the jobs as they are" : "seeds";
}

}  // namespace

ScenarioSpec load_source(const ScenarioSource& source) {
  LoadOptions options;
  options.overrides = source.overrides;
  return load_scenario_text(source.text, source.file, options);
}

ManyRuns open_many_runs(const ManyRunsRequest& request, const ScenarioSpec& spec, const AxisSource& source,
                        ExperimentOptions options) {
  ManyRuns runs;
  runs.axes = axes_of(request, source);
  Problems problems;
  std::vector<std::vector<Setting>> points =
      source.cases == nullptr ? expand(runs.axes, problems) : case_grid(*source.cases, runs.axes, problems).points;
  problems.throw_if_any();
  runs.result_dir = request.out_dir.empty() ? "out/" + spec.name : request.out_dir;
  check_result_path(runs.result_dir);
  check_database(request.database);
  runs.experiment = std::make_unique<Experiment>(request.scenario, std::move(points), std::move(options));
  return runs;
}

ComparisonHeader header_of(const ManyRunsRequest& request, const Experiment& experiment,
                           const std::vector<Axis>& axes) {
  const ScenarioSpec& spec = experiment.base();
  ComparisonHeader header;
  header.scenario = spec.name;
  header.version = request.version;
  header.content_hash = experiment.fingerprint();
  header.command = request.command;
  header.run_command = request.run_command;
  header.scenario_text = spec.text;
  header.seed = spec.seed;
  header.method = replication_method(spec);
  header.detail = detail_of(spec, experiment.replications());
  header.seeds = experiment.seeds();
  for (const Axis& axis : axes) header.axes.emplace_back(axis.path, axis.values);
  header.simulations = experiment.simulations();
  header.reused = experiment.reused();
  return header;
}

std::string write_many_runs(const ManyRunsRequest& request, const ManyRuns& runs, const char* verb,
                            const std::vector<std::pair<std::string, std::string>>& files, const std::string& page) {
  ResultFolder folder(runs.result_dir);
  for (const auto& [name, content] : files) folder.write(name, content);
  folder.write("scenario.yaml", runs.experiment->base().text);
  if (!page.empty()) folder.write("report.html", page);
  folder.commit();
  runs.experiment->finish();
  runs.experiment->append_runs(request.database, {verb, request.version, request.command, runs.result_dir});
  return page.empty() ? std::string() : runs.result_dir + "/report.html";
}

}  // namespace seatrial

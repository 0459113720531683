// `seatrial compare`: every combination of the axes, replicated on the same jobs, against a baseline.
#include <CLI/CLI.hpp>
#include <memory>

#include "reports/many_runs_forms.h"
#include "scenarios/compare.h"
#include "tools/console.h"
#include "tools/simulation_options.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

struct CompareArguments {
  SimulationArguments simulation;
  std::vector<std::string> axes;
  std::string baseline;
  std::vector<std::string> fail_if;
};

CompareRequest request_of(const CompareArguments& arguments) {
  CompareRequest request;
  request.scenario = scenario_source(arguments.simulation);
  request.axes = arguments.axes;
  request.baseline = arguments.baseline;
  request.fail_if = arguments.fail_if;
  request.out_dir = arguments.simulation.out_dir;
  request.version = std::string(kVersion) + " (" + kRevision + ")";
  request.write_report = !arguments.simulation.no_report;
  request.database = arguments.simulation.database;
  request.experiment = experiment_options(arguments.simulation);
  std::vector<std::string> words;
  const auto add = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  for (const std::string& axis : arguments.axes) add("--axis", axis);
  if (!arguments.baseline.empty()) add("--baseline", arguments.baseline);
  for (const std::string& condition : arguments.fail_if) add("--fail-if", condition);
  request.command = command_text("compare", arguments.simulation, words);
  return request;
}

int run(const CompareArguments& arguments) {
  catch_signals();
  if (database_absent(arguments.simulation.database)) return kAbsent;
  const CompareOutcome outcome = run_compare(request_of(arguments));
  const std::string format = arguments.simulation.quiet ? "" : arguments.simulation.format;
  if (format == "json") print(comparison_json(outcome.comparison));
  if (format == "junit") print(junit_xml(check_suite(outcome.comparison)));
  if (format == "markdown") print(comparison_markdown(outcome.comparison));
  if (format == "text") {
    std::string text = comparison_text(outcome.comparison, output_is_terminal());
    text += "results: " + outcome.result_dir + '\n';
    if (!outcome.report_path.empty()) text += "report:  " + outcome.report_path + '\n';
    print(text);
  }
  return outcome.passed ? kDone : kGoalMissed;
}

}  // namespace

void add_compare(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("compare", "alternatives against a baseline: differences with intervals");
  const auto arguments = std::make_shared<CompareArguments>();
  add_simulation_options(*app, arguments->simulation, {"text", "json", "junit", "markdown"});
  add_repeatable(*app, "--axis", arguments->axes,
                 "PATH=V1,V2: a setting that varies; may be repeated (every combination)");
  app->add_option("--baseline", arguments->baseline, "PATH=V of the combination to compare with (default: the first)");
  add_repeatable(*app, "--fail-if", arguments->fail_if,
                 "\"METRIC worse than BASELINE by 5%\": exit status 1 if an alternative is; may be repeated");
  verbs.push_back({app, [arguments] { return run(*arguments); }});
}

}  // namespace seatrial

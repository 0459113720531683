// `seatrial compare`: every combination of the axes, replicated on the same jobs, against a baseline.
#include <CLI/CLI.hpp>
#include <memory>

#include "reports/many_runs_forms.h"
#include "scenarios/compare.h"
#include "tools/console.h"
#include "tools/simulation_options.h"
#include "tools/verbs.h"

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
  fill_request(arguments.simulation, request);
  request.axes = arguments.axes;
  request.baseline = arguments.baseline;
  request.fail_if = arguments.fail_if;
  CommandWords words;
  words.add("--axis", arguments.axes);
  words.add("--baseline", arguments.baseline);
  words.add("--fail-if", arguments.fail_if);
  request.command = command_text("compare", arguments.simulation, words.all());
  return request;
}

int run(const CompareArguments& arguments) {
  catch_signals();
  if (database_absent(arguments.simulation.database)) return kAbsent;
  const CompareOutcome outcome = run_compare(request_of(arguments));
  print_result(
      arguments.simulation, {outcome.result_dir, outcome.report_path},
      {[&] { return comparison_text(outcome.comparison, output_is_terminal()); },
       [&] { return comparison_json(outcome.comparison); }, [&] { return junit_xml(check_suite(outcome.comparison)); },
       [&] { return comparison_markdown(outcome.comparison); }});
  return outcome.passed ? kDone : kGoalMissed;
}

}  // namespace

void add_compare(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("compare", "alternatives against a baseline: differences with intervals");
  const auto arguments = std::make_shared<CompareArguments>();
  add_simulation_options(*app, arguments->simulation);
  add_repeatable(*app, "--axis", arguments->axes,
                 "PATH=V1,V2: a setting that varies; may be repeated (every combination). One that changes the jobs "
                 "(below workload) makes cases, in each of which the others are compared");
  app->add_option("--baseline", arguments->baseline, "PATH=V of the combination to compare with (default: the first)");
  add_repeatable(*app, "--fail-if", arguments->fail_if,
                 "\"METRIC worse than BASELINE by 5%\": exit status 1 if an alternative is; may be repeated");
  verbs.push_back({app, [arguments] { return run(*arguments); }});
}

}  // namespace seatrial

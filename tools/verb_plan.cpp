// `seatrial plan`: the smallest or cheapest setting that meets the goals.
#include <CLI/CLI.hpp>
#include <memory>

#include "reports/many_runs_forms.h"
#include "scenarios/plan.h"
#include "tools/console.h"
#include "tools/simulation_options.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

struct PlanArguments {
  SimulationArguments simulation;
  std::vector<std::string> vary;
  std::vector<std::string> goals;
  std::string minimize;
  std::string growth;
  bool allow_rejected = false;
};

// As an override of the scenario's goals: checked, and placed in messages, like everything else.
std::string goals_override(const std::vector<std::string>& goals) {
  std::string text = "goals=[";
  for (const std::string& goal : goals) {
    if (text.back() != '[') text += ", ";
    text += '"';
    for (const char c : goal) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + ']';
}

PlanRequest request_of(const PlanArguments& arguments) {
  PlanRequest request;
  request.scenario = scenario_source(arguments.simulation);
  if (!arguments.goals.empty()) request.scenario.overrides.push_back(goals_override(arguments.goals));
  request.vary = arguments.vary;
  request.minimize = arguments.minimize;
  request.growth = arguments.growth;
  request.allow_rejected = arguments.allow_rejected;
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
  for (const std::string& axis : arguments.vary) add("--vary", axis);
  for (const std::string& goal : arguments.goals) add("--goal", goal);
  if (!arguments.minimize.empty()) add("--minimize", arguments.minimize);
  if (!arguments.growth.empty()) add("--growth", arguments.growth);
  if (arguments.allow_rejected) words.emplace_back("--allow-rejected");
  request.command = command_text("plan", arguments.simulation, words);
  return request;
}

int run(const PlanArguments& arguments) {
  catch_signals();
  if (database_absent(arguments.simulation.database)) return kAbsent;
  const PlanOutcome outcome = run_plan(request_of(arguments));
  const std::string format = arguments.simulation.quiet ? "" : arguments.simulation.format;
  if (format == "json") print(plan_json(outcome.plan));
  if (format == "junit") print(junit_xml(check_suite(outcome.plan)));
  if (format == "markdown") print(plan_markdown(outcome.plan));
  if (format == "text") {
    std::string text = plan_text(outcome.plan, output_is_terminal());
    text += "results: " + outcome.result_dir + '\n';
    if (!outcome.report_path.empty()) text += "report:  " + outcome.report_path + '\n';
    print(text);
  }
  return outcome.plan.answer ? kDone : kGoalMissed;
}

}  // namespace

void add_plan(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("plan", "the smallest or cheapest setting that meets the goals");
  const auto arguments = std::make_shared<PlanArguments>();
  add_simulation_options(*app, arguments->simulation, {"text", "json", "junit", "markdown"});
  add_repeatable(*app, "--vary", arguments->vary,
                 "PATH=LO..HI[:STEP] or PATH=V1,V2: a setting to choose; may be repeated");
  add_repeatable(*app, "--goal", arguments->goals,
                 "\"METRIC <= VALUE\" instead of the scenario's goals; may be repeated");
  app->add_option("--minimize", arguments->minimize,
                  "a metric or a varied path (default: price of all pools, else GPUs)");
  app->add_option("--growth", arguments->growth, "growth of the load, such as 3%/month: when do the goals break?");
  app->add_flag("--allow-rejected", arguments->allow_rejected,
                "settings on which fewer jobs could run at all may be the answer");
  verbs.push_back({app, [arguments] { return run(*arguments); }});
}

}  // namespace seatrial

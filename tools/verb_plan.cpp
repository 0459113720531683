// `seatrial plan`: the smallest or cheapest setting that meets the goals.
#include <CLI/CLI.hpp>
#include <memory>

#include "reports/many_runs_forms.h"
#include "scenarios/plan.h"
#include "tools/console.h"
#include "tools/simulation_options.h"
#include "tools/verbs.h"

namespace seatrial {
namespace {

struct PlanArguments {
  SimulationArguments simulation;
  std::vector<std::string> vary;
  std::vector<std::string> goals;
  std::string minimize;
  std::string growth, from;
  bool sensitivity = false;
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
  fill_request(arguments.simulation, request);
  if (!arguments.goals.empty()) request.scenario.overrides.push_back(goals_override(arguments.goals));
  request.axes = arguments.vary;
  request.minimize = arguments.minimize;
  request.growth = arguments.growth;
  request.from = arguments.from;
  request.sensitivity = arguments.sensitivity;
  request.allow_rejected = arguments.allow_rejected;
  CommandWords words;
  words.add("--vary", arguments.vary);
  words.add("--goal", arguments.goals);
  words.add("--minimize", arguments.minimize);
  words.add("--growth", arguments.growth);
  words.add("--from", arguments.from);
  if (arguments.sensitivity) words.add("--sensitivity");
  if (arguments.allow_rejected) words.add("--allow-rejected");
  request.command = command_text("plan", arguments.simulation, words.all());
  return request;
}

int run(const PlanArguments& arguments) {
  catch_signals();
  if (database_absent(arguments.simulation.database)) return kAbsent;
  const PlanOutcome outcome = run_plan(request_of(arguments));
  print_result(arguments.simulation, {outcome.result_dir, outcome.report_path},
               {[&] { return plan_text(outcome.plan, output_is_terminal()); }, [&] { return plan_json(outcome.plan); },
                [&] { return junit_xml(check_suite(outcome.plan)); }, [&] { return plan_markdown(outcome.plan); }});
  return outcome.plan.answer ? kDone : kGoalMissed;
}

}  // namespace

void add_plan(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("plan", "the smallest or cheapest setting that meets the goals");
  const auto arguments = std::make_shared<PlanArguments>();
  add_simulation_options(*app, arguments->simulation);
  add_repeatable(*app, "--vary", arguments->vary,
                 "PATH=LO..HI[:STEP] or PATH=V1,V2: a setting to choose; may be repeated");
  add_repeatable(*app, "--goal", arguments->goals,
                 "\"METRIC <= VALUE\" instead of the scenario's goals; may be repeated");
  app->add_option("--minimize", arguments->minimize,
                  "a metric or a varied path (default: price of all pools, else GPUs)");
  app->add_option("--growth", arguments->growth, "growth of the load, such as 3%/month: when do the goals break?");
  app->add_option("--from", arguments->from,
                  "the day on which the load is the scenario's, such as 2027-01-31 (default: the trace's last)");
  app->add_flag("--sensitivity", arguments->sensitivity,
                "also simulate the answer with the other choices (policy, GPU type) and with 10 % less and more load");
  app->add_flag("--allow-rejected", arguments->allow_rejected,
                "settings on which fewer jobs could run at all may be the answer");
  verbs.push_back({app, [arguments] { return run(*arguments); }});
}

}  // namespace seatrial

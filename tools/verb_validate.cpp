// `seatrial validate`: every problem of a scenario and of the files it names, nothing run.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "scenarios/check_inputs.h"
#include "scenarios/load.h"
#include "tools/console.h"
#include "tools/verbs.h"

namespace seatrial {
namespace {

struct ValidateArguments {
  std::string scenario;
  std::vector<std::string> overrides;
  std::string format = "text";
};

// The problems as a program wants them.
std::string problems_json(const Problems& problems) {
  nlohmann::ordered_json list = nlohmann::json::array();
  for (const Problem& problem : problems.all()) {
    nlohmann::ordered_json entry;
    entry["file"] = quoted(problem.place.file, 200);
    entry["line"] = problem.place.line;
    entry["column"] = problem.place.column;
    entry["path"] = problem.path;
    entry["what"] = problem.what;
    entry["hint"] = problem.hint;
    list.push_back(std::move(entry));
  }
  nlohmann::ordered_json out;
  out["problems"] = std::move(list);
  out["more"] = problems.more();
  return out.dump(2) + '\n';
}

int validate_scenario(const ValidateArguments& arguments) {
  Problems problems;
  try {
    LoadOptions options;
    options.overrides = arguments.overrides;
    check_inputs(load_scenario(arguments.scenario, options), problems);
  } catch (const InputError& error) {
    problems = error.problems();
  }
  if (arguments.format == "json") print(problems_json(problems));
  problems.throw_if_any();
  if (arguments.format == "text") print(quoted(arguments.scenario, 200) + ": no problems\n");
  return kDone;
}

}  // namespace

void add_validate(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("validate", "all problems of a scenario at once, nothing run");
  const auto arguments = std::make_shared<ValidateArguments>();
  app->add_option("SCENARIO", arguments->scenario, "scenario file (YAML or JSON), - for standard input")->required();
  add_repeatable(*app, "--set", arguments->overrides, "PATH=VALUE: change the scenario; may be repeated");
  app->add_option("--format", arguments->format, "what goes to standard output: text or json")
      ->check(CLI::IsMember({"text", "json"}));
  verbs.push_back({app, [arguments] { return validate_scenario(*arguments); }});
}

}  // namespace seatrial

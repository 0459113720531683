// `seatrial run`: one simulation, its summary on standard output, its files in a result folder.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>

#include "reports/run_database.h"
#include "scenarios/load.h"
#include "scenarios/reader.h"
#include "scenarios/run.h"
#include "sim/text.h"
#include "tools/console.h"
#include "tools/simulation_options.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

struct RunArguments {
  std::string scenario;
  std::optional<std::string> out_dir;
  std::string seed;
  std::vector<std::string> overrides;
  std::uint32_t jobs = 1;
  std::string format = "text";
  bool quiet = false;
  bool no_report = false;
  std::vector<std::string> logs;
  std::string database;
};

void add_run_options(CLI::App& app, RunArguments& arguments) {
  app.add_option("SCENARIO", arguments.scenario, "scenario file (YAML or JSON), - for standard input")->required();
  app.add_option("--out", arguments.out_dir, "result folder (default out/<scenario name>)");
  app.add_option("--seed", arguments.seed, "seed of this run instead of the scenario's");
  add_repeatable(app, "--set", arguments.overrides, "PATH=VALUE: change the scenario; may be repeated");
  app.add_option("--jobs", arguments.jobs, "how many simulations may run side by side")->check(CLI::Range(1, 1024));
  app.add_option("--format", arguments.format, "what goes to standard output: text, json, junit or markdown")
      ->check(CLI::IsMember({"text", "json", "junit", "markdown"}));
  app.add_flag("--quiet", arguments.quiet, "print nothing but errors");
  app.add_flag("--no-report", arguments.no_report, "write no report.html");
  app.add_option("--db", arguments.database, "SQLite file to append the run to; made if absent");
  add_repeatable(app, "--log", arguments.logs,
                 "extra files, several with commas: placements, events, timeline, metrics, batsim");
}

struct LogName {
  const char* name;
  bool RunOptions::*wanted;
};
constexpr std::array<LogName, 5> kLogs{{{"placements", &RunOptions::log_placements},
                                        {"events", &RunOptions::log_events},
                                        {"timeline", &RunOptions::log_timeline},
                                        {"metrics", &RunOptions::log_metrics},
                                        {"batsim", &RunOptions::log_batsim}}};

// Which of the names between commas are asked for.
void read_logs(const std::vector<std::string>& words, RunOptions& options) {
  for (const std::string& word : words) {
    for (std::size_t begin = 0; begin <= word.size();) {
      const std::size_t end = std::min(word.find(',', begin), word.size());
      const std::string name = word.substr(begin, end - begin);
      const auto* log =
          std::find_if(kLogs.begin(), kLogs.end(), [&](const LogName& known) { return known.name == name; });
      if (log == kLogs.end()) {
        std::vector<std::string> names;
        for (const LogName& known : kLogs) names.emplace_back(known.name);
        throw InputError({}, "--log", in_quotes(name) + " is no log", known_names_hint(name, names));
      }
      options.*(log->wanted) = true;
      begin = end + 1;
    }
  }
}

int run(const RunArguments& arguments) {
  catch_signals();
  if (database_absent(arguments.database)) return kAbsent;
  const std::optional<std::uint64_t> seed = parse_seed(arguments.seed);
  LoadOptions load_options;
  load_options.overrides = arguments.overrides;
  const ScenarioSpec spec = load_scenario(arguments.scenario, load_options);
  RunOptions options;
  options.out_dir = arguments.out_dir.value_or("out/" + spec.name);
  options.seed = seed;
  options.write_report = !arguments.no_report;
  read_logs(arguments.logs, options);
  options.database = arguments.database;
  options.overrides = arguments.overrides;
  options.interrupted = &interrupted();
  options.version = std::string(kVersion) + " (" + kRevision + ")";
  options.colour = output_is_terminal();
  const RunOutcome outcome = run_scenario(spec, options);
  if (!arguments.quiet && arguments.format == "json") print(outcome.summary_json);
  if (!arguments.quiet && arguments.format == "junit") print(outcome.junit);
  if (!arguments.quiet && arguments.format == "markdown") print(outcome.markdown);
  if (!arguments.quiet && arguments.format == "text") {
    std::string text = outcome.summary_text;
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += "results: " + outcome.result_dir + '\n';
    if (!outcome.report_path.empty()) text += "report:  " + outcome.report_path + '\n';
    for (const std::string& note : outcome.notes) text += note + '\n';
    print(text);
  }
  return outcome.goals_met ? kDone : kGoalMissed;
}

}  // namespace

void add_run(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("run", "one simulation: summary, result files and report");
  const auto arguments = std::make_shared<RunArguments>();
  add_run_options(*app, *arguments);
  verbs.push_back({app, [arguments] { return run(*arguments); }});
}

}  // namespace seatrial

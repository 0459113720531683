// See simulation_options.h.
#include "tools/simulation_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <thread>

#include "reports/run_database.h"
#include "scenarios/describe_run.h"
#include "scenarios/files.h"
#include "scenarios/reader.h"
#include "sim/content_hash.h"
#include "sim/text.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

constexpr std::size_t kProgramBytes = std::size_t{1} << 30U;

// Runs of another program are another experiment, whatever its version says.
std::string program_fingerprint() {
  ContentHash hash;
  hash.add(read_input_file("/proc/self/exe", kProgramBytes));
  return hash.text();
}

// One line on a terminal, drawn over.
class Progress {
 public:
  void operator()(std::uint64_t done, std::uint64_t total) {
    const auto now = std::chrono::steady_clock::now();
    const double spent = std::chrono::duration<double>(now - begin_).count();
    if (done < total && std::chrono::duration<double>(now - shown_).count() < 0.1) return;
    shown_ = now;
    const double left = spent / static_cast<double>(done) * static_cast<double>(total - done);
    std::string text = "\r\x1b[K";
    if (done < total) {
      text += std::to_string(done) + '/' + std::to_string(total) + " runs, about " + human_duration(left) + " left";
    }
    draw_progress(text);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_ = begin_;
};

ScenarioSource scenario_source(const SimulationArguments& arguments) {
  ScenarioSource source;
  source.file = arguments.scenario;
  source.text = read_input_file(arguments.scenario, kMaxDocumentBytes);
  source.overrides = arguments.overrides;
  if (const auto seed = parse_seed(arguments.seed)) source.overrides.push_back("seed=" + std::to_string(*seed));
  return source;
}

ExperimentOptions experiment_options(const SimulationArguments& arguments) {
  ExperimentOptions options;
  options.replications = arguments.replications;
  options.threads = arguments.jobs != 0 ? arguments.jobs : std::max(1U, std::thread::hardware_concurrency());
  if (arguments.runs_folder != "none") {
    options.store_folder = arguments.runs_folder.empty() ? default_store_folder() : arguments.runs_folder;
  }
  options.program = program_fingerprint();
  options.interrupted = &interrupted();
  if (!arguments.quiet && errors_are_terminal()) options.progress = Progress();
  return options;
}

}  // namespace

void add_simulation_options(CLI::App& app, SimulationArguments& arguments) {
  app.add_option("SCENARIO", arguments.scenario, "scenario file (YAML or JSON), - for standard input")->required();
  app.add_option("--out", arguments.out_dir, "result folder (default out/<scenario name>)");
  app.add_option("--seed", arguments.seed, "seed instead of the scenario's");
  add_repeatable(app, "--set", arguments.overrides, "PATH=VALUE: change the scenario; may be repeated");
  app.add_option("--seeds", arguments.replications,
                 "replications (default: the scenario's, else 10 where there can be any)")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--jobs", arguments.jobs, "how many simulations run side by side (default: one per processor)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--format", arguments.format, "what goes to standard output: text, json, junit or markdown")
      ->check(CLI::IsMember({"text", "json", "junit", "markdown"}));
  app.add_option("--runs-folder", arguments.runs_folder,
                 "where finished runs are kept until the result is complete, so that a killed command continues from "
                 "them (default: seatrial/runs in the user's cache folder; none: nowhere)");
  app.add_option("--db", arguments.database, "SQLite file to append every run to; made if it is not there");
  app.add_flag("--quiet", arguments.quiet, "print nothing but errors");
  app.add_flag("--no-report", arguments.no_report, "write no report.html");
}

bool database_absent(const std::string& path) {
  if (path.empty() || has_run_database()) return false;
  std::fputs("seatrial: --db: this program was built without SQLite (libsqlite3-dev)\n", stderr);
  return true;
}

std::optional<std::uint64_t> parse_seed(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto seed = parse_integer(text);
  if (!seed || *seed < 0) throw InputError({}, "--seed", "expected a whole number from 0, found " + in_quotes(text));
  return static_cast<std::uint64_t>(*seed);
}

void fill_request(const SimulationArguments& arguments, ManyRunsRequest& request) {
  SimulationArguments single = arguments;
  single.replications = 0;
  request.run_command = command_text("run", single, {});
  request.scenario = scenario_source(arguments);
  request.out_dir = arguments.out_dir;
  request.version = std::string(kVersion) + " (" + kRevision + ")";
  request.write_report = !arguments.no_report;
  request.database = arguments.database;
  request.experiment = experiment_options(arguments);
}

void CommandWords::add(const char* option, const std::string& value) {
  if (value.empty()) return;
  words_.emplace_back(option);
  words_.push_back(value);
}

void CommandWords::add(const char* option, const std::vector<std::string>& values) {
  for (const std::string& value : values) add(option, value);
}

void print_result(const SimulationArguments& arguments, const ResultPlace& place, const ResultForms& forms) {
  if (arguments.quiet) return;
  if (arguments.format == "json") print(forms.json());
  if (arguments.format == "junit") print(forms.junit());
  if (arguments.format == "markdown") print(forms.markdown());
  if (arguments.format != "text") return;
  std::string text = forms.text() + "results: " + place.folder + '\n';
  if (!place.report.empty()) text += "report:  " + place.report + '\n';
  print(text);
}

std::string command_text(const char* verb, const SimulationArguments& arguments,
                         const std::vector<std::string>& words) {
  std::string text = std::string("seatrial ") + verb + ' ' + shell_word(arguments.scenario);
  for (const std::string& change : arguments.overrides) text += " --set " + shell_word(change);
  if (!arguments.seed.empty()) text += " --seed " + shell_word(arguments.seed);
  if (arguments.replications != 0) text += " --seeds " + std::to_string(arguments.replications);
  for (const std::string& word : words) text += ' ' + shell_word(word);
  return text;
}

}  // namespace seatrial

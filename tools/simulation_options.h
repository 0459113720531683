// Options that the verbs with many runs share (compare, plan): the scenario and its changes, seeds, threads, output.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/experiment.h"

namespace seatrial {

struct SimulationArguments {
  std::string scenario;
  std::string out_dir;
  std::string seed;
  std::vector<std::string> overrides;
  std::uint32_t jobs = 0;
  std::uint32_t replications = 0;
  std::string format = "text";
  std::string runs_folder;
  std::string database;
  bool quiet = false;
  bool no_report = false;
};

void add_simulation_options(CLI::App& app, SimulationArguments& arguments, const std::vector<std::string>& formats);

// Is a database asked for that this program was built without? Says so on standard error.
[[nodiscard]] bool database_absent(const std::string& path);
// A whole number from 0, or nothing for empty text. Throws InputError.
[[nodiscard]] std::optional<std::uint64_t> parse_seed(const std::string& text);
// Reads the scenario's text; the seed becomes an override.
[[nodiscard]] ScenarioSource scenario_source(const SimulationArguments& arguments);
// Threads, replications, the store of finished runs, Ctrl-C, progress on a terminal.
[[nodiscard]] ExperimentOptions experiment_options(const SimulationArguments& arguments);
// "seatrial VERB SCENARIO --set ... --seeds N" and the words given, quoted for a shell: repeats the result.
[[nodiscard]] std::string command_text(const char* verb, const SimulationArguments& arguments,
                                       const std::vector<std::string>& words);

}  // namespace seatrial

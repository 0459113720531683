// What compare and plan share: the request, the experiment that answers it, and the files of the result.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reports/comparison.h"
#include "scenarios/experiment.h"

namespace seatrial {

// What the command line says; where it is silent the scenario's own block speaks.
struct ManyRunsRequest {
  ScenarioSource scenario;
  std::vector<std::string> axes;  // PATH=V1,V2 or PATH=LO..HI[:STEP]
  std::string out_dir;            // empty: out/<scenario name>
  std::string command;            // that repeats it
  std::string run_command;        // that runs the scenario once, with the overrides; settings are added to it
  std::string version;            // of the program
  std::string database;           // append_run() of every run; empty: none
  bool write_report = true;
  ExperimentOptions experiment;
};

// Where a verb's axes come from, for messages and for the scenario's block.
struct AxisSource {
  const char* verb;    // "compare"
  const char* option;  // "--axis"
  const char* hint;    // what to write where nothing varies
  const std::vector<Axis>& of_scenario;
  const std::vector<NamedSettings>* cases = nullptr;  // of compare; null: every combination is a point of one grid
};

struct ManyRuns {
  std::vector<Axis> axes;
  std::string result_dir;  // may be written
  std::unique_ptr<Experiment> experiment;
};

// Checks axes, result folder and database, then loads the experiment. Throws InputError and SystemError.
[[nodiscard]] ManyRuns open_many_runs(const ManyRunsRequest& request, const ScenarioSpec& spec,
                                      const AxisSource& source, ExperimentOptions options);
[[nodiscard]] ScenarioSpec load_source(const ScenarioSource& source);

[[nodiscard]] ComparisonHeader header_of(const ManyRunsRequest& request, const Experiment& experiment,
                                         const std::vector<Axis>& axes);

// Writes the files (name, content) and the scenario in one step, then the database, and forgets the finished runs.
// `page`: report.html; empty: none. Returns the report's path, empty where there is none.
std::string write_many_runs(const ManyRunsRequest& request, const ManyRuns& runs, const char* verb,
                            const std::vector<std::pair<std::string, std::string>>& files, const std::string& page);

}  // namespace seatrial

// The whole of `seatrial compare`: axes times replications, side by side, to a comparison and its files.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reports/comparison.h"
#include "scenarios/experiment.h"

namespace seatrial {

// What the command line says; where it is silent the scenario's `compare:` block speaks.
struct CompareRequest {
  ScenarioSource scenario;
  std::vector<std::string> axes;     // PATH=V1,V2
  std::string baseline;              // PATH=V, PATH=V
  std::vector<std::string> fail_if;  // conditions
  std::string out_dir;               // empty: out/<scenario name>
  std::string command;               // that repeats it
  std::string version;               // of the program
  bool write_report = true;
  std::string database;  // append_run() of every run; empty: none
  ExperimentOptions experiment;
};

struct CompareOutcome {
  Comparison comparison;
  std::string result_dir, report_path;
  bool passed = true;
};

// Throws InputError, SystemError and Interrupted; then no result folder is touched.
[[nodiscard]] CompareOutcome run_compare(const CompareRequest& request);

// The comparison alone, nothing written.
[[nodiscard]] Comparison compare_scenario(const CompareRequest& request, Experiment& experiment,
                                          const std::vector<Axis>& axes);

}  // namespace seatrial

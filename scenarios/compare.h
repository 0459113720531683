// The whole of `seatrial compare`: axes times replications, side by side, to a comparison and its files.
#pragma once

#include <string>
#include <vector>

#include "reports/comparison.h"
#include "scenarios/many_runs.h"

namespace seatrial {

struct CompareRequest : ManyRunsRequest {
  std::string baseline;              // PATH=V, PATH=V; empty: the scenario's, else the first combination
  std::vector<std::string> fail_if;  // conditions; empty: the scenario's
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

// A scenario given as text or as a file, run in memory: what fidelity and golden tests hold against published numbers.
#pragma once

#include <memory>
#include <string>

#include "reports/summary.h"
#include "scenarios/run.h"

namespace seatrial {

struct ScenarioRun {
  ScenarioSpec spec;
  std::unique_ptr<SimulatedRun> run;
  Summary summary;
};

// Loads, runs and summarises. Throws as the program's verbs do.
[[nodiscard]] ScenarioRun run_text(const std::string& text, const RunOptions& options = {});
[[nodiscard]] ScenarioRun run_file(const std::string& path, const RunOptions& options = {});

// The files that a result folder would hold.
[[nodiscard]] std::string jobs_csv_of(const ScenarioRun& done);
[[nodiscard]] std::string placements_csv_of(const ScenarioRun& done);

// Mean and quantiles as numbers; NaN where there is none.
[[nodiscard]] double number(const std::optional<double>& value);

// A scenario of one pool of nodes with so many V100s each, and one trace; the arguments are pieces of YAML in flow
// style.
struct OnePool {
  std::uint32_t nodes = 1;
  std::uint32_t gpus = 1;
  std::string trace;            // "format: native, file: /a/b.csv"
  std::string scheduler = "";   // "order: sjf, placement: first-fit"
  std::string pool_extra = "";  // "counted: true"
  std::string top_level = "";   // "overheads: {...}" and so on, one per line
};
[[nodiscard]] std::string scenario_text(const OnePool& scenario);

}  // namespace seatrial

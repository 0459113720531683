// How a run is described in its summary: the scheduler's axes, every overhead that is not zero, how to repeat it.
#pragma once

#include <string>
#include <vector>

#include "policies/options.h"
#include "reports/summary.h"
#include "scenarios/run.h"

namespace seatrial {

[[nodiscard]] RunHeader describe_run(const ScenarioSpec& spec, const SimulatedRun& run, const RunOptions& options);

// One line for each overhead that is not zero.
[[nodiscard]] std::vector<std::string> overhead_lines(const OverheadSpec& overheads);

// A word as a POSIX shell reads it: quoted where needed.
[[nodiscard]] std::string shell_word(const std::string& word);

}  // namespace seatrial

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

// Unix time of the workload's time 0 where its trace tells the calendar: the published traces, and traces whose times
// are at least 10^9 s and so count from 1970. In the log's own clock, read as UTC.
[[nodiscard]] std::optional<std::int64_t> known_epoch_s(const ScenarioSpec& spec, Time first_submit);

}  // namespace seatrial

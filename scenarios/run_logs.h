// The extra files of a run that are made of its history once it is over (`--log timeline`, ...).
#pragma once

#include <string>
#include <vector>

#include "reports/result_folder.h"
#include "scenarios/run.h"

namespace seatrial {

// Writes what the options ask for; gives lines for people about what was left out of a file.
std::vector<std::string> write_logs(const ScenarioSpec& spec, const SimulatedRun& run, const RunOptions& options,
                                    ResultFolder& folder);

// Unix time of the trace's time 0: of the published traces it is known; traces whose times are at least 10^9 s are
// taken to count from 1970 already; everything else begins on 2024-01-01 00:00 UTC.
[[nodiscard]] std::int64_t unix_epoch_s(const ScenarioSpec& spec, Time first_submit);

}  // namespace seatrial

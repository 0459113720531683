// The extra files of a run that are made of its history once it is over (`--log timeline`, ...).
#pragma once

#include <string>
#include <vector>

#include "reports/result_folder.h"
#include "scenarios/run.h"

namespace seatrial {

// Writes what the options ask for; gives lines for people about what was left out of a file.
std::vector<std::string> write_logs(const SimulatedRun& run, const RunOptions& options, ResultFolder& folder);

}  // namespace seatrial

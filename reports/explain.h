// Why a job waited, from the files of a result alone: summary.json, jobs.csv, waits.csv, rejected.csv.
#pragma once

#include <string>

namespace seatrial {

// When the job was submitted, started and ended, its wait by reason, what held the GPUs when it came, who waited
// before it, who overtook it, and what it needed. Throws InputError for an unknown job (with the nearest id) or a
// folder without a result. Reads the whole of jobs.csv: about a second per million jobs.
[[nodiscard]] std::string explain(const std::string& result_folder, const std::string& job);

}  // namespace seatrial

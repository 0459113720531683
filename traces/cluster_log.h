// Slurm-like cluster logs in the layout that the Helios and Acme releases share: one row per job with wall-clock times
// job_id, user, gpu_num, cpu_num, node_num, state, submit_time, start_time, end_time, duration (and more, ignored).
#pragma once

#include <memory>

#include "traces/reader.h"

namespace seatrial {

struct ClusterLogRules {
  const char* format;         // for messages: "a helios log"
  std::int64_t epoch_s;       // submit times count from here, in s since 1970
  const char* tenant_column;  // empty: none
};

// Run time is end - start where both are there, else the duration column: the releases do not agree on what they call
// duration. Jobs that never started and have no duration did not run: they are skipped and counted.
std::unique_ptr<TraceReader> read_cluster_log(std::unique_ptr<RowSource> rows, const ClusterLogRules& rules,
                                              Problems& problems);

}  // namespace seatrial

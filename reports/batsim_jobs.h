// batsim_jobs.csv: one row per job that is over, with the columns of Batsim's own file of jobs, so that scripts written
// for it read a run of ours.
#pragma once

#include <string>

#include "models/cluster.h"
#include "models/workload.h"
#include "reports/byte_sink.h"
#include "reports/run_history.h"

namespace seatrial {

// history: after finish(). GPUs are numbered over the whole cluster, node by node.
void write_batsim_jobs(const RunHistory& history, const Workload& workload, const JobTable& table,
                       const Cluster& cluster, const std::string& workload_name, ByteSink& sink);

}  // namespace seatrial

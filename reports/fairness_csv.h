// fairness.csv and shares.csv: who got what was due to them, job by job and over time. Used by run_result.cpp.
#pragma once

#include "reports/byte_sink.h"

namespace seatrial {

class Fairness;
class Workload;

// job_id,tenant,isolated_s,rho of completed jobs, in the order of the trace.
void write_fairness_csv(const Workload& workload, const Fairness& fairness, ByteSink& sink);

// t_s,interval_s, then TENANT.entitled_gpus and TENANT.received_gpus: means over the interval. Only the header where
// there are too many tenants for a table.
void write_shares_csv(const Workload& workload, const Fairness& fairness, ByteSink& sink);

}  // namespace seatrial

// Workloads back to files: native CSV, which keeps everything that a trace can say, SWF, which keeps what its 18 fields
// can, and Batsim's JSON. Jobs come in file order with exact decimals, so reading the native text gives the same jobs
// again.
#pragma once

#include <string>

#include "models/workload.h"
#include "sim/error.h"

namespace seatrial {

// Appends the header and one row per job. Optional columns appear only where some job needs them. Texts are quoted
// where CSV asks for it.
void append_native_csv(const Workload& workload, std::string& out);

// Appends an SWF header and one row per job. Jobs are numbered from 1; users get numbers in order of appearance.
// Lost: names, tenants, models, shares, pods, CPU and memory, priorities. CPU jobs (no GPU) have no processors in SWF
// and are left out; returns how many.
std::uint64_t append_swf(const Workload& workload, std::string& out);

// Jobs that Batsim's JSON has no place for.
struct BatsimLosses {
  std::uint64_t without_gpus = 0;  // left out
  std::uint64_t shares = 0;        // of a GPU; written as a whole one
};

// Appends a workload of Batsim: jobs with submit time, GPUs as resources and the estimate as walltime, and one `delay`
// profile per run time. nb_res is the largest job. Lost: tenants, models, shares, pods, CPU and memory, priorities.
BatsimLosses append_batsim(const Workload& workload, std::string& out);

}  // namespace seatrial

// Statistics of a workload before any simulation: what `seatrial trace describe` prints. All times in seconds;
// quantiles are nearest rank (sorted value at ceil(q n), counted from 1).
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "models/workload.h"

namespace seatrial {

struct QuantilesS {
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
};

// Jobs of one number of GPUs.
struct SizeClass {
  std::uint32_t gpus = 0;
  std::uint64_t jobs = 0;
  double gpu_hours = 0;
};

struct WorkloadStatistics {
  std::uint64_t jobs = 0;
  std::uint64_t cpu_jobs = 0;      // without a GPU
  std::uint64_t sharing_jobs = 0;  // with a part of one GPU
  std::uint64_t skipped_rows = 0;
  std::uint64_t tenants = 0;  // distinct names; 0: the trace names none
  std::uint64_t users = 0;
  double first_submit_s = 0;
  double last_submit_s = 0;
  double span_s = 0;  // first submit to last end, if nothing waits
  double gpu_hours = 0;
  double mean_demand_gpus = 0;  // GPU time over the span: the offered load of one GPU
  double peak_demand_gpus = 0;  // most GPUs in use at once, if nothing waits
  QuantilesS duration_s;
  std::uint64_t recorded_waits = 0;  // jobs with a recorded start
  QuantilesS recorded_wait_s;
  std::vector<SizeClass> sizes;                        // ascending
  std::array<std::uint64_t, 24> arrivals_by_hour{};    // hours of the trace's own day: (submit / 1 h) mod 24
  std::array<std::uint64_t, 7> arrivals_by_weekday{};  // (submit / 1 d) mod 7; day 0 is that of time 0
};

// O(n log n) in the number of jobs.
[[nodiscard]] WorkloadStatistics workload_statistics(const Workload& workload);

// For people: one paragraph of facts, then tables.
[[nodiscard]] std::string describe_text(const Workload& workload);
// The same values under the names of the struct; recorded_wait_s is null if there are none.
[[nodiscard]] nlohmann::json describe_json(const Workload& workload);

}  // namespace seatrial

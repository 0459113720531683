// Statistics of a workload as JSON; see describe.h.
#include <nlohmann/json.hpp>

#include "traces/describe.h"

namespace seatrial {
namespace {

nlohmann::json quantiles_json(const QuantilesS& q) {
  return {{"mean", q.mean}, {"p50", q.p50}, {"p90", q.p90}, {"p95", q.p95}, {"p99", q.p99}, {"max", q.max}};
}

}  // namespace

nlohmann::json describe_json(const Workload& workload) {
  const WorkloadStatistics s = workload_statistics(workload);
  nlohmann::json sizes = nlohmann::json::array();
  for (const SizeClass& size : s.sizes) {
    sizes.push_back({{"gpus", size.gpus}, {"jobs", size.jobs}, {"gpu_hours", size.gpu_hours}});
  }
  return {{"jobs", s.jobs},
          {"cpu_jobs", s.cpu_jobs},
          {"sharing_jobs", s.sharing_jobs},
          {"skipped_rows", s.skipped_rows},
          {"tenants", s.tenants},
          {"users", s.users},
          {"first_submit_s", s.first_submit_s},
          {"last_submit_s", s.last_submit_s},
          {"span_s", s.span_s},
          {"gpu_hours", s.gpu_hours},
          {"mean_demand_gpus", s.mean_demand_gpus},
          {"peak_demand_gpus", s.peak_demand_gpus},
          {"duration_s", quantiles_json(s.duration_s)},
          {"recorded_waits", s.recorded_waits},
          {"recorded_wait_s", s.recorded_waits == 0 ? nlohmann::json(nullptr) : quantiles_json(s.recorded_wait_s)},
          {"sizes", sizes},
          {"arrivals_by_hour", s.arrivals_by_hour},
          {"arrivals_by_weekday", s.arrivals_by_weekday}};
}

}  // namespace seatrial

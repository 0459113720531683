// metrics.om: a run as OpenMetrics text with timestamps, for `promtool tsdb create-blocks-from openmetrics`. Names and
// labels are those of kube-state-metrics, dcgm-exporter and Kueue where they have one, so that dashboards and alerts
// written for a real cluster run on a simulated one.
//
// The file keeps within a budget of samples: the distance of instants is chosen from it, and where even instants far
// apart would not do, detail is left out (pods first, then GPUs, then nodes). Equal runs give equal bytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/cluster.h"
#include "models/workload.h"
#include "reports/byte_sink.h"
#include "reports/run_history.h"

namespace seatrial {

struct OpenMetricsOptions {
  std::uint64_t max_samples = 200'000;
  std::int64_t epoch_s = 0;                                 // Unix time of the trace's time 0
  std::vector<std::pair<std::string, std::string>> labels;  // of seatrial_run_info
};

struct OpenMetricsResult {
  std::int64_t interval_s = 0;  // distance of instants
  std::uint64_t samples = 0;
  std::string left_out;  // "pods", "pods and GPUs", ...; empty: nothing
};

// history: after finish().
OpenMetricsResult write_open_metrics(const RunHistory& history, const Workload& workload, const Cluster& cluster,
                                     const OpenMetricsOptions& options, ByteSink& sink);

}  // namespace seatrial

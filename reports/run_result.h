// All files of one run's result, in one call.
//   summary.json jobs.csv waits.csv rejected.csv (if any) series.csv placements.csv (if logged) scenario.yaml
//   report.json report.html (if a report is wanted)
#pragma once

#include <vector>

#include "reports/csv_writers.h"
#include "reports/metrics.h"
#include "reports/report_data.h"
#include "reports/result_folder.h"
#include "reports/summary.h"

namespace seatrial {

class Cluster;
class DeviceHistory;
class Fairness;
class JobTable;
class Workload;

struct RunResultFiles {
  const Summary& summary;
  const Workload& workload;
  const JobTable& table;
  const Metrics& metrics;
  const NodeNames& nodes;
  const PlacementLog* placements = nullptr;               // none: no placements.csv
  const RunHistory* history = nullptr;                    // none: no report.json and no report.html
  const std::vector<ReportNode>* report_nodes = nullptr;  // where there is a history
  const LevelPyramid* levels = nullptr;
  const Cluster* cluster = nullptr;
  const DeviceHistory* devices = nullptr;  // none: GPUs are neither cut nor shared
  const Fairness* fairness = nullptr;      // none: no fairness.csv and no shares.csv
};

// Writes into a folder that the caller commits.
void write_run_result(const RunResultFiles& files, ResultFolder& folder);

}  // namespace seatrial

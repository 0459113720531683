// All files of one run's result, in one call; and the report built anew from them.
//   summary.json jobs.csv waits.csv rejected.csv (if any) series.csv placements.csv (if logged) scenario.yaml
//   report.html
#pragma once

#include <string>

#include "reports/csv_writers.h"
#include "reports/metrics.h"
#include "reports/result_folder.h"
#include "reports/summary.h"

namespace seatrial {

class JobTable;
class Workload;

struct RunResultFiles {
  const Summary& summary;
  const Workload& workload;
  const JobTable& table;
  const Series& series;
  const NodeNames& nodes;
  const PlacementLog* placements = nullptr;  // none: no placements.csv
  bool report = true;                        // report.html
};

// Writes into a folder that the caller commits.
void write_run_result(const RunResultFiles& files, ResultFolder& folder);

// report.html of an existing result, from summary.json, series.csv, jobs.csv and scenario.yaml: the same bytes that
// the run wrote. Throws InputError where the folder holds no result of a run.
[[nodiscard]] std::string rebuilt_report(const std::string& result_folder);
// The same, written in place of the old report in one step.
void rebuild_report(const std::string& result_folder, const FileLayer& files = system_files());

}  // namespace seatrial

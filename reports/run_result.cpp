// See run_result.h.
#include "reports/run_result.h"

#include "models/job_table.h"
#include "models/workload.h"
#include "reports/fairness_csv.h"
#include "reports/page.h"

namespace seatrial {
namespace {

template <class Write>
void write_file(ResultFolder& folder, const char* name, Write write) {
  const auto file = folder.create(name);
  write(*file);
  file->close();
}

}  // namespace

void write_run_result(const RunResultFiles& files, ResultFolder& folder) {
  const Workload& workload = files.workload;
  const JobTable& table = files.table;
  write_file(folder, "jobs.csv", [&](ByteSink& sink) { write_jobs_csv(workload, table, files.nodes, sink); });
  write_file(folder, "waits.csv", [&](ByteSink& sink) { write_waits_csv(workload, table, sink); });
  write_file(folder, "series.csv", [&](ByteSink& sink) { write_series_csv(files.metrics.series(), sink); });
  if (files.summary.jobs.rejected != 0) {
    write_file(folder, "rejected.csv", [&](ByteSink& sink) { write_rejected_csv(workload, table, sink); });
  }
  if (files.fairness != nullptr) {
    write_file(folder, "fairness.csv", [&](ByteSink& sink) { write_fairness_csv(workload, *files.fairness, sink); });
    write_file(folder, "shares.csv", [&](ByteSink& sink) { write_shares_csv(workload, *files.fairness, sink); });
  }
  if (files.placements != nullptr) {
    write_file(folder, "placements.csv",
               [&](ByteSink& sink) { write_placements_csv(workload, *files.placements, files.nodes, sink); });
  }
  folder.write("scenario.yaml", files.summary.header.scenario_text);
  if (files.history != nullptr) {
    const ReportInput input{files.summary,       workload,       table,        files.metrics, files.nodes,
                            *files.report_nodes, *files.history, files.levels, files.cluster, files.devices,
                            files.fairness};
    const std::string json = report_json(input, report_data(input));
    folder.write("report.html", run_html(json));
    folder.write("report.json", json);
  }
  folder.write("summary.json", summary_json(files.summary));
}

}  // namespace seatrial

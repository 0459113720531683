// See run_result.h.
#include "reports/run_result.h"

#include <unistd.h>

#include <cerrno>

#include "models/job_table.h"
#include "models/workload.h"
#include "reports/html_report.h"
#include "reports/job_groups.h"
#include "sim/error.h"

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
  write_file(folder, "series.csv", [&](ByteSink& sink) { write_series_csv(files.series, sink); });
  if (files.summary.jobs.rejected != 0) {
    write_file(folder, "rejected.csv", [&](ByteSink& sink) { write_rejected_csv(workload, table, sink); });
  }
  if (files.placements != nullptr) {
    write_file(folder, "placements.csv",
               [&](ByteSink& sink) { write_placements_csv(workload, *files.placements, files.nodes, sink); });
  }
  folder.write("scenario.yaml", files.summary.header.scenario_text);
  if (files.report) {
    const JobGroups groups = group_jobs(job_outcomes(workload, table), duration_from_seconds(files.summary.warmup_s));
    folder.write("report.html", html_report(files.summary, files.series, groups));
  }
  folder.write("summary.json", summary_json(files.summary));
}

std::string rebuilt_report(const std::string& result_folder) {
  const auto read = [&](const char* name) { return read_whole_file(system_files(), result_folder + '/' + name); };
  const std::string base = result_folder + '/';
  Summary summary = read_summary_json(read("summary.json"), base + "summary.json");
  summary.header.scenario_text = read("scenario.yaml");
  const Series series = read_series_csv(read("series.csv"), base + "series.csv");
  const JobOutcomes outcomes = read_job_outcomes(read("jobs.csv"), base + "jobs.csv");
  return html_report(summary, series, group_jobs(outcomes, duration_from_seconds(summary.warmup_s)));
}

void rebuild_report(const std::string& result_folder, const FileLayer& files) {
  const std::string html = rebuilt_report(result_folder);
  const std::string final_path = result_folder + "/report.html";
  const std::string temporary = result_folder + "/.report.html.partial-" + std::to_string(::getpid());
  files.unlink(temporary.c_str());
  try {
    OutputFile file(files, temporary);
    file.append(html);
    file.close();
    while (files.rename(temporary.c_str(), final_path.c_str()) < 0) {
      if (errno != EINTR) throw SystemError(final_path, "cannot rename to this", errno);
    }
  } catch (...) {
    files.unlink(temporary.c_str());
    throw;
  }
}

}  // namespace seatrial

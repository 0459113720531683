// See run_logs.h.
#include "scenarios/run_logs.h"

#include "reports/batsim_jobs.h"
#include "reports/gzip_sink.h"
#include "reports/open_metrics.h"
#include "reports/timeline.h"
#include "scenarios/describe_run.h"
#include "sim/text.h"

namespace seatrial {
namespace {

std::string write_timeline_file(const SimulatedRun& run, ResultFolder& folder) {
  const auto file = folder.create("timeline.json.gz");
  GzipSink gzip(*file);
  const ClusterNodeNames nodes(run.parts.cluster);
  const TimelineResult result = write_timeline(*run.history, run.parts.workload, nodes, {}, gzip);
  gzip.finish();
  file->close();
  if (result.jobs_drawn == result.jobs) return "";
  return "timeline.json.gz: " + std::to_string(result.jobs_drawn) + " of " + std::to_string(result.jobs) +
         " jobs are drawn";
}

std::string write_metrics_file(const ScenarioSpec& spec, const SimulatedRun& run, const RunOptions& options,
                               ResultFolder& folder) {
  OpenMetricsOptions metrics;
  metrics.epoch_s = unix_epoch_s(spec, run.history->begin());
  metrics.labels = {{"scenario", spec.name},
                    {"seed", std::to_string(run.parts.seed)},
                    {"version", options.version},
                    {"fact_hash", run.fact_hash}};
  const auto file = folder.create("metrics.om");
  const OpenMetricsResult result =
      write_open_metrics(*run.history, run.parts.workload, run.parts.cluster, metrics, *file);
  file->close();
  std::string note = "metrics.om: " + std::to_string(result.samples) + " samples, one instant every " +
                     human_duration(static_cast<double>(result.interval_s)) +
                     " (query it with prometheus --query.lookback-delta=" + std::to_string(result.interval_s - 1) +
                     "s)";
  if (!result.left_out.empty()) note += "; left out to keep within the budget: " + result.left_out;
  return note;
}

void write_batsim_file(const ScenarioSpec& spec, const SimulatedRun& run, ResultFolder& folder) {
  const auto file = folder.create("batsim_jobs.csv");
  write_batsim_jobs(*run.history, run.parts.workload, run.table, run.parts.cluster, spec.name, *file);
  file->close();
}

}  // namespace

std::int64_t unix_epoch_s(const ScenarioSpec& spec, Time first_submit) {
  constexpr std::int64_t kBase_s = 1'704'067'200;  // 2024-01-01 00:00 UTC
  return known_epoch_s(spec, first_submit).value_or(kBase_s);
}

std::vector<std::string> write_logs(const ScenarioSpec& spec, const SimulatedRun& run, const RunOptions& options,
                                    ResultFolder& folder) {
  std::vector<std::string> notes;
  if (options.log_timeline) notes.push_back(write_timeline_file(run, folder));
  if (options.log_metrics) notes.push_back(write_metrics_file(spec, run, options, folder));
  if (options.log_batsim) write_batsim_file(spec, run, folder);
  std::erase(notes, "");
  return notes;
}

}  // namespace seatrial

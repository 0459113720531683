// See run_logs.h.
#include "scenarios/run_logs.h"

#include "reports/gzip_sink.h"
#include "reports/timeline.h"

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

}  // namespace

std::vector<std::string> write_logs(const SimulatedRun& run, const RunOptions& options, ResultFolder& folder) {
  std::vector<std::string> notes;
  if (options.log_timeline) notes.push_back(write_timeline_file(run, folder));
  std::erase(notes, "");
  return notes;
}

}  // namespace seatrial

// Warm starts: what the trace records as running at time 0 runs then, and until then nothing else is decided.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

// submit, run time, recorded start; one pool of one node with two GPUs.
const char* const kRows =
    "job_id,submit_s,duration_s,gpus,observed_start_s\n"
    "early,-100,200,1,-50\n"
    "late,-80,30,1,10\n"
    "over,-70,20,1,-60\n"
    "new,5,10,2,5\n";

ScenarioRun run_rows(bool warm, const std::string& scheduler) {
  const TempFile file(kRows);
  return run_text(
      "schema: seatrial/v1\nname: warm\n"
      "cluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 2}}]}\n"
      "workload: [{name: w, warm_start: " +
      std::string(warm ? "true" : "false") + ", trace: {format: native, file: " + file.path() + "}}]\nscheduler: {" +
      scheduler + "}\n");
}

std::vector<double> starts_s(const ScenarioRun& done) {
  std::vector<double> starts;
  for (const JobId job : done.run->parts.workload.file_order()) starts.push_back(done.run->table.start[job].seconds());
  return starts;
}

TEST(WarmStart, RecordedJobsStartWhenTheyDidAndOthersAtZeroAtTheEarliest) {
  for (const char* admission : {"strict", "best-effort", "easy", "conservative"}) {
    const ScenarioRun done = run_rows(true, std::string("admission: ") + admission);
    EXPECT_EQ(starts_s(done), (std::vector<double>{-50, 0, -60, 150})) << admission;
  }
}

TEST(WarmStart, WithoutItRecordedStartsAreOnlyCompared) {
  const ScenarioRun done = run_rows(false, "admission: strict");
  EXPECT_EQ(starts_s(done), (std::vector<double>{-100, -80, -50, 100}));
}

TEST(WarmStart, WaitsAddUpByReason) {
  const ScenarioRun done = run_rows(true, "admission: best-effort");
  const JobTable& table = done.run->table;
  for (std::uint32_t j = 0; j < 4; ++j) {
    Duration sum{0};
    for (const Duration part : table.wait_split({j})) sum += part;
    EXPECT_EQ(sum.ns, table.waited[{j}].ns) << j;
  }
}

TEST(WarmStart, APreemptiveOrderTakesOverAtZero) {
  const ScenarioRun done = run_rows(true, "order: srtf");
  EXPECT_EQ(starts_s(done), (std::vector<double>{-50, 0, -60, 5}));
  EXPECT_EQ(done.summary.preemptions, 2U);
}

}  // namespace
}  // namespace seatrial

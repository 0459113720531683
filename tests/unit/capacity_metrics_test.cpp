// What reports say of a cluster whose size changes: means are over the GPUs that were there.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

ScenarioRun run_with_changes(const std::string& pool, const std::string& changes) {
  // Two jobs on one GPU each, 0..100 s.
  const TempFile file("job_id,submit_s,duration_s,gpus\na,0,100,1\nb,0,100,1\n");
  return run_text("schema: seatrial/v1\nname: c\ncluster:\n  pools: [" + pool + "]\n  changes: [" + changes +
                  "]\nworkload: [{name: w, trace: {format: native, file: " + file.path() + "}}]\n");
}

TEST(CapacityMetrics, GrowthCountsFromItsInstant) {
  const ScenarioRun done =
      run_with_changes("{name: p, count: 2, gpu: {model: v100-32, count: 1}}", "{at: 50s, pool: p, count: 4}");
  // 2 of 2 GPUs for 50 s, 2 of 4 for 50 s: 200 GPU-s of 300.
  EXPECT_NEAR(number(done.summary.allocated_mean), 200.0 / 300.0, 1e-12);
  EXPECT_EQ(done.summary.total_milli, 4000);
}

TEST(CapacityMetrics, ADrainedNodeCountsUntilItsLastPodIsGone) {
  const ScenarioRun done =
      run_with_changes("{name: p, count: 2, gpu: {model: v100-32, count: 1}}", "{at: 50s, pool: p, count: 1}");
  EXPECT_NEAR(number(done.summary.allocated_mean), 1.0, 1e-12);
  EXPECT_EQ(done.summary.total_milli, 1000);
}

TEST(CapacityMetrics, ACountedPoolGivesUpGpusAsTheyBecomeFree) {
  const ScenarioRun done = run_with_changes("{name: p, count: 4, counted: true, gpu: {model: v100-32, count: 1}}",
                                            "{at: 50s, pool: p, count: 1}");
  // 4 GPUs for 50 s; two free ones go at once, the third with the first job that ends.
  EXPECT_NEAR(number(done.summary.allocated_mean), 200.0 / 300.0, 1e-12);
  EXPECT_EQ(done.summary.total_milli, 1000);
}

}  // namespace
}  // namespace seatrial

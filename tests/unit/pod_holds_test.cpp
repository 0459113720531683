// Gangs whose pods are bound one by one: two of 8 on 8 GPUs wait for each other for ever; permits and all-or-nothing
// binding are the cures.
#include "policies/pod_holds.h"

#include <gtest/gtest.h>

#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

constexpr const char* kTwoGangs = "job_id,submit_s,duration_s,gpus,pods\na,0,60,8,8\nb,0,60,8,8\n";

ScenarioRun run_rows(const std::string& rows, const std::string& gang, std::uint32_t gpus = 8) {
  const TempFile trace(rows);
  OnePool scenario;
  scenario.gpus = gpus;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "admission: kube, gang: " + gang;
  return run_text(scenario_text(scenario));
}

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[JobId{job}].seconds(); }

TEST(PodByPod, TwoGangsOfEightOnEightGpusHoldHalfEachForEver) {
  const ScenarioRun done = run_rows(kTwoGangs, "{binding: pod-by-pod}");
  EXPECT_EQ(done.summary.jobs.pending, 2U);
  EXPECT_EQ(done.summary.jobs.completed, 0U);
  EXPECT_EQ(done.summary.allocated_milli_end, 8000);
}

TEST(PodByPod, APermitThatRunsOutLetsOneOfThemThrough) {
  const ScenarioRun done = run_rows(kTwoGangs, "{binding: pod-by-pod, permit: 30s}");
  EXPECT_EQ(done.summary.jobs.completed, 2U);
  EXPECT_EQ(start_s(done, 1), 30);  // a, whose first pod was bound first, gives up first
  EXPECT_GE(start_s(done, 0), 90);
  EXPECT_NEAR(done.summary.overhead_gpu_s, 8 * 30, 1e-6) << "eight GPUs held for nothing until then";
}

TEST(PodByPod, AllAtOnceNeedsNoCure) {
  const ScenarioRun done = run_rows(kTwoGangs, "{binding: all-at-once}");
  EXPECT_EQ(start_s(done, 0), 0);
  EXPECT_EQ(start_s(done, 1), 60);
  EXPECT_EQ(done.summary.overhead_gpu_s, 0);
}

TEST(PodByPod, AGangAloneStartsAtOnceAndHoldsNothing) {
  const ScenarioRun done = run_rows("job_id,submit_s,duration_s,gpus,pods\na,0,60,8,8\n", "{binding: pod-by-pod}");
  EXPECT_EQ(start_s(done, 0), 0);
  EXPECT_EQ(done.summary.overhead_gpu_s, 0);
  EXPECT_EQ(done.summary.jobs.waited, 0U);
}

TEST(PodByPod, AGangThatWaitsForItsRestHoldsWhatItHas) {
  // Two GPUs are free while x runs: g holds them for 50 s, and s finds none.
  const ScenarioRun done =
      run_rows("job_id,submit_s,duration_s,gpus,pods\nx,0,50,6,1\ng,1,10,8,8\ns,2,1,1,1\n", "{binding: pod-by-pod}");
  EXPECT_EQ(start_s(done, 1), 50);
  EXPECT_GE(start_s(done, 2), 60);
  EXPECT_NEAR(done.summary.overhead_gpu_s, 2 * 49, 1e-6);
}

TEST(PodByPod, AGangLargerThanTheClusterIsRejectedAndBlocksNobody) {
  for (const char* gang : {"{binding: pod-by-pod}", "{binding: all-at-once}"}) {
    const ScenarioRun done = run_rows("job_id,submit_s,duration_s,gpus,pods\nhuge,0,10,16,16\nsmall,0,10,8,8\n", gang);
    EXPECT_EQ(done.summary.jobs.rejected, 1U);
    EXPECT_EQ(start_s(done, 1), 0);
  }
}

TEST(PodByPod, ThreeGangsThatTakeTurnsAllEnd) {
  const ScenarioRun done = run_rows("job_id,submit_s,duration_s,gpus,pods\na,0,60,8,8\nb,0,60,8,8\nc,0,60,8,8\n",
                                    "{binding: pod-by-pod, permit: 20s}");
  EXPECT_EQ(done.summary.jobs.completed, 3U);
}

}  // namespace
}  // namespace seatrial

// Admissions kube and kueue, gates, start-up and release: see policies/scheduler_kube.h, scheduler_cycles.h, gate.h.
#include "policies/scheduler_kube.h"

#include <gtest/gtest.h>

#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

Duration seconds(std::int64_t s) { return {s * kNsPerSecond}; }

// Starts of the jobs of a native trace on one node of 8 GPUs, in seconds, in the order of the file.
std::vector<double> starts(const std::string& rows, const std::string& scheduler, const std::string& overheads = "{}",
                           std::uint64_t seed = 1) {
  const TempFile trace("job_id,submit_s,duration_s,gpus\n" + rows);
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = scheduler;
  scenario.top_level = "overheads: " + overheads + "\n";
  RunOptions options;
  options.seed = seed;
  const ScenarioRun done = run_text(scenario_text(scenario), options);
  std::vector<double> out;
  for (const JobId job : done.run->parts.workload.file_order()) out.push_back(done.run->table.start[job].seconds());
  return out;
}

TEST(BackOff, DoublesFromTheFirstToTheLongest) {
  const BackOffOptions options;
  EXPECT_EQ(back_off_of(options, 1), seconds(1));
  EXPECT_EQ(back_off_of(options, 2), seconds(2));
  EXPECT_EQ(back_off_of(options, 4), seconds(8));
  EXPECT_EQ(back_off_of(options, 5), seconds(10));
  EXPECT_EQ(back_off_of(options, 4'000'000'000U), seconds(10));
}

TEST(Kube, AJobInBackOffIsPassedByOneThatComesWhileGpusAreFree) {
  // b fails at 9.5 and rests for a second; GPUs are freed at 10.2, and c finds them at 10.3.
  const auto at = starts("a,0,10.2,8\nb,9.5,5,8\nc,10.3,100,1\n", "admission: kube");
  EXPECT_EQ(at[2], 10.3);
  EXPECT_EQ(at[1], 110.3);
}

TEST(Kube, JobsTriedAtOneMomentKeepTheOrderOfTheirTries) {
  // b is tried again when x has ended, after c had failed: c is ahead of it from then on. Both fail at 20, when y ends.
  const auto at = starts("a,0,40,7\nx,0,1.5,1\nb,1,5,8\ny,1.6,18.4,1\nc,1.8,5,8\n", "admission: kube");
  EXPECT_EQ(at[4], 40);
  EXPECT_GE(at[2], 45);
}

TEST(Kube, WithoutContentionJobsStartAtOnce) {
  EXPECT_EQ(starts("a,0,10,4\nb,1,10,4\n", "admission: kube"), (std::vector<double>{0, 1}));
}

TEST(Kube, ATriedAgainJobStartsAtTheFreeingIfItsBackOffIsOver) {
  EXPECT_EQ(starts("a,0,10,8\nb,1,5,8\n", "admission: kube"), (std::vector<double>{0, 10}));
}

TEST(Kube, EqualSeedsGiveEqualRunsAndPhasesDifferBetweenSeeds) {
  const std::string rows = "a,0,10,8\nb,9.5,5,8\nc,10.1,3,1\n";
  EXPECT_EQ(starts(rows, "admission: kube", "{}", 3), starts(rows, "admission: kube", "{}", 3));
  EXPECT_NE(starts(rows, "admission: kube, gate: {period: 5s}", "{}", 3)[0],
            starts(rows, "admission: kube, gate: {period: 5s}", "{}", 4)[0]);
}

TEST(Kube, AGateOpensOnlyWhenItsControllerLooks) {
  const auto at = starts("a,0,1,8\nb,0.1,1,8\nc,0.2,1,8\n", "admission: kube, gate: {period: 5s}");
  EXPECT_LT(at[0], 5);
  EXPECT_NEAR(at[1] - at[0], 5, 1e-9);
  EXPECT_NEAR(at[2] - at[1], 5, 1e-9);
}

TEST(Kube, AnIdleClusterKeepsTheGridOfTheGate) {
  const auto at = starts("a,0,1,8\nb,1000,1,8\n", "admission: kube, gate: {period: 5s}");
  const double steps = (at[1] - at[0]) / 5;
  EXPECT_NEAR(steps, std::round(steps), 1e-9);
  EXPECT_GE(at[1], 1000);
}

TEST(Kube, AGateThatDoesNotSeeStartingPodsLetsTooManyPass) {
  // At its second look nobody is in phase Running yet: b passes the gate, fails, and starts when a is gone.
  const auto at = starts("a,0,60,8\nb,0.1,1,8\n", "admission: kube, gate: {period: 5s}", "{start: 20s}");
  EXPECT_NEAR(at[1] - at[0], 80, 1e-9);
}

TEST(Kube, ABlockingGateStopsAtTheFirstJobThatDoesNotFit) {
  const std::string rows = "a,0,100,6\nb,0.1,1,8\nc,0.2,1,1\n";
  const auto greedy = starts(rows, "admission: kube, gate: {period: 5s}");
  const auto blocking = starts(rows, "admission: kube, gate: {period: 5s, release: blocking}");
  EXPECT_LT(greedy[2], 10);
  EXPECT_GT(blocking[2], 100);
}

TEST(GateOrders, PassByNameBySecondsAndByFinishTimeFairness) {
  const auto first_of = [](const std::string& order) {
    const auto at =
        starts("z,0,8,8\ny,0.2,2,8\nx,2,9,1\n", "admission: kube, gate: {period: 5s, order: " + order + "}", "{}", 11);
    return std::min_element(at.begin(), at.end()) - at.begin();
  };
  EXPECT_EQ(first_of("fifo"), 1);  // z and y in the same second: by name
  EXPECT_EQ(first_of("las"), 2);   // nobody behind a gate has attained anything: by name
  EXPECT_EQ(first_of("sjf"), 1);
}

TEST(GateRho, IsWaitAndRunOverTheTimeWithAnEqualPart) {
  // 8 GPUs, 2 waiting jobs: a part of 4. (10 + 10) s over 10 s x 8 / 4, against (0 + 10) over 10 x 1 / 1.
  const GateRho large = gate_rho(seconds(10), seconds(10), 8, 8, 2);
  const GateRho small = gate_rho(seconds(0), seconds(10), 1, 8, 2);
  EXPECT_FALSE(large.above(small));
  EXPECT_FALSE(small.above(large));
  EXPECT_TRUE(gate_rho(seconds(11), seconds(10), 8, 8, 2).above(small));
  // More jobs than GPUs: the part is one GPU.
  const GateRho crowd = gate_rho(seconds(30), seconds(10), 4, 8, 100);
  EXPECT_FALSE(crowd.above(small));
  EXPECT_FALSE(small.above(crowd));
}

TEST(Kueue, OneJobACycleAndPausesThatDoubleWhileNobodyIsAdmitted) {
  // b, c and d do not fit: pauses of 1, 2 and 4 ms after each; e is looked at 7 ms after the first try.
  const auto at = starts("a,0,10,8\nb,1,1,8\nc,1,1,8\nd,1,1,8\n", "admission: kueue");
  EXPECT_EQ(at[1], 10);
  const auto late = starts("a,0,10,7\nb,1,1,8\nc,1,1,8\nd,1,1,8\ne,1,1,1\n", "admission: kueue");
  EXPECT_NEAR(late[4], 1.007, 1e-9);
}

TEST(Release, GpusAreHeldAfterTheWorkAndTheJobHasEndedOnlyThen) {
  const auto at = starts("a,0,10,8\nb,1,5,8\n", "admission: best-effort", "{release: {shortest: 2s, longest: 2s}}");
  EXPECT_EQ(at[1], 12);
}

TEST(StartUp, TakesLongerBesideOtherStartingPodsUpToALimit) {
  const TempFile trace("job_id,submit_s,duration_s,gpus\na,0,10,1\nb,0,10,1\nc,0,10,1\nd,0,10,1\n");
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.top_level = "overheads: {start_up: {base: 1s, per_other: 1s, longest: 3.5s}}\n";
  const ScenarioRun done = run_text(scenario_text(scenario));
  const auto end = [&](std::uint32_t job) { return done.run->table.end[JobId{job}].seconds(); };
  EXPECT_EQ(end(0), 11);
  EXPECT_EQ(end(1), 12);
  EXPECT_EQ(end(2), 13);
  EXPECT_EQ(end(3), 13.5);
  EXPECT_EQ(done.summary.overhead_gpu_s, 1 + 2 + 3 + 3.5);
}

TEST(RoundUp, MakesRunTimesWholeStepsAndKeepsEstimates) {
  TraceOptions options;
  options.format = "native";
  options.round_up = seconds(5);
  const Workload jobs = read_text(options, "job_id,submit_s,duration_s,gpus\na,0,6,1\nb,0,10,1\nc,0,0,1\n");
  EXPECT_EQ(jobs.duration(JobId{0}), seconds(10));
  EXPECT_EQ(jobs.estimate(JobId{0}), seconds(6));
  EXPECT_EQ(jobs.duration(JobId{1}), seconds(10));
  EXPECT_EQ(jobs.duration(JobId{2}), seconds(0));
}

}  // namespace
}  // namespace seatrial

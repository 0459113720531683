// What starts, restarts, preemptions, limits, estimates and capacity changes cost and do, on runs small enough to be
// worked out by hand. One check holds for all: GPU-seconds held = useful GPU-seconds + overhead.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "sim/error.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

struct Machine {
  std::uint32_t gpus = 1;  // of one node
  std::string scheduler = "";
  std::string top_level = "";
  std::string pool_extra = "";
  std::uint32_t nodes = 1;
};

const char* const kHeader = "job_id,submit_s,duration_s,gpus\n";

ScenarioRun run_rows(const std::string& rows, const Machine& setup, const char* header = kHeader) {
  const TempFile file(header + rows);
  OnePool scenario;
  scenario.nodes = setup.nodes;
  scenario.gpus = setup.gpus;
  scenario.pool_extra = setup.pool_extra;
  scenario.trace = "format: native, file: " + file.path();
  scenario.scheduler = setup.scheduler;
  scenario.top_level = setup.top_level;
  return run_text(scenario_text(scenario));
}

// For runs whose capacity stays.
double held_gpu_s(const ScenarioRun& done) {
  const Summary& summary = done.summary;
  return number(summary.allocated_mean) * static_cast<double>(summary.total_milli) / 1000 * summary.simulated_s;
}

// By row of the trace.
std::vector<double> ends_s(const ScenarioRun& done) {
  std::vector<double> ends;
  for (const JobId job : done.run->parts.workload.file_order()) {
    const Time end = done.run->table.end[job];
    ends.push_back(end == kNever ? -1 : end.seconds());
  }
  return ends;
}

std::vector<double> waits_s(const ScenarioRun& done) {
  std::vector<double> waits;
  for (const JobId job : done.run->parts.workload.file_order()) waits.push_back(done.run->table.waited[job].seconds());
  return waits;
}

void expect_splits_add_up(const ScenarioRun& done) {
  const JobTable& table = done.run->table;
  for (std::uint32_t j = 0; j < done.run->parts.workload.size(); ++j) {
    const WaitSplit split = table.wait_split({j});
    const Duration sum = std::accumulate(split.begin(), split.end(), Duration{0});
    EXPECT_EQ(sum.ns, table.waited[{j}].ns) << "job " << j;
  }
}

using Seconds = std::vector<double>;

struct OverheadCase {
  const char* what;
  const char* overheads;
  Seconds ends;
  double overhead_gpu_s;
};

const char* const kLongThenShort = "a,0,100,2\nb,10,5,2\n";

// b preempts a at 10 s; a goes on when b is over.
TEST(Overheads, OfOnePreemption) {
  const OverheadCase cases[] = {
      {"none", "", {105, 15}, 0},
      {"start", "overheads: {start: 2s}\n", {111, 17}, 12},
      {"restart", "overheads: {restart: 3s}\n", {108, 15}, 6},
      {"start and restart", "overheads: {start: 2s, restart: 3s}\n", {114, 17}, 18},
      {"preempt", "overheads: {preempt: 7s}\n", {112, 15}, 14},
      {"drain", "overheads: {drain: 4s}\n", {109, 19}, 8},
      {"checkpoint", "overheads: {checkpoint: {bytes_per_gpu: 10Gi, write: 5Gi/s, read: 10Gi/s}}\n", {111, 19}, 12},
      {"by_gpus", "overheads: {preempt: {by_gpus: {1: 100s, 2: 7s, more: 200s}}}\n", {112, 15}, 14},
      {"by_gpus beyond", "overheads: {preempt: {by_gpus: {1: 100s, more: 9s}}}\n", {114, 15}, 18},
  };
  for (const OverheadCase& each : cases) {
    SCOPED_TRACE(each.what);
    const ScenarioRun done = run_rows(kLongThenShort, {2, "order: srtf", each.overheads});
    EXPECT_EQ(ends_s(done), each.ends);
    EXPECT_EQ(done.summary.preemptions, 1U);
    EXPECT_NEAR(done.summary.overhead_gpu_s, each.overhead_gpu_s, 1e-6);
    EXPECT_NEAR(held_gpu_s(done), 2 * 105 + each.overhead_gpu_s, 1e-6);
    expect_splits_add_up(done);
  }
}

TEST(Overheads, StartIsPaidByEveryJobWithoutPreemptionToo) {
  const ScenarioRun done =
      run_rows("a,0,10,2\nb,0,5,1\n", {3, "", "overheads: {start: {by_gpus: {1: 1s, more: 4s}}}\n"});
  EXPECT_EQ(ends_s(done), (Seconds{14, 6}));
  EXPECT_NEAR(done.summary.overhead_gpu_s, 9, 1e-6);
  EXPECT_NEAR(held_gpu_s(done), 34, 1e-6);
}

// At 18 s a has paid 3 s of the 7 s that it owed: 4 s stay owed, 7 s are added.
TEST(Overheads, WhatAnEarlyPreemptionLeavesUnpaidStaysOwed) {
  const ScenarioRun done =
      run_rows("a,0,100,1\nb,10,5,1\nc,18,1,1\n", {1, "order: srtf", "overheads: {preempt: 7s}\n"});
  EXPECT_EQ(ends_s(done), (Seconds{120, 15, 19}));
  EXPECT_EQ(done.summary.preemptions, 2U);
  EXPECT_NEAR(done.summary.overhead_gpu_s, 14, 1e-6);
  EXPECT_NEAR(held_gpu_s(done), 106 + 14, 1e-6);
  EXPECT_EQ(waits_s(done), (Seconds{6, 0, 0}));
}

TEST(Overheads, WorkIsKeptThroughManyPreemptions) {
  std::string rows = "long,0,200,1\n";
  for (int i = 0; i < 20; ++i) rows += "s" + std::to_string(i) + "," + std::to_string(5 + 10 * i) + ",2,1\n";
  const ScenarioRun done = run_rows(rows, {1, "order: srtf", "overheads: {start: 1s, restart: 1s, drain: 500ms}\n"});
  EXPECT_EQ(done.summary.jobs.completed, 21U);
  EXPECT_NEAR(held_gpu_s(done), 240 + done.summary.overhead_gpu_s, 1e-6);
  EXPECT_GT(done.summary.preemptions, 10U);
  expect_splits_add_up(done);
}

const char* const kWithEstimates = "job_id,submit_s,duration_s,gpus,estimate_s\n";

TEST(Limits, JobsAreKilledWhenTheirStatedTimeIsOver) {
  const char* rows = "over,0,10,1,4\nwithin,0,10,1,20\nexact,0,10,1,10\nnext,0,1,3,1\n";
  const ScenarioRun kept = run_rows(rows, {3, "", ""}, kWithEstimates);
  EXPECT_EQ(ends_s(kept), (Seconds{10, 10, 10, 11}));
  EXPECT_EQ(kept.summary.jobs.failed, 0U);
  const ScenarioRun killed = run_rows(rows, {3, "kill_at_limit: true", ""}, kWithEstimates);
  EXPECT_EQ(ends_s(killed), (Seconds{4, 10, 10, 11}));
  EXPECT_EQ(killed.summary.jobs.failed, 1U);
  EXPECT_EQ(killed.summary.jobs.completed, 3U);
  EXPECT_NEAR(held_gpu_s(killed), 4 + 10 + 10 + 3, 1e-6);
}

TEST(Limits, OverheadDoesNotCountAsRunTime) {
  const Machine setup{1, "kill_at_limit: true", "overheads: {start: 5s}\n"};
  EXPECT_EQ(ends_s(run_rows("a,0,10,1,4\n", setup, kWithEstimates)), (Seconds{9}));
}

TEST(Estimates, RequestedTimesDecideTheOrder) {
  const char* rows = "first,0,10,1,10\nlong,1,5,1,3\nshort,1,2,1,8\n";
  EXPECT_EQ(ends_s(run_rows(rows, {1, "order: sjf", ""}, kWithEstimates)), (Seconds{10, 17, 12}));
  EXPECT_EQ(ends_s(run_rows(rows, {1, "order: sjf, estimate: requested", ""}, kWithEstimates)), (Seconds{10, 15, 17}));
}

// The user's past jobs of that width tell; without any the stated time does.
TEST(Estimates, HistoryLearnsFromEndedJobs) {
  const char* header = "job_id,submit_s,duration_s,gpus,user\n";
  const char* rows = "u1,0,4,1,u\nv1,0,9,1,v\nblock,10,10,2,w\nv2,11,1,1,v\nu2,12,20,1,u\n";
  const ScenarioRun oracle = run_rows(rows, {2, "order: sjf", ""}, header);
  EXPECT_EQ(ends_s(oracle), (Seconds{4, 9, 20, 21, 40}));
  const ScenarioRun narrow = run_rows("u1,0,4,1,u\nv1,4,9,1,v\nblock,13,10,1,w\nv2,14,1,1,v\nu2,15,20,1,u\n",
                                      {1, "order: sjf, estimate: history", ""}, header);
  EXPECT_EQ(ends_s(narrow), (Seconds{4, 13, 23, 44, 43})) << "u's jobs took 4 s, v's 9 s";
}

// u1 would have run 100 s, which nobody saw: u2 is taken for the mean of v1 and x1, 6 s, and goes before v2's 9 s.
TEST(Estimates, HistoryKnowsNothingOfTheRestOfKilledJobs) {
  const char* header = "job_id,submit_s,duration_s,gpus,estimate_s,user\n";
  const char* rows =
      "u1,0,100,1,4,u\nv1,4,9,1,20,v\nx1,13,3,1,20,x\nblock,16,10,1,20,w\nv2,17,1,1,20,v\nu2,18,2,1,8,u\n";
  const ScenarioRun done = run_rows(rows, {1, "order: sjf, estimate: history, kill_at_limit: true", ""}, header);
  EXPECT_EQ(ends_s(done), (Seconds{4, 13, 16, 26, 29, 28}));
}

TEST(Estimates, NoiseRepeatsAndGrowsWithSigma) {
  std::string rows;  // run times all differ: noise decides ties otherwise
  for (int i = 0; i < 60; ++i) {
    rows += "j" + std::to_string(i) + "," + std::to_string(i / 4) + "," + std::to_string(1 + i * 7 % 61) + ",1\n";
  }
  const auto ends = [&](const char* estimate) {
    return ends_s(run_rows(rows, {1, std::string("order: sjf") + estimate, ""}));
  };
  const Seconds oracle = ends("");
  EXPECT_EQ(ends(", estimate: {noise: 1.0}"), ends(", estimate: {noise: 1.0}"));
  EXPECT_NE(ends(", estimate: {noise: 1.0}"), oracle);
  EXPECT_EQ(ends(", estimate: {noise: 0.000001}"), oracle);
}

TEST(Orders, QssfServesSmallPredictedServiceFirst) {
  const char* header = "job_id,submit_s,duration_s,gpus,user\n";
  const char* rows = "u1,0,4,1,u\nv1,4,9,1,v\nblock,13,10,1,w\nv2,14,1,1,v\nu2,15,20,1,u\n";
  EXPECT_EQ(ends_s(run_rows(rows, {1, "order: qssf", ""}, header)), (Seconds{4, 13, 23, 44, 43}));
}

TEST(Capacity, ShrinkingLetsJobsFinishAndGrowthStartsWaitingOnes) {
  const TempFile file(std::string(kHeader) + "a,0,20,2\nb,0,30,2\nc,5,10,2\nd,5,10,2\n");
  std::string text =
      "schema: seatrial/v1\nname: test\ncluster:\n  pools: [{name: p, count: 2, gpu: {model: v100-32, count: 2}}]\n"
      "  changes: [{at: 10s, pool: p, count: 1}, {at: 25s, pool: p, count: 3}]\n";
  text += "workload: [{name: w, trace: {format: native, file: " + file.path() + "}}]\n";
  const ScenarioRun done = run_text(text);
  // Both nodes are busy at 10 s: the higher one, with b, drains until 25 s, when growth keeps it and brings a third.
  EXPECT_EQ(ends_s(done), (Seconds{20, 30, 30, 35}));
  EXPECT_EQ(done.summary.jobs.completed, 4U);
  expect_splits_add_up(done);
}

TEST(Capacity, JobsForWhichThereWillNeverBeRoomAreRejected) {
  const TempFile file(std::string(kHeader) + "a,0,5,4\nlate,20,5,4\nb,21,5,2\n");
  std::string text =
      "schema: seatrial/v1\nname: test\ncluster:\n  pools: [{name: p, count: 2, gpu: {model: v100-32, count: 2}}]\n"
      "  changes: [{at: 10s, pool: p, count: 1}]\n";
  text += "workload: [{name: w, trace: {format: native, file: " + file.path() + "}}]\n";
  const ScenarioRun done = run_text(text);
  EXPECT_EQ(done.summary.jobs.completed, 2U);
  EXPECT_EQ(done.summary.jobs.rejected, 1U) << "`late` comes when one node of two GPUs is left for good";
}

// A counted pool that grows: what fits the grown pool is worth waiting for.
TEST(Capacity, CountedPoolsGrowToo) {
  const TempFile file(std::string(kHeader) + "early,0,5,8\nlate,20,5,8\n");
  std::string text =
      "schema: seatrial/v1\nname: test\ncluster:\n"
      "  pools: [{name: p, count: 1, gpu: {model: v100-32, count: 4}, counted: true}]\n"
      "  changes: [{at: 10s, pool: p, count: 2}]\n";
  text += "workload: [{name: w, trace: {format: native, file: " + file.path() + "}}]\n";
  const ScenarioRun done = run_text(text);
  EXPECT_EQ(ends_s(done), (Seconds{15, 25}));
}

TEST(MaxWaiting, WhoFindsAFullQueueIsTurnedAway) {
  const char* rows = "a,0,10,1\nb,1,10,1\nc,2,10,1\nd,3,10,1\ne,21,1,1\n";
  const ScenarioRun done = run_rows(rows, {1, "max_waiting: 1", ""});
  EXPECT_EQ(ends_s(done), (Seconds{10, 20, -1, -1, 22}));
  EXPECT_EQ(done.summary.jobs.rejected, 2U);
  EXPECT_EQ(done.run->table.reject_reasons.back(), std::string("the queue is full (scheduler.max_waiting)"));
  expect_splits_add_up(done);
}

TEST(MaxWaiting, NoneMayWait) {
  const char* rows = "a,0,10,2\nb,0,5,2\nc,0,5,1\nd,4,5,2\ne,10,5,4\n";
  const ScenarioRun done = run_rows(rows, {4, "max_waiting: 0", ""});
  EXPECT_EQ(ends_s(done), (Seconds{10, 5, -1, -1, 15})) << "e comes when a ends, and has the machine to itself";
}

TEST(MaxWaiting, JobsOfOneInstantHaveTheirTurnFirst) {
  const char* rows = "a,0,9,1\nb,0,9,1\nc,0,9,1\nd,0,9,1\n";
  EXPECT_EQ(ends_s(run_rows(rows, {2, "max_waiting: 1", ""})), (Seconds{9, 9, 18, -1}));
  EXPECT_EQ(ends_s(run_rows(rows, {2, "max_waiting: 0, admission: easy", ""})), (Seconds{9, 9, -1, -1}));
  EXPECT_EQ(ends_s(run_rows(rows, {2, "max_waiting: 4", ""})), (Seconds{9, 9, 18, 18}));
}

std::string refusal(const std::string& scheduler, const std::string& rows = "a,0,200000,8\nb,10,5,8\n",
                    const std::string& top_level = "") {
  try {
    run_rows(rows, {8, scheduler, top_level});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Endless, StepsThatNeverEndAreRefusedWithTheirNumber) {
  EXPECT_NE(refusal("order: las, preemption: {round: 1ns}").find("would need 2e+14 rounds"), std::string::npos);
  EXPECT_NE(refusal("order: {name: las, quantum_gpu_s: 0.000001}").find("would need 1.6e+12 quanta"),
            std::string::npos);
  EXPECT_EQ(refusal("order: las, preemption: {round: 1s}"), "");
  EXPECT_EQ(refusal("order: {name: las, quantum_gpu_s: 1}"), "");
}

// Two jobs take turns, and all that one did in its turn is lost at the end of it.
TEST(Endless, TurnsThatKeepNothingAreFoundOut) {
  const std::string overheads = "overheads: {checkpoint: {bytes_per_gpu: 1Gi, write: 1Gi/s, read: 1Gi/s, every: ";
  const std::string rows = "a,0,100,8\nb,0,100,8\n";
  for (const char* scheduler : {"order: {name: las, quantum_gpu_s: 80}, preemption: {round: 10s}",
                                "order: {name: las, quantum_gpu_s: 80}, preemption: on-event",
                                "order: {name: tiresias, thresholds_gpu_s: [80, 160]}, preemption: on-event"}) {
    EXPECT_NE(refusal(scheduler, rows, overheads + "1h}}\n").find("preemptions in a row kept no work"),
              std::string::npos)
        << scheduler;
    EXPECT_EQ(refusal(scheduler, rows, overheads + "2s}}\n"), "") << scheduler;
  }
}

TEST(Waits, SplitsNameTheReason) {
  const char* rows = "a,0,10,2\nb,0,10,2\nhead,1,10,3\nbehind,2,1,1\n";
  const ScenarioRun strict = run_rows(rows, {4, "", ""});
  EXPECT_EQ(ends_s(strict), (Seconds{10, 10, 20, 11}));
  expect_splits_add_up(strict);
  const auto share = [](const ScenarioRun& done, WaitReason reason) {
    return done.summary.waiting_gpu_s[static_cast<std::size_t>(reason)];
  };
  EXPECT_NEAR(share(strict, WaitReason::Capacity), 27, 1e-6);
  EXPECT_NEAR(share(strict, WaitReason::HeadOfLine), 8, 1e-6);
  const ScenarioRun split = run_rows("a,0,10,3\nb,0,10,3\nc,1,10,2\n", {4, "admission: best-effort", "", "", 2});
  EXPECT_EQ(ends_s(split), (Seconds{10, 10, 20}));
  EXPECT_NEAR(share(split, WaitReason::Fragmentation), 18, 1e-6) << "two GPUs are free, on two nodes";
  const ScenarioRun blocked = run_rows("a,0,10,3\nhead,1,5,2\nbehind,2,1,1\n", {4, "", ""});
  EXPECT_EQ(ends_s(blocked), (Seconds{10, 15, 11}));
  EXPECT_NEAR(share(blocked, WaitReason::HeadOfLine), 8, 1e-6) << "one GPU is free, but the head is before it";
}

// Two jobs are preempted at once, and read their states at once: 16 GiB each at 1 GiB/s, 4 GiB/s back.
TEST(Checkpoints, StandInLineWhereTheBandwidthIsShared) {
  const TempFile trace("job_id,submit_s,duration_s,gpus,priority\na,0,100,4,0\nb,0,100,4,0\nshort,10,5,8,5\n");
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "admission: kube, preemption: priority";
  const auto short_starts_s = [&](const std::string& more) {
    scenario.top_level = "overheads: {checkpoint: {bytes_per_gpu: 4Gi, write: 1Gi/s, read: 4Gi/s" + more + "}}\n";
    const ScenarioRun done = run_text(scenario_text(scenario));
    const double last_end_s =
        std::max(done.run->table.end[JobId{0}].seconds(), done.run->table.end[JobId{1}].seconds());
    return std::pair(done.run->table.start[JobId{2}].seconds(), last_end_s);
  };
  EXPECT_EQ(short_starts_s(""), std::pair(26.0, 26 + 5 + 4 + 90.0));
  EXPECT_EQ(short_starts_s(", shared: true"), std::pair(42.0, 42 + 5 + 8 + 90.0));
}

}  // namespace
}  // namespace seatrial

// Runs with quotas, end to end: who is admitted when, what is taken back, and how waits are split.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "reports/explain.h"
#include "scenarios/load.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

// Two pools of one node with 8 GPUs each.
ScenarioRun run_with(const std::string& rows, const std::string& quotas, const std::string& more = "") {
  const TempFile file("job_id,submit_s,duration_s,gpus,tenant,priority\n" + rows);
  return run_text(
      "schema: seatrial/v1\nname: q\ncluster: {pools: [{name: x, count: 1, gpu: {model: v100-32, count: 8}}, {name: y, "
      "count: 1, gpu: {model: v100-32, count: 8}}]}\nworkload: [{name: w, trace: {format: native, file: " +
      file.path() + "}}]\nscheduler: {admission: best-effort}\nquotas: " + quotas + "\n" + more);
}

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[{job}].seconds(); }
double end_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.end[{job}].seconds(); }
double waited_s(const ScenarioRun& done, std::uint32_t job, WaitReason reason) {
  return done.run->table.wait_split({job})[static_cast<std::size_t>(reason)].seconds();
}

const char* const kTwoTeams =
    "{kind: kueue, cluster_queues: ["
    "{name: a, cohort: c, resources: {default: {gpu: 8}}, preemption: {reclaim_within_cohort: Any}}, "
    "{name: b, cohort: c, resources: {default: {gpu: 8}}, preemption: {reclaim_within_cohort: Any}}]}";

TEST(QuotaRun, ATeamBorrowsAndGivesBack) {
  // a takes both nodes; b wants its quota at 10: the job of a that came last goes, and comes back when b has ended.
  const ScenarioRun done = run_with("0,0,100,8,a,0\n1,1,100,8,a,0\n2,10,20,8,b,0\n", kTwoTeams);
  EXPECT_EQ(start_s(done, 0), 0);
  EXPECT_EQ(start_s(done, 1), 1);
  EXPECT_EQ(start_s(done, 2), 10);
  EXPECT_EQ(done.run->table.preemptions[{1}], 1U);
  EXPECT_EQ(end_s(done, 1), 121);  // 9 s done, 20 s without GPUs
  EXPECT_EQ(waited_s(done, 1, WaitReason::Quota), 20);
  EXPECT_EQ(done.run->table.waited[{1}].seconds(), 20);
}

TEST(QuotaRun, ADrainedVictimHoldsItsQuotaUntilItIsGone) {
  const ScenarioRun done =
      run_with("0,0,100,8,a,0\n1,1,100,8,a,0\n2,10,20,8,b,0\n", kTwoTeams, "overheads: {drain: 5s}\n");
  EXPECT_EQ(start_s(done, 2), 15);
  EXPECT_EQ(waited_s(done, 2, WaitReason::Quota), 5);
  EXPECT_EQ(end_s(done, 1), 35 + 91);
}

TEST(QuotaRun, NothingIsTakenFromATeamWithinItsQuota) {
  const ScenarioRun done = run_with("0,0,100,8,a,0\n1,1,100,8,b,0\n2,10,20,8,b,9\n", kTwoTeams);
  EXPECT_EQ(done.summary.preemptions, 0U);
  EXPECT_EQ(start_s(done, 2), 100);
  EXPECT_EQ(waited_s(done, 2, WaitReason::Quota), 90);
}

TEST(QuotaRun, AFlavorIsItsPools) {
  const ScenarioRun done =
      run_with("0,0,100,4,a,0\n1,0,100,4,a,0\n2,0,100,4,a,0\n",
               "{kind: kueue, flavors: [{name: fx, pools: [y]}, {name: fy, pools: [x]}], cluster_queues: "
               "[{name: a, resources: {fx: {gpu: 4}, fy: {gpu: 4}}}]}");
  const Cluster& cluster = done.run->parts.cluster;
  const auto pool = [&](std::uint32_t job) {
    return cluster.pool_of(done.run->table.pieces({job}).front().node).index;
  };
  EXPECT_EQ(pool(0), 1U);
  EXPECT_EQ(pool(1), 0U);
  EXPECT_EQ(start_s(done, 2), 100);
  EXPECT_EQ(waited_s(done, 2, WaitReason::Quota), 100);  // although 8 GPUs were free
}

TEST(QuotaRun, AStrictHeadBlocksItsQueueAndAnOpenOneDoesNot) {
  const std::string rows = "0,0,100,8,a,0\n1,1,50,24,a,0\n2,2,10,4,a,0\n";
  const auto queue = [](const std::string& queueing) {
    return "{kind: kueue, cluster_queues: [{name: a, queueing: " + queueing + ", resources: {default: {gpu: 16}}}]}";
  };
  // 24 GPUs are more than the cluster has, so the middle job is rejected at once; one of 16 waits.
  EXPECT_EQ(run_with(rows, queue("StrictFIFO")).run->table.state[{1}], JobState::Rejected);
  const std::string waits = "0,0,100,8,a,0\n1,1,50,12,a,0\n2,2,10,4,a,0\n";
  const std::string more = "scheduler: {admission: best-effort, gang: {span_pools: true}}\n";
  const auto run_spanning = [&](const std::string& quotas) {
    const TempFile file("job_id,submit_s,duration_s,gpus,tenant,priority\n" + waits);
    return run_text(
        "schema: seatrial/v1\nname: q\ncluster: {pools: [{name: x, count: 2, gpu: {model: v100-32, count: 8}}]}\n"
        "workload: [{name: w, trace: {format: native, file: " +
        file.path() + "}}]\n" + more + "quotas: " + quotas + "\n");
  };
  EXPECT_EQ(start_s(run_spanning(queue("StrictFIFO")), 2), 100);
  EXPECT_EQ(start_s(run_spanning(queue("BestEffortFIFO")), 2), 2);
}

TEST(QuotaRun, WhatExceedsEveryQuotaStaysPendingInKueue) {
  const ScenarioRun done = run_with("0,0,10,8,a,0\n1,0,10,4,a,0\n",
                                    "{kind: kueue, cluster_queues: [{name: a, resources: {default: {gpu: 4}}}]}");
  EXPECT_EQ(done.run->table.state[{0}], JobState::Pending);
  EXPECT_EQ(end_s(done, 1), 10);
  EXPECT_EQ(waited_s(done, 0, WaitReason::Quota), 10);
}

TEST(QuotaRun, AResourceQuotaRejectsWhatItCanNeverHold) {
  const ScenarioRun done = run_with("0,0,10,8,a,0\n1,0,10,4,a,0\n2,0,10,4,a,0\n3,0,10,8,b,0\n",
                                    "{kind: resource-quota, tenants: {a: {gpu: 4}}}");
  EXPECT_EQ(done.run->table.state[{0}], JobState::Rejected);
  EXPECT_STREQ(done.run->table.reject_reasons[done.run->table.reject_row[{0}]],
               "larger than the quota of its namespace");
  EXPECT_EQ(start_s(done, 2), 10);
  EXPECT_EQ(start_s(done, 3), 0);  // no quota, no limit
}

TEST(QuotaRun, AResourceQuotaOnCpuAsksEveryPodToStateIt) {
  const ScenarioRun done = run_with("0,0,10,1,a,0\n", "{kind: resource-quota, tenants: {a: {gpu: 4, cpu: 8}}}");
  EXPECT_EQ(done.run->table.state[{0}], JobState::Rejected);
  EXPECT_STREQ(done.run->table.reject_reasons[done.run->table.reject_row[{0}]],
               "its pods do not state a resource that the quota of its namespace limits");
}

TEST(QuotaRun, ATenantWithoutAQueueIsRejected) {
  const ScenarioRun done = run_with("0,0,10,1,z,0\n", kTwoTeams);
  EXPECT_STREQ(done.run->table.reject_reasons[done.run->table.reject_row[{0}]], "no cluster queue for its tenant");
}

TEST(QuotaRun, QuotaIsHeldFromAdmissionOnAlsoWithoutGpus) {
  // Node x is full of a job without quota limits (16 of a's quota fits), so the second job of a holds quota and waits
  // for GPUs; the third waits for quota.
  const ScenarioRun done = run_with("0,0,100,8,b,0\n1,0,100,8,b,0\n2,1,10,8,a,0\n3,2,10,1,a,0\n",
                                    "{kind: resource-quota, tenants: {a: {gpu: 8}}}");
  EXPECT_EQ(start_s(done, 2), 100);
  EXPECT_EQ(waited_s(done, 2, WaitReason::Capacity), 99);
  EXPECT_EQ(waited_s(done, 3, WaitReason::Quota), 108);
}

const char* const kWarmRows =
    "job_id,submit_s,duration_s,gpus,tenant,observed_start_s\n0,-20,100,8,a,-10\n1,-20,100,8,a,-10\n2,1,10,8,b,1\n";

std::string warm(const std::string& path, const std::string& quotas) {
  return "schema: seatrial/v1\nname: q\ncluster: {pools: [{name: x, count: 2, gpu: {model: v100-32, count: 8}}]}\n"
         "workload: [{name: w, warm_start: true, trace: {format: native, file: " +
         path + "}}]\nquotas: " + quotas + "\n";
}

TEST(QuotaRun, JobsOfAWarmStartHoldQuota) {
  const TempFile file(kWarmRows);
  const ScenarioRun done = run_text(warm(file.path(), kTwoTeams));
  EXPECT_EQ(start_s(done, 0), -10);
  EXPECT_EQ(start_s(done, 2), 1);  // reclaimed from the borrower
  EXPECT_EQ(done.summary.preemptions, 1U);
}

TEST(QuotaRun, AQuotaBelowRunningUseIsRefused) {
  const TempFile file(kWarmRows);
  try {
    (void)run_text(warm(file.path(), "{kind: resource-quota, tenants: {a: {gpu: 8}}}"));
    FAIL() << "no message";
  } catch (const InputError& error) {
    const std::string text = error.what();
    EXPECT_NE(
        text.find("quotas.tenants.a: 16 nvidia.com/gpu are in use at time 0 by jobs that run already, but the quota "
                  "and what can be borrowed are 8 nvidia.com/gpu; raise the quota, or leave out warm_start"),
        std::string::npos)
        << text;
  }
}

// What people see of it: quotas.csv, `explain`, the summary, and the shares in the report.
TEST(QuotaRun, TheResultSaysWhichLimitItWas) {
  namespace fs = std::filesystem;
  const TempFile file("job_id,submit_s,duration_s,gpus,tenant\nx,0,100,8,a\ny,1,100,8,a\nz,2,50,8,a\nw,10,20,8,b\n");
  const fs::path folder = fs::temp_directory_path() / ("seatrial-quota-run-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  RunOptions options;
  options.out_dir = folder.string();
  const ScenarioSpec spec = load_scenario_text(
      "schema: seatrial/v1\nname: q\ncluster: {pools: [{name: x, count: 2, gpu: {model: v100-32, count: 8}}]}\n"
      "workload: [{name: w, trace: {format: native, file: " +
          file.path() + "}}]\nscheduler: {admission: best-effort}\nquotas: " + kTwoTeams + "\n",
      "q.yaml", {});
  const RunOutcome outcome = run_scenario(spec, options);
  EXPECT_NE(outcome.summary_text.find("Quotas"), std::string::npos);
  EXPECT_NE(outcome.summary_json.find("\"borrowed_gpu_s\": "), std::string::npos);
  const auto read = [&](const char* name) {
    std::ostringstream text;
    text << std::ifstream(folder / name, std::ios::binary).rdbuf();
    return text.str();
  };
  EXPECT_EQ(
      read("quotas.csv"),
      "job_id,queue,flavor,limit\nx,a,default,\n"
      "y,a,default,\"asked for 8 nvidia.com/gpu of flavor default: of all that cohort c has, 0 nvidia.com/gpu were "
      "left\"\n"
      "z,a,default,\"asked for 8 nvidia.com/gpu of flavor default: of all that cohort c has, 0 nvidia.com/gpu were "
      "left\"\n"
      "w,b,default,\"asked for 8 nvidia.com/gpu of flavor default: of all that cohort c has, 0 nvidia.com/gpu were "
      "left\"\n");
  const std::string why = explain(folder.string(), "z");
  EXPECT_NE(why.find("Quota: queue a, flavor default.\n  When it first was the head of its queue it asked for 8 "),
            std::string::npos)
      << why;
  EXPECT_NE(read("report.json").find("\"shares\":{\"step_s\":"), std::string::npos);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace seatrial

// Preemption by priority under admission kube: victims, nominated room, grace, budgets, lost work.
#include "policies/priority_preemptor.h"

#include <gtest/gtest.h>

#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

struct Case {
  std::string rows;  // job_id,submit_s,duration_s,gpus,priority,tenant
  std::string preemption = "priority";
  std::string overheads = "{}";
  std::uint32_t nodes = 1;
};

ScenarioRun run_case(const Case& one) {
  const TempFile trace("job_id,submit_s,duration_s,gpus,priority,tenant\n" + one.rows);
  OnePool scenario;
  scenario.nodes = one.nodes;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "admission: kube, preemption: " + one.preemption;
  scenario.top_level = "overheads: " + one.overheads + "\n";
  return run_text(scenario_text(scenario));
}

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[JobId{job}].seconds(); }
double end_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.end[JobId{job}].seconds(); }
std::uint32_t preemptions(const ScenarioRun& done, std::uint32_t job) {
  return done.run->table.preemptions[JobId{job}];
}

TEST(PriorityPreemption, TakesThePlaceOfAJobOfLowerPriorityAfterItsBackOff) {
  const ScenarioRun done = run_case({"low,0,100,8,0,a\nhigh,10,20,8,5,a\n"});
  EXPECT_EQ(preemptions(done, 0), 1U);
  EXPECT_GE(start_s(done, 1), 11);  // it failed once: a second of back-off, then a tick of the queue
  EXPECT_LE(start_s(done, 1), 12);
  EXPECT_NEAR(end_s(done, 1), start_s(done, 1) + 20, 1e-6);
  EXPECT_NEAR(end_s(done, 0), 100 + end_s(done, 1) - 10, 1e-6);  // its progress is kept
}

TEST(PriorityPreemption, NobodyIsTakenFromForAnEqualPriority) {
  EXPECT_EQ(run_case({"low,0,100,8,5,a\nhigh,10,20,8,5,a\n"}).summary.preemptions, 0U);
}

TEST(PriorityPreemption, FewestAndLeastImportantPodsGo) {
  const ScenarioRun done = run_case({"a,0,100,4,1,x\nb,0,100,2,2,x\nc,0,100,2,0,x\nhigh,10,20,2,5,x\n"});
  EXPECT_EQ(preemptions(done, 2), 1U);
  EXPECT_EQ(done.summary.preemptions, 1U);
}

TEST(PriorityPreemption, VictimsHoldTheirGpusForTheirGracePeriod) {
  const ScenarioRun done = run_case({"low,0,100,8,0,a\nhigh,10,20,8,5,a\n", "priority", "{drain: 30s}"});
  EXPECT_EQ(start_s(done, 1), 40);
}

TEST(PriorityPreemption, RoomThatIsNominatedIsNotGivenToLowerPriorities) {
  // At 20 two GPUs are free, and low goes for high; small is below high and does not get any of them.
  const ScenarioRun done =
      run_case({"low,0,100,6,0,a\nshort,0,20,2,9,a\nhigh,10,20,8,5,a\nsmall,15,5,1,0,a\n", "priority", "{drain: 30s}"});
  EXPECT_EQ(start_s(done, 2), 50);
  EXPECT_GE(start_s(done, 3), 70);
}

TEST(PriorityPreemption, AJobThatNoVictimsWouldHelpTakesNobody) {
  const ScenarioRun done = run_case({"low,0,50,4,0,a\nfirm,0,100,4,9,a\nhigh,10,20,8,5,a\n"});
  EXPECT_EQ(done.summary.preemptions, 0U);
  EXPECT_GE(start_s(done, 2), 100);
}

TEST(PriorityPreemption, AGangTakesNodesOfSeveralVictims) {
  const ScenarioRun done = run_case({"x,0,100,8,0,a\ny,0,100,8,1,a\ngang,10,20,16,5,a\n", "priority", "{}", 2});
  EXPECT_EQ(preemptions(done, 0), 1U);
  EXPECT_EQ(preemptions(done, 1), 1U);
  EXPECT_LE(start_s(done, 2), 12);
}

TEST(PriorityPreemption, PrefersVictimsWhoseBudgetAllowsItAndBreaksOneAsTheLastResort) {
  const std::string budget = "{name: priority, budgets: [{tenant: a, min_available: 1}]}";
  const ScenarioRun spared = run_case({"b,0,100,8,1,b\na,5,100,8,1,a\nhigh,10,20,8,5,c\n", budget, "{}", 2});
  EXPECT_EQ(preemptions(spared, 0), 1U);
  EXPECT_EQ(preemptions(spared, 1), 0U) << "although it started later";
  const ScenarioRun broken = run_case({"a,0,100,8,0,a\nhigh,10,20,8,5,c\n", budget});
  EXPECT_EQ(preemptions(broken, 0), 1U);
}

TEST(PriorityPreemption, KeptBudgetsAreNeverBroken) {
  const std::string budget = "{name: priority, keep_budgets: true, budgets: [{tenant: a, min_available: 1}]}";
  const ScenarioRun done = run_case({"a,0,100,8,0,a\nhigh,10,20,8,5,c\n", budget});
  EXPECT_EQ(done.summary.preemptions, 0U);
  EXPECT_EQ(start_s(done, 1), 100);
}

TEST(PriorityPreemption, WorkSinceTheLastCheckpointIsLostAndDoneAgain) {
  const std::string overheads = "{checkpoint: {bytes_per_gpu: 1Gi, write: 1Gi/s, read: 8Gi/s, every: 30s}}";
  const ScenarioRun done = run_case({"low,0,200,8,0,a\nhigh,100,20,8,5,a\n", "priority", overheads});
  EXPECT_EQ(done.summary.lost_gpu_s, 8 * 10);                   // 100 s of work, the last checkpoint at 90
  EXPECT_NEAR(end_s(done, 0), end_s(done, 1) + 1 + 110, 1e-6);  // a second to read 8 GiB
  EXPECT_EQ(done.summary.overhead_gpu_s, 8 * 1);
}

TEST(PriorityPreemption, VictimsMayBeChosenByTheWorkThatIsLost) {
  // At 125 the younger job, which kube-scheduler takes, has worked 45 s since its checkpoint, the older one 5 s.
  const std::string rows = "x,0,300,8,0,a\ny,20,300,8,0,a\nhigh,125,20,8,5,a\n";
  const std::string overheads = "{checkpoint: {bytes_per_gpu: 1Gi, write: 1Gi/s, read: 8Gi/s, every: 60s}}";
  const ScenarioRun by_priority = run_case({rows, "priority", overheads, 2});
  EXPECT_EQ(by_priority.summary.lost_gpu_s, 8 * 45);
  const ScenarioRun by_work = run_case({rows, "{name: priority, victims: lost-work}", overheads, 2});
  EXPECT_EQ(by_work.summary.lost_gpu_s, 8 * 5);
  EXPECT_EQ(preemptions(by_work, 0), 1U);
}

}  // namespace
}  // namespace seatrial

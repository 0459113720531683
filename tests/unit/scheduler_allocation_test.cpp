// Orders that give out GPUs by rounds and type, run end to end: see policies/scheduler_allocation.h.
#include "policies/scheduler_allocation.h"

#include <gtest/gtest.h>

#include <string>

#include "models/integer_program.h"
#include "models/linear_program.h"
#include "policies/registry.h"
#include "sim/error.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

// On type b `quick` is twice as fast as on type a, `slow` four times slower.
const char* const kSpeeds =
    "gpu_type,model,scale_factor,steps_per_s\n"
    "a,quick,1,1\nb,quick,1,2\na,slow,1,4\nb,slow,1,1\n";

struct Types {
  std::string jobs;  // rows behind the header
  std::string scheduler;
  std::uint32_t nodes_a = 1;
  std::uint32_t nodes_b = 1;
  std::string top_level = "";
};

class Rounds : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& problem : {linear_solver_problem(), integer_solver_problem()}) {
      if (!problem.empty()) GTEST_SKIP() << problem;
    }
  }
  static ScenarioRun run(const Types& world) {
    const TempFile trace("job_id,submit_s,duration_s,gpus,work\n" + world.jobs);
    const TempFile speeds(kSpeeds);
    return run_text(
        "schema: seatrial/v1\nname: rounds\ncluster: {pools: [{name: a, count: " + std::to_string(world.nodes_a) +
        ", gpu: {model: v100-32, count: 1}}, {name: b, count: " + std::to_string(world.nodes_b) +
        ", gpu: {model: k80, count: 1}}]}\n" + "workload: [{name: w, trace: {format: native, file: " + trace.path() +
        "}}]\n" + "models: {sharing: none, isolated: " + speeds.path() +
        ", reference_gpu: a, gpu_types: {v100-32: a, k80: b}}\n" + "scheduler: {" + world.scheduler + "}\n" +
        world.top_level);
  }
  static double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[{job}].seconds(); }
  static double end_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.end[{job}].seconds(); }
};

TEST_F(Rounds, EachJobGetsTheTypeThatItUsesBest) {
  const std::string jobs = "q,0,100,1,quick\ns,0,100,1,slow\n";
  const ScenarioRun fifo = run({jobs, "order: fifo, placement: first-fit"});
  EXPECT_EQ(end_s(fifo, 0), 100);
  EXPECT_EQ(end_s(fifo, 1), 400) << "the first GPU is taken by a job that has no use for it";
  for (const char* order : {"gavel-max-min", "gavel-finish-time", "gavel-makespan", "sia"}) {
    const ScenarioRun done = run({jobs, std::string("order: ") + order});
    EXPECT_EQ(end_s(done, 0), 50) << order;
    EXPECT_EQ(end_s(done, 1), 100) << order;
    EXPECT_EQ(done.summary.preemptions, 0U) << order;
  }
}

TEST_F(Rounds, JobsStartWhenARoundBegins) {
  const ScenarioRun done = run({"x,0,10,1,slow\ny,30,10,1,slow\n", "order: gavel-max-min, preemption: {round: 60s}"});
  EXPECT_EQ(start_s(done, 0), 0);
  EXPECT_EQ(start_s(done, 1), 60);
  EXPECT_EQ(run({"x,0,10,1,slow\n", "order: gavel-max-min"}).spec.scheduler.round.seconds(), 360) << "as in the paper";
}

TEST_F(Rounds, EqualJobsTakeTurnsOnOneGpu) {
  const ScenarioRun done =
      run({"x,0,100,1,slow\ny,0,100,1,slow\n", "order: gavel-max-min, preemption: {round: 10s}", 1, 0});
  EXPECT_NEAR(end_s(done, 0), 190, 10.001);
  EXPECT_NEAR(end_s(done, 1), 200, 10.001);
  EXPECT_GE(done.summary.preemptions, 15U);
}

TEST_F(Rounds, AMoveCostsWhatARestartCosts) {
  const std::string jobs = "x,0,100,1,slow\ny,0,100,1,slow\n";
  const std::string scheduler = "order: gavel-max-min, preemption: {round: 50s}";
  const ScenarioRun done = run({jobs, scheduler, 1, 0, "overheads: {restart: 5s}\n"});
  EXPECT_NEAR(number(done.summary.overhead_gpu_s), 5.0 * static_cast<double>(done.summary.preemptions), 1e-6);
  EXPECT_GT(done.summary.preemptions, 0U);
}

// Else a round no longer than a restart, or than a checkpoint, moved jobs for ever with nothing done.
TEST_F(Rounds, WhoWouldKeepNothingOfItsRunIsNotMoved) {
  for (const char* overheads :
       {"restart: 10s", "restart: 12s", "restart: 35s",
        "restart: 1s, checkpoint: {bytes_per_gpu: 1Gi, write: 1Gi/s, read: 1Gi/s, every: 25s}"}) {
    const ScenarioRun done = run({"x,0,100,1,slow\ny,0,100,1,slow\n", "order: gavel-max-min, preemption: {round: 10s}",
                                  1, 0, std::string("overheads: {") + overheads + "}\n"});
    EXPECT_EQ(done.summary.jobs.completed, 2U) << overheads;
    EXPECT_GT(done.summary.preemptions, 0U) << overheads;
  }
}

// What a drain holds back goes to the job that was chosen for it as soon as it is free, not a round later.
TEST_F(Rounds, AChosenJobStartsWhenTheCheckpointIsWritten) {
  const ScenarioRun done = run({"x,0,100,1,slow\ny,1,100,1,slow\n", "order: gavel-max-min, preemption: {round: 50s}", 1,
                                0, "overheads: {drain: 7s}\n"});
  EXPECT_EQ(start_s(done, 1), 57);
}

TEST_F(Rounds, SiaTakesTheLeastSumOfPowersAndPenalties) {
  // One job of two GPUs: 2^-0.5 and two penalties of 1.1, 2.91. Two of one: 1 + 1 and one penalty, 3.1.
  const std::string jobs = "l,0,100,2,\nx,0,100,1,\ny,0,100,1,\n";
  const ScenarioRun large = run({jobs, "order: sia", 2, 0});
  EXPECT_EQ(start_s(large, 0), 0);
  EXPECT_EQ(start_s(large, 1), 120) << "the first round after it has ended";
  // With a penalty of 2 it is 4.71 against 4.
  const ScenarioRun small = run({jobs, "order: {name: sia, penalty: 2}", 2, 0});
  EXPECT_EQ(start_s(small, 1), 0);
  EXPECT_EQ(start_s(small, 2), 0);
  EXPECT_EQ(start_s(small, 0), 120);
}

TEST_F(Rounds, AllJobsEndWhateverTheOrder) {
  std::string jobs;
  for (int i = 0; i < 40; ++i) {
    jobs += std::to_string(i) + "," + std::to_string(7 * i) + "," + std::to_string(20 + 13 * (i % 9)) + "," +
            std::to_string(i % 11 == 0 ? 0 : 1 + i % 3) + "," + (i % 2 == 0 ? "quick" : "slow") + "\n";
  }
  for (const OrderRegistration& order : order_registry()) {
    if (order.make_allocator == nullptr) continue;
    const ScenarioRun done = run({jobs, std::string("preemption: {round: 30s}, order: ") + order.doc.name, 3, 3,
                                  "overheads: {restart: 2s, drain: 3s}\n"});
    EXPECT_EQ(done.summary.jobs.completed, 40U) << order.doc.name;
    EXPECT_EQ(done.run->parts.cluster.free_milli(), 6000) << order.doc.name;
  }
}

TEST_F(Rounds, ACappedQuestionStillServesEverybody) {
  std::string jobs;
  for (int i = 0; i < 30; ++i) jobs += std::to_string(i) + ",0,50,1,slow\n";
  const ScenarioRun done = run({jobs, "preemption: {round: 30s}, order: {name: gavel-max-min, jobs: 4}", 2, 1});
  EXPECT_EQ(done.summary.jobs.completed, 30U);
}

void expect_refused(const std::string& scheduler, const std::string& what, const std::string& pool = "") {
  const TempFile trace("job_id,submit_s,duration_s,gpus\nx,0,1,1\n");
  OnePool scenario;
  scenario.gpus = 1;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = scheduler;
  scenario.pool_extra = pool;
  try {
    (void)run_text(scenario_text(scenario));
    FAIL() << scheduler;
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
  }
}

TEST_F(Rounds, RefusesWhatRoundsCannotDo) {
  expect_refused("order: sia, preemption: on-event", "by rounds");
  expect_refused("order: sia, preemption: none", "by rounds");
  expect_refused("order: gavel-max-min, gang: {span_pools: true}", "one pool");
  expect_refused("order: gavel-max-min, admission: easy", "do not go with preemption");
  expect_refused("order: {name: gavel-max-min, jobs: 0}", "out of range");
}

}  // namespace
}  // namespace seatrial

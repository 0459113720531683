// Dominant shares and the order drf: see policies/dominant_share.h and policies/scheduler_drf.h.
#include "policies/scheduler_drf.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

TEST(DominantShare, IsTheLargestPartOfAnyResource) {
  const ResourceAmounts capacity{0, 9'000, 18 * 1024};
  const DominantShare a = dominant_share({0, 3'000, 12 * 1024}, capacity, 1);
  const DominantShare b = dominant_share({0, 6'000, 2 * 1024}, capacity, 1);
  EXPECT_EQ(a.amount * 3, a.capacity * 2);
  EXPECT_FALSE(a.below(b));
  EXPECT_FALSE(b.below(a));
  EXPECT_TRUE(dominant_share({0, 6'000, 2 * 1024}, capacity, 2).below(a));
  EXPECT_EQ(dominant_share({7, 0, 0}, capacity, 1).amount, 0);  // of GPUs there are none
}

TEST(DominantShare, WeightsAreWholeNumbersInTheSameProportions) {
  EXPECT_EQ(whole_weights(std::vector<double>{1, 2, 0.5}), (std::vector<std::int64_t>{2, 4, 1}));
  EXPECT_EQ(whole_weights(std::vector<double>{1.5, 4.5}), (std::vector<std::int64_t>{1, 3}));
  const std::vector<std::int64_t> apart = whole_weights(std::vector<double>{1e9, 1e-6});
  EXPECT_LE(apart[0], std::int64_t{1} << 30U);
  EXPECT_GT(apart[0], std::int64_t{1} << 29U);
  EXPECT_EQ(apart[1], 1);
}

std::map<std::string, int> running_at_once(const ScenarioRun& done) {
  std::map<std::string, int> out;
  const Workload& jobs = done.run->parts.workload;
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    if (done.run->table.start[JobId{i}] == Time{0}) ++out[jobs.texts().text(jobs.tenant(JobId{i}))];
  }
  return out;
}

// Ghodsi et al., NSDI '11, section 4.1: 9 CPUs and 18 GB; tasks of A want <1 CPU, 4 GB>, of B <3 CPUs, 1 GB>.
std::string worked_example(const std::string& tenants) {
  std::string rows = "job_id,submit_s,duration_s,gpus,cpu_milli,memory_mib,tenant\n";
  for (int i = 0; i < 9; ++i) {
    rows += "a" + std::to_string(i) + ",0,10,0,1000,4096,A\n";
    rows += "b" + std::to_string(i) + ",0,10,0,3000,1024,B\n";
  }
  const TempFile trace(rows);
  const ScenarioRun done = run_text(
      "schema: seatrial/v1\nname: drf\ncluster: {pools: [{name: p, count: 1, node: {cpu: 9, memory: 18Gi}}]}\n"
      "workload: [{name: w, trace: {format: native, file: " +
      trace.path() + "}}]\ntenants: " + tenants + "\nscheduler: {order: drf}\n");
  const auto at_once = running_at_once(done);
  return std::to_string(at_once.at("A")) + " and " + std::to_string(at_once.at("B"));
}

TEST(Drf, WorkedExampleOfThePaper) { EXPECT_EQ(worked_example("[]"), "3 and 2"); }

TEST(Drf, AWeightOfThreeMakesADominantShareOfAThird) {
  // Three tasks of A are 2/3, by weight 2/9, below the 1/3 of one task of B: A has the next turn, then nothing fits.
  EXPECT_EQ(worked_example("[{name: A, weight: 3}]"), "4 and 1");
}

// Jobs of 1 GPU on 8 GPUs.
std::map<std::string, int> one_gpu_jobs(const std::string& tenants) {
  std::string rows = "job_id,submit_s,duration_s,gpus,tenant\n";
  for (int i = 0; i < 12; ++i) rows += "m" + std::to_string(i) + ",0,10,1,many\n";
  for (int i = 0; i < 12; ++i) rows += "f" + std::to_string(i) + ",0,10,1,few\n";
  const TempFile trace(rows);
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "order: drf";
  scenario.top_level = "tenants: " + tenants + "\n";
  return running_at_once(run_text(scenario_text(scenario)));
}

TEST(Drf, SplitsOneResourceByWeightWhoeverCameFirst) {
  EXPECT_EQ(one_gpu_jobs("[]"), (std::map<std::string, int>{{"few", 4}, {"many", 4}}));
  EXPECT_EQ(one_gpu_jobs("[{name: many, weight: 3}]"), (std::map<std::string, int>{{"few", 2}, {"many", 6}}));
}

TEST(Drf, StrictStopsTheTenantAloneAndBestEffortNobody) {
  const TempFile trace(
      "job_id,submit_s,duration_s,gpus,tenant\nlong,0,100,6,x\nlarge,1,1,8,a\nsmall,2,1,1,a\nother,3,1,1,b\n");
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  const auto small_starts_s = [&](const std::string& scheduler) {
    scenario.scheduler = scheduler;
    const ScenarioRun done = run_text(scenario_text(scenario));
    EXPECT_EQ(done.run->table.start[JobId{3}].seconds(), 3);
    return done.run->table.start[JobId{2}].seconds();
  };
  EXPECT_EQ(small_starts_s("order: drf"), 2);
  EXPECT_GE(small_starts_s("order: drf, admission: strict"), 100);
}

TEST(Drf, CapacityThatComesIsCounted) {
  const TempFile trace("job_id,submit_s,duration_s,gpus,tenant\na,0,100,8,x\nb,1,10,8,y\nc,1,10,8,y\n");
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "order: drf";
  std::string text = scenario_text(scenario);
  const std::size_t at = text.find("pools:");
  ASSERT_NE(at, std::string::npos);
  text.insert(at, "changes: [{at: 5s, pool: " + std::string("p") + ", count: 2}], ");
  const ScenarioRun done = run_text(text);
  EXPECT_EQ(done.run->table.start[JobId{1}].seconds(), 5);
  EXPECT_EQ(done.run->table.start[JobId{2}].seconds(), 15);
}

}  // namespace
}  // namespace seatrial

// Cut and shared GPUs in scenarios, end to end: who gets which slice, who waits and why, who is refused.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/device_ref.h"
#include "models/gpu_partitions.h"
#include "sim/error.h"
#include "tests/support/scenario_run.h"

namespace seatrial {
namespace {

// A trace file that lives as long as the test.
class Jobs {
 public:
  explicit Jobs(const std::string& rows) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = (std::filesystem::temp_directory_path() /
             (std::string("seatrial-modes-") + test->name() + std::to_string(::getpid()) + ".csv"))
                .string();
    std::ofstream(path_) << "job_id,submit_s,duration_s,gpus,gpu_resource,gpu_memory_mib,work\n" << rows;
  }
  ~Jobs() { std::filesystem::remove(path_); }
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // gpu: keys of the one pool's `gpu`; more: further sections.
  [[nodiscard]] ScenarioRun run(const std::string& gpu, const std::string& more = "",
                                const std::string& admission = "best-effort") const {
    return run_text("schema: seatrial/v1\nname: modes\ncluster: {pools: [{name: p, count: 1, gpu: {" + gpu +
                    "}}]}\nworkload: [{name: w, trace: {format: native, file: " + path_ +
                    "}}]\nscheduler: {admission: " + admission + "}\n" + more);
  }

 private:
  std::string path_;
};

constexpr const char* kNoSpeed = "models: {sharing: none}\n";
const std::string kDynamic = "model: a100-40, count: 1, mode: mig, partitioner: {name: on-demand, delay: 0s}";

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[JobId{job}].seconds(); }
double end_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.end[JobId{job}].seconds(); }
double waited_s(const ScenarioRun& done, std::uint32_t job, WaitReason reason) {
  return done.run->table.wait_split(JobId{job})[static_cast<std::size_t>(reason)].seconds();
}
std::string refusal(const ScenarioRun& done, std::uint32_t job) {
  const JobTable& table = done.run->table;
  return table.reject_reasons[table.reject_row[JobId{job}]];
}

TEST(GpuModes, TwoThreesLeaveASeventhThatNobodyCanHave) {
  const Jobs jobs("a,0,100,1,mig-3g.20gb,,\nb,0,100,1,mig-3g.20gb,,\nc,0,10,1,nvidia.com/mig-1g.5gb,,\n");
  const ScenarioRun done = jobs.run(kDynamic, kNoSpeed);
  EXPECT_EQ(start_s(done, 2), 100);
  EXPECT_EQ(waited_s(done, 2, WaitReason::Fragmentation), 100);
  EXPECT_EQ(waited_s(done, 2, WaitReason::Capacity), 0);
}

TEST(GpuModes, AStaticLayoutServesItsProfilesAlone) {
  const Jobs jobs(
      "a,0,10,1,mig-1g.5gb,,\nb,0,10,1,mig-1g.5gb,,\nc,0,10,1,mig-1g.5gb,,\nd,0,10,1,mig-4g.20gb,,\n"
      "e,0,10,1,,,\nf,0,10,1,mig-1g.10gb.me,,\n");
  const ScenarioRun done = jobs.run("model: a100-40, count: 1, mode: mig, layout: all-balanced", kNoSpeed);
  EXPECT_EQ(start_s(done, 0), 0);
  EXPECT_EQ(start_s(done, 1), 0);
  EXPECT_EQ(start_s(done, 2), 10) << "two instances for three jobs";
  EXPECT_EQ(refusal(done, 3), "no MIG layout of its pools has the profile that it asks for");
  EXPECT_EQ(refusal(done, 4), "no pool gives the GPU resource that it asks for");
  EXPECT_EQ(refusal(done, 5), "no pool gives the GPU resource that it asks for");
}

TEST(GpuModes, StrategySingleGivesInstancesAsGpus) {
  const Jobs jobs("a,0,10,2,,,\nb,0,10,2,,,\n");
  const ScenarioRun done = jobs.run("model: a30, count: 1, mode: mig, strategy: single, layout: all-1g.6gb", kNoSpeed);
  EXPECT_EQ(start_s(done, 0), 0);
  EXPECT_EQ(start_s(done, 1), 0);
  EXPECT_EQ(done.summary.jobs.completed, 2U);
}

TEST(GpuModes, AnyResourceTakesTheSmallestSliceWithTheMemory) {
  const Jobs jobs("a,0,10,1,any,4000,\nb,0,10,1,any,9000,\nc,0,10,1,any,30000,\nd,0,10,1,any,90000,\n");
  const ScenarioRun done = jobs.run(kDynamic, kNoSpeed);
  const JobTable& table = done.run->table;
  const Workload& workload = done.run->parts.workload;
  EXPECT_EQ(unit_milli(workload, table, {0}), 142U);
  EXPECT_EQ(unit_milli(workload, table, {1}), 142U) << "1g.10gb";
  EXPECT_EQ(unit_milli(workload, table, {2}), 1000U);
  EXPECT_EQ(start_s(done, 2), 10) << "the whole GPU, when it is empty";
  EXPECT_EQ(refusal(done, 3), "it asks for more GPU memory than any GPU or slice that it may use has");
}

TEST(GpuModes, ReCutsDelayTheirJob) {
  const Jobs jobs("a,0,100,1,mig-1g.5gb,,\nb,200,100,1,mig-7g.40gb,,\n");
  const ScenarioRun done =
      jobs.run("model: a100-40, count: 1, mode: mig, partitioner: {name: on-demand, delay: 7s}", kNoSpeed);
  EXPECT_EQ(end_s(done, 0), 107);
  EXPECT_EQ(end_s(done, 1), 307);
  EXPECT_EQ(done.run->metrics.recuts(), 2U);
  EXPECT_NEAR(done.summary.overhead_gpu_s, 7 * 1.142, 1e-9);
}

TEST(GpuModes, IdleInstancesRestBetweenReCuts) {
  const Jobs jobs("a,0,10,1,mig-1g.5gb,,\nb,20,10,1,mig-7g.40gb,,\nc,40,10,1,mig-4g.20gb,,\n");
  const ScenarioRun done =
      jobs.run("model: a100-40, count: 1, mode: mig, partitioner: {name: on-demand, min_interval: 1000s}", kNoSpeed);
  EXPECT_EQ(start_s(done, 1), 20) << "the first re-cut";
  EXPECT_EQ(start_s(done, 2), 1020) << "the second has to wait";
}

TEST(GpuModes, AJobMayHaveToWaitForItsReCut) {
  const Jobs jobs("a,0,10,1,mig-1g.5gb,,\nb,20,10,1,mig-7g.40gb,,\n");
  const ScenarioRun done =
      jobs.run("model: a100-40, count: 1, mode: mig, partitioner: {name: on-demand, min_wait: 60s}", kNoSpeed);
  EXPECT_EQ(start_s(done, 0), 0) << "creating needs no wait";
  EXPECT_EQ(start_s(done, 1), 80);
}

TEST(GpuModes, ANodeTakesNothingWhileItsPluginRestarts) {
  const Jobs jobs("a,0,10,1,mig-1g.5gb,,\nb,1,10,1,mig-1g.5gb,,\n");
  const ScenarioRun done =
      jobs.run("model: a100-40, count: 1, mode: mig, partitioner: {name: on-demand, gap: 5s}", kNoSpeed);
  EXPECT_EQ(start_s(done, 1), 5);
}

TEST(GpuModes, ADrainKeepsSmallJobsOut) {
  std::string rows = "a,0,100,1,mig-1g.5gb,,\nwide,10,100,1,mig-7g.40gb,,\n";
  for (int i = 0; i < 20; ++i) {
    rows += "s" + std::to_string(i) + "," + std::to_string(20 + 50 * i) + ",100,1,mig-1g.5gb,,\n";
  }
  const Jobs jobs(rows);
  const std::string gpu = "model: a100-40, count: 1, mode: mig, partitioner: {name: on-demand, when_full: ";
  EXPECT_EQ(start_s(jobs.run(gpu + "drain}", kNoSpeed), 1), 100);
  EXPECT_GT(start_s(jobs.run(gpu + "wait}", kNoSpeed), 1), 1000) << "there is always a small job";
}

TEST(GpuModes, TheOptimizingPartitionerFollowsTheQueue) {
  const Jobs jobs("a,0,100,1,mig-1g.5gb,,\nb,0,100,1,mig-4g.20gb,,\nc,500,10,1,mig-7g.40gb,,\n");
  const ScenarioRun done = jobs.run(
      "model: a100-40, count: 1, mode: mig, partitioner: {name: optimizing, period: 60s, delay: 2s, exact: false}",
      kNoSpeed);
  EXPECT_EQ(start_s(done, 0), 62);
  EXPECT_EQ(start_s(done, 1), 62);
  EXPECT_EQ(start_s(done, 2), 542);
  EXPECT_EQ(done.run->metrics.recuts(), 2U);
}

TEST(GpuModes, ReplicasSplitAGpu) {
  const Jobs jobs("a,0,10,1,gpu.shared,,\nb,0,10,2,gpu.shared,,\nc,0,10,1,gpu.shared,,\nd,0,10,1,,,\n");
  const std::string gpu = "model: a100-40, count: 2, mode: time-slicing, replicas: 2, resource: nvidia.com/gpu.shared";
  const ScenarioRun done = jobs.run(gpu, kNoSpeed);
  for (std::uint32_t job = 0; job < 3; ++job) EXPECT_EQ(start_s(done, job), 0);
  EXPECT_EQ(refusal(done, 3), "no pool gives the GPU resource that it asks for");
  const ScenarioRun strict = jobs.run(gpu + ", refuse_several: true", kNoSpeed);
  EXPECT_EQ(refusal(strict, 1), "its pools refuse requests for more than one replica of a shared GPU");
}

TEST(GpuModes, MemoryBoundsEveryMode) {
  const Jobs jobs("a,0,10,1,any,30000,\nb,0,10,1,any,30000,\nc,0,10,1,any,18000,\n");
  // A100-40: 40 GB marketed.
  const ScenarioRun sliced = jobs.run("model: a100-40, count: 1, mode: time-slicing, replicas: 4", kNoSpeed);
  EXPECT_EQ(start_s(sliced, 0), 0);
  EXPECT_EQ(start_s(sliced, 1), 10) << "both do not fit the memory";
  const ScenarioRun mps = jobs.run("model: a100-40, count: 1, mode: mps, replicas: 2", kNoSpeed);
  EXPECT_EQ(refusal(mps, 0), "it asks for more GPU memory than any GPU or slice that it may use has");
  EXPECT_EQ(start_s(mps, 2), 0);
  const ScenarioRun whole = jobs.run("model: a100-40, count: 1, mode: exclusive, memory_reserve: 20Gi", kNoSpeed);
  EXPECT_EQ(refusal(whole, 0), "it asks for more GPU memory than any GPU or slice that it may use has");
  EXPECT_EQ(start_s(whole, 2), 0);
}

TEST(GpuModes, OvercommittedMemoryEndsTheYoungest) {
  const Jobs jobs("a,0,10,1,any,30000,\nb,1,10,1,any,9000,\nc,2,10,1,any,30000,\n");
  const ScenarioRun done =
      jobs.run("model: a100-40, count: 1, mode: time-slicing, replicas: 4, overcommit: true", kNoSpeed);
  EXPECT_EQ(done.run->table.state[JobId{2}], JobState::Failed);
  EXPECT_EQ(end_s(done, 2), 2);
  EXPECT_EQ(done.summary.jobs.completed, 2U);
  EXPECT_EQ(done.run->metrics.out_of_memory_jobs(), 1U);
}

TEST(GpuModes, TurnsShareTheTime) {
  // Alone for 10 s, then two in equal turns without loss: the first has 90 s left and needs 180 s.
  const Jobs jobs("a,0,100,1,,,\nb,10,1000,1,,,\n");
  const ScenarioRun done = jobs.run("model: a100-40, count: 1, mode: time-slicing, replicas: 2",
                                    "models: {sharing: {name: time-slicing, switch_loss: 0}}\n");
  EXPECT_EQ(end_s(done, 0), 190);
  EXPECT_EQ(end_s(done, 1), 1100) << "90 of 180 s, then alone";
  EXPECT_EQ(done.run->metrics.slowed_jobs(), 2U);
  EXPECT_EQ(done.summary.jobs.completed, 2U);
}

TEST(GpuModes, ASliceIsSlowerThanTheGpuAndNeighboursCostItsClock) {
  const Jobs jobs("a,0,100,1,mig-1g.6gb,,\nb,0,100,1,mig-1g.6gb,,\n");
  const std::string gpu = "model: a30, count: 1, mode: mig, layout: all-1g.6gb";
  const ScenarioRun free = jobs.run(gpu, "models: {sharing: {name: mig, coupling: 0, efficiency: 1}}\n");
  EXPECT_NEAR(end_s(free, 0), 400, 1e-6);
  const ScenarioRun coupled = jobs.run(gpu, "models: {sharing: {name: mig, coupling: 0.1, efficiency: 1}}\n");
  EXPECT_NEAR(end_s(coupled, 0), 400 * 1.05 / 1.1, 1e-6);
}

// Each gang has one of the two GPUs kept free for it and would need the other one too.
TEST(GpuModes, GpusKeptFreeForTwoGangsDoNotKeepBothOut) {
  const Jobs jobs("a,0,10,2,mig-7g.40gb,,\nb,1,5,2,mig-4g.20gb,,\nc,2,5,3,mig-3g.20gb,,\n");
  const ScenarioRun done = jobs.run(
      "model: a100-40, count: 2, mode: mig, partitioner: {name: on-demand, delay: 0s, when_full: drain}", kNoSpeed);
  EXPECT_EQ(start_s(done, 1), 10);
  EXPECT_EQ(start_s(done, 2), 15);
}

// Eight small requests behind the head are worth more than it is, but none of them can start before it.
TEST(GpuModes, NewLayoutsServeTheHeadOfAStrictQueueInTheEnd) {
  std::string rows = "head,0,10,1,mig-7g.40gb,,\n";
  for (int i = 0; i < 8; ++i) rows += "small" + std::to_string(i) + ",0,5,1,mig-1g.5gb,,\n";
  const Jobs jobs(rows);
  const ScenarioRun done = jobs.run(
      "model: a100-40, count: 1, mode: mig, layout: all-1g.5gb, partitioner: {name: optimizing, period: 10s, delay: "
      "1s}",
      "models: {sharing: none}\n", "strict");
  EXPECT_EQ(done.summary.jobs.completed, 9U);
  EXPECT_LT(start_s(done, 0), start_s(done, 1));
}

}  // namespace
}  // namespace seatrial

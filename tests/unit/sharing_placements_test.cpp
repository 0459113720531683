// interference-aware and lucid in whole runs on small clusters of shared GPUs: whom a job joins, and when it waits.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sim/text.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

// On one type of GPU "a" and a slower one "b". calm keeps 90 % beside anything, rough 30 % beside rough and halves
// calm; bomb was measured not to run beside rough.
constexpr const char* kIsolated =
    "gpu_type,model,scale_factor,steps_per_s\n"
    "a,calm,1,10\na,rough,1,10\na,bomb,1,10\nb,calm,1,5\nb,rough,1,10\nb,bomb,1,10\n";
constexpr const char* kColocated =
    "gpu_type,model_a,scale_a,model_b,scale_b,steps_per_s_a,steps_per_s_b\n"
    "a,calm,1,calm,1,9,9\na,calm,1,rough,1,5,9\na,rough,1,rough,1,3,3\na,bomb,1,rough,1,0,0\na,bomb,1,calm,1,9,9\n"
    "b,calm,1,calm,1,4.5,4.5\n";
constexpr const char* kProfiles = "model,compute,bandwidth\ncalm,0.1,0.2\nrough,0.5,0.1\nbomb,0.9,0.9\n";

struct SharedWorld {
  std::string pools;      // flow style
  std::string jobs;       // rows of submit_s,duration_s,gpus,gpu_milli,work after the header
  std::string placement;  // flow style
  std::string models = "";
  std::string sharing = "pair-table";
};

class SharingPlacements : public testing::Test {
 protected:
  ScenarioRun run(const SharedWorld& world) const {
    const TempFile jobs("job_id,submit_s,duration_s,gpus,gpu_milli,work\n" + world.jobs);
    return run_text("schema: seatrial/v1\nname: shared\ncluster: {pools: " + world.pools +
                    "}\nworkload: [{trace: {format: native, file: " + jobs.path() +
                    "}}]\nmodels: {sharing: " + world.sharing + ", isolated: " + isolated_.path() +
                    ", colocated: " + colocated_.path() + ", profiles: " + profiles_.path() + world.models +
                    "}\nscheduler: {admission: best-effort, placement: " + world.placement + "}\n");
  }
  // The node of a job, "-" if it never started, and when it started.
  static std::string place(const ScenarioRun& done, std::uint32_t job) {
    if (done.run->table.start[{job}] == kNever) return "-";
    return std::to_string(done.run->table.pieces({job}).front().node.index) + "@" +
           seconds_text(done.run->table.start[{job}].ns);
  }

 private:
  TempFile isolated_{kIsolated};
  TempFile colocated_{kColocated};
  TempFile profiles_{kProfiles};
};

const std::string kTwoGpus = "[{name: p, count: 2, gpu: {model: v100-32, count: 1}}]";
const std::string kTypeA = ", gpu_types: {v100-32: a}";

TEST_F(SharingPlacements, InterferenceAwareTakesAFreeGpuThenTheBetterPartner) {
  const SharedWorld world{kTwoGpus,
                          "r1,0,100,1,300,rough\nc1,1,100,1,300,calm\nr2,2,100,1,300,rough\nc2,3,100,1,300,calm\n",
                          "interference-aware", kTypeA};
  const ScenarioRun done = run(world);
  EXPECT_EQ(place(done, 0), "0@0");
  EXPECT_EQ(place(done, 1), "1@1") << "a free GPU costs nothing";
  EXPECT_EQ(place(done, 2), "1@2") << "beside calm 0.6 of a job is lost, beside rough 1.4";
  SharedWorld packed = world;
  packed.placement = "best-fit";
  EXPECT_EQ(place(run(packed), 2), "0@2") << "best-fit looks at room alone";
  EXPECT_LT(number(done.summary.jct_s.mean), number(run(packed).summary.jct_s.mean));
}

TEST_F(SharingPlacements, AJobWaitsRatherThanLoseMoreThanTheLimit) {
  SharedWorld world{"[{name: p, count: 1, gpu: {model: v100-32, count: 1}}]",
                    "r1,0,100,1,300,rough\nr2,1,100,1,300,rough\nc1,2,100,1,300,calm\n",
                    "{name: interference-aware, limit: 1}", kTypeA};
  const ScenarioRun done = run(world);
  EXPECT_EQ(place(done, 2), "0@2") << "0.6 of a job is lost";
  EXPECT_EQ(place(done, 1).substr(0, 2), "0@");
  EXPECT_GE(done.run->table.start[{1}].seconds(), 100) << "rough beside rough loses 1.4";
  EXPECT_EQ(done.summary.jobs.completed, 3U);
  world.placement = "interference-aware";
  EXPECT_EQ(place(run(world), 1), "0@1") << "no limit unless one is given";
}

TEST_F(SharingPlacements, PairsThatWereMeasuredNotToRunAreNeverMade) {
  const SharedWorld world{"[{name: p, count: 1, gpu: {model: v100-32, count: 1}}]",
                          "r1,0,100,1,300,rough\nb1,1,10,1,300,bomb\n", "interference-aware", kTypeA};
  EXPECT_EQ(place(run(world), 1), "0@100");
}

TEST_F(SharingPlacements, WorkGoesToTheTypeThatSuitsIt) {
  SharedWorld world{
      "[{name: b, count: 1, gpu: {model: t4, count: 1}}, {name: a, count: 1, gpu: {model: v100-32, count: 1}}]",
      "c1,0,100,1,1000,calm\nr1,1,100,1,1000,rough\n", "interference-aware",
      ", gpu_types: {v100-32: a, t4: b}, reference_gpu: a"};
  const ScenarioRun done = run(world);
  EXPECT_EQ(place(done, 0), "1@0") << "calm is twice as fast on a";
  EXPECT_EQ(place(done, 1), "0@1") << "rough does not mind";
  world.placement = "{name: interference-aware, types: 0}";
  EXPECT_EQ(place(run(world), 0), "0@0");
}

TEST_F(SharingPlacements, ADeviceThatWasRefusedIsNotTakenForAnotherScore) {
  const SharedWorld world{"[{name: p, count: 1, gpu: {model: v100-32, count: 2}}]",
                          "r1,0,100,1,600,rough\nc1,1,100,1,300,calm\nr2,2,100,1,300,rough\n",
                          "[{name: fgd, weight: 5}, {name: interference-aware, limit: 1}]", kTypeA};
  const ScenarioRun done = run(world);
  const auto device = [&](std::uint32_t job) {
    return done.run->table.devices(done.run->table.pieces({job}).front()).front();
  };
  EXPECT_NE(device(2), device(0)) << "rough beside rough was over the limit";
}

TEST_F(SharingPlacements, LucidPacksTwoOfALightClassAndNobodyElse) {
  const SharedWorld world{"[{name: p, count: 1, gpu: {model: v100-32, count: 1}}]",
                          "r1,0,100,1,200,rough\nb1,1,10,1,200,bomb\nc1,2,100,1,200,calm\nc2,3,100,1,200,calm\n",
                          "lucid", kTypeA};
  const ScenarioRun done = run(world);
  EXPECT_EQ(place(done, 2), "0@2") << "medium and tiny";
  EXPECT_GE(done.run->table.start[{1}].seconds(), 100) << "medium and jumbo";
  EXPECT_GE(done.run->table.start[{3}].seconds(), 100) << "two on the GPU already";
  EXPECT_EQ(done.summary.jobs.completed, 4U);
}

TEST_F(SharingPlacements, LucidKnowsSharersThoughNothingSlowsThemDown) {
  const SharedWorld world{"[{name: p, count: 1, gpu: {model: v100-32, count: 1}}]",
                          "c1,0,100,1,200,calm\nc2,0,100,1,200,calm\nc3,0,100,1,200,calm\n", "lucid", kTypeA, "none"};
  EXPECT_GE(run(world).run->table.start[{2}].seconds(), 100);
}

}  // namespace
}  // namespace seatrial

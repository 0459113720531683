// AlloX's matching against trying every schedule, and its order in runs: see policies/allox.h,
// policies/order_allox.cpp.
#include "policies/allox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "sim/random.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

AlloxJob on_pools(std::vector<double> run_s, std::uint32_t gpus = 1) { return {std::move(run_s), gpus}; }

// Two machines; the first job is at home on the first, the others on the second, where they queue shortest first:
// 10 + 2 + (2 + 3).
TEST(Allox, SendsEachJobWhereItServesTheMean) {
  const std::vector<AlloxJob> jobs{on_pools({10, 90}), on_pools({40, 3}), on_pools({40, 2})};
  const std::vector<AlloxGpus> gpus{{0, 0, 1}, {1, 0, 1}};
  const AlloxMatching found = allox_match(jobs, gpus);
  EXPECT_DOUBLE_EQ(found.cost_s, 17);
  EXPECT_EQ(found.turn[0].gpus, 0U);
  EXPECT_EQ(found.turn[1].gpus, 1U);
  EXPECT_EQ(found.turn[1].from_end, 1U);
  EXPECT_EQ(found.turn[2].gpus, 1U);
  EXPECT_EQ(found.turn[2].from_end, 2U);
}

TEST(Allox, WaitsForAFasterMachineWhereThatIsSooner) {
  const std::vector<AlloxGpus> gpus{{0, 20, 1}, {1, 0, 1}};
  EXPECT_EQ(allox_match(std::vector{on_pools({10, 40})}, gpus).turn[0].gpus, 0U);
  EXPECT_EQ(allox_match(std::vector{on_pools({10, 25})}, gpus).turn[0].gpus, 1U);
}

TEST(Allox, EqualGpusOfAPoolAreOneGroup) {
  const std::vector<AlloxJob> jobs{on_pools({1}), on_pools({2}), on_pools({3}), on_pools({4}), on_pools({5})};
  const std::vector<AlloxGpus> grouped{{0, 0, 2}};
  const std::vector<AlloxGpus> apart{{0, 0, 1}, {0, 0, 1}};
  // Shortest first on two machines: 1, 2, 1 + 3, 2 + 4, 4 + 5.
  EXPECT_DOUBLE_EQ(allox_match(jobs, grouped).cost_s, 22);
  EXPECT_DOUBLE_EQ(allox_match(jobs, apart).cost_s, 22);
}

TEST(Allox, AGangDelaysAsManyAsItHasGpusAndWaitsForThem) {
  const std::vector<AlloxGpus> gpus{{0, 0, 1}, {0, 7, 1}};
  EXPECT_DOUBLE_EQ(allox_free_at_s(gpus, 0, 1), 0);
  EXPECT_DOUBLE_EQ(allox_free_at_s(gpus, 0, 2), 7);
  EXPECT_TRUE(std::isinf(allox_free_at_s(gpus, 0, 3)));
  EXPECT_DOUBLE_EQ(allox_match(std::vector{on_pools({5}, 2)}, gpus).cost_s, 12);
}

// Every job on every machine in every order.
double least_sum(const std::vector<AlloxJob>& jobs, const std::vector<AlloxGpus>& gpus) {
  std::vector<std::uint32_t> order(jobs.size());
  std::iota(order.begin(), order.end(), 0U);
  double best = 1e300;
  do {
    std::vector<std::size_t> machine(jobs.size(), 0);
    while (true) {
      std::vector<double> free_at;
      for (const AlloxGpus& group : gpus) free_at.push_back(group.free_at_s);
      double sum = 0;
      for (const std::uint32_t job : order) {
        const double run_s = jobs[job].run_s[gpus[machine[job]].pool];
        free_at[machine[job]] += run_s < 0 ? 1e200 : run_s;
        sum += free_at[machine[job]];
      }
      best = std::min(best, sum);
      std::size_t digit = 0;
      while (digit < machine.size() && ++machine[digit] == gpus.size()) machine[digit++] = 0;
      if (digit == machine.size()) break;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(Allox, IsExactForJobsOfOneGpu) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed, "allox");
    std::vector<AlloxGpus> gpus;
    for (std::uint32_t i = 0; i < 1 + random.below(3); ++i) {
      const auto pool = static_cast<std::uint32_t>(i == 0 ? 0 : random.below(2));
      gpus.push_back({pool, random.bernoulli(0.5) ? 0.0 : static_cast<double>(random.below(30)), 1});
    }
    std::vector<AlloxJob> jobs;
    for (std::uint32_t i = 0; i < 1 + random.below(5); ++i) {
      const auto run = [&] { return static_cast<double>(1 + random.below(40)); };
      jobs.push_back(on_pools({run(), random.bernoulli(0.2) ? -1.0 : run()}));
    }
    EXPECT_DOUBLE_EQ(allox_match(jobs, gpus).cost_s, least_sum(jobs, gpus)) << "seed " << seed;
  }
}

// On type b `quick` is twice as fast as on type a, `slow` four times slower.
ScenarioRun run(const std::string& jobs, const std::string& order, const char* counts = "1 1") {
  const TempFile trace("job_id,submit_s,duration_s,gpus,work\n" + jobs);
  const TempFile speeds(
      "gpu_type,model,scale_factor,steps_per_s\na,quick,1,1\nb,quick,1,2\na,slow,1,4\nb,slow,1,1\n"
      "a,quick,2,1\na,slow,2,4\n");
  return run_text(std::string("schema: seatrial/v1\nname: allox\ncluster: {pools: [{name: a, count: ") + counts[0] +
                  ", gpu: {model: v100-32, count: 1}}, {name: b, count: " + counts[2] +
                  ", gpu: {model: k80, count: 1}}]}\nworkload: [{name: w, trace: {format: native, file: " +
                  trace.path() + "}}]\nmodels: {sharing: none, isolated: " + speeds.path() +
                  ", reference_gpu: a, gpu_types: {v100-32: a, k80: b}}\nscheduler: {order: " + order + "}\n");
}

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[{job}].seconds(); }
double end_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.end[{job}].seconds(); }

TEST(AlloxOrder, StartsAtOnceAndMovesNobody) {
  const ScenarioRun done = run("q,0,100,1,quick\ns,3,100,1,slow\nt,7,100,1,slow\n", "allox");
  EXPECT_EQ(end_s(done, 0), 50);
  EXPECT_EQ(start_s(done, 1), 3);
  EXPECT_EQ(start_s(done, 2), 103) << "sooner than 400 s on the free b";
  EXPECT_EQ(done.summary.preemptions, 0U);
}

TEST(AlloxOrder, TakesTheSlowGpuWhereTheQueueIsLonger) {
  const ScenarioRun done = run("a,0,1000,1,slow\nb,1,100,1,slow\n", "allox");
  EXPECT_EQ(end_s(done, 1), 401);
}

TEST(AlloxOrder, TheFractionBoundsHowManyMayPass) {
  std::string jobs = "r,0,10,1,slow\nlong,1,50,1,slow\n";
  for (int i = 0; i < 3; ++i) jobs += std::to_string(i) + ",2,5,1,slow\n";
  EXPECT_EQ(start_s(run(jobs, "allox", "1 0"), 1), 25) << "shortest first";
  EXPECT_EQ(start_s(run(jobs, "{name: allox, fraction: 0.25}", "1 0"), 1), 10) << "first of four";
}

TEST(AlloxOrder, AGangKeepsGpusUnlessOthersEndBeforeItCanStart) {
  const std::string running = "r,0,100,1,slow\n";
  const ScenarioRun done = run(running + "g,1,10,2,slow\nx,2,60,1,slow\ny,3,200,1,slow\n", "allox", "2 0");
  EXPECT_EQ(start_s(done, 1), 100);
  EXPECT_EQ(start_s(done, 2), 2);
  EXPECT_EQ(start_s(done, 3), 110);
}

TEST(AlloxOrder, MoreJobsMayRunThanOneMatchingHas) {
  std::string jobs;
  for (int i = 0; i < 6; ++i) jobs += std::to_string(i) + ",0,50,1,slow\n";
  const ScenarioRun done = run(jobs, "{name: allox, jobs: 1}", "6 0");
  for (std::uint32_t i = 0; i < 6; ++i) EXPECT_EQ(end_s(done, i), 50) << i;
}

}  // namespace
}  // namespace seatrial

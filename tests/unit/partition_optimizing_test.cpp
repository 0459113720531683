// policies/partition_optimizing.h: exact against trying everything on tiny pools, an honest gap, and size.
#include "policies/partition_optimizing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/integer_program.h"
#include "models/mig_pool.h"
#include "sim/random.h"

namespace seatrial {
namespace {

using StateId = MigGeometry::StateId;

std::vector<MigDemand> random_demand(const MigGeometry& geometry, Random& random, std::uint64_t most) {
  std::vector<MigDemand> demand;
  for (const MigProfile& profile : geometry.family().profiles) {
    MigDemand& open = demand.emplace_back();
    open.queued = static_cast<std::uint32_t>(random.below(most + 1));
    open.forecast = static_cast<std::uint32_t>(random.below(most + 1));
    open.value = static_cast<std::uint32_t>(1 + random.below(2)) * profile.compute_slices;
  }
  return demand;
}

MigGpuState random_gpu(const MigGeometry& geometry, Random& random) {
  MigGpuState gpu;
  gpu.existing = static_cast<StateId>(random.below(geometry.states()));
  const auto bits = static_cast<MigInstances>(random.below(std::uint64_t{1} << geometry.places().size()));
  gpu.busy = geometry.find(geometry.instances(gpu.existing) & bits);  // a part of a state is a state
  return gpu;
}

// The best value over every combination of states that keep what is busy.
std::int64_t best_of_all(const MigGeometry& geometry, const std::vector<MigGpuState>& gpus,
                         const std::vector<MigDemand>& demand, const OptimizeRule& rule) {
  std::vector<StateId> layouts(gpus.size(), 0);
  std::int64_t best = std::numeric_limits<std::int64_t>::min();
  for (std::size_t at = 0; at < layouts.size();) {
    bool legal = true;
    for (std::size_t gpu = 0; gpu < gpus.size(); ++gpu) {
      legal = legal && (geometry.instances(gpus[gpu].busy) & ~geometry.instances(layouts[gpu])) == 0;
    }
    if (legal) best = std::max(best, layouts_value(geometry, gpus, layouts, demand, rule));
    for (at = 0; at < layouts.size() && ++layouts[at] == geometry.states(); ++at) layouts[at] = 0;
  }
  return best;
}

void expect_consistent(const MigGeometry& geometry, const std::vector<MigGpuState>& gpus,
                       const std::vector<MigDemand>& demand, const OptimizeRule& rule,
                       const OptimizedLayouts& layouts) {
  ASSERT_EQ(layouts.existing.size(), gpus.size());
  for (std::size_t gpu = 0; gpu < gpus.size(); ++gpu) {
    EXPECT_EQ(geometry.instances(gpus[gpu].busy) & ~geometry.instances(layouts.existing[gpu]), 0U);
  }
  EXPECT_EQ(layouts.value, layouts_value(geometry, gpus, layouts.existing, demand, rule));
  EXPECT_GE(layouts.bound, layouts.value);
  EXPECT_EQ(layouts.proven, layouts.bound == layouts.value);
  EXPECT_GE(layouts.value, [&] {
    std::vector<StateId> now;
    for (const MigGpuState& gpu : gpus) now.push_back(gpu.existing);
    return layouts_value(geometry, gpus, now, demand, rule);
  }());  // never worse than leaving everything as it is
}

TEST(OptimizingPartitioner, IsExactOnTinyPools) {
  if (const std::string problem = integer_solver_problem(); !problem.empty()) GTEST_SKIP() << problem;
  const MigGeometry geometry(mig_family_without(*find_mig_family("a30"), {"1g.6gb+me", "2g.12gb+me"}));
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed, "tiny");
    std::vector<MigGpuState> gpus;
    for (int i = 0; i < 3; ++i) gpus.push_back(random_gpu(geometry, random));
    const std::vector<MigDemand> demand = random_demand(geometry, random, 5);
    const OptimizeRule rule{.change_cost_percent = seed % 2 == 0 ? 10U : 0U};
    const OptimizedLayouts layouts = optimize_layouts(geometry, gpus, demand, rule);
    expect_consistent(geometry, gpus, demand, rule, layouts);
    EXPECT_TRUE(layouts.proven) << seed;
    EXPECT_EQ(layouts.value, best_of_all(geometry, gpus, demand, rule)) << seed;
  }
}

TEST(OptimizingPartitioner, IsExactForOneA100) {
  if (const std::string problem = integer_solver_problem(); !problem.empty()) GTEST_SKIP() << problem;
  const MigGeometry geometry(*find_mig_family("a100-40"));
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed, "one");
    const std::vector<MigGpuState> gpus{random_gpu(geometry, random)};
    const std::vector<MigDemand> demand = random_demand(geometry, random, 4);
    const OptimizedLayouts layouts = optimize_layouts(geometry, gpus, demand, {});
    expect_consistent(geometry, gpus, demand, {}, layouts);
    EXPECT_EQ(layouts.value, best_of_all(geometry, gpus, demand, {})) << seed;
  }
}

TEST(OptimizingPartitioner, GreedyNeverClaimsMoreThanItHas) {
  const MigGeometry geometry(mig_family_without(*find_mig_family("a30"), {"1g.6gb+me", "2g.12gb+me"}));
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed, "greedy");
    std::vector<MigGpuState> gpus;
    for (int i = 0; i < 3; ++i) gpus.push_back(random_gpu(geometry, random));
    const std::vector<MigDemand> demand = random_demand(geometry, random, 5);
    const OptimizeRule rule{.exact = false};
    const OptimizedLayouts layouts = optimize_layouts(geometry, gpus, demand, rule);
    expect_consistent(geometry, gpus, demand, rule, layouts);
    EXPECT_EQ(layouts.method, "greedy");
    const std::int64_t best = best_of_all(geometry, gpus, demand, rule);
    EXPECT_GE(layouts.bound, best) << seed;
    EXPECT_LE(layouts.value, best) << seed;
    EXPECT_LE(static_cast<double>(best - layouts.value), layouts.gap() * static_cast<double>(layouts.bound) + 1e-6);
  }
}

// A pool as a day of requests leaves it; demand for everything.
TEST(OptimizingPartitioner, StatesASmallGapForAThousandGpus) {
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Random random(seed, "thousand");
    MigPool pool(lookahead, 1000);
    std::vector<MigInstance> held;
    for (int i = 0; i < 12'000; ++i) {
      const auto found = pool.allocate(random.below(geometry.profiles()));
      if (found) held.push_back(*found);
      if (held.size() < 2500 && found) continue;
      std::swap(held[random.below(held.size())], held.back());
      pool.release(held.back());
      held.pop_back();
    }
    std::vector<MigGpuState> gpus;
    for (std::uint32_t gpu = 0; gpu < pool.gpus(); ++gpu) gpus.push_back({pool.busy(gpu), pool.existing(gpu)});
    const std::vector<MigDemand> demand = random_demand(geometry, random, 300);
    const OptimizedLayouts greedy = optimize_layouts(geometry, gpus, demand, {.exact = false});
    expect_consistent(geometry, gpus, demand, {.exact = false}, greedy);
    EXPECT_LT(greedy.gap(), 0.03) << seed;
    if (!integer_solver_problem().empty()) continue;
    const OptimizedLayouts exact = optimize_layouts(geometry, gpus, demand, {});
    expect_consistent(geometry, gpus, demand, {}, exact);
    EXPECT_GE(exact.value, greedy.value);
    EXPECT_LE(exact.value, greedy.bound);
    EXPECT_LT(exact.gap(), 0.001) << seed;
    EXPECT_EQ(optimize_layouts(geometry, gpus, demand, {}).existing, exact.existing);  // the same again
  }
}

// The trap: two GPUs of 3g+3g would serve four; who also wants 1g must cut one of them 4g+3g or smaller.
TEST(OptimizingPartitioner, KnowsThatThreePlusThreeLeavesNothing) {
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const std::vector<MigGpuState> gpus(2);
  std::vector<MigDemand> demand(geometry.profiles());
  demand[geometry.family().find("3g.20gb").value()] = {.queued = 4, .value = 3};
  demand[geometry.family().find("1g.5gb").value()] = {.queued = 1, .value = 1};
  const OptimizedLayouts layouts = optimize_layouts(geometry, gpus, demand, {.change_cost_percent = 0});
  EXPECT_EQ(layouts.value, 1200);  // four 3g; a fifth request needs a third GPU
  EXPECT_EQ(optimize_layouts(geometry, std::vector<MigGpuState>(3), demand, {.change_cost_percent = 0}).value, 1300);
}

TEST(OptimizingPartitioner, ChangesNothingWithoutDemand) {
  const MigGeometry geometry(*find_mig_family("a100-40"));
  Random random(1, "idle");
  std::vector<MigGpuState> gpus;
  for (int i = 0; i < 20; ++i) gpus.push_back(random_gpu(geometry, random));
  const OptimizedLayouts layouts = optimize_layouts(geometry, gpus, std::vector<MigDemand>(geometry.profiles()), {});
  EXPECT_EQ(layouts.created + layouts.destroyed, 0U);
  EXPECT_TRUE(layouts.proven);
  EXPECT_EQ(layouts.gap(), 0);
  EXPECT_TRUE(optimize_layouts(geometry, {}, std::vector<MigDemand>(geometry.profiles()), {}).existing.empty());
}

TEST(IntegerProgramme, SolvesAKnapsack) {
  if (const std::string problem = integer_solver_problem(); !problem.empty()) GTEST_SKIP() << problem;
  IntegerProgram program;
  program.rows.push_back({.high = 10});
  const std::vector<std::pair<double, double>> items{{60, 5}, {50, 4}, {40, 6}, {10, 3}, {7, 1}};
  for (const auto& [value, weight] : items) {
    program.columns.push_back({value, 0, 1, true});
    program.entries.push_back({{0, weight}});
  }
  const auto solution = maximize(program, 1000);
  ASSERT_TRUE(solution.has_value());
  EXPECT_TRUE(solution->proven);
  EXPECT_NEAR(solution->bound, 117, 1e-6);
  EXPECT_NEAR(solution->values[0] + solution->values[1] + solution->values[4], 3, 1e-6);
}

TEST(IntegerProgramme, SaysWhenThereIsNoSolution) {
  IntegerProgram program;
  program.rows.push_back({.low = 3});
  program.columns.push_back({1, 0, 1, true});
  program.entries.push_back({{0, 1}});
  EXPECT_EQ(maximize(program, 1000), std::nullopt);
}

}  // namespace
}  // namespace seatrial

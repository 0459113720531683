// models/demand_bound: proofs that a cluster is too small, and that they stay silent where it is not.
#include "models/demand_bound.h"

#include <gtest/gtest.h>

#include "sim/random.h"

namespace seatrial {
namespace {

Workload jobs_of(const std::vector<std::array<std::int64_t, 3>>& rows) {  // submit s, run s, GPUs
  WorkloadBuilder builder;
  for (const auto& [submit, run, gpus] : rows) {
    JobRecord record;
    record.submit_ns = submit * kNsPerSecond;
    record.duration_ns = run * kNsPerSecond;
    record.gpus = static_cast<std::uint32_t>(gpus);
    builder.add(record);
  }
  return builder.build();
}

DemandWindows::Supply supply(std::int64_t gpus, std::size_t requests) {
  return {{gpus * 1000}, std::vector<std::vector<PoolId>>(requests, {PoolId{0}})};
}

TEST(DemandWindows, RefuteWhatCannotBeDoneInTime) {
  // Four jobs at once, each a GPU for 100 s, none may wait: four GPUs are needed.
  const Workload jobs = jobs_of({{0, 100, 1}, {0, 100, 1}, {0, 100, 1}, {0, 100, 1}});
  const DemandWindows none(jobs, {DeadlineRule::Kind::Wait, 0, 0}, false);
  EXPECT_TRUE(none.refutes(supply(3, 1)));
  EXPECT_FALSE(none.refutes(supply(4, 1)));
  // One may be late: three are enough. All may wait 100 s: two.
  EXPECT_FALSE(DemandWindows(jobs, {DeadlineRule::Kind::Wait, 0, 1}, false).refutes(supply(3, 1)));
  EXPECT_TRUE(DemandWindows(jobs, {DeadlineRule::Kind::Wait, 0, 1}, false).refutes(supply(2, 1)));
  EXPECT_FALSE(DemandWindows(jobs, {DeadlineRule::Kind::Wait, 100, 0}, false).refutes(supply(2, 1)));
  EXPECT_TRUE(DemandWindows(jobs, {DeadlineRule::Kind::Wait, 99, 0}, false).refutes(supply(2, 1)));
}

TEST(DemandWindows, SeeAPeakInsideALongTrace) {
  std::vector<std::array<std::int64_t, 3>> rows;
  for (std::int64_t i = 0; i < 20; ++i) rows.push_back({i * 10'000, 10, 1});
  for (std::int64_t i = 0; i < 20; ++i) rows.push_back({100'000, 100, 1});
  const DemandWindows windows(jobs_of(rows), {DeadlineRule::Kind::Wait, 0, 0}, false);
  EXPECT_TRUE(windows.refutes(supply(15, 1)));
  EXPECT_FALSE(windows.refutes(supply(21, 1)));
}

TEST(DemandWindows, KnowCompletionSlowdownAndLimits) {
  const Workload jobs = jobs_of({{0, 100, 2}, {0, 1000, 2}});
  EXPECT_TRUE(DemandWindows(jobs, {DeadlineRule::Kind::Completion, 500, 0}, false).hopeless());
  EXPECT_FALSE(DemandWindows(jobs, {DeadlineRule::Kind::Completion, 500, 1}, false).hopeless());
  EXPECT_TRUE(DemandWindows(jobs, {DeadlineRule::Kind::Slowdown, 0.5, 0}, false).hopeless());
  EXPECT_TRUE(DemandWindows(jobs, {DeadlineRule::Kind::Slowdown, 1, 0}, false).refutes(supply(3, 1)));
  EXPECT_FALSE(DemandWindows(jobs, {DeadlineRule::Kind::Slowdown, 1, 0}, false).refutes(supply(4, 1)));
}

TEST(DemandWindows, SeeThatAConstrainedClassHasItsOwnPool) {
  // Two requests; the second may use pool 1 alone, which is small.
  const Workload jobs = jobs_of({{0, 100, 1}, {0, 100, 2}, {0, 100, 2}});
  const DemandWindows windows(jobs, {DeadlineRule::Kind::Wait, 0, 0}, false);
  DemandWindows::Supply two{{8000, 2000}, {{PoolId{0}, PoolId{1}}, {PoolId{1}}}};
  EXPECT_TRUE(windows.refutes(two));
  two.pool_milli[1] = 4000;
  EXPECT_FALSE(windows.refutes(two));
}

// Two requests of one queue: 3 GPUs at once need a quota of 3, though the cluster has 8.
TEST(DemandWindows, RefuteAQuotaThatIsTooSmall) {
  const Workload jobs = jobs_of({{0, 100, 1}, {0, 100, 2}});
  const DemandWindows windows(jobs, {DeadlineRule::Kind::Wait, 0, 0}, false);
  DemandWindows::Supply supply{{8000}, {{PoolId{0}}, {PoolId{0}}}, {{2000, {0, 1}}}};
  EXPECT_TRUE(windows.refutes(supply));
  supply.parties[0].milli = 3000;
  EXPECT_FALSE(windows.refutes(supply));
  supply.parties = {{1000, {1}}};
  EXPECT_TRUE(windows.refutes(supply));
}

// The truth for few classes and pools: by max-flow min-cut, the least over all sets of classes of what lies outside the
// set plus the capacity of the pools that the set may use.
double by_min_cut(const std::vector<double>& demand, const std::vector<std::vector<PoolId>>& pools,
                  const std::vector<double>& capacity) {
  double least = INFINITY;
  for (std::uint32_t set = 0; set < 1U << demand.size(); ++set) {
    double cut = 0;
    std::vector<bool> used(capacity.size(), false);
    for (std::size_t c = 0; c < demand.size(); ++c) {
      if ((set >> c & 1U) == 0) cut += demand[c];
      if ((set >> c & 1U) == 0) continue;
      for (const PoolId pool : pools[c]) used[pool.index] = true;
    }
    for (std::size_t p = 0; p < capacity.size(); ++p) cut += used[p] ? capacity[p] : 0;
    least = std::min(least, cut);
  }
  return least;
}

TEST(MaxService, IsTheMinimumCut) {
  for (std::uint64_t world = 0; world < 200; ++world) {
    Random random(world, "flow");
    std::vector<double> demand(1 + random.below(5));
    std::vector<double> capacity(1 + random.below(4));
    std::vector<std::vector<PoolId>> pools(demand.size());
    for (double& d : demand) d = 1000 * random.uniform();
    for (double& c : capacity) c = 1000 * random.uniform();
    for (auto& list : pools) {
      for (std::uint32_t p = 0; p < capacity.size(); ++p) {
        if (random.bernoulli(0.5)) list.push_back({p});
      }
    }
    const double truth = by_min_cut(demand, pools, capacity);
    EXPECT_NEAR(max_service(demand, pools, capacity), truth, 1e-6 * (1 + truth)) << world;
  }
  EXPECT_EQ(max_service(std::vector<double>{0}, std::vector<std::vector<PoolId>>{{}}, std::vector<double>{5}), 0);
}

}  // namespace
}  // namespace seatrial

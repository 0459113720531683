// Plans that are kept and cut short (policies/scheduler_conservative.h) against planning every waiting job anew at
// every event (tests/support/plain_conservative.h): starts, nodes and the split of every wait must be the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tests/support/plain_conservative.h"
#include "tests/support/product.h"
#include "tests/support/random_world.h"

namespace seatrial {
namespace {

std::unique_ptr<Scheduler> plain(RunState& state, std::unique_ptr<QueueOrder> order) {
  return std::make_unique<PlainConservativeScheduler>(state, std::move(order));
}

void expect_equal_plans(const TestWorld& world) {
  const ProductResult expected = run_product(world, plain);
  const ProductResult got = run_product(world);
  for (std::size_t row = 0; row < world.jobs.size(); ++row) {
    ASSERT_TRUE(got.jobs[row] == expected.jobs[row])
        << "row " << row << " starts " << got.jobs[row].start_ns << ", planned anew " << expected.jobs[row].start_ns
        << " in " << describe(world);
    ASSERT_TRUE(got.splits[row] == expected.splits[row]) << "split of row " << row << " of " << describe(world);
  }
}

void add_tenants(TestWorld& world, Random& random) {
  const std::vector<std::string> names{"a", "b", "c"};
  world.queues_per_tenant = random.bernoulli(0.7);
  for (TestJob& job : world.jobs) job.tenant = names[random.below(names.size())];
  if (random.bernoulli(0.4)) return;
  TestPool second = world.pools[0];
  second.tenants = {"b"};
  if (random.bernoulli(0.5)) world.pools[0].tenants = {"a", "c"};
  world.pools.push_back(second);
}

void add_changes(TestWorld& world, Random& random) {
  const std::int64_t last_ns = std::max<std::int64_t>(1, world.jobs.back().submit_ns - world.jobs.front().submit_ns);
  for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
    TestChange change;
    change.at_ns = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(last_ns) * 2));
    change.pool = static_cast<std::uint32_t>(random.below(world.pools.size()));
    change.nodes = static_cast<std::uint32_t>(random.below(world.pools[change.pool].nodes + 2));
    world.changes.push_back(change);
  }
  std::sort(world.changes.begin(), world.changes.end(),
            [](const TestChange& a, const TestChange& b) { return a.at_ns < b.at_ns; });
}

TestWorld world_of(Random& random) {
  WorldShape shape;
  shape.exact = random.bernoulli(0.5);  // plans that hold, and plans that jobs ending early or late upset
  shape.counted = random.bernoulli(0.3);
  shape.max_jobs = 120;
  TestWorld world = random_world(random, shape);
  world.admission = "conservative";
  if (random.bernoulli(0.6)) world.order = "fifo";
  if (random.bernoulli(0.3)) {
    for (TestJob& job : world.jobs) job.submit_ns = world.jobs.front().submit_ns;
  }
  if (random.bernoulli(0.3)) add_tenants(world, random);
  if (random.bernoulli(0.2)) add_changes(world, random);
  return world;
}

TEST(Swarm, KeptPlansEqualPlanningAnew) {
  for (std::uint64_t seed = 1; seed <= 600 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed, "swarm kept plans");
    expect_equal_plans(world_of(random));
  }
}

// Long enough for rows that are gone to be dropped in front, and for many blocks of steps.
TEST(Swarm, LongKeptPlansEqualPlanningAnew) {
  for (const bool at_once : {true, false}) {
    Random random(7, "swarm long plans");
    TestWorld world;
    world.admission = "conservative";
    world.pools = {{1, 16, {}}};
    for (int k = 0; k < 700; ++k) {
      TestJob job;
      job.submit_ns = at_once ? 0 : k * 8 * kNsPerSecond;
      job.duration_ns = static_cast<std::int64_t>(1 + random.below(100)) * kNsPerSecond;
      job.gpus = 1U << random.below(4);
      world.jobs.push_back(job);
    }
    expect_equal_plans(world);
  }
}

}  // namespace
}  // namespace seatrial

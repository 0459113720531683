// Random worlds with random features switched on, each off half of the time: worlds of few features find more. Where
// the plain reference knows the rules, the product must agree with it job by job; elsewhere invariants must hold. A
// failure prints the seed and the world. SEATRIAL_SWARM_SEED shifts all seeds, for longer campaigns.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "sim/wide.h"
#include "tests/support/policies.h"
#include "tests/support/product.h"
#include "tests/support/random_world.h"
#include "tests/support/reference_sim.h"

namespace seatrial {
namespace {

std::uint64_t first_seed() {
  const char* text = std::getenv("SEATRIAL_SWARM_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10) * 1'000'000;
}

void for_seeds(std::uint64_t count, const char* purpose, const std::function<void(Random&)>& check) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + count; ++seed) {
    Random random(seed, purpose);
    check(random);
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << purpose << ", seed " << seed;
      return;
    }
  }
}

void expect_equal(const TestWorld& world, const WorldResult& expected, const WorldResult& got) {
  ASSERT_EQ(expected.jobs.size(), got.jobs.size());
  for (std::size_t row = 0; row < expected.jobs.size(); ++row) {
    const TestOutcome& a = expected.jobs[row];
    const TestOutcome& b = got.jobs[row];
    ASSERT_EQ(b.state, a.state) << "row " << row << " of " << describe(world);
    ASSERT_EQ(b.start_ns, a.start_ns) << "start of row " << row << " of " << describe(world);
    ASSERT_EQ(b.end_ns, a.end_ns) << "end of row " << row << " of " << describe(world);
    ASSERT_EQ(b.waited_ns, a.waited_ns) << "wait of row " << row << " of " << describe(world);
    ASSERT_EQ(b.preemptions, a.preemptions) << "row " << row << " of " << describe(world);
    std::vector<std::uint32_t> nodes = b.nodes;
    std::vector<std::uint32_t> expected_nodes = a.nodes;
    std::sort(nodes.begin(), nodes.end());
    std::sort(expected_nodes.begin(), expected_nodes.end());
    if (expected_nodes.empty()) continue;
    ASSERT_EQ(nodes, expected_nodes) << "nodes of row " << row << " of " << describe(world);
  }
}

TEST(Swarm, EqualsTheReference) {
  for_seeds(400, "swarm reference", [](Random& random) {
    const TestWorld world = random_world(random, {});
    expect_equal(world, reference_run(world), run_product(world));
  });
}

// On counted GPUs with estimates that are never too short: what an overrun does to a profile is the product's own.
TEST(Swarm, ConservativeEqualsTheReference) {
  for_seeds(200, "swarm conservative", [](Random& random) {
    WorldShape shape;
    shape.counted = true;
    shape.max_jobs = 40;
    TestWorld world = random_world(random, shape);
    world.admission = "conservative";
    for (TestJob& job : world.jobs) {
      if (job.estimate_ns >= 0) job.estimate_ns = std::max(job.estimate_ns, job.duration_ns);
    }
    expect_equal(world, reference_run(world), run_product(world));
  });
}

TEST(Swarm, PreemptionEqualsTheReference) {
  for_seeds(300, "swarm srtf", [](Random& random) {
    WorldShape shape;
    shape.counted = true;
    shape.exact = true;
    TestWorld world = random_world(random, shape);
    set_order(world, "srtf");
    expect_equal(world, reference_srtf(world), run_product(world));
  });
}

// Tenants with pools of their own: each as if it were alone.
TEST(Swarm, DedicatedPoolsAreAsIfAlone) {
  for_seeds(150, "swarm tenants", [](Random& random) {
    WorldShape shape;
    shape.max_jobs = 40;
    const std::string tenants[] = {"a", "b"};
    TestWorld alone[2] = {random_world(random, shape), random_world(random, shape)};
    TestWorld both = alone[0];
    both.queues_per_tenant = true;
    both.pools.clear();
    both.jobs.clear();
    std::vector<std::pair<std::size_t, std::size_t>> origin;  // which world, which row
    for (std::size_t which = 0; which < 2; ++which) {
      alone[which].order = both.order;
      alone[which].admission = both.admission;
      alone[which].placement = both.placement;
      alone[which].estimate = both.estimate;
      both.pools.push_back(alone[which].pools[0]);
      both.pools.back().tenants = {tenants[which]};
    }
    std::size_t next[2] = {0, 0};
    while (next[0] < alone[0].jobs.size() || next[1] < alone[1].jobs.size()) {
      std::size_t which = random.below(2);
      if (next[which] == alone[which].jobs.size()) which = 1 - which;
      both.jobs.push_back(alone[which].jobs[next[which]]);
      both.jobs.back().tenant = tenants[which];
      origin.emplace_back(which, next[which]++);
    }
    const WorldResult expected[2] = {reference_run(alone[0]), reference_run(alone[1])};
    const WorldResult got = run_product(both);
    for (std::size_t row = 0; row < origin.size(); ++row) {
      const TestOutcome& single = expected[origin[row].first].jobs[origin[row].second];
      ASSERT_EQ(got.jobs[row].state, single.state) << "row " << row << " of " << describe(both);
      ASSERT_EQ(got.jobs[row].start_ns, single.start_ns) << "row " << row << " of " << describe(both);
      ASSERT_EQ(got.jobs[row].end_ns, single.end_ns) << "row " << row << " of " << describe(both);
    }
  });
}

const char* pick(Random& random, std::initializer_list<const char*> names) {
  return names.begin()[random.below(names.size())];
}

void add_pool(TestWorld& world, Random& random) {
  TestPool pool;
  pool.nodes = static_cast<std::uint32_t>(random.below(4));
  pool.gpus = static_cast<std::uint32_t>(random.below(9));
  if (random.bernoulli(0.5)) pool.tenants = {"b"};
  world.pools.push_back(pool);
}

void add_changes(TestWorld& world, Random& random) {
  const std::int64_t span_ns = world.jobs.back().submit_ns - world.jobs.front().submit_ns + kNsPerSecond;
  for (std::uint64_t k = 1 + random.below(4); k > 0; --k) {
    TestChange change;
    change.at_ns = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span_ns) * 2));
    change.pool = static_cast<std::uint32_t>(random.below(world.pools.size()));
    change.nodes = static_cast<std::uint32_t>(random.below(7));
    world.changes.push_back(change);
  }
  std::sort(world.changes.begin(), world.changes.end(),
            [](const TestChange& a, const TestChange& b) { return a.at_ns < b.at_ns; });
}

TestWorld featured_world(Random& random) {
  WorldShape shape;
  shape.max_jobs = 60;
  TestWorld world = random_world(random, shape);
  if (random.bernoulli(0.5)) add_pool(world, random);
  if (random.bernoulli(0.5)) {
    for (TestJob& job : world.jobs) job.tenant = pick(random, {"a", "b", "c"});
    world.queues_per_tenant = random.bernoulli(0.5);
  }
  if (random.bernoulli(0.5)) add_changes(world, random);
  if (random.bernoulli(0.5)) {
    world.placement = pick(random, {"random", "fgd", "dot-product", "gpu-packing", "gpu-clustering", "openb-best-fit"});
  }
  if (random.bernoulli(0.5)) world.estimate = pick(random, {"history", "requested", "oracle"});
  if (random.bernoulli(0.5)) world.admission = pick(random, {"conservative", "easy"});
  if (random.bernoulli(0.5)) set_order(world, pick(random, {"qssf", "srtf", "srsf", "las", "tiresias", "gittins"}));
  if (world.admission != "conservative" && world.preemption == "none" && random.bernoulli(0.2)) {
    set_order(world, "multifactor");
  }
  return world;
}

void check_outcome(const TestWorld& world, const TestJob& job, const TestOutcome& got) {
  const bool ended = got.state == "completed";
  ASSERT_TRUE(ended || got.state == "rejected" || got.state == "pending" || got.state == "running") << got.state;
  ASSERT_GE(got.waited_ns, 0);
  if (got.state == "rejected") {
    ASSERT_EQ(got.start_ns, -1);
    ASSERT_TRUE(got.nodes.empty());
  }
  if (got.start_ns >= 0) {
    ASSERT_GE(got.start_ns, job.submit_ns);
  }
  if (ended) {
    ASSERT_EQ(got.end_ns - job.submit_ns, job.duration_ns + got.waited_ns);
    ASSERT_FALSE(got.nodes.empty());
  }
  if (world.changes.empty()) {
    ASSERT_TRUE(ended || got.state == "rejected") << "left " << got.state;
  }
}

// With all pools there from the start, a job sits on nodes of pools that take its tenant.
void check_tenant(const TestWorld& world, const TestJob& job, const TestOutcome& got) {
  std::vector<bool> allowed;
  for (const TestPool& pool : world.pools) {
    const bool mine =
        pool.tenants.empty() || std::find(pool.tenants.begin(), pool.tenants.end(), job.tenant) != pool.tenants.end();
    allowed.insert(allowed.end(), pool.nodes, mine);
  }
  for (const std::uint32_t node : got.nodes) {
    ASSERT_LT(node, allowed.size());
    ASSERT_TRUE(allowed[node]) << "node " << node << " is not for tenant " << job.tenant;
  }
}

TEST(Swarm, AnyFeaturesKeepTheInvariantsAndRepeat) {
  for_seeds(400, "swarm features", [](Random& random) {
    const TestWorld world = featured_world(random);
    const WorldResult got = run_product(world);
    for (std::size_t row = 0; row < world.jobs.size(); ++row) {
      check_outcome(world, world.jobs[row], got.jobs[row]);
      if (world.changes.empty()) check_tenant(world, world.jobs[row], got.jobs[row]);
      if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "row " << row << " of " << describe(world);
        return;
      }
    }
    const WorldResult again = run_product(world);
    ASSERT_TRUE(got.jobs == again.jobs) << "two runs differ: " << describe(world);
  });
}

// The generator must reach what the tests above are for.
TEST(Swarm, ReachesTheRareCases) {
  int rejected = 0;
  int wide = 0;
  int backfilled = 0;
  int preempted = 0;
  int zero = 0;
  for_seeds(300, "swarm reference", [&](Random& random) {
    TestWorld world = random_world(random, {});
    const WorldResult got = reference_run(world);
    std::int64_t last_start = 0;
    for (std::size_t row = 0; row < world.jobs.size(); ++row) {
      rejected += got.jobs[row].state == "rejected" ? 1 : 0;
      wide += got.jobs[row].nodes.size() > 1 ? 1 : 0;
      zero += world.jobs[row].duration_ns == 0 && got.jobs[row].waited_ns > 0 ? 1 : 0;
      if (got.jobs[row].start_ns < 0) continue;
      backfilled += world.admission == "easy" && world.order == "fifo" && got.jobs[row].start_ns < last_start ? 1 : 0;
      last_start = std::max(last_start, got.jobs[row].start_ns);
    }
    world.pools[0].nodes = 1;
    for (const TestOutcome& job : reference_srtf(world).jobs) preempted += static_cast<int>(job.preemptions);
  });
  EXPECT_GT(rejected, 50);
  EXPECT_GT(wide, 500);
  EXPECT_GT(backfilled, 40);
  EXPECT_GT(preempted, 500);
  EXPECT_GT(zero, 20);
}

}  // namespace
}  // namespace seatrial

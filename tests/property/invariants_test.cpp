// Identities and inequalities that hold on every sample path, whatever was drawn: no statistics, no tolerance. Most
// need one GPU (a single server) or counted GPUs (one node), because they are false on nodes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/wide.h"
#include "tests/support/policies.h"
#include "tests/support/product.h"
#include "tests/support/random_world.h"

namespace seatrial {
namespace {

// Runs a check on seeded worlds; the world is printed when it fails.
void for_worlds(std::uint64_t count, const WorldShape& shape, const std::function<void(TestWorld&, Random&)>& check) {
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    Random random(seed, "invariants");
    TestWorld world = random_world(random, shape);
    check(world, random);
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "seed " << seed << ": " << describe(world);
      return;
    }
  }
}

WorldShape single_server() {
  WorldShape shape;
  shape.counted = true;
  shape.single_gpu = true;
  shape.exact = true;
  return shape;
}

WorldShape counted_gpus() {
  WorldShape shape;
  shape.counted = true;
  shape.all_fit = true;
  shape.exact = true;
  return shape;
}

TestWorld on_one_server(TestWorld world, const std::string& order) {
  world.pools = {{1, 1, {}}};
  world.admission = "strict";
  set_order(world, order);
  return world;
}

Int128 total_time(const TestWorld& world, const WorldResult& result) {
  Int128 sum = 0;
  for (std::size_t row = 0; row < world.jobs.size(); ++row) sum += result.jobs[row].end_ns - world.jobs[row].submit_ns;
  return sum;
}

using Periods = std::vector<std::pair<std::int64_t, std::int64_t>>;

// Stretches of time in which some job is in the system.
Periods busy_periods(const TestWorld& world, const WorldResult& result) {
  Periods stays;
  for (std::size_t row = 0; row < world.jobs.size(); ++row) {
    stays.emplace_back(world.jobs[row].submit_ns, result.jobs[row].end_ns);
  }
  std::sort(stays.begin(), stays.end());
  Periods merged;
  for (const auto& [begin, end] : stays) {
    if (merged.empty() || begin > merged.back().second) {
      merged.emplace_back(begin, end);
    } else {
      merged.back().second = std::max(merged.back().second, end);
    }
  }
  return merged;
}

// Without overheads a job's time in the system is its run time and what it waited, preempted or not.
TEST(Invariants, EveryJobIsAccountedForUnderEveryOrder) {
  for_worlds(60, {}, [](TestWorld& world, Random&) {
    const std::string admission = world.admission;
    for (const std::string order :
         {"fifo", "sjf", "smallest-first", "qssf", "multifactor", "srtf", "srsf", "las", "tiresias", "gittins"}) {
      world.admission = admission;
      set_order(world, order);
      const WorldResult result = run_product(world);
      const std::uint32_t total = world.pools[0].nodes * world.pools[0].gpus;
      for (std::size_t row = 0; row < world.jobs.size(); ++row) {
        const TestJob& job = world.jobs[row];
        const TestOutcome& got = result.jobs[row];
        ASSERT_EQ(got.state, job.gpus > total ? "rejected" : "completed") << order << " row " << row;
        if (got.state == "rejected") continue;
        ASSERT_GE(got.start_ns, job.submit_ns) << order << " row " << row;
        ASSERT_EQ(got.end_ns - job.submit_ns, job.duration_ns + got.waited_ns) << order << " row " << row;
        ASSERT_EQ(got.nodes.size(), (job.gpus + world.pools[0].gpus - 1) / world.pools[0].gpus) << order;
        if (is_preemptive(order)) continue;
        ASSERT_EQ(got.waited_ns, got.start_ns - job.submit_ns) << order << " row " << row;
        ASSERT_EQ(got.preemptions, 0U) << order << " row " << row;
      }
    }
  });
}

// Little's law and the GPU-second balance on the sample path: what the facts say over time is what the jobs had.
TEST(Invariants, FactsAndJobsAgreeExactly) {
  for_worlds(60, {}, [](TestWorld& world, Random&) {
    const std::string admission = world.admission;
    for (const std::string order : {"fifo", "sjf", "multifactor", "srtf", "las", "tiresias"}) {
      world.admission = admission;
      set_order(world, order);
      const ProductResult result = run_product(world);
      Int128 held = 0;
      Int128 waited = 0;
      for (std::size_t row = 0; row < world.jobs.size(); ++row) {
        const TestJob& job = world.jobs[row];
        if (result.jobs[row].state == "completed") held += Int128{job.duration_ns} * job.gpus * 1000;
        waited += result.jobs[row].waited_ns;
        ASSERT_EQ(result.split_ns[row], result.jobs[row].waited_ns) << order << ": reasons of row " << row;
      }
      ASSERT_TRUE(result.held_milli_ns == held) << order;
      ASSERT_TRUE(result.waiting_job_ns == waited) << order;
    }
  });
}

// Used GPUs at an instant: in all, and at least so many on each node.
TEST(Invariants, NoNodeHoldsMoreThanItHas) {
  for_worlds(150, {}, [](TestWorld& world, Random&) {
    const TestPool& pool = world.pools[0];
    const WorldResult result = run_product(world);
    for (const TestOutcome& at : result.jobs) {
      if (at.start_ns < 0) continue;
      std::uint32_t used = 0;
      std::vector<std::uint32_t> by_node(pool.nodes, 0);
      for (std::size_t row = 0; row < world.jobs.size(); ++row) {
        const TestOutcome& other = result.jobs[row];
        if (other.start_ns < 0 || other.start_ns > at.start_ns || other.end_ns <= at.start_ns) continue;
        const std::uint32_t gpus = world.jobs[row].gpus;
        used += gpus;
        const std::uint32_t least = gpus % pool.gpus == 0 ? pool.gpus : gpus % pool.gpus;
        for (const std::uint32_t node : other.nodes) by_node.at(node) += other.nodes.size() == 1 ? gpus : least;
      }
      ASSERT_LE(used, pool.nodes * pool.gpus);
      for (const std::uint32_t gpus : by_node) ASSERT_LE(gpus, pool.gpus);
    }
  });
}

TEST(Invariants, BusyPeriodsOfOneServerDoNotDependOnTheOrder) {
  for_worlds(60, single_server(), [](TestWorld& world, Random&) {
    const TestWorld fifo = on_one_server(world, "fifo");
    const Periods expected = busy_periods(fifo, run_product(fifo));
    for (const std::string order : {"sjf", "qssf", "srtf", "srsf", "las", "tiresias", "gittins"}) {
      const TestWorld other = on_one_server(world, order);
      ASSERT_EQ(busy_periods(other, run_product(other)), expected) << order;
    }
  });
}

TEST(Invariants, ShortestRemainingTimeIsOptimalOnOneServer) {
  for_worlds(60, single_server(), [](TestWorld& world, Random&) {
    const TestWorld srtf = on_one_server(world, "srtf");
    const Int128 best = total_time(srtf, run_product(srtf));
    for (const std::string order : {"fifo", "sjf", "qssf", "srsf", "las", "tiresias", "gittins"}) {
      const TestWorld other = on_one_server(world, order);
      const Int128 sum = total_time(other, run_product(other));
      ASSERT_TRUE(best <= sum) << order;
      ASSERT_TRUE(order != "srsf" || best == sum);  // with one GPU per job the same rule
    }
  });
}

// The integral of unfinished work is the sum of p_j (W_j + p_j / 2) and the same for all non-preemptive orders: the
// sample-path form of Kleinrock's conservation law.
TEST(Invariants, WorkTimesWaitIsConservedOnOneServer) {
  for_worlds(100, single_server(), [](TestWorld& world, Random&) {
    const auto weighted_wait = [&](const std::string& order) {
      const TestWorld one = on_one_server(world, order);
      const WorldResult result = run_product(one);
      Int128 sum = 0;
      for (std::size_t row = 0; row < one.jobs.size(); ++row) {
        sum += Int128{one.jobs[row].duration_ns} * result.jobs[row].waited_ns;
      }
      return sum;
    };
    const Int128 fifo = weighted_wait("fifo");
    for (const std::string order : {"sjf", "smallest-first", "qssf"})
      ASSERT_TRUE(weighted_wait(order) == fifo) << order;
  });
}

TEST(Invariants, ShortestFirstMinimisesTheSumOfEndsOfABatch) {
  for_worlds(80, single_server(), [](TestWorld& world, Random&) {
    for (TestJob& job : world.jobs) job.submit_ns = 0;
    world.admission = "strict";
    set_order(world, "sjf");
    const Int128 best = total_time(world, run_product(world));
    for (const std::string order : {"fifo", "smallest-first", "qssf", "las", "tiresias"}) {
      TestWorld other = world;
      set_order(other, order);
      ASSERT_TRUE(best <= total_time(other, run_product(other))) << order;
    }
  });
}

TEST(Invariants, AdmissionAndPlacementDoNotMatterForOneGpuJobs) {
  for_worlds(80, single_server(), [](TestWorld& world, Random&) {
    world.admission = "strict";
    const WorldResult strict = run_product(world);
    for (const std::string admission : {"best-effort", "easy", "conservative"}) {
      TestWorld other = world;
      other.admission = admission;
      const WorldResult result = run_product(other);
      for (std::size_t row = 0; row < world.jobs.size(); ++row) {
        ASSERT_EQ(result.jobs[row].start_ns, strict.jobs[row].start_ns) << admission << " row " << row;
      }
    }
  });
}

// One improvement of a strict FIFO world on counted GPUs; false if it does not apply.
bool improve(TestWorld& world, Random& random) {
  const std::size_t row = random.below(world.jobs.size());
  switch (random.below(3)) {
    case 0:
      world.pools[0].gpus += 1 + static_cast<std::uint32_t>(random.below(4));
      return true;
    case 1:
      world.jobs[row].duration_ns = world.jobs[row].duration_ns * static_cast<std::int64_t>(random.below(10)) / 10;
      return true;
    default: {
      const std::int64_t before = row == 0 ? 0 : world.jobs[row - 1].submit_ns;
      world.jobs[row].submit_ns -= (world.jobs[row].submit_ns - before) / 2;
      return true;
    }
  }
}

TEST(Invariants, StrictFifoOnCountedGpusIsMonotone) {
  for_worlds(200, counted_gpus(), [](TestWorld& world, Random& random) {
    world.order = "fifo";
    world.admission = "strict";
    const WorldResult before = run_product(world);
    TestWorld better = world;
    ASSERT_TRUE(improve(better, random));
    const WorldResult after = run_product(better);
    for (std::size_t row = 0; row < world.jobs.size(); ++row) {
      ASSERT_LE(after.jobs[row].start_ns, before.jobs[row].start_ns) << "row " << row;
    }
  });
}

TEST(Invariants, StrictFifoStartsInSubmitOrder) {
  for_worlds(150, {}, [](TestWorld& world, Random&) {
    world.order = "fifo";
    world.admission = "strict";
    std::int64_t last = 0;
    for (const TestOutcome& job : run_product(world).jobs) {
      if (job.state == "rejected") continue;
      ASSERT_GE(job.start_ns, last);
      last = job.start_ns;
    }
  });
}

TEST(Invariants, BestEffortLeavesNoJobWaitingThatFits) {
  for_worlds(150, counted_gpus(), [](TestWorld& world, Random&) {
    world.admission = "best-effort";
    const WorldResult result = run_product(world);
    for (std::size_t row = 0; row < world.jobs.size(); ++row) {
      for (const std::int64_t instant : {world.jobs[row].submit_ns, result.jobs[row].end_ns}) {
        std::uint32_t used = 0;
        std::uint32_t smallest = world.pools[0].gpus + 1;
        for (std::size_t k = 0; k < world.jobs.size(); ++k) {
          const TestOutcome& other = result.jobs[k];
          if (other.start_ns <= instant && instant < other.end_ns) used += world.jobs[k].gpus;
          const bool waits = world.jobs[k].submit_ns <= instant && instant < other.start_ns;
          if (waits) smallest = std::min(smallest, world.jobs[k].gpus);
        }
        ASSERT_GT(used + smallest, world.pools[0].gpus) << "at " << instant;
      }
    }
  });
}

// With exact estimates EASY does not delay the first job that strict FIFO makes wait.
TEST(Invariants, EasyDoesNotDelayTheFirstBlockedHead) {
  for_worlds(150, counted_gpus(), [](TestWorld& world, Random&) {
    world.order = "fifo";
    world.admission = "strict";
    const WorldResult strict = run_product(world);
    world.admission = "easy";
    const WorldResult easy = run_product(world);
    for (std::size_t row = 0; row < world.jobs.size(); ++row) {
      if (strict.jobs[row].waited_ns == 0) continue;
      ASSERT_LE(easy.jobs[row].start_ns, strict.jobs[row].start_ns) << "row " << row;
      return;
    }
  });
}

// No policy knows the future: what starts before an instant does not depend on jobs submitted from then on. (gittins is
// given the distribution of all run times and is left out.)
TEST(Invariants, TheFutureDoesNotMatter) {
  for_worlds(60, {}, [](TestWorld& world, Random& random) {
    const std::int64_t cut = world.jobs[random.below(world.jobs.size())].submit_ns;
    for (const std::string order : {"fifo", "sjf", "smallest-first", "qssf", "srtf", "srsf", "las", "tiresias"}) {
      set_order(world, order);
      TestWorld head = world;
      std::erase_if(head.jobs, [&](const TestJob& job) { return job.submit_ns >= cut; });
      const WorldResult all = run_product(world);
      if (head.jobs.empty()) return;
      const WorldResult some = run_product(head);
      for (std::size_t row = 0; row < head.jobs.size(); ++row) {
        const std::int64_t with = all.jobs[row].start_ns;
        const std::int64_t without = some.jobs[row].start_ns;
        if (with >= cut && without >= cut) continue;
        ASSERT_EQ(with, without) << order << " row " << row;
      }
    }
  });
}

TEST(Invariants, TimesScaleAndShiftWithTheTrace) {
  for_worlds(60, {}, [](TestWorld& world, Random& random) {
    const std::int64_t factor = 2 + static_cast<std::int64_t>(random.below(9));
    const auto shift = static_cast<std::int64_t>(random.below(1'000'000'000'000));
    TestWorld moved = world;
    for (TestJob& job : moved.jobs) {
      job.submit_ns = job.submit_ns * factor + shift;
      job.duration_ns *= factor;
      if (job.estimate_ns >= 0) job.estimate_ns *= factor;
    }
    const WorldResult a = run_product(world);
    const WorldResult b = run_product(moved);
    for (std::size_t row = 0; row < world.jobs.size(); ++row) {
      if (a.jobs[row].start_ns < 0) continue;
      ASSERT_EQ(b.jobs[row].start_ns, a.jobs[row].start_ns * factor + shift) << "row " << row;
      ASSERT_EQ(b.jobs[row].nodes, a.jobs[row].nodes) << "row " << row;
    }
  });
}

TEST(Invariants, WorldsInWhichMoreIsWorseAreReproduced) {
  for (const Anomaly& anomaly : anomalies()) {
    for (std::size_t which = 0; which < 2; ++which) {
      TestWorld world = anomaly.world;
      if (which == 1) world.pools = {anomaly.larger};
      std::int64_t wait_ns = 0;
      std::int64_t last_end_ns = 0;
      for (const TestOutcome& job : run_product(world).jobs) {
        wait_ns += job.waited_ns;
        last_end_ns = std::max(last_end_ns, job.end_ns);
      }
      EXPECT_EQ(wait_ns, anomaly.wait_s[which] * kNsPerSecond) << anomaly.name;
      EXPECT_EQ(last_end_ns, anomaly.last_end_s[which] * kNsPerSecond) << anomaly.name;
    }
  }
}

}  // namespace
}  // namespace seatrial

// EASY on nodes, in worlds that once went wrong.
#include "policies/scheduler_easy.h"

#include <gtest/gtest.h>

#include "sim/time.h"
#include "tests/support/product.h"
#include "tests/support/reference_sim.h"

namespace seatrial {
namespace {

TestWorld world_of(std::initializer_list<TestJob> rows_s) {
  TestWorld world;
  world.jobs = rows_s;
  for (TestJob& job : world.jobs) {
    job.submit_ns *= kNsPerSecond;
    job.duration_ns *= kNsPerSecond;
  }
  world.admission = "easy";
  world.placement = "first-fit";
  return world;
}

TestJob row(std::int64_t submit_s, std::int64_t duration_s, std::uint32_t gpus) {
  TestJob job;
  job.submit_ns = submit_s;
  job.duration_ns = duration_s;
  job.gpus = gpus;
  return job;
}

// At 13 s the head (row 8) is promised node 0 from 14 s on. Row 10 would go to node 0 and delay it; row 12 takes that
// GPU for 1 s; then row 13, as wide as row 10, goes to node 1, where it delays nobody.
TEST(Easy, AStartMakesLaterJobsOfARefusedWidthWorthAsking) {
  TestWorld world =
      world_of({row(0, 2, 1), row(0, 1, 1), row(0, 13, 1), row(0, 10, 2), row(0, 19, 1), row(0, 6, 2), row(0, 5, 1),
                row(0, 16, 2), row(0, 1, 2), row(0, 6, 1), row(0, 3, 1), row(1, 1, 1), row(1, 1, 1), row(1, 2, 1)});
  world.pools = {{3, 2, {}}};
  const ProductResult got = run_product(world);
  EXPECT_EQ(got.jobs[8].start_ns, 14 * kNsPerSecond);
  EXPECT_EQ(got.jobs[13].start_ns, 13 * kNsPerSecond);
  EXPECT_TRUE(got.jobs == reference_run(world).jobs);
}

TEST(Easy, FirstBackfillOnAnEmptyPoolIsCounted) {
  TestWorld world = world_of({row(0, 10, 1), row(0, 1, 2), row(0, 1, 1)});
  world.pools = {{1, 2, {}}};
  const ProductResult got = run_product(world);
  EXPECT_EQ(got.jobs[1].start_ns, 10 * kNsPerSecond);
  EXPECT_EQ(got.jobs[2].start_ns, 0);
}

}  // namespace
}  // namespace seatrial

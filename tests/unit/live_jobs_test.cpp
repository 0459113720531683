// Rows of started jobs: used again, and never mistaken for those of another job.
#include "policies/live_jobs.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

TEST(LiveJobs, AJobThatNeverRanHasTheDefaults) {
  const LiveJobs live(3);
  EXPECT_EQ(live.run(JobId{2}).useful_from, kNever);
  EXPECT_EQ(live.run(JobId{2}).executed.ns, 0);
  EXPECT_EQ(live.owed(JobId{2}).ns, 0);
  EXPECT_FALSE(live.run(JobId{2}).job.valid());
}

TEST(LiveJobs, ARowIsKeptUntilTheEndAndThenClean) {
  LiveJobs live(3);
  JobRun& first = live.begin(JobId{0}, RequestId{5});
  first.executed = Duration{9};
  live.set_owed(JobId{0}, Duration{4});
  EXPECT_EQ(live.begin(JobId{0}, RequestId{5}).executed.ns, 9);  // it starts again after a preemption
  const std::uint32_t row = live.row(JobId{0});
  live.end(JobId{0});
  EXPECT_FALSE(live.at(row).job.valid());
  const JobRun& next = live.begin(JobId{1}, RequestId{6});
  EXPECT_EQ(live.row(JobId{1}), row);
  EXPECT_EQ(next.executed.ns, 0);
  EXPECT_EQ(live.owed(JobId{1}).ns, 0);
  EXPECT_EQ(next.request, RequestId{6});
}

TEST(LiveJobs, RandomBeginningsAndEndsNeverMixRows) {
  Random random(7, "live jobs");
  LiveJobs live(1000);
  std::map<std::uint32_t, std::int64_t> truth;  // job to a mark left in its row
  std::size_t most = 0;
  for (std::uint32_t job = 0; job < 1000; ++job) {
    live.begin(JobId{job}, RequestId{0}).executed = Duration{job * 3};
    truth[job] = job * 3;
    while (truth.size() > 20 || (!truth.empty() && random.bernoulli(0.4))) {
      const auto gone = std::next(truth.begin(), static_cast<std::ptrdiff_t>(random.below(truth.size())));
      live.end(JobId{gone->first});
      truth.erase(gone);
    }
    for (const auto& [id, mark] : truth) {
      ASSERT_EQ(live.run(JobId{id}).executed.ns, mark);
      ASSERT_EQ(live.at(live.row(JobId{id})).job, JobId{id});
      most = std::max<std::size_t>(most, live.row(JobId{id}));
    }
  }
  EXPECT_LE(most, 21U);
}

}  // namespace
}  // namespace seatrial

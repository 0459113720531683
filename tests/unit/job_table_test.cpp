// Rows of job outcomes: the split of waits in its compact form, and placements of one and of several nodes.
#include "models/job_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

constexpr JobId kJob{1};

Duration part(const JobTable& table, WaitReason reason) {
  return table.wait_split(kJob)[static_cast<std::size_t>(reason)];
}

// Adds to the split and to the wait, as the control plane does.
void wait(JobTable& table, WaitReason reason, std::int64_t ns) {
  table.add_wait(kJob, table.waited[kJob], reason, Duration{ns});
  table.waited[kJob] += Duration{ns};
}

TEST(JobTable, AJobThatDidNotWaitHasNoSplit) {
  const JobTable table(3);
  EXPECT_EQ(table.wait_split(kJob), WaitSplit{});
}

TEST(JobTable, AWaitOfOneReasonIsAllOfIt) {
  JobTable table(3);
  wait(table, WaitReason::HeadOfLine, 7);
  wait(table, WaitReason::HeadOfLine, 5);
  EXPECT_EQ(part(table, WaitReason::HeadOfLine).ns, 12);
  EXPECT_EQ(part(table, WaitReason::Capacity).ns, 0);
}

TEST(JobTable, ASecondReasonKeepsTheFirst) {
  JobTable table(3);
  wait(table, WaitReason::Capacity, 7);
  wait(table, WaitReason::Constraint, 5);
  wait(table, WaitReason::Capacity, 1);
  EXPECT_EQ(part(table, WaitReason::Capacity).ns, 8);
  EXPECT_EQ(part(table, WaitReason::Constraint).ns, 5);
  EXPECT_EQ(table.wait_split(JobId{0}), WaitSplit{});
}

TEST(JobTable, SplitsAddUpToTheWaitInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed, "job table");
    JobTable table(2);
    WaitSplit truth{};
    Duration waited{0};
    for (std::uint64_t step = random.below(6); step > 0; --step) {
      WaitSplit span{};
      Duration sum{0};
      for (std::uint64_t reasons = 1 + random.below(3); reasons > 0; --reasons) {
        const std::size_t reason = random.below(kWaitReasons);
        const Duration more{static_cast<std::int64_t>(random.below(100))};
        span[reason] += more;
        truth[reason] += more;
        sum += more;
      }
      table.add_wait(kJob, waited, span);
      waited += sum;
      table.waited[kJob] = waited;
    }
    ASSERT_EQ(table.wait_split(kJob), truth) << "seed " << seed;
  }
}

TEST(JobTable, PlacementsOfOneAndOfSeveralNodes) {
  JobTable table(3);
  EXPECT_TRUE(table.pieces(kJob).empty());
  const std::vector<Piece> one{{NodeId{4}, 1, 8, 0}};
  const std::vector<Piece> two{{NodeId{5}, 1, 8, 0}, {NodeId{6}, 1, 8, 0}};
  table.set_pieces(kJob, two);
  table.set_pieces(JobId{2}, one);
  ASSERT_EQ(table.pieces(kJob).size(), 2U);
  EXPECT_EQ(table.pieces(kJob)[1].node, NodeId{6});
  table.set_pieces(kJob, one);  // it was preempted and fits one node now
  ASSERT_EQ(table.pieces(kJob).size(), 1U);
  EXPECT_EQ(table.pieces(kJob).front().node, NodeId{4});
}

}  // namespace
}  // namespace seatrial

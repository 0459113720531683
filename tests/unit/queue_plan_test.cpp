// Rows of one queue with reservations.
#include "policies/queue_plan.h"

#include <gtest/gtest.h>

namespace seatrial {
namespace {

WaitItem item(std::uint32_t job, std::int64_t estimate_ns = 10) { return {{}, {job}, estimate_ns}; }

TEST(QueuePlan, IsKeptWhenJobsJoinBehindIt) {
  QueuePlan plan;
  EXPECT_TRUE(plan.add(item(1), 4));
  EXPECT_TRUE(plan.add(item(5), 4));
  plan.reserve(Time{10}, {0});
  EXPECT_TRUE(plan.add(item(3), 4)) << "the second has no reservation yet";
  EXPECT_EQ(plan.row(plan.next()).item.job, JobId{3});
  EXPECT_FALSE(plan.add(item(0), 4)) << "before a job with a reservation";
}

TEST(QueuePlan, HandsOutDueRowsInOrder) {
  QueuePlan plan;
  for (std::uint32_t job = 0; job < 4; ++job) ASSERT_TRUE(plan.add(item(job), 1));
  for (const std::int64_t at : {20, 10, 30, 10}) plan.reserve(Time{at}, {0});
  EXPECT_EQ(plan.first_due(), Time{10});
  EXPECT_EQ(plan.take_due(Time{10}), (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(plan.first_due(), Time{20});
  EXPECT_EQ(plan.head(), 0U);
  plan.start(0);
  plan.start(1);
  EXPECT_EQ(plan.head(), 2U);
}

TEST(QueuePlan, SkipsRowsThatWaitForCapacityToCome) {
  QueuePlan plan;
  ASSERT_TRUE(plan.add(item(0), 99));
  ASSERT_TRUE(plan.add(item(1), 1));
  plan.reserve(kNever, {0});
  EXPECT_EQ(plan.head(), QueuePlan::kNone);
  plan.reserve(Time{5}, {0});
  EXPECT_EQ(plan.head(), 1U);
}

TEST(QueuePlan, BoundsWhatIsLeft) {
  QueuePlan plan;
  for (std::uint32_t job = 0; job < 300; ++job) ASSERT_TRUE(plan.add(item(job, 1000 - job), 2 + job % 3));
  EXPECT_EQ(plan.least_of_all().gpus, 2U);
  EXPECT_EQ(plan.least_from(0).estimate_ns, 701);
  ASSERT_TRUE(plan.add(item(300, 5), 1));
  EXPECT_EQ(plan.least_from(0).estimate_ns, 5);
  EXPECT_EQ(plan.least_from(299).gpus, 1U);
}

TEST(QueuePlan, NumbersStayWhenRowsInFrontAreDropped) {
  QueuePlan plan;
  for (std::uint32_t job = 0; job < 1000; ++job) {
    ASSERT_TRUE(plan.add(item(job), 1));
    plan.reserve(Time{job}, {0});
  }
  for (std::uint32_t job = 0; job < 900; ++job) {
    const auto due = plan.take_due(Time{job});
    ASSERT_EQ(due.size(), 1U);
    ASSERT_EQ(plan.row(due[0]).item.job, JobId{job});
    plan.start(due[0]);
  }
  EXPECT_EQ(plan.row(plan.head()).item.job, JobId{900});
  plan.restart();
  EXPECT_EQ(plan.first_due(), kNever);
  EXPECT_EQ(plan.row(plan.next()).item.job, JobId{900});
}

}  // namespace
}  // namespace seatrial

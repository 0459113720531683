// Lanes of waiting jobs: which head comes first, what a failed try parks and what wakes it.
#include "policies/pending.h"

#include <gtest/gtest.h>

#include <vector>

#include "models/request_class.h"
#include "sim/random.h"

namespace seatrial {
namespace {

RequestClass class_of(std::uint32_t request, std::uint32_t gpus, std::vector<PoolId> pools = {{0}}) {
  RequestClass job_class;
  job_class.request = RequestId{request};
  job_class.gpus = gpus;
  job_class.pools = pools;
  GangShape shape;
  shape.pools = std::move(pools);
  shape.main = {.gpus = gpus, .gpu_milli = 1000};
  shape.main_pods = 1;
  job_class.shapes = {shape};
  return job_class;
}

WaitItem item(std::int64_t key, std::uint32_t job) { return {{key, 0}, JobId{job}, 0}; }

// The job at the head of the lane that is first in line; 0xffffffff if none.
std::uint32_t first_job(const Pending& pending) {
  const std::uint32_t lane = pending.first_ready();
  return lane == Pending::kNone ? Pending::kNone : pending.lane(lane).items.front().job.index;
}

TEST(Pending, LanesCompeteByTheirHeads) {
  Pending pending(1, false);
  EXPECT_EQ(pending.first_ready(), Pending::kNone);
  const RequestClass one = class_of(0, 1);
  const RequestClass two = class_of(1, 2);
  pending.push(0, one, item(0, 3));
  pending.push(0, two, item(0, 1));
  pending.push(0, one, item(0, 5));
  EXPECT_EQ(pending.lanes(), 2U);
  EXPECT_EQ(pending.jobs(), 3U);
  EXPECT_EQ(first_job(pending), 1U);
  pending.pop_front(pending.first_ready());
  EXPECT_EQ(first_job(pending), 3U);
  pending.erase(0, one.request, item(0, 3));
  EXPECT_EQ(first_job(pending), 5U);
  pending.pop_front(pending.first_ready());
  EXPECT_EQ(pending.first_ready(), Pending::kNone);
  EXPECT_EQ(pending.jobs(), 0U);
}

TEST(Pending, ParkedLanesStepAsideUntilEnoughIsFreedInOneOfTheirPools) {
  Pending pending(2, false);
  const RequestClass four = class_of(0, 4, {{0}, {1}});
  const RequestClass one = class_of(1, 1, {{1}});
  pending.push(0, four, item(0, 0));
  pending.push(0, one, item(0, 1));
  pending.park(pending.first_ready(), four);
  EXPECT_EQ(first_job(pending), 1U);
  pending.park(pending.first_ready(), one);
  EXPECT_EQ(pending.first_ready(), Pending::kNone);
  pending.wake({0}, 3);
  EXPECT_EQ(pending.first_ready(), Pending::kNone) << "three free GPUs do not help";
  pending.wake({1}, 3);
  EXPECT_EQ(first_job(pending), 1U) << "only the small one";
  pending.wake({0}, 4);
  EXPECT_EQ(first_job(pending), 0U);
}

TEST(Pending, ArrivalsDoNotWakeALaneOfEqualJobs) {
  Pending pending(1, false);
  const RequestClass four = class_of(0, 4);
  pending.push(0, four, item(5, 0));
  pending.park(pending.first_ready(), four);
  pending.push(0, four, item(1, 1));
  EXPECT_EQ(pending.first_ready(), Pending::kNone);
  pending.wake_all();
  EXPECT_EQ(first_job(pending), 1U);
}

TEST(Pending, AStrictQueueIsOneLaneAndANewHeadIsAnotherQuestion) {
  Pending pending(1, true);
  const RequestClass four = class_of(0, 4);
  const RequestClass one = class_of(1, 1);
  pending.push(0, four, item(5, 0));
  pending.park(pending.first_ready(), four);
  pending.push(0, one, item(6, 1));
  EXPECT_EQ(pending.lanes(), 1U);
  EXPECT_EQ(pending.first_ready(), Pending::kNone) << "behind the head";
  pending.push(0, one, item(4, 2));
  EXPECT_EQ(first_job(pending), 2U);
  pending.park(pending.first_ready(), one);
  pending.erase(0, one.request, item(4, 2));
  EXPECT_EQ(first_job(pending), 0U) << "the head left: the next one is asked";
}

TEST(Pending, QueuesHaveLanesOfTheirOwn) {
  Pending pending(1, true);
  const RequestClass one = class_of(0, 1);
  pending.push(0, one, item(0, 0));
  pending.push(2, one, item(0, 1));
  EXPECT_EQ(pending.queues(), 3U);
  EXPECT_EQ(pending.lanes_of(0).size(), 1U);
  EXPECT_TRUE(pending.lanes_of(1).empty());
  EXPECT_TRUE(pending.lanes_of(9).empty());
  pending.park(pending.first_ready(), one);
  EXPECT_EQ(first_job(pending), 1U);
}

TEST(Pending, ClassesThatAskForCpuWakeOnAnyRelease) {
  Pending pending(1, false);
  RequestClass eight = class_of(0, 8);
  eight.needs_cpu = true;
  pending.push(0, eight, item(0, 0));
  pending.park(pending.first_ready(), eight);
  pending.wake({0}, 0);
  EXPECT_EQ(first_job(pending), 0U);
}

TEST(Pending, TheRemainderOfAGangWakesItToo) {
  Pending pending(1, false);
  RequestClass ten = class_of(0, 8);
  ten.shapes[0].rest = {.gpus = 2, .gpu_milli = 1000};
  ten.shapes[0].rest_pods = 1;
  pending.push(0, ten, item(0, 0));
  pending.park(pending.first_ready(), ten);
  pending.wake({0}, 1);
  EXPECT_EQ(pending.first_ready(), Pending::kNone);
  pending.wake({0}, 2);
  EXPECT_EQ(first_job(pending), 0U);
}

// Random pushes, pops, parkings and wakings against a scan over all waiting jobs.
TEST(Pending, FirstReadyEqualsAScan) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed, "pending");
    Pending pending(1, false);
    std::vector<RequestClass> classes;
    for (std::uint32_t r = 0; r < 12; ++r) classes.push_back(class_of(r, 1 + r % 4));
    struct Row {
      WaitItem waiting;
      std::uint32_t request;
    };
    std::vector<Row> rows;
    std::vector<bool> parked(classes.size(), false);
    const auto first = [&] {
      const Row* best = nullptr;
      for (const Row& row : rows) {
        if (!parked[row.request] && (best == nullptr || row.waiting.before(best->waiting))) best = &row;
      }
      return best;
    };
    for (std::uint32_t step = 0; step < 800; ++step) {
      const Row* best = first();
      ASSERT_EQ(first_job(pending), best == nullptr ? Pending::kNone : best->waiting.job.index) << seed << " " << step;
      if (random.bernoulli(0.5) || rows.empty()) {
        const auto request = static_cast<std::uint32_t>(random.below(classes.size()));
        const Row row{item(static_cast<std::int64_t>(random.below(20)), step), request};
        pending.push(0, classes[request], row.waiting);
        rows.push_back(row);
      } else if (best != nullptr && random.bernoulli(0.5)) {
        const std::uint32_t request = best->request;
        pending.park(pending.first_ready(), classes[request]);
        parked[request] = true;
      } else if (best != nullptr) {
        rows.erase(rows.begin() + (best - rows.data()));
        pending.pop_front(pending.first_ready());
      } else {
        const auto free = 1 + static_cast<std::uint32_t>(random.below(4));
        pending.wake({0}, free);
        for (std::size_t r = 0; r < classes.size(); ++r) parked[r] = parked[r] && classes[r].gpus > free;
      }
      ASSERT_EQ(pending.jobs(), rows.size());
    }
  }
}

}  // namespace
}  // namespace seatrial

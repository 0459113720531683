// Waiting jobs in service order, against a sorted vector that is searched from end to end.
#include "policies/wait_lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

WaitItem item(std::int64_t key, std::uint32_t job, std::int64_t estimate_ns = 0) {
  return {{key, 0}, JobId{job}, estimate_ns};
}

std::vector<std::uint32_t> jobs_of(const WaitLane& lane) {
  std::vector<std::uint32_t> jobs;
  lane.visit([&](const WaitItem& each) {
    jobs.push_back(each.job.index);
    return true;
  });
  return jobs;
}

TEST(WaitLane, ServesByKeyThenByJob) {
  WaitLane lane;
  EXPECT_TRUE(lane.empty());
  for (const WaitItem& each : {item(5, 0), item(3, 1), item(5, 2), item(3, 3), item(4, 4)}) lane.push(each);
  EXPECT_EQ(jobs_of(lane), (std::vector<std::uint32_t>{1, 3, 4, 0, 2}));
  EXPECT_EQ(lane.front().job.index, 1U);
  lane.pop_front();
  lane.erase(item(5, 0));
  EXPECT_EQ(jobs_of(lane), (std::vector<std::uint32_t>{3, 4, 2}));
  EXPECT_EQ(lane.size(), 3U);
}

TEST(WaitLane, SecondPartOfTheKeyDecidesBeforeTheJob) {
  WaitLane lane;
  lane.push({{1, 9}, JobId{0}, 0});
  lane.push({{1, 2}, JobId{1}, 0});
  EXPECT_EQ(lane.front().job.index, 1U);
}

TEST(WaitLane, FindsTheFirstShortEnoughAndTheNextBehind) {
  WaitLane lane;
  lane.push(item(1, 0, 50));
  lane.push(item(2, 1, 20));
  lane.push(item(3, 2, 30));
  ASSERT_NE(lane.first_within(30), nullptr);
  EXPECT_EQ(lane.first_within(30)->job.index, 1U);
  EXPECT_EQ(lane.first_within(19), nullptr);
  EXPECT_EQ(lane.first_within(50)->job.index, 0U);
  EXPECT_EQ(lane.min_estimate(), 20);
  lane.erase(item(2, 1));
  EXPECT_EQ(lane.min_estimate(), 30);
  EXPECT_EQ(lane.first_after(item(1, 0))->job.index, 2U);
  EXPECT_EQ(lane.first_after(item(2, 7))->job.index, 2U) << "the item itself need not be here";
  EXPECT_EQ(lane.first_after(item(3, 2)), nullptr);
}

TEST(WaitLane, CursorWalksInServiceOrder) {
  WaitLane lane;
  EXPECT_EQ(lane.at(lane.begin()), nullptr);
  for (std::uint32_t j = 0; j < 1000; ++j) lane.push(item(1000 - static_cast<std::int64_t>(j), j));
  for (int k = 0; k < 300; ++k) lane.pop_front();
  std::vector<std::uint32_t> walked;
  for (auto at = lane.begin(); lane.at(at) != nullptr; lane.advance(at)) walked.push_back(lane.at(at)->job.index);
  EXPECT_EQ(walked, jobs_of(lane));
  EXPECT_EQ(walked.size(), 700U);
}

TEST(WaitLane, VisitStopsWhenTold) {
  WaitLane lane;
  for (std::uint32_t j = 0; j < 600; ++j) lane.push(item(0, j));
  int seen = 0;
  lane.visit([&](const WaitItem&) { return ++seen < 300; });
  EXPECT_EQ(seen, 300);
}

// The truth: a vector, kept sorted, searched from the front.
class PlainLane {
 public:
  void push(const WaitItem& each) {
    items.push_back(each);
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.before(b); });
  }
  [[nodiscard]] const WaitItem* first_within(std::int64_t limit_ns) const {
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const auto& i) { return i.estimate_ns <= limit_ns; });
    return found == items.end() ? nullptr : &*found;
  }
  [[nodiscard]] const WaitItem* first_after(const WaitItem& other) const {
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& i) { return other.before(i); });
    return found == items.end() ? nullptr : &*found;
  }
  [[nodiscard]] std::int64_t min_estimate() const {
    std::int64_t least = INT64_MAX;
    for (const WaitItem& each : items) least = std::min(least, each.estimate_ns);
    return least;
  }
  std::vector<WaitItem> items;
};

void expect_same(const WaitItem* got, const WaitItem* expected) {
  ASSERT_EQ(got == nullptr, expected == nullptr);
  if (got != nullptr) {
    EXPECT_EQ(got->job, expected->job);
  }
}

void expect_same_answers(const WaitLane& lane, const PlainLane& plain, Random& random) {
  ASSERT_EQ(lane.size(), plain.items.size());
  if (!plain.items.empty()) {
    ASSERT_EQ(lane.front().job, plain.items.front().job);
  }
  const auto limit = static_cast<std::int64_t>(random.below(1000));
  expect_same(lane.first_within(limit), plain.first_within(limit));
  expect_same(lane.first_within(limit / 100), plain.first_within(limit / 100));
  const WaitItem other =
      item(static_cast<std::int64_t>(random.below(50)), static_cast<std::uint32_t>(random.below(3000)));
  expect_same(lane.first_after(other), plain.first_after(other));
  EXPECT_EQ(lane.min_estimate(), plain.min_estimate());
}

TEST(WaitLane, EqualsASortedVector) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed, "wait lane");
    WaitLane lane;
    PlainLane plain;
    const double grow = seed % 2 == 0 ? 0.75 : 0.5;
    for (std::uint32_t step = 0; step < 1500; ++step) {
      if (plain.items.empty() || random.bernoulli(grow)) {
        const auto key = static_cast<std::int64_t>(seed < 3 ? step : random.below(50));
        const WaitItem fresh = item(key, step, static_cast<std::int64_t>(random.below(1000)));
        lane.push(fresh);
        plain.push(fresh);
      } else if (random.bernoulli(0.6)) {
        lane.pop_front();
        plain.items.erase(plain.items.begin());
      } else {
        const std::size_t at = random.below(plain.items.size());
        lane.erase(plain.items[at]);
        plain.items.erase(plain.items.begin() + static_cast<std::ptrdiff_t>(at));
      }
      expect_same_answers(lane, plain, random);
      if (HasFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace seatrial

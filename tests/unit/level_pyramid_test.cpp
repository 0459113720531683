// Bands of the report's charts against a plain count, and their limit.
#include "reports/level_pyramid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace seatrial {
namespace {

Fact fact(std::int64_t at_s, FactKind kind, std::int64_t milli = 0) {
  Fact out;
  out.at = Time{at_s * kNsPerSecond};
  out.kind = kind;
  out.milli = milli;
  return out;
}

void add_job(std::vector<Fact>& facts, std::int64_t submit_s, std::int64_t start_s, std::int64_t end_s) {
  facts.push_back(fact(submit_s, FactKind::Submitted, 2000));
  facts.push_back(fact(start_s, FactKind::Started));
  facts.push_back(fact(start_s, FactKind::Bound, 2000));
  facts.push_back(fact(end_s, FactKind::Released, 2000));
  facts.push_back(fact(end_s, FactKind::Completed));
}

LevelPyramid of(std::vector<Fact> facts, std::int64_t end_s) {
  std::stable_sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) { return a.at < b.at; });
  LevelPyramid pyramid;
  pyramid.observe(facts);
  pyramid.finish(Time{end_s * kNsPerSecond});
  return pyramid;
}

TEST(LevelPyramid, KeepsSmallestMeanAndLargestOfEachSecond) {
  std::vector<Fact> facts;
  add_job(facts, -1, 1, 3);
  add_job(facts, 0, 1, 4);
  const LevelPyramid pyramid = of(facts, 4);
  ASSERT_EQ(pyramid.rows().size(), 5U);
  EXPECT_EQ(pyramid.step().ns, kNsPerSecond);
  const double waiting[] = {1, 2, 0, 0, 0};
  const double held[] = {0, 0, 4000, 4000, 2000};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_DOUBLE_EQ(pyramid.mean(i, LevelPyramid::WaitingJobs), waiting[i]) << i;
    EXPECT_DOUBLE_EQ(pyramid.mean(i, LevelPyramid::HeldMilli), held[i]) << i;
  }
  EXPECT_EQ(pyramid.rows()[2][LevelPyramid::WaitingMilli].high, 4000) << "as it was when the second began";
  EXPECT_EQ(pyramid.rows()[2][LevelPyramid::WaitingMilli].low, 0);
}

TEST(LevelPyramid, HalvesWhatIsTooMuchAndKeepsExtremesAndSums) {
  std::vector<Fact> facts;
  for (std::int64_t i = 0; i < 4000; ++i) add_job(facts, 7 * i, 7 * i + i % 50, 7 * i + i % 50 + 1 + i % 90);
  const std::int64_t end_s = 7 * 4000 + 200;
  const LevelPyramid pyramid = of(facts, end_s);
  EXPECT_LE(pyramid.rows().size(), LevelPyramid::kMost);
  EXPECT_GT(pyramid.rows().size(), LevelPyramid::kMost / 4);
  const std::int64_t step_s = pyramid.step().ns / kNsPerSecond;
  double waited_s = 0;
  for (std::size_t row = 0; row < pyramid.rows().size(); ++row) {
    const std::int64_t begin_s = static_cast<std::int64_t>(row) * step_s;
    std::int64_t low = INT64_MAX, high = 0;
    for (std::int64_t at = begin_s; at < std::min(end_s, begin_s + step_s); ++at) {
      std::int64_t running = 0;
      for (std::int64_t i = std::max<std::int64_t>(0, at / 7 - 30); i <= std::min<std::int64_t>(3999, at / 7); ++i) {
        running += 7 * i + i % 50 <= at && at < 7 * i + i % 50 + 1 + i % 90 ? 1 : 0;
      }
      low = std::min(low, running);
      high = std::max(high, running);
    }
    const LevelPyramid::Cell& cell = pyramid.rows()[row][LevelPyramid::RunningJobs];
    EXPECT_LE(cell.low, low) << row;
    EXPECT_GE(cell.high, high) << row;
    EXPECT_LE(cell.high, high + 2) << row << ": within an instant more may run than at its end";
    waited_s += pyramid.rows()[row][LevelPyramid::WaitingJobs].sum / 1e9;
  }
  double expected_s = 0;
  for (std::int64_t i = 0; i < 4000; ++i) expected_s += static_cast<double>(i % 50);
  EXPECT_NEAR(waited_s, expected_s, 1e-6 * expected_s);
}

TEST(LevelPyramid, HasNoRowsWithoutFactsAndOneForAnInstant) {
  EXPECT_TRUE(of({}, 5).rows().empty());
  std::vector<Fact> facts;
  add_job(facts, 3, 3, 3);
  const LevelPyramid pyramid = of(facts, 3);
  ASSERT_EQ(pyramid.rows().size(), 1U);
  EXPECT_DOUBLE_EQ(pyramid.mean(0, LevelPyramid::RunningJobs), 1);
}

}  // namespace
}  // namespace seatrial

// Running jobs by expected end, against a plain sorted list.
#include "policies/end_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

EndItem item(std::int64_t end_ns, std::uint32_t job, std::uint32_t gpus) { return {Time{end_ns}, JobId{job}, gpus}; }

TEST(EndList, SaysWhenGpusWillHaveBeenReleased) {
  EndList ends;
  EXPECT_TRUE(ends.empty());
  EXPECT_EQ(ends.when_released(1, Time{0}).at, kNever);
  ends.insert(item(30, 0, 4));
  ends.insert(item(10, 1, 1));
  ends.insert(item(20, 2, 2));
  ends.insert(item(20, 3, 3));
  EXPECT_EQ(ends.when_released(1, Time{0}).at, Time{10});
  EXPECT_EQ(ends.when_released(2, Time{0}).at, Time{20});
  EXPECT_EQ(ends.when_released(2, Time{0}).gpus, 6U) << "everything that is released at that instant counts";
  EXPECT_EQ(ends.when_released(7, Time{0}).at, Time{30});
  EXPECT_EQ(ends.when_released(7, Time{0}).gpus, 10U);
  EXPECT_EQ(ends.when_released(11, Time{0}).at, kNever);
}

TEST(EndList, OverdueJobsCountAsEndingNow) {
  EndList ends;
  ends.insert(item(10, 0, 2));
  ends.insert(item(15, 1, 2));
  ends.insert(item(40, 2, 2));
  EXPECT_EQ(ends.when_released(1, Time{20}).at, Time{20});
  EXPECT_EQ(ends.when_released(1, Time{20}).gpus, 4U);
  EXPECT_EQ(ends.when_released(5, Time{20}).at, Time{40});
}

EndList::Instant plain_answer(std::vector<EndItem> items, std::uint64_t wanted, Time now) {
  for (EndItem& each : items) each.end = std::max(each.end, now);
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.before(b); });
  EndList::Instant answer;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    sum += items[i].gpus;
    const bool last_of_instant = i + 1 == items.size() || items[i + 1].end != items[i].end;
    if (sum >= wanted && last_of_instant) return {items[i].end, sum};
  }
  return answer;
}

TEST(EndList, EqualsASortedVector) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed, "end list");
    EndList ends;
    std::vector<EndItem> plain;
    for (std::uint32_t step = 0; step < 2000; ++step) {
      if (plain.empty() || random.bernoulli(0.6)) {
        const EndItem fresh =
            item(static_cast<std::int64_t>(random.below(400)), step, 1 + static_cast<std::uint32_t>(random.below(8)));
        ends.insert(fresh);
        plain.push_back(fresh);
      } else {
        const std::size_t at = random.below(plain.size());
        ends.erase(plain[at]);
        plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at));
      }
      const Time now{static_cast<std::int64_t>(random.below(400))};
      const std::uint64_t wanted = 1 + random.below(1000);
      const EndList::Instant got = ends.when_released(wanted, now);
      const EndList::Instant expected = plain_answer(plain, wanted, now);
      ASSERT_EQ(got.at, expected.at) << "seed " << seed << ", step " << step;
      if (got.at != kNever) {
        ASSERT_EQ(got.gpus, expected.gpus) << "seed " << seed << ", step " << step;
      }
    }
    std::sort(plain.begin(), plain.end(), [](const auto& a, const auto& b) { return a.before(b); });
    std::size_t at = 0;
    ends.visit([&](const EndItem& each) {
      EXPECT_EQ(each.job, plain.at(at).job);
      ++at;
      return true;
    });
    EXPECT_EQ(at, plain.size());
  }
}

}  // namespace
}  // namespace seatrial

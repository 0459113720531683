// Volcano's plugins: scores, shares, victims; and that what is deserved keeps its bounds.
#include "policies/volcano.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/random.h"

namespace seatrial::volcano {
namespace {

TEST(VolcanoBinpack, AveragesWhatIsWeighted) {
  const BinpackWeights weights{2, {{"cpu", 1}, {"gpu", 3}}};
  EXPECT_DOUBLE_EQ(
      binpack_score(weights, {{"cpu", 1}, {"gpu", 2}, {"foo", 9}}, {{"cpu", 4}, {"gpu", 8}}, {{"cpu", 1}, {"gpu", 4}}),
      200 * (0.5 + 3 * 0.75) / 4);
  EXPECT_DOUBLE_EQ(binpack_score(weights, {{"cpu", 1}, {"gpu", 2}}, {{"cpu", 4}}, {}), 200 * 0.25 / 4);
  EXPECT_EQ(binpack_score(weights, {{"cpu", 4}}, {{"cpu", 4}}, {{"cpu", 1}}), 0);
  EXPECT_DOUBLE_EQ(binpack_score(weights, {{"cpu", 4}, {"gpu", 0}}, {{"cpu", 4}}, {}), 200);
  EXPECT_EQ(binpack_score(weights, {{"foo", 4}}, {{"foo", 4}}, {}), 0);
}

TEST(VolcanoProportion, HandsOnWhatOthersDoNotWant) {
  const Amounts total = {{"gpu", 12}};
  const std::vector<Queue> queues = {{1, {{"gpu", 2}}, {}, {}}, {1, {{"gpu", 20}}, {}, {}}, {3, {{"gpu", 20}}, {}, {}}};
  const auto deserved = proportion_deserved(total, queues);
  EXPECT_DOUBLE_EQ(deserved[0].at("gpu"), 2);
  EXPECT_NEAR(deserved[1].at("gpu"), 2.5, 1e-9);  // 2.4, then 0.4 shared 1 : 3
  EXPECT_NEAR(deserved[2].at("gpu"), 7.5, 1e-9);
}

TEST(VolcanoProportion, KeepsGuaranteesOutOfOthersReach) {
  const Amounts total = {{"gpu", 10}};
  const std::vector<Queue> queues = {{1, {{"gpu", 2}}, {}, {{"gpu", 8}}}, {9, {{"gpu", 10}}, {}, {}}};
  const auto deserved = proportion_deserved(total, queues);
  EXPECT_DOUBLE_EQ(deserved[0].at("gpu"), 8);  // although it asks for less
  EXPECT_DOUBLE_EQ(deserved[1].at("gpu"), 2);
}

// Guarantees are added on top in the round in which they lift a queue, as in Volcano itself.
TEST(VolcanoProportion, GivesNoMoreThanThereIsAndIsGuaranteed) {
  Random random(9, "volcano");
  for (int round = 0; round < 500; ++round) {
    const Amounts total = {{"cpu", 64000}, {"gpu", 16}};
    std::vector<Queue> queues;
    for (std::uint64_t i = 1 + random.below(5); i > 0; --i) {
      Queue& queue = queues.emplace_back();
      queue.weight = static_cast<double>(1 + random.below(4));
      queue.request = {{"cpu", static_cast<double>(random.below(80'000))},
                       {"gpu", static_cast<double>(random.below(20))}};
      if (random.below(3) == 0) queue.capability = Amounts{{"gpu", static_cast<double>(random.below(10))}};
      if (random.below(3) == 0) queue.guarantee = {{"gpu", static_cast<double>(random.below(3))}};
    }
    const auto deserved = proportion_deserved(total, queues);
    for (const auto& [name, all] : total) {
      double sum = 0;
      double guaranteed = 0;
      bool wants_more = false;
      for (std::size_t i = 0; i < queues.size(); ++i) {
        const double mine = deserved[i].at(name);
        const double guarantee = queues[i].guarantee.contains(name) ? queues[i].guarantee.at(name) : 0;
        EXPECT_GE(mine, guarantee);
        guaranteed += guarantee;
        EXPECT_LE(mine, std::max(queues[i].request.at(name), guarantee));
        const bool limited = queues[i].capability && queues[i].capability->contains(name);
        EXPECT_LE(mine, limited ? std::max(queues[i].capability->at(name), guarantee) : all);
        wants_more = wants_more || (!limited && mine < queues[i].request.at(name) * (1 - 1e-9));
        sum += mine;
      }
      EXPECT_LE(sum, all * (1 + 1e-9) + guaranteed);
      EXPECT_TRUE(!wants_more || name == "gpu" || sum > all * (1 - 1e-9)) << round;
    }
  }
}

TEST(VolcanoProportion, EndsForUnequalWeights) {
  const Amounts total = {{"cpu", 1000}, {"gpu", 8}};
  const std::vector<Queue> queues = {{1e-6, {{"cpu", 1000}}, {}, {}}, {1e6, {{"gpu", 100}}, {}, {}}};
  const auto deserved = proportion_deserved(total, queues);
  EXPECT_NEAR(deserved[0].at("cpu"), 1000, 1e-6);
  EXPECT_NEAR(deserved[1].at("gpu"), 8, 1e-6);
  EXPECT_TRUE(proportion_deserved(total, {}).empty());
}

TEST(VolcanoDrf, TakesVictimsWhileTheirJobStaysAhead) {
  const Amounts total = {{"gpu", 16}, {"cpu", 100}};
  const std::vector<Preemptee> two_jobs = {
      {"a", {{"gpu", 2}}}, {"b", {{"gpu", 2}}}, {"a", {{"gpu", 2}}}, {"b", {{"gpu", 1}}}};
  EXPECT_EQ(drf_victims(total, {{"gpu", 3}}, {{"a", {{"gpu", 6}}}, {"b", {{"gpu", 4}}}}, two_jobs),
            (std::vector<std::size_t>{0}));
  EXPECT_EQ(drf_victims(total, {{"gpu", 2}}, {{"a", {{"gpu", 6}}}, {"b", {{"gpu", 4}}}}, two_jobs),
            (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_DOUBLE_EQ(dominant_share({{"cpu", 30}, {"gpu", 4}}, total), 0.3);
  EXPECT_EQ(dominant_share({{"gpu", 1}}, {{"gpu", 0}}), 1);
  EXPECT_EQ(dominant_share({}, {{"gpu", 0}}), 0);
}

}  // namespace
}  // namespace seatrial::volcano

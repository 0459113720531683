// KAI's division: what is deserved, weights, history, last units; bounds and independence of the order at random.
#include "policies/kai_division.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

KaiQueue queue(const std::string& name, double weight, double request, double deserved = 0) {
  KaiQueue queue;
  queue.name = name;
  queue.weight = weight;
  queue.request = request;
  queue.deserved = deserved;
  return queue;
}

double divide(std::vector<KaiQueue>& queues, double total, double k = 0) {
  return divide_over_quota(queues, divide_deserved(queues, total), k);
}

std::vector<double> shares(const std::vector<KaiQueue>& queues) {
  std::vector<double> shares;
  for (const KaiQueue& each : queues) shares.push_back(each.fair_share);
  return shares;
}

using Shares = std::vector<double>;

TEST(KaiDivision, GivesWhatIsDeservedEvenBeyondTheTotal) {
  std::vector<KaiQueue> queues = {queue("a", 1, 9, 8), queue("b", 1, 9, 8)};
  EXPECT_EQ(divide(queues, 10), 0);
  EXPECT_EQ(shares(queues), (Shares{8, 8}));
  queues = {queue("a", 1, 9), queue("b", 1, 9)};
  queues[0].deserved.reset();
  queues[1].max_allowed = 3;
  EXPECT_EQ(divide(queues, 20), 8);
  EXPECT_EQ(shares(queues), (Shares{9, 3}));
}

TEST(KaiDivision, DividesTheRestByWeight) {
  std::vector<KaiQueue> queues = {queue("a", 1, 100, 2), queue("b", 3, 100, 2), queue("c", 0, 100, 2)};
  EXPECT_EQ(divide(queues, 14), 0);
  EXPECT_EQ(shares(queues), (Shares{4, 8, 2}));
  queues = {queue("a", 1, 1), queue("b", 1, 100), queue("c", 1, 100)};  // what a leaves goes round again
  EXPECT_EQ(divide(queues, 9), 0);
  EXPECT_EQ(shares(queues), (Shares{1, 4, 4}));
}

TEST(KaiDivision, HandsTheLastUnitsToTheLargestFraction) {
  std::vector<KaiQueue> queues = {queue("a", 1, 9), queue("b", 1, 9), queue("c", 2, 9)};
  EXPECT_EQ(divide(queues, 7), 0);  // 1.75, 1.75, 3.5
  EXPECT_EQ(shares(queues), (Shares{2, 2, 3}));
  queues = {queue("b", 1, 9), queue("a", 1, 9), queue("c", 1, 9)};
  queues[2].created = -1;
  EXPECT_EQ(divide(queues, 5), 0);  // c is older, then a by name
  EXPECT_EQ(shares(queues), (Shares{1, 2, 2}));
}

TEST(KaiDivision, GivesFractionsOnlyToWhoAsksForThem) {
  std::vector<KaiQueue> queues = {queue("a", 1, 1.5), queue("b", 1, 9)};
  EXPECT_DOUBLE_EQ(divide(queues, 4.25), 0);
  EXPECT_EQ(shares(queues), (Shares{1.5, 2.75}));  // 2 whole, then the rest that is less than a unit
}

TEST(KaiDivision, ServesHigherPrioritiesFirst) {
  std::vector<KaiQueue> queues = {queue("a", 5, 9), queue("b", 1, 6)};
  queues[1].priority = 1;
  EXPECT_EQ(divide(queues, 10), 0);
  EXPECT_EQ(shares(queues), (Shares{4, 6}));
}

TEST(KaiDivision, MovesWeightsByPastUse) {
  std::vector<KaiQueue> queues = {queue("a", 1, 100), queue("b", 1, 100)};
  queues[0].usage = 0.75;
  queues[1].usage = 0.25;
  EXPECT_EQ(divide(queues, 8, 1), 0);  // weights 0.25 and 0.75
  EXPECT_EQ(shares(queues), (Shares{2, 6}));
}

TEST(KaiDivision, KeepsItsBoundsInAnyOrder) {
  Random random(8, "kai");
  for (int round = 0; round < 3000; ++round) {
    std::vector<KaiQueue> queues;
    const std::uint64_t count = 1 + random.below(6);
    for (std::uint64_t i = 0; i < count; ++i) {
      KaiQueue& each =
          queues.emplace_back(queue(std::string(1, static_cast<char>('a' + i)), static_cast<double>(random.below(4)),
                                    static_cast<double>(random.below(80)) / 4, static_cast<double>(random.below(4))));
      each.priority = static_cast<std::int64_t>(random.below(2));
      each.created = static_cast<std::int64_t>(random.below(2));
      each.usage = static_cast<double>(random.below(5)) / 4;
      if (random.below(3) == 0) each.max_allowed = static_cast<double>(random.below(10));
    }
    const auto total = static_cast<double>(20 + random.below(20));
    const double k = random.below(2) == 0 ? 0 : 1.5;
    std::vector<KaiQueue> turned(queues.rbegin(), queues.rend());
    const double left = divide(queues, total, k);
    EXPECT_EQ(divide(turned, total, k), left);
    std::reverse(turned.begin(), turned.end());
    EXPECT_EQ(shares(turned), shares(queues));
    double given = 0;
    bool wants_more = false;
    for (const KaiQueue& each : queues) {
      const double asked = std::min(each.request, each.max_allowed.value_or(each.request));
      EXPECT_LE(each.fair_share, asked);
      EXPECT_GE(each.fair_share, std::min(asked, *each.deserved));
      given += each.fair_share;
      wants_more = wants_more || (each.weight > 0 && each.fair_share < asked);
    }
    EXPECT_NEAR(given + left, total, 1e-9);
    // Nothing is left while somebody asks.
    EXPECT_TRUE(k > 0 || left < 1e-9 || !wants_more) << round;
  }
}

}  // namespace
}  // namespace seatrial

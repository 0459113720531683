// Preemption on one node and among nodes: each rule of the order, budgets, the search; and equality with a plain
// transcription of the rules on random boards.
#include "policies/node_preemption.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

NodeAmounts cpu(std::int64_t milli) { return {milli, 0, 0, 1}; }

BoardPod pod(std::uint32_t id, std::int32_t priority, std::int64_t cpu_milli, std::int64_t start_s = 0) {
  return {id, priority, Time{start_s * kNsPerSecond}, cpu(cpu_milli), {}};
}

PreemptionBoard board_of(std::size_t nodes) {
  return PreemptionBoard(std::vector<NodeAmounts>(nodes, NodeAmounts{1000, 0, 8, 10}));
}

using Ids = std::vector<std::uint32_t>;

Ids victims(const PreemptionBoard& board, const PreemptorPod& preemptor,
            const std::vector<std::int64_t>& disruptions_allowed = {}) {
  const auto candidate = board.victims_on(0, preemptor, disruptions_allowed);
  return candidate ? candidate->victims : Ids{99};
}

TEST(VictimsOnNode, SparesWhomItCan) {
  PreemptionBoard board = board_of(1);
  board.bind(0, pod(0, 5, 300));
  board.bind(0, pod(1, 1, 300));
  board.bind(0, pod(2, 3, 300));
  EXPECT_EQ(victims(board, {10, cpu(100)}), Ids{});  // it fits beside all
  EXPECT_EQ(victims(board, {10, cpu(400)}), Ids{1});
  EXPECT_EQ(victims(board, {10, cpu(700)}), (Ids{2, 1}));
  EXPECT_EQ(victims(board, {5, cpu(700)}), (Ids{2, 1}));  // its equals stay
  EXPECT_EQ(victims(board, {5, cpu(701)}), Ids{99});
  EXPECT_EQ(victims(board, {1, cpu(50)}), Ids{99});  // nobody is below
  board.remove(0, 1);
  EXPECT_EQ(victims(board, {10, cpu(500)}), Ids{2});
}

TEST(VictimsOnNode, SparesTheImportantFirstEvenIfMoreGo) {
  PreemptionBoard board = board_of(1);
  board.bind(0, pod(0, 5, 600));
  board.bind(0, pod(1, 1, 200));
  board.bind(0, pod(2, 1, 200));
  EXPECT_EQ(victims(board, {10, cpu(400)}), (Ids{1, 2}));
  EXPECT_EQ(victims(board, {10, cpu(401)}), Ids{0});
}

TEST(VictimsOnNode, TakesTheYoungerOfEquals) {
  PreemptionBoard board = board_of(1);
  board.bind(0, pod(0, 1, 500, /*start_s=*/20));
  board.bind(0, pod(1, 1, 500, /*start_s=*/10));
  EXPECT_EQ(victims(board, {10, cpu(500)}), Ids{0});
}

TEST(VictimsOnNode, LooksAtEveryResourceAskedFor) {
  PreemptionBoard board = board_of(1);
  BoardPod gpus = pod(0, 1, 100);
  gpus.request[kNodeGpus] = 8;
  board.bind(0, gpus);
  EXPECT_EQ(victims(board, {10, {900, 0, 0, 1}}), Ids{});
  EXPECT_EQ(victims(board, {10, {0, 0, 1, 1}}), Ids{0});
  EXPECT_EQ(victims(board, {10, {0, 0, 9, 1}}), Ids{99});  // more than the node has
  for (std::uint32_t id = 1; id < 10; ++id) board.bind(0, pod(id, 0, 0));
  EXPECT_EQ(victims(board, {10, {0, 0, 0, 1}}), Ids{9});  // ten pods are all that may run
}

TEST(VictimsOnNode, SparesPodsOfSpentBudgetsFirst) {
  PreemptionBoard board = board_of(1);
  BoardPod covered = pod(0, 1, 500);
  covered.budgets = {{0, false}};
  board.bind(0, covered);
  board.bind(0, pod(1, 5, 500));
  EXPECT_EQ(victims(board, {10, cpu(500)}, {0}), Ids{1});  // although it is more important
  EXPECT_EQ(victims(board, {10, cpu(500)}, {1}), Ids{0});
  EXPECT_EQ(board.victims_on(0, {10, cpu(1000)}, std::vector<std::int64_t>{0})->budget_violations, 1U);
  EXPECT_EQ(board.victims_on(0, {10, cpu(1000)}, std::vector<std::int64_t>{1})->budget_violations, 0U);
}

TEST(VictimsOnNode, CountsBudgetsInOrderOfImportance) {
  PreemptionBoard board = board_of(1);
  for (std::uint32_t id = 0; id < 4; ++id) {
    BoardPod covered = pod(id, 4 - static_cast<std::int32_t>(id), 250);
    covered.budgets = {{0, /*disruption_recorded=*/id == 1}};
    board.bind(0, covered);
  }
  // 0 uses the only disruption, 1 has been recorded, 2 and 3 would violate: they are kept first.
  const auto candidate = board.victims_on(0, {10, cpu(500)}, std::vector<std::int64_t>{1});
  EXPECT_EQ(candidate->victims, (Ids{0, 1}));
  EXPECT_EQ(candidate->budget_violations, 0U);
}

PreemptionCandidate candidate(std::uint32_t violations, std::int32_t highest, std::int64_t sum, std::size_t count,
                              std::int64_t start_s) {
  PreemptionCandidate candidate;
  candidate.victims.resize(count);
  candidate.budget_violations = violations;
  candidate.highest_priority = highest;
  candidate.priority_sum = sum;
  candidate.earliest_start = Time{start_s};
  return candidate;
}

TEST(BestCandidate, ComparesRuleByRule) {
  const std::vector<PreemptionCandidate> worst_first = {
      candidate(1, 0, 0, 1, 9), candidate(0, 5, 0, 1, 9), candidate(0, 4, 9, 1, 9), candidate(0, 4, 8, 3, 9),
      candidate(0, 4, 8, 2, 5), candidate(0, 4, 8, 2, 6), candidate(0, 0, 0, 0, 0)};
  for (std::size_t i = 0; i + 1 < worst_first.size(); ++i) {
    const std::vector two = {worst_first[i], worst_first[i + 1]};
    const std::vector swapped = {worst_first[i + 1], worst_first[i]};
    EXPECT_EQ(best_candidate(two), 1U) << i;
    EXPECT_EQ(best_candidate(swapped), 0U) << i;
  }
  EXPECT_EQ(best_candidate(std::vector{worst_first[4], worst_first[4]}), 0U);
  EXPECT_FALSE(best_candidate({}));
}

TEST(BestCandidate, MoreVictimsNeverWeighLess) {
  PreemptionBoard board = board_of(2);
  board.bind(0, pod(0, -100, 500));
  board.bind(0, pod(1, -100, 500));
  board.bind(1, pod(2, -100, 1000));
  EXPECT_EQ(board.search({10, cpu(1000)}, {}, {})->node, 1U);
}

TEST(PreemptionSearch, StopsWithEnoughCandidatesOfWhichOneViolatesNothing) {
  PreemptionBoard board = board_of(5);
  for (std::uint32_t node = 0; node < 5; ++node) {
    BoardPod covered = pod(node, 9 - static_cast<std::int32_t>(node), 1000);
    if (node < 2) covered.budgets = {{0, false}};
    board.bind(node, covered);
  }
  const std::vector<std::int64_t> spent = {0};
  const PreemptionLimits one{0, 1};
  EXPECT_EQ(board.search({10, cpu(1)}, spent, {3, one})->node, 3U);
  EXPECT_EQ(board.search({10, cpu(1)}, spent, {0, one})->node, 2U);  // 0 and 1 would violate
  EXPECT_EQ(board.search({10, cpu(1)}, spent, {4, {0, 2}})->node, 4U);
  EXPECT_EQ(board.search({10, cpu(1)}, spent, {})->node, 4U);
  EXPECT_FALSE(board.search({0, cpu(1)}, spent, {}));
  EXPECT_FALSE(board_of(0).search({10, cpu(1)}, {}, {}));
}

TEST(PreemptionCandidates, AreAShareOfTheNodes) {
  EXPECT_EQ(preemption_candidates(5000, {}), 500);
  EXPECT_EQ(preemption_candidates(500, {}), 100);
  EXPECT_EQ(preemption_candidates(50, {}), 50);
  EXPECT_EQ(preemption_candidates(0, {}), 0);
}

// The rules once more, on plain lists and with nothing kept between calls.
Ids plain_victims(const std::vector<BoardPod>& pods, NodeAmounts capacity, const PreemptorPod& preemptor,
                  std::vector<std::int64_t> allowed, std::uint32_t& violations) {
  std::vector<BoardPod> stay;
  std::vector<BoardPod> removed;
  for (const BoardPod& each : pods) (each.priority < preemptor.priority ? removed : stay).push_back(each);
  const auto fits_beside = [&](const std::vector<BoardPod>& others) {
    for (std::size_t r = 0; r < kNodeResources; ++r) {
      std::int64_t used = preemptor.request[r];
      for (const BoardPod& each : others) used += each.request[r];
      if (preemptor.request[r] > 0 && used > capacity[r]) return false;
    }
    return true;
  };
  violations = 0;
  if (removed.empty() || !fits_beside(stay)) return {99};
  std::sort(removed.begin(), removed.end(), [](const BoardPod& a, const BoardPod& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    return a.start != b.start ? a.start < b.start : a.id < b.id;
  });
  std::vector<BoardPod> order;
  std::vector<BoardPod> harmless;
  for (const BoardPod& each : removed) {
    bool violates = false;
    for (const BudgetMembership& membership : each.budgets) violates |= --allowed[membership.budget] < 0;
    (violates ? order : harmless).push_back(each);
  }
  const std::size_t violating = order.size();
  order.insert(order.end(), harmless.begin(), harmless.end());
  Ids gone;
  for (std::size_t i = 0; i < order.size(); ++i) {
    stay.push_back(order[i]);
    if (fits_beside(stay)) continue;
    stay.pop_back();
    gone.push_back(order[i].id);
    violations += i < violating ? 1U : 0U;
  }
  std::sort(gone.begin(), gone.end());
  return gone;
}

TEST(VictimsOnNode, AreThoseOfThePlainRules) {
  Random random(7, "victims");
  for (int round = 0; round < 5000; ++round) {
    const NodeAmounts capacity = {1000, 1000, 8, 6};
    PreemptionBoard board(std::vector{capacity});
    std::vector<BoardPod> pods;
    const std::uint64_t count = random.below(7);
    for (std::uint32_t id = 0; id < count; ++id) {
      BoardPod each;
      each.id = id;
      each.priority = static_cast<std::int32_t>(random.below(4));
      each.start = Time{static_cast<std::int64_t>(random.below(3))};
      each.request = {static_cast<std::int64_t>(random.below(250)), static_cast<std::int64_t>(random.below(250)),
                      static_cast<std::int64_t>(random.below(3)), 1};
      if (random.below(2) == 0) each.budgets.push_back({static_cast<std::uint32_t>(random.below(2)), false});
      pods.push_back(each);
      board.bind(0, each);
    }
    const PreemptorPod preemptor{
        static_cast<std::int32_t>(random.below(5)),
        {static_cast<std::int64_t>(random.below(900)), static_cast<std::int64_t>(random.below(900)),
         static_cast<std::int64_t>(random.below(9)), 1}};
    const std::vector<std::int64_t> allowed = {static_cast<std::int64_t>(random.below(3)),
                                               static_cast<std::int64_t>(random.below(2))};
    std::uint32_t violations = 0;
    const Ids expected = plain_victims(pods, capacity, preemptor, allowed, violations);
    const auto found = board.victims_on(0, preemptor, allowed);
    Ids got = found ? found->victims : Ids{99};
    std::sort(got.begin(), got.end());
    ASSERT_EQ(got, expected) << round;
    EXPECT_EQ(found ? found->budget_violations : 0, violations) << round;
  }
}

}  // namespace
}  // namespace seatrial

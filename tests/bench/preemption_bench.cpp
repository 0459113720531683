// Preemption on 5,000 nodes with 50,000 pods: one search as kube-scheduler does it (it stops at 500 candidates), one
// over every node, one for a pod that has no place even so, and one with budgets. The goal is 5 ms a preemptor.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "policies/node_preemption.h"
#include "sim/random.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNodes = 5000;
constexpr std::uint32_t kPodsPerNode = 10;
constexpr std::uint32_t kBudgets = 100;

PreemptionBoard full_board(bool budgets) {
  PreemptionBoard board(std::vector<NodeAmounts>(kNodes, NodeAmounts{96'000, 1 << 20, 8000, 110}));
  Random random(1, "bench");
  for (std::uint32_t id = 0; id < kNodes * kPodsPerNode; ++id) {
    BoardPod pod;
    pod.id = id;
    pod.priority = static_cast<std::int32_t>(random.below(10));
    pod.start = Time{static_cast<std::int64_t>(random.below(1'000'000))};
    pod.request = {9'000, 100'000, 800, 1};
    if (budgets) pod.budgets = {{static_cast<std::uint32_t>(random.below(kBudgets)), false}};
    board.bind(id / kPodsPerNode, pod);
  }
  return board;
}

void preemption_search(benchmark::State& bench, bool budgets, std::int64_t percent, std::int32_t priority) {
  const PreemptionBoard board = full_board(budgets);
  const std::vector<std::int64_t> allowed(kBudgets, 1);
  const PreemptorPod preemptor{priority, {32'000, 200'000, 4000, 1}};
  std::uint32_t offset = 0;
  for (auto _ : bench) {
    benchmark::DoNotOptimize(board.search(preemptor, allowed, {offset, {percent, 100}}));
    offset = (offset + 997) % kNodes;
  }
}
BENCHMARK_CAPTURE(preemption_search, kube_scheduler, false, 10, 100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(preemption_search, every_node, false, 100, 100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(preemption_search, no_place, false, 100, 1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(preemption_search, every_node_with_budgets, true, 100, 100)->Unit(benchmark::kMillisecond);

void board_update(benchmark::State& bench) {
  PreemptionBoard board = full_board(false);
  std::uint32_t id = kNodes * kPodsPerNode;
  for (auto _ : bench) {
    BoardPod pod;
    pod.id = id;
    pod.priority = 5;
    pod.request = {1, 1, 1, 1};
    board.bind(id % kNodes, pod);
    board.remove(id % kNodes, id);
    ++id;
  }
}
BENCHMARK(board_update);

}  // namespace
}  // namespace seatrial

// Admission by quotas: 1,000 cluster queues in cohorts of cohorts, 50,000 workloads of three sizes and priorities that
// arrive at once, run and end, until all have been admitted. Classical and fair sharing, both with preemption allowed;
// in 25 trees that do not lend to each other, and in one, where heads of all queues want the same victims. The figure
// that counts is the time of one run.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "policies/kueue_scheduler.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kQueues = 1'000;
constexpr FlavorResourceId kGpu{0};

QuotaNodeId add_node(QuotaTreeSpec& spec, QuotaNodeId parent, bool is_cohort, std::int64_t nominal) {
  QuotaNodeSpec node;
  node.parent = parent;
  node.is_cohort = is_cohort;
  if (!is_cohort) node.limits.push_back({.of = kGpu, .nominal = nominal, .borrowing_limit = 100});
  spec.nodes.push_back(node);
  return QuotaNodeId{static_cast<std::uint32_t>(spec.nodes.size() - 1)};
}

// Cohorts of four cohorts of ten queues with 20 GPUs each: 25 trees, or as many cohorts below one root.
KueueRules rules_of(bool fair, bool one_tree) {
  KueueRules rules;
  rules.quotas.flavor_resources = {{"default", "gpu"}};
  const QuotaNodeId company = one_tree ? add_node(rules.quotas, {}, true, 0) : QuotaNodeId{};
  for (std::uint32_t i = 0; i < kQueues / 40; ++i) {
    const QuotaNodeId root = add_node(rules.quotas, company, true, 0);
    for (int j = 0; j < 4; ++j) {
      const QuotaNodeId team = add_node(rules.quotas, root, true, 0);
      for (int k = 0; k < 10; ++k) add_node(rules.quotas, team, false, 20);
    }
  }
  rules.flavors.push_back({});
  rules.fair_sharing = fair;
  for (const QuotaNodeSpec& node : rules.quotas.nodes) {
    ClusterQueueRules queue;
    if (!node.is_cohort) queue.flavors.groups = {{{ResourceId{0}}, {ResourceFlavorId{0}}, {kGpu}}};
    queue.preemption.within_queue = PreemptionPolicy::LowerPriority;
    queue.preemption.reclaim_within_cohort = PreemptionPolicy::Any;
    rules.queues.push_back(queue);
  }
  return rules;
}

void submit_all(KueueScheduler& scheduler, std::uint32_t workloads) {
  std::vector<QuotaNodeId> queues;
  for (std::uint32_t i = 0; i < scheduler.quotas().nodes(); ++i) {
    if (!scheduler.quotas().node(QuotaNodeId{i}).is_cohort) queues.push_back(QuotaNodeId{i});
  }
  for (std::uint32_t i = 0; i < workloads; ++i) {
    // Of 10: 7 small, 2 medium, 1 large, as in Kueue's own performance test, the larger with the higher priority.
    const std::uint32_t kind = i / kQueues % 10;
    const std::int64_t gpus = kind < 7 ? 1 : kind < 9 ? 5 : 20;
    KueueWorkload workload{queues[i % kQueues], kind < 7 ? 50 : kind < 9 ? 100 : 200, std::int64_t{i}, {}};
    workload.pod_sets.resize(1);
    workload.pod_sets[0].request.per_pod = {{ResourceId{0}, gpus}};
    scheduler.submit(workload);
  }
}

void kueue_admission(benchmark::State& bench) {
  for (auto _ : bench) {
    KueueScheduler scheduler(rules_of(bench.range(0) == 1, bench.range(1) == 1));
    submit_all(scheduler, static_cast<std::uint32_t>(bench.range(2)));
    std::uint64_t admissions = 0;
    std::uint64_t cycles = 0;
    std::vector<HeldQuotaId> running;
    for (std::int64_t now = 0; scheduler.waiting() > 0 || !running.empty(); ++now) {
      while (scheduler.has_work()) {
        const CycleResult result = scheduler.cycle(now);
        ++cycles;
        for (const QuotaAdmission& each : result.admitted) running.push_back(each.id);
        admissions += result.admitted.size();
        for (const QuotaEviction& each : result.evicted) {
          std::erase(running, each.id);
          scheduler.give_up(each.id);
        }
      }
      // The older half of what runs ends, and its quota comes free.
      const std::size_t ending = (running.size() + 1) / 2;
      for (std::size_t i = 0; i < ending; ++i) scheduler.finish(running[i]);
      running.erase(running.begin(), running.begin() + static_cast<std::ptrdiff_t>(ending));
    }
    bench.counters["admissions"] = static_cast<double>(admissions);
    bench.counters["cycles"] = static_cast<double>(cycles);
  }
}
BENCHMARK(kueue_admission)
    ->ArgNames({"fair", "one_tree", "workloads"})
    ->Args({0, 0, 50'000})
    ->Args({1, 0, 50'000})
    ->Args({0, 1, 50'000})
    ->Args({1, 1, 50'000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace seatrial

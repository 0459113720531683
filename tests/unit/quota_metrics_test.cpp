// reports/quota_metrics.h: who borrowed from whom, and how long reclaiming took, from facts alone.
#include "reports/quota_metrics.h"

#include <gtest/gtest.h>

#include <vector>

namespace seatrial {
namespace {

constexpr FlavorResourceId kGpu{0};
constexpr std::uint32_t kOwnQueue = 0;
constexpr std::uint32_t kReclaimed = 1;

// A cohort with 2 GPUs of its own and the queues a (4 GPUs), b (4, of which it lends 1).
QuotaMetricsOptions options() {
  QuotaMetricsOptions out;
  out.tree.flavor_resources = {{"default", "nvidia.com/gpu"}, {"default", "cpu"}};
  out.tree.nodes.push_back({"all", true, {}, 1, {{.of = kGpu, .nominal = 2000}}});
  out.tree.nodes.push_back({"a", false, QuotaNodeId{0}, 1, {{.of = kGpu, .nominal = 4000}}});
  out.tree.nodes.push_back({"b", false, QuotaNodeId{0}, 1, {{.of = kGpu, .nominal = 4000, .lending_limit = 1000}}});
  out.counts_gpus = {true, false};
  out.own_queue_reason = kOwnQueue;
  out.jobs = 10;
  return out;
}

Fact fact(FactKind kind, std::int64_t at_s, std::uint32_t job, std::uint32_t node, std::int64_t milli = 0,
          std::uint32_t pool = 0) {
  Fact out;
  out.kind = kind;
  out.at = Time{at_s * kNsPerSecond};
  out.job = job;
  out.node = node;
  out.milli = milli;
  out.pool = pool;
  return out;
}

TEST(QuotaMetrics, WhatIsBorrowedIsLentByThoseWhoCould) {
  QuotaMetrics metrics(options());
  const std::vector<Fact> facts{fact(FactKind::Admitted, 0, 1, 1, 5500), fact(FactKind::Admitted, 10, 2, 2, 4000),
                                fact(FactKind::QuotaReleased, 20, 1, 1, 5500)};
  metrics.observe(facts);
  metrics.finish(Time{30 * kNsPerSecond});
  const std::vector<QueueUse>& queues = metrics.queues();
  EXPECT_DOUBLE_EQ(queues[1].used_gpu_s, 5.5 * 20);
  EXPECT_DOUBLE_EQ(queues[1].borrowed_gpu_s, 1.5 * 20);
  EXPECT_DOUBLE_EQ(queues[2].used_gpu_s, 4 * 20);
  // 1.5 GPUs for 10 s of 2 in the cohort and 1 of b; then of the cohort alone.
  EXPECT_DOUBLE_EQ(queues[0].lent_gpu_s, 1.0 * 10 + 1.5 * 10);
  EXPECT_DOUBLE_EQ(queues[2].lent_gpu_s, 0.5 * 10);
  EXPECT_EQ(queues[1].admitted, 1U);
}

TEST(QuotaMetrics, ReclaimingTakesFromTheFirstEvictionToTheAdmission) {
  QuotaMetrics metrics(options());
  const std::vector<Fact> facts{
      fact(FactKind::Admitted, 0, 1, 1, 5000),         fact(FactKind::Admitted, 0, 2, 1, 1000),
      fact(FactKind::Evicted, 5, 1, 7, 0, kReclaimed), fact(FactKind::Evicted, 6, 2, 7, 0, kReclaimed),
      fact(FactKind::QuotaReleased, 9, 1, 1, 5000),    fact(FactKind::Admitted, 9, 7, 2, 4000),
      fact(FactKind::Evicted, 9, 7, 8, 0, kOwnQueue),  fact(FactKind::Admitted, 12, 8, 2, 100)};
  metrics.observe(facts);
  metrics.finish(Time{20 * kNsPerSecond});
  EXPECT_EQ(metrics.reclaims_s(), std::vector<double>{4});
  EXPECT_EQ(metrics.evictions(), 3U);
  EXPECT_EQ(metrics.queues()[1].evicted, 2U);
}

}  // namespace
}  // namespace seatrial

// Shares by weighted max-min, Jain's index, and what the observer makes of facts: see reports/fairness.h.
#include "reports/fairness.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "reports/byte_sink.h"
#include "reports/fairness_csv.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

using Shares = std::vector<double>;

TEST(MaxMinShares, NobodyGetsMoreThanItAsksForAndTheRestIsSplitByWeight) {
  EXPECT_EQ(max_min_shares(Shares{2, 8, 10}, Shares{1, 1, 1}, 12), (Shares{2, 5, 5}));
  EXPECT_EQ(max_min_shares(Shares{9, 9}, Shares{2, 1}, 9), (Shares{6, 3}));
  EXPECT_EQ(max_min_shares(Shares{1, 2}, Shares{1, 1}, 12), (Shares{1, 2}));
  EXPECT_TRUE(max_min_shares(Shares{}, Shares{}, 12).empty());
}

TEST(JainIndex, IsOneForEqualsAndOneOverNForAll) {
  EXPECT_DOUBLE_EQ(jain_index(Shares{3, 3, 3}), 1);
  EXPECT_DOUBLE_EQ(jain_index(Shares{5, 0, 0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(jain_index(Shares{1, 2}), 0.9);
  EXPECT_TRUE(std::isnan(jain_index(Shares{})));
}

// One pool of 4 GPUs, by hand: see report_fixture.h.
Fairness observed(const FinishedRun& run, const FairnessOptions& options = {}) {
  Fairness fairness(run.workload, FinishedRun::pools(), options);
  fairness.observe(FinishedRun::facts());
  fairness.finish(Time{30 * kNsPerSecond});
  return fairness;
}

FairnessOptions rows_of(Duration interval) {
  FairnessOptions options;
  options.series_interval = interval;
  return options;
}

TEST(Fairness, EntitlementIsMaxMinOfWhatTenantsAskForAtEachInstant) {
  const FinishedRun run;
  const Fairness fairness = observed(run);
  ASSERT_EQ(fairness.shares().size(), 2U);
  // t1 asks for 1 GPU until 10 s; t2 for 4 from 5 s on, of which 3 are due to it until then and 4 afterwards.
  const TenantShare& t1 = fairness.shares()[0];
  const TenantShare& t2 = fairness.shares()[1];
  EXPECT_DOUBLE_EQ(t1.entitled_gpu_s, 10);
  EXPECT_DOUBLE_EQ(t1.received_gpu_s, 10);
  EXPECT_DOUBLE_EQ(t1.short_gpu_s, 0);
  EXPECT_DOUBLE_EQ(t2.entitled_gpu_s, 5 * 3 + 20 * 4);
  EXPECT_DOUBLE_EQ(t2.received_gpu_s, 80);
  EXPECT_DOUBLE_EQ(t2.short_gpu_s, 15);
  EXPECT_DOUBLE_EQ(t2.over_gpu_s, 0);
  EXPECT_DOUBLE_EQ(t2.starved_s, 5);
}

TEST(Fairness, RhoComparesWithAnEqualPartOfTheClusterAtTheContentionOfTheJobsLifetime) {
  const FinishedRun run;
  const Fairness fairness = observed(run);
  // 1.5 jobs on average, 4 / 1.5 GPUs each: enough for its one GPU.
  EXPECT_DOUBLE_EQ(fairness.isolated_s(JobId{0}), 10);
  EXPECT_DOUBLE_EQ(fairness.rho(JobId{0}), 1);
  // 2 jobs for 5 s, then 1 for 20 s: 1.2 on average; with 4 / 1.2 of its 4 GPUs it takes 1.2 times as long.
  EXPECT_DOUBLE_EQ(fairness.isolated_s(JobId{1}), 24);
  EXPECT_DOUBLE_EQ(fairness.rho(JobId{1}), 25.0 / 24);
  EXPECT_TRUE(std::isnan(fairness.rho(JobId{2})));  // rejected
}

TEST(Fairness, WeightsMoveTheEntitlement) {
  const FinishedRun run;
  FairnessOptions options;
  options.weights.assign(run.workload.texts().size(), 1);
  options.weights[run.workload.texts().find("t2").index] = 9;
  const Fairness fairness = observed(run, options);
  EXPECT_DOUBLE_EQ(fairness.shares()[0].entitled_gpu_s, 5 * 1 + 5 * 0.4);
  EXPECT_NEAR(fairness.shares()[0].over_gpu_s, 5 * 0.6, 1e-9);
}

TEST(Fairness, WarmupLeavesOutEarlyJobsAndEarlyShares) {
  const FinishedRun run;
  FairnessOptions options;
  options.warmup = Duration{5 * kNsPerSecond};
  const Fairness fairness = observed(run, options);
  EXPECT_TRUE(std::isnan(fairness.rho(JobId{0})));
  EXPECT_FALSE(std::isnan(fairness.rho(JobId{1})));
  EXPECT_DOUBLE_EQ(fairness.shares()[0].received_gpu_s, 5);
}

TEST(Fairness, PreemptionWastesTheStopTheStartThatWasCutShortAndTheRestart) {
  const FinishedRun run;
  const auto fact = [](std::int64_t at_s, FactKind kind, std::uint32_t job, std::int64_t milli = 0) {
    return FinishedRun::fact(at_s, kind, job, milli);
  };
  Fairness fairness(run.workload, FinishedRun::pools(), {});
  // Job 1 (4 GPUs): starts at 0 and works from 2 s; stops at 10, gives its GPUs back at 11; again from 20, works at 23.
  fairness.observe(std::vector<Fact>{
      fact(0, FactKind::Submitted, 1, 4000), fact(0, FactKind::Started, 1), fact(0, FactKind::Bound, 1, 4000),
      fact(2, FactKind::Progress, 1, 4000), fact(10, FactKind::Stalled, 1, 4000), fact(11, FactKind::Released, 1, 4000),
      fact(11, FactKind::Preempted, 1, 4000), fact(20, FactKind::Resumed, 1), fact(20, FactKind::Bound, 1, 4000),
      fact(23, FactKind::Progress, 1, 4000), fact(30, FactKind::Released, 1, 4000), fact(30, FactKind::Completed, 1)});
  fairness.finish(Time{30 * kNsPerSecond});
  EXPECT_DOUBLE_EQ(fairness.preemption_waste_gpu_s(), 4 * (1 + 3));
  EXPECT_DOUBLE_EQ(fairness.shares()[1].starved_s, 9);
}

TEST(Fairness, AJobThatStillWaitsAtTheEndHasStarvedAllThatTime) {
  const FinishedRun run;
  Fairness fairness(run.workload, FinishedRun::pools(), {});
  fairness.observe(std::vector<Fact>{FinishedRun::fact(5, FactKind::Submitted, 1, 4000)});
  fairness.finish(Time{105 * kNsPerSecond});
  EXPECT_DOUBLE_EQ(fairness.shares()[1].starved_s, 100);
  EXPECT_DOUBLE_EQ(fairness.shares()[0].starved_s, 0);
}

TEST(Fairness, SeriesSumUpToTheIntegralsHoweverOftenRowsWereMerged) {
  const FinishedRun run;
  Fairness fairness(run.workload, FinishedRun::pools(), rows_of(Duration{1000}));
  fairness.observe(FinishedRun::facts());
  fairness.finish(Time{30 * kNsPerSecond});
  const ShareSeries& series = fairness.series();
  const std::size_t rows = series.cells.size() / 4;
  EXPECT_LE(rows, 4096U);
  double received_gpu_s = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const Duration length = row + 1 == rows ? series.last_interval : series.interval;
    received_gpu_s += series.cells[4 * row + 3] * length.seconds();
  }
  EXPECT_NEAR(received_gpu_s, 80, 1e-3);
}

TEST(Fairness, SummaryHasItByJobAndByTenantAndReadsItBack) {
  const FinishedRun run;
  const Fairness fairness = observed(run);
  const Summary summary = summarize(FinishedRun::header(), run.workload, run.table, run.metrics, {}, &fairness);
  EXPECT_DOUBLE_EQ(*metric_value(summary, "fairness.rho.max"), 25.0 / 24);
  EXPECT_DOUBLE_EQ(*metric_value(summary, "fairness.unfair_ratio"), 0);
  EXPECT_DOUBLE_EQ(*metric_value(summary, "fairness.starved_s"), 5);
  EXPECT_DOUBLE_EQ(*metric_value(summary, "tenants.t2.short_gpu_s"), 15);
  EXPECT_DOUBLE_EQ(*metric_value(summary, "fairness.jain_tenants"), jain_index(Shares{1, 80.0 / 95}));
  const Summary again = read_summary_json(summary_json(summary), "summary.json");
  for (const MetricValue& metric : metric_values(summary)) {
    EXPECT_EQ(metric_value(again, metric.dotted()), metric.value) << metric.dotted();
  }
}

TEST(Fairness, WithoutItsObserverNothingOfItIsKnown) {
  const FinishedRun run;
  const Summary summary = run.summary();
  EXPECT_EQ(metric_value(summary, "fairness.rho.mean"), std::nullopt);
  EXPECT_EQ(metric_value(summary, "tenants.t2.short_gpu_s"), std::nullopt);
  EXPECT_TRUE(is_metric("fairness.jain_tenants"));
}

std::string text_of(const std::function<void(ByteSink&)>& write) {
  TextSink sink;
  write(sink);
  return sink.text;
}

TEST(Fairness, FilesHoldOneRowPerCompletedJobAndPerInterval) {
  const FinishedRun run;
  const Fairness fairness = observed(run, rows_of(Duration{10 * kNsPerSecond}));
  EXPECT_EQ(text_of([&](ByteSink& sink) { write_fairness_csv(run.workload, fairness, sink); }),
            "job_id,tenant,isolated_s,rho\n\"a,1\",t1,10,1\n\"=b\"\"\",t2,24,1.0416666666666667\n");
  EXPECT_EQ(text_of([&](ByteSink& sink) { write_shares_csv(run.workload, fairness, sink); }),
            "t_s,interval_s,t1.entitled_gpus,t1.received_gpus,t2.entitled_gpus,t2.received_gpus\n"
            "0,10,1,1,1.5,0\n10,10,0,0,4,4\n20,10,0,0,4,4\n");
}

}  // namespace
}  // namespace seatrial

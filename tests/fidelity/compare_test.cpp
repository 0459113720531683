// Are the statistics of `compare` right? False alarms, true differences, coverage and the gain of pairing, on seeded
// repetitions of small queues whose truth is known.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "scenarios/files.h"
#include "tests/support/many_runs.h"
#include "tests/support/paths.h"
#include "tests/support/theory.h"

namespace seatrial {
namespace {

const MetricComparison& metric_of(const Comparison& comparison, std::size_t alternative, const char* metric) {
  return *comparison.alternatives[alternative].find(metric);
}

TEST(CompareStatistics, IdenticalAlternativesOnIndependentStreamsAreRarelyToldApart) {
  constexpr int kRepetitions = 200;
  int silent = 0;
  for (int k = 0; k < kRepetitions; ++k) {
    const std::string seeds = "seed=" + std::to_string(2 * k + 1000) + ',' + std::to_string(2 * k + 1001);
    const Comparison comparison =
        compare_text(mmc_text({.servers = 2, .load_per_server = 0.6, .jobs = 200}), {seeds}, 8);
    silent += metric_of(comparison, 1, "wait_s.mean").verdict == Verdict::NoEvidence ? 1 : 0;
  }
  EXPECT_GE(silent, kRepetitions * 92 / 100);
  EXPECT_LT(silent, kRepetitions) << "a level of 5 % gives some false alarms in 200";
}

TEST(CompareStatistics, IdenticalAlternativesOnCommonStreamsDifferByExactlyNothing) {
  const Comparison comparison = compare_text(mmc_text({.servers = 4, .load_per_server = 0.9, .jobs = 2000}),
                                             {"scheduler.placement=best-fit,first-fit"}, 5);
  for (const MetricComparison& metric : comparison.alternatives[1].metrics) {
    if (!metric.difference) continue;
    EXPECT_EQ(*metric.difference, 0) << metric.metric;
    EXPECT_NE(metric.verdict, Verdict::Better);
    EXPECT_NE(metric.verdict, Verdict::Worse);
  }
  EXPECT_EQ(comparison.alternatives[1].worse_off, 0U);
}

TEST(CompareStatistics, ATrueDifferenceOfFivePercentIsFoundWithItsSign) {
  for (int k = 0; k < 20; ++k) {
    const std::string scenario =
        mmc_text({.servers = 4, .load_per_server = 0.4, .jobs = 500, .seed = 50 + static_cast<std::uint64_t>(k)});
    const std::string axis =
        "workload[w].generate.duration={distribution: exponential, mean: 100s},"
        "{distribution: exponential, mean: 105s}";
    const Comparison comparison = compare_text(scenario, {axis}, 8);
    const MetricComparison& metric = metric_of(comparison, 1, "jct_s.mean");
    EXPECT_EQ(metric.verdict, Verdict::Worse) << k;
    EXPECT_GT(*metric.difference, 0) << k;
  }
}

TEST(CompareStatistics, IntervalsCoverTheKnownMeanOfAnMmcQueue) {
  constexpr int kRepetitions = 400;
  constexpr std::uint32_t kServers = 3;
  constexpr double kLoad = 0.5;
  const double truth = mmc_wait(kServers, kLoad * kServers) * 100;
  int covered = 0;
  for (int k = 0; k < kRepetitions; ++k) {
    const std::string scenario = mmc_text({.servers = kServers,
                                           .load_per_server = kLoad,
                                           .jobs = 1500,
                                           .seed = 7000 + static_cast<std::uint64_t>(k),
                                           .top_level = "metrics: {warmup: 2000s}\n"});
    const Comparison comparison = compare_text(scenario, {"scheduler.order=fifo"}, 10);
    const Bounds& interval = metric_of(comparison, 0, "wait_s.mean").ci95;
    covered += interval->first <= truth && truth <= interval->second ? 1 : 0;
  }
  EXPECT_GE(covered, kRepetitions * 92 / 100);
  EXPECT_LE(covered, kRepetitions * 98 / 100);
}

TEST(CompareStatistics, PairingNarrowsIntervalsOfTheLibrarysPolicyScenario) {
  const std::string text = read_input_file(source_file("scenarios/library/policies.yaml"), 1U << 20U);
  const Comparison comparison = compare_text(
      text, {"scheduler={order: fifo},{order: sjf},{order: srtf},{order: tiresias},{order: fifo, admission: easy}"},
      10);
  for (std::size_t a = 1; a < comparison.alternatives.size(); ++a) {
    const MetricComparison& metric = metric_of(comparison, a, "jct_s.mean");
    const double paired = metric.difference_ci95->second - metric.difference_ci95->first;
    const double unpaired = metric.unpaired_ci95->second - metric.unpaired_ci95->first;
    EXPECT_GE(unpaired, 3 * paired) << comparison.alternatives[a].name;
  }
}

TEST(CompareDivergence, IsTheFirstInstantWithBothDecisions) {
  // Two GPUs; at 10 s a long and a short job wait, at 100 s one GPU comes free.
  const std::string trace = testing::TempDir() + "parting.csv";
  std::ofstream(trace)
      << "job_id,submit_s,duration_s,gpus\nfirst,0,100,2\nlong,10,500,2\nshort,20,50,1\nlast,900,10,1\n";
  const std::string scenario =
      "schema: seatrial/v1\nname: parting\n"
      "cluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 2}}]}\n"
      "workload: [{name: w, trace: {format: native, file: " +
      trace + "}}]\n";
  const Comparison comparison = compare_text(scenario, {"scheduler.order=fifo,sjf", "scheduler.placement=best-fit"}, 1);
  ASSERT_TRUE(comparison.alternatives[1].divergence);
  const Alternative::Divergence& divergence = *comparison.alternatives[1].divergence;
  ASSERT_TRUE(divergence.first_instant);
  EXPECT_EQ(divergence.first_instant->at_s, 100);
  EXPECT_EQ(divergence.first_instant->position, 1U);
  ASSERT_EQ(divergence.first_instant->own.count, 1U);
  EXPECT_EQ(divergence.first_instant->own.first[0].job, "short");
  EXPECT_EQ(divergence.first_instant->own.first[0].what, "starts");
  EXPECT_EQ(divergence.first_instant->own.first[0].node, "p-0");
  EXPECT_EQ(divergence.first_instant->own.first[0].gpus, 1);
  ASSERT_EQ(divergence.first_instant->baseline.count, 1U);
  EXPECT_EQ(divergence.first_instant->baseline.first[0].job, "long");
  EXPECT_EQ(divergence.submit_s, (std::vector<double>{0, 10, 20, 900}));
  const Comparison same = compare_text(scenario, {"scheduler.placement=best-fit,first-fit"}, 1);
  EXPECT_FALSE(same.alternatives[1].divergence->first_instant);
  EXPECT_EQ(same.alternatives[1].divergence->decisions, 4U);
}

TEST(CompareStatistics, ThreadsChangeNothing) {
  const std::string scenario = mmc_text({.servers = 4, .load_per_server = 0.8, .jobs = 1000});
  const std::vector<std::string> axes{"scheduler.order=fifo,sjf,las", "cluster.pools[p].count=4,5"};
  Comparison one = compare_text(scenario, axes, 6, 1);
  Comparison four = compare_text(scenario, axes, 6, 4);
  EXPECT_EQ(comparison_json(one), comparison_json(four));
}

TEST(CompareStatistics, VariedCapacityDoesNotChangeTheJobs) {
  // The generator's load is one of the cluster as written, whatever the alternative's size.
  std::string scenario = mmc_text({.servers = 4, .load_per_server = 0.8, .jobs = 500});
  const std::size_t rate = scenario.find(" rate: ") + 1;
  scenario.replace(rate, scenario.find("/s", rate) + 2 - rate, "load: 0.8");
  const Comparison comparison = compare_text(scenario, {"cluster.pools[p].count=4,8"}, 3);
  EXPECT_EQ(*metric_of(comparison, 1, "gpu.arrived_milli").difference, 0);
  EXPECT_LT(*metric_of(comparison, 1, "wait_s.mean").difference, 0);
  EXPECT_EQ(comparison.alternatives[1].worse_off, 0U);
}

}  // namespace
}  // namespace seatrial

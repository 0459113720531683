// metrics.om without Prometheus: escaping, the grid of instants, the budget. prometheus_test.py asks the real program.
#include "reports/open_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reports/open_metrics_text.h"
#include "scenarios/run_logs.h"
#include "tests/support/scenario_run.h"
#include "traces/wall_clock.h"

namespace seatrial {
namespace {

constexpr Time at_s(std::int64_t seconds) { return {seconds * kNsPerSecond}; }

TEST(SampleGrid, InstantsCoverTheRun) {
  const SampleGrid grid({1}, at_s(100), 30);  // 1 ns: the first whole second after it
  EXPECT_EQ(grid.second(0), 1);
  EXPECT_EQ(grid.size(), 5U);  // 1, 31, 61, 91, 121
  EXPECT_EQ(grid.index_from(at_s(-5)), 0U);
  EXPECT_EQ(grid.index_from(at_s(31)), 1U);
  EXPECT_EQ(grid.index_from({31 * kNsPerSecond + 1}), 2U);
  EXPECT_EQ(grid.index_from(kNever), 5U);
  EXPECT_EQ(grid.range(at_s(1), at_s(61)).size(), 2U);  // what ends at an instant is over at it
  EXPECT_EQ(SampleGrid(at_s(7), at_s(7), 15).size(), 1U);
  EXPECT_EQ(SampleGrid(at_s(-10), at_s(-3), 5).second(2), 0);
}

TEST(SampleGrid, RangeSumsAreWhatAddingOneByOneGives) {
  RangeSums sums(4);
  sums.add({0, 4}, 1);
  sums.add({1, 3}, 10);
  sums.add({3, 3}, 100);
  EXPECT_EQ(sums.values(), (std::vector<std::int64_t>{1, 11, 11, 1}));
}

TEST(OpenMetricsText, ValuesOfLabelsAreEscaped) {
  EXPECT_EQ(labels_text({{"a", "x\"y\\z\nw"}, {"empty", ""}, {"b", "<>"}}), "{a=\"x\\\"y\\\\z\\nw\",b=\"<>\"}");
  EXPECT_EQ(labels_text({{"a", "\xff"}}), "{a=\"\xef\xbf\xbd\"}");
  EXPECT_EQ(labels_text({}), "");
}

struct Written {
  std::string text;
  OpenMetricsResult result;
};

Written write(const std::string& scenario, std::uint64_t budget) {
  RunOptions options;
  options.log_metrics = true;
  const ScenarioRun done = run_text(scenario, options);
  OpenMetricsOptions metrics;
  metrics.max_samples = budget;
  metrics.epoch_s = 1'000'000;
  metrics.labels = {{"scenario", "s"}};
  TextSink sink;
  Written written;
  written.result =
      write_open_metrics(*done.run->history, done.run->parts.workload, done.run->parts.cluster, metrics, sink);
  written.text = std::move(sink.text);
  return written;
}

std::string day(const std::string& more = "") {
  return "schema: seatrial/v1\nname: t\ncluster: {pools: [{name: p, count: 4, gpu: {model: a100-40, count: 8}" + more +
         "}]}\nworkload: [{name: w, generate: {jobs: 300, load: 0.8, tenants: {a: 1, b: 1}, gpus: {1: 1, 4: 1}, "
         "duration: {distribution: exponential, mean: 1h}}}]\nscheduler: {order: srtf}\n";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(OpenMetrics, TheBudgetIsKeptAndDetailGoesInOrder) {
  std::vector<std::string> seen;
  for (std::uint64_t budget = 200'000; budget > 500; budget = budget * 9 / 10) {
    const Written written = write(day(), budget);
    if (seen.empty() || seen.back() != written.result.left_out) seen.push_back(written.result.left_out);
    EXPECT_LE(written.result.samples, budget);
    const auto comments = std::count(written.text.begin(), written.text.end(), '#');
    const auto lines = std::count(written.text.begin(), written.text.end(), '\n');
    EXPECT_EQ(static_cast<std::uint64_t>(lines - comments), written.result.samples);
    EXPECT_TRUE(written.text.ends_with("\n# EOF\n"));
    EXPECT_EQ(has(written.text, "kube_pod_created"), written.result.left_out.empty());
    EXPECT_EQ(has(written.text, "kube_node_status"), written.result.left_out != "pods, GPUs and nodes");
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"", "pods", "pods and GPUs", "pods, GPUs and nodes"}));
}

TEST(OpenMetrics, EqualRunsGiveEqualBytes) { EXPECT_EQ(write(day(), 50'000).text, write(day(), 50'000).text); }

TEST(OpenMetrics, CountedPoolsAreOneNodeWithAllTheirGpus) {
  const Written written = write(day(", counted: true"), 200'000);
  EXPECT_TRUE(
      has(written.text, "kube_node_status_allocatable{node=\"p-0\",resource=\"nvidia_com_gpu\",unit=\"integer\"} 32 "));
  EXPECT_TRUE(has(written.text, "gpu=\"31\""));
  EXPECT_FALSE(has(written.text, "gpu=\"32\""));
}

TEST(OpenMetrics, ManyTenantsBecomeOneQueueOfOthers) {
  const auto file =
      std::filesystem::temp_directory_path() / ("seatrial_open_metrics_tenants_" + std::to_string(::getpid()) + ".csv");
  {
    std::ofstream out(file);
    out << "job_id,submit_s,duration_s,gpus,tenant\n";
    for (int i = 0; i < 50; ++i) out << i << ",0,100,1,t" << i % 25 << '\n';
    out << "50,0,1,1,\n";
  }
  const Written written = write(scenario_text({4, 8, "format: native, file: " + file.string()}), 200'000);
  std::filesystem::remove(file);
  EXPECT_TRUE(has(written.text, "kueue_pending_workloads{cluster_queue=\"(others)\",status=\"active\"} "));
  // 50 jobs want 32 GPUs: 18 wait at first, and the pods of the nameless tenant are in the namespace default.
  EXPECT_TRUE(has(written.text, "kube_pod_created{namespace=\"default\",pod=\"50\""));
}

TEST(OpenMetrics, EpochsOfKnownTraces) {
  ScenarioSpec spec;
  spec.workload.resize(1);
  EXPECT_EQ(unix_epoch_s(spec, at_s(0)), 1'704'067'200);
  spec.workload[0].trace.emplace().format = "helios";
  EXPECT_EQ(unix_epoch_s(spec, at_s(0)), kHeliosEpochS);
  spec.workload[0].trace->format = "philly";
  EXPECT_EQ(unix_epoch_s(spec, at_s(0)), kPhillyEpochS);
  spec.workload[0].trace->format = "sacct";
  EXPECT_EQ(unix_epoch_s(spec, at_s(1'600'000'000)), 0);
}

}  // namespace
}  // namespace seatrial

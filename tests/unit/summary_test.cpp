// summary.json recomputed by hand, its schema, goals, and the text for people.
#include "reports/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/statistics.h"
#include "sim/error.h"
#include "sim/random.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

TEST(Summary, MatchesHandComputedValues) {
  const FinishedRun run;
  const Summary s = run.summary();
  EXPECT_EQ(s.jobs.submitted, 3U);
  EXPECT_EQ(s.jobs.completed, 2U);
  EXPECT_EQ(s.jobs.rejected, 1U);
  EXPECT_EQ(s.jobs.waited, 1U);
  EXPECT_DOUBLE_EQ(*s.wait_s.mean, 2.5);
  EXPECT_DOUBLE_EQ(*s.wait_s.p50, 0);
  EXPECT_DOUBLE_EQ(*s.wait_s.p90, 5);
  EXPECT_DOUBLE_EQ(*s.jct_s.mean, (10 + 25) / 2.0);
  EXPECT_DOUBLE_EQ(*s.slowdown.max, 25 / 20.0);
  EXPECT_DOUBLE_EQ(*s.makespan_s, 30);
  EXPECT_DOUBLE_EQ(s.simulated_s, 30);
  EXPECT_DOUBLE_EQ(*s.allocated_mean, (1 * 10 + 4 * 20) / (4.0 * 30));
  EXPECT_DOUBLE_EQ(*s.allocated_peak, 1);
  EXPECT_DOUBLE_EQ(s.overhead_gpu_s, 4 * 2);
  EXPECT_EQ(s.arrived_milli, 14000);
  EXPECT_DOUBLE_EQ(*s.cost_usd, 60);
  EXPECT_DOUBLE_EQ(*s.usd_per_gpu_hour_used, 60 / ((10 + 72) / 3600.0));
  EXPECT_DOUBLE_EQ(*s.energy_kwh, (90 * 1000 + 30 * 100) / 3.6e6);
  EXPECT_DOUBLE_EQ(s.waiting_gpu_s[0], 16);
  EXPECT_DOUBLE_EQ(s.waiting_gpu_s[1], 4);
  EXPECT_EQ(s.recorded_wait_s.count, 1U);
  EXPECT_DOUBLE_EQ(*s.recorded_wait_s.p95, 5);
  EXPECT_DOUBLE_EQ(*s.events_per_s, 2000);
}

TEST(Summary, SplitsByTenantInOrderOfName) {
  const Summary s = FinishedRun().summary();
  ASSERT_EQ(s.tenants.size(), 2U);
  EXPECT_EQ(s.tenants[0].name, "t1");
  EXPECT_EQ(s.tenants[0].jobs, 2U);
  EXPECT_DOUBLE_EQ(s.tenants[0].gpu_s, 10);
  EXPECT_DOUBLE_EQ(s.tenants[1].gpu_s, 80);
  EXPECT_DOUBLE_EQ(*s.tenants[1].wait_p95_s, 5);
  EXPECT_DOUBLE_EQ(*s.tenants[1].jct_mean_s, 25);
}

TEST(Summary, ReportsWhatIsNotKnownAsNull) {
  const FinishedRun run;
  std::vector<PoolInfo> pools = FinishedRun::pools();
  pools[0].price_usd_per_hour.reset();
  pools[0].idle_w.reset();
  Metrics metrics(pools, {});
  metrics.observe(FinishedRun::facts());
  metrics.finish(Time{30 * kNsPerSecond});
  const Json json = Json::parse(summary_json(summarize(FinishedRun::header(), run.workload, run.table, metrics, {})));
  EXPECT_TRUE(json["cost"]["usd"].is_null());
  EXPECT_TRUE(json["cost"]["usd_per_gpu_hour_used"].is_null());
  EXPECT_TRUE(json["energy_kwh"].is_null());
  EXPECT_TRUE(json["gpu"]["fragmented_ratio"]["mean"].is_null());
  EXPECT_TRUE(json["pools"]["p"]["cost_usd"].is_null());
}

TEST(Summary, HasNoStatisticsWhereNoJobStarted) {
  WorkloadBuilder builder;
  builder.add(FinishedRun::record("x", 0, 1, 1, ""));
  const Workload workload = builder.build();
  const JobTable table(1);
  Metrics metrics(FinishedRun::pools(), {});
  const Fact submitted = FinishedRun::fact(0, FactKind::Submitted, 0, 1000);
  metrics.observe({&submitted, 1});
  metrics.finish(Time{kNsPerSecond});
  const Summary s = summarize(FinishedRun::header(), workload, table, metrics, {});
  EXPECT_EQ(s.jobs.pending, 1U);
  EXPECT_FALSE(s.wait_s.mean.has_value());
  EXPECT_FALSE(s.makespan_s.has_value());
  EXPECT_TRUE(s.tenants.empty());
  const Json json = Json::parse(summary_json(s));
  EXPECT_TRUE(json["wait_s"]["p95"].is_null());
  EXPECT_TRUE(json["makespan_s"].is_null());
  EXPECT_TRUE(json["tenants"].is_object());
  EXPECT_NE(summary_text(s, false).find("No job started."), std::string::npos);
}

TEST(Summary, LeavesJobsOfTheWarmupOutOfStatisticsButNotOfCounts) {
  const FinishedRun run;
  MetricsOptions options;
  options.warmup = Duration{3 * kNsPerSecond};
  Metrics metrics(FinishedRun::pools(), options);
  metrics.observe(FinishedRun::facts());
  metrics.finish(Time{30 * kNsPerSecond});
  const Summary s = summarize(FinishedRun::header(), run.workload, run.table, metrics, {});
  EXPECT_EQ(s.jobs.submitted, 3U);
  EXPECT_EQ(s.wait_s.count, 1U);
  EXPECT_DOUBLE_EQ(*s.wait_s.mean, 5);
  EXPECT_DOUBLE_EQ(*s.makespan_s, 30);
  EXPECT_DOUBLE_EQ(*s.allocated_mean, (7 + 80) / (4 * 27.0));
}

TEST(SummaryJson, HasEveryKeyOfTheContract) {
  const Json json = Json::parse(summary_json(FinishedRun().summary({{"wait_s.p95 <= 600", "wait_s.p95", "<=", 600}})));
  for (const char* path : {"/schema",
                           "/scenario",
                           "/seed",
                           "/version",
                           "/fact_hash",
                           "/scheduler/order",
                           "/scheduler/admission",
                           "/scheduler/preemption",
                           "/scheduler/placement",
                           "/simulated_s",
                           "/wall_s",
                           "/events",
                           "/events_per_s",
                           "/jobs/submitted",
                           "/jobs/completed",
                           "/jobs/failed",
                           "/jobs/rejected",
                           "/jobs/running",
                           "/jobs/pending",
                           "/jobs/waited",
                           "/jct_s/mean",
                           "/jct_s/p50",
                           "/jct_s/p90",
                           "/jct_s/p95",
                           "/jct_s/p99",
                           "/jct_s/max",
                           "/wait_s/mean",
                           "/wait_s/p50",
                           "/wait_s/p90",
                           "/wait_s/p95",
                           "/wait_s/p99",
                           "/wait_s/max",
                           "/slowdown/mean",
                           "/slowdown/p50",
                           "/slowdown/p95",
                           "/slowdown/p99",
                           "/slowdown/max",
                           "/recorded/wait_s/mean",
                           "/recorded/wait_s/p50",
                           "/recorded/wait_s/p95",
                           "/makespan_s",
                           "/preemptions",
                           "/overhead_gpu_s",
                           "/gpu/total_milli",
                           "/gpu/arrived_milli",
                           "/gpu/allocated_milli_end",
                           "/gpu/allocated_ratio/mean",
                           "/gpu/allocated_ratio/peak",
                           "/gpu/fragmented_ratio/mean",
                           "/gpu/fragmented_ratio/end",
                           "/cost/usd",
                           "/cost/usd_per_gpu_hour_used",
                           "/energy_kwh",
                           "/tenants/t1/wait_s/p95",
                           "/pools/p/allocated_ratio/mean",
                           "/waiting_gpu_s/capacity",
                           "/waiting_gpu_s/fragmentation",
                           "/waiting_gpu_s/head-of-line",
                           "/waiting_gpu_s/quota",
                           "/waiting_gpu_s/constraint",
                           "/goals/0/goal",
                           "/goals/0/value",
                           "/goals/0/met"}) {
    EXPECT_TRUE(json.contains(Json::json_pointer(path))) << path;
  }
  EXPECT_EQ(json["schema"], "seatrial.summary/1");
  EXPECT_TRUE(json["jobs"]["submitted"].is_number_integer());
}

TEST(SummaryJson, ReadsBackToTheSameBytes) {
  const Summary s = FinishedRun().summary({{"makespan_s <= 5", "makespan_s", "<=", 5}});
  const std::string text = summary_json(s);
  EXPECT_EQ(summary_json(read_summary_json(text, "summary.json")), text);
}

TEST(SummaryJson, RefusesWhatIsNotASummary) {
  for (const char* text : {"", "{", "[]", "{\"schema\": \"x\"}", "{\"schema\": \"seatrial.summary/1\"}"}) {
    EXPECT_THROW((void)read_summary_json(text, "summary.json"), InputError) << text;
  }
}

TEST(Goals, CompareAnyMetricWithAnyOperator) {
  const struct {
    const char* op;
    double value;
    bool met;
  } cases[] = {{"<=", 30, true}, {"<", 30, false},  {">=", 30, true},  {">", 30, false},
               {"==", 30, true}, {"!=", 30, false}, {"<=", 29, false}, {">", 29, true}};
  const FinishedRun run;
  for (const auto& c : cases) {
    const Summary s = run.summary({{"goal", "makespan_s", c.op, c.value}});
    EXPECT_EQ(s.goals.at(0).met, c.met) << c.op << ' ' << c.value;
    EXPECT_DOUBLE_EQ(*s.goals[0].value, 30);
  }
}

TEST(Goals, AreNotMetWhereTheMetricIsNotKnown) {
  const Summary s = FinishedRun().summary({{"g", "gpu.fragmented_ratio.mean", "<=", 1}});
  EXPECT_FALSE(s.goals.at(0).met);
  EXPECT_FALSE(s.goals[0].value.has_value());
}

TEST(Goals, NameTheNearestMetricForAnUnknownOne) {
  try {
    (void)FinishedRun().summary({{"wait_s.p96 <= 1", "wait_s.p96", "<=", 1}});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("wait_s.p9"), std::string::npos) << error.what();
  }
}

TEST(Metric, DocsCoverExactlyTheValuesOfASummary) {
  Summary s = FinishedRun().summary();
  s.header.quotas.queues.push_back({"q"});
  for (const MetricValue& metric : metric_values(s)) EXPECT_TRUE(is_metric(metric.dotted())) << metric.dotted();
  std::vector<std::string> names;
  for (const MetricValue& metric : metric_values(s)) names.push_back(metric.dotted());
  for (const MetricDoc& doc : metric_docs()) {
    std::string name = doc.name;
    for (const auto& [mark, key] : {std::pair{"<tenant>", "t1"}, {"<pool>", "p"}, {"<queue>", "q"}}) {
      if (const auto at = name.find(mark); at != std::string::npos) name.replace(at, std::string(mark).size(), key);
    }
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << doc.name;
    EXPECT_EQ(std::string(doc.sentence).back(), '.') << doc.name;
  }
  EXPECT_TRUE(is_metric("tenants.a.b.c.wait_s.p95")) << "tenant names may hold dots";
  EXPECT_FALSE(is_metric("tenants.wait_s.p95.x"));
  EXPECT_FALSE(is_metric("wait_s"));
}

TEST(Statistics, AreNearestRankAndExact) {
  Random rng(7, "statistics test");
  for (std::size_t n : {1U, 2U, 3U, 10U, 99U, 100U, 101U, 1000U}) {
    std::vector<std::int64_t> values(n);
    for (auto& value : values) value = static_cast<std::int64_t>(rng.next() % 1000) * kNsPerSecond;
    std::vector<std::int64_t> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const Statistics s = statistics_of_ns(values);
    const auto rank = [&](std::size_t percent) {
      return static_cast<double>(sorted[(percent * n + 99) / 100 - 1]) / 1e9;
    };
    EXPECT_DOUBLE_EQ(*s.p50, rank(50)) << n;
    EXPECT_DOUBLE_EQ(*s.p90, rank(90)) << n;
    EXPECT_DOUBLE_EQ(*s.p95, rank(95)) << n;
    EXPECT_DOUBLE_EQ(*s.p99, rank(99)) << n;
    EXPECT_DOUBLE_EQ(*s.max, rank(100)) << n;
  }
  std::vector<std::int64_t> huge(3, INT64_MAX);
  EXPECT_DOUBLE_EQ(*statistics_of_ns(huge).mean, static_cast<double>(INT64_MAX) / 1e9);
}

TEST(SummaryText, StaysWithinAHundredColumnsAndLeadsWithTheVerdict) {
  RunHeader header = FinishedRun::header();
  for (int i = 0; i < 20; ++i) header.overheads.push_back("restart 30s for more than 8 GPUs");
  const FinishedRun run;
  const Summary s = summarize(header, run.workload, run.table, run.metrics, std::vector<GoalInput>{});
  std::istringstream lines(summary_text(s, false));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line.find("1 of 3 jobs"), 0U) << line;
  while (std::getline(lines, line)) EXPECT_LE(line.size(), 100U) << line;
  const std::string text = summary_text(s, false);
  for (const char* part : {"Wait, simulated", "Wait, recorded", "order fifo", "start 2s", "capacity 80.0 %"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(summary_text(s, true).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace seatrial

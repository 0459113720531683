// reports/comparison: paired differences, verdicts, groups, conditions and files, on records made by hand.
#include "reports/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/error.h"
#include "sim/random.h"

namespace seatrial {
namespace {

using testing::HasSubstr;

RunRecord record(double wait, double allocated = 0.5) {
  RunRecord out;
  out.metrics = {
      {"wait_s.mean", wait}, {"gpu.allocated_ratio.mean", allocated}, {"events", wait * 2}, {"cost.usd", NAN}};
  return out;
}

// Alternatives of given waits, by replication.
struct Runs {
  std::vector<std::vector<RunRecord>> records;
  [[nodiscard]] Comparison compare(std::size_t baseline = 0) const {
    std::vector<AlternativeRuns> alternatives;
    for (std::size_t a = 0; a < records.size(); ++a) {
      AlternativeRuns runs{{{"scheduler.order", "p" + std::to_string(a)}}, "p" + std::to_string(a), {}};
      for (const RunRecord& run : records[a]) runs.runs.push_back(&run);
      alternatives.push_back(std::move(runs));
    }
    return compare_runs(alternatives, baseline, {"wait_s.mean"});
  }
};

Runs waits(const std::vector<std::vector<double>>& values) {
  Runs runs;
  for (const auto& alternative : values) {
    runs.records.emplace_back();
    for (const double wait : alternative) runs.records.back().push_back(record(wait));
  }
  return runs;
}

TEST(Comparison, GivesMeansDifferencesAndStudentIntervals) {
  const Runs runs = waits({{10, 20, 30}, {8, 17, 26}});
  const Comparison comparison = runs.compare();
  const MetricComparison& metric = *comparison.alternatives[1].find("wait_s.mean");
  EXPECT_DOUBLE_EQ(*metric.mean, 17);
  EXPECT_DOUBLE_EQ(*metric.difference, -3);
  // Differences -2, -3, -4: deviation 1, t(0.975, 2) = 4.302653.
  EXPECT_NEAR(metric.difference_ci95->first, -3 - 4.302653 / std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(metric.difference_ci95->second, -3 + 4.302653 / std::sqrt(3.0), 1e-5);
  // t = -3 / (1 / sqrt 3) = -5.196 with two degrees of freedom.
  EXPECT_NEAR(*metric.p, 0.035098, 1e-5);
  EXPECT_EQ(metric.verdict, Verdict::Better);
  EXPECT_NEAR(*metric.relative, -0.15, 1e-12);
}

TEST(Comparison, PairedIntervalsAreNarrowerThanUnpairedOnes) {
  const Runs runs = waits({{10, 20, 30, 40}, {9, 19, 29.5, 39}});
  const Comparison comparison = runs.compare();
  const MetricComparison& metric = *comparison.alternatives[1].find("wait_s.mean");
  const double paired = metric.difference_ci95->second - metric.difference_ci95->first;
  const double unpaired = metric.unpaired_ci95->second - metric.unpaired_ci95->first;
  EXPECT_GT(unpaired, 20 * paired);
}

TEST(Comparison, TheRelativeIntervalIsOneOfARatio) {
  // Exactly half in every replication, however different these are: no doubt about the ratio.
  const Runs runs = waits({{2, 20, 2000}, {1, 10, 1000}});
  const Comparison comparison = runs.compare();
  const MetricComparison& metric = *comparison.alternatives[1].find("wait_s.mean");
  EXPECT_DOUBLE_EQ(*metric.relative, -0.5);
  EXPECT_NEAR(metric.relative_ci95->first, -0.5, 1e-12);
  EXPECT_NEAR(metric.relative_ci95->second, -0.5, 1e-12);
}

TEST(Comparison, EqualRunsDifferByExactlyNothing) {
  const Runs runs = waits({{10, 20, 30}, {10, 20, 30}});
  const Comparison comparison = runs.compare();
  const MetricComparison& metric = *comparison.alternatives[1].find("wait_s.mean");
  EXPECT_EQ(*metric.difference, 0);
  EXPECT_EQ(*metric.difference_ci95, (std::pair{0.0, 0.0}));
  EXPECT_EQ(*metric.p_holm, 1);
  EXPECT_EQ(metric.verdict, Verdict::NoEvidence);
}

TEST(Comparison, OneReplicationHasNoIntervalsAndGoesBySign) {
  const Runs runs = waits({{10}, {12}, {10}});
  const Comparison comparison = runs.compare();
  const MetricComparison& worse = *comparison.alternatives[1].find("wait_s.mean");
  EXPECT_FALSE(worse.ci95 || worse.difference_ci95 || worse.p);
  EXPECT_EQ(worse.verdict, Verdict::Worse);
  EXPECT_EQ(comparison.alternatives[2].find("wait_s.mean")->verdict, Verdict::NoEvidence);
}

TEST(Comparison, HolmMakesVerdictsOfSeveralAlternativesHarder) {
  // One alternative alone would be found; among five its p value is multiplied.
  std::vector<std::vector<double>> values(6, {10, 20, 30, 25, 15});
  for (std::size_t a = 1; a < values.size(); ++a) {
    for (std::size_t r = 0; r < 5; ++r) values[a][r] += (r % 2 == 0 ? 1.0 : -1.0) * static_cast<double>(a);
  }
  values[1] = {9.1, 19.2, 29.8, 24.1, 14.7};
  const Comparison comparison = waits(values).compare();
  const MetricComparison& metric = *comparison.alternatives[1].find("wait_s.mean");
  EXPECT_LT(*metric.p, 0.05);
  EXPECT_NEAR(*metric.p_holm, 5 * *metric.p, 1e-12);
  EXPECT_EQ(metric.verdict, Verdict::NoEvidence);
}

TEST(Comparison, UnknownValuesStayUnknown) {
  const Runs runs = waits({{10, 20}, {8, 17}});
  const Comparison comparison = runs.compare();
  const MetricComparison& cost = *comparison.alternatives[1].find("cost.usd");
  EXPECT_FALSE(cost.mean || cost.difference || cost.p);
}

TEST(Comparison, KnowsWhichWayIsBetter) {
  EXPECT_EQ(better_way("wait_s.p95"), Better::Lower);
  EXPECT_EQ(better_way("tenants.a.b.wait_s.p95"), Better::Lower);
  EXPECT_EQ(better_way("gpu.allocated_ratio.mean"), Better::Higher);
  EXPECT_EQ(better_way("jobs.completed"), Better::Higher);
  EXPECT_EQ(better_way("events"), Better::Neither);
  EXPECT_EQ(better_way("recorded.wait_s.mean"), Better::Neither);
  EXPECT_EQ(waits({{1, 2}, {3, 4}}).compare().alternatives[1].find("events")->verdict, Verdict::None);
}

TEST(Comparison, AddsUpWhereTwoSchedulesPart) {
  Runs runs = waits({{10, 20}, {8, 17}});
  runs.records[0][1].jct_s = {10, 20, 30, NAN, 7};
  runs.records[1][1].jct_s = {10, 25, 20, 40, 7};
  const Comparison comparison = runs.compare();
  EXPECT_FALSE(comparison.alternatives[0].divergence);
  ASSERT_TRUE(comparison.alternatives[1].divergence);
  const Alternative::Divergence& divergence = *comparison.alternatives[1].divergence;
  EXPECT_EQ(divergence.replication, 1U) << "the first one kept no single jobs";
  EXPECT_EQ(divergence.first_job, 1U);
  EXPECT_EQ(divergence.first_difference_s, 5);
  EXPECT_EQ(divergence.accumulated_s, (std::vector<double>{0, 5, -5, -5, -5}));
  runs.records[1][1].jct_s = runs.records[0][1].jct_s;
  const Comparison same = runs.compare();
  EXPECT_FALSE(same.alternatives[1].divergence->first_job);
  runs.records[0][1].jct_s.assign(1000, 3);
  runs.records[1][1].jct_s.assign(1000, 4);
  const Comparison many = runs.compare();
  EXPECT_EQ(many.alternatives[1].divergence->accumulated_s.size(), kDivergenceSteps);
  EXPECT_EQ(many.alternatives[1].divergence->accumulated_s.back(), 1000);
}

TEST(Comparison, CountsWhoIsWorseOffAndShiftsByQuantile) {
  Runs runs = waits({{10, 20}, {8, 17}});
  for (auto& run : runs.records[0]) run.jct_s = {10, 20, 30, NAN};
  for (auto& run : runs.records[1]) run.jct_s = {5, 25, 20, 40};
  const Comparison comparison = runs.compare();
  EXPECT_EQ(comparison.alternatives[1].worse_off, 2U);
  EXPECT_EQ(comparison.alternatives[1].paired_jobs, 6U);  // the job that never completed has no pair
  EXPECT_EQ(comparison.alternatives[1].shift.front().second, -10);
  EXPECT_EQ(comparison.alternatives[1].shift.back().second, 5);
}

TEST(Comparison, ComparesGroupsThatBothHave) {
  Runs runs = waits({{10, 20, 15}, {8, 17, 12}});
  for (std::size_t r = 0; r < 3; ++r) {
    const auto extra = static_cast<double>(r);
    runs.records[0][r].groups = {{"tenant", "a", 5, 10 + extra, 20}, {"tenant", "b", 1, 4, 5}};
    runs.records[1][r].groups = {{"tenant", "a", 5, 4 + 1.1 * extra, 20}, {"tenant", "c", 1, 4, 5}};
  }
  const Comparison comparison = runs.compare();
  ASSERT_EQ(comparison.alternatives[1].groups.size(), 1U);
  EXPECT_NEAR(comparison.alternatives[1].groups[0].difference_s, -5.9, 1e-12);
  EXPECT_EQ(comparison.alternatives[1].groups[0].verdict, Verdict::Better);
}

TEST(FailIf, ReadsMetricAndShare) {
  const FailIf condition = parse_fail_if("wait_s.p95 worse than BASELINE by 5%");
  EXPECT_EQ(condition.metric, "wait_s.p95");
  EXPECT_DOUBLE_EQ(condition.by, 0.05);
  EXPECT_EQ(parse_fail_if("jct_s.mean worse than baseline").by, 0);
  for (const char* wrong : {"", "wait_s.p95", "wait_s.p95 better than BASELINE", "wait.p95 worse than BASELINE",
                            "wait_s.p95 worse than BASELINE by 5", "wait_s.p95 worse than BASELINE by x%",
                            "events worse than BASELINE", "wait_s.p95 worse than BASELINE by -1%"}) {
    EXPECT_THROW((void)parse_fail_if(wrong), InputError) << wrong;
  }
}

TEST(FailIf, FailsOnEvidenceBeyondTheShare) {
  const auto failed = [](const std::vector<std::vector<double>>& values, const char* text) {
    const Runs runs = waits(values);
    FailIf condition = parse_fail_if(text);
    decide(runs.compare(), condition);
    return condition.failed;
  };
  EXPECT_TRUE(failed({{20, 21, 22}, {22, 23.1, 24.3}}, "wait_s.mean worse than BASELINE by 5%"));
  EXPECT_FALSE(failed({{20, 21, 22}, {22, 23.1, 24.3}}, "wait_s.mean worse than BASELINE by 15%"));
  EXPECT_FALSE(failed({{10, 20, 30}, {5, 50, 20}}, "wait_s.mean worse than BASELINE by 5%"));  // no evidence
  EXPECT_FALSE(failed({{10, 20, 30}, {9, 18, 27.1}}, "wait_s.mean worse than BASELINE"));
  EXPECT_TRUE(failed({{0}, {1}}, "wait_s.mean worse than BASELINE by 500%"));
}

TEST(ComparisonFiles, JsonHoldsWhatTheContractNames) {
  Comparison comparison = waits({{10, 20, 30}, {8, 17, 26}}).compare();
  comparison.alternatives[1].settings = {{"scheduler.order", "\"<script>\""}, {"cluster.pools[a].count", "4"}};
  comparison.header.scenario = "x";
  comparison.verdict = comparison_verdict(comparison);
  const auto json = nlohmann::json::parse(comparison_json(comparison));
  EXPECT_EQ(json.at("schema"), "seatrial.comparison/1");
  EXPECT_EQ(json.at("replications"), 3);
  EXPECT_EQ(json.at("baseline").at("scheduler.order"), "p0");
  const auto& other = json.at("alternatives").at(1);
  EXPECT_EQ(other.at("settings").at("cluster.pools[a].count"), 4);
  EXPECT_EQ(other.at("settings").at("scheduler.order"), "<script>");
  const auto& wait = other.at("metrics").at("wait_s.mean");
  EXPECT_EQ(wait.at("verdict"), "better");
  EXPECT_EQ(wait.at("ci95").size(), 2U);
  EXPECT_DOUBLE_EQ(wait.at("difference").get<double>(), -3);
  EXPECT_TRUE(other.at("metrics").at("cost.usd").at("mean").is_null());
  EXPECT_TRUE(other.at("metrics").at("events").at("verdict").is_null());
}

TEST(ComparisonFiles, CsvHasOneRowPerAlternativeAndMetric) {
  const std::string csv = comparison_csv(waits({{10, 20, 30}, {8, 17, 26}}).compare());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 2 * 4);
  EXPECT_THAT(csv, HasSubstr("p1,false,p1,wait_s.mean,s,3,17"));
}

TEST(ComparisonFiles, TheVerdictNamesSizeAndDirection) {
  const Comparison better = waits({{20, 21, 22}, {16, 16.8, 17.7}}).compare();
  EXPECT_THAT(comparison_verdict(better), HasSubstr("p1 cuts mean wait by 19.8 % ["));
  const Comparison worse = waits({{16, 16.8, 17.7}, {20, 21, 22}}).compare();
  EXPECT_THAT(comparison_verdict(worse), HasSubstr("Nothing beats p0 in mean wait; p1 raises it by "));
  const Comparison same = waits({{8, 16, 24}, {8, 16, 24}}).compare();
  EXPECT_THAT(comparison_verdict(same), HasSubstr("no evidence"));
}

TEST(ComparisonFiles, TheVerdictShowsTheIntervalThatItIsAbout) {
  // About one second less, of very different baselines (t(0.975, 3) = 3.182 times 0.0479 s): the ratio's interval holds
  // 0, the difference's does not.
  const Comparison comparison = waits({{1, 2, 4, 300}, {0.1, 1.1, 2.9, 299}}).compare();
  const MetricComparison& metric = *comparison.alternatives[1].find("wait_s.mean");
  ASSERT_EQ(metric.verdict, Verdict::Better);
  ASSERT_GT(metric.relative_ci95->second, 0);
  EXPECT_THAT(comparison_verdict(comparison), HasSubstr("p1 cuts mean wait by 0.975 s [0.823 s, 1.13 s] against p0"));
}

TEST(ComparisonFiles, TheVerdictNamesWhoLoses) {
  Runs runs = waits({{20, 21, 22}, {16, 16.8, 17.7}});
  for (std::size_t r = 0; r < 3; ++r) {
    const double extra = 0.01 * static_cast<double>(r);
    for (auto& one : runs.records) one[r].jct_s = {5, 6};
    runs.records[1][r].jct_s = {4, 7};
    runs.records[0][r].groups = {{"tenant", "a", 1, 10, 20}, {"tenant", "c", 1, 4, 5}, {"size", "9 to 64", 1, 4, 5}};
    runs.records[1][r].groups = {
        {"tenant", "a", 1, 5 + extra, 20}, {"tenant", "c", 1, 6 + extra, 5}, {"size", "9 to 64", 1, 9 + extra, 5}};
  }
  EXPECT_THAT(comparison_verdict(runs.compare()), HasSubstr("; 50 % of jobs are worse off, notably tenant c."));
  for (auto& one : runs.records) {
    for (auto& run : one) run.groups.erase(run.groups.begin(), run.groups.begin() + 2);
  }
  const std::string verdict = comparison_verdict(runs.compare());
  EXPECT_THAT(verdict, HasSubstr("; 50 % of jobs are worse off, notably 9 to 64 GPUs."));
  EXPECT_LE(std::count(verdict.begin(), verdict.end(), ' ') + 1, 25);
}

// Alternatives of three replications each with failed and rejected jobs out of 1,300.
Runs lossy(const std::vector<std::array<double, 3>>& wait_failed_rejected) {
  Runs runs;
  for (const auto& [wait, failed, rejected] : wait_failed_rejected) {
    runs.records.emplace_back();
    for (int r = 0; r < 3; ++r) {
      RunRecord run = record(wait * (1 + 0.01 * r));
      run.metrics.insert(run.metrics.end(),
                         {{"jobs.submitted", 1300}, {"jobs.failed", failed}, {"jobs.rejected", rejected}});
      runs.records.back().push_back(run);
    }
  }
  return runs;
}

std::ptrdiff_t words_of(const std::string& text) { return std::count(text.begin(), text.end(), ' ') + 1; }

TEST(LostJobs, AnAlternativeThatLosesThemIsNotBest) {
  const Comparison comparison = lossy({{100, 0, 0}, {10, 300, 33}, {60, 0, 0}}).compare();
  EXPECT_TRUE(comparison.alternatives[1].loses_more);
  EXPECT_EQ(comparison.alternatives[1].lost_jobs, 333);
  EXPECT_THAT(comparison_verdict(comparison), HasSubstr("p2 cuts mean wait by 40 %"));
  Comparison shown = comparison;
  EXPECT_THAT(comparison_text(shown, false), HasSubstr("better, but 333 of 1,300 jobs fail or are rejected"));
}

TEST(LostJobs, TheVerdictNamesThemWhereNothingElseIsBetter) {
  const std::string verdict = comparison_verdict(lossy({{100, 5, 0}, {10, 333, 0}}).compare());
  EXPECT_THAT(verdict,
              HasSubstr("p1 cuts mean wait by 90 % [90, 90] against p0, but 333 of 1,300 jobs fail, against 5."));
  EXPECT_LE(words_of(verdict), 25);
}

TEST(LostJobs, ABaselineThatLosesThemIsToldToo) {
  const std::string verdict = comparison_verdict(lossy({{10, 0, 333}, {100, 0, 0}}).compare());
  EXPECT_THAT(
      verdict,
      HasSubstr(
          "Nothing beats p0 in mean wait; p1 raises it by 900 % [900, 900]; 333 of 1,300 jobs are rejected with p0."));
  EXPECT_LE(words_of(verdict), 25);
  EXPECT_THAT(comparison_verdict(lossy({{10, 333, 0}, {10, 333, 0}}).compare()),
              HasSubstr("no evidence; 333 of 1,300 jobs fail."));
}

TEST(LostJobs, AFewMoreDecideNothing) {
  const Comparison comparison = lossy({{100, 333, 0}, {50, 334, 0}}).compare();
  EXPECT_FALSE(comparison.alternatives[1].loses_more);
  EXPECT_THAT(comparison_verdict(comparison), HasSubstr("p1 cuts mean wait by 50 %"));
  EXPECT_TRUE(flattered_by_lost_jobs("wait_s.p95"));
  EXPECT_FALSE(flattered_by_lost_jobs("jobs.failed"));
  EXPECT_FALSE(flattered_by_lost_jobs("gpu.allocated_ratio.mean"));
}

TEST(RunRecord, BytesComeBackAndDamageIsSeen) {
  RunRecord original = record(3.5);
  original.groups = {{"user", "x\ny", 3, 1.5, NAN}};
  original.jct_s = {1, NAN};
  original.fact_hash = "abc";
  original.decisions = {{Time{5}, 1, 2, DecisionKind::Start}, {Time{6}, 1, NodeId::kNone, DecisionKind::Preempt}};
  const std::string bytes = record_bytes(original);
  const auto back = record_from_bytes(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(record_bytes(*back), bytes);
  EXPECT_EQ(back->decisions, original.decisions);
  EXPECT_EQ(back->metric("wait_s.mean"), 3.5);
  EXPECT_EQ(back->metric("cost.usd"), std::nullopt);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(record_from_bytes(bytes.substr(0, cut))) << cut;
}

}  // namespace
}  // namespace seatrial

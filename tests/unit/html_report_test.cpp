// The report's page: escaping, equal bytes, rebuilt from files, and its designed empty states.
#include "reports/html_report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <regex>

#include "reports/explain.h"
#include "reports/html.h"
#include "reports/run_result.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

JobGroups groups_of(const FinishedRun& run) { return group_jobs(job_outcomes(run.workload, run.table), Duration{0}); }

std::string page(const FinishedRun& run, const Summary& summary) {
  return html_report(summary, run.metrics.series(), groups_of(run));
}

class ResultOnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "html_report_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    out_ = (root_ / "out").string();
    const Summary summary = run_.summary({{"wait_s.p95 <= 600", "wait_s.p95", "<=", 600}});
    ResultFolder folder(out_);
    write_run_result({summary, run_.workload, run_.table, run_.metrics.series(), run_.nodes}, folder);
    folder.commit();
  }
  void TearDown() override { fs::remove_all(root_); }

  FinishedRun run_;
  fs::path root_;
  std::string out_;
};

TEST(Escaping, MakesEveryNameHarmless) {
  EXPECT_EQ(escaped("</script><b a=\"1\" c='2'>&"), "&lt;/script&gt;&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
  EXPECT_EQ(escaped(std::string("a\x1b[31m\x01z")), "a\xef\xbf\xbd[31m\xef\xbf\xbdz");
  EXPECT_EQ(escaped("\xff\xfe"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escaped("gr\xc3\xb6\xc3\x9f"
                    "e\n"),
            "gr\xc3\xb6\xc3\x9f"
            "e\n");
}

TEST(HtmlReport, HoldsNoMarkupOfTheUsers) {
  const std::string evil = "</script></style></pre><img src=x onerror=alert(1)>\"'";
  WorkloadBuilder builder;
  builder.add(FinishedRun::record(evil, 0, 10, 1, evil));
  builder.add(FinishedRun::record("b", 5, 20, 4, "t2"));
  builder.add(FinishedRun::record("c", 6, 1, 9, evil));
  FinishedRun run;
  run.workload = builder.build();
  std::vector<PoolInfo> pools = FinishedRun::pools();
  pools[0].name = evil;
  Metrics metrics(pools, {});
  metrics.observe(FinishedRun::facts());
  metrics.finish(Time{30 * kNsPerSecond});
  RunHeader header = FinishedRun::header();
  header.scenario = header.command = header.version = header.scenario_text = evil;
  header.fact_hash = evil;
  header.overheads = {evil};
  header.warnings = {evil};
  header.axes = {{evil, evil}};
  Summary summary = summarize(header, run.workload, run.table, metrics, {});
  summary.goals.push_back({evil, std::nullopt, false});
  const std::string html = html_report(summary, metrics.series(), groups_of(run));
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(html.find("onerror=alert(1)>"), std::string::npos);
  const auto count = [&](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = html.find(text); at != std::string::npos; at = html.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("</script>"), 1U);
  EXPECT_EQ(count("</style>"), 1U);
  EXPECT_EQ(count("</pre>"), 1U);
}

TEST(HtmlReport, AsksTheNetworkForNothing) {
  const FinishedRun run;
  const std::string html = page(run, run.summary());
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_FALSE(std::regex_search(html, std::regex("https?://|src=|href=|@import|url\\(")));
  EXPECT_EQ(html.find(" style=\""), std::string::npos) << "the content security policy forbids inline style";
  EXPECT_FALSE(std::regex_search(html, std::regex("\\son[a-z]+=")));
}

TEST(HtmlReport, HasEqualBytesForEqualRunsWhateverTheWallTime) {
  const FinishedRun run;
  Summary slow = run.summary();
  slow.header.wall_s = 1000;
  slow.events_per_s = 1;
  EXPECT_EQ(page(run, run.summary()), page(FinishedRun(), slow));
}

TEST(HtmlReport, ClosesWhatItOpens) {
  const FinishedRun run;
  const std::string html = page(run, run.summary({{"wait_s.p95 <= 1", "wait_s.p95", "<=", 1}}));
  for (const char* tag : {"main", "table", "tbody", "tr", "td", "svg", "figure", "ul", "li", "div", "dl", "details"}) {
    const auto count = [&](const std::string& pattern) {
      const std::regex regex(pattern);
      return std::distance(std::sregex_iterator(html.begin(), html.end(), regex), std::sregex_iterator());
    };
    EXPECT_EQ(count(std::string("<") + tag + "[ >]"), count(std::string("</") + tag + ">")) << tag;
  }
  EXPECT_FALSE(std::regex_search(html, std::regex("\\b(nan|inf)\\b"))) << "every number is finite";
}

TEST(HtmlReport, HasAStateForARunWhereNothingHappened) {
  WorkloadBuilder builder;
  const Workload workload = builder.build();
  const JobTable table(0);
  Metrics metrics({}, {});
  metrics.finish(Time{0});
  const Summary summary = summarize(FinishedRun::header(), workload, table, metrics, {});
  const std::string html =
      html_report(summary, metrics.series(), group_jobs(job_outcomes(workload, table), Duration{0}));
  for (const char* part : {"No job started.", "there is nothing to draw", "No job to show."}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
}

TEST(HtmlReport, GroupsManyTenantsAsOthers) {
  JobOutcomes outcomes;
  for (std::uint32_t tenant = 0; tenant < 1000; ++tenant) {
    outcomes.tenants.push_back("tenant-" + std::to_string(tenant));
    for (std::uint32_t i = 0; i <= tenant % 7; ++i) outcomes.jobs.push_back({tenant, 1, 0, kNsPerSecond, std::nullopt});
  }
  const JobGroups groups = group_jobs(outcomes, Duration{0});
  ASSERT_EQ(groups.tenants.size(), 13U);
  EXPECT_TRUE(groups.tenants.back().others);
  EXPECT_EQ(groups.tenant_count, 1000U);
  std::uint64_t jobs = 0;
  for (const TenantRow& row : groups.tenants) jobs += row.all.jobs;
  EXPECT_EQ(jobs, outcomes.jobs.size());
}

TEST(LogHistogram, PutsEachDurationBelowItsUpperEdge) {
  for (const std::int64_t ns : {std::int64_t{1}, std::int64_t{1'000'000}, std::int64_t{1'000'001}, kNsPerSecond,
                                7 * kNsPerSecond, 86400 * kNsPerSecond, std::int64_t{INT64_MAX}}) {
    LogHistogram histogram;
    histogram.add(ns);
    const auto bin =
        static_cast<std::size_t>(std::find(histogram.bins.begin(), histogram.bins.end(), 1U) - histogram.bins.begin());
    ASSERT_LT(bin, histogram.bins.size()) << ns;
    EXPECT_LE(static_cast<double>(ns) / 1e9, LogHistogram::upper_s(bin) * 1.000001) << ns;
    if (bin > 0) {
      EXPECT_GT(static_cast<double>(ns) / 1e9, LogHistogram::upper_s(bin - 1) * 0.999999) << ns;
    }
  }
  LogHistogram zero;
  zero.add(0);
  zero.add(-5);
  EXPECT_EQ(zero.zeros, 2U);
}

TEST(Wording, StaysShortAtAnySize) {
  const struct {
    double value;
    const char* text;
  } cases[] = {{0, "0"},          {0.1234, "0.123"},         {12.34, "12.3"},        {999.4, "999"}, {999.6, "1,000"},
               {-1234, "-1,234"}, {1234567, "1.23 million"}, {2.5e9, "2.5 billion"}, {1e15, "1e+15"}};
  for (const auto& c : cases) EXPECT_EQ(short_number(c.value), c.text);
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(12), "12");
  EXPECT_EQ(percent_words(std::nullopt), "not known");
  EXPECT_EQ(usd_words(2.5), "USD 2.50");
}

TEST_F(ResultOnDisk, HasEveryFile) {
  for (const char* name :
       {"summary.json", "jobs.csv", "waits.csv", "rejected.csv", "series.csv", "scenario.yaml", "report.html"}) {
    EXPECT_TRUE(fs::is_regular_file(fs::path(out_) / name)) << name;
  }
  EXPECT_FALSE(fs::exists(fs::path(out_) / "placements.csv"));
}

TEST_F(ResultOnDisk, RebuildsTheReportToTheSameBytes) {
  const std::string original = read_whole_file(system_files(), out_ + "/report.html");
  EXPECT_EQ(rebuilt_report(out_), original);
  fs::remove(out_ + "/report.html");
  rebuild_report(out_);
  EXPECT_EQ(read_whole_file(system_files(), out_ + "/report.html"), original);
  EXPECT_THROW((void)rebuilt_report(root_.string()), InputError);
}

TEST_F(ResultOnDisk, ExplainsAWait) {
  const std::string text = explain(out_, "=b\"");
  for (const char* part : {"4 GPUs, tenant t2, completed", "waited     5 s", "4 s (80.0 %, capacity)",
                           "1 s (20.0 %, fragmentation)", "1 job held 1 GPU of 4", "a,1: 1 GPU, from 0 s to 10 s",
                           "No job that came earlier was waiting", "on 2 nodes: n0 n1"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
  }
}

TEST_F(ResultOnDisk, ExplainsAJobThatDidNotWaitAndARejection) {
  EXPECT_NE(explain(out_, "a,1").find("It did not wait."), std::string::npos);
  EXPECT_NE(explain(out_, "big").find("asks for 9 GPUs; the cluster has 4"), std::string::npos);
}

TEST_F(ResultOnDisk, NamesTheNearestJobForAnUnknownOne) {
  try {
    (void)explain(out_, "bag");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("\"big\""), std::string::npos) << error.what();
  }
  EXPECT_THROW((void)explain(root_.string(), "big"), InputError);
}

TEST_F(ResultOnDisk, RefusesDamagedFiles) {
  std::ofstream(out_ + "/jobs.csv", std::ios::app) << "half a row\n";
  EXPECT_THROW((void)rebuilt_report(out_), InputError);
  EXPECT_THROW((void)explain(out_, "big"), InputError);
  std::ofstream(out_ + "/summary.json") << "{";
  EXPECT_THROW((void)rebuilt_report(out_), InputError);
}

}  // namespace
}  // namespace seatrial

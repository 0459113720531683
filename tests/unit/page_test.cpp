// The frame of pages: nothing of the data becomes markup, equal bytes, rebuilt from their documents.
#include "reports/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "reports/explain.h"
#include "reports/report_data.h"
#include "reports/run_result.h"
#include "reports/sha256.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "tests/support/paths.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

std::string json_of(const FinishedRun& run, const Summary& summary) {
  const Cluster cluster = cluster_of(2, 2);
  RunHistory history(run.table, cluster, {false, false});
  history.observe(FinishedRun::facts());
  history.finish(run.metrics.end());
  const std::vector<ReportNode> nodes{{0, 2}, {0, 2}};
  const ReportInput input{summary, run.workload, run.table, run.metrics, run.nodes, nodes, history};
  return report_json(input, report_data(input));
}

std::string page(const FinishedRun& run, const Summary& summary) { return run_html(json_of(run, summary)); }

// What a document says inside a page.
std::string document_of(const std::string& html) {
  const std::string open = "<script type=\"application/json\" id=\"document\">";
  const std::size_t begin = html.find(open) + open.size();
  return html.substr(begin, html.find("</script>", begin) - begin);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::string file(const std::string& name) { return read_whole_file(system_files(), source_file("tests/data/") + name); }

class ResultOnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "page_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    out_ = (root_ / "out").string();
    const Summary summary = run_.summary({{"wait_s.p95 <= 600", "wait_s.p95", "<=", 600}});
    ResultFolder folder(out_);
    const Cluster cluster = cluster_of(2, 2);
    RunHistory history(run_.table, cluster, {false, false});
    history.finish(run_.metrics.end());
    const std::vector<ReportNode> nodes{{0, 2}, {0, 2}};
    write_run_result({summary, run_.workload, run_.table, run_.metrics, run_.nodes, nullptr, &history, &nodes}, folder);
    folder.commit();
  }
  void TearDown() override { fs::remove_all(root_); }

  FinishedRun run_;
  fs::path root_;
  std::string out_;
};

TEST(Sha256, EqualsThePublishedExamples) {
  // FIPS 180-4 examples, from hexadecimal to base64.
  EXPECT_EQ(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(sha256_base64("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
  EXPECT_EQ(sha256_base64(std::string(1'000'000, 'a')), "zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA=");
}

TEST(Page, HoldsNoMarkupOfTheUsers) {
  const std::string evil = "</script></style><!--<script><img src=x onerror=alert(1)>\"'&\n\t\x01";
  FinishedRun run(evil);
  Summary summary = run.summary();
  RunHeader& header = summary.header;
  header.scenario = header.command = header.version = header.scenario_text = header.fact_hash = evil;
  header.overheads = header.warnings = {evil};
  header.axes = {{evil, evil}};
  summary.goals.push_back({evil, std::nullopt, false});
  const std::string html = run_html(json_of(run, summary));
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(count(html, "</script>"), 2U) << "of the document and of the page's own script";
  EXPECT_EQ(count(html, "</style>"), 1U);
  EXPECT_EQ(document_of(html).find('<'), std::string::npos);
  const auto json = nlohmann::json::parse(document_of(html));
  EXPECT_EQ(json.at("scenario"), evil) << "the page shows it as it is, as text";
  EXPECT_EQ(json.at("tenants").at(1), evil);
}

TEST(Page, AsksTheNetworkForNothingAndRunsOnlyItsOwnScript) {
  const FinishedRun run;
  for (const std::string& html : {page(run, run.summary()), comparison_html(file("comparison.json")),
                                  plan_html(file("plan.json")), plan_html(file("plan_none.json"))}) {
    std::string own = html;
    const std::size_t document = own.find(document_of(html));
    own.erase(document, document_of(html).size());
    EXPECT_FALSE(
        std::regex_search(own, std::regex("src=|@import|url\\(|fetch\\(|XMLHttpRequest|WebSocket|sendBeacon")));
    EXPECT_EQ(own.find(" style=\""), std::string::npos) << "the content security policy forbids inline style";
    const auto between = [&](const std::string& open, const std::string& close) {
      const std::size_t begin = own.rfind(open) + open.size();
      return own.substr(begin, own.find(close, begin) - begin);
    };
    const std::string policy = between("Content-Security-Policy\" content=\"", "\"");
    EXPECT_EQ(policy, "default-src 'none'; style-src 'sha256-" + sha256_base64(between("<style>", "</style>")) +
                          "'; script-src 'sha256-" + sha256_base64(between("<script>", "</script>")) +
                          "'; base-uri 'none'; form-action 'none'");
  }
}

TEST(Page, HasEqualBytesForEqualRunsWhateverTheWallTime) {
  const FinishedRun run;
  Summary slow = run.summary();
  slow.header.wall_s = 1000;
  slow.events_per_s = 1;
  EXPECT_EQ(page(run, run.summary()), page(FinishedRun(), slow));
}

TEST(Page, RefusesWhatIsNoDocumentOfItsSchema) {
  EXPECT_THROW((void)run_html("{"), InputError);
  EXPECT_THROW((void)run_html("[]"), InputError);
  EXPECT_THROW((void)run_html(file("plan.json")), InputError);
  EXPECT_THROW((void)plan_html("{\"schema\": \"seatrial.plan/2\"}"), InputError);
  try {
    (void)comparison_html("{\"schema\": \"<b>\"}", "here/comparison.json");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("here/comparison.json"), std::string::npos) << error.what();
  }
}

TEST(Headline, NamesTheWorstMissedGoalFirst) {
  const FinishedRun run;
  Summary summary = run.summary();
  summary.jobs.rejected = 0;
  EXPECT_EQ(
      headline(summary),
      "95 % of jobs waited at most 5 s; most waiting (80.0 %) is for capacity; 75.0 % of GPU time was allocated.");
  summary.goals = {{"wait_s.p95 <= 600", 660.0, false},
                   {"gpu.allocated_ratio.mean >= 0.9", 0.3, false},
                   {"jobs.waited <= 5", 1.0, true}};
  EXPECT_EQ(headline(summary), "2 of 3 goals missed; worst: gpu.allocated_ratio.mean >= 0.9; it is 0.3.");
  summary.goals = {{"wait_s.p95 <= 600", 60.0, true}, {"wait_s.p95<=61", 60.0, true}};
  EXPECT_EQ(headline(summary), "All 2 goals met; closest: wait_s.p95<=61; it is 60 s.");
  summary.goals = {{"cost.usd <= 5", std::nullopt, false}};
  EXPECT_EQ(headline(summary), "Goal missed: cost.usd <= 5; it is not known.");
}

TEST(Headline, NamesJobsThatAreLost) {
  const FinishedRun run;
  Summary summary = run.summary();
  EXPECT_EQ(headline(summary),
            "1 of 3 jobs was rejected; 95 % of jobs waited at most 5 s; most waiting (80.0 %) is for capacity.");
  summary.jobs = {1300, 967, 333, 0, 0, 0, 278};
  summary.divided.out_of_memory_jobs = 333;
  summary.wait_s.p95 = 21'690;
  EXPECT_EQ(headline(summary), "333 of 1,300 jobs ran out of GPU memory; 95 % of jobs waited at most 6 h 1 min.");
  summary.divided.out_of_memory_jobs = 300;
  summary.jobs.rejected = 10;
  EXPECT_THAT(headline(summary), testing::StartsWith("343 of 1,300 jobs failed or were rejected; 95 % of jobs"));
  EXPECT_THAT(verdict(summary), testing::HasSubstr(" 333 of 1,300 jobs failed."));
  summary.goals = {{"gpu.allocated_ratio.mean >= 0.7", 0.75, true}, {"wait_s.p95 <= 60000", 21'690, true}};
  const std::string text = headline(summary);
  EXPECT_THAT(text, testing::EndsWith("; 343 of 1,300 jobs failed or were rejected."));
  EXPECT_LE(std::count(text.begin(), text.end(), ' ') + 1, 25);
  EXPECT_THAT(verdict(summary), testing::HasSubstr("343 of 1,300 jobs failed or were rejected."));
  summary.goals.clear();
  summary.jobs.waited = 0;
  summary.jobs.rejected = 0;
  EXPECT_EQ(headline(summary), "333 of 1,300 jobs failed; no other job waited for GPUs.");
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
  for (const char* name : {"summary.json", "jobs.csv", "waits.csv", "rejected.csv", "series.csv", "scenario.yaml",
                           "report.json", "report.html"}) {
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

TEST_F(ResultOnDisk, RebuildsPagesOfComparisonsAndPlansToo) {
  fs::remove(out_ + "/report.json");
  EXPECT_THROW((void)rebuilt_report(out_), InputError);
  std::ofstream(out_ + "/plan.json") << file("plan.json");
  EXPECT_EQ(rebuilt_report(out_), plan_html(file("plan.json")));
  std::ofstream(out_ + "/comparison.json") << file("comparison.json");
  EXPECT_EQ(rebuilt_report(out_), comparison_html(file("comparison.json")));
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
  EXPECT_THROW((void)explain(out_, "big"), InputError);
  std::ofstream(out_ + "/report.json") << "{";
  EXPECT_THROW((void)rebuilt_report(out_), InputError);
}

TEST_F(ResultOnDisk, WritesNoReportWhereNoneIsWanted) {
  const Summary summary = run_.summary();
  ResultFolder folder((root_ / "bare").string());
  write_run_result({summary, run_.workload, run_.table, run_.metrics, run_.nodes}, folder);
  folder.commit();
  EXPECT_FALSE(fs::exists(root_ / "bare" / "report.html"));
  EXPECT_FALSE(fs::exists(root_ / "bare" / "report.json"));
}

}  // namespace
}  // namespace seatrial

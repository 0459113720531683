// The database of runs: what is in it, who may write it, and that many may at once. Skipped without SQLite.
#include "reports/run_database.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sim/error.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

class RunDatabase : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_run_database()) GTEST_SKIP() << "built without SQLite";
    std::string name = (fs::temp_directory_path() / "run_database_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = (folder_ / "runs.sqlite").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What the sqlite3 program prints; "absent" where there is none.
  [[nodiscard]] std::string query(const std::string& sql) const {
    const std::string command = "sqlite3 '" + path_ + "' \"" + sql + "\" 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string out;
    std::array<char, 4096> buffer{};
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? "absent" : out;
  }
  [[nodiscard]] bool can_query() const { return query("SELECT 1") == "1\n"; }

  static RunRow row() {
    RunRow made = run_row(FinishedRun().summary());
    made.at = "2026-01-31T23:59:59Z";
    made.result = "out/it's; DROP TABLE run";
    made.settings.emplace_back("scheduler.order", "sjf");  // the last of a path
    made.tenants.push_back({"x'); DROP TABLE run; --", 1, 2.5, {}, {}, {}});
    return made;
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(RunDatabase, HoldsWhatTheSummarySays) {
  check_run_database(path_);
  EXPECT_FALSE(fs::exists(path_));  // checking makes nothing
  append_run(path_, row());
  check_run_database(path_);
  append_run(path_, row());
  if (!can_query()) GTEST_SKIP() << "the program sqlite3 is absent";
  EXPECT_EQ(query("PRAGMA user_version; PRAGMA integrity_check"), "1\nok\n");
  EXPECT_EQ(query("SELECT id, kind, at, scenario, seed, version, fact_hash, result FROM run"),
            "1|run|2026-01-31T23:59:59Z|quickstart|42|0.1.0|00ff|out/it's; DROP TABLE run\n"
            "2|run|2026-01-31T23:59:59Z|quickstart|42|0.1.0|00ff|out/it's; DROP TABLE run\n");
  EXPECT_EQ(
      query("SELECT path, value FROM setting WHERE run = 1"),
      "scheduler.admission|strict\nscheduler.order|sjf\nscheduler.placement|best-fit\nscheduler.preemption|none\n");
  EXPECT_EQ(query("SELECT value FROM metric WHERE run = 2 AND name = 'wait_s.mean'"), "2.5\n");
  EXPECT_EQ(query("SELECT count(*) FROM metric WHERE name LIKE 'tenants.%'"), "0\n");
  EXPECT_EQ(query("SELECT name, jobs, gpu_s, wait_mean_s IS NULL FROM tenant WHERE run = 1"),
            "t1|2|10.0|0\nt2|1|80.0|0\nx'); DROP TABLE run; --|1|2.5|1\n");
}

TEST_F(RunDatabase, EveryMetricOfTheSummaryIsThere) {
  const RunRow made = row();
  const Summary summary = FinishedRun().summary();
  std::size_t others = 0;
  for (const MetricValue& metric : metric_values(summary)) others += metric.path.front() == "tenants" ? 0 : 1;
  EXPECT_EQ(made.metrics.size(), others);
  EXPECT_EQ(made.content_hash.size(), 32U);
}

TEST_F(RunDatabase, ManyWritersLoseNothing) {
  constexpr int kWriters = 6;
  constexpr int kRuns = 5;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = ::fork();
    if (child == 0) {
      int status = 0;
      try {
        for (int i = 0; i < kRuns; ++i) append_run(path_, row());
      } catch (const std::exception&) {
        status = 1;
      }
      ::_exit(status);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  if (!can_query()) GTEST_SKIP() << "the program sqlite3 is absent";
  EXPECT_EQ(query("SELECT count(*), count(DISTINCT run.id) FROM run JOIN setting ON setting.run = run.id "
                  "WHERE path = 'scheduler.order'"),
            "30|30\n");
}

TEST_F(RunDatabase, WhatIsNoDatabaseOfOursIsTheUsersMistake) {
  std::ofstream(path_) << std::string(5000, 'x');
  EXPECT_THROW(check_run_database(path_), InputError);
  EXPECT_THROW(append_run(path_, row()), InputError);
  EXPECT_EQ(fs::file_size(path_), 5000U);
  EXPECT_THROW(check_run_database(""), InputError);
  fs::remove(path_);
  if (!can_query()) GTEST_SKIP() << "the program sqlite3 is absent";
  fs::remove(path_);
  EXPECT_EQ(query("PRAGMA user_version = 7"), "");
  EXPECT_THROW(check_run_database(path_), InputError);
  EXPECT_THROW(append_run(path_, row()), InputError);
  fs::remove(path_);
  EXPECT_EQ(query("CREATE TABLE photos (x)"), "");
  EXPECT_THROW(append_run(path_, row()), InputError);
  EXPECT_EQ(query(".tables"), "photos\n");
}

TEST_F(RunDatabase, WhatTheSystemWillNotDoIsTheSystems) {
  EXPECT_THROW(check_run_database((folder_ / "nowhere/x.sqlite").string()), SystemError);
  EXPECT_THROW(append_run((folder_ / "nowhere/x.sqlite").string(), row()), SystemError);
  EXPECT_THROW(append_run(folder_.string(), row()), SystemError);
}

TEST_F(RunDatabase, AnEmptyFileBecomesADatabase) {
  std::ofstream(path_).flush();
  check_run_database(path_);
  append_run(path_, row());
  if (!can_query()) GTEST_SKIP() << "the program sqlite3 is absent";
  EXPECT_EQ(query("SELECT count(*) FROM run"), "1\n");
}

}  // namespace
}  // namespace seatrial

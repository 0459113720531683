// The program as a script sees it: exit statuses, what goes to which stream, and that nothing half-done stays behind.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/paths.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

struct Ended {
  int status = -1;
  std::string out;  // of both streams, unless the command redirects one
};

class Cli : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(program_file("seatrial"))) GTEST_SKIP() << "the program was not built";
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::temp_directory_path() / ("seatrial-cli-" + name + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    std::ofstream(folder_ / "s.yaml") << good_scenario();
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Runs `seatrial ARGUMENTS` in the test's folder through a shell.
  [[nodiscard]] Ended run(const std::string& arguments, const std::string& before = "") const {
    const std::string command =
        "cd '" + folder_.string() + "' && " + before + "'" + program_file("seatrial") + "' " + arguments + " 2>&1";
    Ended ended;
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
      ended.out.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
  }

  fs::path folder_;
};

TEST_F(Cli, HelpAndVersionAreNoMistakes) {
  for (const char* arguments :
       {"--help", "run --help", "validate -h", "list --help", "trace --help", "trace describe --help",
        "trace convert --help", "trace generate --help", "explain --help", "fit --help", "fit predict --help"}) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.status, 0) << arguments;
    EXPECT_NE(ended.out.find("Usage"), std::string::npos) << arguments;
  }
  const Ended version = run("--version");
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.substr(0, 9), "seatrial ");
  EXPECT_NE(version.out.find("\nrevision "), std::string::npos);
  EXPECT_NE(version.out.find("\nbuild "), std::string::npos);
}

TEST_F(Cli, MistakesOfUsageExitWith2) {
  for (const char* arguments :
       {"", "run", "run a b", "run s.yaml --jobs 0", "run s.yaml --format xml", "run s.yaml --nope",
        "run s.yaml --log all", "run s.yaml --seed -1", "run s.yaml --seed x", "list fruit", "trace", "trace shred",
        "explain nowhere", "explain nowhere j", "trace generate"}) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.status, 2) << arguments << "\n" << ended.out;
    EXPECT_FALSE(ended.out.empty()) << arguments;
  }
}

TEST_F(Cli, AnUnknownVerbNamesTheKnownOnes) {
  const Ended ended = run("valdate s.yaml");
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.out.find("unknown verb \"valdate\"; known: run, compare, plan, validate, list, explain, trace"),
            std::string::npos);
  EXPECT_NE(ended.out.find("(did you mean \"validate\"?)"), std::string::npos);
}

TEST_F(Cli, ValidateSaysYesOrEverythingThatIsWrong) {
  EXPECT_EQ(run("validate s.yaml").out, "s.yaml: no problems\n");
  const Ended bad = run("validate s.yaml --set seed=x --set cluster.pools[q].count=1");
  EXPECT_EQ(bad.status, 2);
  EXPECT_EQ(std::count(bad.out.begin(), bad.out.end(), '\n'), 2) << bad.out;
  const Ended json = run("validate s.yaml --set seed=x --format json 2>/dev/null");
  EXPECT_EQ(json.status, 2);
  EXPECT_NE(json.out.find("\"path\": \"seed\""), std::string::npos) << json.out;
}

TEST_F(Cli, ValidateMendsOnlyWhereItIsTold) {
  const auto text_of = [&](const char* name) {
    std::ifstream file(folder_ / name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string wrong = good_scenario() + "sede: 7  # mine\nuntil: 90\n";
  std::ofstream(folder_ / "w.yaml") << wrong;
  const Ended diff = run("validate w.yaml --diff");
  EXPECT_EQ(diff.status, 2);
  EXPECT_NE(diff.out.find("@@ -5 +5 @@\n-sede: 7  # mine\n+seed: 7  # mine\n"), std::string::npos) << diff.out;
  EXPECT_EQ(text_of("w.yaml"), wrong);
  std::filesystem::permissions(folder_ / "w.yaml", std::filesystem::perms(0640));
  const Ended fix = run("validate w.yaml --fix");
  EXPECT_EQ(std::filesystem::status(folder_ / "w.yaml").permissions(), std::filesystem::perms(0640));
  EXPECT_EQ(fix.status, 2);  // 90 of what?
  EXPECT_EQ(std::count(fix.out.begin(), fix.out.end(), '\n'), 6) << fix.out;
  EXPECT_NE(fix.out.find("until: \"90\" has no unit"), std::string::npos) << fix.out;
  EXPECT_EQ(text_of("w.yaml"), good_scenario() + "seed: 7  # mine\nuntil: 90\n");
  EXPECT_EQ(run("validate - --fix < w.yaml").status, 2);
  EXPECT_EQ(run("validate w.yaml --fix --set seed=1").status, 2);
  EXPECT_EQ(run("validate s.yaml --fix").out, "s.yaml: no problems\n");
}

TEST_F(Cli, ValidateSpeaksSarif) {
  std::ofstream(folder_ / "a b.yaml") << good_scenario() << "sheduler: {}\n";
  const Ended ended = run("validate 'a b.yaml' --format sarif 2>/dev/null #");
  EXPECT_EQ(ended.status, 2);
  const auto sarif = nlohmann::json::parse(ended.out, nullptr, false);
  ASSERT_FALSE(sarif.is_discarded()) << ended.out;
  EXPECT_EQ(sarif["version"], "2.1.0");
  const auto& results = sarif["runs"][0]["results"];
  ASSERT_EQ(results.size(), 1U);
  const auto& place = results[0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "a%20b.yaml");
  EXPECT_EQ(place["region"]["startLine"], 5);
  EXPECT_EQ(place["region"]["startColumn"], 1);
  EXPECT_NE(results[0]["message"]["text"].get<std::string>().find("did you mean \"scheduler\""), std::string::npos);
  // Columns count characters, not the bytes of those before them.
  std::ofstream(folder_ / "u.yaml") << good_scenario()
                                    << "metrics: {warmup: 0s, \"\u00e4\u4e2d\U0001f600\": 1, warmap: 1s}\n";
  const Ended words = run("validate u.yaml --format sarif 2>/dev/null #");
  std::vector<int> columns;
  const auto marked = nlohmann::json::parse(words.out);
  for (const auto& result : marked["runs"][0]["results"]) {
    columns.push_back(result["locations"][0]["physicalLocation"]["region"]["startColumn"]);
  }
  EXPECT_EQ(columns, (std::vector<int>{23, 33})) << words.out;
  const Ended good = run("validate s.yaml --format sarif");
  EXPECT_EQ(good.status, 0);
  EXPECT_TRUE(nlohmann::json::parse(good.out)["runs"][0]["results"].empty());
}

TEST_F(Cli, ExtraFilesAppearWhereTheyAreAskedFor) {
  const Ended ended = run("run s.yaml --out r --no-report --log timeline,metrics,batsim --log events");
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_NE(ended.out.find("metrics.om: "), std::string::npos) << ended.out;
  for (const char* name : {"timeline.json.gz", "metrics.om", "events.csv", "batsim_jobs.csv"})
    EXPECT_TRUE(fs::exists(folder_ / "r" / name));
  EXPECT_FALSE(fs::exists(folder_ / "r/placements.csv"));
  const Ended wrong = run("run s.yaml --out q --log timelin");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.out.find("did you mean \"timeline\""), std::string::npos) << wrong.out;
  EXPECT_FALSE(fs::exists(folder_ / "q"));
}

TEST_F(Cli, FormsForBuildServersGoToStandardOutput) {
  const std::string goal = " --set 'goals=[\"wait_s.mean <= 0\", \"jobs.completed > 100\"]' --no-report --out r";
  const Ended junit = run("run s.yaml --format junit" + goal);
  EXPECT_EQ(junit.status, 1);
  EXPECT_NE(junit.out.find("tests=\"2\" failures=\"1\""), std::string::npos) << junit.out;
  const Ended markdown = run("run s.yaml --format markdown" + goal);
  EXPECT_EQ(markdown.status, 1);
  EXPECT_EQ(markdown.out.find("## x: 1 of 2 goals missed"), 0U) << markdown.out;
}

TEST_F(Cli, RunsAreAppendedToADatabase) {
  const Ended first = run("run s.yaml --out r --no-report --quiet --db runs.sqlite");
  if (first.status == 4) GTEST_SKIP() << first.out;
  EXPECT_EQ(first.status, 0) << first.out;
  EXPECT_EQ(run("run s.yaml --out r --no-report --quiet --db runs.sqlite --set seed=5").status, 0);
  const Ended not_ours = run("run s.yaml --out q --db s.yaml");
  EXPECT_EQ(not_ours.status, 2) << not_ours.out;
  EXPECT_NE(not_ours.out.find("s.yaml"), std::string::npos);
  EXPECT_EQ(run("run s.yaml --out q --db no/where.sqlite").status, 5);
  EXPECT_FALSE(fs::exists(folder_ / "q"));
}

TEST_F(Cli, ValidateReadsTheTraces) {
  std::ofstream(folder_ / "t.csv") << "job_id,submit_s,duration_s,gpus\na,0,x,1\n";
  const Ended ended = run("validate s.yaml --set 'workload=[{trace: {format: native, file: t.csv}}]'");
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.out.find("t.csv:2"), std::string::npos) << ended.out;
}

TEST_F(Cli, StandardInputIsAScenario) {
  EXPECT_EQ(run("validate - < s.yaml").status, 0);
  const Ended ended = run("validate - < /dev/null");
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.out, "<stdin>:1:1: the scenario is empty; begin with schema: seatrial/v1\n");
}

TEST_F(Cli, WhatIsNoRegularFileIsRefusedAtOnce) {
  for (const char* file : {".", "/dev/zero", "nowhere.yaml", "s.yaml/x", "pipe"}) {
    const Ended ended = run(std::string("validate ") + file, "{ [ -p pipe ] || mkfifo pipe; } && ");
    EXPECT_EQ(ended.status, 2) << file << ended.out;
  }
}

TEST_F(Cli, ListPrintsEveryKind) {
  for (const char* kind : {"policies", "models", "gpus", "formats", "metrics", "all"}) {
    EXPECT_EQ(run(std::string("list ") + kind).status, 0) << kind;
    const Ended json = run(std::string("list --json ") + kind);
    EXPECT_EQ(json.status, 0);
    EXPECT_EQ(json.out.front(), '[') << kind;
  }
  const std::string text = run("list policies").out;
  for (const char* name :
       {"scheduler.order", "tiresias", "thresholds_gpu_s", "conservative", "openb-best-fit", "noise"}) {
    EXPECT_NE(text.find(name), std::string::npos) << name;
  }
}

TEST_F(Cli, StandardOutputThatTakesNothingIsASystemError) {
  EXPECT_EQ(run("list > /dev/full").status, 5);
  const Ended closed = run("list >&- 2>/dev/null #");
  EXPECT_EQ(closed.status, 5);
}

TEST_F(Cli, WithoutAVerbTheKnownOnesAreNamed) {
  const Ended ended = run("");
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.out.find("no verb; known: run, compare, plan, validate"), std::string::npos) << ended.out;
}

TEST_F(Cli, AFailedWriteLeavesTheOldFile) {
  const std::string keys =
      "trace generate --set jobs=5000 --set rate=1/s --set 'duration={distribution: constant, mean: 1m}'";
  std::ofstream(folder_ / "t.csv") << "old\n";
  const Ended ended = run(keys + " --out t.csv", "ulimit -f 8 && ");
  EXPECT_EQ(ended.status, 5) << ended.out;
  std::ifstream old(folder_ / "t.csv");
  std::string line;
  std::getline(old, line);
  EXPECT_EQ(line, "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);  // this and the scenario
  // A device that takes nothing is refused and stays.
  const Ended full = run(keys + " --out full", "ln -s /dev/full full && ");
  EXPECT_EQ(full.status, 5) << full.out;
  EXPECT_TRUE(fs::exists("/dev/full"));
}

TEST_F(Cli, GeneratedTracesAreReadBack) {
  const std::string keys = "--set jobs=50 --set rate=1/s --set 'duration={distribution: constant, mean: 1m}'";
  EXPECT_EQ(run("trace generate " + keys + " --seed 3 --out t.csv").status, 0);
  const Ended native = run("trace convert t.csv");
  EXPECT_EQ(native.status, 0);
  EXPECT_EQ(std::count(native.out.begin(), native.out.end(), '\n'), 51);
  EXPECT_EQ(run("trace convert t.csv --to swf --out t.swf").status, 0);
  const Ended described = run("trace describe t.swf --from swf --format json");
  EXPECT_EQ(described.status, 0);
  EXPECT_NE(described.out.find("\"jobs\": 50"), std::string::npos) << described.out;
  const Ended wrong = run("trace describe t.swf --from swff");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.out.find("(did you mean \"swf\"?)"), std::string::npos) << wrong.out;
}

TEST_F(Cli, ARunLeavesAResultThatExplains) {
  const Ended ended = run("run s.yaml --out r --no-report");
  ASSERT_EQ(ended.status, 0) << ended.out;
  EXPECT_NE(ended.out.find("results: r"), std::string::npos) << ended.out;
  EXPECT_TRUE(fs::exists(folder_ / "r/summary.json"));
  const Ended explained = run("explain r 0");
  EXPECT_EQ(explained.status, 0) << explained.out;
  EXPECT_NE(explained.out.find("Job 0: 1 GPU, completed."), std::string::npos) << explained.out;
  EXPECT_EQ(run("explain r nobody").status, 2);
}

// Two nodes of 4 GPUs: a and b leave 2 + 1 free, so c has no place, and d, which came later, runs first under sjf.
TEST_F(Cli, ExplainSaysWhatWasFreeAndWhoStoodBefore) {
  std::ofstream(folder_ / "t.csv")
      << "job_id,submit_s,duration_s,gpus\na,0,10,2\nb,0,20,3\nw,1,8,4\nc,2,9,4\nd,3,1,4\n";
  std::ofstream(folder_ / "e.yaml") << "schema: seatrial/v1\nname: e\n"
                                       "cluster: {pools: [{name: p, count: 2, gpu: {model: t4, count: 4}}]}\n"
                                       "workload: [{trace: {format: native, file: t.csv}}]\n"
                                       "scheduler: {order: sjf, placement: worst-fit}\n";
  ASSERT_EQ(run("run e.yaml --quiet --out r").status, 0);
  const Ended ended = run("explain r c");
  for (const char* part : {"When it was submitted, 3 GPUs were free in the cluster, at most 2 on one node.",
                           "1 job waited already when it was submitted and started no later, for 4 GPUs",
                           "1 job came later and started before it, for 4 GPUs"}) {
    EXPECT_NE(ended.out.find(part), std::string::npos) << part << "\n" << ended.out;
  }
}

TEST_F(Cli, ExtraFilesAreNamedWithACommaOrOneByOne) {
  EXPECT_EQ(run("run s.yaml --quiet --out both --log placements,events").status, 0);
  EXPECT_TRUE(fs::exists(folder_ / "both/placements.csv"));
  EXPECT_TRUE(fs::exists(folder_ / "both/events.csv"));
  EXPECT_EQ(run("run --log events --quiet --out one s.yaml").status, 0);
  EXPECT_FALSE(fs::exists(folder_ / "one/placements.csv"));
  EXPECT_TRUE(fs::exists(folder_ / "one/events.csv"));
}

TEST_F(Cli, OverheadsBeyondAllTimeAreRefused) {
  std::ofstream(folder_ / "late.csv") << "job_id,submit_s,duration_s,gpus\na,0,9223000000,8\nb,1,1,8\n";
  const std::string late =
      " --set 'workload=[{name: w, trace: {format: native, file: late.csv}}]' --set overheads.start=";
  EXPECT_EQ(run("run s.yaml --quiet --set overheads.start=100000d").status, 2);
  const Ended ended = run("run s.yaml --quiet --out late --set 'cluster.pools[0].count=1'" + late + "360d");
  EXPECT_EQ(ended.status, 2) << ended.out;
  EXPECT_FALSE(fs::exists(folder_ / "late"));
}

TEST_F(Cli, TheFirstLineSaysWhatBecameOfTheJobs) {
  const Ended rejected = run("run s.yaml --set 'workload[0].generate.gpus={1000: 1}'");
  EXPECT_EQ(rejected.out.find("No job started. 5 were rejected"), 0U) << rejected.out;
  const Ended cut = run("run s.yaml --set until=1ns");
  EXPECT_NE(cut.out.substr(0, cut.out.find('\n')).find("left pending"), std::string::npos) << cut.out;
}

TEST_F(Cli, AMissedGoalExitsWith1) {
  EXPECT_EQ(run("run s.yaml --quiet --set 'goals=[jobs.completed >= 6]'").status, 1);
  EXPECT_EQ(run("run s.yaml --quiet --set 'goals=[jobs.completed >= 5]'").status, 0);
}

TEST_F(Cli, AWrongScenarioTouchesNoResult) {
  EXPECT_EQ(run("run s.yaml --out r --set seed=x").status, 2);
  EXPECT_FALSE(fs::exists(folder_ / "r"));
}

}  // namespace
}  // namespace seatrial

// Every scenario of scenarios/library: equal results however often and beside whatever it runs, and the key figures
// stored in tests/golden/library/<name>.json. SEATRIAL_UPDATE_GOLDEN=1 in the environment rewrites those files; the
// difference is for a person to judge. Builds of all kinds share the files, so a debug build equals a release build.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/paths.h"
#include "tests/support/scenario_run.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

const std::string kLibrary = source_file("scenarios/library");

std::vector<std::string> library_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kLibrary)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string path_of(const std::string& name) { return kLibrary + "/" + name + ".yaml"; }

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string key_figures(const ScenarioRun& done) {
  const Summary& summary = done.summary;
  nlohmann::ordered_json json;
  json["fact_hash"] = done.run->fact_hash;
  json["last_draw"] = std::to_string(done.run->last_draw);
  json["events"] = done.run->events;
  const JobCounts& jobs = summary.jobs;
  json["jobs"] = {{"submitted", jobs.submitted}, {"completed", jobs.completed}, {"failed", jobs.failed},
                  {"rejected", jobs.rejected},   {"running", jobs.running},     {"pending", jobs.pending},
                  {"waited", jobs.waited}};
  json["preemptions"] = summary.preemptions;
  if (summary.wait_s.mean) json["wait_s_mean"] = *summary.wait_s.mean;
  if (summary.jct_s.mean) json["jct_s_mean"] = *summary.jct_s.mean;
  json["allocated_milli_end"] = summary.allocated_milli_end;
  return json.dump(2) + "\n";
}

class Library : public testing::TestWithParam<std::string> {};

TEST_P(Library, RepeatsAloneAndBesideAnother) {
  const ScenarioRun first = run_file(path_of(GetParam()));
  std::vector<ScenarioRun> beside(2);
  std::thread other([&] { beside[1] = run_file(path_of(GetParam())); });
  beside[0] = run_file(path_of(GetParam()));
  other.join();
  for (const ScenarioRun& again : beside) {
    EXPECT_EQ(again.run->fact_hash, first.run->fact_hash);
    EXPECT_EQ(again.run->last_draw, first.run->last_draw);
    EXPECT_EQ(again.run->events, first.run->events);
    EXPECT_TRUE(jobs_csv_of(again) == jobs_csv_of(first));
  }
}

TEST_P(Library, KeepsItsKeyFigures) {
  const std::string got = key_figures(run_file(path_of(GetParam())));
  const fs::path stored = source_file("tests/golden/library/" + GetParam() + ".json");
  if (const char* update = std::getenv("SEATRIAL_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::ofstream(stored, std::ios::binary) << got;
  }
  ASSERT_TRUE(fs::exists(stored)) << "run once with SEATRIAL_UPDATE_GOLDEN=1";
  EXPECT_EQ(got, read_file(stored));
}

// The program, whatever --jobs is, writes the bytes that the library gives.
TEST_P(Library, ProgramWritesTheSameJobs) {
  if (!fs::exists(program_file("seatrial"))) GTEST_SKIP() << "the program was not built";
  const std::string expected = jobs_csv_of(run_file(path_of(GetParam())));
  const fs::path folder = fs::temp_directory_path() / ("seatrial-library-" + GetParam());
  for (const char* jobs : {"1", "2"}) {
    const std::string command = "'" + program_file("seatrial") + "' run '" + path_of(GetParam()) +
                                "' --quiet --no-report --jobs " + jobs + " --out '" + folder.string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    EXPECT_TRUE(read_file(folder / "jobs.csv") == expected) << "--jobs " << jobs;
  }
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Golden, Library, testing::ValuesIn(library_names()), [](const auto& each) {
  std::string name;
  for (const char c : each.param) {
    if (c != '-') name += c;
  }
  return name;
});

TEST(LibraryFigures, HasNoStoredFiguresOfScenariosThatAreGone) {
  const std::vector<std::string> names = library_names();
  for (const auto& entry : fs::directory_iterator(source_file("tests/golden/library"))) {
    const std::string name = entry.path().stem().string();
    EXPECT_TRUE(std::find(names.begin(), names.end(), name) != names.end()) << entry.path();
  }
}

}  // namespace
}  // namespace seatrial

// build/conformance: the runner counts honestly, and neither malformed nor hostile vectors bring it down. The vectors
// beside the repository are run where they are present.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sim/random.h"
#include "tests/support/paths.h"
#include "tests/support/shared_data.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

std::string vectors(const std::string& cases) {
  return R"({"schema": "seatrial-conformance-1", "domain": "x", "cases": [)" + cases + "]}";
}

std::string one_case(const std::string& kind, const std::string& input, const std::string& expected) {
  return R"({"name": "n", "kind": ")" + kind + R"(", "input": )" + input + R"(, "expected": )" + expected + "}";
}

struct Ran {
  int status = -1;
  std::string text;    // of both streams
  std::string totals;  // the last line
};

Ran run_command(const std::string& arguments) {
  const std::string program = program_file("conformance");
  FILE* pipe = ::popen(("'" + program + "' " + arguments + " 2>&1").c_str(), "r");
  Ran ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) ran.text.append(buffer.data(), got);
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (ran.text.size() > 1) ran.totals = ran.text.substr(ran.text.rfind('\n', ran.text.size() - 2) + 1);
  return ran;
}

class Conformance : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(program_file("seatrial"))) GTEST_SKIP() << "the programs were not built";
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::replace(name.begin(), name.end(), '/', '-');
    folder_ = fs::temp_directory_path() / ("seatrial-conformance-" + name + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] Ran run() const { return run_command("'" + folder_.string() + "'"); }
  // With this one file.
  [[nodiscard]] Ran run(const std::string& text) const {
    write("file.json", text);
    return run();
  }

  fs::path folder_;
};

TEST_F(Conformance, CountsAndShowsWhatDiffers) {
  const std::string good =
      one_case("mig_profile_gb", R"({"deviceMemoryMiB": 40960, "migMemoryMB": 4864})", R"({"gb": 5})");
  const std::string bad =
      one_case("mig_profile_gb", R"({"deviceMemoryMiB": 40960, "migMemoryMB": 4864})", R"({"gb": 6})");
  const Ran ran = run(vectors(good + "," + bad + "," + good));
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.text,
            "file.json mig_profile_gb n: expected {\"gb\":6}, got {\"gb\":5}\nfile.json: 2 passed, 1 failed\n"
            "2 passed, 1 failed\n");
  EXPECT_EQ(run(vectors(good)).status, 0);
}

TEST_F(Conformance, UnknownKindsFail) {
  const Ran ran = run(vectors(one_case("warp_drive", "{}", "{}")));
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.text, HasSubstr("got an unknown kind"));
}

TEST_F(Conformance, ComparesNumbersWithToleranceAndObjectsByKey) {
  struct Case {
    const char* expected;
    bool passes;
  };
  for (const Case& each : {Case{R"({"gb": 5.0})", true}, Case{R"({"gb": 5.0000000001})", true},
                           Case{R"({"gb": 5.00001})", false}, Case{R"({"gb": "5"})", false}, Case{R"({})", false},
                           Case{R"({"gb": 5, "more": 1})", false}, Case{"5", false}}) {
    const Ran ran =
        run(vectors(one_case("mig_profile_gb", R"({"deviceMemoryMiB": 40960, "migMemoryMB": 4864})", each.expected)));
    EXPECT_EQ(ran.status, each.passes ? 0 : 1) << each.expected;
  }
}

TEST_F(Conformance, BrokenFilesAreOneFailureEach) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"),
        std::string(R"({"schema": "other", "cases": []})"), std::string(R"({"schema": "seatrial-conformance-1"})"),
        std::string(R"({"schema": "seatrial-conformance-1", "cases": {}})"),
        std::string(R"({"schema": 7, "cases": []})"), std::string("\xff\xfe\x00x", 4), std::string(100'000, '['),
        vectors(std::string(70, '[') + std::string(70, ']'))}) {
    EXPECT_EQ(run(text).totals, "0 passed, 1 failed\n") << text.substr(0, 60);
  }
  EXPECT_EQ(run(vectors("")).totals, "0 passed, 0 failed\n");
}

TEST_F(Conformance, BrokenCasesFailAlone) {
  const std::string good =
      one_case("shared_request_valid", R"({"sharing": "none", "failRequestsGreaterThanOne": false, "requested": 1})",
               R"({"valid": true})");
  for (const std::string& broken : std::vector<std::string>{
           "7",
           "null",
           "[]",
           "{}",
           R"({"kind": "mig_config_valid"})",
           R"({"kind": 3, "input": {}, "expected": {}})",
           one_case("mig_config_valid", "{}", "{}"),
           one_case("mig_config_valid", "[]", "{}"),
           one_case("mig_config_valid", R"({"gpu": "nothing", "config": {}})", "{}"),
           one_case("mig_config_valid", R"({"gpu": "A30", "config": {"1g.6gb": 1.5}})", R"({"valid": true})"),
           one_case("mig_config_valid", R"({"gpu": "A30", "config": {"1g.6gb": 1e300}})", R"({"valid": true})"),
           one_case("mig_profile_gb", R"({"deviceMemoryMiB": 0, "migMemoryMB": 1})", R"({"gb": 0})"),
           one_case("mig_profile_gb", R"({"deviceMemoryMiB": 1, "migMemoryMB": 18446744073709551615})", R"({"gb": 0})"),
           one_case("replica_allocation",
                    R"({"gpus": ["a"], "replicasPerGpu": 999999999, "available": null, "size": 1, "policy": "packed"})",
                    "{}"),
           one_case("replica_allocation",
                    R"({"gpus": ["a"], "replicasPerGpu": 1, "available": ["b::0"], "size": 1, "policy": "packed"})",
                    "{}"),
           one_case("mig_placement_feasible",
                    R"({"gpu": "x", "placements": {"p": [[255, 200]]}, "computeSlices": {"p": 1}, "config": {}})",
                    "{}"),
           one_case("mig_placement_feasible",
                    R"({"gpu": "x", "placements": {"p": [[0, 0]]}, "computeSlices": {"p": 1}, "config": {}})", "{}"),
           one_case("pod_usage", R"({"containers": [{"requests": {"cpu": "much"}}]})", R"({"usage": {}})"),
           one_case("pod_usage", R"({"containers": [{"requests": {"cpu": 1}}]})", R"({"usage": {}})"),
           one_case("admission", R"({"quotas": [{"hard": {}, "used": {}, "scopes": ["All"]}], "pod": {}})",
                    R"({"admitted": true})"),
           one_case("pick_node", R"({"nodes": [], "pdbs": [], "pods": [{"name": "p", "node": "n", "priority": 1}],
                    "incoming": {}})",
                    R"({"anyOf": []})"),
           one_case("pdb_status", R"({"minAvailable": "-3%", "pods": 1, "healthyPods": 1})",
                    R"({"disruptionsAllowed": 0})"),
           one_case("num_candidates", R"({"numNodes": -1, "minCandidateNodesPercentage": 10,
                    "minCandidateNodesAbsolute": 100})",
                    R"({"numCandidates": 0})"),
           one_case("resource_division", R"({"total": 1, "kValue": "much", "phase": "all", "queues": []})",
                    R"({"remaining": 1})"),
           one_case("drf_preempt", R"({"total": {"cpu": "1"}, "preemptorAllocated": {}, "preemptorTask": {},
                    "jobs": {}, "preemptees": []})",
                    R"({"victims": []})"),
           one_case("gfd_labels", R"({"migStrategy": "both", "devices": [], "timeSlicing": []})", R"({"labels": {}})"),
           one_case("gfd_labels", R"({"migStrategy": "none", "devices": [7], "timeSlicing": []})",
                    R"({"labels": {}})")}) {
    EXPECT_EQ(run(vectors(good + "," + broken + "," + good)).totals, "2 passed, 1 failed\n") << broken;
  }
}

TEST_F(Conformance, HostileNamesStayOnTheirLine) {
  const std::string hostile = R"({"name": "<script>\n\u001b[2J\u202e)" + std::string(10'000, 'x') +
                              R"(", "kind": "a\nb", "input": {}, "expected": "\u0007\ny"})";
  const Ran ran = run(vectors(hostile));
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(std::count(ran.text.begin(), ran.text.end(), '\n'), 3);
  EXPECT_EQ(ran.text.find('\x1b'), std::string::npos);
  EXPECT_EQ(ran.text.find('\x07'), std::string::npos);
  EXPECT_LT(ran.text.size(), 1000U);
}

// Seeded mutations of a vector file: bytes changed, cut out, doubled.
TEST_F(Conformance, SurvivesMutatedVectors) {
  const std::string text = vectors(
      one_case(
          "mig_placement_feasible",
          R"({"gpu": "A30", "placements": {"p": [[0, 2], [2, 2]]}, "computeSlices": {"p": 2}, "config": {"p": 2}})",
          R"({"feasible": true})") +
      "," +
      one_case("gfd_labels",
               R"({"migStrategy": "single", "devices": [{"model": "M", "memoryMB": 300, "migEnabled": true,
               "migDevices": [{"gi": 1, "ci": 1, "memoryMB": 100}]}], "timeSlicing": []})",
               R"({"labels": {}})"));
  Random random(11, "conformance");
  for (int round = 0; round < 1000; ++round) {
    std::string mutated = text;
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
      const std::size_t at = random.below(mutated.size());
      switch (random.below(3)) {
        case 0:
          mutated[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          mutated.erase(at, 1 + random.below(8));
          break;
        default:
          mutated.insert(at, mutated.substr(at, random.below(12)));
          break;
      }
    }
    write(std::to_string(round) + ".json", mutated);
  }
  const Ran ran = run();
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.totals, EndsWith(" failed\n"));
  EXPECT_THAT(ran.text, HasSubstr("\n999.json: "));  // the last one by name
}

TEST_F(Conformance, RunsTheFilesOfAFolder) {
  fs::create_directories(folder_ / "folder.json");
  write("a.json", vectors(""));
  write("notes.txt", "no vectors");
  const Ran ran = run();
  EXPECT_EQ(ran.totals, "0 passed, 1 failed\n");
  EXPECT_THAT(ran.text, HasSubstr("folder.json: expected a regular file"));
  EXPECT_EQ(run_command("'" + (folder_ / "absent").string() + "'").status, 2);
  EXPECT_EQ(run_command("").status, 2);
  EXPECT_EQ(run_command("--help").status, 0);
}

// The files whose kinds are all known, each as a whole.
class PublishedVectors : public Conformance, public testing::WithParamInterface<const char*> {};

TEST_P(PublishedVectors, Pass) {
  const SharedFile file("reference/vectors/" + std::string(GetParam()) + ".json");
  if (!file.present()) GTEST_SKIP() << file.absence();
  const Ran ran = run(file.text());
  EXPECT_EQ(ran.status, 0) << ran.text;
}
INSTANTIATE_TEST_SUITE_P(Files, PublishedVectors,
                         testing::Values("kai", "kueue", "kueue_flavor", "kueue_tas", "mig", "pdb", "preemption",
                                         "quota", "volcano"),
                         [](const auto& file) { return std::string(file.param); });

}  // namespace
}  // namespace seatrial

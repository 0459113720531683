// tools/conformance: the runner counts honestly, and neither malformed nor hostile vectors bring it down. The vectors
// beside the repository are run where they are present.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "sim/error.h"
#include "sim/random.h"
#include "tests/support/shared_data.h"
#include "tools/conformance/kinds.h"
#include "tools/conformance/runner.h"

namespace seatrial::conformance {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string vectors(const std::string& cases) {
  return R"({"schema": "seatrial-conformance-1", "domain": "x", "cases": [)" + cases + "]}";
}

std::string one_case(const std::string& kind, const std::string& input, const std::string& expected) {
  return R"({"name": "n", "kind": ")" + kind + R"(", "input": )" + input + R"(, "expected": )" + expected + "}";
}

struct Ran {
  Tally tally;
  std::string text;
};

Ran run(const std::string& text) {
  std::ostringstream out;
  Ran ran;
  ran.tally = run_vectors("file.json", text, out);
  ran.text = out.str();
  return ran;
}

TEST(Conformance, CountsAndShowsWhatDiffers) {
  const std::string good =
      one_case("mig_profile_gb", R"({"deviceMemoryMiB": 40960, "migMemoryMB": 4864})", R"({"gb": 5})");
  const std::string bad =
      one_case("mig_profile_gb", R"({"deviceMemoryMiB": 40960, "migMemoryMB": 4864})", R"({"gb": 6})");
  const Ran ran = run(vectors(good + "," + bad + "," + good));
  EXPECT_EQ(ran.tally.passed, 2U);
  EXPECT_EQ(ran.tally.failed, 1U);
  EXPECT_EQ(ran.text,
            "file.json mig_profile_gb n: expected {\"gb\":6}, got {\"gb\":5}\nfile.json: 2 passed, 1 failed\n");
}

TEST(Conformance, UnknownKindsFail) {
  const Ran ran = run(vectors(one_case("warp_drive", "{}", "{}")));
  EXPECT_EQ(ran.tally.failed, 1U);
  EXPECT_THAT(ran.text, HasSubstr("got an unknown kind"));
}

TEST(Conformance, KindsAreListedOnceEach) {
  std::set<std::string_view> names;
  for (const Kind& kind : all_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_EQ(find_kind(kind.name), &kind);
  }
}

TEST(Conformance, ComparesNumbersWithToleranceAndListsInOrder) {
  EXPECT_TRUE(agrees_exactly(Json::parse("1.0"), Json::parse("1.0000000001")));
  EXPECT_FALSE(agrees_exactly(Json::parse("1.0"), Json::parse("1.00001")));
  EXPECT_TRUE(agrees_exactly(Json::parse("2"), Json::parse("2.0")));
  EXPECT_FALSE(agrees_exactly(Json::parse("9223372036854775807"), Json::parse("9223372036854775806")));
  EXPECT_FALSE(agrees_exactly(Json::parse("[1, 2]"), Json::parse("[2, 1]")));
  EXPECT_FALSE(agrees_exactly(Json::parse("{}"), Json::parse(R"({"a": 1})")));
  EXPECT_TRUE(agrees_on_expected_keys(Json::parse("{}"), Json::parse(R"({"a": 1})")));
  EXPECT_FALSE(agrees_exactly(Json::parse("true"), Json::parse("1")));
}

TEST(Conformance, BrokenFilesAreOneFailureEach) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"),
        std::string(R"({"schema": "other", "cases": []})"), std::string(R"({"schema": "seatrial-conformance-1"})"),
        std::string(R"({"schema": "seatrial-conformance-1", "cases": {}})"),
        std::string(R"({"schema": 7, "cases": []})"), std::string("\xff\xfe\x00x", 4), std::string(100'000, '['),
        vectors(std::string(70, '[') + std::string(70, ']'))}) {
    const Ran ran = run(text);
    EXPECT_EQ(ran.tally.passed, 0U);
    EXPECT_EQ(ran.tally.failed, 1U) << text.substr(0, 60);
  }
  EXPECT_EQ(run(vectors("")).tally.failed, 0U);
}

TEST(Conformance, BrokenCasesFailAlone) {
  const std::string good =
      one_case("shared_request_valid", R"({"sharing": "none", "failRequestsGreaterThanOne": false, "requested": 1})",
               R"({"valid": true})");
  for (const std::string& broken : std::vector<std::string>{
           "7", "null", "[]", "{}", R"({"kind": "mig_config_valid"})", R"({"kind": 3, "input": {}, "expected": {}})",
           one_case("mig_config_valid", "{}", "{}"), one_case("mig_config_valid", "[]", "{}"),
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
           one_case("gfd_labels", R"({"migStrategy": "both", "devices": [], "timeSlicing": []})", R"({"labels": {}})"),
           one_case("gfd_labels", R"({"migStrategy": "none", "devices": [7], "timeSlicing": []})",
                    R"({"labels": {}})")}) {
    const Ran ran = run(vectors(good + "," + broken + "," + good));
    EXPECT_EQ(ran.tally.passed, 2U) << broken;
    EXPECT_EQ(ran.tally.failed, 1U) << broken;
  }
}

TEST(Conformance, HostileNamesStayOnTheirLine) {
  const std::string hostile = R"({"name": "<script>\n\u001b[2J\u202e)" + std::string(10'000, 'x') +
                              R"(", "kind": "a\nb", "input": {}, "expected": "\u0007\ny"})";
  const Ran ran = run(vectors(hostile));
  EXPECT_EQ(ran.tally.failed, 1U);
  EXPECT_EQ(std::count(ran.text.begin(), ran.text.end(), '\n'), 2);
  EXPECT_EQ(ran.text.find('\x1b'), std::string::npos);
  EXPECT_EQ(ran.text.find('\x07'), std::string::npos);
  EXPECT_LT(ran.text.size(), 1000U);
}

// Seeded mutations of a vector file: bytes changed, cut out, doubled.
TEST(Conformance, SurvivesMutatedVectors) {
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
  for (int round = 0; round < 3000; ++round) {
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
    const Ran ran = run(mutated);
    ASSERT_THAT(ran.text, EndsWith("failed\n"));
    ASSERT_GE(ran.tally.passed + ran.tally.failed, 0U);
  }
}

TEST(Conformance, RunsTheFilesOfAFolder) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "seatrial_conformance";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "folder.json");
  std::ofstream(folder / "a.json") << vectors("");
  std::ofstream(folder / "notes.txt") << "no vectors";
  std::ostringstream out;
  const Tally tally = run_folder(folder.string(), out);
  EXPECT_EQ(tally.failed, 1U);
  EXPECT_THAT(out.str(), HasSubstr("folder.json: expected a regular file"));
  EXPECT_THAT(out.str(), EndsWith("\n0 passed, 1 failed\n"));
  EXPECT_THROW(static_cast<void>(run_folder((folder / "absent").string(), out)), InputError);
  std::filesystem::remove_all(folder);
}

TEST(Conformance, MigVectorsPass) {
  const SharedFile file("reference/vectors/mig.json");
  if (!file.present()) GTEST_SKIP() << file.absence();
  const Ran ran = run(file.text());
  EXPECT_EQ(ran.tally.failed, 0U) << ran.text;
  EXPECT_GE(ran.tally.passed, 44U);
}

}  // namespace
}  // namespace seatrial::conformance

// What is mended, what is not, and that nothing else of the text changes.
#include "scenarios/mend.h"

#include <gtest/gtest.h>

#include "policies/registry.h"
#include "sim/edit_distance.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

MendedScenario mended(const std::string& text) {
  LoadOptions options;
  options.check_files = false;
  return mend_scenario_text(text, "s.yaml", options);
}

struct MendCase {
  const char* name;
  const char* wrong;
  const char* right;  // equal to wrong: stays as it is
};

class Mends : public testing::TestWithParam<MendCase> {};

TEST_P(Mends, OnlyWhatLeavesNoDoubt) {
  const MendCase& c = GetParam();
  const std::string head = "# a comment: stays\nschema: seatrial/v1\nname: x   # this too\n";
  const std::string cluster =
      "cluster:\n  pools:\n    - {name: \"pööl\", count: 2, node: {cpu: 8, memory: 1Ti}, gpu: {model: a100-40, count: "
      "8}}\n";
  const std::string jobs =
      "workload: [{generate: {jobs: 5, rate: 1/s, duration: {distribution: constant, mean: 1m}}}]\n";
  const MendedScenario result = mended(head + cluster + jobs + c.wrong);
  EXPECT_EQ(result.text, head + cluster + jobs + c.right);
  EXPECT_EQ(result.left.empty(), std::string_view(c.wrong) != c.right) << result.left.text();
  EXPECT_EQ(mended(result.text).mends, 0U);  // nothing is left to do
}

INSTANTIATE_TEST_SUITE_P(
    All, Mends,
    testing::Values(
        MendCase{"Key", "sede: 5 # mine\n", "seed: 5 # mine\n"},
        MendCase{"KeyInQuotes", "\"sede\": 5\n", "\"seed\": 5\n"},
        MendCase{"Section", "sheduler: {order: sjf}\n", "scheduler: {order: sjf}\n"},
        MendCase{"BelowAMendedKey", "sheduler: {ordre: sjf}\n", "scheduler: {order: sjf}\n"},
        MendCase{"Name", "scheduler: {order: fiof}\n", "scheduler: {order: fifo}\n"},
        MendCase{"NameInQuotes", "scheduler: {order: 'fiof'}\n", "scheduler: {order: 'fifo'}\n"},
        MendCase{"Crlf", "scheduler: {order: fiof}\r\nsede: 4\r\n", "scheduler: {order: fifo}\r\nseed: 4\r\n"},
        MendCase{"LongName", "scheduler:\n  placement: frist-fit # first\n",
                 "scheduler:\n  placement: first-fit # first\n"},
        MendCase{"TwoNeighbours", "scheduler: {order: srf}\n", "scheduler: {order: srf}\n"},
        MendCase{"FarAway", "scheduler: {order: shortest}\n", "scheduler: {order: shortest}\n"},
        MendCase{"UnitSpeltOut", "until: 3 days\n", "until: 3d\n"},
        MendCase{"UnitInQuotes", "until: '90 min'\n", "until: 90m\n"}, MendCase{"NoUnit", "until: 90\n", "until: 90\n"},
        MendCase{"Quotes", "seed: \"8\"\n", "seed: 8\n"},
        MendCase{"Yes", "scheduler: {kill_at_limit: Yes}\n", "scheduler: {kill_at_limit: true}\n"},
        MendCase{"No", "scheduler: {gang: {span_pools: off}}\n", "scheduler: {gang: {span_pools: false}}\n"},
        MendCase{"Perhaps", "scheduler: {kill_at_limit: perhaps}\n", "scheduler: {kill_at_limit: perhaps}\n"},
        MendCase{"Goal", "goals: [\"wait_s.p59 <= 600\"]\n", "goals: [\"wait_s.p59 <= 600\"]\n"},
        MendCase{"ClearGoal", "goals: [\"makspan_s <= 600\"]\n", "goals: [\"makespan_s <= 600\"]\n"},
        MendCase{"KeyIsThereAlready", "seed: 1\nsede: 2\n", "seed: 1\nsede: 2\n"},
        MendCase{"BothAreMeant", "sede: 1\nseeed: 2\n", "sede: 1\nseeed: 2\n"},
        MendCase{"Hostile", "\"se<script>\\nde\": 2\n", "\"se<script>\\nde\": 2\n"},
        MendCase{"Alias", "seed: &a '8'\n", "seed: &a '8'\n"}),
    [](const testing::TestParamInfo<MendCase>& row) { return row.param.name; });

TEST(Mend, QuantitiesOfNodesAndPrices) {
  const std::string pool =
      "cluster: {pools: [{name: ü, coutn: 2, node: {memory: 64GiB, cpu: 8}, gpu: {model: a100-40, cuont: '8'}, price: "
      "3.5}]}\n";
  const MendedScenario result = mended(scenario_with("cluster", pool));
  EXPECT_TRUE(result.left.empty()) << result.left.text();
  EXPECT_EQ(result.mends, 5U);
  EXPECT_NE(result.text.find("{name: ü, count: 2, node: {memory: 64Gi, cpu: 8}, gpu: {model: a100-40, count: 8}, "
                             "price: 3.5 USD/h}"),
            std::string::npos)
      << result.text;
}

TEST(Mend, MemoryInBitsStaysAQuestion) {
  const std::string pool = "cluster: {pools: [{name: p, count: 2, node: {memory: 64Gb}, price: 3 EUR/h}]}\n";
  const MendedScenario result = mended(scenario_with("cluster", pool));
  EXPECT_EQ(result.mends, 0U);
  EXPECT_EQ(result.left.all().size(), 2U);
}

TEST(Mend, RightTextStaysAsItIs) {
  const MendedScenario result = mended(good_scenario());
  EXPECT_EQ(result.text, good_scenario());
  EXPECT_EQ(result.mends, 0U);
  EXPECT_EQ(mended("{[").left.all().size(), 1U);
  EXPECT_EQ(mended("").mends, 0U);
}

// No two names of an axis are so near that a slip in one would be mended to the other.
TEST(Mend, AKnownNameIsNeverMistakenForAnother) {
  for (const PolicyDoc& doc : policy_docs()) {
    const std::string text = scenario_with("more", "scheduler: {" + std::string(doc.axis) + ": " + doc.name + "}\n");
    const MendedScenario result = mended(text);
    EXPECT_EQ(result.text, text);
  }
}

TEST(Mend, TheDiffShowsChangedLinesAlone) {
  EXPECT_EQ(line_diff("a\nb\nc\n", "a\nB\nc\n", "f.yaml"), "--- f.yaml\n+++ f.yaml\n@@ -2 +2 @@\n-b\n+B\n");
  EXPECT_EQ(line_diff("x\x1b[31m", "y", "f"), "--- f\n+++ f\n@@ -1 +1 @@\n-x\\x1b[31m\n+y\n");
  EXPECT_EQ(line_diff("a\n", "a\n", "f"), "--- f\n+++ f\n");
}

TEST(EditDistance, CountsSwapsAsOne) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("sfj", "sjf"), 1U);
  EXPECT_EQ(edit_distance("frist-fit", "first-fit"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace seatrial

// scenarios/load_mig.h: layouts as users write them, and one clear message with its place for what cannot be.
#include "scenarios/load_mig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace seatrial {
namespace {

using testing::HasSubstr;

struct Outcome {
  std::optional<std::vector<MigLayoutEntry>> layout;
  std::string messages;
};

Outcome layout_of(const std::string& text, const char* family = "a100-40") {
  Problems problems;
  const Document document = parse_document(text, "pool.yaml", problems);
  Outcome outcome;
  outcome.layout = load_mig_layout(Value(document, document.root, "mig.layout", problems), *find_mig_family(family));
  outcome.messages = problems.text();
  EXPECT_EQ(outcome.layout.has_value(), outcome.messages.empty()) << text;
  return outcome;
}

MigCounts counts_of(const std::string& text) {
  const Outcome outcome = layout_of(text);
  EXPECT_TRUE(outcome.layout.has_value()) << outcome.messages;
  return mig_layout_counts(*find_mig_family("a100-40"), outcome.layout.value_or(std::vector<MigLayoutEntry>{}));
}

TEST(LoadMigLayout, TakesNamesListsAndMappings) {
  const MigCounts balanced{2, 0, 0, 1, 1, 0, 0};
  EXPECT_EQ(counts_of("all-balanced"), balanced);
  EXPECT_EQ(counts_of("[3g.20gb, 2g.10gb, 1g.5gb, 1g.5gb]"), balanced);
  EXPECT_EQ(counts_of("{3g.20gb: 1, 2g.10gb: 1, 1g.5gb: 2}"), balanced);
  EXPECT_EQ(counts_of("[1g.5gb+me, 1g.5gb]"), (MigCounts{1, 1}));
  EXPECT_EQ(counts_of("[]"), MigCounts{});
}

TEST(LoadMigLayout, TellsEachMistakeAtItsPlace) {
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& each : {
           Case{"all-7g.80gb", "pool.yaml:1:1: mig.layout: unknown MIG layout \"all-7g.80gb\"; known: all-disabled"},
           Case{"[3g.20gb, 3g.20gb, 1g.5gb]",
                "pool.yaml:1:1: mig.layout: impossible MIG layout: needs 9 memory slices"},
           Case{"[3g.20gb, 2g.35gb]", "pool.yaml:1:11: mig.layout[1]: MIG profile \"2g.35gb\" is of h200-141, not of"},
           Case{"{1g.5gb: 0}", "pool.yaml:1:10: mig.layout.1g.5gb: count of 1g.5gb is 0, expected at least 1"},
           Case{"{1g.5gb: 8}", "8 instances of 1g.5gb; a GPU of a100-40 holds at most 7"},
           Case{"{1g.5gb: many}", "pool.yaml:1:10: mig.layout.1g.5gb: "},
           Case{"{1g.5gb+me: 1, 1g.5gb.me: 1}", "MIG profile 1g.5gb+me is listed twice"},
           Case{"[[1g.5gb]]", "pool.yaml:1:2: mig.layout[0]: "},
           Case{"{1g.5gb: 99999999999999999999}", "mig.layout.1g.5gb: "},
           Case{"null", "expected a MIG layout"},
       }) {
    const std::string messages = layout_of(each.text).messages;
    EXPECT_THAT(messages, HasSubstr(each.says));
    EXPECT_EQ(messages.find('\n'), messages.size() - 1) << messages;  // one message
  }
  // All at once.
  const std::string two = layout_of("{1g.5gb: 0, bogus: 1}").messages;
  EXPECT_THAT(two, HasSubstr("expected at least 1"));
  EXPECT_THAT(two, HasSubstr("unknown MIG profile \"bogus\""));
}

TEST(LoadMigLayout, HostileTextIsShownSafely) {
  const std::string messages = layout_of("[\"<script>\\e[2J\\n" + std::string(10'000, 'x') + "\"]").messages;
  EXPECT_LT(messages.size(), 600U);
  EXPECT_EQ(messages.find('\x1b'), std::string::npos);
}

constexpr const char* kFile = R"(version: v1
mig-configs:
  all-disabled:
    - devices: all
      mig-enabled: false
  mixed:
    - device-filter: ["0x20B010DE", "0x20B110DE"]
      devices: [0, 1]
      mig-enabled: true
      mig-devices:
        "1g.5gb": 7
    - device-filter: h100-sxm
      devices: all
      mig-enabled: true
      mig-devices: {"1g.10gb": 7}
    - devices: [3]
      mig-enabled: false
)";

struct PartedOutcome {
  std::optional<std::vector<std::optional<std::vector<MigLayoutEntry>>>> layouts;
  std::string messages;
};

PartedOutcome parted(const std::string& text, const MigPartedQuery& query) {
  Problems problems;
  const Document document = parse_document(text, "mig.yaml", problems);
  PartedOutcome outcome;
  outcome.layouts = load_mig_parted(Value(document, document.root, "", problems), query);
  outcome.messages = problems.text();
  return outcome;
}

TEST(LoadMigParted, GivesEachGpuOfANodeItsLayout) {
  const PartedOutcome outcome = parted(kFile, {"mixed", "a100-40", 4});
  ASSERT_TRUE(outcome.layouts.has_value()) << outcome.messages;
  ASSERT_EQ(outcome.layouts->size(), 4U);
  EXPECT_EQ((*outcome.layouts)[0]->front().count, 7);
  EXPECT_EQ((*outcome.layouts)[1]->front().profile, "1g.5gb");
  EXPECT_EQ((*outcome.layouts)[2], std::nullopt);
  EXPECT_EQ((*outcome.layouts)[3], std::nullopt);
  EXPECT_EQ(parted(kFile, {"mixed", "h100-sxm", 8}).layouts->at(7)->front().profile, "1g.10gb");
  EXPECT_EQ(parted(kFile, {"all-disabled", "a30", 2}).layouts->at(0), std::nullopt);
  EXPECT_EQ(outcome.messages, "");
}

std::string with(const std::string& old, const std::string& replacement) {
  std::string text = kFile;
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), replacement);
}

TEST(LoadMigParted, TellsEachMistakeAtItsPlace) {
  struct Case {
    std::string text;
    MigPartedQuery query;
    const char* says;
  };
  const MigPartedQuery usual{"mixed", "a100-40", 4};
  for (const Case& each : {
           Case{kFile, {"mxied", "a100-40", 4}, "no configuration \"mxied\"; known: all-disabled, mixed (did you mean"},
           Case{kFile, {"mixed", "v100-32", 4}, "GPU model \"v100-32\" cannot be cut by MIG"},
           Case{
               kFile, {"mixed", "a100-40", 2}, "mig.yaml:16:7: mig-configs.mixed[2]: GPU index 3 on nodes with 2 GPUs"},
           Case{with("version: v1", "version: v2"), usual, "mig.yaml:1:10: version: unknown version \"v2\""},
           Case{with("version: v1", "version: v1\nextra: 1"), usual, "mig.yaml:2:1: extra: unknown key"},
           Case{with("      mig-enabled: true\n", ""), usual, "mig-enabled"},
           Case{with("devices: [0, 1]", "devices: most"), usual,
                "mig.yaml:8:16: mig-configs.mixed[0].devices: expected"},
           Case{with("\"1g.5gb\": 7", "\"1g.10gb\": 7"), usual,
                "7 instances of 1g.10gb; a GPU of a100-40 holds at most 4"},
           Case{with("\"1g.5gb\": 7", "\"1g.5gb\": 0"), usual,
                "mig.yaml:11:19: mig-configs.mixed[0].mig-devices.1g.5gb:"},
           Case{with("mig-enabled: false\n  mixed", "mig-enabled: false\n      mig-devices: {1g.5gb: 1}\n  mixed"),
                usual, "instances on GPUs whose MIG mode is off"},
           Case{with("[\"0x20B010DE\", \"0x20B110DE\"]", "[]"), usual, "an empty device-filter"},
           Case{with("    - devices: [3]\n      mig-enabled: false\n", ""),
                {"mixed", "a30", 4},
                "configuration \"mixed\" says nothing about a30"},
           Case{"[]", usual, "expected a configuration file of mig-parted"},
           Case{"version: v1\nmig-configs: 7\n", usual, "mig-configs"},
       }) {
    const PartedOutcome outcome = parted(each.text, each.query);
    EXPECT_THAT(outcome.messages, HasSubstr(each.says));
    EXPECT_FALSE(outcome.messages.empty());
  }
}

}  // namespace
}  // namespace seatrial

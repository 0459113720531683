// The loader's messages, one table row per rule: what is written wrong, and the exact line that the user reads.
#include "scenarios/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

struct BadCase {
  const char* name;
  const char* where;  // the section that is replaced; see scenario_with()
  const char* text;
  const char* message;  // without the file name in front
};

std::string problems_of(const std::string& text) {
  LoadOptions options;
  options.check_files = false;
  try {
    (void)load_scenario_text(text, "s.yaml", options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no problem\n";
}

class BadScenario : public testing::TestWithParam<BadCase> {};

TEST_P(BadScenario, GetsExactlyThisMessage) {
  const BadCase& c = GetParam();
  EXPECT_EQ(problems_of(scenario_with(c.where, c.text)), "s.yaml:" + std::string(c.message) + "\n");
}

std::string case_name(const testing::TestParamInfo<BadCase>& row) { return row.param.name; }

// The head is lines 1 and 2; the section under test begins on line 3.
INSTANTIATE_TEST_SUITE_P(
    Head, BadScenario,
    testing::Values(
        BadCase{"Schema", "head", "schema: seatrial/v2\nname: x\n",
                "1:9: schema: unknown schema \"seatrial/v2\"; this program reads seatrial/v1"},
        BadCase{"NoSchema", "head", "name: x\n\n", "1:1: key \"schema\" is missing; write schema: seatrial/v1"},
        BadCase{"NoName", "head", "schema: seatrial/v1\n\n",
                "1:1: key \"name\" is missing; it names the folder of results"},
        BadCase{"NameWithSlash", "head", "schema: seatrial/v1\nname: a/b\n",
                "2:7: name: \"a/b\" cannot be the name of a folder; 1 to 100 of the characters A-Z a-z 0-9 . _ -, not "
                "beginning with . or -"},
        BadCase{"NameWithDot", "head", "schema: seatrial/v1\nname: .a\n",
                "2:7: name: \".a\" cannot be the name of a folder; 1 to 100 of the characters A-Z a-z 0-9 . _ -, not "
                "beginning with . or -"},
        BadCase{"EmptyName", "head", "schema: seatrial/v1\nname: \"\"\n",
                "2:7: name: expected text, found nothing between the quotes"},
        BadCase{"NameIsAList", "head", "schema: seatrial/v1\nname: [a]\n", "2:7: name: expected text, found a list"},
        BadCase{"Seed", "more", "seed: -1\n", "3:7: seed: -1 is out of range; expected at least 0"},
        BadCase{"SeedText", "more", "seed: abc\n", "3:7: seed: expected a whole number, found \"abc\""},
        BadCase{"SeedHuge", "more", "seed: 1e300\n", "3:7: seed: 1e300 is out of range; expected at least 0"},
        BadCase{"Until", "more", "until: 30\n",
                "3:8: until: \"30\" has no unit; expected a duration with a unit, such as 90s, 15m, 2h or 30d"},
        BadCase{"UntilZero", "more", "until: 0s\n", "3:8: until: 0s is out of range; expected above 0 seconds"},
        BadCase{
            "UnknownKey", "more", "clutser: 1\n",
            "3:1: clutser: unknown key; known: schema, name, seed, data, until, cluster, workload, tenants, quotas, "
            "scheduler, "
            "models, "
            "overheads, "
            "metrics, goals, replicate, compare, plan (did you mean \"cluster\"?)"},
        BadCase{"Twice", "more", "seed: 1\nseed: 2\n", "4:1: seed: given twice; first at line 3, column 1"},
        BadCase{"MergeKey", "more", "<<: {seed: 1}\n",
                "3:1: <<: unknown key; merge keys are not supported; write the keys out"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Cluster, BadScenario,
    testing::Values(
        BadCase{"NotAMapping", "cluster", "cluster: 5\n", "3:10: cluster: expected a mapping, found a single value"},
        BadCase{"Nothing", "cluster", "cluster:\n", "3:1: cluster: expected a mapping, found nothing"},
        BadCase{"NoPools", "cluster", "cluster: {}\n",
                "3:10: cluster: key \"pools\" is missing; a list of pools of equal nodes"},
        BadCase{"EmptyPools", "cluster", "cluster: {pools: []}\n",
                "3:18: cluster.pools: the list is empty; at least one pool is needed"},
        BadCase{"PoolsMapping", "cluster", "cluster: {pools: {a: 1}}\n",
                "3:18: cluster.pools: expected a list, found a mapping"},
        BadCase{"PoolText", "cluster", "cluster: {pools: [a]}\n",
                "3:19: cluster.pools[0]: expected a mapping for each pool, found a single value"},
        BadCase{"PoolUnnamed", "cluster", "cluster: {pools: [{count: 1}]}\n",
                "3:19: cluster.pools[0]: key \"name\" is missing"},
        BadCase{"PoolUncounted", "cluster", "cluster: {pools: [{name: a}]}\n",
                "3:19: cluster.pools[0]: key \"count\" is missing; how many nodes the pool has"},
        BadCase{"CountTooLarge", "cluster", "cluster: {pools: [{name: a, count: 1000001}]}\n",
                "3:36: cluster.pools[0].count: 1000001 is out of range; expected 0..1000000"},
        BadCase{"CountNegative", "cluster", "cluster: {pools: [{name: a, count: -1}]}\n",
                "3:36: cluster.pools[0].count: -1 is out of range; expected 0..1000000"},
        BadCase{"CountFraction", "cluster", "cluster: {pools: [{name: a, count: 1.5}]}\n",
                "3:36: cluster.pools[0].count: expected a whole number, found \"1.5\""},
        BadCase{"CountQuoted", "cluster", "cluster: {pools: [{name: a, count: \"1\"}]}\n",
                "3:36: cluster.pools[0].count: expected a whole number, found \"1\"; write it without quotes"},
        BadCase{"Cpu", "cluster", "cluster: {pools: [{name: a, count: 1, node: {cpu: many}}]}\n",
                "3:51: cluster.pools[0].node.cpu: \"many\" is not understood; expected a number of cores, such as 4 or "
                "500m"},
        BadCase{
            "Memory", "cluster", "cluster: {pools: [{name: a, count: 1, node: {memory: 64}}]}\n",
            "3:54: cluster.pools[0].node.memory: \"64\" has no unit; expected an amount of memory with a unit, such "
            "as 64Gi or 512Mi"},
        BadCase{"MemoryNegative", "cluster", "cluster: {pools: [{name: a, count: 1, node: {memory: -64Gi}}]}\n",
                "3:54: cluster.pools[0].node.memory: -64Gi is out of range; expected 0..100000000000 MiB"},
        BadCase{"NodePods", "cluster", "cluster: {pools: [{name: a, count: 1, node: {pods: 0}}]}\n",
                "3:52: cluster.pools[0].node.pods: 0 is out of range; expected 1..1000000"},
        BadCase{"GpuCount", "cluster", "cluster: {pools: [{name: a, count: 1, gpu: {model: t4, count: 1025}}]}\n",
                "3:63: cluster.pools[0].gpu.count: 1025 is out of range; expected 0..1024"},
        BadCase{"GpuWithoutCount", "cluster", "cluster: {pools: [{name: a, count: 1, gpu: {model: t4}}]}\n",
                "3:44: cluster.pools[0].gpu: key \"count\" is missing; how many GPUs a node has"},
        BadCase{"GpuWithoutModel", "cluster", "cluster: {pools: [{name: a, count: 1, gpu: {count: 1}}]}\n",
                "3:44: cluster.pools[0].gpu: key \"model\" is missing; one of `seatrial list gpus`"},
        BadCase{"Counted", "cluster", "cluster: {pools: [{name: a, count: 1, counted: yes}]}\n",
                "3:48: cluster.pools[0].counted: expected true or false, found \"yes\""},
        BadCase{
            "Price", "cluster", "cluster: {pools: [{name: a, count: 1, price: 32.77}]}\n",
            "3:46: cluster.pools[0].price: \"32.77\" has no unit; expected a price with a unit, such as 32.77 USD/h"},
        BadCase{
            "Currency", "cluster", "cluster: {pools: [{name: a, count: 1, price: 3 EUR/h}]}\n",
            "3:46: cluster.pools[0].price: \"3 EUR/h\" is not understood; expected a price with a unit, such as 32.77 "
            "USD/h"},
        BadCase{"TaintEffect", "cluster",
                "cluster: {pools: [{name: a, count: 1, taints: [{key: k, effect: NoSchedul}]}]}\n",
                "3:65: cluster.pools[0].taints[0].effect: unknown effect \"NoSchedul\"; known: NoSchedule, "
                "PreferNoSchedule, NoExecute (did you mean \"NoSchedule\"?)"},
        BadCase{"TaintKey", "cluster", "cluster: {pools: [{name: a, count: 1, taints: [{effect: NoExecute}]}]}\n",
                "3:48: cluster.pools[0].taints[0]: key \"key\" is missing"},
        BadCase{"NoTenants", "cluster", "cluster: {pools: [{name: a, count: 1, tenants: []}]}\n",
                "3:48: cluster.pools[0].tenants: an empty list would keep every tenant out; leave the key out to admit "
                "all tenants"},
        BadCase{"TenantTwice", "cluster", "cluster: {pools: [{name: a, count: 1, tenants: [x, x]}]}\n",
                "3:52: cluster.pools[0].tenants[1]: tenant \"x\" is listed twice"},
        BadCase{"Labels", "cluster", "cluster: {pools: [{name: a, count: 1, labels: {zone: [a]}}]}\n",
                "3:54: cluster.pools[0].labels.zone: expected text, found a list"},
        BadCase{"SameName", "cluster", "cluster: {pools: [{name: a, count: 1}, {name: a, count: 1}]}\n",
                "3:47: cluster.pools[1].name: a second pool is named \"a\"; names of pools are unique"},
        BadCase{"ChangePool", "cluster",
                "cluster: {pools: [{name: big, count: 1}], changes: [{at: 1h, pool: bog, count: 1}]}\n",
                "3:68: cluster.changes[0].pool: unknown pool \"bog\"; known: big (did you mean \"big\"?)"},
        BadCase{"ChangeAt", "cluster",
                "cluster: {pools: [{name: a, count: 1}], changes: [{at: -1h, pool: a, count: 1}]}\n",
                "3:56: cluster.changes[0].at: -1h is out of range; expected at least 0 seconds"},
        BadCase{"ChangeWithoutCount", "cluster",
                "cluster: {pools: [{name: a, count: 1}], changes: [{at: 1h, pool: a}]}\n",
                "3:51: cluster.changes[0]: key \"count\" is missing; how many nodes the pool is to have"},
        BadCase{"TooManyGpus", "cluster",
                "cluster: {pools: [{name: a, count: 100000, gpu: {model: t4, count: 101}}]}\n",
                "3:18: cluster.pools: 10100000 GPUs in all; at most 10000000 are possible"},
        BadCase{"TooManyNodes", "cluster",
                "cluster: {pools: [{name: a, count: 600000}, {name: b, count: 1}], changes: [{at: 1h, pool: b, count: "
                "600000}]}\n",
                "3:18: cluster.pools: 1200000 nodes in all; at most 1000000 are possible"},
        BadCase{"ImportFormat", "cluster", "cluster: {pools: [{import: {format: csv, file: f}}]}\n",
                "3:37: cluster.pools[0].import.format: unknown format of node lists \"csv\"; known: openb"},
        BadCase{"ImportWithCount", "cluster", "cluster: {pools: [{import: {format: openb, file: f}, count: 3}]}\n",
                "3:54: cluster.pools[0].count: unknown key; known: import, name, labels, taints, tenants, price"},
        BadCase{
            "RankWithoutSeed", "cluster", "cluster: {pools: [{import: {format: openb, file: f, rank: r}}]}\n",
            "3:28: cluster.pools[0].import: key \"rank_seed\" is missing; which seed's rows of the rank file to use"}),
    case_name);

TEST(Load, UnknownGpuModelNamesTheNearest) {
  const std::string text =
      problems_of(scenario_with("cluster", "cluster: {pools: [{name: a, count: 1, gpu: {model: h1000, count: 1}}]}\n"));
  EXPECT_EQ(text.find("s.yaml:3:52: cluster.pools[0].gpu.model: unknown GPU model \"h1000\"; known: k80, "), 0U)
      << text;
  EXPECT_NE(text.find(" (did you mean \"h100-pcie\"?)\n"), std::string::npos) << text;
}

TEST(Load, FiveMistakesGiveFiveMessages) {
  const std::string text = problems_of(
      "schema: seatrial/v1\nname: /\n"
      "cluster: {pools: [{name: a, count: -1, prise: 3}]}\n"
      "workload: []\nscheduler: {order: fofi}\n");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5) << text;
}

TEST(Load, ShowsAHundredMessagesAndCountsTheRest) {
  std::string text = good_scenario();
  for (int i = 0; i < 123; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const std::string messages = problems_of(text);
  EXPECT_EQ(std::count(messages.begin(), messages.end(), '\n'), 101);
  EXPECT_NE(messages.find("\nand 23 more\n"), std::string::npos);
}

TEST(Load, LongUserTextIsCutAndEscapedInMessages) {
  const std::string name(10000, 'x');
  const std::string messages = problems_of(scenario_with("more", ("\"" + name + "\\e[31m\": 1\n").c_str()));
  EXPECT_LT(messages.size(), 400U);
  EXPECT_EQ(messages.find('\x1b'), std::string::npos);
}

TEST(Load, MissingFilesAreNamedAtTheirKey) {
  const std::string text = scenario_with("workload", "workload: [{trace: {format: native, file: nowhere/x.csv}}]\n");
  try {
    (void)load_scenario_text(text, "folder/s.yaml");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "folder/s.yaml:4:43: workload[0].trace.file: cannot read \"folder/nowhere/x.csv\": no such file\n");
  }
}

// Quadratic work would take minutes here.
TEST(Load, ManyPoolsChangesAndMistakesTakeLinearTime) {
  std::string text = "schema: seatrial/v1\nname: x\ncluster:\n  pools:\n";
  for (int i = 0; i < 6'000; ++i) text += "  - {name: p" + std::to_string(i) + ", count: 1, x: 1}\n";
  text += "  changes:\n";
  for (int i = 0; i < 6'000; ++i) text += "  - {at: 1s, pool: p" + std::to_string(i) + ", count: 1}\n";
  text += "workload:\n";
  for (int i = 0; i < 6'000; ++i) text += "- {trace: {format: swf, file: f}}\n";
  const std::string messages = problems_of(text);
  EXPECT_NE(messages.find("\nand 5900 more\n"), std::string::npos) << messages.substr(messages.size() - 100);
}

TEST(Load, JsonAndYamlGiveTheSameMessages) {
  const std::string json =
      "{\"schema\": \"seatrial/v1\", \"name\": \"x\", \"cluster\": {\"pools\": [{\"name\": \"a\", \"count\": 1.5}]},\n"
      "\"workload\": [{\"name\": \"w\"}]}";
  EXPECT_EQ(problems_of(json),
            "s.yaml:1:85: cluster.pools[0].count: expected a whole number, found \"1.5\"\n"
            "s.yaml:2:14: workload[0]: neither trace nor generate; an entry has exactly one of them\n");
}

TEST(Load, TheEmptyFileIsToldHowToBegin) {
  EXPECT_EQ(problems_of(""), "s.yaml:1:1: the scenario is empty; begin with schema: seatrial/v1\n");
  EXPECT_EQ(problems_of("# only a comment\n"), "s.yaml:1:1: the scenario is empty; begin with schema: seatrial/v1\n");
  EXPECT_EQ(problems_of("- 1\n"),
            "s.yaml:1:1: expected a mapping with schema, name, cluster and workload, found a list\n");
}

TEST(Load, ScenarioNamesAreFolderNames) {
  for (const char* good : {"a", "A.b_c-9", "0"}) EXPECT_TRUE(is_scenario_name(good)) << good;
  for (const char* bad : {"", ".", "..", "-a", "a b", "a/b", "\xc3\xa4"}) EXPECT_FALSE(is_scenario_name(bad)) << bad;
  EXPECT_TRUE(is_scenario_name(std::string(100, 'a')));
  EXPECT_FALSE(is_scenario_name(std::string(101, 'a')));
}

}  // namespace
}  // namespace seatrial

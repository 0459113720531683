// `--set`: what a path may name, what a value may be, and what wrong ones are told.
#include "scenarios/override.h"

#include <gtest/gtest.h>

#include "scenarios/load.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

ScenarioSpec load_with(const std::string& text, const std::vector<std::string>& overrides) {
  LoadOptions options;
  options.overrides = overrides;
  options.check_files = false;
  return load_scenario_text(text, "s.yaml", options);
}

std::string message_of(const std::vector<std::string>& overrides, const std::string& text = good_scenario()) {
  try {
    (void)load_with(text, overrides);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no problem\n";
}

TEST(Override, NamesListEntriesByIndexOrName) {
  EXPECT_EQ(load_with(good_scenario(), {"cluster.pools[p].count=12"}).cluster.pools.at(0).count, 12U);
  EXPECT_EQ(load_with(good_scenario(), {"cluster.pools[0].count=13"}).cluster.pools.at(0).count, 13U);
  EXPECT_EQ(load_with(good_scenario(), {"workload[w].generate.jobs=9"}).workload.at(0).generate->jobs, 9U);
}

TEST(Override, ANameWinsOverAnIndex) {
  const std::string text = scenario_with("cluster", "cluster: {pools: [{name: a, count: 1}, {name: 0, count: 1}]}\n");
  EXPECT_EQ(load_with(text, {"cluster.pools[0].count=5"}).cluster.pools.at(1).count, 5U);
}

TEST(Override, APolicyByNameOrByItsNameKeyIsTheSame) {
  const std::string text = scenario_with("more", "scheduler: {order: {name: tiresias, thresholds_gpu_s: [1, 2]}}\n");
  for (const char* path : {"scheduler.order=sjf", "scheduler.order.name=sjf"}) {
    EXPECT_EQ(load_with(text, {path}).scheduler.order.name, "sjf") << path;
    EXPECT_EQ(load_with(good_scenario(), {path}).scheduler.order.name, "sjf") << path;
  }
  const ScenarioSpec spec =
      load_with(good_scenario(), {"scheduler.order=tiresias", "scheduler.order.thresholds_gpu_s=[5]"});
  EXPECT_EQ(spec.scheduler.order.parameters.numbers("thresholds_gpu_s", {}), std::vector<double>{5});
}

TEST(Override, ValuesAreFlowYaml) {
  const ScenarioSpec spec = load_with(good_scenario(), {"goals=[wait_s.p95 <= 5, \"jobs.waited < 3\"]", "seed=4"});
  EXPECT_EQ(spec.goals.size(), 2U);
  EXPECT_EQ(spec.seed, 4U);
}

TEST(Override, CreatesMissingKeysAndAppliesInOrder) {
  const ScenarioSpec spec = load_with(good_scenario(), {"overheads.start=1s", "overheads.start=2s"});
  EXPECT_EQ(spec.overheads.start.steps.at(0).second.ns, 2 * kNsPerSecond);
}

TEST(Override, QuotesHoldKeysWithDots) {
  const ScenarioSpec spec = load_with(good_scenario(), {"cluster.pools[p].labels.\"a.b/c\"=x"});
  EXPECT_EQ(spec.cluster.pools.at(0).labels.at(0).first, "a.b/c");
}

TEST(Override, MessagesNameTheOverride) {
  EXPECT_EQ(message_of({"seed=abc"}), "--set seed=abc: seed: expected a whole number, found \"abc\"\n");
  EXPECT_EQ(message_of({"sed=1"}).substr(0, 29), "--set sed=1: sed: unknown key");
  EXPECT_EQ(
      message_of({"cluster.pools[q].count=1"}),
      "--set cluster.pools[q].count=1: cluster.pools[q]: no entry is named \"q\"; known: p (did you mean \"p\"?)\n");
  EXPECT_EQ(message_of({"cluster.pools[7].count=1"}),
            "--set cluster.pools[7].count=1: cluster.pools[7]: the list has 1 entries; indexes count from 0\n");
  EXPECT_EQ(
      message_of({"cluster.pools.count=1"}),
      "--set cluster.pools.count=1: cluster.pools.count: there is a list here, which has no keys; name an entry by "
      "index or name, such as cluster.pools[0]\n");
  EXPECT_EQ(message_of({"seed.x=1"}, scenario_with("more", "seed: 1\n")),
            "--set seed.x=1: seed.x: there is a single value here, which has no keys\n");
  EXPECT_EQ(message_of({"cluster[0]=1"}), "--set cluster[0]=1: cluster[0]: expected a list here, found a mapping\n");
}

TEST(Override, MalformedPathsAreTold) {
  EXPECT_EQ(message_of({"seed"}), "--set seed: expected PATH=VALUE; such as scheduler.order=sjf\n");
  EXPECT_EQ(message_of({"=1"}), "--set =1: expected PATH=VALUE; such as scheduler.order=sjf\n");
  for (const char* path : {"a..b=1", "a.=1", "a[=1", "a[]=1", "a[0]b=1", "\"a=1", ".a=1"}) {
    EXPECT_EQ(message_of({path}).substr(0, 6), "--set ") << path;
  }
}

TEST(Override, MalformedValuesAreTold) {
  EXPECT_EQ(message_of({"seed=[1"}), "--set seed=[1: not valid YAML: end of sequence flow not found\n");
  EXPECT_EQ(message_of({"seed={a: 1, a: 2}"}), "--set seed={a: 1, a: 2}: a: given twice; first at line 1, column 2\n");
  EXPECT_NE(message_of({"seed=" + std::string(100'000, '[')}).find("more than 64 levels"), std::string::npos);
}

TEST(Override, EveryWrongOverrideIsReported) {
  const std::string messages = message_of({"seed=x", "cluster.pools[q].count=1", "nonsense"});
  EXPECT_EQ(std::count(messages.begin(), messages.end(), '\n'), 3);
}

TEST(Override, PathsSplitIntoSteps) {
  std::string why;
  const std::vector<PathStep> steps = parse_path("a.b[c].\"d.e\"[\"f]\"]", why);
  EXPECT_EQ(why, "");
  ASSERT_EQ(steps.size(), 5U);
  EXPECT_EQ(steps[2].text, "c");
  EXPECT_TRUE(steps[2].in_brackets);
  EXPECT_EQ(steps[3].text, "d.e");
  EXPECT_EQ(steps[4].text, "f]");
}

}  // namespace
}  // namespace seatrial

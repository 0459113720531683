// scenarios/axes: values that vary, their ranges, lists and combinations.
#include "scenarios/axes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/document.h"
#include "sim/error.h"

namespace seatrial {
namespace {

using testing::ElementsAre;

Axis axis_of(const std::string& text) {
  Problems problems;
  Axis axis = parse_axis(text, "--axis", problems);
  problems.throw_if_any();
  return axis;
}

TEST(SplitFlow, CutsAtCommasOutsideBracketsAndQuotes) {
  EXPECT_THAT(split_flow("a, b"), ElementsAre("a", "b"));
  EXPECT_THAT(split_flow("{name: x, y: [1, 2]},b"), ElementsAre("{name: x, y: [1, 2]}", "b"));
  EXPECT_THAT(split_flow("\"a,b\",'c,d'"), ElementsAre("\"a,b\"", "'c,d'"));
}

TEST(Axis, ReadsListsAndRanges) {
  EXPECT_EQ(axis_of("scheduler.order=fifo,sjf").path, "scheduler.order");
  EXPECT_THAT(axis_of("scheduler.order=fifo, sjf").values, ElementsAre("fifo", "sjf"));
  EXPECT_THAT(axis_of("cluster.pools[a].count=2..5").values, ElementsAre("2", "3", "4", "5"));
  EXPECT_THAT(axis_of("cluster.pools[a].count=2..9:3").values, ElementsAre("2", "5", "8"));
  EXPECT_THAT(axis_of("workload[0].trace.file=../a.csv,../b.csv").values, ElementsAre("../a.csv", "../b.csv"));
  EXPECT_TRUE(axis_of("a=1..2").is_range);
  EXPECT_FALSE(axis_of("a=1,2").is_range);
  EXPECT_THAT(axis_of("a={x: 1},{x: 2}").values, ElementsAre("{x: 1}", "{x: 2}"));
  EXPECT_EQ(axis_of("cluster.pools[\"a=b\"].count=1").path, "cluster.pools[\"a=b\"].count");
  EXPECT_EQ(axis_of("a=9223372036854775806..9223372036854775807").values.size(), 2U);
}

TEST(Axis, RefusesWhatIsNone) {
  for (const char* wrong : {"", "=1", "a", "a=", "a=1,", "a=1,1", "a=5..1", "a=1..5:0", "a=1..x", "a..b=1", "a[=1",
                            "a=0..1000000000", "a=-9223372036854775808..9223372036854775807"}) {
    EXPECT_THROW((void)axis_of(wrong), InputError) << wrong;
  }
}

TEST(Expand, GivesEveryCombinationTheLastFastest) {
  Problems problems;
  const auto points = expand({axis_of("a=1,2"), axis_of("b=x,y")}, problems);
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[1], (std::vector<Setting>{{"a", "1"}, {"b", "y"}}));
  EXPECT_EQ(expand({}, problems).size(), 1U);
  EXPECT_TRUE(problems.empty());
}

TEST(Expand, RefusesTooManyAndTwice) {
  Problems many;
  (void)expand({axis_of("a=1..2000"), axis_of("b=1..2000")}, many);
  EXPECT_FALSE(many.empty());
  Problems twice;
  (void)expand({axis_of("a=1,2"), axis_of("a=3,4")}, twice);
  EXPECT_FALSE(twice.empty());
}

TEST(FlowText, ReadsBackAsTheSameValue) {
  Problems problems;
  for (const char* text : {"sjf", "4", "[1, 2]", "{name: tiresias, thresholds_gpu_s: [3250, 7200]}", "\"a: b\"", "null",
                           "\"line\\nbreak\"", "{round: 60s}"}) {
    const DocumentNode node = parse_fragment(text, "test", 0);
    const std::string flow = flow_text(node);
    EXPECT_EQ(flow_text(parse_fragment(flow, "test", 0)), flow) << text;
  }
}

TEST(SettingsText, NamesKeysOnlyWhereThereAreSeveral) {
  EXPECT_EQ(settings_text({{"scheduler.order", "sjf"}}), "sjf");
  EXPECT_EQ(settings_text({{"scheduler.order", "sjf"}, {"cluster.pools[a].count", "4"}}), "order=sjf, count=4");
  EXPECT_EQ(settings_text({{"cluster.pools[a].count", "3"}, {"cluster.pools[b].count", "4"}}),
            "cluster.pools[a].count=3, cluster.pools[b].count=4");
  EXPECT_EQ(settings_text({{"scheduler", "{order: fifo, admission: easy}"}}), "order: fifo, admission: easy");
  EXPECT_EQ(settings_text({}), "as written");
}

}  // namespace
}  // namespace seatrial

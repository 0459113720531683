// scenarios/labels: names of alternatives, with what differs alone.
#include "scenarios/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace seatrial {
namespace {

using testing::ElementsAre;

std::vector<std::string> of_axis(const std::vector<std::string>& values, const std::string& path = "scheduler.order") {
  std::vector<std::vector<Setting>> points;
  for (const std::string& value : values) points.push_back({{path, value}});
  return point_labels(points);
}

TEST(Labels, AScalarIsItsOwnName) {
  EXPECT_THAT(of_axis({"fifo", "sjf"}), ElementsAre("fifo", "sjf"));
  EXPECT_THAT(of_axis({"4", "8"}, "cluster.pools[a].count"), ElementsAre("count 4", "count 8"));
  EXPECT_THAT(point_labels({{}}), ElementsAre("as written"));
  EXPECT_THAT(of_axis({"fifo"}), ElementsAre("fifo"));
}

TEST(Labels, MappingsAreToldApartByAsLittleAsWillDo) {
  EXPECT_THAT(
      of_axis({"{model: a100-40, count: 8, mode: mig, partitioner: {name: on-demand, delay: 10s, when_full: drain}}",
               "{model: a100-40, count: 8, mode: exclusive}",
               "{model: a100-40, count: 8, mode: mig, layout: {file: data/mig-parted.yaml, config: two-small}}",
               "{model: a100-40, count: 8, mode: mig, layout: {file: data/mig-parted.yaml, config: six-small}}"}),
      ElementsAre("on-demand", "exclusive", "two-small", "six-small"));
  EXPECT_THAT(of_axis({"{mode: mig, layout: all-balanced}", "{mode: mig, partitioner: {name: on-demand, gap: 60s}}",
                       "{mode: mig, partitioner: {name: on-demand, gap: 60s, min_interval: 10m}}",
                       "{mode: mig, layout: all-balanced, partitioner: {name: optimizing, period: 10m}}"}),
              ElementsAre("all-balanced", "on-demand", "on-demand, min_interval 10m", "optimizing"));
}

TEST(Labels, AScalarBesideAMappingIsAName) {
  EXPECT_THAT(of_axis({"fifo", "{name: tiresias, thresholds_gpu_s: [3250, 7200]}"}), ElementsAre("fifo", "tiresias"));
  EXPECT_THAT(of_axis({"{name: tiresias, thresholds_gpu_s: [10]}", "{name: tiresias, thresholds_gpu_s: [20]}"}),
              ElementsAre("thresholds_gpu_s [10]", "thresholds_gpu_s [20]"));
}

TEST(Labels, AxesThatDoNotVaryAreLeftOutAndKeysAreShort) {
  const auto point = [](const std::string& a, const std::string& b) {
    return std::vector<Setting>{{"cluster.pools[a].count", a}, {"cluster.pools[b].count", b}};
  };
  EXPECT_THAT(point_labels({point("3", "4"), point("3", "5")}), ElementsAre("count 4", "count 5"));
  EXPECT_THAT(point_labels({point("3", "4"), point("4", "5")}),
              ElementsAre("a.count=3, b.count=4", "a.count=4, b.count=5"));
  EXPECT_THAT(point_labels({{{"scheduler.order", "sjf"}, {"cluster.pools[a].count", "4"}},
                            {{"scheduler.order", "fifo"}, {"cluster.pools[a].count", "5"}}}),
              ElementsAre("order=sjf, count=4", "order=fifo, count=5"));
}

TEST(Labels, SeveralValuesOfOneAxisAreBracketed) {
  const auto point = [](const std::string& order, const std::string& gpu) {
    return std::vector<Setting>{{"scheduler.order", order}, {"cluster.pools[a].gpu", gpu}};
  };
  EXPECT_THAT(point_labels({point("fifo", "{mode: mps, replicas: 2}"), point("sjf", "{mode: mps, replicas: 3}"),
                            point("fifo", "{mode: time-slicing, replicas: 2}")}),
              ElementsAre("order=fifo, gpu=(mps, replicas 2)", "order=sjf, gpu=(mps, replicas 3)",
                          "order=fifo, gpu=(time-slicing, replicas 2)"));
}

TEST(Labels, FilesLoseTheFoldersThatTheyShare) {
  EXPECT_THAT(of_axis({"../traces/helios/a.csv.gz", "../traces/itp/b.csv.gz"}, "workload[0].trace.file"),
              ElementsAre("helios/a.csv.gz", "itp/b.csv.gz"));
}

TEST(Labels, LongValuesAreClippedAndNoTwoNamesAreEqual) {
  const std::string longer(10000, 'x');
  const auto labels = of_axis({longer + "1" + longer, longer + "2" + longer, "1", "\"1\""});
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), labels.size());
  for (const std::string& label : labels) EXPECT_LE(label.size(), kLabelShown + 10);
  EXPECT_THAT(of_axis({"true", "false"}, "scheduler.kill_at_limit"),
              ElementsAre("kill_at_limit true", "kill_at_limit false"));
  const auto arabic =
      of_axis({"\"\u0645\u0631\u062d\u0628\u0627\u0645\u0631\u062d\u0628\u0627\u0645\u0631\u062d\u0628\u0627\u0645"
               "\u0631\u062d\u0628\u0627\"",
               "a"});
  EXPECT_EQ(arabic[0].find("\u0645\u0631\u062d"), 0U);
}

}  // namespace
}  // namespace seatrial

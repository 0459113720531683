// scenarios/cases: what makes a case and what an alternative, and what is refused.
#include "scenarios/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/comparison.h"
#include "sim/error.h"
#include "tests/support/many_runs.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

using testing::HasSubstr;

Axis axis_of(const std::string& text) {
  Problems problems;
  Axis axis = parse_axis(text, "--axis", problems);
  EXPECT_TRUE(problems.empty()) << text;
  return axis;
}

std::string problems_of(const std::vector<NamedSettings>& named, const std::vector<Axis>& axes) {
  Problems problems;
  EXPECT_TRUE(case_grid(named, axes, problems).points.empty());
  std::string out;
  for (const Problem& problem : problems.all()) out += problem.text() + '\n';
  return out;
}

TEST(CaseGrid, AxesOfTheJobsAreComparedThemselvesWhereNothingElseVaries) {
  Problems problems;
  const std::vector<Axis> axes{axis_of("workload[0].generate.load=0.5,0.7"), axis_of("scheduler.order=fifo")};
  const CaseGrid grid = case_grid({}, axes, problems);
  EXPECT_TRUE(grid.cases.empty());
  EXPECT_EQ(grid.points.size(), 2U);
  EXPECT_EQ(grid.alternatives, grid.points);
}

TEST(CaseGrid, AxesOfTheJobsMakeCasesBesideOthers) {
  Problems problems;
  const CaseGrid grid =
      case_grid({}, {axis_of("scheduler.order=fifo,sjf,las"), axis_of("workload[0].generate.load=0.5,0.7")}, problems);
  ASSERT_EQ(grid.cases.size(), 2U);
  EXPECT_EQ(grid.cases[1].name, "load 0.7");
  EXPECT_EQ(grid.alternatives.size(), 3U);
  ASSERT_EQ(grid.points.size(), 6U);
  EXPECT_EQ(settings_text(grid.points[4]), "load=0.7, order=sjf");
  EXPECT_TRUE(grid.points[4][0].of_case);
  EXPECT_FALSE(grid.points[4][1].of_case);
}

TEST(CaseGrid, NamedCasesSetSeveralPathsAndMultiplyWithAxesOfTheJobs) {
  Problems problems;
  const std::vector<NamedSettings> named{{"a", {{"workload[0].trace.file", "a.csv"}, {"cluster.pools[0].count", "4"}}},
                                         {"b", {{"workload[0].trace.file", "b.csv"}}}};
  const CaseGrid grid =
      case_grid(named, {axis_of("workload[0].trace.load=1,2"), axis_of("scheduler.order=fifo,sjf")}, problems);
  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(grid.cases.size(), 4U);
  EXPECT_THAT(grid.cases[1].name, HasSubstr("a, "));
  EXPECT_EQ(grid.points[0].size(), 4U);
  EXPECT_EQ(grid.points[7].size(), 3U);
}

TEST(CaseGrid, RefusesWhatCannotBeCompared) {
  const std::vector<NamedSettings> named{{"a", {{"workload[0].trace.file", "a.csv"}}}};
  EXPECT_THAT(problems_of(named, {axis_of("scheduler.order=fifo")}), HasSubstr("nothing varies within the cases"));
  const auto order = axis_of("scheduler.order=fifo,sjf");
  EXPECT_THAT(problems_of(named, {order, axis_of("workload[0].trace.file=x,y")}), HasSubstr("is set by case \"a\""));
  EXPECT_THAT(problems_of(named, {order, axis_of("workload[0].trace={file: x},{file: y}")}),
              HasSubstr("is set by case"));
  Problems none;
  EXPECT_EQ(case_grid(named, {order, axis_of("workload[0].trace.file2=x,y")}, none).cases.size(), 2U);
}

// Two traces of one file each: short jobs behind long ones, and jobs of one length.
std::string two_traces() {
  static const TempFile mixed("job_id,submit_s,duration_s,gpus\na,0,1000,4\nb,1,1000,4\nc,2,10,4\nd,3,10,4\n");
  static const TempFile even("job_id,submit_s,duration_s,gpus\na,0,50,4\nb,1,50,4\nc,2,50,4\n");
  return "schema: seatrial/v1\nname: cases\n"
         "cluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 4}}]}\n"
         "workload: [{name: w, trace: {format: native, file: " +
         mixed.path() +
         "}}]\n"
         "compare:\n  cases:\n    - {name: mixed, set: {\"workload[0].trace.load\": 1}}\n"
         "    - {name: even, set: {\"workload[0].trace\": {format: native, file: " +
         even.path() + "}, \"cluster.pools[p].count\": 1}}\n";
}

TEST(Cases, AreComparedEachWithItsOwnBaseline) {
  const Comparison comparison = compare_text(two_traces(), {"scheduler.order=fifo,sjf"}, 1);
  ASSERT_EQ(comparison.cases.size(), 2U);
  ASSERT_EQ(comparison.alternatives.size(), 4U);
  for (const std::size_t base : {0U, 2U}) EXPECT_TRUE(comparison.alternatives[base].is_baseline);
  const Alternative& mixed = comparison.alternatives[1];
  EXPECT_EQ(mixed.case_name, "mixed");
  EXPECT_EQ(mixed.name, "sjf");
  // fifo: waits 0, 999, 1998, 2007; sjf: 0, 1019, 998, 1007.
  EXPECT_DOUBLE_EQ(*mixed.find("wait_s.mean")->difference, (1019 + 998 + 1007 - 999 - 1998 - 2007) / 4.0);
  EXPECT_DOUBLE_EQ(*comparison.alternatives[3].find("wait_s.mean")->difference, 0);
  EXPECT_THAT(comparison.verdict,
              HasSubstr("sjf cuts mean wait by 39.6 % (mixed) against fifo; nothing beats it in even."));
  EXPECT_THAT(comparison.cases[1].verdict, HasSubstr("no evidence"));
}

TEST(Cases, AreNamedInEveryFile) {
  Comparison comparison = compare_text(two_traces(), {"scheduler.order=sjf,fifo"}, 1);
  FailIf condition = parse_fail_if("wait_s.mean worse than BASELINE by 5%");
  decide(comparison, condition);
  EXPECT_TRUE(condition.failed);
  EXPECT_THAT(condition.why, HasSubstr("fifo (mixed) is worse by 65.5 %"));
  const auto json = nlohmann::json::parse(comparison_json(comparison));
  EXPECT_EQ(json.at("baseline"), (nlohmann::json{{"scheduler.order", "sjf"}}));
  EXPECT_EQ(json.at("cases").at(1).at("name"), "even");
  EXPECT_EQ(json.at("cases").at(1).at("settings").at("cluster.pools[p].count"), 1);
  EXPECT_EQ(json.at("alternatives").at(3).at("case"), "even");
  EXPECT_THAT(comparison_csv(comparison),
              HasSubstr("alternative,case,baseline,workload[0].trace.load,scheduler.order,"));
  EXPECT_THAT(comparison_csv(comparison), HasSubstr("\nfifo,even,false,,fifo,"));
  const std::string text = comparison_text(comparison, false);
  EXPECT_THAT(text, HasSubstr("\ncase mixed: Nothing beats sjf in mean wait"));
  EXPECT_THAT(text, HasSubstr("2 cases x 2 alternatives x 1 replications"));
}

TEST(Cases, GeneratedLoadIsThatOfTheCasesOwnCluster) {
  const std::string scenario =
      "schema: seatrial/v1\nname: cases\n"
      "cluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 4}}]}\n"
      "workload: [{name: w, generate: {jobs: 200, load: 0.5, duration: {distribution: exponential, mean: 10m}}}]\n"
      "compare:\n  cases:\n    - {name: one, set: {\"cluster.pools[p].count\": 1}}\n"
      "    - {name: two, set: {\"cluster.pools[p].count\": 2}}\n";
  const Comparison comparison = compare_text(scenario, {"scheduler.order=fifo,sjf"}, 2);
  const double one = *comparison.alternatives[0].find("makespan_s")->mean;
  const double two = *comparison.alternatives[2].find("makespan_s")->mean;
  EXPECT_NEAR(one / two, 2, 0.3) << "twice the GPUs, jobs twice as dense";
}

TEST(Cases, OneAfterAnotherOrSideBySideTheFilesAreEqual) {
  const std::vector<std::string> axes{"scheduler.order=fifo,sjf,las"};
  EXPECT_EQ(comparison_json(compare_text(two_traces(), axes, 1, 1)),
            comparison_json(compare_text(two_traces(), axes, 1, 3)));
}

TEST(Cases, ATraceWithFewerWindowsThanTheScenariosIsRefused) {
  try {
    (void)compare_text(two_traces() + "replicate: {windows: 1s}\n", {"scheduler.order=fifo,sjf"}, 0);
    FAIL() << "the even trace has one window less";
  } catch (const InputError& error) {
    EXPECT_THAT(error.problems().all().front().text(), HasSubstr("holds 2 whole windows of 1 s, 3 are asked for"));
  }
}

TEST(Cases, MistakesAreToldTogether) {
  const std::string head = two_traces().substr(0, two_traces().find("compare:"));
  const auto message = [&](const std::string& cases) {
    try {
      (void)compare_text(head + "compare: {cases: " + cases + "}\n", {"scheduler.order=fifo,sjf"}, 1);
    } catch (const InputError& error) {
      std::string out;
      for (const Problem& problem : error.problems().all()) out += problem.text() + '\n';
      return out;
    }
    return std::string();
  };
  EXPECT_THAT(message("[]"), HasSubstr("compare.cases: the list is empty"));
  EXPECT_THAT(
      message("[{name: a}, {nam: b, set: {}}]"),
      testing::AllOf(HasSubstr("compare.cases[0]: key \"set\" is missing"), HasSubstr("set"), HasSubstr("nam")));
  EXPECT_THAT(message("[{name: a, set: {}}, {name: a, set: {}}]"), HasSubstr("two cases are named \"a\""));
  EXPECT_THAT(message("[{name: a, set: {\"x[\": 1}}]"), HasSubstr("a path is written like"));
  EXPECT_THAT(message("[{name: a, set: {\"workload[0].trace.fil\": 1}}]"), HasSubstr("fil"));
}

}  // namespace
}  // namespace seatrial

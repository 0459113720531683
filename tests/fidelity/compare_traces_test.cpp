// The library's comparison of policies on three real traces: its plain replays are the published ones, each case is
// what a comparison of that trace alone gives, and its folder of data is an argument.
#include <gtest/gtest.h>

#include <cmath>

#include "scenarios/compare.h"
#include "scenarios/files.h"
#include "tests/support/paths.h"
#include "tests/support/shared_data.h"

namespace seatrial {
namespace {

constexpr const char* kScenario = "scenarios/library/real/policies-on-three-traces.yaml";
constexpr std::size_t kPolicies = 5;

Comparison compared(const std::vector<std::string>& overrides, unsigned threads) {
  CompareRequest request;
  request.scenario.file = source_file(kScenario);
  request.scenario.text = read_input_file(request.scenario.file, 1U << 20U);
  request.scenario.overrides = overrides;
  request.experiment.threads = threads;
  const ScenarioSpec spec = load_source(request.scenario);
  Problems problems;
  const CaseGrid grid = case_grid(spec.compare.cases, spec.compare.axes, problems);
  problems.throw_if_any();
  Experiment experiment(request.scenario, grid.points, request.experiment);
  return compare_scenario(request, experiment, spec.compare.axes);
}

class ThreeTraces : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"traces/helios/venus_sept_vcvGl.csv.gz", "traces/elasticflow_itp_2021/cluster01.csv.gz",
                             "traces/elasticflow_itp_2021/cluster06.csv.gz", "traces/reference_replays.csv"}) {
      const SharedFile file(name);
      if (!file.present()) GTEST_SKIP() << file.absence();
    }
    const std::string file = SharedFile("traces/reference_replays.csv").path();
    data_ = "data=" + file.substr(0, file.rfind('/'));
  }
  std::string data_;
};

TEST_F(ThreeTraces, AsTheyAreWaitAsPublished) {
  const Comparison comparison = compared({data_, "replicate={}"}, 2);
  ASSERT_EQ(comparison.alternatives.size(), 3 * kPolicies);
  const SharedTable published(SharedFile("traces/reference_replays.csv"));
  int found = 0;
  for (std::size_t row = 0; row < published.rows(); ++row) {
    for (std::size_t i = 0; i < comparison.cases.size(); ++i) {
      const std::string name = i == 0 ? "venus_vcvGl_sept" : comparison.cases[i].name;
      if (published.cell(row, "name") != name) continue;
      const bool sjf = published.cell(row, "policy") == "sjf";
      const MetricComparison* wait = comparison.alternatives[i * kPolicies + (sjf ? 1 : 0)].find("wait_s.mean");
      // The published replays truncate to whole seconds; placement differs.
      EXPECT_NEAR(*wait->mean / published.number(row, "mean_wait_s"), 1, 0.05) << name << ' ' << (sjf ? "sjf" : "fifo");
      ++found;
    }
  }
  EXPECT_EQ(found, 6);
}

TEST_F(ThreeTraces, ACaseIsWhatItsTraceAloneGives) {
  const Comparison all = compared({data_, "replicate.count=4"}, 2);
  const Comparison alone = compared({data_, "replicate.count=4",
                                     "compare.cases=[{name: itp_06, set: {\"workload[0].trace\": {format: itp, file: "
                                     "elasticflow_itp_2021/cluster06.csv.gz}}}]"},
                                    1);
  ASSERT_EQ(alone.alternatives.size(), kPolicies);
  for (std::size_t i = 0; i < kPolicies; ++i) {
    const Alternative& one = alone.alternatives[i];
    const Alternative& same = all.alternatives[2 * kPolicies + i];
    ASSERT_EQ(one.metrics.size(), same.metrics.size());
    for (std::size_t m = 0; m < one.metrics.size(); ++m) {
      EXPECT_EQ(one.metrics[m].values, same.metrics[m].values) << one.name << ' ' << one.metrics[m].metric;
      EXPECT_EQ(one.metrics[m].p_holm, same.metrics[m].p_holm) << "corrected within the case";
    }
  }
  EXPECT_EQ(alone.cases[0].verdict, all.cases[2].verdict);
}

TEST(ThreeTracesWithoutData, TheFileThatIsAbsentIsNamed) {
  try {
    (void)compared({"data=/nowhere"}, 1);
    FAIL() << "there is no such folder";
  } catch (const InputError& error) {
    EXPECT_NE(error.problems().all().front().text().find("/nowhere/elasticflow_itp_2021/cluster01.csv.gz"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace seatrial

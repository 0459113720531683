// Published results of other people's schedulers (reference/golden_policies.json), each by its id: compared with its
// stated tolerance, or listed with the reason why it is not. An id that is in neither list fails the test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/scenario_run.h"
#include "tests/support/shared_data.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

const char* const kMissingGoodput =
    "needs the application profiles (gradient noise by progress) of Pollux's simulator; they are in no snapshot";
const char* const kMissingLog = "needs the whole Philly log; the shared subset has other job counts";
const char* const kMissingGavel =
    "needs the jobs that Gavel's generator drew from Python's random numbers; they are in no snapshot";
const char* const kCountedElsewhere = "no policy but counts: compared in tests/unit/mig_geometry_test.cpp";

// Ids that are not compared, and why.
const std::map<std::string, const char*>& not_covered() {
  static const std::map<std::string, const char*> list{
      {"philly-helios-fifo", kMissingLog},
      {"philly-helios-fifo-rest", kMissingLog},
      {"philly-helios-sjf", kMissingLog},
      {"philly-helios-sjf-rest", kMissingLog},
      {"philly-helios-srtf", kMissingLog},
      {"philly-helios-srtf-rest", kMissingLog},
      {"philly-helios-qssf", kMissingLog},
      {"pollux-sim-tiresias-load1", kMissingGoodput},
      {"pollux-sim-pollux-load1", kMissingGoodput},
      {"pollux-sim-tiresias-load1-rest", kMissingGoodput},
      {"pollux-sim-optimus-load1", kMissingGoodput},
      {"pollux-sim-pollux-load1-rest", kMissingGoodput},
      {"pollux-sim-loads", kMissingGoodput},
      {"pollux-sim-interval", kMissingGoodput},
      {"pollux-sim-interference", kMissingGoodput},
      {"shockwave-tacc32-a", "needs tacc_throughputs.json, which is in no snapshot"},
      {"muri-testbed-a", "a measured testbed with interleaved jobs: context, no replay"},
      {"muri-testbed-b", "a measured testbed with interleaved jobs: context, no replay"},
      {"pai-20k-a", "its input of 100,000 rows is in no snapshot"},
      {"gavel-makespan-FIFO", kMissingGavel},
      {"gavel-makespan-Gandiva", kMissingGavel},
      {"gavel-allox-low-load", kMissingGavel},
      {"sia-table4-homogeneous", kMissingGoodput},
      {"synergy-fifo-tune", kMissingLog},
      {"mig-a100-enumeration", kCountedElsewhere},
      {"mig-a100-enumeration-1gmem", kCountedElsewhere},
      {"mig-a30-enumeration", kCountedElsewhere},
  };
  return list;
}

// Ids that the tests below compare.
const std::vector<std::string>& covered() {
  static const std::vector<std::string> list{
      "tir60-16gpu-fifo",           "tir60-16gpu-firstfit",      "tir60-16gpu-sjf",
      "tir60-16gpu-dlasgpu",        "tir60-16gpu-srtf",          "tir60-2x8-helios-fifo-consolidate",
      "helios-on-muri-trace3-fifo", "helios-on-muri-trace3-sjf", "helios-on-muri-trace3-srtf",
      "muri-trace3-SRTF",           "muri-trace3-SRSF",          "muri-trace3-2D-LAS",
      "muri-trace3_pr-SRTF",        "muri-trace3_pr-SRSF",       "muri-trace3_pr-2D-LAS",
  };
  return list;
}

class PublishedPolicies : public testing::Test {
 protected:
  void SetUp() override {
    const SharedFile file("reference/golden_policies.json");
    if (!file.present()) GTEST_SKIP() << file.absence();
    golden_ = Json::parse(file.text());
  }
  [[nodiscard]] const Json& expected(const std::string& id) const {
    for (const Json& each : golden_["cases"]) {
      if (each["id"] == id) return each["expected"];
    }
    throw std::out_of_range("no case " + id);
  }
  [[nodiscard]] const Json& rows(const char* trace) const { return golden_["traces"][trace]["rows"]; }

  Json golden_;
};

std::string line_of(const Json& id, const Json& gpus, double submit_s, double duration_s) {
  return std::to_string(id.get<int>()) + "," + std::to_string(gpus.get<int>()) + "," + std::to_string(submit_s) + "," +
         std::to_string(duration_s) + "\n";
}

const char* const kHeader = "job_id,gpus,submit_s,duration_s\n";

struct Machine {
  std::uint32_t nodes;
  std::uint32_t gpus;
  const char* scheduler;
  const char* top_level = "";
};

ScenarioRun run_trace(const std::string& trace, const Machine& setup) {
  const TempFile file(trace);
  OnePool scenario;
  scenario.nodes = setup.nodes;
  scenario.gpus = setup.gpus;
  scenario.trace = "format: native, file: " + file.path();
  scenario.scheduler = setup.scheduler;
  scenario.top_level = setup.top_level;
  return run_text(scenario_text(scenario));
}

// A quantile of run times with queueing, between the two nearest ranks in proportion.
double jct_quantile_s(const ScenarioRun& done, double p) {
  std::vector<double> jct;
  for (std::uint32_t j = 0; j < done.run->parts.workload.size(); ++j) {
    jct.push_back((done.run->table.end[{j}] - done.run->parts.workload.submit({j})).seconds());
  }
  std::sort(jct.begin(), jct.end());
  const double at = p * static_cast<double>(jct.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  return jct[below] + (at - static_cast<double>(below)) * (jct[std::min(below + 1, jct.size() - 1)] - jct[below]);
}

// Compares every figure that the case names; ratio: the allowed relative difference, 0 = to the printed digits.
void expect_case(const ScenarioRun& done, const Json& expected, double ratio) {
  const auto near = [&](const char* name, double got) {
    if (!expected.contains(name)) return;
    const double wanted = expected[name].get<double>();
    EXPECT_NEAR(got, wanted, std::max(6e-7, ratio * wanted)) << name;
  };
  near("avg_jct", number(done.summary.jct_s.mean));
  near("avg_wait", number(done.summary.wait_s.mean));
  near("makespan", number(done.summary.makespan_s));
  near("n", static_cast<double>(done.summary.jobs.completed));
  near("preemptions", static_cast<double>(done.summary.preemptions));
  near("p99_jct", jct_quantile_s(done, 0.99));
}

TEST_F(PublishedPolicies, EveryIdIsComparedOrListed) {
  for (const Json& each : golden_["cases"]) {
    const std::string id = each["id"];
    const bool compared = std::find(covered().begin(), covered().end(), id) != covered().end();
    EXPECT_NE(compared, not_covered().contains(id)) << id << " must be in exactly one of the two lists";
  }
  EXPECT_EQ(golden_["cases"].size(), covered().size() + not_covered().size());
}

TEST_F(PublishedPolicies, SixtyJobsOfTiresiasAreExact) {
  std::string trace = kHeader;
  for (const Json& row : rows("tiresias60")) trace += line_of(row[0], row[1], row[2], row[3]);
  const std::map<std::string, Machine> cases{
      {"tir60-16gpu-fifo", {1, 16, ""}},
      {"tir60-16gpu-firstfit", {1, 16, "admission: best-effort"}},
      {"tir60-16gpu-sjf", {1, 16, "order: sjf"}},
      {"tir60-16gpu-dlasgpu", {1, 16, "order: {name: tiresias, thresholds_gpu_s: [3250, 7200]}"}},
      {"tir60-16gpu-srtf", {1, 16, "order: srtf"}},
      {"tir60-2x8-helios-fifo-consolidate", {2, 8, "placement: consolidate"}},
  };
  for (const auto& [id, setup] : cases) {
    SCOPED_TRACE(id);
    expect_case(run_trace(trace, setup), expected(id), 0);
  }
}

// One tick of 100 s of the original is one second here.
std::string muri_ticks(const Json& rows, std::int64_t extra) {
  std::string trace = kHeader;
  for (const Json& row : rows) {
    const auto submit = static_cast<std::int64_t>(row[2].get<double>() * 1e-5);
    const auto duration = std::max<std::int64_t>(1, static_cast<std::int64_t>(row[3].get<double>() * 1e-5));
    trace += line_of(row[0], row[1], static_cast<double>(submit), static_cast<double>(duration + extra));
  }
  return trace;
}

TEST_F(PublishedPolicies, HeliosOnMurisTraceIsExactWithoutPreemption) {
  const std::string trace = muri_ticks(rows("muri_trace3"), 0);
  const ScenarioRun fifo = run_trace(trace, {8, 8, "placement: consolidate"});
  expect_case(fifo, expected("helios-on-muri-trace3-fifo"), 0);
  const ScenarioRun sjf = run_trace(trace, {8, 8, "order: sjf, placement: consolidate"});
  expect_case(sjf, expected("helios-on-muri-trace3-sjf"), 0);
}

// There a running job with k ticks left ends k + 1 ticks later, so every job is one tick longer.
TEST_F(PublishedPolicies, HeliosSrtfWithOverheadsIsWithinTwoPercent) {
  const std::string trace = muri_ticks(rows("muri_trace3"), 1);
  const char* overheads = "overheads: {preempt: {by_gpus: {1: 7s, 8: 30s, more: 60s}}}\n";
  const ScenarioRun done = run_trace(trace, {8, 8, "order: srtf, placement: consolidate", overheads});
  const Json published = expected("helios-on-muri-trace3-srtf");
  expect_case(done, published, 0.02);
  std::printf("helios srtf: jct %.3f wait %.3f preemptions %llu p99 %.2f\n", number(done.summary.jct_s.mean),
              number(done.summary.wait_s.mean), static_cast<unsigned long long>(done.summary.preemptions),
              jct_quantile_s(done, 0.99));
}

// The original charges every running job at every event, so only the order of the policies is compared.
TEST_F(PublishedPolicies, MuriOrdersItsPoliciesAsPublished) {
  for (const bool at_once : {false, true}) {
    std::string trace = kHeader;
    for (const Json& row : rows("muri_trace3")) {
      const double length_s = row[4].get<double>() * row[5].get<double>() * 1.015 / 1000;
      trace += line_of(row[0], row[1], at_once ? 0 : row[2].get<double>() / 1000, length_s);
    }
    const auto mean_jct = [&](const char* scheduler) {
      return number(run_trace(trace, {8, 8, scheduler}).summary.jct_s.mean);
    };
    const double srsf = mean_jct("order: srsf, placement: first-fit");
    const double srtf = mean_jct("order: srtf, placement: first-fit");
    const double las = mean_jct("order: {name: tiresias, thresholds_gpu_s: [3250, 7200]}, placement: first-fit");
    const std::string family = at_once ? "muri-trace3_pr-" : "muri-trace3-";
    const auto published = [&](const char* name) { return expected(family + name)["avg_jct"].get<double>(); };
    EXPECT_LT(published("SRSF"), published("SRTF"));
    EXPECT_LT(published("SRTF"), published("2D-LAS"));
    EXPECT_LT(srsf, srtf) << family;
    EXPECT_LT(srtf, las) << family;
    std::printf("%s relative to the published: SRSF %.3f SRTF %.3f 2D-LAS %.3f\n", family.c_str(),
                srsf / published("SRSF"), srtf / published("SRTF"), las / published("2D-LAS"));
  }
}

}  // namespace
}  // namespace seatrial

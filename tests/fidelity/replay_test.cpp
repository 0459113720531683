// Real and synthetic traces replayed: every mean wait and run time that independent programs published or computed for
// the same rules (traces/README.md, traces/reference_replays.csv, synthetic/README.md, swf/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/scenario_run.h"
#include "tests/support/shared_data.h"

namespace seatrial {
namespace {

// "vc == 11cb48 and submit_s >= 2592000" as a mapping of `where`.
std::string where_of(std::string selection) {
  if (selection == "all") return "";
  std::string where;
  while (!selection.empty()) {
    const std::size_t end = selection.find(" and ");
    const std::string one = selection.substr(0, end);
    selection.erase(0, end == std::string::npos ? end : end + 5);
    const std::size_t op = one.find(' ');
    const std::size_t value = one.find(' ', op + 1);
    where += where.empty() ? "" : ", ";
    where += one.substr(0, op) + ": \"" + one.substr(op + 1, value - op - 1) + one.substr(value) + "\"";
  }
  return ", where: {" + where + "}";
}

std::string format_of(const std::string& file) {
  return file.starts_with("elasticflow_itp") ? "itp" : file.substr(0, file.find('/'));
}

OnePool venus_vc(const std::string& file) {
  OnePool scenario;
  scenario.nodes = 20;
  scenario.gpus = 8;
  scenario.trace = "format: helios, truncate: 1s, file: " + file;
  return scenario;
}

// The mean of the two middle waits, as the reference takes it.
double median_wait_s(const ScenarioRun& done) {
  std::vector<std::int64_t> waits;
  for (std::uint32_t j = 0; j < done.run->parts.workload.size(); ++j) waits.push_back(done.run->table.waited[{j}].ns);
  std::sort(waits.begin(), waits.end());
  return Duration{(waits[(waits.size() - 1) / 2] + waits[waits.size() / 2]) / 2}.seconds();
}

TEST(Replay, EveryRowOfTheReferenceReplays) {
  const SharedFile list("traces/reference_replays.csv");
  if (!list.present()) GTEST_SKIP() << list.absence();
  const SharedTable table(list);
  ASSERT_EQ(table.rows(), 18U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& name = table.cell(row, "file");
    const SharedFile trace("traces/" + name);
    if (!trace.present()) GTEST_SKIP() << trace.absence();
    OnePool scenario;
    scenario.nodes = static_cast<std::uint32_t>(table.number(row, "nodes_of_8"));
    scenario.gpus = 8;
    scenario.trace = "format: " + format_of(name) + ", truncate: 1s, file: " + trace.path();
    scenario.trace += where_of(table.cell(row, "selection"));
    scenario.scheduler = "placement: consolidate, order: " + table.cell(row, "policy");
    const ScenarioRun done = run_text(scenario_text(scenario));
    const Summary& summary = done.summary;
    SCOPED_TRACE(table.cell(row, "name") + " " + table.cell(row, "policy"));
    const auto dropped = static_cast<std::uint64_t>(table.number(row, "dropped_too_big"));
    EXPECT_EQ(summary.jobs.rejected, dropped);
    EXPECT_EQ(summary.jobs.completed, static_cast<std::uint64_t>(table.number(row, "jobs")));
    EXPECT_EQ(summary.jobs.waited, static_cast<std::uint64_t>(table.number(row, "jobs_waited")));
    EXPECT_NEAR(number(summary.jct_s.mean), table.number(row, "mean_jct_s"), 0.0051);
    EXPECT_NEAR(number(summary.wait_s.mean), table.number(row, "mean_wait_s"), 0.0051);
    EXPECT_EQ(number(summary.wait_s.p99), table.number(row, "p99_wait_s"));
    EXPECT_EQ(median_wait_s(done), table.number(row, "median_wait_s"));
  }
}

struct VenusCase {
  const char* scheduler;
  double jct_s;
  double wait_s;  // 0: not given
};

// The same queue with other rules: strictness alone changes FIFO's mean wait by a factor of 63.
TEST(Replay, OtherRulesOnOneVirtualCluster) {
  const SharedFile trace("traces/helios/venus_sept_vcvGl.csv.gz");
  if (!trace.present()) GTEST_SKIP() << trace.absence();
  const VenusCase cases[] = {
      {"admission: best-effort, placement: consolidate", 4826.43, 220.54},
      {"order: sjf, admission: best-effort, placement: consolidate", 4813.10, 207.21},
      {"placement: first-fit", 18491.52, 0},
      {"order: sjf, placement: first-fit", 5301.33, 0},
  };
  for (const VenusCase& each : cases) {
    OnePool scenario = venus_vc(trace.path());
    scenario.scheduler = each.scheduler;
    const Summary summary = run_text(scenario_text(scenario)).summary;
    EXPECT_NEAR(number(summary.jct_s.mean), each.jct_s, 0.0051) << each.scheduler;
    if (each.wait_s > 0) {
      EXPECT_NEAR(number(summary.wait_s.mean), each.wait_s, 0.0051) << each.scheduler;
    }
  }
}

struct SyntheticCase {
  const char* file;
  const char* scheduler;
  std::uint32_t nodes;
  double wait_s;
  double half_digit;
};

TEST(Replay, SyntheticTracesAsThreeOrMoreProgramsAgree) {
  const char* small = "traces/synthetic/peers_2k.csv.gz";
  const char* large = "traces/synthetic/peers_10k.csv.gz";
  const SyntheticCase cases[] = {
      {small, "", 1, 9.530, 0.00051},
      {large, "", 1, 45.478, 0.00051},
      {small, "placement: best-fit", 32, 21.226, 0.00051},
      {large, "placement: best-fit", 32, 149.8618, 0.000051},
      {small, "placement: first-fit", 32, 37.0235, 0.000051},
      {large, "placement: first-fit", 32, 145.1218, 0.000051},
      {small, "order: sjf, admission: best-effort, placement: best-fit", 32, 5.763, 0.00051},
      {large, "order: sjf, admission: best-effort, placement: best-fit", 32, 15.5384, 0.000051},
      {small, "order: sjf, placement: best-fit", 32, 14.3165, 0.000051},
      {large, "order: sjf, placement: best-fit", 32, 39.1919, 0.000051},
  };
  for (const SyntheticCase& each : cases) {
    const SharedFile trace(each.file);
    if (!trace.present()) GTEST_SKIP() << trace.absence();
    OnePool scenario;
    scenario.nodes = each.nodes;
    scenario.gpus = 256 / each.nodes;
    scenario.trace = "format: native, file: " + trace.path();
    scenario.scheduler = each.scheduler;
    const Summary summary = run_text(scenario_text(scenario)).summary;
    EXPECT_NEAR(number(summary.wait_s.mean), each.wait_s, each.half_digit) << each.file << " " << each.scheduler;
  }
}

struct ArchiveCase {
  const char* file;
  std::uint32_t nodes;
  std::uint32_t gpus;
  const char* scheduler;
  double wait_s;
};

class Archive : public testing::TestWithParam<ArchiveCase> {};

// Processors as counted GPUs; jobs that outrun their estimate run to their real end. RICC has 7,092 of those, and EASY
// depends on when they are expected to end: 57,338.342 s with "now", the product's rule (an independent program
// agrees); 64,911.295 s with their stated end. The provisional 64,393.971 s of swf/README.md follows a rule that is not
// known.
TEST_P(Archive, MeanWait) {
  const ArchiveCase& each = GetParam();
  const SharedFile trace(each.file);
  if (!trace.present()) GTEST_SKIP() << trace.absence();
  OnePool scenario;
  scenario.nodes = each.nodes;
  scenario.gpus = each.gpus;
  scenario.pool_extra = "counted: true";
  scenario.trace = "format: swf, file: " + trace.path();
  scenario.scheduler = each.scheduler;
  const Summary summary = run_text(scenario_text(scenario)).summary;
  EXPECT_NEAR(number(summary.wait_s.mean), each.wait_s, 0.00051);
}

INSTANTIATE_TEST_SUITE_P(
    Replay, Archive,
    testing::Values(
        ArchiveCase{"traces/swf/RICC-2010-2.swf.gz", 1024, 8, "estimate: requested", 321765.154},
        ArchiveCase{"traces/swf/RICC-2010-2.swf.gz", 1024, 8, "admission: easy, estimate: requested", 57338.342},
        ArchiveCase{"traces/swf/lublin_256.swf.gz", 1, 256, "admission: easy, estimate: requested", 97155.995}),
    [](const auto& each) {
      const std::string file = each.param.file;
      const bool easy = std::string(each.param.scheduler).find("easy") != std::string::npos;
      return std::string(file.find("RICC") != std::string::npos ? "Ricc" : "Lublin") + (easy ? "Easy" : "Fifo");
    });

}  // namespace
}  // namespace seatrial

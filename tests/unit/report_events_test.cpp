// What the page lists as events: preemptions with who began in the victim's place, and changes of capacity.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/workload.h"
#include "reports/report_data.h"
#include "tests/support/scenario_run.h"

namespace seatrial {
namespace {

// The data of the page, and the page's document.
struct Told {
  explicit Told(const std::string& scenario) {
    RunOptions options;
    options.report_history = true;
    run = run_text(scenario, options);
    const ClusterNodeNames names(run.run->parts.cluster);
    const auto nodes = report_nodes(run.run->parts.cluster);
    const ReportInput input{run.summary, run.run->parts.workload, run.run->table, run.run->metrics, names,
                            nodes,       *run.run->history};
    data = report_data(input);
    json = nlohmann::json::parse(report_json(input, data));
  }
  ScenarioRun run;
  ReportData data;
  nlohmann::json json;
};

std::string scenario_of(const std::string& rows, const std::string& more) {
  const std::string trace = testing::TempDir() + "events-" + std::to_string(::getpid()) + ".csv";
  std::ofstream(trace) << "job_id,submit_s,duration_s,gpus,tenant\n" << rows;
  return "schema: seatrial/v1\nname: events\nworkload: [{name: w, trace: {format: native, file: " + trace + "}}]\n" +
         more;
}

TEST(ReportEvents, NameVictimsAndWhoBeganInTheirPlace) {
  // long runs on both nodes; at 100 s short takes its place, and it goes on at 110 s.
  const Told told(scenario_of("long,0,1000,16,a\nshort,100,10,8,b\n",
                              "cluster: {pools: [{name: p, count: 2, gpu: {model: v100-32, count: 8}}]}\n"
                              "scheduler: {order: srtf}\n"));
  const ReportEvents& events = told.data.events;
  ASSERT_EQ(events.preemptions, 1U);
  ASSERT_EQ(events.shown.size(), 1U);
  EXPECT_EQ(events.shown[0].at_s, 100);
  EXPECT_EQ(events.shown[0].held_s, 100);
  EXPECT_EQ(events.shown[0].victim, JobId{0});
  EXPECT_EQ(events.shown[0].causers, (std::vector<JobId>{JobId{1}}));
  EXPECT_EQ(events.by_tenant, (std::vector<std::uint64_t>{0, 1, 0, 0, 0, 0})) << "a lost to b";
  EXPECT_EQ(std::accumulate(events.per_bucket.begin(), events.per_bucket.end(), 0U), 1U);
  EXPECT_EQ(events.capacity_changes, 0U);
  const auto& shown = told.json.at("events").at("shown").at(0);
  EXPECT_EQ(shown.at("job"), "long");
  EXPECT_EQ(shown.at("causers"), nlohmann::json::array({"short"}));
  EXPECT_EQ(shown.at("milli"), 16'000);
}

TEST(ReportEvents, ListChangesOfCapacity) {
  const Told told(scenario_of("x,0,900,1,a\n",
                              "cluster:\n  pools: [{name: p, count: 2, gpu: {model: v100-32, count: 8}}]\n"
                              "  changes: [{at: 60s, pool: p, count: 5}, {at: 90s, pool: p, count: 3}]\n"));
  const ReportEvents& events = told.data.events;
  EXPECT_EQ(events.preemptions, 0U);
  ASSERT_EQ(events.capacity.size(), 2U);
  EXPECT_EQ(events.capacity[0].at_s, 60);
  EXPECT_EQ(events.capacity[0].nodes_before, 2U);
  EXPECT_EQ(events.capacity[0].nodes, 5U);
  EXPECT_EQ(events.capacity[1].nodes_before, 5U);
  EXPECT_EQ(events.capacity[1].nodes, 3U);
}

TEST(ReportEvents, AreNothingWhereNothingHappened) {
  const Told told(
      scenario_of("x,0,900,1,a\n", "cluster: {pools: [{name: p, count: 2, gpu: {model: v100-32, count: 8}}]}\n"));
  EXPECT_TRUE(told.json.at("events").is_null());
}

TEST(ReportEvents, KeepTheLargestOfManyAndCountAll) {
  const Told told(
      "schema: seatrial/v1\nname: many\ncluster: {pools: [{name: p, count: 4, gpu: {model: v100-32, count: 8}}]}\n"
      "workload: [{name: w, generate: {jobs: 4000, load: 1.2, duration: {distribution: log-normal, median: 10m, shape: "
      "1.5},\n            gpus: {1: 0.6, 4: 0.3, 8: 0.1}, tenants: {a: 2, b: 1, c: 1}}}]\nscheduler: {order: las}\n");
  const ReportEvents& events = told.data.events;
  ASSERT_GT(events.preemptions, ReportEvents::kShown);
  EXPECT_LE(events.preemptions, told.run.summary.preemptions) << "those within an instant are not counted";
  ASSERT_EQ(events.shown.size(), ReportEvents::kShown);
  EXPECT_EQ(std::accumulate(events.per_bucket.begin(), events.per_bucket.end(), 0ULL), events.preemptions);
  const auto milli = [&](const ShownPreemption& one) {
    return told.run.run->parts.workload.request(one.victim).total_milli();
  };
  for (std::size_t i = 0; i < events.shown.size(); ++i) {
    EXPECT_EQ(milli(events.shown[i]), 8'000);
    if (i > 0) {
      EXPECT_LE(events.shown[i - 1].at_s, events.shown[i].at_s);
    }
  }
}

}  // namespace
}  // namespace seatrial

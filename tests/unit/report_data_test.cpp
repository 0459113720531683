// The report's numbers: sums that must be exact, what is left of a million jobs, and odd worlds.
#include "reports/report_data.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/workload.h"
#include "reports/bucket_sums.h"
#include "reports/page.h"
#include "tests/support/paths.h"
#include "tests/support/scenario_run.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

const char* const kPreempting = R"(schema: seatrial/v1
name: preempting
cluster:
  pools: [{name: p, count: 3, gpu: {model: v100-32, count: 4}}, {name: q, count: 2, gpu: {model: v100-32, count: 8}}]
  changes: [{at: 3h, pool: p, count: 1}, {at: 6h, pool: p, count: 5}, {at: 9h, pool: q, count: 0}]
workload:
  - name: w
    generate:
      jobs: 400
      load: 1.4
      duration: {distribution: log-normal, median: 20m, shape: 1.2, max: 8h}
      gpus: {1: 0.6, 4: 0.3, 8: 0.1}
scheduler: {order: srtf, queues: single}
overheads: {start: 20s, restart: 40s, drain: 15s}
metrics: {warmup: 1h}
)";

constexpr const char* kSequential = R"(schema: seatrial/v1
name: sequential
cluster: {pools: [{name: p, count: 2, gpu: {model: a100-40, count: 4}}]}
workload:
  - name: w
    arrivals: sequential
    generate: {jobs: 30, rate: 1/s, gpus: {1: 1, 2: 1}, duration: {distribution: exponential, mean: 9s}}
)";

struct Reported {
  explicit Reported(ScenarioRun done) : run(std::move(done)), nodes(report_nodes(run.run->parts.cluster)) {}

  [[nodiscard]] ReportInput input() const {
    return {run.summary, run.run->parts.workload, run.run->table, run.run->metrics, names(), nodes, *run.run->history};
  }
  [[nodiscard]] const NodeNames& names() const {
    node_names.emplace(run.run->parts.cluster);
    return *node_names;
  }

  ScenarioRun run;
  std::vector<ReportNode> nodes;
  mutable std::optional<ClusterNodeNames> node_names;
};

RunOptions recording() {
  RunOptions options;
  options.report_history = true;
  return options;
}

std::vector<std::string> library() {
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(source_file("scenarios/library"))) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

void expect_exact_sums(const Reported& reported) {
  const ReportInput input = reported.input();
  const ReportData data = report_data(input);
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    Wide of_groups = 0;
    for (const ReportGroup& group : data.groups) of_groups += group.waiting_milli_ns[reason];
    EXPECT_EQ(unit_seconds(of_groups), input.summary.waiting_gpu_s[reason]) << reason;
  }
  ASSERT_EQ(data.hours.size(), input.metrics.pools().size() + 1);
  for (const GpuHours& row : data.hours) {
    EXPECT_TRUE(row.residual == 0) << row.name << ": jobs and facts disagree by " << unit_seconds(row.residual);
    for (const Wide part : {row.useful, row.overhead, row.fragmented, row.free, row.absent}) EXPECT_TRUE(part >= 0);
  }
  EXPECT_EQ(unit_seconds(data.hours[0].overhead), input.summary.overhead_gpu_s);
  std::uint64_t jobs = 0;
  for (const ReportGroup& group : data.groups) jobs += group.jobs;
  EXPECT_EQ(jobs, input.summary.jobs.submitted);
}

// What the charts over time show adds up to the same as the exact sums.
void expect_equal_areas(const Reported& reported) {
  const ReportInput input = reported.input();
  const ReportData data = report_data(input);
  double waiting_s = 0;
  double held_s = 0;
  for (const GroupSeries& series : data.series) {
    const double bucket_s = data.span_s / static_cast<double>(std::max<std::size_t>(1, series.held_gpus.size()));
    held_s += sum(series.held_gpus) * bucket_s;
    for (const Buckets& values : series.waiting_gpus) {
      waiting_s += sum(values) * data.span_s / static_cast<double>(std::max<std::size_t>(1, values.size()));
    }
  }
  Wide held = 0;
  for (const ReportGroup& group : data.groups) held += group.held_milli_ns;
  const auto& parts = input.summary.waiting_gpu_s;
  const double waiting = std::accumulate(parts.begin(), parts.end(), 0.0);
  EXPECT_NEAR(waiting_s, waiting, 1e-6 * std::max(1.0, waiting));
  EXPECT_NEAR(held_s, unit_seconds(held), 1e-6 * std::max(1.0, held_s));
}

TEST(ReportData, AddsUpExactlyInEveryScenarioOfTheLibrary) {
  for (const std::string& path : library()) {
    SCOPED_TRACE(path);
    expect_exact_sums(Reported(run_file(path, recording())));
  }
}

TEST(ReportData, AddsUpWithPreemptionOverheadsAndChangingCapacity) {
  const Reported reported(run_text(kPreempting, recording()));
  ASSERT_GT(reported.run.summary.preemptions, 0U);
  expect_exact_sums(reported);
  expect_equal_areas(reported);
  const ReportData data = report_data(reported.input());
  EXPECT_TRUE(data.hours[0].absent > 0);
  EXPECT_TRUE(
      std::any_of(data.nodes.begin(), data.nodes.end(), [](const NodeRow& row) { return sum(row.absent) > 0; }));
  for (const NodeRow& row : data.nodes) {
    for (const double share : row.held_share) EXPECT_LE(share, 1.0 + 1e-9) << row.name;
  }
}

// Here jobs lose their GPUs and get others within one instant.
TEST(ReportData, LeavesNoRemainderWhereJobsMoveWithinAnInstant) {
  const Reported reported(run_text(R"(schema: seatrial/v1
name: moves
seed: 4
cluster: {pools: [{name: p, count: 120, gpu: {model: a100-40, count: 8}}]}
workload:
  - name: w
    generate:
      {jobs: 20000, rate: 2/s, gpus: {1: 4, 4: 2, 8: 1, 16: 1}, duration: {distribution: exponential, mean: 110s}}
scheduler: {order: las}
)",
                                   recording()));
  ASSERT_GT(reported.run.summary.preemptions, 0U);
  EXPECT_TRUE(report_data(reported.input()).hours[0].residual == 0);
}

TEST(ReportData, DrawsTheAreasOfItsSums) {
  const Reported reported(run_file(source_file("scenarios/library/dedicated-pools.yaml"), recording()));
  expect_equal_areas(reported);
}

TEST(RunHistory, TellsTheStaysOfAPreemptedJob) {
  JobTable table(1);
  const JobId job{0};
  table.start[job] = Time{0};
  table.end[job] = Time{100};
  table.preemptions[job] = 3;
  const Piece piece{NodeId{0}, 1, 1, 0};
  table.set_pieces(job, {&piece, 1});
  const Cluster cluster = cluster_of(1);
  RunHistory history(table, cluster, {.stints = true, .levels = false});
  std::vector<Fact> facts;
  const auto happens = [&](std::int64_t at, FactKind kind) {
    facts.emplace_back().at = Time{at};
    facts.back().kind = kind;
  };
  happens(0, FactKind::Submitted);
  happens(0, FactKind::Started);
  history.placed(job, Time{0});  // before its facts, which lie in a buffer
  happens(10, FactKind::Preempted);
  happens(40, FactKind::Resumed);  // at 40 it is started, preempted and started again: one stay from then on
  happens(40, FactKind::Preempted);
  happens(40, FactKind::Resumed);
  history.placed(job, Time{40});
  happens(50, FactKind::Preempted);
  happens(70, FactKind::Resumed);
  history.observe(facts);
  history.placed(job, Time{70});
  facts.clear();
  happens(100, FactKind::Completed);
  history.observe(facts);
  history.finish(Time{200});
  std::vector<Stay> stays;
  history.stays(job, stays);
  ASSERT_EQ(stays.size(), 3U);
  EXPECT_EQ(stays[0].end_ns, 10);
  EXPECT_EQ(stays[1].begin_ns, 40);
  EXPECT_EQ(stays[1].end_ns, 50);
  EXPECT_EQ(stays[2].end_ns, 100);
  for (const Stay& stay : stays) EXPECT_EQ(stay.pieces.size(), 1U);
  EXPECT_FALSE(history.capacity_changed());
}

TEST(RunHistory, ReportsAreTheSameWhetherLogsAreWrittenBesideThemOrNot) {
  for (const std::string& text : {std::string(kPreempting), std::string(kSequential)}) {
    RunOptions logs = recording();
    logs.log_timeline = true;
    const Reported alone(run_text(text, recording()));
    const Reported beside(run_text(text, logs));
    EXPECT_EQ(report_json(alone.input(), report_data(alone.input())),
              report_json(beside.input(), report_data(beside.input())));
    EXPECT_TRUE(alone.run.run->history->levels().empty());
  }
}

TEST(BucketSums, EqualsASumOverEachBucket) {
  BucketSums sums(1, 10, 100);
  sums.add(0, 5, 47, 2);
  sums.add(0, 41, 43, 1);
  sums.add(0, -20, 5, 4);
  sums.add(0, 95, 400, 1);
  const std::vector<double> means = sums.means(0);
  const double expected[] = {3, 2, 2, 2, 1.6, 0, 0, 0, 0, 0.5};
  for (std::size_t i = 0; i < means.size(); ++i) EXPECT_NEAR(means[i], expected[i], 1e-12) << i;
  BucketSums nothing(1, 4, 0);
  nothing.add(0, 0, 0, 5);
  EXPECT_FALSE(nothing.used(0));
}

TEST(LogHistogram, PutsEachValueBelowItsUpperEdge) {
  for (const double value : {1e-9, 1e-3, 1.0000001e-3, 1.0, 7.0, 86400.0, 9.2e9}) {
    LogHistogram histogram;
    histogram.add(value);
    const auto bin =
        static_cast<std::size_t>(std::find(histogram.bins.begin(), histogram.bins.end(), 1U) - histogram.bins.begin());
    ASSERT_LT(bin, histogram.bins.size()) << value;
    EXPECT_LE(value, LogHistogram::upper(bin) * 1.000001) << value;
    if (bin > 0) {
      EXPECT_GT(value, LogHistogram::upper(bin - 1) * 0.999999) << value;
    }
  }
  LogHistogram zero;
  zero.add(0);
  zero.add(-5);
  EXPECT_EQ(zero.zeros, 2U);
}

// A finished world made by hand: every job runs for its duration on one node of one pool after a wait.
struct HandMade {
  HandMade(std::uint32_t jobs, std::uint32_t tenants, std::uint32_t node_count)
      : table(jobs), cluster(cluster_of(node_count)), metrics({pool()}, {}), history(table, cluster, {false, false}) {
    WorkloadBuilder builder;
    JobRecord record;
    for (std::uint32_t i = 0; i < jobs; ++i) {
      const std::string tenant = tenants == 0 ? "" : "tenant-" + std::to_string(i % tenants);
      record.row = i;
      record.submit_ns = -50 * kNsPerSecond + std::int64_t{i} * kNsPerSecond;
      record.duration_ns = (1 + i % 977) * kNsPerSecond;
      record.gpus = 1 + i % 8;
      record.tenant = tenant;
      builder.add(record);
    }
    workload = builder.build();
    for (std::uint32_t i = 0; i < jobs; ++i) finish_job(JobId{i}, node_count);
    nodes.assign(node_count, {0, 8});
    Fact first;
    first.at = workload.submit(JobId{0});
    metrics.observe({&first, 1});
    metrics.finish(Time{0});
    history.finish(Time{std::int64_t{jobs} * 2 * kNsPerSecond});
    summary = summarize({}, workload, table, metrics, {});
    summary.simulated_s = 2.0 * jobs;
  }

  static PoolInfo pool() {
    PoolInfo info;
    info.name = "p";
    info.total_milli = 8'000;
    return info;
  }

  void finish_job(JobId job, std::uint32_t node_count) {
    const Duration wait{(job.index % 5 == 0 ? 0 : job.index % 9973) * kNsPerSecond};
    table.state[job] = JobState::Completed;
    table.start[job] = workload.submit(job) + wait;
    table.end[job] = table.start[job] + workload.duration(job);
    table.waited[job] = wait;
    if (wait.ns > 0) table.add_wait(job, {0}, static_cast<WaitReason>(job.index % 3), wait);
    const Piece piece{NodeId{job.index % node_count}, 1, workload.request(job).gpus, 0};
    table.set_pieces(job, {&piece, 1});
  }

  std::string json() {
    class Names final : public NodeNames {
     public:
      void append(NodeId node, std::string& out) const override { out += "n" + std::to_string(node.index); }
    };
    const Names names;
    const ReportInput input{summary, workload, table, metrics, names, nodes, history};
    return report_json(input, report_data(input));
  }

  Workload workload;
  JobTable table;
  Cluster cluster;
  Metrics metrics;
  Summary summary;
  std::vector<ReportNode> nodes;
  RunHistory history;
};

TEST(ReportJson, StaysSmallWithAMillionJobs) {
  const std::string html = run_html(HandMade(1'000'000, 500, 1250).json());
  EXPECT_LT(html.size(), 3'000'000U);
}

TEST(ReportJson, KeepsTheLargestTenantsAndSumsTheOthers) {
  const auto json = nlohmann::json::parse(HandMade(30'000, 10'000, 20).json());
  EXPECT_EQ(json.at("tenants").size(), kTenantsShown + 1);
  EXPECT_EQ(json.at("tenant_count"), 10'000);
  std::uint64_t jobs = 0;
  for (const auto& group : json.at("groups")) jobs += group.at("jobs").get<std::uint64_t>();
  EXPECT_EQ(jobs, 30'000U);
  EXPECT_LE(json.at("jobs").at("rows").size(), 2'300U);
  EXPECT_EQ(json.at("jobs").at("total"), 30'000);
}

TEST(ReportJson, DrawsEveryJobOfASmallRun) {
  const auto json = nlohmann::json::parse(HandMade(1'999, 0, 4).json());
  EXPECT_EQ(json.at("jobs").at("rows").size(), 1'999U);
  EXPECT_EQ(json.at("jobs").at("worst").size(), 20U);
  EXPECT_TRUE(json.at("tenants").empty());
  EXPECT_EQ(json.at("jobs").at("rows").at(0).at(4), 0) << "times count from the first submit, -50 s";
  double last = 1e18;
  for (const auto& at : json.at("jobs").at("worst")) {
    const double wait = json.at("jobs").at("rows").at(at.get<std::size_t>()).at(5);
    EXPECT_LE(wait, last);
    last = wait;
  }
}

TEST(ReportJson, HasAStateForARunWhereNothingHappened) {
  const Workload workload = WorkloadBuilder().build();
  const JobTable table(0);
  Metrics metrics({}, {});
  metrics.finish(Time{0});
  const Cluster cluster({}, false);
  RunHistory history(table, cluster, {false, false});
  history.finish(Time{0});
  const Summary summary = summarize({}, workload, table, metrics, {});
  const std::vector<ReportNode> nodes;
  class Names final : public NodeNames {
   public:
    void append(NodeId, std::string&) const override {}
  };
  const Names names;
  const ReportInput input{summary, workload, table, metrics, names, nodes, history};
  const auto json = nlohmann::json::parse(report_json(input, report_data(input)));
  EXPECT_EQ(json.at("jobs").at("total"), 0);
  EXPECT_EQ(json.at("verdict"), "No job started.");
  EXPECT_NO_THROW((void)run_html(json.dump()));
}

}  // namespace
}  // namespace seatrial

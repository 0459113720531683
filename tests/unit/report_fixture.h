// A small finished run by hand, for tests of reports: three jobs on one pool of 4 GPUs.
//   row 0 "a,1"  tenant t1, submit 0,  1 GPU,  runs 0..10
//   row 1 =b"    tenant t2, submit 5,  4 GPUs, waits 5 s (4 s capacity, 1 s fragmentation), runs 10..30, recorded 5 s
//   row 2 big    tenant t1, submit 6,  9 GPUs, rejected
#pragma once

#include <string>
#include <vector>

#include "models/cluster.h"
#include "models/job_table.h"
#include "models/workload.h"
#include "reports/csv_writers.h"
#include "reports/metrics.h"
#include "reports/summary.h"

namespace seatrial {

class NumberedNodes final : public NodeNames {
 public:
  void append(NodeId node, std::string& out) const override {
    out += "n";
    out += std::to_string(node.index);
  }
};

// One pool of equal nodes.
inline Cluster cluster_of(std::uint32_t nodes, std::uint32_t gpus = 8) {
  PoolSpec pool;
  pool.name = "p";
  pool.count = nodes;
  pool.gpus = gpus;
  ClusterSpec spec;
  spec.pools.push_back(pool);
  return {spec, false};
}

struct FinishedRun {
  explicit FinishedRun(std::string_view first_tenant = "t1")
      : workload(make_workload(first_tenant)), table(3), metrics(pools(), {}) {
    play();
    fill_table();
  }

  static JobRecord record(std::string_view name, std::int64_t submit_s, std::int64_t run_s, std::uint32_t gpus,
                          std::string_view tenant) {
    JobRecord job;
    job.name = name;
    job.submit_ns = submit_s * kNsPerSecond;
    job.duration_ns = run_s * kNsPerSecond;
    job.gpus = gpus;
    job.tenant = tenant;
    return job;
  }

  static Workload make_workload(std::string_view first_tenant) {
    WorkloadBuilder builder;
    builder.add(record("a,1", 0, 10, 1, first_tenant));
    JobRecord b = record("=b\"", 5, 20, 4, "t2");
    b.observed_start_ns = 10 * kNsPerSecond;
    b.trace_state = "Pass,ed";
    builder.add(b);
    builder.add(record("big", 6, 1, 9, first_tenant));
    return builder.build();
  }

  static std::vector<PoolInfo> pools() {
    PoolInfo pool;
    pool.name = "p";
    pool.total_milli = 4000;
    pool.nodes = 2;
    pool.price_usd_per_hour = 3600;  // a dollar a second
    pool.busy_w = 1000;
    pool.idle_w = 100;
    return {pool};
  }

  static Fact fact(std::int64_t second, FactKind kind, std::uint32_t job, std::int64_t milli = 0) {
    Fact f;
    f.at = Time{second * kNsPerSecond};
    f.kind = kind;
    f.job = job;
    f.milli = milli;
    return f;
  }

  static std::vector<Fact> facts() {
    return {fact(0, FactKind::Submitted, 0, 1000), fact(0, FactKind::Started, 0),
            fact(0, FactKind::Bound, 0, 1000),     fact(0, FactKind::Progress, 0, 1000),
            fact(5, FactKind::Submitted, 1, 4000), fact(6, FactKind::Rejected, 2, 9000),
            fact(10, FactKind::Released, 0, 1000), fact(10, FactKind::Completed, 0),
            fact(10, FactKind::Started, 1),        fact(10, FactKind::Bound, 1, 4000),
            fact(12, FactKind::Progress, 1, 4000), fact(30, FactKind::Released, 1, 4000),
            fact(30, FactKind::Completed, 1)};
  }

  void play() {
    metrics.observe(facts());
    metrics.finish(Time{30 * kNsPerSecond});
  }

  void fill_table() {
    const auto done = [&](std::uint32_t job, std::int64_t start_s, std::int64_t end_s) {
      table.state[JobId{job}] = JobState::Completed;
      table.start[JobId{job}] = Time{start_s * kNsPerSecond};
      table.end[JobId{job}] = Time{end_s * kNsPerSecond};
    };
    done(0, 0, 10);
    done(1, 10, 30);
    table.waited[JobId{1}] = Duration{5 * kNsPerSecond};
    table.add_wait(JobId{1}, {0}, WaitReason::Capacity, Duration{4 * kNsPerSecond});
    table.add_wait(JobId{1}, Duration{4 * kNsPerSecond}, WaitReason::Fragmentation, Duration{1 * kNsPerSecond});
    table.state[JobId{2}] = JobState::Rejected;
    table.reject_reasons.push_back("asks for 9 GPUs; the cluster has 4");
    table.reject_row[JobId{2}] = 1;
    const Piece one{NodeId{0}, 1, 1, 0};
    table.set_pieces(JobId{0}, {&one, 1});
    const std::vector<Piece> two{{NodeId{0}, 1, 2, 0}, {NodeId{1}, 1, 2, 0}};
    table.set_pieces(JobId{1}, two);
  }

  static RunHeader header() {
    RunHeader h;
    h.scenario = "quickstart";
    h.seed = 42;
    h.version = "0.1.0";
    h.fact_hash = "00ff";
    h.axes = {{"order", "fifo"}, {"admission", "strict"}, {"preemption", "none"}, {"placement", "best-fit"}};
    h.overheads = {"start 2s"};
    h.scenario_text = "schema: seatrial/v1\nname: quickstart\n";
    h.command = "seatrial run quickstart.yaml --seed 42";
    h.wall_s = 0.5;
    h.events = 1000;
    return h;
  }

  [[nodiscard]] Summary summary(const std::vector<GoalInput>& goals = {}) const {
    return summarize(header(), workload, table, metrics, goals);
  }

  Workload workload;
  JobTable table;
  Metrics metrics;
  NumberedNodes nodes;
};

}  // namespace seatrial

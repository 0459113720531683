// Everything that the page of a run shows, aggregated: its size does not grow with the number of jobs, nodes or
// tenants. Made in two passes over the jobs of a finished run (report_data.cpp, report_time.cpp, report_sample.cpp),
// written as report.json (report_json.cpp). Sums of GPU time are exact integers of milli-GPUs x ns.
//
// Times are seconds from the first submit. With sequential arrivals time has no meaning: every decision counts as one
// second there, as it does in the metrics.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "reports/csv_writers.h"
#include "reports/level_pyramid.h"
#include "reports/metrics.h"
#include "reports/report_devices.h"
#include "reports/run_history.h"
#include "reports/size_class.h"
#include "reports/summary.h"

namespace seatrial {

class Fairness;

class Cluster;
class JobTable;
class Workload;

// Counts by size on a logarithmic axis, with a bin of its own for zero. Twenty bins a decade, from 1 ms to 3,000 years.
struct LogHistogram {
  static constexpr int kPerDecade = 20;
  static constexpr int kDecades = 14;
  static constexpr double kLowest = 1e-3;

  std::uint64_t count = 0;
  std::uint64_t zeros = 0;                                  // up to 0
  std::array<std::uint32_t, kPerDecade * kDecades> bins{};  // bin i ends at kLowest x 10^((i + 1) / kPerDecade)

  void add(double value);
  [[nodiscard]] static double upper(std::size_t bin);
};

inline constexpr std::size_t kTenantsShown = 12;  // the largest by GPU time; the others share one row
inline constexpr std::size_t kPoolsShown = 12;
inline constexpr std::size_t kGroupsShown = 320;  // beyond that, jobs are not told apart by pool
[[nodiscard]] std::size_t size_class_of(const Workload& workload, JobId job);

// Jobs of one tenant row, size class and pool row.
struct ReportGroup {
  std::size_t tenant = 0, size = 0;
  std::size_t pool = 0;      // of the job's last placement: as in ReportData::hours, 0 = never started
  std::uint64_t jobs = 0;    // submitted
  std::uint64_t waited = 0;  // started after a wait above 0
  Wide held_milli_ns = 0;    // over the whole run
  Wide done_milli_ns = 0;    // run time of completed jobs, and what others held
  std::array<Wide, kWaitReasons> waiting_milli_ns{};
  LogHistogram wait, jct, slowdown, recorded;  // of jobs submitted after warmup
};

// Statistics of waits and completion times; tenant row, size class and pool row, each or all.
struct ReportCell {
  std::size_t tenant = 0;  // row, or ReportData::kAll
  std::size_t size = 0;    // class, or ReportData::kAll
  std::size_t pool = 0;    // row, or ReportData::kAll
  Statistics wait_s, jct_s;
};

// Where the GPU time of one pool, or of all, went. Rows add up to `capacity`.
struct GpuHours {
  std::string name;                // empty: all pools, or the others
  std::vector<std::size_t> pools;  // that it sums up
  Wide capacity = 0;               // the largest number of GPUs that were present x the window
  Wide useful = 0, overhead = 0, fragmented = 0, free = 0, absent = 0;
  Wide residual = 0;  // what the facts call allocated and the jobs did not hold; 0 unless we are wrong
};

// A quantity over equal intervals from 0 to ReportData::span_s, as means.
using Buckets = std::vector<double>;

// Of the group with the same index.
struct GroupSeries {
  std::array<Buckets, kWaitReasons> waiting_gpus;  // empty: none
  Buckets held_gpus;                               // empty: none
};

// Nodes drawn as one row of the map.
struct NodeRow {
  std::uint32_t pool = 0, first = 0, nodes = 0;
  std::int64_t gpus = 0;
  std::string name;    // of the first node
  Buckets held_share;  // of the GPUs of these nodes
  Buckets absent;      // share of these nodes that is absent; empty: none ever is
};

// Equal amounts on consecutive nodes.
struct NodeRun {
  std::uint32_t first = 0, count = 0, milli = 0;
};

struct SampledStint {
  double begin_s = 0, end_s = 0;
  std::vector<NodeRun> nodes;
};

struct SampledJob {
  JobId job;
  std::size_t group = 0;
  double wait_s = 0;
  std::vector<SampledStint> stints;
  bool cut = false;  // more stints or nodes than are kept
};

// A job that lost its GPUs, and who began on its nodes at that instant: who preempted it is inferred, not recorded.
struct ShownPreemption {
  double at_s = 0;
  double held_s = 0;  // of the stay that ended
  JobId victim;
  std::vector<JobId> causers;  // at most kCausersNamed
  std::size_t more_causers = 0;
};

// From `at_s` on the pool has these nodes.
struct ShownCapacity {
  double at_s = 0;
  std::uint32_t pool = 0;
  std::uint32_t nodes_before = 0, nodes = 0;
};

struct ReportEvents {
  static constexpr std::size_t kShown = 200;
  static constexpr std::size_t kCausersNamed = 3;

  std::uint64_t preemptions = 0;
  std::vector<ShownPreemption> shown;     // the kShown of the largest jobs, in order of time
  std::vector<std::uint32_t> per_bucket;  // preemptions over equal intervals
  std::vector<std::uint64_t> by_tenant;   // victim's row x causer's row; one more column: nobody began there
  std::uint64_t capacity_changes = 0;
  std::vector<ShownCapacity> capacity;  // the first kShown
};

struct TenantCost {
  std::optional<double> usd;
  std::string unpriced;  // a pool without a price that the tenant used
};

struct ReportData {
  static constexpr std::size_t kAll = SIZE_MAX;

  double span_s = 0;
  double window_s = 0;               // that means and GPU hours are over
  std::vector<std::string> tenants;  // names of rows; empty where the trace has none
  std::size_t tenant_count = 0;      // more than rows: the last row is all others
  std::vector<ReportGroup> groups;   // with jobs; by tenant, size and pool
  bool by_pool = false;              // groups are told apart by pool
  std::vector<ReportCell> cells;     // with jobs that started; without the one of all jobs
  std::vector<GpuHours> hours;       // all, then by pool (the last one: the others, where there are many)
  std::vector<GroupSeries> series;
  std::vector<NodeRow> nodes;
  std::size_t node_count = 0;
  std::vector<SampledJob> jobs;    // in order of submission
  std::vector<std::size_t> worst;  // rows of `jobs`, longest wait first
  std::vector<TenantCost> costs;   // by tenant row
  ReportEvents events;
  DeviceReport devices;
  bool preempted = false;
  bool capacity_changed = false;

  [[nodiscard]] std::size_t rows() const { return tenants.empty() ? 1 : tenants.size(); }
};

// A node as the report shows it.
struct ReportNode {
  std::uint32_t pool = 0;
  std::uint32_t gpus = 0;
  bool present = true;  // when the run ended
};
// Of all nodes, those that capacity changes add included.
[[nodiscard]] std::vector<ReportNode> report_nodes(const Cluster& cluster);

struct ReportInput {
  const Summary& summary;
  const Workload& workload;
  const JobTable& table;
  const Metrics& metrics;
  const NodeNames& names;
  const std::vector<ReportNode>& nodes;
  const RunHistory& history;
  const LevelPyramid* levels = nullptr;  // none with sequential arrivals
  const Cluster* cluster = nullptr;      // none: nothing is told of cut and shared GPUs
  const DeviceHistory* devices = nullptr;
  const Fairness* fairness = nullptr;  // where it was measured
};

[[nodiscard]] ReportData report_data(const ReportInput& input);

// Parts of report_data(), in this order.
// report_groups.cpp: names the rows of tenants, and puts jobs into groups; fills tenants, tenant_count, groups,
// by_pool.
class GroupIndex {
 public:
  GroupIndex(const ReportInput& input, ReportData& data);
  // Index into ReportData::groups.
  [[nodiscard]] std::size_t of(JobId job) const { return group_[dense(job)]; }

 private:
  void assign_tenants(ReportData& data);
  [[nodiscard]] std::size_t dense(JobId job) const;
  bool find_groups(ReportData& data);

  const ReportInput& input_;
  std::vector<std::size_t> tenant_rows_;  // by TextId
  std::vector<std::size_t> pool_rows_;    // by pool; empty: jobs are not told apart by pool
  std::size_t pools_ = 1;                 // rows of pools, with that of jobs that never started
  std::vector<std::uint32_t> group_;      // by tenant row, size class and pool row
};
// report_time.cpp: hours, series, nodes; and held GPU time of groups, and costs.
void fill_times(const ReportInput& input, const GroupIndex& groups, ReportData& data);
// report_sample.cpp: jobs, worst.
void fill_sample(const ReportInput& input, const GroupIndex& groups, ReportData& data);
// report_events.cpp: events. Preemptions only where the history has stints.
void fill_events(const ReportInput& input, const GroupIndex& groups, ReportData& data);
// Pools by their largest number of GPUs in the window of means, and those numbers by pool.
struct PoolOrder {
  std::vector<std::size_t> order;
  std::vector<std::int64_t> peak_milli;
  // Row of ReportData::hours: 1 for the first; those beyond the largest kPoolsShown share one.
  [[nodiscard]] static std::size_t row(std::size_t at) { return 1 + (at < kPoolsShown ? at : kPoolsShown); }
};
[[nodiscard]] PoolOrder pool_order(const ReportInput& input);

// report_json.cpp: the document, schema seatrial.report/1.
[[nodiscard]] std::string report_json(const ReportInput& input, const ReportData& data);

}  // namespace seatrial

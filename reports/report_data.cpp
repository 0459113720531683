// Groups of jobs: who waits, how long, and why; see report_data.h.
#include "reports/report_data.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/cluster.h"
#include "models/workload.h"
#include "reports/statistics.h"

namespace seatrial {

void LogHistogram::add(double value) {
  ++count;
  if (!(value > 0)) {
    ++zeros;
    return;
  }
  const double at = std::ceil(std::log10(value / kLowest) * kPerDecade - 1e-9) - 1;
  ++bins[static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(bins.size() - 1)))];
}

double LogHistogram::upper(std::size_t bin) {
  return kLowest * std::pow(10.0, static_cast<double>(bin + 1) / kPerDecade);
}

std::size_t size_class_of(const Workload& workload, JobId job) { return size_class(workload.request(job).gpus); }

std::vector<ReportNode> report_nodes(const Cluster& cluster) {
  std::vector<ReportNode> nodes;
  nodes.reserve(cluster.nodes());
  for (std::uint32_t i = 0; i < cluster.nodes(); ++i) {
    nodes.push_back(
        {cluster.pool_of(NodeId{i}).index, cluster.gpus(NodeId{i}), cluster.state(NodeId{i}) != NodeState::Absent});
  }
  return nodes;
}

namespace {

struct Samples {
  std::vector<std::int64_t> wait_ns, jct_ns;

  void append(const Samples& other) {
    wait_ns.insert(wait_ns.end(), other.wait_ns.begin(), other.wait_ns.end());
    jct_ns.insert(jct_ns.end(), other.jct_ns.begin(), other.jct_ns.end());
  }
};

void add_samples(const ReportInput& input, JobId job, ReportGroup& group, Samples& samples) {
  const JobTable& table = input.table;
  const Time submit = input.workload.submit(job);
  if (const auto observed = input.workload.observed_start(job)) group.recorded.add((*observed - submit).seconds());
  if (table.start[job] == kNever) return;
  const Duration wait = table.waited[job];
  group.wait.add(wait.seconds());
  samples.wait_ns.push_back(wait.ns);
  if (table.state[job] != JobState::Completed) return;
  const Duration jct = table.end[job] - submit;
  samples.jct_ns.push_back(jct.ns);
  group.jct.add(jct.seconds());
  group.slowdown.add(jct.seconds() / std::max(input.workload.duration(job).seconds(), 1.0));
}

// Every combination of one tenant row, size class and pool row, each or all, of which there are jobs. That of all jobs
// is in the summary.
void fill_cells(const std::vector<Samples>& samples, ReportData& data) {
  std::set<std::array<std::size_t, 3>> keys;  // size, tenant, pool
  const auto either = [](bool all, std::size_t value) { return all ? ReportData::kAll : value; };
  for (const ReportGroup& group : data.groups) {
    for (unsigned all = 0; all < 7; ++all) {
      if ((data.rows() == 1 && (all & 2U) == 0) || (!data.by_pool && (all & 4U) == 0)) continue;
      keys.insert({either((all & 1U) != 0, group.size), either((all & 2U) != 0, group.tenant),
                   either((all & 4U) != 0, group.pool)});
    }
  }
  for (const auto& [size, tenant, pool] : keys) {
    const auto fits = [](std::size_t key, std::size_t value) { return key == ReportData::kAll || key == value; };
    Samples sum;
    for (std::size_t i = 0; i < data.groups.size(); ++i) {
      const ReportGroup& group = data.groups[i];
      if (fits(size, group.size) && fits(tenant, group.tenant) && fits(pool, group.pool)) sum.append(samples[i]);
    }
    if (sum.wait_ns.empty()) continue;
    data.cells.push_back({tenant, size, pool, statistics_of_ns(sum.wait_ns), statistics_of_ns(sum.jct_ns)});
  }
}

}  // namespace

ReportData report_data(const ReportInput& input) {
  ReportData data;
  const Workload& workload = input.workload;
  const GroupIndex groups(input, data);
  std::vector<Samples> samples(data.groups.size());
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    const std::size_t at = groups.of(job);
    ReportGroup& group = data.groups[at];
    ++group.jobs;
    if (input.table.start[job] != kNever && input.table.waited[job].ns > 0) ++group.waited;
    const WaitSplit split = input.table.wait_split(job);
    const std::int64_t milli = gang_milli(workload, input.table, job);
    for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
      group.waiting_milli_ns[reason] += area(milli, 0, split[reason].ns);
    }
    const bool measured = workload.submit(job) - workload.submit(JobId{0}) >= input.metrics.options().warmup;
    if (measured) add_samples(input, job, group, samples[at]);
  }
  fill_cells(samples, data);
  fill_times(input, groups, data);
  fill_sample(input, groups, data);
  fill_events(input, groups, data);
  if (input.cluster != nullptr) data.devices = device_report(input, *input.cluster, input.devices);
  return data;
}

}  // namespace seatrial

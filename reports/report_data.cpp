// Groups of jobs: who waits, how long, and why; see report_data.h.
#include "reports/report_data.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

std::vector<std::size_t> assign_tenants(const ReportInput& input, ReportData& data) {
  const Workload& workload = input.workload;
  std::vector<double> demand(workload.texts().size(), -1);
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const Request& request = workload.request(JobId{i});
    double& sum = demand[request.tenant.index];
    sum = std::max(sum, 0.0) + static_cast<double>(request.total_milli()) * workload.duration(JobId{i}).seconds();
  }
  std::vector<std::uint32_t> order(demand.size());
  std::iota(order.begin(), order.end(), 0U);
  std::erase_if(order, [&](std::uint32_t tenant) { return demand[tenant] < 0; });
  const auto name = [&](std::uint32_t tenant) -> const std::string& { return workload.texts().text({tenant}); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return demand[a] != demand[b] ? demand[a] > demand[b] : name(a) < name(b);
  });
  std::vector<std::size_t> rows(demand.size(), 0);
  if (order.empty() || (order.size() == 1 && order[0] == 0)) return rows;  // the trace knows no tenants
  data.tenant_count = order.size();
  for (std::size_t i = 0; i < order.size(); ++i) {
    rows[order[i]] = std::min(i, kTenantsShown);
    if (i < kTenantsShown) data.tenants.push_back(name(order[i]));
  }
  if (order.size() > kTenantsShown) data.tenants.emplace_back();
  return rows;
}

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

void add_cell(std::size_t tenant, std::size_t size, Samples& samples, ReportData& data) {
  if (samples.wait_ns.empty()) return;
  data.cells.push_back({tenant, size, statistics_of_ns(samples.wait_ns), statistics_of_ns(samples.jct_ns)});
}

// Each group, then the sums by tenant and by size; the sum of all is in the summary.
void fill_cells(std::vector<Samples>& samples, ReportData& data) {
  const std::size_t rows = data.rows();
  for (std::size_t size = 0; size < kSizeClasses; ++size) {
    Samples sum;
    for (std::size_t row = 0; row < rows; ++row) {
      Samples& cell = samples[row * kSizeClasses + size];
      if (rows > 1) sum.append(cell);
      add_cell(row, size, cell, data);
    }
    add_cell(ReportData::kAll, size, rows > 1 ? sum : samples[size], data);
  }
  for (std::size_t row = 0; row < rows && rows > 1; ++row) {
    Samples sum;
    for (std::size_t size = 0; size < kSizeClasses; ++size) sum.append(samples[row * kSizeClasses + size]);
    add_cell(row, ReportData::kAll, sum, data);
  }
}

}  // namespace

ReportData report_data(const ReportInput& input) {
  ReportData data;
  const Workload& workload = input.workload;
  const std::vector<std::size_t> rows = assign_tenants(input, data);
  data.groups.resize(data.rows() * kSizeClasses);
  std::vector<Samples> samples(data.groups.size());
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    const Request& request = workload.request(job);
    const std::size_t at = rows[request.tenant.index] * kSizeClasses + size_class_of(workload, job);
    ReportGroup& group = data.groups[at];
    ++group.jobs;
    if (input.table.start[job] != kNever && input.table.waited[job].ns > 0) ++group.waited;
    const WaitSplit split = input.table.wait_split(job);
    for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
      group.waiting_milli_ns[reason] += area(request.total_milli(), 0, split[reason].ns);
    }
    const bool measured = workload.submit(job) - workload.submit(JobId{0}) >= input.metrics.options().warmup;
    if (measured) add_samples(input, job, group, samples[at]);
  }
  fill_cells(samples, data);
  fill_times(input, rows, data);
  fill_sample(input, rows, data);
  return data;
}

}  // namespace seatrial

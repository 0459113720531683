// Orders of the gate and what it lets pass; see gate.h.
#include "policies/gate.h"

#include <algorithm>
#include <numeric>

#include "sim/wide.h"

namespace seatrial {
namespace {

std::int64_t whole_seconds(std::int64_t ns) { return ns / kNsPerSecond; }

std::vector<std::uint32_t> ranks_by_name(const Workload& workload) {
  std::vector<std::string> names(workload.size());
  for (std::uint32_t i = 0; i < names.size(); ++i) names[i] = workload.name({i});
  std::vector<std::uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  std::vector<std::uint32_t> rank(names.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  return rank;
}

}  // namespace

bool GateRho::above(const GateRho& other) const {
  return static_cast<Int128>(shared) * other.isolated > static_cast<Int128>(other.shared) * isolated;
}

GateRho gate_rho(Duration waited, Duration run, std::uint32_t gpus, std::uint64_t cluster_gpus, std::uint64_t waiting) {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  const std::int64_t run_ms = std::max<std::int64_t>(1, run.ns / kNsPerMs);
  const auto jobs = static_cast<std::int64_t>(waiting);
  const std::int64_t asked = gpus * jobs;
  const std::int64_t part = std::min(std::max(jobs, static_cast<std::int64_t>(cluster_gpus)), asked);
  return {(waited.ns / kNsPerMs + run_ms) * part, run_ms * asked};
}

Gate::Gate(const GateOptions& options, const Workload& workload)
    : options_(options), workload_(workload), name_rank_(ranks_by_name(workload)) {}

void Gate::add(JobId job) { closed_.push_back(job); }

Duration Gate::next_after(std::uint64_t jobs_created) const {
  return options_.period + Duration{options_.period_per_job.ns * static_cast<std::int64_t>(jobs_created)};
}

void Gate::sort(Time now, std::int64_t total_milli) {
  struct Row {
    std::int64_t key = 0;
    GateRho rho;
    std::uint32_t name = 0;
    JobId job;
  };
  std::vector<Row> rows;
  rows.reserve(closed_.size());
  for (const JobId job : closed_) {
    Row row{0, {}, name_rank_[job.index], job};
    switch (options_.order) {
      case GateOrder::Fifo:
        row.key = whole_seconds(workload_.submit(job).ns);
        break;
      case GateOrder::Las:  // what waits behind a gate has attained nothing
        break;
      case GateOrder::Sjf:
        row.key = whole_seconds(workload_.estimate(job).ns);
        break;
      case GateOrder::Themis:
        row.rho =
            gate_rho(now - workload_.submit(job), workload_.estimate(job), std::max(1U, workload_.request(job).gpus),
                     static_cast<std::uint64_t>(total_milli) / kGpuMilli, closed_.size());
        break;
    }
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (a.key != b.key) return a.key < b.key;
    if (a.rho.above(b.rho) || b.rho.above(a.rho)) return a.rho.above(b.rho);
    return a.name < b.name;
  });
  for (std::size_t i = 0; i < rows.size(); ++i) closed_[i] = rows[i].job;
}

std::vector<JobId> Gate::open(Time now, const Cluster& cluster) {
  sort(now, cluster.total_milli);
  std::vector<JobId> passed;
  std::vector<JobId> left;
  std::int64_t free_milli = cluster.total_milli - cluster.running_milli;
  bool blocked = false;
  for (const JobId job : closed_) {
    const std::int64_t milli = workload_.request(job).total_milli();
    if (blocked || milli > free_milli) {
      left.push_back(job);
      blocked = blocked || options_.blocking;
      continue;
    }
    free_milli -= milli;
    passed.push_back(job);
  }
  closed_ = std::move(left);
  return passed;
}

}  // namespace seatrial

// Which detail at which interval, and the parts in their order; see open_metrics.h.
#include "reports/open_metrics.h"

#include <algorithm>
#include <array>
#include <map>

#include "reports/open_metrics_parts.h"
#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::array<std::int64_t, 15> kIntervals_s{15,   30,   60,    120,   300,   600,   900,    1800,
                                                    3600, 7200, 14400, 21600, 43200, 86400, 604'800};
constexpr std::size_t kEnoughInstants = 60;  // fewer than these: rather less detail

enum Detail : int { Queues, Nodes, Gpus, Pods };
constexpr std::array<const char*, 4> kLeftOut{"pods, GPUs and nodes", "pods and GPUs", "pods", ""};

// How many samples a detail costs at most.
class Costs {
 public:
  Costs(const RunHistory& history, const Workload& workload, const Cluster& cluster) : history_(history) {
    const ClusterQueues queues(workload);
    const std::size_t pools = cluster.pools().size();
    queues_ = queues.size() * (kSamplesOfQueue + pools) + 2 * pools + 1;
    nodes_ = cluster.nodes();
    std::map<std::uint32_t, std::int64_t> counted;  // GPUs of counted pools at their largest
    for (const PoolChange& change : history.pool_changes()) {
      std::int64_t& most = counted[change.pool];
      most = std::max(most, change.milli / kGpuMilli);
    }
    for (const auto& [pool, most] : counted) {
      if (cluster.pools()[pool].counted) gpus_ += static_cast<std::uint64_t>(most);
    }
    for (std::uint32_t node = 0; node < cluster.nodes(); ++node) {
      if (!cluster.pool(cluster.pool_of({node})).counted) gpus_ += cluster.gpus({node});
    }
    // Jobs that are on one GPU at the same time have a sample each.
    const bool shares = std::any_of(workload.requests().begin(), workload.requests().end(), [](const Request& request) {
      return request.gpus == 1 && request.gpu_milli < kGpuMilli;
    });
    if (!shares && cluster.partitions() == nullptr) return;
    std::int64_t most = 0;
    for (const ClusterLevel& level : history.levels()) most = std::max(most, level.running_jobs);
    gpus_ += static_cast<std::uint64_t>(most);
  }

  [[nodiscard]] std::uint64_t at(int detail, const SampleGrid& grid) const {
    const std::uint64_t per_instant =
        queues_ + (detail >= Nodes ? nodes_ : 0) + (detail >= Gpus ? 2 * gpus_ : 0);  // use and power
    std::uint64_t sum = per_instant * grid.size();
    if (detail < Pods) return sum;
    for (const Stint& stint : history_.stints()) {
      const Time end = stint.exit == Stint::Exit::Running ? kNever : stint.end;
      sum += grid.range(stint.begin, end).size() * stint.pieces + 4;
    }
    return sum;
  }

 private:
  const RunHistory& history_;
  std::uint64_t queues_ = 0, nodes_ = 0, gpus_ = 0;  // samples per instant
};

struct Choice {
  int detail = Queues;
  std::int64_t interval_s = 0;
};

Choice choose(const RunHistory& history, const Costs& costs, std::uint64_t budget) {
  for (int detail = Pods; detail >= Queues; --detail) {
    for (const std::int64_t interval_s : kIntervals_s) {
      const SampleGrid grid(history.begin(), history.end(), interval_s);
      if (costs.at(detail, grid) > budget) continue;
      if (grid.size() < kEnoughInstants && interval_s > kIntervals_s.front()) break;
      return {detail, interval_s};
    }
  }
  // The longest of runs: as many instants as the budget has.
  std::int64_t interval_s = kIntervals_s.front();
  while (interval_s < INT64_MAX / 4 && costs.at(Queues, {history.begin(), history.end(), interval_s}) > budget) {
    interval_s *= 2;
  }
  return {Queues, interval_s};
}

}  // namespace

OpenMetricsResult write_open_metrics(const RunHistory& history, const Workload& workload, const Cluster& cluster,
                                     const OpenMetricsOptions& options, ByteSink& sink) {
  const Choice choice = choose(history, Costs(history, workload, cluster), options.max_samples);
  const SampleGrid grid(history.begin(), history.end(), choice.interval_s);
  const OpenMetricsSource source{history, workload, cluster, grid};
  OpenMetricsText out(sink, options.epoch_s);
  OpenMetricsResult result;
  result.interval_s = choice.interval_s;
  result.left_out = kLeftOut[static_cast<std::size_t>(choice.detail)];
  MetricLabels labels;
  for (const auto& [name, value] : options.labels) labels.emplace_back(name, value);
  const std::string interval = std::to_string(choice.interval_s);
  labels.emplace_back("interval_s", interval);
  labels.emplace_back("left_out", result.left_out);
  const std::string info = labels_text(labels);
  out.family("seatrial_run_info", "gauge", "Which run this is; always 1.");
  for (std::size_t i = 0; i < grid.size(); ++i) out.sample("", info, 1, grid.second(i));
  write_queue_families(source, ClusterQueues(workload), out);
  write_pool_families(source, out);
  if (choice.detail >= Nodes) write_node_families(source, out);
  if (choice.detail >= Gpus) write_gpu_families(source, out);
  if (choice.detail >= Pods) write_pod_families(source, options.epoch_s, out);
  out.finish();
  result.samples = out.samples();
  return result;
}

}  // namespace seatrial

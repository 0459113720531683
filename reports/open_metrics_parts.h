// The parts of metrics.om, each a group of families over the same grid. Internal to open_metrics.cpp.
#pragma once

#include "models/cluster.h"
#include "models/workload.h"
#include "reports/open_metrics_text.h"
#include "reports/run_history.h"
#include "reports/sample_grid.h"

namespace seatrial {

struct OpenMetricsSource {
  const RunHistory& history;
  const Workload& workload;
  const Cluster& cluster;
  const SampleGrid& grid;
};

// Tenants as Kueue's cluster queues: the 20 with the most jobs by name, all others as one.
class ClusterQueues {
 public:
  static constexpr std::size_t kNamed = 20;
  explicit ClusterQueues(const Workload& workload);
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::string& name(std::size_t queue) const { return names_[queue]; }
  [[nodiscard]] std::size_t of(TextId tenant) const { return queue_of_[tenant.index]; }

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> queue_of_;  // by TextId
};

// "default" for the empty tenant.
[[nodiscard]] std::string_view namespace_of(const Workload& workload, JobId job);

// The histogram of waits has as many buckets as Kueue's, from 1 s to 10,240 s.
inline constexpr std::size_t kWaitBuckets = 14;
// Samples of one queue at an instant, besides its usage by pool.
inline constexpr std::size_t kSamplesOfQueue = 4 + kWaitBuckets + 3;

void write_queue_families(const OpenMetricsSource& source, const ClusterQueues& queues, OpenMetricsText& out);
void write_pool_families(const OpenMetricsSource& source, OpenMetricsText& out);
void write_node_families(const OpenMetricsSource& source, OpenMetricsText& out);
void write_gpu_families(const OpenMetricsSource& source, OpenMetricsText& out);
void write_pod_families(const OpenMetricsSource& source, std::int64_t epoch_s, OpenMetricsText& out);

}  // namespace seatrial

// Queues as Kueue shows them, and the GPUs of pools; see open_metrics_parts.h.
#include <algorithm>
#include <array>
#include <numeric>

#include "models/job_table.h"
#include "reports/csv.h"
#include "reports/open_metrics_parts.h"

namespace seatrial {
namespace {

constexpr const char* kGpuResource = "nvidia.com/gpu";
constexpr const char* kDefault = "default";

// Kueue's buckets: 1 s, then 2.5 s doubled.
constexpr std::array<double, kWaitBuckets> kBucketEnds{1,   2.5, 5,   10,   20,   40,   80,
                                                       160, 320, 640, 1280, 2560, 5120, 10240};

using Rows = std::vector<RangeSums>;

// Everything about one queue, as sums over instants.
struct QueueSums {
  explicit QueueSums(std::size_t instants, std::size_t pools)
      : pending(instants),
        running(instants),
        admitted(instants),
        evicted(instants),
        waited_ns(instants),
        buckets(kWaitBuckets, RangeSums(instants)),
        used_milli(pools, RangeSums(instants)) {}
  RangeSums pending, running, admitted, evicted;
  RangeSums waited_ns;  // cumulative
  Rows buckets;         // cumulative in time, one by one in the wait
  Rows used_milli;      // by pool
};

class QueueCounter {
 public:
  QueueCounter(const OpenMetricsSource& source, const ClusterQueues& queues) : source_(source), queues_(queues) {
    sums_.assign(queues.size(), QueueSums(source.grid.size(), source.cluster.pools().size()));
    for (const Stint& stint : source.history.stints()) count(stint);
    for (const OpenWait& wait : source.history.open_waits()) {
      queue_of(wait.job).pending.add(source.grid.range(wait.since, kNever), 1);
    }
  }
  [[nodiscard]] const std::vector<QueueSums>& sums() const { return sums_; }

 private:
  QueueSums& queue_of(JobId job) { return sums_[queues_.of(source_.workload.tenant(job))]; }

  void count(const Stint& stint) {
    const SampleGrid& grid = source_.grid;
    QueueSums& queue = queue_of(stint.job);
    const Duration waited = source_.history.waited(stint);
    const InstantRange later = grid.range(stint.begin, kNever);
    queue.pending.add(grid.range(stint.begin - waited, stint.begin), 1);
    queue.admitted.add(later, 1);
    queue.waited_ns.add(later, waited.ns);
    const double waited_s = waited.seconds();
    const auto bucket = static_cast<std::size_t>(std::lower_bound(kBucketEnds.begin(), kBucketEnds.end(), waited_s) -
                                                 kBucketEnds.begin());
    if (bucket < kWaitBuckets) queue.buckets[bucket].add(later, 1);
    const Time end = stint.exit == Stint::Exit::Running ? kNever : stint.end;
    const InstantRange held = grid.range(stint.begin, end);
    queue.running.add(held, 1);
    const std::uint32_t milli = unit_milli(source_.workload, source_.history.table(), stint.job);
    for (const Piece& piece : source_.history.pieces(stint)) {
      const auto used = static_cast<std::int64_t>(piece.gpus) * milli;
      queue.used_milli[source_.cluster.pool_of(piece.node).index].add(held, used);
    }
    if (stint.exit == Stint::Exit::Preempted) queue.evicted.add(grid.range(stint.end, kNever), 1);
  }

  const OpenMetricsSource& source_;
  const ClusterQueues& queues_;
  std::vector<QueueSums> sums_;
};

class QueueWriter {
 public:
  QueueWriter(const OpenMetricsSource& source, const ClusterQueues& queues, OpenMetricsText& out)
      : source_(source), queues_(queues), out_(out), counter_(source, queues) {}

  void write() {
    gauges("kueue_pending_workloads", "Jobs that wait.", "status", "active", &QueueSums::pending);
    gauges("kueue_admitted_active_workloads", "Jobs that hold their GPUs.", "", "", &QueueSums::running);
    counters("kueue_admitted_workloads", "Starts of jobs, those after a preemption included.", "",
             &QueueSums::admitted);
    counters("kueue_evicted_workloads", "Jobs that lost their GPUs.", "Preempted", &QueueSums::evicted);
    waits();
    usage();
  }

 private:
  void row(const char* suffix, const std::string& labels, const std::vector<std::int64_t>& values, double unit) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      out_.sample(suffix, labels, static_cast<double>(values[i]) * unit, source_.grid.second(i));
    }
  }

  void gauges(const char* name, const char* help, const char* label, const char* value, RangeSums QueueSums::*member) {
    out_.family(name, "gauge", help);
    for (std::size_t q = 0; q < queues_.size(); ++q) {
      row("", labels_text({{"cluster_queue", queues_.name(q)}, {label, value}}), (counter_.sums()[q].*member).values(),
          1);
    }
  }

  void counters(const char* name, const char* help, const char* reason, RangeSums QueueSums::*member) {
    out_.family(name, "counter", help);
    for (std::size_t q = 0; q < queues_.size(); ++q) {
      const std::string labels = labels_text({{"cluster_queue", queues_.name(q)}, {"reason", reason}});
      row("_total", labels, (counter_.sums()[q].*member).values(), 1);
    }
  }

  void waits() {
    out_.family("kueue_admission_wait_time_seconds", "histogram",
                "Time from submit, or from the preemption, to the start.");
    for (std::size_t q = 0; q < queues_.size(); ++q) {
      const QueueSums& queue = counter_.sums()[q];
      const std::string_view name = queues_.name(q);
      const std::vector<std::int64_t> count = queue.admitted.values();
      std::vector<std::int64_t> sum(count.size(), 0);
      for (std::size_t b = 0; b < kWaitBuckets; ++b) {
        const std::vector<std::int64_t> own = queue.buckets[b].values();
        std::transform(sum.begin(), sum.end(), own.begin(), sum.begin(), std::plus<>());
        std::string end;
        append_number(end, kBucketEnds[b]);
        if (end.find('.') == std::string::npos) end += ".0";  // OpenMetrics writes floats so
        row("_bucket", labels_text({{"cluster_queue", name}, {"le", end}}), sum, 1);
      }
      row("_bucket", labels_text({{"cluster_queue", name}, {"le", "+Inf"}}), count, 1);
      row("_count", labels_text({{"cluster_queue", name}}), count, 1);
      row("_sum", labels_text({{"cluster_queue", name}}), queue.waited_ns.values(), 1e-9);
    }
  }

  void usage() {
    out_.family("kueue_cluster_queue_resource_usage", "gauge", "GPUs that the jobs of a queue hold, by pool.");
    const auto pools = source_.cluster.pools();
    for (std::size_t q = 0; q < queues_.size(); ++q) {
      for (std::size_t p = 0; p < pools.size(); ++p) {
        const std::string labels =
            labels_text({{"cluster_queue", queues_.name(q)}, {"flavor", pools[p].name}, {"resource", kGpuResource}});
        row("", labels, counter_.sums()[q].used_milli[p].values(), 1e-3);
      }
    }
  }

  const OpenMetricsSource& source_;
  const ClusterQueues& queues_;
  OpenMetricsText& out_;
  QueueCounter counter_;
};

}  // namespace

ClusterQueues::ClusterQueues(const Workload& workload) : queue_of_(workload.texts().size(), 0) {
  std::vector<std::uint64_t> jobs(workload.texts().size(), 0);
  for (std::uint32_t job = 0; job < workload.size(); ++job) ++jobs[workload.tenant({job}).index];
  std::vector<std::uint32_t> tenants;
  for (std::uint32_t text = 0; text < jobs.size(); ++text) {
    if (jobs[text] > 0) tenants.push_back(text);
  }
  const auto name = [&](std::uint32_t text) { return workload.texts().text({text}); };
  std::sort(tenants.begin(), tenants.end(), [&](std::uint32_t a, std::uint32_t b) {
    return jobs[a] != jobs[b] ? jobs[a] > jobs[b] : name(a) < name(b);
  });
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    queue_of_[tenants[i]] = std::min(i, kNamed);
    if (i < kNamed) names_.emplace_back(tenants[i] == 0 ? kDefault : name(tenants[i]));
    if (i == kNamed) names_.emplace_back("(others)");
  }
}

std::string_view namespace_of(const Workload& workload, JobId job) {
  const TextId tenant = workload.tenant(job);
  return tenant.index == 0 ? std::string_view(kDefault) : workload.texts().text(tenant);
}

void write_queue_families(const OpenMetricsSource& source, const ClusterQueues& queues, OpenMetricsText& out) {
  QueueWriter(source, queues, out).write();
}

void write_pool_families(const OpenMetricsSource& source, OpenMetricsText& out) {
  const std::size_t pools = source.cluster.pools().size();
  Rows present(pools, RangeSums(source.grid.size()));
  Rows allocated = present;
  std::vector<std::int64_t> milli(pools, 0);
  for (const PoolChange& change : source.history.pool_changes()) {
    present[change.pool].add(source.grid.range(change.at, kNever), change.milli - milli[change.pool]);
    milli[change.pool] = change.milli;
  }
  for (const Stint& stint : source.history.stints()) {
    const Time end = stint.exit == Stint::Exit::Running ? kNever : stint.end;
    const std::uint32_t share = unit_milli(source.workload, source.history.table(), stint.job);
    for (const Piece& piece : source.history.pieces(stint)) {
      const auto used = static_cast<std::int64_t>(piece.gpus) * share;
      allocated[source.cluster.pool_of(piece.node).index].add(source.grid.range(stint.begin, end), used);
    }
  }
  out.family("seatrial_pool_gpus", "gauge", "GPUs of a pool: present, and allocated to jobs.");
  for (std::size_t p = 0; p < pools; ++p) {
    for (const auto* state : {"present", "allocated"}) {
      const std::string labels = labels_text({{"pool", source.cluster.pools()[p].name}, {"state", state}});
      const auto values = (*state == 'p' ? present : allocated)[p].values();
      for (std::size_t i = 0; i < values.size(); ++i) {
        out.sample("", labels, static_cast<double>(values[i]) * 1e-3, source.grid.second(i));
      }
    }
  }
}

}  // namespace seatrial

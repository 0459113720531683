// The one list of a summary's numbers: summary.json, goals, `seatrial list metrics` and comparisons all read it.
// See summary.h.
#include "reports/summary.h"
#include "sim/text.h"

namespace seatrial {
namespace {

class Values {
 public:
  void add(std::vector<std::string> path, std::optional<double> value) {
    values_.push_back({std::move(path), value, false});
  }
  template <class Integer>
  void add_whole(std::vector<std::string> path, Integer value) {
    values_.push_back({std::move(path), static_cast<double>(value), true});
  }
  void add_statistics(const std::vector<std::string>& path, const Statistics& statistics, bool with_p90) {
    const auto part = [&](const char* name, std::optional<double> value) {
      std::vector<std::string> whole = path;
      whole.emplace_back(name);
      add(std::move(whole), value);
    };
    part("mean", statistics.mean);
    part("p50", statistics.p50);
    if (with_p90) part("p90", statistics.p90);
    part("p95", statistics.p95);
    part("p99", statistics.p99);
    part("max", statistics.max);
  }
  [[nodiscard]] std::vector<MetricValue> take() { return std::move(values_); }

 private:
  std::vector<MetricValue> values_;
};

void add_jobs(const Summary& s, Values& values) {
  values.add({"simulated_s"}, s.simulated_s);
  values.add({"wall_s"}, s.header.wall_s);
  values.add_whole({"events"}, s.header.events);
  values.add({"events_per_s"}, s.events_per_s);
  values.add_whole({"jobs", "submitted"}, s.jobs.submitted);
  values.add_whole({"jobs", "completed"}, s.jobs.completed);
  values.add_whole({"jobs", "failed"}, s.jobs.failed);
  values.add_whole({"jobs", "rejected"}, s.jobs.rejected);
  values.add_whole({"jobs", "running"}, s.jobs.running);
  values.add_whole({"jobs", "pending"}, s.jobs.pending);
  values.add_whole({"jobs", "waited"}, s.jobs.waited);
  values.add_statistics({"jct_s"}, s.jct_s, true);
  values.add_statistics({"wait_s"}, s.wait_s, true);
  values.add_statistics({"slowdown"}, s.slowdown, true);
  values.add_whole({"recorded", "jobs"}, s.recorded_wait_s.count);
  values.add_statistics({"recorded", "wait_s"}, s.recorded_wait_s, true);
  values.add({"makespan_s"}, s.makespan_s);
  values.add_whole({"preemptions"}, s.preemptions);
  values.add({"overhead_gpu_s"}, s.overhead_gpu_s);
  values.add({"lost_gpu_s"}, s.lost_gpu_s);
  values.add({"queue", "mean"}, s.queue_mean);
  values.add_whole({"queue", "peak"}, s.queue_peak);
  values.add_whole({"queue", "running_peak"}, s.running_peak);
}

void add_gpus(const Summary& s, Values& values) {
  values.add_whole({"gpu", "total_milli"}, s.total_milli);
  values.add_whole({"gpu", "arrived_milli"}, s.arrived_milli);
  values.add_whole({"gpu", "allocated_milli_end"}, s.allocated_milli_end);
  values.add({"gpu", "allocated_ratio", "mean"}, s.allocated_mean);
  values.add({"gpu", "allocated_ratio", "peak"}, s.allocated_peak);
  values.add({"gpu", "useful_ratio", "mean"}, s.useful_mean);
  values.add({"gpu", "fragmented_ratio", "mean"}, s.fragmented_mean);
  values.add({"gpu", "fragmented_ratio", "end"}, s.fragmented_end);
  values.add({"gpu", "fragmented_of_free_ratio", "mean"}, s.fragmented_of_free_mean);
  values.add({"gpu", "fragmented_of_free_ratio", "end"}, s.fragmented_of_free_end);
  values.add({"cost", "usd"}, s.cost_usd);
  values.add({"cost", "usd_per_gpu_hour_used"}, s.usd_per_gpu_hour_used);
  values.add({"energy_kwh"}, s.energy_kwh);
}

void add_fairness(const FairnessSummary& f, Values& values) {
  values.add_statistics({"fairness", "rho"}, f.rho, true);
  values.add({"fairness", "unfair_ratio"}, f.unfair_ratio);
  values.add({"fairness", "jain_jobs"}, f.jain_jobs);
  values.add({"fairness", "jain_tenants"}, f.jain_tenants);
  values.add({"fairness", "starved_s"}, f.starved_s);
  values.add({"fairness", "preemption_waste_gpu_s"}, f.waste_gpu_s);
}

// measured: null where it was not.
void add_tenant_fairness(const std::string& name, const TenantFairness* measured, Values& values) {
  const auto part = [&](const char* key, double TenantFairness::*value) {
    values.add({"tenants", name, key}, measured != nullptr ? std::optional(measured->*value) : std::nullopt);
  };
  part("weight", &TenantFairness::weight);
  part("entitled_gpu_s", &TenantFairness::entitled_gpu_s);
  part("received_gpu_s", &TenantFairness::received_gpu_s);
  part("short_gpu_s", &TenantFairness::short_gpu_s);
  part("over_gpu_s", &TenantFairness::over_gpu_s);
  part("starved_s", &TenantFairness::starved_s);
  values.add({"tenants", name, "rho", "mean"}, measured != nullptr ? measured->rho_mean : std::nullopt);
  values.add({"tenants", name, "rho", "max"}, measured != nullptr ? measured->rho_max : std::nullopt);
}

void add_divided(const DividedGpus& d, Values& values) {
  values.add({"mig", "recuts"}, d.recuts);
  values.add({"mig", "recut_s"}, d.recut_s);
  values.add({"mig", "fragmentation_slices", "mean"}, d.mig_fragmentation_slices);
  values.add({"mig", "stranded_slices", "mean"}, d.mig_stranded_slices);
  values.add({"sharing", "slowed_jobs"}, d.slowed_jobs);
  values.add({"sharing", "lost_gpu_s"}, d.slowed_gpu_s);
  values.add({"gpu_memory", "asked_gib", "mean"}, d.memory_asked_gib);
  values.add({"gpu_memory", "allocated_gib", "mean"}, d.memory_allocated_gib);
  std::optional<double> stranded;
  if (d.memory_asked_gib && d.memory_allocated_gib) stranded = *d.memory_allocated_gib - *d.memory_asked_gib;
  values.add({"gpu_memory", "stranded_gib", "mean"}, stranded);
  values.add({"gpu_memory", "out_of_memory_jobs"}, d.out_of_memory_jobs);
}

void add_quotas(const QuotaSummary& q, Values& values) {
  values.add({"quotas", "evictions"}, q.evictions);
  values.add({"quotas", "borrowed_gpu_s"}, q.borrowed_gpu_s);
  values.add({"quotas", "lent_gpu_s"}, q.lent_gpu_s);
  values.add_statistics({"quotas", "reclaim_s"}, q.reclaim_s, true);
  for (const QueueQuotas& queue : q.queues) {
    const auto part = [&](const char* key, double value) { values.add({"quotas", "queues", queue.name, key}, value); };
    part("nominal_gpus", queue.nominal_gpus);
    part("used_gpu_s", queue.used_gpu_s);
    part("borrowed_gpu_s", queue.borrowed_gpu_s);
    part("lent_gpu_s", queue.lent_gpu_s);
    part("admitted", queue.admitted);
    part("evicted", queue.evicted);
  }
}

void add_parts(const Summary& s, Values& values) {
  for (std::size_t i = 0; i < s.tenants.size(); ++i) {
    const TenantSummary& tenant = s.tenants[i];
    values.add_whole({"tenants", tenant.name, "jobs"}, tenant.jobs);
    values.add({"tenants", tenant.name, "gpu_s"}, tenant.gpu_s);
    values.add({"tenants", tenant.name, "wait_s", "mean"}, tenant.wait_mean_s);
    values.add({"tenants", tenant.name, "wait_s", "p95"}, tenant.wait_p95_s);
    values.add({"tenants", tenant.name, "jct_s", "mean"}, tenant.jct_mean_s);
    add_tenant_fairness(tenant.name, s.fairness.tenants.empty() ? nullptr : &s.fairness.tenants[i], values);
  }
  for (const PoolSummary& pool : s.pools) {
    values.add_whole({"pools", pool.name, "total_milli"}, pool.total_milli);
    values.add({"pools", pool.name, "allocated_ratio", "mean"}, pool.allocated_ratio_mean);
    values.add({"pools", pool.name, "cost_usd"}, pool.cost_usd);
    values.add({"pools", pool.name, "energy_kwh"}, pool.energy_kwh);
  }
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    values.add({"waiting_gpu_s", wait_reason_name(static_cast<WaitReason>(reason))}, s.waiting_gpu_s[reason]);
  }
}

constexpr MetricDoc kDocs[] = {
    {"simulated_s", "s", "Simulated time from the first submit to the end of the run."},
    {"wall_s", "s", "Time that the simulation loop took on this machine."},
    {"events", "1", "Events that the simulation handled."},
    {"events_per_s", "1/s", "Events per second of the simulation loop."},
    {"jobs.submitted", "jobs", "Jobs of the workload."},
    {"jobs.completed", "jobs", "Jobs that ran to their end."},
    {"jobs.failed", "jobs",
     "Jobs that the simulation ended: not bound under sequential arrivals, or killed at their limit."},
    {"jobs.rejected", "jobs", "Jobs that could never run on this cluster."},
    {"jobs.running", "jobs", "Jobs still running when the simulation stopped."},
    {"jobs.pending", "jobs", "Jobs waiting, or not yet submitted, when the simulation stopped."},
    {"jobs.waited", "jobs", "Jobs that started and had to wait."},
    {"jct_s.mean", "s", "Job completion time, submit to end, of completed jobs: mean."},
    {"jct_s.p50", "s", "Job completion time: median."},
    {"jct_s.p90", "s", "Job completion time: 90th percentile."},
    {"jct_s.p95", "s", "Job completion time: 95th percentile."},
    {"jct_s.p99", "s", "Job completion time: 99th percentile."},
    {"jct_s.max", "s", "Job completion time: longest."},
    {"wait_s.mean", "s", "Time without GPUs between submit and end, of jobs that started: mean."},
    {"wait_s.p50", "s", "Waiting time: median."},
    {"wait_s.p90", "s", "Waiting time: 90th percentile."},
    {"wait_s.p95", "s", "Waiting time: 95th percentile."},
    {"wait_s.p99", "s", "Waiting time: 99th percentile."},
    {"wait_s.max", "s", "Waiting time: longest."},
    {"slowdown.mean", "1", "Completion time over run time (at least 1 s), of completed jobs: mean."},
    {"slowdown.p50", "1", "Slowdown: median."},
    {"slowdown.p90", "1", "Slowdown: 90th percentile."},
    {"slowdown.p95", "1", "Slowdown: 95th percentile."},
    {"slowdown.p99", "1", "Slowdown: 99th percentile."},
    {"slowdown.max", "1", "Slowdown: largest."},
    {"recorded.jobs", "jobs", "Jobs whose real start the trace recorded."},
    {"recorded.wait_s.mean", "s", "Waiting time that the trace recorded: mean."},
    {"recorded.wait_s.p50", "s", "Recorded waiting time: median."},
    {"recorded.wait_s.p90", "s", "Recorded waiting time: 90th percentile."},
    {"recorded.wait_s.p95", "s", "Recorded waiting time: 95th percentile."},
    {"recorded.wait_s.p99", "s", "Recorded waiting time: 99th percentile."},
    {"recorded.wait_s.max", "s", "Recorded waiting time: longest."},
    {"makespan_s", "s", "Last end of a job minus first submit."},
    {"preemptions", "1", "How often a running job lost its GPUs."},
    {"overhead_gpu_s", "GPU-s", "GPU time held without useful work: start, restart, checkpoint, held pods."},
    {"lost_gpu_s", "GPU-s", "GPU time of work that preemptions undid, since the last checkpoint."},
    {"queue.mean", "jobs", "Waiting jobs, mean over time."},
    {"queue.peak", "jobs", "Waiting jobs, most at any time."},
    {"queue.running_peak", "jobs", "Running jobs, most at any time."},
    {"gpu.total_milli", "milli-GPU", "GPUs of the cluster at the end of the run."},
    {"gpu.arrived_milli", "milli-GPU", "GPUs that all submitted jobs asked for."},
    {"gpu.allocated_milli_end", "milli-GPU", "GPUs held when the run stopped."},
    {"gpu.allocated_ratio.mean", "1", "Share of the GPUs that is held, mean over time."},
    {"gpu.allocated_ratio.peak", "1", "Share of the GPUs that is held, most at any time."},
    {"gpu.useful_ratio.mean", "1", "Share of the GPUs that does useful work, mean over time."},
    {"gpu.fragmented_ratio.mean", "1",
     "Share of the GPUs that is free but of no use to the target workload, mean over time."},
    {"gpu.fragmented_ratio.end", "1", "Share of the GPUs that is fragmented when the run stops."},
    {"gpu.fragmented_of_free_ratio.mean", "1", "Fragmented GPUs over free GPUs, mean over time."},
    {"gpu.fragmented_of_free_ratio.end", "1", "Fragmented GPUs over free GPUs when the run stops."},
    {"mig.recuts", "1", "How often a GPU was re-cut."},
    {"mig.recut_s", "s", "Time that re-cuts took, summed over GPUs."},
    {"mig.fragmentation_slices.mean", "slices",
     "Free compute slices that profiles asked for would suffice with but have no legal start, mean over time."},
    {"mig.stranded_slices.mean", "slices", "Free memory slices that nothing asked for could use, mean over time."},
    {"sharing.slowed_jobs", "jobs", "Jobs that are over and were slower than alone on whole GPUs."},
    {"sharing.lost_gpu_s", "GPU-s", "GPU time that they held for it."},
    {"gpu_memory.asked_gib.mean", "GiB", "GPU memory that running jobs ask for, mean over time."},
    {"gpu_memory.allocated_gib.mean", "GiB", "GPU memory of what they hold, mean over time."},
    {"gpu_memory.stranded_gib.mean", "GiB", "The difference: held and not asked for."},
    {"gpu_memory.out_of_memory_jobs", "jobs", "Jobs that ended because GPU memory was overcommitted."},
    {"cost.usd", "USD", "Node price times the time that nodes were present."},
    {"cost.usd_per_gpu_hour_used", "USD/GPU-h", "Cost over the GPU hours of useful work."},
    {"energy_kwh", "kWh", "Energy of the GPUs, from their busy and idle power."},
    {"fairness.rho.mean", "1",
     "Completion time over the time with an equal part of the cluster, of completed jobs: mean."},
    {"fairness.rho.p50", "1", "Finish-time fairness: median."},
    {"fairness.rho.p90", "1", "Finish-time fairness: 90th percentile."},
    {"fairness.rho.p95", "1", "Finish-time fairness: 95th percentile."},
    {"fairness.rho.p99", "1", "Finish-time fairness: 99th percentile."},
    {"fairness.rho.max", "1", "Finish-time fairness: the job treated worst."},
    {"fairness.unfair_ratio", "1", "Share of completed jobs whose finish-time fairness is above 1.05."},
    {"fairness.jain_jobs", "1", "Jain's index of the finish-time fairness of jobs; 1: all equal."},
    {"fairness.jain_tenants", "1", "Jain's index of received over entitled GPU time of tenants; 1: all equal."},
    {"fairness.starved_s", "s", "Longest time that a job went without GPUs, jobs that still wait included."},
    {"fairness.preemption_waste_gpu_s", "GPU-s", "GPU time that preempted jobs held without getting on."},
    {"quotas.evictions", "1", "How often a job was told to give its quota back."},
    {"quotas.borrowed_gpu_s", "GPU-s", "GPU time that queues used beyond their nominal quota."},
    {"quotas.lent_gpu_s", "GPU-s", "GPU time of nominal quota that others used."},
    {"quotas.reclaim_s.mean", "s",
     "From the first eviction for a job of another queue until that job had quota: mean."},
    {"quotas.reclaim_s.p50", "s", "Time to reclaim quota: median."},
    {"quotas.reclaim_s.p90", "s", "Time to reclaim quota: 90th percentile."},
    {"quotas.reclaim_s.p95", "s", "Time to reclaim quota: 95th percentile."},
    {"quotas.reclaim_s.p99", "s", "Time to reclaim quota: 99th percentile."},
    {"quotas.reclaim_s.max", "s", "Time to reclaim quota: longest."},
    {"quotas.queues.<queue>.nominal_gpus", "GPUs", "Quota of a queue of its own, all flavors together."},
    {"quotas.queues.<queue>.used_gpu_s", "GPU-s", "Quota that a queue's jobs held over time."},
    {"quotas.queues.<queue>.borrowed_gpu_s", "GPU-s", "Of it, what was beyond the queue's nominal quota."},
    {"quotas.queues.<queue>.lent_gpu_s", "GPU-s", "Nominal quota of a queue that others used."},
    {"quotas.queues.<queue>.admitted", "1", "How often jobs of a queue were given quota."},
    {"quotas.queues.<queue>.evicted", "1", "How often jobs of a queue were told to give it back."},
    {"tenants.<tenant>.jobs", "jobs", "Jobs of a tenant."},
    {"tenants.<tenant>.gpu_s", "GPU-s", "GPU time that a tenant's jobs held."},
    {"tenants.<tenant>.wait_s.mean", "s", "Waiting time of a tenant's jobs: mean."},
    {"tenants.<tenant>.wait_s.p95", "s", "Waiting time of a tenant's jobs: 95th percentile."},
    {"tenants.<tenant>.jct_s.mean", "s", "Completion time of a tenant's jobs: mean."},
    {"tenants.<tenant>.weight", "1", "Weight of a tenant."},
    {"tenants.<tenant>.entitled_gpu_s", "GPU-s", "GPU time due to a tenant: weighted max-min of what all ask for."},
    {"tenants.<tenant>.received_gpu_s", "GPU-s", "GPU time that a tenant held, over the same time."},
    {"tenants.<tenant>.short_gpu_s", "GPU-s", "What a tenant held less than was due to it, over time."},
    {"tenants.<tenant>.over_gpu_s", "GPU-s", "What a tenant held beyond what was due to it, over time."},
    {"tenants.<tenant>.starved_s", "s", "Longest time that a job of a tenant went without GPUs."},
    {"tenants.<tenant>.rho.mean", "1", "Finish-time fairness of a tenant's jobs: mean."},
    {"tenants.<tenant>.rho.max", "1", "Finish-time fairness of a tenant's jobs: worst."},
    {"pools.<pool>.total_milli", "milli-GPU", "GPUs of a pool at the end of the run."},
    {"pools.<pool>.allocated_ratio.mean", "1", "Share of a pool's GPUs that is held, mean over time."},
    {"pools.<pool>.cost_usd", "USD", "Cost of a pool."},
    {"pools.<pool>.energy_kwh", "kWh", "Energy of a pool's GPUs."},
    {"waiting_gpu_s.capacity", "GPU-s", "Waiting time times GPUs asked for, while too few GPUs were free."},
    {"waiting_gpu_s.fragmentation", "GPU-s", "The same, while enough GPUs were free but no legal place existed."},
    {"waiting_gpu_s.head-of-line", "GPU-s", "The same, behind a blocked head of queue or a reservation."},
    {"waiting_gpu_s.quota", "GPU-s", "The same, while the queue's quota was used up."},
    {"waiting_gpu_s.constraint", "GPU-s",
     "The same, while enough GPUs were free but not in pools that the job may use."},
};

}  // namespace

std::string MetricValue::dotted() const {
  std::string out;
  for (const std::string& key : path) {
    if (!out.empty()) out += '.';
    out += key;
  }
  return out;
}

std::vector<MetricValue> metric_values(const Summary& summary) {
  Values values;
  add_jobs(summary, values);
  add_gpus(summary, values);
  add_fairness(summary.fairness, values);
  add_divided(summary.divided, values);
  add_quotas(summary.header.quotas, values);
  add_parts(summary, values);
  return values.take();
}

std::optional<double> metric_value(const Summary& summary, std::string_view dotted) {
  for (const MetricValue& metric : metric_values(summary)) {
    if (metric.dotted() == dotted) return metric.value;
  }
  return std::nullopt;
}

std::span<const MetricDoc> metric_docs() { return kDocs; }

bool is_metric(std::string_view dotted) {
  for (const MetricDoc& doc : metric_docs()) {
    const std::string_view name = doc.name;
    const std::size_t open = name.find('<');
    if (open == std::string_view::npos) {
      if (name == dotted) return true;
      continue;
    }
    const std::string_view before = name.substr(0, open);
    const std::string_view after = name.substr(name.find('>') + 1);
    const bool long_enough = dotted.size() >= before.size() + after.size();
    if (long_enough && dotted.starts_with(before) && dotted.ends_with(after)) return true;
  }
  return false;
}

std::string nearest_metric(std::string_view dotted) {
  std::vector<std::string> names;
  for (const MetricDoc& doc : metric_docs()) names.emplace_back(doc.name);
  return nearest_name(dotted, names);
}

}  // namespace seatrial

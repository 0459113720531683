// From jobs and integrals to one run's values; see summary.h.
#include "reports/summary.h"

#include <algorithm>
#include <cmath>

#include "models/workload.h"
#include "reports/fairness.h"
#include "reports/statistics.h"
#include "reports/wide.h"
#include "sim/error.h"

namespace seatrial {
namespace {

constexpr double kSecondsPerHour = 3600;

std::optional<double> quotient(double numerator, double denominator) {
  if (denominator == 0) return std::nullopt;
  return numerator / denominator;
}

// Collects the samples of one group of jobs.
struct Samples {
  std::vector<std::int64_t> wait_ns, jct_ns;
};

struct TenantSamples {
  Samples samples;
  std::uint64_t jobs = 0;
  Wide held_milli_ns = 0;
};

class JobStatistics {
 public:
  JobStatistics(const Workload& workload, const JobTable& table, const Metrics& metrics)
      : workload_(workload), table_(table), metrics_(metrics), tenants_(workload.texts().size()) {}

  void collect();
  void fill(Summary& summary);

 private:
  void add(JobId job, bool measured);
  void count(JobState state);
  void fill_tenants(Summary& summary);

  const Workload& workload_;
  const JobTable& table_;
  const Metrics& metrics_;
  Samples all_;
  std::vector<double> slowdowns_;
  std::vector<std::int64_t> recorded_ns_;
  std::vector<TenantSamples> tenants_;
  std::array<Wide, kWaitReasons> waiting_milli_ns_{};
  JobCounts counts_;
  std::int64_t last_end_ = INT64_MIN;
};

void JobStatistics::count(JobState state) {
  ++counts_.submitted;
  switch (state) {
    case JobState::Future:
    case JobState::Pending:
      ++counts_.pending;
      return;
    case JobState::Running:
      ++counts_.running;
      return;
    case JobState::Completed:
      ++counts_.completed;
      return;
    case JobState::Failed:
      ++counts_.failed;
      return;
    case JobState::Rejected:
      ++counts_.rejected;
      return;
  }
}

void JobStatistics::add(JobId job, bool measured) {
  const JobState state = table_.state[job];
  const Request& request = workload_.request(job);
  TenantSamples& tenant = tenants_[request.tenant.index];
  count(state);
  ++tenant.jobs;
  const WaitSplit split = table_.wait_split(job);
  const std::int64_t milli = gang_milli(workload_, table_, job);
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    waiting_milli_ns_[reason] += area(milli, 0, split[reason].ns);
  }
  if (const auto observed = workload_.observed_start(job); observed && measured) {
    recorded_ns_.push_back((*observed - workload_.submit(job)).ns);
  }
  if (table_.end[job] != kNever) last_end_ = std::max(last_end_, table_.end[job].ns);
  if (table_.start[job] == kNever) return;
  const Time end = table_.end[job] == kNever ? metrics_.end() : table_.end[job];
  const std::int64_t wait = table_.waited[job].ns;
  const std::int64_t jct = (end - workload_.submit(job)).ns;
  if (jct > wait) tenant.held_milli_ns += area(milli, wait, jct);
  if (wait > 0) ++counts_.waited;
  if (!measured) return;
  all_.wait_ns.push_back(wait);
  tenant.samples.wait_ns.push_back(wait);
  if (state != JobState::Completed) return;
  all_.jct_ns.push_back(jct);
  tenant.samples.jct_ns.push_back(jct);
  const std::int64_t run = std::max(workload_.duration(job).ns, kNsPerSecond);
  slowdowns_.push_back(static_cast<double>(jct) / static_cast<double>(run));
}

void JobStatistics::collect() {
  const std::size_t jobs = workload_.size();
  if (jobs == 0) return;
  all_.wait_ns.reserve(jobs);
  all_.jct_ns.reserve(jobs);
  slowdowns_.reserve(jobs);
  const Time first = workload_.submit(JobId{0});
  const Duration warmup = metrics_.options().warmup;
  for (std::uint32_t i = 0; i < jobs; ++i) add(JobId{i}, workload_.submit(JobId{i}) - first >= warmup);
}

void JobStatistics::fill_tenants(Summary& summary) {
  std::vector<std::uint32_t> present;
  for (std::uint32_t i = 0; i < tenants_.size(); ++i) {
    if (tenants_[i].jobs != 0) present.push_back(i);
  }
  if (present.size() == 1 && present[0] == 0) return;  // the trace knows no tenants
  const StringTable& texts = workload_.texts();
  std::sort(present.begin(), present.end(),
            [&](std::uint32_t a, std::uint32_t b) { return texts.text({a}) < texts.text({b}); });
  for (const std::uint32_t i : present) {
    TenantSamples& tenant = tenants_[i];
    const Statistics wait = statistics_of_ns(tenant.samples.wait_ns);
    const Statistics jct = statistics_of_ns(tenant.samples.jct_ns);
    summary.tenants.push_back(
        {texts.text({i}), tenant.jobs, unit_seconds(tenant.held_milli_ns), wait.mean, wait.p95, jct.mean});
  }
}

void JobStatistics::fill(Summary& summary) {
  summary.jobs = counts_;
  summary.wait_s = statistics_of_ns(all_.wait_ns);
  summary.jct_s = statistics_of_ns(all_.jct_ns);
  summary.slowdown = statistics_of(slowdowns_);
  summary.recorded_wait_s = statistics_of_ns(recorded_ns_);
  if (last_end_ != INT64_MIN) summary.makespan_s = (Time{last_end_} - workload_.submit(JobId{0})).seconds();
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    summary.waiting_gpu_s[reason] = unit_seconds(waiting_milli_ns_[reason]);
  }
  fill_tenants(summary);
}

std::optional<double> pool_cost_usd(const PoolInfo& pool, const PoolUse& use) {
  if (use.node_ns == 0) return 0.0;
  if (!pool.price_usd_per_hour) return std::nullopt;
  return *pool.price_usd_per_hour * seconds_of(use.node_ns) / kSecondsPerHour;
}

std::optional<double> pool_energy_kwh(const PoolInfo& pool, const PoolUse& use) {
  if (use.total_milli_ns == 0) return 0.0;
  if (!pool.busy_w || !pool.idle_w) return std::nullopt;
  const double busy = unit_seconds(use.allocated_milli_ns);
  const double idle = unit_seconds(use.total_milli_ns - use.allocated_milli_ns);
  return (*pool.busy_w * busy + *pool.idle_w * idle) / kSecondsPerHour / 1000;
}

// null as soon as one part is not known.
void add_known(std::optional<double>& sum, const std::optional<double>& part) {
  if (!part) sum.reset();
  if (sum) *sum += *part;
}

void fill_pools(const Metrics& metrics, Summary& summary) {
  summary.cost_usd = summary.energy_kwh = 0.0;
  for (std::size_t i = 0; i < metrics.pools().size(); ++i) {
    const PoolInfo& info = metrics.pools()[i];
    const PoolUse& use = metrics.pool_uses()[i];
    PoolSummary pool;
    pool.name = info.name;
    pool.total_milli = use.total_milli_end;
    pool.allocated_ratio_mean = quotient(unit_seconds(use.allocated_milli_ns), unit_seconds(use.total_milli_ns));
    if (!metrics.options().sequential) {
      pool.cost_usd = pool_cost_usd(info, use);
      pool.energy_kwh = pool_energy_kwh(info, use);
    }
    add_known(summary.cost_usd, pool.cost_usd);
    add_known(summary.energy_kwh, pool.energy_kwh);
    summary.pools.push_back(std::move(pool));
  }
}

void fill_gpus(const Metrics& metrics, Summary& summary) {
  const PoolUse use = metrics.total_use();
  const double allocated = unit_seconds(use.allocated_milli_ns);
  const double useful = unit_seconds(use.useful_milli_ns);
  const double total = unit_seconds(use.total_milli_ns);
  summary.total_milli = use.total_milli_end;
  summary.arrived_milli = metrics.arrived_milli();
  summary.allocated_milli_end = metrics.allocated_milli_end();
  summary.allocated_mean = quotient(allocated, total);
  summary.useful_mean = quotient(useful, total);
  if (use.total_milli_end > 0 || total > 0) summary.allocated_peak = metrics.allocated_ratio_peak();
  summary.lost_gpu_s = unit_seconds(metrics.lost_milli_ns());
  summary.overhead_gpu_s = unit_seconds(use.allocated_milli_ns - use.useful_milli_ns);
  if (summary.cost_usd) summary.usd_per_gpu_hour_used = quotient(*summary.cost_usd, useful / kSecondsPerHour);
  if (!metrics.has_fragmented()) return;
  const double fragmented = metrics.fragmented_milli_s() / 1000;
  const double end = metrics.fragmented_milli_end();
  summary.fragmented_mean = quotient(fragmented, total);
  summary.fragmented_end = quotient(end, static_cast<double>(use.total_milli_end));
  summary.fragmented_of_free_mean = quotient(fragmented, total - allocated);
  summary.fragmented_of_free_end =
      quotient(end, static_cast<double>(use.total_milli_end - metrics.allocated_milli_end()));
}

TenantFairness tenant_fairness(const TenantShare& share, std::vector<double>& rho) {
  TenantFairness out{share.weight,     share.entitled_gpu_s, share.received_gpu_s, share.short_gpu_s,
                     share.over_gpu_s, share.starved_s,      std::nullopt,         std::nullopt};
  const Statistics statistics = statistics_of(rho);
  out.rho_mean = statistics.mean;
  out.rho_max = statistics.max;
  return out;
}

void fill_fairness(const Workload& workload, const Fairness& fairness, Summary& summary) {
  std::vector<std::vector<double>> by_tenant(workload.texts().size());
  std::vector<double> all;
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const double rho = fairness.rho({i});
    if (std::isnan(rho)) continue;
    all.push_back(rho);
    by_tenant[workload.tenant({i}).index].push_back(rho);
  }
  FairnessSummary& out = summary.fairness;
  const auto unfair = std::count_if(all.begin(), all.end(), [](double rho) { return rho > kUnfairRho; });
  out.unfair_ratio = quotient(static_cast<double>(unfair), static_cast<double>(all.size()));
  if (!all.empty()) out.jain_jobs = jain_index(all);
  out.rho = statistics_of(all);
  out.waste_gpu_s = fairness.preemption_waste_gpu_s();
  out.starved_s = 0;
  std::vector<double> ratios;
  for (const TenantShare& share : fairness.shares()) {
    out.starved_s = std::max(*out.starved_s, share.starved_s);
    if (share.entitled_gpu_s > 0) ratios.push_back(share.received_gpu_s / share.entitled_gpu_s);
    if (summary.tenants.empty()) continue;
    out.tenants.push_back(tenant_fairness(share, by_tenant[share.tenant.index]));
  }
  if (ratios.size() > 1) out.jain_tenants = jain_index(ratios);
}

void fill_divided(const RunHeader& header, const Metrics& metrics, DividedGpus& divided) {
  divided = header.divided;
  if (divided.mig_stranded_slices) {
    divided.recuts = static_cast<double>(metrics.recuts());
    divided.recut_s = unit_seconds(metrics.recut_ns()) * 1000;
  }
  if (divided.slowed_jobs) {
    divided.slowed_jobs = static_cast<double>(metrics.slowed_jobs());
    divided.slowed_gpu_s = unit_seconds(metrics.slowed_milli_ns());
  }
  if (divided.memory_asked_gib) divided.out_of_memory_jobs = static_cast<double>(metrics.out_of_memory_jobs());
}

bool holds(double value, const std::string& op, double limit) {
  if (op == "<=") return value <= limit;
  if (op == "<") return value < limit;
  if (op == ">=") return value >= limit;
  if (op == ">") return value > limit;
  if (op == "!=") return value != limit;
  return value == limit;
}

void judge_goals(std::span<const GoalInput> goals, Summary& summary) {
  for (const GoalInput& goal : goals) {
    if (!is_metric(goal.metric)) {
      const std::string near = nearest_metric(goal.metric);
      throw InputError({}, "goals", "unknown metric \"" + quoted(goal.metric) + "\"",
                       near.empty() ? "`seatrial list metrics` names them all" : "did you mean \"" + near + "\"?");
    }
    const auto value = metric_value(summary, goal.metric);
    summary.goals.push_back({goal.text, value, value && holds(*value, goal.op, goal.value)});
  }
}

}  // namespace

Summary summarize(const RunHeader& header, const Workload& workload, const JobTable& table, const Metrics& metrics,
                  std::span<const GoalInput> goals, const Fairness* fairness) {
  Summary summary;
  summary.header = header;
  summary.warmup_s = metrics.options().warmup.seconds();
  summary.first_submit_s = workload.size() == 0 ? 0 : workload.submit(JobId{0}).seconds();
  summary.simulated_s = metrics.options().sequential ? 0 : (metrics.end() - metrics.first_submit()).seconds();
  summary.events_per_s = quotient(static_cast<double>(header.events), header.wall_s);
  summary.preemptions = metrics.preemptions();
  JobStatistics jobs(workload, table, metrics);
  jobs.collect();
  jobs.fill(summary);
  if (fairness != nullptr) fill_fairness(workload, *fairness, summary);
  fill_pools(metrics, summary);
  fill_gpus(metrics, summary);
  fill_divided(header, metrics, summary.divided);
  summary.queue_mean = metrics.queue_jobs_mean();
  summary.queue_peak = metrics.queue_jobs_peak();
  summary.running_peak = metrics.running_jobs_peak();
  judge_goals(goals, summary);
  return summary;
}

}  // namespace seatrial

// Reading files and asking the registries; see build.h.
#include "scenarios/build.h"

#include <algorithm>

#include "policies/registry.h"
#include "policies/score_placement.h"
#include "policies/speed_keeper.h"
#include "scenarios/build_quotas.h"
#include "scenarios/build_speed.h"
#include "scenarios/calibrated_speed.h"
#include "scenarios/fit_pools.h"
#include "sim/check.h"
#include "traces/openb_nodes.h"

namespace seatrial {
namespace {

bool any_share(const Workload& workload) {
  return std::any_of(workload.requests().begin(), workload.requests().end(),
                     [](const Request& request) { return request.gpus == 1 && request.gpu_milli < kGpuMilli; });
}

bool any_score(const SchedulerSpec& scheduler) {
  return std::any_of(scheduler.placement.begin(), scheduler.placement.end(),
                     [](const PolicySpec& policy) { return find_placement(policy.name)->make_score != nullptr; });
}

bool needs_fragmentation(const ScenarioSpec& spec) {
  return spec.metrics.fragmentation ||
         std::any_of(spec.scheduler.placement.begin(), spec.scheduler.placement.end(),
                     [](const PolicySpec& policy) { return find_placement(policy.name)->needs_fragmentation; });
}

// Which device a pod holds is tracked only where something depends on it.
bool needs_devices(const ScenarioSpec& spec, const Workload& workload, bool log_placements) {
  return log_placements || speed_is_modelled(spec) || any_share(workload) || any_score(spec.scheduler) ||
         needs_fragmentation(spec);
}

double popularity(const ScenarioSpec& spec) {
  for (const PolicySpec& policy : spec.scheduler.placement) {
    if (policy.parameters.has("popularity")) return policy.parameters.number("popularity", 0.95);
  }
  return spec.metrics.fragmentation_popularity;
}

SchedulerOptions options_of(const ScenarioSpec& spec) {
  const SchedulerSpec& from = spec.scheduler;
  SchedulerOptions options;
  options.admission = from.admission;
  options.preemption = from.preemption;
  options.round = from.round;
  options.estimate = from.estimate;
  options.noise_sigma = from.noise_sigma;
  options.back_off = from.back_off;
  options.gate = from.gate;
  options.pod_by_pod = from.pod_by_pod;
  options.permit = from.permit;
  options.victims = from.victims;
  options.keep_budgets = from.keep_budgets;
  options.queues_per_tenant = from.queues_per_tenant;
  options.span_pools = from.span_pools;
  options.kill_at_limit = from.kill_at_limit;
  options.max_waiting = from.max_waiting;
  options.overheads = spec.overheads;
  options.warm_start = std::any_of(spec.workload.begin(), spec.workload.end(),
                                   [](const WorkloadSpec& workload) { return workload.warm_start; });
  options.sequential = std::any_of(spec.workload.begin(), spec.workload.end(),
                                   [](const WorkloadSpec& workload) { return workload.sequential; });
  return options;
}

std::unique_ptr<Placement> make_placement(const SchedulerSpec& scheduler, const PolicyContext& context) {
  if (scheduler.placement.empty()) return find_placement("best-fit")->make(context, {});
  const PlacementRegistration* first = find_placement(scheduler.placement.front().name);
  if (first->make != nullptr) return first->make(context, scheduler.placement.front().parameters);
  std::vector<WeightedScore> scores;
  for (const PolicySpec& policy : scheduler.placement) {
    const PlacementRegistration* entry = find_placement(policy.name);
    CHECK(entry->make_score != nullptr);
    scores.push_back({entry->make_score(context, policy.parameters), policy.weight});
  }
  return std::make_unique<ScorePlacement>(std::move(scores));
}

// A counted pool has no devices to share.
void refuse_counted(const ScenarioSpec& spec, const ClusterSpec& cluster, bool track_devices) {
  if (!track_devices) return;
  Problems problems;
  for (std::size_t i = 0; i < cluster.pools.size(); ++i) {
    if (!cluster.pools[i].counted) continue;
    problems.add({spec.file}, "cluster.pools[" + std::to_string(i) + "].counted",
                 "a counted pool knows no devices, which GPU shares, scores, fragmentation and --log placements need",
                 "leave out counted");
  }
  problems.throw_if_any();
}

const ClusterSpec& fit_to(ClusterSpec& cluster, const Workload& jobs) {
  fit_pools(cluster, jobs);
  return cluster;
}

}  // namespace

ClusterSpec build_cluster_spec(const ScenarioSpec& spec) {
  ClusterSpec cluster = spec.cluster;
  for (const NodeListImport& import : spec.imports) {
    cluster.pools[import.pool].nodes = read_openb_nodes(import.nodes, import.rank, import.rank_seed);
  }
  // Changes take effect in the order of time; equal times in the order of the file.
  std::stable_sort(cluster.changes.begin(), cluster.changes.end(),
                   [](const CapacityChange& a, const CapacityChange& b) { return a.at < b.at; });
  return cluster;
}

Workload build_workload(const ScenarioSpec& spec, std::uint64_t seed) {
  WorkloadBuilder builder;
  for (const WorkloadSpec& workload : spec.workload) {
    if (workload.trace) read_trace(*workload.trace, builder, seed);
    if (workload.generate) generate_jobs(*workload.generate, seed, builder);
  }
  return builder.build();
}

std::vector<double> tenant_weights(const ScenarioSpec& spec, const Workload& workload) {
  std::vector<double> weights(workload.texts().size(), 1);
  for (const TenantSpec& tenant : spec.tenants) {
    const TextId text = workload.texts().find(tenant.name);
    if (text.valid()) weights[text.index] = tenant.weight;
  }
  return weights;
}

namespace {

AllocationInput allocation_of(const ScenarioSpec& spec, const Workload& workload, const Cluster& cluster) {
  const OrderRegistration& order = *find_order(spec.scheduler.order.name);
  AllocationInput input;
  if (order.make_allocator == nullptr) return input;
  if (const std::string problem = order.problem == nullptr ? "" : order.problem(); !problem.empty()) {
    throw InputError(spec.scheduler.order.place, "scheduler.order", spec.scheduler.order.name + ": " + problem,
                     "install it, or choose another order");
  }
  for (const Pool& pool : cluster.pools()) {
    const bool priced = pool.price_usd_per_hour && pool.node_gpus > 0;
    if (!priced && order.needs_prices && pool.node_gpus > 0) {
      throw InputError(spec.scheduler.order.place, "scheduler.order",
                       spec.scheduler.order.name + " needs prices, and pool " + quoted(pool.name) + " has none",
                       "give the pool a price, such as 12 USD/h");
    }
    input.usd_per_gpu_hour.push_back(priced ? *pool.price_usd_per_hour / pool.node_gpus : 0);
  }
  input.allocator = order.make_allocator(spec.scheduler.order.parameters);
  input.tenant_weight = tenant_weights(spec, workload);
  input.most_jobs = static_cast<std::size_t>(spec.scheduler.order.parameters.number("jobs", order.most_jobs));
  return input;
}

}  // namespace

RunParts::~RunParts() = default;

RunParts::RunParts(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs, std::uint64_t run_seed,
                   bool log_placements)
    : cluster_spec(build_cluster_spec(spec)),
      shared_workload(std::move(jobs)),
      workload(*shared_workload),
      seed(run_seed),
      random(run_seed, "run"),
      cluster(fit_to(cluster_spec, workload), needs_devices(spec, workload, log_placements)),
      calibrated(read_calibrations(spec)),
      speed(build_speed(spec, {cluster_spec, cluster, workload}, calibrated.get())),
      options(options_of(spec)),
      quotas(build_quotas(spec, workload)) {
  options.by_dominant_share = find_order(spec.scheduler.order.name)->by_dominant_share;
  if (options.by_dominant_share) options.tenant_weights = tenant_weights(spec, workload);
  for (const BudgetSpec& budget : spec.scheduler.budgets) {
    const TextId tenant = workload.texts().find(budget.tenant);
    if (tenant.valid()) options.budgets.push_back({tenant.index, budget.budget});
  }
  refuse_counted(spec, cluster_spec, cluster.tracks_devices());
  if (needs_fragmentation(spec)) {
    fragmentation = std::make_unique<FragmentationModel>(workload, cluster, popularity(spec));
  }
  if (fragmentation || any_score(spec.scheduler)) cluster.enable_change_log();
  const PolicyContext context{workload, cluster, fragmentation.get(), random};
  order = find_order(spec.scheduler.order.name)->make(context, spec.scheduler.order.parameters);
  placement = make_placement(spec.scheduler, context);
  allocation = allocation_of(spec, workload, cluster);
}

}  // namespace seatrial

// Jobs between quotas and scheduler; see quota_keeper.h.
#include "policies/quota_keeper.h"

#include <algorithm>

#include "models/gpu_resource.h"
#include "models/resource_quota.h"
#include "policies/scheduler.h"
#include "sim/check.h"

namespace seatrial {
namespace {

// Kueue stops a job, waits for its pods and queues it again; assumed to take this long where it happens to one job
// twice at one instant, so that two jobs cannot take each other's place for ever while no time passes.
constexpr Duration kPause{kNsPerSecond};

std::string quota_name(const QuotaResource& resource) {
  return resource.what == QuotaResource::What::Gpu ? std::string("requests.").append(resource.name) : resource.name;
}

Quantity quantity_of(const QuotaResource& resource, std::int64_t amount) {
  switch (resource.what) {
    case QuotaResource::What::Cpu:
    case QuotaResource::What::Gpu:
      return Quantity::milli(amount);
    case QuotaResource::What::Memory:
      return Quantity::units(amount << 20U);
    case QuotaResource::What::Pods:
      return Quantity::units(amount);
  }
  return {};
}

}  // namespace

QuotaKeeper::QuotaKeeper(RunState& state, const QuotaRules& rules)
    : state_(state),
      rules_(rules),
      kueue_(rules.kueue),
      demands_(state.workload.requests().size()),
      id_of_(state.workload.size()),
      phase_(state.workload.size(), Phase::Outside),
      returned_at_(state.workload.size(), kNever) {}

std::int64_t QuotaKeeper::amount_of(const QuotaResource& resource, const RequestClass& job_class) const {
  const Request& request = state_.workload.requests()[job_class.base];
  const GangShape& shape = job_class.shapes.front();
  switch (resource.what) {
    case QuotaResource::What::Cpu:
      return shape.main_pods * shape.main.cpu_milli + shape.rest_pods * shape.rest.cpu_milli;
    case QuotaResource::What::Memory:
      return shape.main_pods * shape.main.memory_mib + shape.rest_pods * shape.rest.memory_mib;
    case QuotaResource::What::Pods:
      return shape.pods();
    case QuotaResource::What::Gpu:
      if (state_.workload.texts().text(request.resource) != resource.gpu_key) return 0;
      return request.total_milli();
  }
  return 0;
}

// Each pod must state what the quota limits, and all pods of the gang together must fit the empty quota.
const char* QuotaKeeper::creation_refusal(QuotaNodeId queue, const RequestClass& job_class) const {
  ResourceQuota quota;
  QuotaPod pod;
  pod.resources.containers.resize(1);
  bool exceeded = false;
  for (const QuotaLimits& limits : rules_.kueue.quotas.nodes[queue.index].limits) {
    const QuotaResource& resource = rules_.resources[rules_.resource_of[limits.of.index].index];
    const std::int64_t amount = amount_of(resource, job_class);
    exceeded = exceeded || amount > limits.nominal;
    quota.hard[quota_name(resource)] = quantity_of(resource, limits.nominal);
    quota.used[quota_name(resource)] = {};
    if (amount > 0 && resource.what != QuotaResource::What::Pods) {
      pod.resources.containers.front().requests[resource.name] = quantity_of(resource, amount);
    }
  }
  const auto refused = quota_refusal({&quota, 1}, pod);
  if (refused && refused->why == QuotaRefusal::Why::NotStated) {
    return "its pods do not state a resource that the quota of its namespace limits";
  }
  return exceeded ? "larger than the quota of its namespace" : nullptr;
}

const QuotaKeeper::Demand& QuotaKeeper::demand_of(JobId job) {
  Demand& demand = demands_[state_.workload.request_id(job).index];
  if (demand.known) return demand;
  demand.known = true;
  // By value: looking at other pools adds classes.
  const RequestClass job_class = state_.class_at(state_.workload.request_id(job).index);
  const TextId tenant = state_.workload.tenant(job);
  if (job_class.infeasible != nullptr) return demand;
  demand.queue = rules_.queue_of_tenant[tenant.index];
  if (!demand.queue.valid()) {
    if (rules_.kind == QuotaKind::Kueue) demand.refusal = "no cluster queue for its tenant";
    return demand;
  }
  if (state_.workload.texts().text(state_.workload.request(job).resource) == kAnyResource) {
    demand.refusal = "a GPU of any kind is asked for, which no quota can count";
    return demand;
  }
  const bool at_creation = rules_.kind == QuotaKind::ResourceQuota;
  if (at_creation) demand.refusal = creation_refusal(demand.queue, job_class);
  const std::vector<QuotaLimits>& limits = rules_.kueue.quotas.nodes[demand.queue.index].limits;
  for (std::uint32_t r = 0; r < rules_.resources.size(); ++r) {
    const auto limited = [&](const QuotaLimits& each) { return rules_.resource_of[each.of.index] == ResourceId{r}; };
    if (!rules_.counted[r] || (at_creation && std::none_of(limits.begin(), limits.end(), limited))) continue;
    const std::int64_t amount = amount_of(rules_.resources[r], job_class);
    if (amount > 0) demand.amounts.push_back({ResourceId{r}, amount});
  }
  for (std::uint32_t f = 0; f < rules_.flavors.size(); ++f) {
    const std::uint32_t row = state_.class_on(job_class.base, rules_.flavors[f]);
    if (state_.class_at(row).infeasible != nullptr) demand.unusable.push_back(ResourceFlavorId{f});
  }
  return demand;
}

const char* QuotaKeeper::refusal(JobId job) { return demand_of(job).refusal; }

KueueWorkload QuotaKeeper::workload_of(JobId job, const Demand& demand) const {
  const bool priorities = rules_.kind == QuotaKind::Kueue;
  KueueWorkload workload{
      demand.queue, priorities ? state_.workload.priority(job) : 0, state_.workload.submit(job).ns, {}};
  KueuePodSet gang;
  gang.request.per_pod = demand.amounts;
  gang.request.unusable = demand.unusable;
  workload.pod_sets.push_back(std::move(gang));
  return workload;
}

bool QuotaKeeper::arrived(JobId job) {
  const Demand& demand = demand_of(job);
  if (!demand.queue.valid()) return false;
  id_of_[job] = kueue_.submit(workload_of(job, demand));
  job_of_.push_back(job);
  usage_of_.emplace_back();
  phase_[job] = Phase::Waits;
  ++waiting_;
  return true;
}

// The flavor of each resource is the queue's first that has the pool where the job runs.
void QuotaKeeper::started_by_record(JobId job) {
  const Demand& demand = demand_of(job);
  if (!demand.queue.valid()) return;
  const PoolId pool = state_.cluster.pool_of(state_.table.pieces(job).front().node);
  QuotaAmounts usage;
  for (const ResourceAmount& each : demand.amounts) {
    for (const ResourceGroup& group : rules_.kueue.queues[demand.queue].flavors.groups) {
      const auto resource = std::find(group.resources.begin(), group.resources.end(), each.of);
      const auto flavor = std::find_if(group.flavors.begin(), group.flavors.end(), [&](ResourceFlavorId id) {
        const std::vector<PoolId>& pools = rules_.flavors[id.index];
        return std::binary_search(pools.begin(), pools.end(), pool);
      });
      if (resource == group.resources.end() || flavor == group.flavors.end()) continue;
      const auto at = static_cast<std::size_t>(flavor - group.flavors.begin());
      usage.push_back({group.pair(at, static_cast<std::size_t>(resource - group.resources.begin())), each.amount});
    }
  }
  id_of_[job] = kueue_.hold(workload_of(job, demand), usage, state_.now.ns);
  job_of_.push_back(job);
  phase_[job] = Phase::Holds;
  emit_usage(FactKind::Admitted, job, usage);
  usage_of_.push_back(std::move(usage));
}

// Of jobs without GPUs: one fact of no amount.
void QuotaKeeper::emit_usage(FactKind kind, JobId job, const QuotaAmounts& usage) {
  const QuotaNodeId queue = demand_of(job).queue;
  bool any = false;
  for (const QuotaAmount& each : usage) {
    if (!rules_.counts_gpus(each.of)) continue;
    state_.emit_quota(kind, job, each, queue);
    any = true;
  }
  if (!any) state_.emit_quota(kind, job, {FlavorResourceId{0}, 0}, queue);
}

void QuotaKeeper::ended(JobId job) {
  if (phase_[job] != Phase::Holds) return;
  phase_[job] = Phase::Outside;
  emit_usage(FactKind::QuotaReleased, job, usage_of_[id_of_[job].index]);
  kueue_.finish(id_of_[job]);
}

bool QuotaKeeper::stopped(JobId job) {
  if (phase_[job] != Phase::Leaves) return false;
  if (returned_at_[job] != state_.now) {
    give_up(job);
    return true;
  }
  Event event;
  event.kind = static_cast<std::uint16_t>(EventKind::QuotaPause);
  event.target = job.index;
  state_.events.push(state_.now + kPause, rank_of(EventKind::QuotaPause), event);
  return true;
}

void QuotaKeeper::give_up(JobId job) {
  phase_[job] = Phase::Waits;
  returned_at_[job] = state_.now;
  emit_usage(FactKind::QuotaReleased, job, usage_of_[id_of_[job].index]);
  kueue_.give_up(id_of_[job]);
}

// Pools that every flavor stands for.
std::vector<PoolId> QuotaKeeper::pools_of(const FlavorAssignment& assignment) const {
  std::vector<PoolId> pools;
  bool first = true;
  for (const std::vector<FlavorChoice>& set : assignment.pod_sets) {
    for (const FlavorChoice& choice : set) {
      const std::vector<PoolId>& of = rules_.flavors[choice.flavor.index];
      if (first) pools = of;
      std::erase_if(pools, [&](PoolId pool) { return !std::binary_search(of.begin(), of.end(), pool); });
      first = false;
    }
  }
  return pools;
}

void QuotaKeeper::take(const QuotaAdmission& admission, Scheduler& scheduler) {
  const JobId job = job_of_[admission.id.index];
  CHECK(phase_[job] == Phase::Waits);
  phase_[job] = Phase::Holds;
  --waiting_;
  usage_of_[admission.id.index] = admission.assignment.usage;
  emit_usage(FactKind::Admitted, job, admission.assignment.usage);
  state_.settle_wait(job, WaitReason::Quota, false);
  if (!admission.assignment.usage.empty()) {
    state_.set_class(job, state_.class_on(state_.workload.request_id(job), pools_of(admission.assignment)));
  }
  scheduler.enqueue(job);
}

void QuotaKeeper::evict(const QuotaEviction& eviction, Scheduler& scheduler) {
  const JobId job = job_of_[eviction.id.index];
  CHECK(phase_[job] == Phase::Holds);
  phase_[job] = Phase::Leaves;
  ++waiting_;
  state_.emit_evicted(job, job_of_[eviction.preemptor.index], static_cast<std::uint32_t>(eviction.reason));
  if (state_.table.state[job] == JobState::Running) {
    state_.preempt(job);
    if (state_.table.state[job] == JobState::Running) return;  // until its checkpoint is written
  } else {
    scheduler.withdraw(job);
  }
  (void)stopped(job);
}

void QuotaKeeper::admit(Scheduler& scheduler) {
  while (kueue_.has_work()) {
    const CycleResult result = kueue_.cycle(state_.now.ns);
    for (const QuotaAdmission& each : result.admitted) take(each, scheduler);
    for (const QuotaEviction& each : result.evicted) evict(each, scheduler);
  }
}

void QuotaKeeper::finish() {
  for (std::uint32_t j = 0; j < phase_.size(); ++j) {
    const JobId job{j};
    const bool without = phase_[job] == Phase::Waits || phase_[job] == Phase::Leaves;
    if (without && state_.table.state[job] == JobState::Pending) state_.settle_wait(job, WaitReason::Quota, false);
  }
}

}  // namespace seatrial

// See build_quotas.h.
#include "scenarios/build_quotas.h"

#include <algorithm>
#include <map>

#include "scenarios/quota_resources.h"
#include "scenarios/quotas_spec.h"
#include "sim/error.h"

namespace seatrial {
namespace {

bool starts_warm(const ScenarioSpec& spec) {
  return std::any_of(spec.workload.begin(), spec.workload.end(), [](const WorkloadSpec& w) { return w.warm_start; });
}

// Whole GPUs and slices that jobs of each queue hold at time 0, by queue and resource; ends as the trace records them.
std::map<std::pair<QuotaNodeId, ResourceId>, std::int64_t> in_use_at_0(const QuotaRules& rules, const Workload& jobs) {
  std::map<std::pair<QuotaNodeId, ResourceId>, std::int64_t> used;
  for (std::uint32_t j = 0; j < jobs.size() && jobs.submit({j}) < Time{0}; ++j) {
    const auto start = jobs.observed_start({j});
    if (!start || *start >= Time{0} || *start < jobs.submit({j})) continue;
    if (jobs.duration({j}) <= Time{0} - *start) continue;
    const Request& request = jobs.request({j});
    const QuotaNodeId queue = rules.queue_of_tenant[request.tenant.index];
    for (std::uint32_t r = 0; r < rules.resources.size() && queue.valid(); ++r) {
      const QuotaResource& resource = rules.resources[r];
      const bool gpu = resource.what == QuotaResource::What::Gpu;
      if (gpu && jobs.texts().text(request.resource) == resource.gpu_key) {
        used[{queue, ResourceId{r}}] += request.total_milli();
      }
    }
  }
  return used;
}

void refuse_overuse(const QuotasSpec& spec, const QuotaRules& rules, const Workload& jobs) {
  const QuotaTree tree(rules.kueue.quotas);
  Problems problems;
  for (const auto& [of, used] : in_use_at_0(rules, jobs)) {
    const auto& [queue, resource] = of;
    std::int64_t most = 0;
    bool limited = rules.kind == QuotaKind::Kueue;
    for (const ResourceGroup& group : rules.kueue.queues[queue].flavors.groups) {
      for (const FlavorResourceId pair : group.pairs) {
        if (rules.resource_of[pair.index] != resource) continue;
        most += tree.potential_available(queue, pair);
        limited = true;
      }
    }
    if (!limited || used <= most) continue;
    const QuotaResource& what = rules.resources[resource.index];
    problems.add(spec.places[queue.index], spec.paths[queue.index],
                 quota_amount_text(what, used) + " are in use at time 0 by jobs that run already, but the quota and " +
                     "what can be borrowed are " + quota_amount_text(what, most),
                 "raise the quota, or leave out warm_start");
  }
  problems.throw_if_any();
}

}  // namespace

std::unique_ptr<const QuotaRules> build_quotas(const ScenarioSpec& spec, const Workload& workload) {
  if (!spec.quotas) return nullptr;
  QuotaRules rules = spec.quotas->rules;
  rules.queue_of_tenant.assign(workload.texts().size(), {});
  for (std::uint32_t node = 0; node < rules.tenants.size(); ++node) {
    for (const std::string& tenant : rules.tenants[node]) {
      const TextId text = workload.texts().find(tenant);
      if (text.valid()) rules.queue_of_tenant[text.index] = QuotaNodeId{node};
    }
  }
  if (starts_warm(spec)) refuse_overuse(*spec.quotas, rules, workload);
  return std::make_unique<const QuotaRules>(std::move(rules));
}

}  // namespace seatrial

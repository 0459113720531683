// See plan_quotas.h.
#include "scenarios/plan_quotas.h"

#include <algorithm>
#include <map>

#include "scenarios/build_quotas.h"
#include "scenarios/quotas_spec.h"

namespace seatrial {
namespace {

bool counts_gpus_alone(const QuotaRules& rules) {
  for (std::uint32_t i = 0; i < rules.resource_of.size(); ++i) {
    if (!rules.counts_gpus(FlavorResourceId{i})) return false;
  }
  return true;
}

// What a node of the tree could hold if nothing were in use, all flavors together.
std::int64_t most_of(const QuotaTree& tree, QuotaNodeId node) {
  std::int64_t sum = 0;
  for (std::uint32_t i = 0; i < tree.flavor_resources(); ++i)
    sum += tree.potential_available(node, FlavorResourceId{i});
  return sum;
}

// Whether the empty tree has quota for the request in a flavor of all pools, where nodes cannot be the obstacle.
bool is_served(const QuotaRules& rules, const QuotaTree& tree, QuotaNodeId queue, const Request& request,
               const std::string& resource, std::size_t pools) {
  for (const ResourceGroup& group : rules.kueue.queues[queue].flavors.groups) {
    for (std::size_t f = 0; f < group.flavors.size(); ++f) {
      if (rules.flavors[group.flavors[f].index].size() != pools) continue;
      for (std::size_t r = 0; r < group.resources.size(); ++r) {
        const bool same = rules.resources[group.resources[r].index].gpu_key == resource;
        if (same && request.total_milli() <= tree.potential_available(queue, group.pair(f, r))) return true;
      }
    }
  }
  return false;
}

}  // namespace

std::optional<std::vector<DemandWindows::Party>> quota_parties(const ScenarioSpec& spec, const Workload& jobs) {
  std::vector<DemandWindows::Party> parties;
  if (!spec.quotas) return parties;
  const auto rules = build_quotas(spec, jobs);
  if (!counts_gpus_alone(*rules)) return std::nullopt;
  const QuotaTree tree(rules->kueue.quotas);
  std::map<QuotaNodeId, std::size_t> number;
  for (std::uint32_t r = 0; r < jobs.requests().size(); ++r) {
    const Request& request = jobs.requests()[RequestId{r}];
    const QuotaNodeId queue = rules->queue_of_tenant[request.tenant.index];
    const bool free = !queue.valid() && rules->kind == QuotaKind::ResourceQuota;
    if (request.gpus == 0 || free) continue;
    const std::string& resource = jobs.texts().text(request.resource);
    if (!queue.valid() || !is_served(*rules, tree, queue, request, resource, spec.cluster.pools.size())) {
      return std::nullopt;
    }
    for (const QuotaNodeId node : {queue, tree.root(queue)}) {
      if (node == queue && tree.root(queue) == queue && number.contains(node) &&
          parties[number[node]].requests.back() == r) {
        continue;  // a queue of its own is its tree
      }
      const auto [found, fresh] = number.emplace(node, parties.size());
      if (fresh) parties.push_back({most_of(tree, node), {}});
      parties[found->second].requests.push_back(r);
    }
  }
  return parties;
}

}  // namespace seatrial

// Kinds preemption, preemption_policy and partial_admission: whose quota is taken, and with how many pods a workload
// goes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "policies/kueue_partial_admission.h"
#include "policies/kueue_preemption.h"
#include "tools/conformance/kinds.h"
#include "tools/conformance/quota_input.h"

namespace seatrial::conformance {
namespace {

constexpr std::int64_t kLargestPriority = std::numeric_limits<std::int32_t>::max();

PreemptionPolicy policy_of(const Json& object, const char* key) {
  if (optional_member(object, key) == nullptr) return PreemptionPolicy::Never;
  return static_cast<PreemptionPolicy>(
      one_of(object, key, {"Never", "LowerPriority", "LowerOrNewerEqualPriority", "Any"}));
}

std::int32_t priority_of(const Json& object, const char* key) {
  if (optional_member(object, key) == nullptr) return 0;
  return static_cast<std::int32_t>(integer(object, key, -kLargestPriority - 1, kLargestPriority));
}

// Seconds to nanoseconds; `absent` where there is none.
std::int64_t instant_of(const Json& object, const char* key, std::int64_t absent) {
  const Json* value = optional_member(object, key);
  if (value == nullptr) return absent;
  constexpr double kLatest_s = 9e9;
  if (!value->is_number()) throw MalformedCase("input: an instant is no number");
  const auto seconds = value->get<double>();
  if (std::abs(seconds) > kLatest_s) throw MalformedCase("input: an instant is out of range");
  return std::llround(seconds * 1e9);
}

// A time stamp that was never set is before all others.
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

Column<QuotaNodeId, QueuePreemption> policies_of(const Json& input, const QuotaInput& quotas) {
  Column<QuotaNodeId, QueuePreemption> policies(quotas.spec().nodes.size());
  std::size_t at = 0;
  for (const Json& entry : list(input, "clusterQueues", QuotaInput::kMostEntries)) {
    const QuotaNodeId queue = quotas.queues()[at++];
    const Json* given = optional_member(entry, "preemption");
    if (given == nullptr) continue;
    QueuePreemption& policy = policies[queue];
    policy.within_queue = policy_of(*given, "withinClusterQueue");
    policy.reclaim_within_cohort = policy_of(*given, "reclaimWithinCohort");
    const Json* borrow = optional_member(*given, "borrowWithinCohort");
    if (borrow == nullptr) continue;
    policy.borrow_within_cohort = policy_of(*borrow, "policy") != PreemptionPolicy::Never;
    if (optional_member(*borrow, "maxPriorityThreshold") != nullptr) {
      policy.max_priority_threshold = priority_of(*borrow, "maxPriorityThreshold");
    }
  }
  return policies;
}

struct Admitted {
  std::vector<std::string> names;  // by id: in the order of the names, which stand for the UIDs
  HeldQuotas held;
};

Admitted admit_all(const Json& input, const QuotaInput& quotas, QuotaTree& tree) {
  std::map<std::string, const Json*> by_name;
  for (const Json& entry : list(input, "admitted", QuotaInput::kMostEntries)) {
    if (!by_name.emplace(text(entry, "name"), &entry).second) throw MalformedCase("input.admitted: two of one name");
  }
  Admitted admitted{{}, HeldQuotas(tree.nodes())};
  for (const auto& [name, entry] : by_name) {
    HeldQuota held;
    held.queue = quotas.queue(text(*entry, "clusterQueue"));
    held.priority = priority_of(*entry, "priority");
    held.reserved_at = instant_of(*entry, "quotaReservedAt", 0);
    held.queued_at = instant_of(*entry, "createdAt", kNever);
    held.evicted = optional_member(*entry, "evicted") != nullptr && boolean(*entry, "evicted");
    held.usage = quotas.amounts(member(*entry, "usage"));
    tree.add_usage(held.queue, held.usage);
    admitted.held.add(HeldQuotaId{static_cast<std::uint32_t>(admitted.names.size())}, held);
    admitted.names.push_back(name);
  }
  return admitted;
}

QuotaRequest request_of(const Json& entry, const QuotaInput& quotas) {
  QuotaRequest request;
  request.queue = quotas.queue(text(entry, "clusterQueue"));
  request.priority = priority_of(entry, "priority");
  request.queued_at = instant_of(entry, "createdAt", kNever);
  request.usage = quotas.amounts(member(entry, "requests"));
  for (const Json& pair : list(entry, "needPreemption", QuotaInput::kMostEntries)) {
    request.short_of.push_back(quotas.flavor_resource(pair));
  }
  return request;
}

std::vector<FairStrategy> strategies_of(const Json& input) {
  std::vector<FairStrategy> strategies;
  if (optional_member(input, "fairStrategies") != nullptr) {
    for (const Json& entry : list(input, "fairStrategies", 2)) {
      strategies.push_back(static_cast<FairStrategy>(
          one_of({{"s", entry}}, "s", {"LessThanOrEqualToFinalShare", "LessThanInitialShare"})));
    }
  }
  if (strategies.empty()) return {FairStrategy::LessThanOrEqualToFinalShare, FairStrategy::LessThanInitialShare};
  return strategies;
}

}  // namespace

Json kueue_preemption_answer(const Json& input) {
  const QuotaInput quotas(input);
  QuotaTree tree(quotas.spec());
  const QuotaShares shares(tree);
  const Column<QuotaNodeId, QueuePreemption> policies = policies_of(input, quotas);
  const Admitted admitted = admit_all(input, quotas, tree);
  const QuotaRequest request = request_of(member(input, "incoming"), quotas);
  const QuotaView view{tree, shares, policies, admitted.held};
  const bool fair = one_of(input, "algorithm", {"classical", "fair"}) == 1;
  Json victims = Json::array();
  for (const Victim& victim :
       fair ? fair_victims(view, request, strategies_of(input)) : classical_victims(view, request)) {
    victims.push_back({{"workload", admitted.names[victim.id.index]}, {"reason", name_of(victim.reason)}});
  }
  return {{"victims", victims}};
}

Json preemption_policy_answer(const Json& input) {
  return {{"preemptible",
           allows(policy_of(input, "policy"),
                  {priority_of(input, "preemptorPriority"), instant_of(input, "preemptorQueuedAt", kNever)},
                  {priority_of(input, "candidatePriority"), instant_of(input, "candidateQueuedAt", kNever)})}};
}

Json partial_admission_answer(const Json& input) {
  constexpr std::int64_t kMostPods = std::numeric_limits<std::int32_t>::max();
  const std::int64_t most = integer(input, "maxTotalPodsThatFit", 0, kMostPods * 1000);
  std::vector<PodSetCount> pod_sets;
  for (const Json& entry : list(input, "podSets", QuotaInput::kMostEntries)) {
    PodSetCount& set = pod_sets.emplace_back();
    set.count = static_cast<std::uint32_t>(integer(entry, "count", 0, kMostPods));
    if (optional_member(entry, "minCount") == nullptr) continue;
    set.min_count = static_cast<std::uint32_t>(integer(entry, "minCount", 0, kMostPods));
  }
  CountSearch search(pod_sets);
  const auto total = [](const std::vector<std::uint32_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  };
  while (!search.done()) search.answer(total(search.counts()) <= most);
  const auto found = search.found();
  return {{"found", found.has_value()}, {"totalPods", found ? total(*found) : 0}};
}

}  // namespace seatrial::conformance

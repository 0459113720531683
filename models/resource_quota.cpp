// ResourceQuota: usage, scopes, admission.
#include "models/resource_quota.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace seatrial {
namespace {

constexpr std::string_view kHugePages = "hugepages-";
constexpr std::string_view kRequests = "requests.";
// Charged under their plain name and with both prefixes.
constexpr std::array<std::string_view, 3> kPlainResources = {"cpu", "memory", "ephemeral-storage"};
// A quota on one of these asks every container to state it.
constexpr std::array<std::string_view, 6> kStated = {"cpu",        "memory",       "requests.cpu", "requests.memory",
                                                     "limits.cpu", "limits.memory"};

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

bool is_plain(std::string_view name) {
  return std::find(kPlainResources.begin(), kPlainResources.end(), name) != kPlainResources.end();
}

// Whether pods are charged for a resource of this name at all.
bool concerns_pods(std::string_view name) {
  if (name == "pods" || name == "count/pods" || starts_with(name, kHugePages) || is_plain(name)) return true;
  if (starts_with(name, "limits.")) return is_plain(name.substr(7));
  if (!starts_with(name, kRequests)) return false;
  name.remove_prefix(kRequests.size());
  return is_plain(name) || starts_with(name, kHugePages) || is_extended_resource(name);
}

ResourceList charged_resources(const ResourceList& requests, const ResourceList& limits) {
  ResourceList charged;
  for (const auto& [name, quantity] : requests) {
    const bool plain = is_plain(name) || starts_with(name, kHugePages);
    if (plain) charged[name] = quantity;
    if (plain || is_extended_resource(name)) charged[std::string(kRequests) + name] = quantity;
  }
  for (const auto& [name, quantity] : limits) {
    if (is_plain(name)) charged["limits." + name] = quantity;
  }
  return charged;
}

bool meets(const ScopeRequirement& requirement, const QuotaPod& pod) {
  const bool terminating = pod.active_deadline_s && *pod.active_deadline_s >= 0;
  switch (requirement.scope) {
    case QuotaScope::Terminating:
      return terminating;
    case QuotaScope::NotTerminating:
      return !terminating;
    case QuotaScope::BestEffort:
      return is_best_effort(pod.resources);
    case QuotaScope::NotBestEffort:
      return !is_best_effort(pod.resources);
    case QuotaScope::PriorityClass:
      break;
  }
  const bool listed =
      std::find(requirement.values.begin(), requirement.values.end(), pod.priority_class) != requirement.values.end();
  switch (requirement.op) {
    case ScopeOperator::Exists:
      return !pod.priority_class.empty();
    case ScopeOperator::DoesNotExist:
      return pod.priority_class.empty();
    case ScopeOperator::In:
      return !pod.priority_class.empty() && listed;
    case ScopeOperator::NotIn:
      return pod.priority_class.empty() || !listed;
  }
  return false;
}

// Compute resources of the quota that some container does not state.
std::vector<std::string> not_stated(const ResourceQuota& quota, const PodResources& pod) {
  std::vector<std::string> missing;
  for (const std::string_view name : kStated) {
    if (!quota.hard.contains(name)) continue;
    const auto states = [name](const ContainerResources& container) {
      return charged_resources(container.requests, container.limits).contains(name);
    };
    if (!std::all_of(pod.containers.begin(), pod.containers.end(), states) ||
        !std::all_of(pod.init_containers.begin(), pod.init_containers.end(), states)) {
      missing.emplace_back(name);
    }
  }
  std::sort(missing.begin(), missing.end());
  return missing;
}

std::vector<std::string> not_known(const ResourceQuota& quota) {
  std::vector<std::string> missing;
  for (const auto& [name, limit] : quota.hard) {
    if (concerns_pods(name) && !quota.used.contains(name)) missing.push_back(name);
  }
  return missing;
}

std::vector<std::string> exceeded(const ResourceQuota& quota, const ResourceList& cost) {
  std::vector<std::string> names;
  for (const auto& [name, quantity] : cost) {
    const auto limit = quota.hard.find(name);
    if (limit == quota.hard.end()) continue;
    if (quota.used.find(name)->second + quantity > limit->second) names.push_back(name);
  }
  return names;
}

}  // namespace

ResourceList pod_quota_usage(const QuotaPod& pod) {
  ResourceList usage;
  usage["count/pods"] = Quantity::units(1);
  if (pod.finished || pod.lost) return usage;
  const PodTotals totals = pod_totals(pod.resources);
  usage.merge(charged_resources(totals.requests, totals.limits));
  usage["pods"] = Quantity::units(1);
  return usage;
}

bool quota_covers(const ResourceQuota& quota, const QuotaPod& pod) {
  return std::all_of(quota.scopes.begin(), quota.scopes.end(),
                     [&pod](const ScopeRequirement& requirement) { return meets(requirement, pod); });
}

std::optional<QuotaRefusal> quota_refusal(std::span<const ResourceQuota> quotas, const QuotaPod& pod) {
  using Why = QuotaRefusal::Why;
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    if (!quota_covers(quotas[i], pod)) continue;
    if (auto names = not_known(quotas[i]); !names.empty()) return QuotaRefusal{i, Why::UsageNotKnown, names};
    if (auto names = not_stated(quotas[i], pod.resources); !names.empty())
      return QuotaRefusal{i, Why::NotStated, names};
  }
  const ResourceList cost = pod_quota_usage(pod);
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    if (!quota_covers(quotas[i], pod)) continue;
    if (auto names = exceeded(quotas[i], cost); !names.empty()) return QuotaRefusal{i, Why::Exceeded, names};
  }
  return std::nullopt;
}

void charge_quotas(std::span<ResourceQuota> quotas, const QuotaPod& pod) {
  const ResourceList cost = pod_quota_usage(pod);
  for (ResourceQuota& quota : quotas) {
    if (!quota_covers(quota, pod)) continue;
    for (const auto& [name, quantity] : cost) {
      if (quota.hard.contains(name)) quota.used[name] += quantity;
    }
  }
}

std::string QuotaRefusal::text(const ResourceQuota& refusing, const QuotaPod& pod) const {
  const ResourceList cost = pod_quota_usage(pod);
  std::string line = why == Why::Exceeded ? "exceeded: " : why == Why::NotStated ? "must state: " : "usage not known: ";
  for (std::size_t i = 0; i < resources.size(); ++i) {
    line += (i == 0 ? "" : "; ") + resources[i];
    if (why != Why::Exceeded) continue;
    line += " requested " + cost.at(resources[i]).text() + ", used " + refusing.used.at(resources[i]).text() +
            ", limited " + refusing.hard.at(resources[i]).text();
  }
  return line;
}

}  // namespace seatrial

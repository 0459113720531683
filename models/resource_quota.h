// ResourceQuota as the API server's admission applies it: what a pod is charged, which quotas it falls under, and
// whether they all let it be created. A quota limits what exists, running or not, and is asked when a pod is created.
// Rules: kubernetes pkg/quota/v1/evaluator/core/pods.go and the resourcequota admission plugin.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/pod_resources.h"

namespace seatrial {

// A pod as far as quotas look at it.
struct QuotaPod {
  PodResources resources;
  bool finished = false;  // Succeeded or Failed
  // Being deleted for longer than its grace period, on a node that nobody can reach.
  bool lost = false;
  std::optional<std::int64_t> active_deadline_s;
  std::string priority_class;  // empty: none
};

enum class QuotaScope : std::uint8_t { Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass };
enum class ScopeOperator : std::uint8_t { Exists, DoesNotExist, In, NotIn };

// The values and the operators other than Exists are of PriorityClass alone.
struct ScopeRequirement {
  QuotaScope scope = QuotaScope::Terminating;
  ScopeOperator op = ScopeOperator::Exists;
  std::vector<std::string> values;
};

struct ResourceQuota {
  ResourceList hard;
  ResourceList used;
  std::vector<ScopeRequirement> scopes;  // a pod must meet all of them
};

// What a pod costs: `requests.X` and `limits.X`; cpu, memory, ephemeral-storage and huge pages by their plain name as
// well; of extended resources `requests.X` alone; `pods` and `count/pods`. A finished or lost pod costs count/pods.
[[nodiscard]] ResourceList pod_quota_usage(const QuotaPod& pod);

[[nodiscard]] bool quota_covers(const ResourceQuota& quota, const QuotaPod& pod);

struct QuotaRefusal {
  enum class Why : std::uint8_t {
    Exceeded,       // used + the pod's cost is more than `hard`
    NotStated,      // a container does not state a compute resource that the quota limits
    UsageNotKnown,  // `used` lacks a pod's resource that `hard` has
  };
  std::size_t quota = 0;  // index
  Why why = Why::Exceeded;
  std::vector<std::string> resources;  // by name

  // "exceeded: cpu requested 2, used 1, limited 2".
  [[nodiscard]] std::string text(const ResourceQuota& refusing, const QuotaPod& pod) const;
};

// The first refusal in the order of the quotas, statements before amounts; nothing: the pod may be created. Resources
// that the pod does not touch do not refuse it, even if they are exceeded.
[[nodiscard]] std::optional<QuotaRefusal> quota_refusal(std::span<const ResourceQuota> quotas, const QuotaPod& pod);

// Adds the pod's cost to every quota that covers it.
void charge_quotas(std::span<ResourceQuota> quotas, const QuotaPod& pod);

}  // namespace seatrial

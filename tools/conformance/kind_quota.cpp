// Kinds pod_usage and admission: what ResourceQuota charges a pod, and whether quotas let it be created.
#include "models/resource_quota.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr std::size_t kMostEntries = 10'000;
constexpr std::int64_t kMostSeconds = std::int64_t{1} << 53;

ResourceList resources(const Json& object, const char* key) {
  ResourceList resources;
  if (optional_member(object, key) == nullptr) return resources;
  for (const auto& [name, value] : object_of(object, key, kMostEntries).items()) {
    const std::optional<Quantity> quantity = parse_quantity(text(value));
    if (!quantity) throw MalformedCase(std::string("input.") + key + ": expected a quantity");
    resources[name] = *quantity;
  }
  return resources;
}

ContainerResources container(const Json& object) {
  ContainerResources container{resources(object, "requests"), resources(object, "limits"), false};
  const Json* policy = optional_member(object, "restartPolicy");
  container.restarts_always = policy != nullptr && text(*policy) == "Always";
  return container;
}

void read_containers(std::vector<ContainerResources>& containers, const Json& pod, const char* key) {
  if (optional_member(pod, key) == nullptr) return;
  for (const Json& entry : list(pod, key, kMostEntries)) containers.push_back(container(entry));
}

// Containers as lists, or the requests and limits of the only one in the pod itself.
QuotaPod pod_of(const Json& object) {
  QuotaPod pod;
  read_containers(pod.resources.init_containers, object, "initContainers");
  read_containers(pod.resources.containers, object, "containers");
  if (optional_member(object, "containers") == nullptr) pod.resources.containers.push_back(container(object));
  pod.resources.overhead = resources(object, "overhead");
  if (const Json* phase = optional_member(object, "phase")) {
    pod.finished = text(*phase) == "Succeeded" || text(*phase) == "Failed";
  }
  const bool unreachable = optional_member(object, "nodeUnreachable") != nullptr && boolean(object, "nodeUnreachable");
  if (unreachable && optional_member(object, "secondsSinceDeletionTimestamp") != nullptr) {
    pod.lost = integer(object, "secondsSinceDeletionTimestamp", -kMostSeconds, kMostSeconds) >
               integer(object, "terminationGracePeriodSeconds", 0, kMostSeconds);
  }
  if (optional_member(object, "activeDeadlineSeconds") != nullptr) {
    pod.active_deadline_s = integer(object, "activeDeadlineSeconds", -kMostSeconds, kMostSeconds);
  }
  for (const char* key : {"priorityClass", "priorityClassName"}) {
    if (const Json* name = optional_member(object, key)) pod.priority_class = text(*name);
  }
  return pod;
}

ScopeRequirement scope_of(const Json& object, const char* key) {
  ScopeRequirement requirement;
  requirement.scope = static_cast<QuotaScope>(
      one_of(object, key, {"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass"}));
  return requirement;
}

ResourceQuota quota_of(const Json& object) {
  ResourceQuota quota{resources(object, "hard"), resources(object, "used"), {}};
  if (optional_member(object, "scopes") != nullptr) {
    for (const Json& scope : list(object, "scopes", kMostEntries)) {
      quota.scopes.push_back(scope_of({{"scope", scope}}, "scope"));
    }
  }
  const Json* selector = optional_member(object, "scopeSelector");
  if (selector == nullptr) return quota;
  for (const Json& expression : list(*selector, "matchExpressions", kMostEntries)) {
    ScopeRequirement requirement = scope_of(expression, "scopeName");
    requirement.op =
        static_cast<ScopeOperator>(one_of(expression, "operator", {"Exists", "DoesNotExist", "In", "NotIn"}));
    if (optional_member(expression, "values") != nullptr) {
      for (const Json& value : list(expression, "values", kMostEntries)) requirement.values.push_back(text(value));
    }
    quota.scopes.push_back(std::move(requirement));
  }
  return quota;
}

Json json_of(const ResourceList& resources) {
  Json object = Json::object();
  for (const auto& [name, quantity] : resources) object[name] = quantity.text();
  return object;
}

}  // namespace

Json pod_usage_answer(const Json& input) { return {{"usage", json_of(pod_quota_usage(pod_of(input)))}}; }

Json quota_admission_answer(const Json& input) {
  std::vector<ResourceQuota> quotas;
  for (const Json& quota : list(input, "quotas", kMostEntries)) quotas.push_back(quota_of(quota));
  const QuotaPod pod = pod_of(member(input, "pod"));
  const bool admitted = !quota_refusal(quotas, pod);
  if (admitted) charge_quotas(quotas, pod);
  Json used = Json::array();
  for (const ResourceQuota& quota : quotas) used.push_back(json_of(quota.used));
  return {{"admitted", admitted}, {"newUsed", used}};
}

// Lists in order, objects key by key, texts that are quantities by value: "1000m" is "1".
bool agrees_on_quantities(const Json& expected, const Json& answer) {
  if (expected.is_string() && answer.is_string()) {
    const auto a = parse_quantity(expected.get<std::string>());
    const auto b = parse_quantity(answer.get<std::string>());
    return a && b ? *a == *b : expected == answer;
  }
  if (expected.is_array() && answer.is_array()) {
    return std::equal(expected.begin(), expected.end(), answer.begin(), answer.end(), agrees_on_quantities);
  }
  if (!expected.is_object() || !answer.is_object()) return agrees_exactly(expected, answer);
  for (const auto& [key, value] : expected.items()) {
    const auto found = answer.find(key);
    if (found == answer.end() || !agrees_on_quantities(value, *found)) return false;
    // A list of resources may hold nothing else.
    if (value.is_object() && value.size() != found->size()) return false;
  }
  return true;
}

}  // namespace seatrial::conformance

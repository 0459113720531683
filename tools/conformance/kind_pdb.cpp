// Kinds pdb_status and eviction: pod disruption budgets.
#include "models/disruption_budget.h"
#include "sim/text.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr std::int64_t kMost = INT32_MAX;

std::optional<CountOrPercent> count_or_percent(const Json& input, const char* key) {
  const Json* value = optional_member(input, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return CountOrPercent{integer(*value, 0, kMost), false};
  const std::string given = text(*value);
  const bool percent = !given.empty() && given.back() == '%';
  const auto number = percent ? parse_integer(std::string_view(given).substr(0, given.size() - 1)) : std::nullopt;
  if (!number || *number < 0 || *number > kMost) {
    throw MalformedCase(std::string("input.") + key + ": expected a number or a percentage");
  }
  return CountOrPercent{*number, true};
}

}  // namespace

Json pdb_status_answer(const Json& input) {
  const DisruptionBudget budget{count_or_percent(input, "minAvailable"), count_or_percent(input, "maxUnavailable")};
  BudgetedPods pods;
  pods.pods = integer(input, "pods", 0, kMost);
  pods.healthy = integer(input, "healthyPods", 0, kMost);
  if (optional_member(input, "controllerScale") != nullptr) {
    pods.controller_scale = integer(input, "controllerScale", 0, kMost);
  }
  const std::optional<BudgetStatus> status = budget_status(budget, pods);
  if (!status) return {{"disruptionsAllowed", 0}};
  return {{"disruptionsAllowed", status->disruptions_allowed},
          {"currentHealthy", status->healthy},
          {"desiredHealthy", status->desired_healthy},
          {"expectedPods", status->expected_pods}};
}

Json eviction_answer(const Json& input) {
  const auto phase = static_cast<PodPhase>(one_of(input, "podPhase", {"Pending", "Running", "Succeeded", "Failed"}));
  std::vector<EvictionBudget> budgets;
  if (boolean(input, "pdbMatches")) {
    EvictionBudget& budget = budgets.emplace_back();
    budget.status.disruptions_allowed = integer(input, "disruptionsAllowed", 0, kMost);
    if (optional_member(input, "currentHealthy") != nullptr) {
      budget.status.healthy = integer(input, "currentHealthy", 0, kMost);
      budget.status.desired_healthy = integer(input, "desiredHealthy", 0, kMost);
    }
    if (optional_member(input, "unhealthyPodEvictionPolicy") != nullptr) {
      budget.unhealthy = static_cast<UnhealthyEviction>(
          one_of(input, "unhealthyPodEvictionPolicy", {"IfHealthyBudget", "AlwaysAllow"}));
    }
  }
  const bool ready = optional_member(input, "ready") == nullptr || boolean(input, "ready");
  const Eviction eviction = evict(phase, ready, budgets);
  return {{"evicted", eviction == Eviction::Evicted || eviction == Eviction::EvictedOnBudget}};
}

}  // namespace seatrial::conformance

// Disruption budgets: integer arithmetic throughout.
#include "models/disruption_budget.h"

#include <algorithm>

#include "sim/wide.h"

namespace seatrial {

std::int64_t CountOrPercent::of(std::int64_t total) const {
  if (!is_percent) return value;
  const Int128 hundredths = Int128{value} * total + 99;
  return static_cast<std::int64_t>(std::min<Int128>(hundredths / 100, INT64_MAX));
}

std::optional<BudgetStatus> budget_status(const DisruptionBudget& budget, const BudgetedPods& pods) {
  BudgetStatus status;
  status.healthy = pods.healthy;
  const bool by_scale =
      budget.max_unavailable.has_value() || (budget.min_available && budget.min_available->is_percent);
  if (by_scale) {
    if (!pods.controller_scale && pods.pods > 0) return std::nullopt;
    status.expected_pods = pods.controller_scale.value_or(0);
  } else if (budget.min_available) {
    status.expected_pods = pods.pods;
  }
  if (budget.max_unavailable) {
    status.desired_healthy =
        std::max<std::int64_t>(0, status.expected_pods - budget.max_unavailable->of(status.expected_pods));
  } else if (budget.min_available) {
    status.desired_healthy = budget.min_available->of(status.expected_pods);
  }
  if (status.expected_pods > 0) {
    status.disruptions_allowed = std::max<std::int64_t>(0, status.healthy - status.desired_healthy);
  }
  return status;
}

std::int64_t healthy_pods(std::span<const PodHealth> pods, Time now) {
  return std::count_if(pods.begin(), pods.end(), [now](const PodHealth& pod) {
    const bool recorded = pod.evicted_at && now - *pod.evicted_at <= kDisruptionRecord;
    return pod.ready && !pod.deleting && !recorded;
  });
}

Eviction evict(PodPhase phase, bool ready, std::span<const EvictionBudget> budgets) {
  if (phase != PodPhase::Running || budgets.empty()) return Eviction::Evicted;
  if (budgets.size() > 1) return Eviction::SeveralBudgets;
  const EvictionBudget& budget = budgets.front();
  if (!ready) {
    const bool healthy_without =
        budget.status.desired_healthy > 0 && budget.status.healthy >= budget.status.desired_healthy;
    if (healthy_without || budget.unhealthy == UnhealthyEviction::AlwaysAllow) return Eviction::Evicted;
  }
  return budget.status.disruptions_allowed > 0 ? Eviction::EvictedOnBudget : Eviction::Refused;
}

bool budget_selects(const std::map<std::string, std::string>& match_labels,
                    const std::map<std::string, std::string>& pod_labels) {
  return !match_labels.empty() && std::all_of(match_labels.begin(), match_labels.end(), [&](const auto& label) {
    const auto found = pod_labels.find(label.first);
    return found != pod_labels.end() && found->second == label.second;
  });
}

}  // namespace seatrial

// Pod disruption budgets: how many pods of an application may be disturbed now, whether an eviction goes through, and
// which pods a budget is about. Preemption asks them which victims would violate a budget. Rules: kubernetes
// pkg/controller/disruption and pkg/registry/core/pod/storage/eviction.go.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "sim/time.h"

namespace seatrial {

// 3, or "30%" of the pods that there should be; percentages are rounded up. Requires value >= 0.
struct CountOrPercent {
  std::int64_t value = 0;
  bool is_percent = false;

  [[nodiscard]] std::int64_t of(std::int64_t total) const;
};

// At most one of the two is set.
struct DisruptionBudget {
  std::optional<CountOrPercent> min_available;
  std::optional<CountOrPercent> max_unavailable;
};

// The pods that the budget selects.
struct BudgetedPods {
  std::int64_t pods = 0;
  std::int64_t healthy = 0;
  // Replicas that the pods' controllers should have, in all; nothing: some pod has no controller.
  std::optional<std::int64_t> controller_scale;
};

struct BudgetStatus {
  std::int64_t expected_pods = 0;
  std::int64_t healthy = 0;
  std::int64_t desired_healthy = 0;
  std::int64_t disruptions_allowed = 0;
};

// Percentages and a maximum of unavailable pods count from what the controllers should have; where a pod has no
// controller that is an error there, and nothing: no disruption is allowed.
[[nodiscard]] std::optional<BudgetStatus> budget_status(const DisruptionBudget& budget, const BudgetedPods& pods);

struct PodHealth {
  bool ready = false;
  bool deleting = false;
  std::optional<Time> evicted_at;  // recorded in the budget's disruptedPods
};

// A record of an eviction that has not happened within this time is forgotten.
inline constexpr Duration kDisruptionRecord{120 * kNsPerSecond};

// Ready, not being deleted and without a record that still counts.
[[nodiscard]] std::int64_t healthy_pods(std::span<const PodHealth> pods, Time now);

enum class PodPhase : std::uint8_t { Pending, Running, Succeeded, Failed };
enum class UnhealthyEviction : std::uint8_t { IfHealthyBudget, AlwaysAllow };
enum class Eviction : std::uint8_t {
  Evicted,          // and no budget is charged
  EvictedOnBudget,  // and the budget has one disruption less
  Refused,          // too many requests: ask again later
  SeveralBudgets,   // an error: a pod may have one budget
};

struct EvictionBudget {
  BudgetStatus status;
  UnhealthyEviction unhealthy = UnhealthyEviction::IfHealthyBudget;
};

// Budgets: those that select the pod. Pods that do not run go at once. Running pods that are not ready go without
// charge if the application is healthy without them, or always under AlwaysAllow.
[[nodiscard]] Eviction evict(PodPhase phase, bool ready, std::span<const EvictionBudget> budgets);

// All labels of the selector are the pod's; an empty selector, and a pod without labels, match nothing.
[[nodiscard]] bool budget_selects(const std::map<std::string, std::string>& match_labels,
                                  const std::map<std::string, std::string>& pod_labels);

}  // namespace seatrial

// Names to policies. One visible table (registry.cpp); adding a policy is one file and one line there. The loader, the
// error messages, `seatrial list` and the generated reference all read it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/fragmentation.h"
#include "models/parameters.h"
#include "policies/allocator.h"
#include "policies/policy.h"
#include "sim/random.h"

namespace seatrial {

// What a policy may look at when it is made; everything outlives it.
struct PolicyContext {
  const Workload& workload;
  const Cluster& cluster;
  const FragmentationModel* fragmentation = nullptr;  // there if some policy asked for it or it is measured
  Random& random;                                     // the run's own stream
};

// What `seatrial list policies` prints of one name.
struct PolicyDoc {
  const char* axis;  // "order", "admission", "preemption", "placement", "estimate"
  const char* name;
  const char* sentence;  // one sentence
  std::vector<ParameterDoc> parameters;
};

struct OrderRegistration {
  PolicyDoc doc;
  bool preemptive = false;  // sets best-effort and on-event unless the scenario says otherwise
  std::unique_ptr<QueueOrder> (*make)(const PolicyContext&, const Parameters&) = nullptr;
  bool by_dominant_share = false;  // tenants take turns: one queue each, best-effort unless the scenario says otherwise
  // Orders that hand GPUs out by rounds: the allocator, and the length of a round unless the scenario says otherwise.
  std::unique_ptr<Allocator> (*make_allocator)(const Parameters&) = nullptr;
  double round_s = 0;
  double most_jobs = kMostRoundJobs;  // of one question, unless the parameter `jobs` says otherwise
  bool needs_prices = false;
  // Why it cannot be used here, or empty.
  std::string (*problem)() = nullptr;
};

// A placement is either a rule of its own (make) or a score that can stand in a weighted list (make_score).
struct PlacementRegistration {
  PolicyDoc doc;
  bool needs_fragmentation = false;
  bool needs_speed = false;  // looks at who shares with whom: speed is modelled even if nothing slows anything down
  std::unique_ptr<Placement> (*make)(const PolicyContext&, const Parameters&) = nullptr;
  std::unique_ptr<NodeScore> (*make_score)(const PolicyContext&, const Parameters&) = nullptr;
};

[[nodiscard]] std::span<const OrderRegistration> order_registry();
[[nodiscard]] std::span<const PlacementRegistration> placement_registry();
[[nodiscard]] const OrderRegistration* find_order(std::string_view name);
[[nodiscard]] const PlacementRegistration* find_placement(std::string_view name);

// Every policy name of every axis, in the order of the tables.
[[nodiscard]] std::span<const PolicyDoc> policy_docs();
// The doc of a name on an axis, or nullptr.
[[nodiscard]] const PolicyDoc* find_policy(std::string_view axis, std::string_view name);

}  // namespace seatrial

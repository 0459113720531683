// What quotas say about a plan without simulating it: which jobs together never hold more than some number of GPUs.
// models/demand_bound.h turns that into a lower bound of the quota. Used by the points of a plan.
#pragma once

#include <optional>
#include <vector>

#include "models/demand_bound.h"
#include "models/workload.h"
#include "scenarios/spec.h"

namespace seatrial {

// The jobs of each queue and of each tree of cohorts; empty without quotas. Nothing where some job might never be given
// quota, or quotas of other resources are in force: then goals say nothing about all jobs, and no bound holds.
[[nodiscard]] std::optional<std::vector<DemandWindows::Party>> quota_parties(const ScenarioSpec& spec,
                                                                             const Workload& jobs);

}  // namespace seatrial

// The quotas of a scenario with what its workload decides: whose jobs fall under which queue. Refuses quotas below what
// runs already at time 0 of a warm start.
#pragma once

#include <memory>

#include "models/workload.h"
#include "policies/quota_rules.h"
#include "scenarios/spec.h"

namespace seatrial {

// Null where the scenario has none. Throws InputError.
[[nodiscard]] std::unique_ptr<const QuotaRules> build_quotas(const ScenarioSpec& spec, const Workload& workload);

}  // namespace seatrial

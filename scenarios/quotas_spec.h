// The section `quotas` of a scenario: rules with the names of tenants and pools; build_quotas() adds what the workload
// decides. ScenarioSpec holds it where quotas are in force.
#pragma once

#include <string>
#include <vector>

#include "policies/quota_rules.h"
#include "sim/error.h"

namespace seatrial {

struct QuotasSpec {
  QuotaRules rules;
  std::vector<std::string> paths;  // by QuotaNodeId: of the queue, for messages about it
  std::vector<Place> places;
};

}  // namespace seatrial

// Labels, taints and tolerations of conformance cases. Shared by the kinds flavor_assignment, tas_assignment and
// those of node scores.
#pragma once

#include "models/topology_taints.h"
#include "tools/conformance/case_input.h"

namespace seatrial::conformance {

// Absent keys give empty values.
[[nodiscard]] Labels labels_of(const Json& object, const char* key);
[[nodiscard]] std::vector<KeyedTaint> taints_of(const Json& object, const char* key);
[[nodiscard]] std::vector<KeyedToleration> tolerations_of(const Json& object, const char* key);

}  // namespace seatrial::conformance

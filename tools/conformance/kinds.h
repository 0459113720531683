// The kinds of conformance cases that the runner knows. To add one: a file kind_<name>.cpp with its function, the
// function's declaration here, and one line in kinds.cpp. A kind turns the input of a case into the product's answer by
// calling the product's own functions; comparing and counting is the runner's.
#pragma once

#include <string_view>

#include "tools/conformance/case_input.h"

namespace seatrial::conformance {

struct Kind {
  std::string_view name;
  // The answer, in the form of `expected`; throws MalformedCase for an input that is no case of this kind.
  Json (*answer)(const Json& input);
  // Whether an answer is the expected one.
  bool (*agrees)(const Json& expected, const Json& answer);
};

// Equal, numbers to 1e-9 relative, lists in order. The other comparison: every key of `expected` is in the answer with
// an equal value; the answer may say more.
[[nodiscard]] bool agrees_exactly(const Json& expected, const Json& answer);
[[nodiscard]] bool agrees_on_expected_keys(const Json& expected, const Json& answer);
// Every key of `expected`, where texts that are quantities compare by value and lists of resources are complete.
[[nodiscard]] bool agrees_on_quantities(const Json& expected, const Json& answer);
// Equal but for the order of lists, at any depth.
[[nodiscard]] bool agrees_in_any_order(const Json& expected, const Json& answer);

[[nodiscard]] Json available_answer(const Json& input);
[[nodiscard]] Json balanced_allocation_answer(const Json& input);
[[nodiscard]] Json binpack_score_answer(const Json& input);
[[nodiscard]] Json broken_linear_answer(const Json& input);
[[nodiscard]] Json default_normalize_answer(const Json& input);
[[nodiscard]] Json drf_preempt_answer(const Json& input);
[[nodiscard]] Json drs_answer(const Json& input);
[[nodiscard]] Json eviction_answer(const Json& input);
[[nodiscard]] Json flavor_assignment_answer(const Json& input);
[[nodiscard]] Json gfd_labels_answer(const Json& input);
[[nodiscard]] Json gfd_sharing_answer(const Json& input);
[[nodiscard]] Json image_locality_answer(const Json& input);
[[nodiscard]] Json kueue_preemption_answer(const Json& input);
[[nodiscard]] Json mig_config_valid_answer(const Json& input);
[[nodiscard]] Json mig_placement_feasible_answer(const Json& input);
[[nodiscard]] Json mig_profile_gb_answer(const Json& input);
[[nodiscard]] Json mig_resource_name_answer(const Json& input);
[[nodiscard]] Json node_affinity_answer(const Json& input);
[[nodiscard]] Json node_resources_fit_answer(const Json& input);
[[nodiscard]] Json num_candidates_answer(const Json& input);
[[nodiscard]] Json num_feasible_nodes_answer(const Json& input);
[[nodiscard]] Json partial_admission_answer(const Json& input);
[[nodiscard]] Json pdb_status_answer(const Json& input);
[[nodiscard]] Json pick_node_answer(const Json& input);
[[nodiscard]] Json pod_backoff_answer(const Json& input);
[[nodiscard]] Json pod_topology_spread_answer(const Json& input);
[[nodiscard]] Json pod_usage_answer(const Json& input);
[[nodiscard]] Json preemption_policy_answer(const Json& input);
[[nodiscard]] Json proportion_deserved_answer(const Json& input);
[[nodiscard]] Json quota_admission_answer(const Json& input);
[[nodiscard]] Json replica_allocation_answer(const Json& input);
[[nodiscard]] Json resource_division_answer(const Json& input);
[[nodiscard]] Json shared_request_valid_answer(const Json& input);
[[nodiscard]] Json taint_toleration_answer(const Json& input);
[[nodiscard]] Json tas_assignment_answer(const Json& input);
[[nodiscard]] Json victims_per_node_answer(const Json& input);

// The chosen node is one of those expected.
[[nodiscard]] bool agrees_on_choice(const Json& expected, const Json& answer);

[[nodiscard]] const Kind* find_kind(std::string_view name);

}  // namespace seatrial::conformance

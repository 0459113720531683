// The table of kinds, and how answers are compared.
#include "tools/conformance/kinds.h"

#include <algorithm>
#include <cmath>

namespace seatrial::conformance {
namespace {

// By name.
constexpr Kind kKinds[] = {
    {"admission", quota_admission_answer, agrees_on_quantities},
    {"available", available_answer, agrees_in_any_order},
    {"balanced_allocation", balanced_allocation_answer, agrees_exactly},
    {"binpack_score", binpack_score_answer, agrees_exactly},
    {"broken_linear", broken_linear_answer, agrees_exactly},
    {"default_normalize", default_normalize_answer, agrees_exactly},
    {"drf_preempt", drf_preempt_answer, agrees_exactly},
    {"drs", drs_answer, agrees_in_any_order},
    {"eviction", eviction_answer, agrees_exactly},
    {"flavor_assignment", flavor_assignment_answer, agrees_exactly},
    {"gfd_labels", gfd_labels_answer, agrees_exactly},
    {"gfd_sharing", gfd_sharing_answer, agrees_exactly},
    {"image_locality", image_locality_answer, agrees_exactly},
    {"mig_config_valid", mig_config_valid_answer, agrees_exactly},
    {"mig_placement_feasible", mig_placement_feasible_answer, agrees_exactly},
    {"mig_profile_gb", mig_profile_gb_answer, agrees_exactly},
    {"mig_resource_name", mig_resource_name_answer, agrees_exactly},
    {"node_affinity", node_affinity_answer, agrees_exactly},
    {"node_resources_fit", node_resources_fit_answer, agrees_exactly},
    {"num_candidates", num_candidates_answer, agrees_exactly},
    {"num_feasible_nodes", num_feasible_nodes_answer, agrees_exactly},
    {"partial_admission", partial_admission_answer, agrees_exactly},
    {"pdb_status", pdb_status_answer, agrees_on_expected_keys},
    {"pick_node", pick_node_answer, agrees_on_choice},
    {"pod_backoff", pod_backoff_answer, agrees_exactly},
    {"pod_topology_spread", pod_topology_spread_answer, agrees_exactly},
    {"pod_usage", pod_usage_answer, agrees_on_quantities},
    {"preemption", kueue_preemption_answer, agrees_in_any_order},
    {"preemption_policy", preemption_policy_answer, agrees_exactly},
    {"proportion_deserved", proportion_deserved_answer, agrees_exactly},
    {"replica_allocation", replica_allocation_answer, agrees_on_expected_keys},
    {"resource_division", resource_division_answer, agrees_exactly},
    {"shared_request_valid", shared_request_valid_answer, agrees_exactly},
    {"taint_toleration", taint_toleration_answer, agrees_exactly},
    {"tas_assignment", tas_assignment_answer, agrees_exactly},
    {"victims_per_node", victims_per_node_answer, agrees_in_any_order},
};

bool same_number(const Json& a, const Json& b) {
  if (a.is_number_integer() && b.is_number_integer()) return a == b;
  const auto x = a.get<double>();
  const auto y = b.get<double>();
  return x == y || std::abs(x - y) <= 1e-9 * std::max(std::abs(x), std::abs(y));
}

// Lists by the text of their entries; objects keep theirs by key.
Json sorted_lists(const Json& value) {
  if (!value.is_structured()) return value;
  Json sorted = value;
  for (Json& entry : sorted) entry = sorted_lists(entry);
  if (!sorted.is_array()) return sorted;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Json& a, const Json& b) { return a.dump() < b.dump(); });
  return sorted;
}

}  // namespace

bool agrees_exactly(const Json& expected, const Json& answer) {
  if (expected.is_number() && answer.is_number()) return same_number(expected, answer);
  if (expected.type() != answer.type() || expected.size() != answer.size()) return false;
  if (expected.is_array()) return std::equal(expected.begin(), expected.end(), answer.begin(), agrees_exactly);
  if (expected.is_object()) return agrees_on_expected_keys(expected, answer);
  return expected == answer;
}

bool agrees_on_expected_keys(const Json& expected, const Json& answer) {
  if (!expected.is_object() || !answer.is_object()) return agrees_exactly(expected, answer);
  for (const auto& [key, value] : expected.items()) {
    const auto found = answer.find(key);
    if (found == answer.end() || !agrees_exactly(value, *found)) return false;
  }
  return true;
}

bool agrees_in_any_order(const Json& expected, const Json& answer) {
  return agrees_exactly(sorted_lists(expected), sorted_lists(answer));
}

const Kind* find_kind(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [name](const Kind& kind) { return kind.name == name; });
  return found == std::end(kKinds) ? nullptr : found;
}

}  // namespace seatrial::conformance

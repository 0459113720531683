// Quota trees of conformance cases; see quota_input.h.
#include "tools/conformance/quota_input.h"

namespace seatrial::conformance {
namespace {

double weight_of(const Json& entry) {
  const Json* weight = optional_member(entry, "fairWeight");
  if (weight == nullptr) return 1.0;
  if (!weight->is_number()) throw MalformedCase("input.fairWeight: expected a number");
  return weight->get<double>();
}

std::optional<std::int64_t> limit_of(const Json& entry, const char* key) {
  if (optional_member(entry, key) == nullptr) return std::nullopt;
  return integer(entry, key, 0, QuotaInput::kMostAmount);
}

}  // namespace

QuotaInput::QuotaInput(const Json& input) {
  for (const Json& entry : list(input, "clusterQueues", kMostEntries)) {
    const std::string name = text(entry, "name");
    const QuotaNodeId id = add_node(name, false);
    if (!queue_names_.emplace(name, id).second) throw MalformedCase("input.clusterQueues: two of one name");
    queues_.push_back(id);
    read_node(entry, id, "cohort");
  }
  if (optional_member(input, "cohorts") != nullptr) {
    for (const Json& entry : list(input, "cohorts", kMostEntries)) {
      read_node(entry, cohort(text(entry, "name")), "parent");
    }
  }
  // Limits of a root mean nothing: there is no one to borrow from or to lend to.
  for (QuotaNodeSpec& node : spec_.nodes) {
    for (QuotaLimits& limits : node.limits) {
      if (node.parent.valid()) continue;
      limits.borrowing_limit.reset();
      limits.lending_limit.reset();
    }
  }
  const auto problems = QuotaTree::problems(spec_);
  if (!problems.empty()) throw MalformedCase("input: " + problems.front().what);
}

QuotaNodeId QuotaInput::add_node(const std::string& name, bool is_cohort) {
  QuotaNodeSpec node;
  node.name = name;
  node.is_cohort = is_cohort;
  spec_.nodes.push_back(node);
  return QuotaNodeId{static_cast<std::uint32_t>(spec_.nodes.size() - 1)};
}

QuotaNodeId QuotaInput::cohort(const std::string& name) {
  const auto found = cohort_names_.find(name);
  if (found != cohort_names_.end()) return found->second;
  return cohort_names_[name] = add_node(name, true);
}

void QuotaInput::read_node(const Json& entry, QuotaNodeId id, const char* parent_key) {
  const Json* parent = optional_member(entry, parent_key);
  const std::string name = parent == nullptr ? "" : text(*parent);
  if (!name.empty()) {
    const QuotaNodeId above = cohort(name);  // may move the nodes
    spec_.nodes[id.index].parent = above;
  }
  spec_.nodes[id.index].fair_weight = weight_of(entry);
  read_quotas(entry, id);
}

void QuotaInput::read_quotas(const Json& entry, QuotaNodeId id) {
  for (const Json& flavor : list(entry, "quotas", kMostEntries)) {
    for (const Json& resource : list(flavor, "resources", kMostEntries)) {
      QuotaLimits limits;
      limits.of = intern(text(flavor, "flavor"), text(resource, "resource"));
      limits.nominal = integer(resource, "nominal", 0, kMostAmount);
      limits.borrowing_limit = limit_of(resource, "borrowingLimit");
      limits.lending_limit = limit_of(resource, "lendingLimit");
      spec_.nodes[id.index].limits.push_back(limits);
    }
  }
}

FlavorResourceId QuotaInput::intern(const std::string& flavor, const std::string& resource) {
  const FlavorResourceId next{static_cast<std::uint32_t>(spec_.flavor_resources.size())};
  const auto [at, added] = flavor_resources_.emplace(std::pair(flavor, resource), next);
  if (added) spec_.flavor_resources.push_back({flavor, resource});
  constexpr std::size_t kMostPairs = 1'000;
  if (spec_.flavor_resources.size() > kMostPairs) throw MalformedCase("input: too many flavors and resources");
  return at->second;
}

QuotaNodeId QuotaInput::queue(const std::string& name) const {
  const auto found = queue_names_.find(name);
  if (found == queue_names_.end()) throw MalformedCase("input: no such cluster queue");
  return found->second;
}

FlavorResourceId QuotaInput::flavor_resource(const Json& entry) const {
  const auto found = flavor_resources_.find({text(entry, "flavor"), text(entry, "resource")});
  if (found == flavor_resources_.end()) throw MalformedCase("input: no quota of this flavor and resource");
  return found->second;
}

QuotaAmounts QuotaInput::amounts(const Json& entries) const {
  if (!entries.is_array() || entries.size() > kMostEntries) throw MalformedCase("input: expected a list of amounts");
  QuotaAmounts amounts;
  for (const Json& entry : entries) {
    const FlavorResourceId of = flavor_resource(entry);
    const std::int64_t amount = integer(entry, "amount", 0, kMostAmount);
    bool found = false;
    for (QuotaAmount& each : amounts) {
      if (each.of != of) continue;
      each.amount += amount;
      found = true;
    }
    if (!found) amounts.push_back({of, amount});
  }
  return amounts;
}

}  // namespace seatrial::conformance

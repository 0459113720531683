// Kind tas_assignment: in which domains of a topology the pods of each pod set go.
#include <algorithm>
#include <map>
#include <set>

#include "policies/topology_assignment.h"
#include "tools/conformance/kinds.h"
#include "tools/conformance/taints_input.h"

namespace seatrial::conformance {
namespace {

constexpr std::size_t kMostEntries = 10'000;
constexpr std::int64_t kMostAmount = std::int64_t{1} << 46;  // times 10,000 nodes or pods it stays in 64 bits
constexpr std::size_t kMostLevels = 16;

// Levels and resources of a case by name.
struct Names {
  std::vector<std::string> levels;
  std::map<std::string, std::size_t> resources{{"pods", 0}};

  [[nodiscard]] std::size_t level(const Json& name) const {
    const auto found = std::find(levels.begin(), levels.end(), text(name));
    if (found == levels.end()) throw MalformedCase("input.topology: not a level");
    return static_cast<std::size_t>(found - levels.begin());
  }

  // One pod counts as itself.
  std::vector<std::int64_t> amounts(const Json& object, const char* key) {
    std::vector<std::int64_t> amounts;
    for (const auto& [name, amount] : object_of(object, key, 1'000).items()) {
      const std::size_t at = resources.emplace(name, resources.size()).first->second;
      amounts.resize(std::max(amounts.size(), at + 1));
      amounts[at] = integer(amount, 0, kMostAmount);
    }
    return amounts;
  }
};

bool is_true(const Json& object, const char* key, bool absent) {
  return optional_member(object, key) == nullptr ? absent : boolean(object, key);
}

std::vector<TopologyNodeSpec> nodes_of(const Json& input, Names& names) {
  const Labels wanted = labels_of(input, "flavorNodeLabels");
  std::map<std::string, std::vector<std::int64_t>> held;
  for (const Json& pod : list(input, "pods", kMostEntries)) {
    if (optional_member(pod, "node") == nullptr) continue;
    const std::string phase = optional_member(pod, "phase") == nullptr ? "" : text(pod, "phase");
    if (phase == "Succeeded" || phase == "Failed") continue;
    std::vector<std::int64_t> amounts = names.amounts(pod, "requests");
    if (amounts.empty()) amounts.resize(1);
    amounts[0] += 1;
    std::vector<std::int64_t>& sum = held[text(pod, "node")];
    sum.resize(std::max(sum.size(), amounts.size()));
    for (std::size_t i = 0; i < amounts.size(); ++i) sum[i] += amounts[i];
  }
  std::vector<TopologyNodeSpec> nodes;
  for (const Json& entry : list(input, "nodes", kMostEntries)) {
    TopologyNodeSpec node{labels_of(entry, "labels"), taints_of(entry, "taints"), names.amounts(entry, "allocatable")};
    if (!is_true(entry, "ready", true) || is_true(entry, "unschedulable", false)) continue;
    if (!has_labels(node.labels, wanted)) continue;
    const std::vector<std::int64_t>& used = held[text(entry, "name")];
    node.free.resize(std::max(node.free.size(), used.size()));
    for (std::size_t i = 0; i < used.size(); ++i) node.free[i] -= used[i];
    nodes.push_back(node);
  }
  return nodes;
}

void read_wish(const Json& topology, const Names& names, TopologyRequest& request) {
  request.level = names.levels.size() - 1;
  if (optional_member(topology, "sliceConstraints") != nullptr) {
    for (const Json& slice : list(topology, "sliceConstraints", kMostLevels)) {
      request.slices.push_back(
          {names.level(member(slice, "topology")), static_cast<std::uint32_t>(integer(slice, "size", 1, 1'000'000))});
    }
  }
  for (std::size_t i = 0; i < request.slices.size(); ++i) {
    const std::uint32_t whole = i == 0 ? request.count : request.slices[i - 1].size;
    if (whole % request.slices[i].size != 0) throw MalformedCase("input.sliceConstraints: sizes do not divide");
    if (i > 0 && request.slices[i].level <= request.slices[i - 1].level) {
      throw MalformedCase("input.sliceConstraints: levels are not from the top down");
    }
  }
  if (const Json* required = optional_member(topology, "required")) {
    request.wish = TopologyWish::Required;
    request.level = names.level(*required);
  } else if (const Json* preferred = optional_member(topology, "preferred")) {
    request.wish = TopologyWish::Preferred;
    request.level = names.level(*preferred);
  } else if (!request.slices.empty()) {
    request.level = request.slices.front().level;
  }
  if (!request.slices.empty() && request.slices.front().level < request.level) {
    throw MalformedCase("input.sliceConstraints: slices above the level of the pod set");
  }
}

TopologyRequest request_of(const Json& entry, Names& names) {
  TopologyRequest request;
  request.count = static_cast<std::uint32_t>(integer(entry, "count", 1, 1'000'000));
  request.per_pod = names.amounts(entry, "requests");
  if (request.per_pod.empty()) request.per_pod.resize(1);
  request.per_pod[0] = 1;
  request.node_selector = labels_of(entry, "nodeSelector");
  request.tolerations = tolerations_of(entry, "tolerations");
  const Json* topology = optional_member(entry, "topology");
  read_wish(topology == nullptr ? Json::object() : *topology, names, request);
  return request;
}

Json shown(const TopologyTree& tree, const std::vector<LeafCount>& counts) {
  Json entries = Json::array();
  for (const LeafCount& each : counts) {
    const std::vector<std::string>& values = tree.leaves()[each.leaf].values;
    const Json where = tree.leaves_are_hosts() ? Json::array({values.back()}) : Json(values);
    entries.push_back({{"values", where}, {"count", each.count}});
  }
  return {{"assignment", entries}};
}

struct NamedRequest {
  std::string name;
  TopologyRequest request;
};

// Pod sets of one group together, at the place of its first.
std::vector<std::vector<NamedRequest>> groups_of(const Json& input, Names& names) {
  std::vector<std::vector<NamedRequest>> groups;
  std::map<std::string, std::size_t> places;
  for (const Json& entry : list(input, "podSets", 1'000)) {
    const std::string group = optional_member(entry, "group") == nullptr ? "" : text(entry, "group");
    const std::size_t at = group.empty() ? groups.size() : places.emplace(group, groups.size()).first->second;
    if (at == groups.size()) groups.emplace_back();
    groups[at].push_back({text(entry, "name"), request_of(entry, names)});
    if (groups[at].size() > 2) throw MalformedCase("input.podSets: more than two of one group");
  }
  return groups;
}

}  // namespace

Json tas_assignment_answer(const Json& input) {
  Names names;
  for (const Json& level : list(input, "levels", kMostLevels)) names.levels.push_back(text(level));
  if (names.levels.empty()) throw MalformedCase("input.levels: expected at least one");
  const TopologyTree tree(names.levels, nodes_of(input, names));
  const bool best_fit = optional_member(input, "unconstrainedAlgorithm") != nullptr &&
                        one_of(input, "unconstrainedAlgorithm", {"LeastFreeCapacity", "BestFit"}) == 1;
  TopologyAssigner assigner(tree, best_fit);
  Json answer = Json::object();
  for (std::vector<NamedRequest>& group : groups_of(input, names)) {
    // The smaller pod set leads.
    if (group.size() == 2 && group[0].request.count > group[1].request.count) std::swap(group[0], group[1]);
    const NamedRequest& pods = group.back();
    const auto leaders = group.size() == 2 ? std::optional(group[0].request) : std::nullopt;
    const TopologyAssignment found = assigner.assign(pods.request, leaders);
    const Json missing = {{"fit", found.fit}, {"of", found.of}};
    answer[pods.name] = found.found ? shown(tree, found.pods) : missing;
    if (leaders) answer[group[0].name] = found.found ? shown(tree, found.leaders) : missing;
    if (!found.found) break;
  }
  return {{"podSets", answer}};
}

}  // namespace seatrial::conformance

// Kinds victims_per_node, pick_node and num_candidates: preemption as kube-scheduler does it.
#include <algorithm>
#include <map>

#include "models/disruption_budget.h"
#include "models/topology_taints.h"
#include "policies/node_preemption.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr std::size_t kMostEntries = 10'000;
constexpr std::int64_t kMostAmount = std::int64_t{1} << 40;
constexpr std::int64_t kMostSeconds = 9'000'000'000;
constexpr std::int64_t kPodsPerNode = 110;  // the kubelet's default; the cases do not say

// The nodes, pods and budgets of a case.
struct World {
  std::vector<std::string> nodes;
  std::vector<std::string> pods;
  std::vector<std::int64_t> disruptions_allowed;
  PreemptionBoard board{std::vector<NodeAmounts>{}};
  PreemptorPod incoming;
};

NodeAmounts amounts(const Json& object, std::int64_t pods) {
  NodeAmounts amounts{};
  amounts[kNodeCpu] = integer(object, "cpuMilli", 0, kMostAmount);
  amounts[kNodeMemory] = integer(object, "memory", 0, kMostAmount);
  amounts[kNodePods] = pods;
  return amounts;
}

std::int32_t priority(const Json& object) {
  return static_cast<std::int32_t>(integer(object, "priority", INT32_MIN, INT32_MAX));
}

Labels labels(const Json& object, const char* key) {
  Labels labels;
  if (optional_member(object, key) == nullptr) return labels;
  for (const auto& [name, value] : object_of(object, key, kMostEntries).items()) labels[name] = text(value);
  return labels;
}

// A start that is not set is 0.
Time start_of(const Json& pod) {
  if (optional_member(pod, "startTime") == nullptr) return {};
  return {integer(pod, "startTime", -kMostSeconds, kMostSeconds) * kNsPerSecond};
}

std::vector<BudgetMembership> memberships(const Json& pod, const std::string& name, const Json& budgets) {
  std::vector<BudgetMembership> found;
  const Labels pod_labels = labels(pod, "labels");
  for (std::uint32_t i = 0; i < budgets.size(); ++i) {
    if (!budget_selects(labels(budgets[i], "matchLabels"), pod_labels)) continue;
    bool recorded = false;
    if (optional_member(budgets[i], "disruptedPods") != nullptr) {
      for (const Json& entry : list(budgets[i], "disruptedPods", kMostEntries)) {
        recorded = recorded || text(entry) == name;
      }
    }
    found.push_back({i, recorded});
  }
  return found;
}

World world_of(const Json& input) {
  World world;
  std::vector<NodeAmounts> allocatable;
  std::map<std::string, std::uint32_t> index;
  for (const Json& node : list(input, "nodes", kMostEntries)) {
    index[text(node, "name")] = static_cast<std::uint32_t>(world.nodes.size());
    world.nodes.push_back(text(node, "name"));
    allocatable.push_back(amounts(node, kPodsPerNode));
  }
  const Json& budgets = list(input, "pdbs", kMostEntries);
  for (const Json& budget : budgets) {
    world.disruptions_allowed.push_back(integer(budget, "disruptionsAllowed", INT32_MIN, INT32_MAX));
  }
  world.board = PreemptionBoard(allocatable);
  for (const Json& entry : list(input, "pods", kMostEntries)) {
    BoardPod pod;
    pod.id = static_cast<std::uint32_t>(world.pods.size());
    world.pods.push_back(text(entry, "name"));
    if (optional_member(entry, "node") == nullptr) continue;  // not bound
    const auto node = index.find(text(entry, "node"));
    if (node == index.end()) throw MalformedCase("input.pods: on no listed node");
    pod.priority = priority(entry);
    pod.start = start_of(entry);
    pod.request = amounts(entry, 1);
    pod.budgets = memberships(entry, world.pods.back(), budgets);
    world.board.bind(node->second, pod);
  }
  const Json& incoming = member(input, "incoming");
  world.incoming = {priority(incoming), amounts(incoming, 1)};
  return world;
}

std::vector<PreemptionCandidate> candidates_of(const World& world) {
  std::vector<PreemptionCandidate> candidates;
  for (std::uint32_t node = 0; node < world.nodes.size(); ++node) {
    auto candidate = world.board.victims_on(node, world.incoming, world.disruptions_allowed);
    if (candidate) candidates.push_back(std::move(*candidate));
  }
  return candidates;
}

}  // namespace

Json victims_per_node_answer(const Json& input) {
  const World world = world_of(input);
  Json answer = Json::array();
  for (const PreemptionCandidate& candidate : candidates_of(world)) {
    Json victims = Json::array();
    for (const std::uint32_t pod : candidate.victims) victims.push_back(world.pods[pod]);
    answer.push_back(
        {{"node", world.nodes[candidate.node]}, {"victims", victims}, {"pdbViolations", candidate.budget_violations}});
  }
  return {{"candidates", answer}};
}

Json pick_node_answer(const Json& input) {
  const World world = world_of(input);
  const std::vector<PreemptionCandidate> candidates = candidates_of(world);
  const std::optional<std::size_t> best = best_candidate(candidates);
  return {{"node", best ? Json(world.nodes[candidates[*best].node]) : Json()}};
}

Json num_candidates_answer(const Json& input) {
  PreemptionLimits limits;
  limits.min_nodes_percent = integer(input, "minCandidateNodesPercentage", 0, 100);
  limits.min_nodes = integer(input, "minCandidateNodesAbsolute", 0, kMostAmount);
  return {{"numCandidates", preemption_candidates(integer(input, "numNodes", 0, kMostAmount), limits)}};
}

bool agrees_on_choice(const Json& expected, const Json& answer) {
  if (!expected.is_object() || !expected.contains("anyOf") || !expected["anyOf"].is_array()) return false;
  const Json& any = expected["anyOf"];
  if (any.empty()) return answer.at("node").is_null();
  return std::find(any.begin(), any.end(), answer.at("node")) != any.end();
}

}  // namespace seatrial::conformance

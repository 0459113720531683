// Kinds of the scheduler_score file: node scores of kube-scheduler and two formulas of its cycle.
#include <algorithm>
#include <map>

#include "policies/back_off_queue.h"
#include "policies/kube_resource_scores.h"
#include "policies/kube_scores.h"
#include "tools/conformance/kinds.h"
#include "tools/conformance/taints_input.h"

namespace seatrial::conformance {
namespace {

constexpr std::size_t kMostEntries = 10'000;
constexpr std::int64_t kMostAmount = std::int64_t{1} << 50;

std::int64_t amount(const Json& node, const char* of, const std::string& resource) {
  const Json& amounts = object_of(node, of, kMostEntries);
  return optional_member(amounts, resource.c_str()) == nullptr ? 0 : integer(amounts, resource.c_str(), 0, kMostAmount);
}

bool is_scalar(const std::string& resource) {
  return resource != "cpu" && resource != "memory" && resource != "ephemeral-storage" && resource != "pods";
}

ResourceUse use_of(const std::string& resource, std::int64_t weight, const Json& node, const Json& input) {
  return {weight, amount(node, "allocatable", resource), amount(node, "requested", resource),
          amount(input, "podRequest", resource), is_scalar(resource)};
}

std::vector<ShapePoint> shape_of(const Json& input) {
  std::vector<ShapePoint> shape;
  for (const Json& point : list(input, "shape", kMostEntries)) {
    shape.push_back({integer(point, "utilization", 0, 100), integer(point, "score", 0, 1000)});
    if (shape.size() > 1 && shape[shape.size() - 2].utilization >= shape.back().utilization) {
      throw MalformedCase("input.shape: expected rising utilizations");
    }
  }
  if (shape.empty()) throw MalformedCase("input.shape: expected a point");
  return shape;
}

Json normalized(std::vector<std::int64_t> scores, bool reverse) {
  normalize_scores(scores, reverse);
  return {{"scores", scores}};
}

}  // namespace

Json node_resources_fit_answer(const Json& input) {
  const std::size_t strategy =
      one_of(input, "strategy", {"LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"});
  const std::vector<ShapePoint> shape = strategy == 2 ? shape_of(input) : std::vector<ShapePoint>{};
  Json scores = Json::array();
  for (const Json& node : list(input, "nodes", kMostEntries)) {
    std::vector<ResourceUse> uses;
    for (const Json& resource : list(input, "resources", 100)) {
      uses.push_back(use_of(text(resource, "name"), integer(resource, "weight", 0, 1'000'000), node, input));
    }
    scores.push_back(strategy == 0   ? least_allocated_score(uses)
                     : strategy == 1 ? most_allocated_score(uses)
                                     : requested_to_capacity_score(uses, shape));
  }
  return {{"scores", scores}};
}

Json broken_linear_answer(const Json& input) {
  const std::vector<ShapePoint> shape = shape_of(input);
  Json values = Json::array();
  for (const Json& point : list(input, "points", kMostEntries)) {
    values.push_back(broken_linear(shape, integer(point, -1'000'000, 1'000'000)));
  }
  return {{"values", values}};
}

// A pod that asks for nothing skips the plugin, which then adds nothing.
Json balanced_allocation_answer(const Json& input) {
  Json scores = Json::array();
  for (const Json& node : list(input, "nodes", kMostEntries)) {
    std::vector<ResourceUse> uses;
    for (const Json& resource : list(input, "resources", 100)) uses.push_back(use_of(text(resource), 1, node, input));
    scores.push_back(balanced_allocation_score(uses).value_or(0));
  }
  return {{"scores", scores}};
}

Json default_normalize_answer(const Json& input) {
  std::vector<std::int64_t> scores;
  for (const Json& score : list(input, "scores", kMostEntries)) scores.push_back(integer(score, 0, kMostAmount));
  return normalized(std::move(scores), boolean(input, "reverse"));
}

Json taint_toleration_answer(const Json& input) {
  const std::vector<KeyedToleration> tolerations = tolerations_of(input, "tolerations");
  std::vector<std::int64_t> scores;
  for (const Json& node : list(input, "nodeTaints", kMostEntries)) {
    scores.push_back(taint_score(taints_of(Json{{"taints", node}}, "taints"), tolerations));
  }
  return normalized(std::move(scores), /*reverse=*/true);
}

Json node_affinity_answer(const Json& input) {
  std::vector<PreferredTerm> preferred;
  for (const Json& term : list(input, "preferred", kMostEntries)) {
    preferred.push_back({integer(term, "weight", 0, 1'000'000), labels_of(term, "match")});
  }
  std::vector<std::int64_t> scores;
  for (const Json& node : list(input, "nodeLabels", kMostEntries)) {
    scores.push_back(node_affinity_score(labels_of(Json{{"labels", node}}, "labels"), preferred));
  }
  return normalized(std::move(scores), /*reverse=*/false);
}

Json image_locality_answer(const Json& input) {
  const Json& nodes = list(input, "nodeImagesBytes", kMostEntries);
  std::map<std::string, std::uint32_t> spread;
  for (const Json& node : nodes) {
    if (!node.is_object()) throw MalformedCase("input.nodeImagesBytes: expected objects");
    for (const auto& [name, bytes] : node.items()) ++spread[name];
  }
  Json scores = Json::array();
  for (const Json& node : nodes) {
    std::vector<LocalImage> present;
    for (const Json& image : list(input, "podImages", kMostEntries)) {
      const std::string name = text(image);
      if (optional_member(node, name.c_str()) == nullptr) continue;
      present.push_back({integer(node, name.c_str(), 0, kMostAmount), spread[name]});
    }
    scores.push_back(
        image_locality_score(present, input.at("podImages").size(), static_cast<std::uint32_t>(nodes.size())));
  }
  return {{"scores", scores}};
}

Json pod_topology_spread_answer(const Json& input) {
  std::vector<SpreadConstraint> constraints;
  for (const Json& entry : list(input, "constraints", 100)) {
    constraints.push_back({text(entry, "topologyKey"), integer(entry, "maxSkew", 1, 1'000'000)});
  }
  std::vector<SpreadNode> nodes;
  for (const Json& entry : list(input, "nodes", kMostEntries)) {
    SpreadNode& node = nodes.emplace_back();
    node.labels = labels_of(entry, "labels");
    node.candidate = boolean(entry, "candidate");
    for (const Json& count : list(entry, "matching", 100)) node.matching.push_back(integer(count, 0, 1'000'000));
    if (node.matching.size() != constraints.size()) {
      throw MalformedCase("input.nodes: expected a count for each constraint");
    }
  }
  const std::vector<std::int64_t> by_node = topology_spread_scores(constraints, nodes);
  Json scores = Json::object();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].candidate) scores[text(input.at("nodes")[i], "name")] = by_node[i];
  }
  return {{"scores", scores}};
}

Json num_feasible_nodes_answer(const Json& input) {
  return {{"numNodes",
           feasible_nodes_wanted(integer(input, "numAllNodes", 0, INT32_MAX), integer(input, "percentage", 0, 100))}};
}

Json pod_backoff_answer(const Json& input) {
  BackOffOptions options;
  options.first = Duration{integer(input, "initialSeconds", 0, 1'000'000) * kNsPerSecond};
  options.longest = Duration{integer(input, "maxSeconds", 0, 1'000'000) * kNsPerSecond};
  Json waits = Json::array();
  for (const Json& attempt : list(input, "attempts", kMostEntries)) {
    const auto number = static_cast<std::uint32_t>(integer(attempt, 0, INT32_MAX));
    waits.push_back(back_off_of(options, number).ns / kNsPerSecond);
  }
  return {{"backoffSeconds", waits}};
}

}  // namespace seatrial::conformance

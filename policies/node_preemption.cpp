// Victims of one node, and the best of several nodes.
#include "policies/node_preemption.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "sim/check.h"

namespace seatrial {
namespace {

// What a pod does not ask for cannot stop it, even on a node that gives more than it has.
bool has_room(const NodeAmounts& free, const NodeAmounts& request) {
  for (std::size_t r = 0; r < kNodeResources; ++r) {
    if (request[r] > 0 && request[r] > free[r]) return false;
  }
  return true;
}

void add(NodeAmounts& to, const NodeAmounts& added) {
  for (std::size_t r = 0; r < kNodeResources; ++r) to[r] += added[r];
}

void subtract(NodeAmounts& from, const NodeAmounts& taken) {
  for (std::size_t r = 0; r < kNodeResources; ++r) from[r] -= taken[r];
}

bool better(const PreemptionCandidate& a, const PreemptionCandidate& b) {
  const auto key = [](const PreemptionCandidate& candidate) {
    const bool any = !candidate.victims.empty();
    const std::int64_t highest = any ? candidate.highest_priority : std::numeric_limits<std::int64_t>::min();
    return std::tuple(candidate.budget_violations, highest, candidate.priority_sum, candidate.victims.size());
  };
  const auto key_a = key(a);
  const auto key_b = key(b);
  return key_a != key_b ? key_a < key_b : a.earliest_start > b.earliest_start;
}

}  // namespace

std::int64_t preemption_candidates(std::int64_t nodes, const PreemptionLimits& limits) {
  return std::min(nodes, std::max(nodes * limits.min_nodes_percent / 100, limits.min_nodes));
}

std::optional<std::size_t> best_candidate(std::span<const PreemptionCandidate> candidates) {
  if (candidates.empty()) return std::nullopt;
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    if (better(candidates[i], candidates[best])) best = i;
  }
  return best;
}

PreemptionBoard::PreemptionBoard(std::span<const NodeAmounts> allocatable) {
  nodes_.reserve(allocatable.size());
  for (const NodeAmounts& amounts : allocatable) nodes_.push_back({amounts, amounts, {}, {}, {}, false});
}

void PreemptionBoard::bind(std::uint32_t node_index, const BoardPod& pod) {
  CHECK(node_index < nodes_.size());
  Node& node = nodes_[node_index];
  const auto before = [](const Row& a, const Row& b) {
    return std::tuple(-std::int64_t{a.priority}, a.start, a.id) < std::tuple(-std::int64_t{b.priority}, b.start, b.id);
  };
  const Row row{pod.priority, pod.id, pod.start};
  const auto at = std::upper_bound(node.rows.begin(), node.rows.end(), row, before) - node.rows.begin();
  node.rows.insert(node.rows.begin() + at, row);
  node.requests.insert(node.requests.begin() + at, pod.request);
  node.budgets.insert(node.budgets.begin() + at, pod.budgets);
  node.any_budget = node.any_budget || !pod.budgets.empty();
  subtract(node.free, pod.request);
}

void PreemptionBoard::remove(std::uint32_t node_index, std::uint32_t pod_id) {
  CHECK(node_index < nodes_.size());
  Node& node = nodes_[node_index];
  const auto found =
      std::find_if(node.rows.begin(), node.rows.end(), [pod_id](const Row& row) { return row.id == pod_id; });
  CHECK(found != node.rows.end());
  const auto at = found - node.rows.begin();
  add(node.free, node.requests[static_cast<std::size_t>(at)]);
  node.rows.erase(found);
  node.requests.erase(node.requests.begin() + at);
  node.budgets.erase(node.budgets.begin() + at);
}

bool PreemptionBoard::fits(std::uint32_t node, const PreemptorPod& pod) const {
  return has_room(nodes_[node].free, pod.request);
}

std::size_t PreemptionBoard::first_below(const Node& node, std::int32_t priority) {
  std::size_t first = node.rows.size();
  while (first > 0 && node.rows[first - 1].priority < priority) --first;
  return first;
}

// By row from `first` on: whether its eviction, after those before it, takes more than some budget allows.
std::vector<bool> PreemptionBoard::violations(const Node& node, std::size_t first,
                                              std::span<const std::int64_t> disruptions_allowed) {
  std::vector<bool> violating(node.rows.size() - first, false);
  if (!node.any_budget) return violating;
  std::vector<std::int64_t> left(disruptions_allowed.begin(), disruptions_allowed.end());
  for (std::size_t i = first; i < node.rows.size(); ++i) {
    for (const BudgetMembership& membership : node.budgets[i]) {
      if (membership.disruption_recorded) continue;
      if (--left[membership.budget] < 0) violating[i - first] = true;
    }
  }
  return violating;
}

// By row from `first` on: whether it must go. Violating pods are kept first, then the others, each by importance.
std::vector<bool> PreemptionBoard::keep_who_fits(const Node& node, std::size_t first, NodeAmounts free,
                                                 const PreemptorPod& pod, const std::vector<bool>& violating) {
  std::vector<bool> goes(violating.size(), false);
  for (const bool turn : {true, false}) {
    for (std::size_t i = 0; i < violating.size(); ++i) {
      if (violating[i] != turn) continue;
      subtract(free, node.requests[first + i]);
      goes[i] = !has_room(free, pod.request);
      if (goes[i]) add(free, node.requests[first + i]);
    }
  }
  return goes;
}

std::optional<PreemptionCandidate> PreemptionBoard::victims_on(
    std::uint32_t node_index, const PreemptorPod& pod, std::span<const std::int64_t> disruptions_allowed) const {
  const Node& node = nodes_[node_index];
  const std::size_t first = first_below(node, pod.priority);
  if (first == node.rows.size() || !has_room(node.allocatable, pod.request)) return std::nullopt;
  NodeAmounts free = node.free;
  for (std::size_t i = first; i < node.rows.size(); ++i) add(free, node.requests[i]);
  if (!has_room(free, pod.request)) return std::nullopt;
  const std::vector<bool> violating = violations(node, first, disruptions_allowed);
  const std::vector<bool> goes = keep_who_fits(node, first, free, pod, violating);
  PreemptionCandidate candidate;
  candidate.node = node_index;
  for (std::size_t i = 0; i < goes.size(); ++i) {
    if (!goes[i]) continue;
    const Row& row = node.rows[first + i];
    if (candidate.victims.empty()) {  // rows are ordered: nobody below is more important or started earlier at par
      candidate.highest_priority = row.priority;
      candidate.earliest_start = row.start;
    }
    candidate.victims.push_back(row.id);
    candidate.priority_sum += std::int64_t{row.priority} + (std::int64_t{1} << 31);
    candidate.budget_violations += violating[i] ? 1U : 0U;
  }
  return candidate;
}

std::optional<PreemptionCandidate> PreemptionBoard::search(const PreemptorPod& pod,
                                                           std::span<const std::int64_t> disruptions_allowed,
                                                           const Search& how) const {
  const auto count = static_cast<std::uint32_t>(nodes_.size());
  const std::int64_t wanted = preemption_candidates(count, how.limits);
  std::optional<PreemptionCandidate> best;
  std::int64_t found = 0;
  for (std::uint32_t step = 0; step < count; ++step) {
    const auto node = static_cast<std::uint32_t>((std::uint64_t{how.offset} + step) % count);
    std::optional<PreemptionCandidate> candidate = victims_on(node, pod, disruptions_allowed);
    if (!candidate) continue;
    ++found;
    if (!best || better(*candidate, *best)) best = std::move(candidate);
    // The best one has the fewest violations: none if any candidate has none.
    if (found >= wanted && best->budget_violations == 0) break;
  }
  return best;
}

}  // namespace seatrial

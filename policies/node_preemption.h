// Preemption as kube-scheduler's DefaultPreemption plugin does it, for one pod on one node: the fewest important
// victims on each candidate node, and the best candidate. The board keeps the pods of each node in order of importance,
// so that a search touches only pods that could be victims. Rules: kubernetes pkg/scheduler/framework/preemption and
// plugins/defaultpreemption (v1.36.3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/time.h"

namespace seatrial {

// What nodes have and pods ask for, each in its own unit: milli-cores, bytes or MiB, milli-GPUs, pods.
enum NodeResource : std::uint8_t { kNodeCpu, kNodeMemory, kNodeGpus, kNodePods, kNodeResources };
using NodeAmounts = std::array<std::int64_t, kNodeResources>;

// That a budget selects a pod. An eviction that the budget has recorded already violates nothing.
struct BudgetMembership {
  std::uint32_t budget = 0;
  bool disruption_recorded = false;
};

struct BoardPod {
  std::uint32_t id = 0;  // unique on the board; the last tie
  std::int32_t priority = 0;
  Time start;
  NodeAmounts request{};
  std::vector<BudgetMembership> budgets;
};

struct PreemptorPod {
  std::int32_t priority = 0;
  NodeAmounts request{};
};

struct PreemptionCandidate {
  std::uint32_t node = 0;
  std::vector<std::uint32_t> victims;  // by importance
  std::uint32_t budget_violations = 0;
  std::int32_t highest_priority = 0;  // of the victims
  std::int64_t priority_sum = 0;      // each raised by 2^31, so that more victims never weigh less
  Time earliest_start;                // of the victims of the highest priority
};

// How many candidates a search collects: a share of the nodes, but not too few. Defaults: those of kube-scheduler.
struct PreemptionLimits {
  std::int64_t min_nodes_percent = 10;
  std::int64_t min_nodes = 100;
};

[[nodiscard]] std::int64_t preemption_candidates(std::int64_t nodes, const PreemptionLimits& limits);

// The index of the best candidate: fewest violations; lowest highest priority of a victim, or no victim; lowest sum of
// priorities; fewest victims; latest start of the earliest important victim; first. Nothing if there is none.
[[nodiscard]] std::optional<std::size_t> best_candidate(std::span<const PreemptionCandidate> candidates);

class PreemptionBoard {
 public:
  explicit PreemptionBoard(std::span<const NodeAmounts> allocatable);

  // Requires that the node is one and that no pod has this id. O(pods of the node).
  void bind(std::uint32_t node, const BoardPod& pod);
  void remove(std::uint32_t node, std::uint32_t pod_id);

  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] bool fits(std::uint32_t node, const PreemptorPod& pod) const;

  // Who would have to go from this node. disruptions_allowed: by budget. Nothing if the node has no pod of lower
  // priority or is too small without them. No victims: the pod fits beside them all.
  [[nodiscard]] std::optional<PreemptionCandidate> victims_on(std::uint32_t node, const PreemptorPod& pod,
                                                              std::span<const std::int64_t> disruptions_allowed) const;

  struct Search {
    std::uint32_t offset = 0;  // node to begin with; kube-scheduler draws it
    PreemptionLimits limits;
  };
  // Asks nodes from the offset on, round, until there are candidates enough and one of them violates no budget.
  [[nodiscard]] std::optional<PreemptionCandidate> search(const PreemptorPod& pod,
                                                          std::span<const std::int64_t> disruptions_allowed,
                                                          const Search& how) const;

 private:
  // What the order of importance reads of a pod.
  struct Row {
    std::int32_t priority;
    std::uint32_t id;
    Time start;
  };
  struct Node {
    NodeAmounts free;
    NodeAmounts allocatable;
    std::vector<Row> rows;              // by importance, the least important last
    std::vector<NodeAmounts> requests;  // beside the rows
    std::vector<std::vector<BudgetMembership>> budgets;
    bool any_budget = false;
  };
  [[nodiscard]] static std::vector<bool> violations(const Node& node, std::size_t first,
                                                    std::span<const std::int64_t> disruptions_allowed);
  [[nodiscard]] static std::vector<bool> keep_who_fits(const Node& node, std::size_t first, NodeAmounts free,
                                                       const PreemptorPod& pod, const std::vector<bool>& violating);
  [[nodiscard]] static std::size_t first_below(const Node& node, std::int32_t priority);

  std::vector<Node> nodes_;
};

}  // namespace seatrial

// Quotas of a shared cluster as Kueue counts them: a forest of cohorts with cluster queues as leaves, per flavor and
// resource a nominal quota, limits on borrowing and lending, and what is in use. The admission cycle and the searches
// for victims ask it and try changes on it.
// Source: kubernetes-sigs/kueue pkg/cache/scheduler/resource_node.go. Invariant: a cohort's usage is the sum over its
// children of what exceeds their guaranteed quota, so usage depends on what is held, never on the order of changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/column.h"
#include "sim/id.h"

namespace seatrial {

using QuotaNodeId = Id<struct QuotaNodeTag>;            // a cohort or a cluster queue
using FlavorResourceId = Id<struct FlavorResourceTag>;  // one resource of one flavor: what a quota is about

// A whole number of the resource's unit.
struct QuotaAmount {
  FlavorResourceId of;
  std::int64_t amount = 0;
  bool operator==(const QuotaAmount&) const = default;
};
using QuotaAmounts = std::vector<QuotaAmount>;

struct QuotaLimits {
  FlavorResourceId of;
  std::int64_t nominal = 0;
  std::optional<std::int64_t> borrowing_limit = std::nullopt;  // none: all that the cohort lends
  std::optional<std::int64_t> lending_limit = std::nullopt;    // none: the whole nominal quota
};

struct QuotaNodeSpec {
  std::string name;
  bool is_cohort = false;
  QuotaNodeId parent;  // a cohort; not valid: a root
  double fair_weight = 1.0;
  std::vector<QuotaLimits> limits;  // at most one for each flavor resource
};

struct FlavorResource {
  std::string flavor;
  std::string resource;
};

struct QuotaTreeSpec {
  std::vector<FlavorResource> flavor_resources;  // named by FlavorResourceId
  std::vector<QuotaNodeSpec> nodes;              // named by QuotaNodeId, parents before or after their children
};

// What is wrong with one node; `of` is valid where a limit is meant.
struct QuotaTreeProblem {
  QuotaNodeId node;
  FlavorResourceId of;
  std::string what;
};

class QuotaTree {
 public:
  // All quotas and borrowing limits of a tree together, and the usage of each flavor resource, stay within this.
  static constexpr std::int64_t kMostQuota = std::int64_t{1} << 60;

  // Every problem of a spec: parents that are no cohorts, cycles, negative or double limits, lending above nominal,
  // limits without a cohort, weights that are negative or no numbers, sums past kMostQuota.
  [[nodiscard]] static std::vector<QuotaTreeProblem> problems(const QuotaTreeSpec& spec);

  // A spec without problems. Memory: nodes times flavor resources.
  explicit QuotaTree(QuotaTreeSpec spec);

  [[nodiscard]] const QuotaTreeSpec& spec() const { return spec_; }
  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(spec_.nodes.size()); }
  [[nodiscard]] std::uint32_t flavor_resources() const { return width_; }
  [[nodiscard]] const QuotaNodeSpec& node(QuotaNodeId id) const { return spec_.nodes[id.index]; }
  [[nodiscard]] QuotaNodeId parent(QuotaNodeId id) const { return spec_.nodes[id.index].parent; }
  [[nodiscard]] bool has_parent(QuotaNodeId id) const { return parent(id).valid(); }
  [[nodiscard]] QuotaNodeId root(QuotaNodeId id) const { return roots_[id]; }
  // 0 for a cluster queue; for a cohort one more than its highest child, 0 if it has none.
  [[nodiscard]] std::uint32_t height(QuotaNodeId id) const { return heights_[id]; }
  // By index.
  [[nodiscard]] const std::vector<QuotaNodeId>& child_cohorts(QuotaNodeId id) const { return child_cohorts_[id]; }
  [[nodiscard]] const std::vector<QuotaNodeId>& child_queues(QuotaNodeId id) const { return child_queues_[id]; }
  // The cluster queues below a cohort, at any depth.
  [[nodiscard]] std::vector<QuotaNodeId> queues_below(QuotaNodeId cohort) const;

  // Quota of a node and all that its subtree lends it. Of a cluster queue: the nominal quota.
  [[nodiscard]] std::int64_t subtree_quota(QuotaNodeId id, FlavorResourceId of) const { return at(id, of).subtree; }
  // Whether the node or one below it states a quota, be it 0.
  [[nodiscard]] bool has_quota(QuotaNodeId id, FlavorResourceId of) const { return at(id, of).has_quota; }
  [[nodiscard]] std::int64_t usage(QuotaNodeId id, FlavorResourceId of) const { return at(id, of).usage; }
  // Nothing if there is no limit.
  [[nodiscard]] std::optional<std::int64_t> borrowing_limit(QuotaNodeId id, FlavorResourceId of) const;
  // Of what the node never lends, the part that is free.
  [[nodiscard]] std::int64_t local_available(QuotaNodeId id, FlavorResourceId of) const;
  // What the node could take now, borrowing included; negative in a cohort that is over its quota. O(depth).
  [[nodiscard]] std::int64_t available(QuotaNodeId id, FlavorResourceId of) const;
  // What the node could take if nothing were in use.
  [[nodiscard]] std::int64_t potential_available(QuotaNodeId id, FlavorResourceId of) const {
    return at(id, of).potential;
  }
  // Whether the node would use more than its quota with `more` on top.
  [[nodiscard]] bool borrowing_with(QuotaNodeId id, FlavorResourceId of, std::int64_t more) const {
    return at(id, of).usage + more > at(id, of).subtree;
  }
  [[nodiscard]] bool fits(QuotaNodeId queue, const QuotaAmounts& amounts) const;

  // O(depth). Usage may exceed the quotas: what is in use is a fact, `fits` is the question.
  void add_usage(QuotaNodeId queue, QuotaAmount amount);
  void remove_usage(QuotaNodeId queue, QuotaAmount amount);
  void add_usage(QuotaNodeId queue, const QuotaAmounts& amounts);
  void remove_usage(QuotaNodeId queue, const QuotaAmounts& amounts);

 private:
  static constexpr std::int64_t kNoLimit = -1;

  struct Cell {
    std::int64_t subtree = 0;
    std::int64_t guaranteed = 0;  // the part that is never lent
    std::int64_t borrowing_limit = kNoLimit;
    std::int64_t potential = 0;
    std::int64_t usage = 0;
    bool has_quota = false;
  };

  [[nodiscard]] Cell& at(QuotaNodeId id, FlavorResourceId of) {
    return cells_[std::size_t{id.index} * width_ + of.index];
  }
  [[nodiscard]] const Cell& at(QuotaNodeId id, FlavorResourceId of) const {
    return cells_[std::size_t{id.index} * width_ + of.index];
  }
  [[nodiscard]] std::vector<QuotaNodeId> parents_first() const;
  void add_up_quotas(QuotaNodeId id);
  void set_potential(QuotaNodeId id);

  QuotaTreeSpec spec_;
  std::uint32_t width_;
  std::vector<Cell> cells_;
  Column<QuotaNodeId, QuotaNodeId> roots_;
  Column<QuotaNodeId, std::uint32_t> heights_;
  Column<QuotaNodeId, std::vector<QuotaNodeId>> child_cohorts_;
  Column<QuotaNodeId, std::vector<QuotaNodeId>> child_queues_;
};

// The lowest part of the tree that has quota for an amount, from the cluster queue upwards.
struct QuotaFit {
  std::uint32_t height = 0;  // of the node; the root's if nothing fits
  bool below_root = false;   // so that quota lent outside of it may be reclaimed
};
[[nodiscard]] QuotaFit lowest_fit(const QuotaTree& tree, QuotaNodeId queue, QuotaAmount amount);

}  // namespace seatrial

// Quotas with cohorts; see quota_tree.h.
#include "models/quota_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/check.h"
#include "sim/wide.h"

namespace seatrial {
namespace {

bool is_cohort(const QuotaTreeSpec& spec, QuotaNodeId id) {
  return id.index < spec.nodes.size() && spec.nodes[id.index].is_cohort;
}

// Nodes from which no root is reached, by walking up at most as many steps as there are nodes.
std::vector<bool> on_or_below_cycle(const QuotaTreeSpec& spec) {
  enum class Mark : std::uint8_t { Unknown, Open, Rooted, Cyclic };
  std::vector<Mark> marks(spec.nodes.size(), Mark::Unknown);
  std::vector<std::uint32_t> path;
  for (std::uint32_t start = 0; start < spec.nodes.size(); ++start) {
    path.clear();
    std::uint32_t at = start;
    Mark end = Mark::Rooted;
    while (true) {
      if (marks[at] != Mark::Unknown) {
        end = marks[at] == Mark::Open ? Mark::Cyclic : marks[at];
        break;
      }
      marks[at] = Mark::Open;
      path.push_back(at);
      if (!is_cohort(spec, spec.nodes[at].parent)) break;
      at = spec.nodes[at].parent.index;
    }
    for (const std::uint32_t node : path) marks[node] = end;
  }
  std::vector<bool> cyclic(spec.nodes.size());
  for (std::size_t i = 0; i < cyclic.size(); ++i) cyclic[i] = marks[i] == Mark::Cyclic;
  return cyclic;
}

class SpecCheck {
 public:
  explicit SpecCheck(const QuotaTreeSpec& spec) : spec_(spec) {}

  std::vector<QuotaTreeProblem> run() {
    const std::vector<bool> cyclic = on_or_below_cycle(spec_);
    for (std::uint32_t i = 0; i < spec_.nodes.size(); ++i) {
      node_ = QuotaNodeId{i};
      const QuotaNodeSpec& node = spec_.nodes[i];
      if (node.parent.valid() && !is_cohort(spec_, node.parent)) add("the parent is no cohort");
      if (cyclic[i]) add("its cohorts form a cycle");
      if (!std::isfinite(node.fair_weight) || node.fair_weight < 0) add("the weight is negative or no number");
      std::vector<bool> seen(spec_.flavor_resources.size());
      for (const QuotaLimits& limits : node.limits) check(node, limits, seen);
    }
    if (total_ > QuotaTree::kMostQuota) problems_.push_back({{}, {}, "the quotas add up to more than 2^60"});
    return std::move(problems_);
  }

 private:
  void add(std::string what, FlavorResourceId of = {}) { problems_.push_back({node_, of, std::move(what)}); }

  void check(const QuotaNodeSpec& node, const QuotaLimits& limits, std::vector<bool>& seen) {
    if (limits.of.index >= seen.size()) return add("a quota of an unknown flavor or resource");
    if (seen[limits.of.index]) add("two quotas of one flavor and resource", limits.of);
    seen[limits.of.index] = true;
    if (limits.nominal < 0) add("the nominal quota is negative", limits.of);
    if (limits.borrowing_limit && *limits.borrowing_limit < 0) add("the borrowing limit is negative", limits.of);
    if (limits.lending_limit && *limits.lending_limit < 0) add("the lending limit is negative", limits.of);
    if (!node.is_cohort && limits.lending_limit && *limits.lending_limit > limits.nominal) {
      add("the lending limit is above the nominal quota", limits.of);
    }
    if (!node.parent.valid() && limits.borrowing_limit) add("a borrowing limit without a cohort", limits.of);
    if (!node.parent.valid() && limits.lending_limit) add("a lending limit without a cohort", limits.of);
    total_ += Int128{limits.nominal} + limits.borrowing_limit.value_or(0);
  }

  const QuotaTreeSpec& spec_;
  QuotaNodeId node_;
  Int128 total_ = 0;
  std::vector<QuotaTreeProblem> problems_;
};

}  // namespace

std::vector<QuotaTreeProblem> QuotaTree::problems(const QuotaTreeSpec& spec) { return SpecCheck(spec).run(); }

QuotaTree::QuotaTree(QuotaTreeSpec spec)
    : spec_(std::move(spec)),
      width_(static_cast<std::uint32_t>(spec_.flavor_resources.size())),
      cells_(spec_.nodes.size() * width_),
      roots_(spec_.nodes.size()),
      heights_(spec_.nodes.size(), 0),
      child_cohorts_(spec_.nodes.size()),
      child_queues_(spec_.nodes.size()) {
  CHECK(problems(spec_).empty());
  for (std::uint32_t i = 0; i < nodes(); ++i) {
    const QuotaNodeId id{i};
    if (has_parent(id)) (node(id).is_cohort ? child_cohorts_ : child_queues_)[parent(id)].push_back(id);
    for (const QuotaLimits& limits : node(id).limits) {
      at(id, limits.of).subtree = limits.nominal;
      at(id, limits.of).has_quota = true;
      at(id, limits.of).borrowing_limit = limits.borrowing_limit.value_or(kNoLimit);
    }
  }
  const std::vector<QuotaNodeId> order = parents_first();
  for (auto id = order.rbegin(); id != order.rend(); ++id) add_up_quotas(*id);
  for (const QuotaNodeId id : order) set_potential(id);
}

std::vector<QuotaNodeId> QuotaTree::parents_first() const {
  std::vector<QuotaNodeId> order;
  order.reserve(nodes());
  for (std::uint32_t i = 0; i < nodes(); ++i) {
    if (!has_parent(QuotaNodeId{i})) order.push_back(QuotaNodeId{i});
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    const QuotaNodeId id = order[at];
    order.insert(order.end(), child_cohorts(id).begin(), child_cohorts(id).end());
    order.insert(order.end(), child_queues(id).begin(), child_queues(id).end());
  }
  CHECK(order.size() == nodes());
  return order;
}

// Children are done: their surplus over what they keep goes to the parent, and the node knows its height.
void QuotaTree::add_up_quotas(QuotaNodeId id) {
  for (const QuotaLimits& limits : node(id).limits) {
    if (!limits.lending_limit) continue;
    Cell& cell = at(id, limits.of);
    cell.guaranteed = std::max<std::int64_t>(0, cell.subtree - *limits.lending_limit);
  }
  if (!has_parent(id)) return;
  heights_[parent(id)] = std::max(heights_[parent(id)], heights_[id] + 1);
  for (std::uint32_t i = 0; i < width_; ++i) {
    const Cell& cell = at(id, FlavorResourceId{i});
    Cell& above = at(parent(id), FlavorResourceId{i});
    above.subtree += cell.subtree - cell.guaranteed;
    above.has_quota = above.has_quota || cell.has_quota;
  }
}

void QuotaTree::set_potential(QuotaNodeId id) {
  roots_[id] = has_parent(id) ? roots_[parent(id)] : id;
  for (std::uint32_t i = 0; i < width_; ++i) {
    Cell& cell = at(id, FlavorResourceId{i});
    cell.potential = cell.subtree;
    if (!has_parent(id)) continue;
    cell.potential = cell.guaranteed + at(parent(id), FlavorResourceId{i}).potential;
    if (cell.borrowing_limit != kNoLimit) {
      cell.potential = std::min(cell.subtree + cell.borrowing_limit, cell.potential);
    }
  }
}

std::vector<QuotaNodeId> QuotaTree::queues_below(QuotaNodeId cohort) const {
  std::vector<QuotaNodeId> queues;
  std::vector<QuotaNodeId> open{cohort};
  while (!open.empty()) {
    const QuotaNodeId id = open.back();
    open.pop_back();
    queues.insert(queues.end(), child_queues(id).begin(), child_queues(id).end());
    open.insert(open.end(), child_cohorts(id).begin(), child_cohorts(id).end());
  }
  std::sort(queues.begin(), queues.end());
  return queues;
}

std::optional<std::int64_t> QuotaTree::borrowing_limit(QuotaNodeId id, FlavorResourceId of) const {
  const std::int64_t limit = at(id, of).borrowing_limit;
  return limit == kNoLimit ? std::nullopt : std::optional(limit);
}

std::int64_t QuotaTree::local_available(QuotaNodeId id, FlavorResourceId of) const {
  const Cell& cell = at(id, of);
  return std::max<std::int64_t>(0, cell.guaranteed - cell.usage);
}

// available(n) = local(n) + min(limit(n), available(parent)), unrolled from below: the tightest of the limits met so
// far, each on top of the local quota below it.
std::int64_t QuotaTree::available(QuotaNodeId id, FlavorResourceId of) const {
  std::int64_t local = 0;
  std::int64_t tightest = std::numeric_limits<std::int64_t>::max();
  while (has_parent(id)) {
    const Cell& cell = at(id, of);
    local += std::max<std::int64_t>(0, cell.guaranteed - cell.usage);
    if (cell.borrowing_limit != kNoLimit) {
      const std::int64_t lent = cell.subtree - cell.guaranteed;
      const std::int64_t held = std::max<std::int64_t>(0, cell.usage - cell.guaranteed);
      tightest = std::min(tightest, local + lent - held + cell.borrowing_limit);
    }
    id = parent(id);
  }
  return std::min(tightest, local + at(id, of).subtree - at(id, of).usage);
}

bool QuotaTree::fits(QuotaNodeId queue, const QuotaAmounts& amounts) const {
  return std::all_of(amounts.begin(), amounts.end(), [&](const QuotaAmount& each) {
    return each.amount <= std::max<std::int64_t>(0, available(queue, each.of));
  });
}

void QuotaTree::add_usage(QuotaNodeId queue, QuotaAmount amount) {
  CHECK(amount.amount >= 0 && amount.amount <= kMostQuota - at(queue, amount.of).usage);
  QuotaNodeId id = queue;
  std::int64_t more = amount.amount;
  while (id.valid() && more > 0) {
    Cell& cell = at(id, amount.of);
    const std::int64_t local = std::max<std::int64_t>(0, cell.guaranteed - cell.usage);
    cell.usage += more;
    more -= local;
    id = parent(id);
  }
}

void QuotaTree::remove_usage(QuotaNodeId queue, QuotaAmount amount) {
  CHECK(amount.amount >= 0 && amount.amount <= at(queue, amount.of).usage);
  QuotaNodeId id = queue;
  std::int64_t less = amount.amount;
  while (id.valid() && less > 0) {
    Cell& cell = at(id, amount.of);
    const std::int64_t in_parent = cell.usage - cell.guaranteed;
    cell.usage -= less;
    less = std::min(less, in_parent);
    id = parent(id);
  }
}

void QuotaTree::add_usage(QuotaNodeId queue, const QuotaAmounts& amounts) {
  for (const QuotaAmount& each : amounts) add_usage(queue, each);
}

void QuotaTree::remove_usage(QuotaNodeId queue, const QuotaAmounts& amounts) {
  for (const QuotaAmount& each : amounts) remove_usage(queue, each);
}

QuotaFit lowest_fit(const QuotaTree& tree, QuotaNodeId queue, QuotaAmount amount) {
  if (!tree.has_parent(queue) || !tree.borrowing_with(queue, amount.of, amount.amount)) {
    return {0, tree.has_parent(queue)};
  }
  std::int64_t remaining = amount.amount - tree.local_available(queue, amount.of);
  QuotaNodeId id = tree.parent(queue);
  while (true) {
    if (!tree.borrowing_with(id, amount.of, remaining)) return {tree.height(id), tree.has_parent(id)};
    if (!tree.has_parent(id)) return {tree.height(id), false};
    remaining -= tree.local_available(id, amount.of);
    id = tree.parent(id);
  }
}

}  // namespace seatrial

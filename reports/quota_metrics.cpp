// See quota_metrics.h.
#include "reports/quota_metrics.h"

#include <algorithm>
#include <utility>

namespace seatrial {
namespace {

constexpr double kMilli = 1000;

}  // namespace

QuotaMetrics::QuotaMetrics(QuotaMetricsOptions options)
    : options_(std::move(options)),
      rates_(options_.tree.nodes.size()),
      tree_of_(options_.tree.nodes.size()),
      queue_of_job_(options_.jobs, UINT32_MAX) {
  const std::vector<QuotaNodeSpec>& nodes = options_.tree.nodes;
  const std::size_t cells = nodes.size() * options_.tree.flavor_resources.size();
  usage_milli_.assign(cells, 0);
  nominal_.assign(cells, 0);
  lendable_.assign(cells, 0);
  std::vector<std::uint32_t> number(nodes.size(), UINT32_MAX);  // of the tree, by its root
  for (std::uint32_t n = 0; n < nodes.size(); ++n) {
    QueueUse use;
    use.name = nodes[n].name;
    use.is_cohort = nodes[n].is_cohort;
    for (const QuotaLimits& limits : nodes[n].limits) {
      if (!options_.counts_gpus[limits.of.index]) continue;
      nominal_[cell(n, limits.of.index)] = limits.nominal;
      lendable_[cell(n, limits.of.index)] = std::min(limits.nominal, limits.lending_limit.value_or(limits.nominal));
      use.nominal_gpus += static_cast<double>(limits.nominal) / kMilli;
    }
    queues_.push_back(std::move(use));
    std::uint32_t root = n;
    while (nodes[root].parent.valid()) root = nodes[root].parent.index;
    if (number[root] == UINT32_MAX) {
      number[root] = static_cast<std::uint32_t>(trees_.size());
      trees_.emplace_back();
    }
    tree_of_[n] = number[root];
    trees_[number[root]].nodes.push_back(n);
  }
}

void QuotaMetrics::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    if (fact.kind != FactKind::Admitted && fact.kind != FactKind::QuotaReleased && fact.kind != FactKind::Evicted) {
      continue;
    }
    advance(fact.at);
    if (fact.kind == FactKind::Evicted) {
      ++evictions_;
      ++queues_[queue_of_job_[fact.job]].evicted;
      if (fact.pool != options_.own_queue_reason) reclaiming_.emplace(fact.node, fact.at);
      continue;
    }
    change(fact, fact.kind == FactKind::Admitted ? fact.milli : -fact.milli);
    if (fact.kind != FactKind::Admitted) continue;
    queue_of_job_[fact.job] = fact.node;
    ++queues_[fact.node].admitted;
    const auto waited = reclaiming_.find(fact.job);
    if (waited == reclaiming_.end()) continue;
    reclaims_s_.push_back((fact.at - waited->second).seconds());
    reclaiming_.erase(waited);
  }
}

void QuotaMetrics::change(const Fact& fact, std::int64_t by) {
  usage_milli_[cell(fact.node, fact.pool)] += by;
  Tree& tree = trees_[tree_of_[fact.node]];
  accumulate(tree, fact.at);
  if (!tree.changed) changed_.push_back(tree_of_[fact.node]);
  tree.changed = true;
}

// What changed at one instant is looked at once, when time goes on.
void QuotaMetrics::advance(Time now) {
  if (now == now_) return;
  for (const std::uint32_t number : changed_) {
    trees_[number].changed = false;
    set_rates(trees_[number]);
  }
  changed_.clear();
  now_ = now;
}

void QuotaMetrics::accumulate(Tree& tree, Time now) {
  const double span_s = (now - tree.since).seconds();
  if (span_s > 0) {
    for (const std::uint32_t node : tree.nodes) {
      queues_[node].used_gpu_s += static_cast<double>(rates_[node].used_milli) / kMilli * span_s;
      queues_[node].borrowed_gpu_s += rates_[node].borrowed_milli / kMilli * span_s;
      queues_[node].lent_gpu_s += rates_[node].lent_milli / kMilli * span_s;
    }
  }
  tree.since = now;
}

void QuotaMetrics::set_rates(const Tree& tree) {
  for (const std::uint32_t node : tree.nodes) rates_[node] = {};
  for (std::uint32_t of = 0; of < options_.tree.flavor_resources.size(); ++of) {
    if (options_.counts_gpus[of]) lend(tree, of);
  }
}

void QuotaMetrics::lend(const Tree& tree, std::uint32_t of) {
  std::int64_t borrowed = 0;
  std::int64_t lendable = 0;
  const auto idle = [&](std::uint32_t node) {
    const std::int64_t unused = nominal_[cell(node, of)] - usage_milli_[cell(node, of)];
    return std::clamp<std::int64_t>(unused, 0, lendable_[cell(node, of)]);
  };
  for (const std::uint32_t node : tree.nodes) {
    const std::int64_t used = usage_milli_[cell(node, of)];
    const std::int64_t beyond = std::max<std::int64_t>(0, used - nominal_[cell(node, of)]);
    rates_[node].used_milli += used;
    rates_[node].borrowed_milli += static_cast<double>(beyond);
    borrowed += beyond;
    lendable += idle(node);
  }
  if (borrowed == 0 || lendable == 0) return;
  const double part = std::min(1.0, static_cast<double>(borrowed) / static_cast<double>(lendable));
  for (const std::uint32_t node : tree.nodes) rates_[node].lent_milli += part * static_cast<double>(idle(node));
}

void QuotaMetrics::finish(Time end) {
  advance(end);
  for (Tree& tree : trees_) accumulate(tree, end);
}

}  // namespace seatrial

// Levels of free GPUs over time and the split of waits; see wait_clock.h.
#include "policies/wait_clock.h"

#include <algorithm>

#include "models/cluster.h"
#include "models/request_class.h"

namespace seatrial {

std::uint32_t WaitClocks::domain_of(const std::vector<PoolId>& pools, const Cluster& cluster) {
  const auto found = std::find_if(domains_.begin(), domains_.end(), [&](const Domain& d) { return d.pools == pools; });
  if (found != domains_.end()) return static_cast<std::uint32_t>(found - domains_.begin());
  const auto id = static_cast<std::uint32_t>(domains_.size());
  domains_.push_back({pools, LevelClock(levels()), LevelClock(nodes_ ? largest_ + 1 : 0)});
  domains_of_pool_.resize(cluster.pools().size());
  dirty_.resize(cluster.pools().size(), true);
  for (const PoolId pool : pools) {
    domains_of_pool_[pool.index].push_back(id);
    touch(pool);
  }
  return id;
}

void WaitClocks::set_levels(Domain& domain, Time now, const Cluster& cluster) {
  std::int64_t free = 0;
  std::uint32_t node = 0;
  for (const PoolId pool : domain.pools) {
    free += cluster.pool(pool).free_milli;
    const std::uint32_t top = nodes_ ? cluster.free_index(pool).top_level() : 0;
    if (top != FreeIndex::kNone) node = std::max(node, top);
  }
  domain.free.set(now, level_of(free));
  if (nodes_) domain.node.set(now, node);
}

void WaitClocks::settle_dirty(Time now, const Cluster& cluster) {
  cluster_.set(now, level_of(cluster.free_milli()));
  for (std::size_t pool = 0; pool < dirty_.size(); ++pool) {
    if (!dirty_[pool]) continue;
    dirty_[pool] = false;
    for (const std::uint32_t id : domains_of_pool_[pool]) set_levels(domains_[id], now, cluster);
  }
  any_dirty_ = false;
}

WaitReading WaitClocks::read(Time now, const RequestClass& job_class) const {
  const std::uint32_t wanted = level_of(job_class.total_milli);
  const Domain& domain = domains_[job_class.domain];
  WaitReading reading{domain.free.below(now, wanted).ns, cluster_.below(now, wanted).ns, 0};
  if (nodes_ && !job_class.shapes.empty()) {
    reading.node_short_ns = domain.node.below(now, job_class.shapes.front().main.gpus).ns;
  }
  return reading;
}

WaitSplit WaitClocks::split(const WaitReading& begin, Time now, Duration waited, const RequestClass& job_class,
                            WaitReason rest) const {
  WaitSplit split{};
  const WaitReading end = read(now, job_class);
  const std::int64_t in_domain = std::clamp<std::int64_t>(end.domain_short_ns - begin.domain_short_ns, 0, waited.ns);
  const std::int64_t in_cluster = std::clamp<std::int64_t>(end.cluster_short_ns - begin.cluster_short_ns, 0, in_domain);
  const auto add = [&](WaitReason reason, std::int64_t ns) { split[static_cast<std::size_t>(reason)].ns += ns; };
  add(WaitReason::Capacity, in_cluster);
  add(WaitReason::Constraint, in_domain - in_cluster);
  std::int64_t left = waited.ns - in_domain;
  if (nodes_) {
    const std::int64_t no_node = std::clamp<std::int64_t>(end.node_short_ns - begin.node_short_ns - in_domain, 0, left);
    add(WaitReason::Fragmentation, no_node);
    left -= no_node;
  }
  add(rest, left);
  return split;
}

}  // namespace seatrial

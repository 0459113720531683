// See device_history.h.
#include "reports/device_history.h"

#include <algorithm>

#include "models/cluster.h"
#include "models/gpu_partitions.h"

namespace seatrial {

DeviceHistory::DeviceHistory(const Cluster& cluster) : cluster_(cluster) {
  if (cluster.partitions() == nullptr) return;
  state_.assign(cluster.devices_in_all(), MigGeometry::kNoState);
  for (std::uint32_t node = 0; node < cluster.nodes(); ++node) look({node}, kBeforeAll);
}

// Records the GPUs of the node whose instances are no longer those that are known.
void DeviceHistory::look(NodeId node, Time now) {
  const PoolId pool = cluster_.pool_of(node);
  const MigNodes* mig = cluster_.partitions()->mig(pool);
  if (mig == nullptr) return;
  const std::uint32_t first_gpu = (node.index - cluster_.pool(pool).first_node) * mig->gpus_per_node();
  for (std::uint32_t i = 0; i < mig->gpus_per_node(); ++i) {
    if (!mig->is_cut(i)) continue;
    const std::uint32_t device = cluster_.first_device(node) + i;
    const MigGeometry::StateId state = mig->pool().existing(first_gpu + i);
    if (state == state_[device]) continue;
    state_[device] = state;
    cuts_.push_back({now, device, state});
  }
}

void DeviceHistory::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::Slowed) slowed_.push_back({JobId{fact.job}, fact.milli});
    if (fact.kind != FactKind::Recut) continue;
    const Duration delay{fact.milli};
    recuts_.push_back({fact.at, fact.pool, delay});
    const auto known = std::find_if(watched_.begin(), watched_.end(),
                                    [&](const Watched& one) { return one.node == NodeId{fact.node}; });
    if (known == watched_.end()) {
      watched_.push_back({NodeId{fact.node}, fact.at + delay});
    } else {
      known->until = std::max(known->until, fact.at + delay);
    }
  }
}

void DeviceHistory::note_cuts(Time now) {
  for (const Watched& one : watched_) look(one.node, now);
  std::erase_if(watched_, [&](const Watched& one) { return one.until <= now; });
}

void DeviceHistory::finish(Time end) { note_cuts(end); }

}  // namespace seatrial

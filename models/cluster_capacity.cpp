// Nodes that come and go: capacity changes over time, draining, and the self-check; see cluster.h.
#include <algorithm>
#include <numeric>

#include "models/cluster.h"
#include "models/gpu_partitions.h"
#include "models/workload.h"
#include "sim/check.h"

namespace seatrial {

void Cluster::activate(NodeId node) {
  Pool& pool = pools_[pool_of_[node]];
  const std::int64_t milli = static_cast<std::int64_t>(gpus_[node]) * kGpuMilli;
  if (state_[node] == NodeState::Absent) {
    ++pool.present;
    pool.total_milli += milli;
    total_milli_ += milli;
  }
  state_[node] = NodeState::Present;
  ++pool.active;
  index_[pool_of_[node]].add(local(node), free_gpus_[node]);
  pool.free_milli += idle_milli(node);
  free_milli_ += idle_milli(node);
  changed(node);
}

void Cluster::drain(NodeId node) {
  Pool& pool = pools_[pool_of_[node]];
  index_[pool_of_[node]].remove(local(node), free_gpus_[node]);
  pool.free_milli -= idle_milli(node);
  free_milli_ -= idle_milli(node);
  --pool.active;
  state_[node] = NodeState::Draining;
  changed(node);
  if (is_empty(node)) leave(node);
}

void Cluster::leave(NodeId node) {
  Pool& pool = pools_[pool_of_[node]];
  const std::int64_t milli = static_cast<std::int64_t>(gpus_[node]) * kGpuMilli;
  state_[node] = NodeState::Absent;
  --pool.present;
  pool.total_milli -= milli;
  total_milli_ -= milli;
}

void Cluster::resize_pool(PoolId id, std::uint32_t count) {
  if (pools_[id.index].counted) {
    resize_counted(id, count);
    return;
  }
  const Pool& pool = pools_[id.index];
  const std::uint32_t end = pool.first_node + pool.nodes;
  for (const NodeState from : {NodeState::Draining, NodeState::Absent}) {
    for (std::uint32_t node = pool.first_node; node < end && pool.active < count; ++node) {
      if (state_[{node}] == from) activate({node});
    }
  }
  for (const bool only_empty : {true, false}) {
    for (std::uint32_t node = end; node-- > pool.first_node && pool.active > count;) {
      if (state_[{node}] == NodeState::Present && (!only_empty || is_empty({node}))) drain({node});
    }
  }
}

void Cluster::resize_counted(PoolId id, std::uint32_t count) {
  Pool& pool = pools_[id.index];
  const NodeId node{pool.first_node};
  const std::int64_t per_node = gpus_per_counted_node_[id.index];
  const std::int64_t difference = (static_cast<std::int64_t>(count) - pool.counted_nodes) * per_node;
  pool.counted_nodes = count;
  if (difference < 0) {
    pool.excess_gpus -= difference;
    absorb_excess(id);
    return;
  }
  const std::int64_t kept = std::min(difference, pool.excess_gpus);
  pool.excess_gpus -= kept;
  resize_counted_node(node, difference - kept);
}

// Takes free GPUs of a shrunk counted pool out of service.
void Cluster::absorb_excess(PoolId id) {
  Pool& pool = pools_[id.index];
  const NodeId node{pool.first_node};
  const std::int64_t gone = std::min<std::int64_t>(pool.excess_gpus, free_gpus_[node]);
  pool.excess_gpus -= gone;
  resize_counted_node(node, -gone);
}

void Cluster::resize_counted_node(NodeId node, std::int64_t gpus) {
  if (gpus == 0) return;
  Pool& pool = pools_[pool_of_[node]];
  gpus_[node] = static_cast<std::uint32_t>(gpus_[node] + gpus);
  set_free_gpus(node, static_cast<std::uint32_t>(free_gpus_[node] + gpus));
  const std::int64_t milli = gpus * kGpuMilli;
  pool.total_milli += milli;
  total_milli_ += milli;
  pool.free_milli += milli;
  free_milli_ += milli;
  changed(node);
}

void Cluster::verify() const {
  std::int64_t total = 0;
  std::int64_t free = 0;
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    const Pool& pool = pools_[p];
    std::int64_t pool_total = 0;
    std::int64_t pool_free = 0;
    for (std::uint32_t n = 0; n < pool.nodes; ++n) {
      const NodeId node{pool.first_node + n};
      CHECK(free_gpus_[node] <= gpus_[node] && cpu_free_[node] <= cpu_[node] && memory_free_[node] <= memory_[node]);
      CHECK(cpu_free_[node] >= 0 && memory_free_[node] >= 0);
      const bool present = state_[node] == NodeState::Present;
      CHECK(index_[p].contains(n, free_gpus_[node]) == present);
      if (state_[node] != NodeState::Absent) pool_total += static_cast<std::int64_t>(gpus_[node]) * kGpuMilli;
      if (present) pool_free += idle_milli(node);
      if (!track_devices_) continue;
      const auto device = devices(node);
      CHECK(std::accumulate(device.begin(), device.end(), std::int64_t{0}) == idle_milli_[node]);
      CHECK(std::count(device.begin(), device.end(), kGpuMilli) == free_gpus_[node]);
      if (partitions_) partitions_->verify({static_cast<std::uint32_t>(p)}, node, device);
    }
    CHECK(pool_total == pool.total_milli && pool_free == pool.free_milli);
    total += pool_total;
    free += pool_free;
  }
  CHECK(total == total_milli_ && free == free_milli_);
}

}  // namespace seatrial

// Counting places ahead of time; see future_room.h.
#include "policies/future_room.h"

#include <algorithm>

namespace seatrial {
namespace {

bool contains(const std::vector<PoolId>& pools, PoolId pool) {
  return std::find(pools.begin(), pools.end(), pool) != pools.end();
}

}  // namespace

std::uint32_t FutureRoom::slots(const Room& room, const PodRequest& pod, std::uint32_t enough) const {
  std::int64_t fit = enough;
  if (pod.cpu_milli > 0) fit = std::min(fit, std::max<std::int64_t>(0, room.cpu) / pod.cpu_milli);
  if (pod.memory_mib > 0) fit = std::min(fit, std::max<std::int64_t>(0, room.memory) / pod.memory_mib);
  if (pod.is_share()) {
    std::int64_t shares = 0;
    for (const std::uint16_t free : room.devices) shares += free / pod.gpu_milli;
    fit = std::min(fit, shares);
  } else if (pod.gpus > 0) {
    fit = std::min<std::int64_t>(fit, std::max<std::int64_t>(0, room.gpus) / pod.gpus);
  }
  return static_cast<std::uint32_t>(fit);
}

void FutureRoom::count(NodeId node, const Room& room, std::int64_t sign) {
  if (!class_->allows(cluster_, node)) return;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const GangShape& shape = class_->shapes[s];
    if (!contains(shape.pools, cluster_.pool_of(node))) continue;
    const std::uint32_t most = shape.whole_nodes ? 1 : shape.pods();
    slots_[s].main += static_cast<std::uint64_t>(sign * slots(room, shape.main, most));
    if (shape.rest_pods > 0) slots_[s].rest += static_cast<std::uint64_t>(sign * slots(room, shape.rest, most));
  }
}

void FutureRoom::count_all(const GangShape& shape, Slots& total) {
  const std::uint32_t most = shape.whole_nodes ? 1 : shape.pods();
  for (const PoolId id : shape.pools) {
    const Pool& pool = cluster_.pool(id);
    if (!class_->needs_cpu && !class_->check_model) {
      const FreeIndex& index = cluster_.free_index(id);
      for (std::uint32_t level = index.level_at_least(1); level != FreeIndex::kNone;
           level = index.level_at_least(level + 1)) {
        const std::uint64_t nodes = index.count(level);
        total.main += nodes * std::min(most, level / shape.main.gpus);
        if (shape.rest_pods > 0) total.rest += nodes * std::min(most, level / shape.rest.gpus);
      }
      continue;
    }
    for (std::uint32_t n = pool.first_node; n < pool.first_node + pool.nodes; ++n) {
      if (!class_->allows(cluster_, {n})) continue;
      total.main += cluster_.slots({n}, shape.main, most);
      if (shape.rest_pods > 0) total.rest += cluster_.slots({n}, shape.rest, most);
    }
  }
}

void FutureRoom::begin(const RequestClass& job_class) {
  class_ = &job_class;
  ++stamp_now_;
  overlays_used_ = 0;
  slots_.assign(job_class.shapes.size(), Slots{});
  for (std::size_t s = 0; s < slots_.size(); ++s) count_all(job_class.shapes[s], slots_[s]);
}

bool FutureRoom::fits() const {
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const GangShape& shape = class_->shapes[s];
    if (slots_[s].main < shape.main_pods) continue;
    if (shape.rest_pods == 0 || slots_[s].rest >= shape.pods()) return true;
  }
  return false;
}

FutureRoom::Room& FutureRoom::room_of(NodeId node) {
  if (stamp_[node.index] == stamp_now_) return overlays_[overlay_of_[node.index]];
  stamp_[node.index] = stamp_now_;
  overlay_of_[node.index] = static_cast<std::uint32_t>(overlays_used_);
  if (overlays_.size() == overlays_used_) overlays_.emplace_back();
  Room& room = overlays_[overlays_used_++];
  room.gpus = cluster_.free_gpus(node);
  room.cpu = cluster_.cpu_free(node);
  room.memory = cluster_.memory_free(node);
  const auto devices = cluster_.devices(node);
  room.devices.assign(devices.begin(), devices.end());
  return room;
}

void FutureRoom::change(const Piece& piece, const PodRequest& pod, std::span<const std::uint16_t> devices, int sign) {
  const NodeId node = piece.node;
  if (cluster_.state(node) != NodeState::Present) return;
  if (!contains(class_->pools, cluster_.pool_of(node))) return;
  const bool fresh = stamp_[node.index] != stamp_now_;
  Room& room = room_of(node);
  if (fresh && sign < 0) {
    // The cluster's columns include the bind already, but the places counted at begin() do not: take it back first.
    room.gpus += pod.is_share() ? 0 : piece.gpus;
    room.cpu += pod.cpu_milli * piece.pods;
    room.memory += pod.memory_mib * piece.pods;
    for (const std::uint16_t device : devices)
      room.devices[device] = static_cast<std::uint16_t>(room.devices[device] + pod.gpu_milli);
    if (pod.is_share()) room.gpus = std::count(room.devices.begin(), room.devices.end(), kGpuMilli);
  }
  count(node, room, -1);
  room.cpu += sign * pod.cpu_milli * piece.pods;
  room.memory += sign * pod.memory_mib * piece.pods;
  if (devices.empty()) {
    room.gpus += sign * static_cast<std::int64_t>(piece.gpus);
  } else {
    for (const std::uint16_t device : devices) {
      room.devices[device] = static_cast<std::uint16_t>(room.devices[device] + sign * static_cast<int>(pod.gpu_milli));
    }
    room.gpus = std::count(room.devices.begin(), room.devices.end(), kGpuMilli);
  }
  count(node, room, +1);
}

}  // namespace seatrial

// Building the columns and keeping them, the totals and the free index in step; see cluster.h.
#include "models/cluster.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "models/device_ref.h"
#include "models/gpu_catalog.h"
#include "models/gpu_partitions.h"
#include "models/workload.h"
#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNoName = 0xffffffffU;

// The largest number of nodes that a pool ever has.
std::vector<std::uint32_t> rows_of_pools(const ClusterSpec& spec) {
  std::vector<std::uint32_t> rows;
  for (const PoolSpec& pool : spec.pools) {
    rows.push_back(pool.nodes.empty() ? pool.count : static_cast<std::uint32_t>(pool.nodes.size()));
  }
  for (const CapacityChange& change : spec.changes) {
    if (spec.pools[change.pool].nodes.empty()) rows[change.pool] = std::max(rows[change.pool], change.count);
  }
  return rows;
}

std::int64_t scaled(std::int64_t amount, std::uint32_t times) { return amount == kUnlimited ? amount : amount * times; }

}  // namespace

Cluster::Cluster(const ClusterSpec& spec, bool track_devices)
    : models_{""}, track_devices_(track_devices || GpuPartitions::needed(spec)) {
  const std::vector<std::uint32_t> rows = rows_of_pools(spec);
  for (std::size_t i = 0; i < spec.pools.size(); ++i) add_pool(spec.pools[i], rows[i]);
  if (!GpuPartitions::needed(spec)) return;
  std::vector<GpuPartitions::PoolNodes> nodes;
  for (const Pool& pool : pools_) nodes.push_back({pool.first_node, pool.nodes, pool.node_gpus});
  partitions_ = std::make_unique<GpuPartitions>(spec, nodes);
}

Cluster::~Cluster() = default;
Cluster::Cluster(Cluster&&) noexcept = default;

std::uint32_t Cluster::model_row(const std::string& model) {
  const auto found = std::find(models_.begin(), models_.end(), model);
  if (found == models_.end()) models_.push_back(model);
  return static_cast<std::uint32_t>(std::find(models_.begin(), models_.end(), model) - models_.begin());
}

void Cluster::add_pool(const PoolSpec& spec, std::uint32_t rows) {
  const PoolId id{static_cast<std::uint32_t>(pools_.size())};
  Pool pool;
  pool.name = spec.name;
  pool.first_node = nodes();
  pool.tenants = spec.tenants;
  pool.counted = spec.counted;
  pool.counted_nodes = spec.counted ? spec.count : 0;
  pool.nodes = spec.counted ? 1 : rows;
  pool.gpu_model = spec.gpu_model;
  pool.price_usd_per_hour = spec.price_usd_per_hour;
  std::vector<NodeSpec> described = spec.nodes;
  std::stable_sort(described.begin(), described.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  const bool imported = !described.empty();
  if (!imported) {
    NodeSpec node{"", spec.cpu_milli, spec.memory_mib, spec.gpus, spec.gpu_model, 0};
    if (spec.counted) {
      node.gpus *= spec.count;
      node.cpu_milli = scaled(node.cpu_milli, spec.count);
      node.memory_mib = scaled(node.memory_mib, spec.count);
    }
    described.assign(pool.nodes, node);
  }
  for (const NodeSpec& node : described) {
    pool.node_gpus = std::max(pool.node_gpus, node.gpus);
    pool.limits_cpu = pool.limits_cpu || node.cpu_milli != kUnlimited || node.memory_mib != kUnlimited;
    if (imported && pool.gpu_model.empty()) pool.gpu_model = node.gpu_model;
    if (imported && !node.gpu_model.empty() && node.gpu_model != pool.gpu_model) pool.gpu_model = "mixed";
  }
  pool.limits_pods = spec.max_pods != 0;
  if (const GpuModel* model = find_gpu_model(pool.gpu_model); model != nullptr) {
    pool.busy_w = model->tdp_w;
    pool.idle_w = model->idle_w;
    if (!pool.price_usd_per_hour && model->price_usd_per_gpu_hour && !imported) {
      pool.price_usd_per_hour = *model->price_usd_per_gpu_hour * spec.gpus;
    }
  }
  pools_.push_back(pool);
  index_.emplace_back(pool.nodes, pool.node_gpus);
  gpus_per_counted_node_.push_back(spec.counted ? spec.gpus : 0);
  for (const NodeSpec& node : described) add_node(node, id, spec.max_pods);
  const std::uint32_t active = spec.counted ? 1 : imported ? pool.nodes : spec.count;
  for (std::uint32_t i = 0; i < active; ++i) activate({pool.first_node + i});
}

void Cluster::add_node(const NodeSpec& node, PoolId pool, std::uint32_t max_pods) {
  pool_of_.push_back(pool.index);
  gpus_.push_back(node.gpus);
  free_gpus_.push_back(node.gpus);
  cpu_free_.push_back(node.cpu_milli);
  memory_free_.push_back(node.memory_mib);
  pods_free_.push_back(max_pods == 0 ? 0xffffffffU : max_pods);
  state_.push_back(NodeState::Absent);
  cpu_.push_back(node.cpu_milli);
  memory_.push_back(node.memory_mib);
  pods_.push_back(pods_free_.raw().back());
  model_of_.push_back(model_row(node.gpu_model));
  imported_name_.push_back(kNoName);
  if (!node.name.empty()) {
    imported_name_.raw().back() = static_cast<std::uint32_t>(imported_names_.size());
    imported_names_.push_back(node.name);
  }
  if (!track_devices_) return;
  idle_milli_.push_back(node.gpus * kGpuMilli);
  first_device_.push_back(static_cast<std::uint32_t>(device_milli_.size()));
  device_milli_.insert(device_milli_.end(), node.gpus, static_cast<std::uint16_t>(kGpuMilli));
}

void Cluster::append_node_name(NodeId node, std::string& out) const {
  if (imported_name_[node] != kNoName) {
    out += imported_names_[imported_name_[node]];
    return;
  }
  char digits[12];
  const auto end = std::to_chars(digits, digits + sizeof digits, local(node)).ptr;
  out += pools_[pool_of_[node]].name;
  out += '-';
  out.append(digits, end);
}

std::string Cluster::node_name(NodeId node) const {
  std::string name;
  append_node_name(node, name);
  return name;
}

bool Cluster::fits(NodeId node, const PodRequest& request, std::uint32_t pods) const {
  return slots(node, request, pods) >= pods;
}

bool Cluster::fits_empty(NodeId node, const PodRequest& request, std::uint32_t pods) const {
  const std::int64_t wanted = pods;
  if (request.slice != 0) {
    if (pods_[node] < pods || partitions_->most(request, gpus_[node]) < pods) return false;
  } else if (pods_[node] < pods || gpus_[node] < request.gpus * wanted) {
    return false;
  }
  return cpu_[node] / wanted >= request.cpu_milli && memory_[node] / wanted >= request.memory_mib;
}

std::uint32_t Cluster::slots(NodeId node, const PodRequest& request, std::uint32_t enough) const {
  if (state_[node] != NodeState::Present) return 0;
  std::int64_t room = std::min<std::int64_t>(enough, pods_free_[node]);
  if (request.cpu_milli > 0) room = std::min(room, std::max<std::int64_t>(0, cpu_free_[node]) / request.cpu_milli);
  if (request.memory_mib > 0) {
    room = std::min(room, std::max<std::int64_t>(0, memory_free_[node]) / request.memory_mib);
  }
  if (request.slice != 0) {
    if (room > 0) room = partitions_->room(node, request, devices(node), static_cast<std::uint32_t>(room));
  } else if (request.is_share() && room == 1) {
    room = has_device(node, request.gpu_milli) ? 1 : 0;
  } else if (request.is_share()) {
    std::int64_t shares = 0;
    for (const std::uint16_t milli : devices(node)) shares += milli / request.gpu_milli;
    room = std::min(room, shares);
  } else if (request.gpus > 0) {
    room = std::min<std::int64_t>(room, free_gpus_[node] / request.gpus);
  }
  return static_cast<std::uint32_t>(room);
}

void Cluster::set_free_gpus(NodeId node, std::uint32_t free) {
  const std::uint32_t before = free_gpus_[node];
  if (before == free) return;
  free_gpus_[node] = free;
  if (state_[node] != NodeState::Present) return;
  FreeIndex& index = index_[pool_of_[node]];
  index.remove(local(node), before);
  index.add(local(node), free);
}

void Cluster::add_idle(NodeId node, std::int64_t milli) {
  if (track_devices_) idle_milli_[node] = static_cast<std::uint32_t>(idle_milli_[node] + milli);
  if (state_[node] != NodeState::Present) return;
  pools_[pool_of_[node]].free_milli += milli;
  free_milli_ += milli;
}

void Cluster::take_devices(NodeId node, const PodRequest& request, std::uint32_t gpus, std::uint32_t device,
                           std::vector<std::uint16_t>& devices) {
  const std::span<std::uint16_t> free(device_milli_.data() + first_device_[node], gpus_[node]);
  if (request.is_share()) {
    if (device == kAnyDevice) {
      for (std::uint32_t i = 0; i < free.size(); ++i) {
        if (free[i] < request.gpu_milli) continue;
        if (device == kAnyDevice || free[i] < free[device]) device = i;
      }
    }
    CHECK(device < free.size() && free[device] >= request.gpu_milli);
    if (free[device] == kGpuMilli) {
      set_free_gpus(node, free_gpus_[node] - 1);
      ++shared_devices_;
    }
    free[device] = static_cast<std::uint16_t>(free[device] - request.gpu_milli);
    devices.push_back(static_cast<std::uint16_t>(device));
    return;
  }
  std::uint32_t wanted = gpus;
  for (std::uint32_t i = 0; i < free.size() && wanted > 0; ++i) {
    if (free[i] != kGpuMilli) continue;
    free[i] = 0;
    devices.push_back(static_cast<std::uint16_t>(i));
    --wanted;
  }
  CHECK(wanted == 0);
  set_free_gpus(node, free_gpus_[node] - gpus);
}

// Slices of one device take their parts of its milli-GPUs; while any does, the device counts as shared.
void Cluster::take_slices(NodeId node, const PodRequest& request, std::uint32_t pods, std::uint32_t device,
                          std::vector<std::uint16_t>& refs) {
  const std::span<std::uint16_t> free(device_milli_.data() + first_device_[node], gpus_[node]);
  for (std::uint32_t pod = 0; pod < pods; ++pod) {
    const std::size_t before = refs.size();
    partitions_->take(node, request, free, device, refs);
    for (std::size_t i = before; i < refs.size(); ++i) {
      std::uint16_t& milli = free[device_index(refs[i])];
      CHECK(milli >= request.gpu_milli);
      if (milli == kGpuMilli) {
        set_free_gpus(node, free_gpus_[node] - 1);
        ++shared_devices_;
      }
      milli = static_cast<std::uint16_t>(milli - request.gpu_milli);
    }
  }
}

void Cluster::give_slices(NodeId node, const PodRequest& request, std::span<const std::uint16_t> refs) {
  const std::span<std::uint16_t> free(device_milli_.data() + first_device_[node], gpus_[node]);
  for (const std::uint16_t ref : refs) {
    std::uint16_t& milli = free[device_index(ref)];
    milli = static_cast<std::uint16_t>(milli + request.gpu_milli);
    CHECK(milli <= kGpuMilli);
    if (milli == kGpuMilli) {
      set_free_gpus(node, free_gpus_[node] + 1);
      --shared_devices_;
    }
    partitions_->give(node, request, ref);
  }
}

Piece Cluster::bind(NodeId node, const PodRequest& request, std::uint32_t pods, std::vector<std::uint16_t>& devices,
                    std::uint32_t device) {
  EXPENSIVE_CHECK(fits(node, request, pods));
  Piece piece{node, pods, request.gpus * pods, static_cast<std::uint32_t>(devices.size())};
  if (pods_free_[node] != 0xffffffffU) pods_free_[node] -= pods;
  if (request.cpu_milli > 0 && cpu_[node] != kUnlimited) cpu_free_[node] -= request.cpu_milli * pods;
  if (request.memory_mib > 0 && memory_[node] != kUnlimited) memory_free_[node] -= request.memory_mib * pods;
  if (request.gpus > 0) {
    if (!track_devices_) {
      set_free_gpus(node, free_gpus_[node] - piece.gpus);
    } else if (request.slice != 0) {
      take_slices(node, request, pods, device, devices);
    } else if (request.is_share()) {
      for (std::uint32_t i = 0; i < pods; ++i) take_devices(node, request, 1, device, devices);
    } else {
      take_devices(node, request, piece.gpus, device, devices);
    }
    add_idle(node, -request.total_milli() * pods);
  }
  changed(node);
  return piece;
}

void Cluster::give_devices(NodeId node, const PodRequest& request, std::span<const std::uint16_t> devices) {
  const std::span<std::uint16_t> free(device_milli_.data() + first_device_[node], gpus_[node]);
  std::uint32_t whole = 0;
  for (const std::uint16_t device : devices) {
    free[device] = static_cast<std::uint16_t>(free[device] + request.gpu_milli);
    CHECK(free[device] <= kGpuMilli);
    whole += free[device] == kGpuMilli ? 1 : 0;
    shared_devices_ -= request.is_share() && free[device] == kGpuMilli ? 1 : 0;
  }
  set_free_gpus(node, free_gpus_[node] + whole);
}

void Cluster::release(const Piece& piece, const PodRequest& request, std::span<const std::uint16_t> devices) {
  const NodeId node = piece.node;
  if (pods_free_[node] != 0xffffffffU) pods_free_[node] += piece.pods;
  if (request.cpu_milli > 0 && cpu_[node] != kUnlimited) cpu_free_[node] += request.cpu_milli * piece.pods;
  if (request.memory_mib > 0 && memory_[node] != kUnlimited) memory_free_[node] += request.memory_mib * piece.pods;
  if (request.gpus > 0) {
    if (request.slice != 0) {
      give_slices(node, request, devices);
    } else if (track_devices_) {
      give_devices(node, request, devices);
    } else {
      set_free_gpus(node, free_gpus_[node] + piece.gpus);
    }
    add_idle(node, request.total_milli() * piece.pods);
  }
  changed(node);
  if (pools_[pool_of_[node]].excess_gpus > 0) absorb_excess({pool_of_[node]});
  if (state_[node] == NodeState::Draining && is_empty(node)) leave(node);
}

bool Cluster::is_empty(NodeId node) const {
  if (free_gpus_[node] != gpus_[node] || pods_free_[node] != pods_[node]) return false;
  return cpu_free_[node] == cpu_[node] && memory_free_[node] == memory_[node];
}

}  // namespace seatrial

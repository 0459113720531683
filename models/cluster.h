// The machines of a run: pools of nodes as columns, GPUs as counted devices with milli-shares, and the free index that
// answers "tightest node with k free GPUs" in a few words read. The only writer of free amounts; scheduling policies
// read. Nodes are numbered pool by pool, inside a pool by rank: the lower index wins every tie.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/cluster_spec.h"
#include "models/free_index.h"
#include "models/ids.h"
#include "models/job_table.h"
#include "sim/column.h"
#include "sim/id.h"

namespace seatrial {

class GpuPartitions;

// What one pod takes on a node.
struct PodRequest {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::uint32_t gpus = 0;
  std::uint32_t gpu_milli = 0;       // per GPU; 1000 whole GPUs, 1..999 a share of one; 0 where gpus is 0
  std::uint32_t gpu_memory_mib = 0;  // on each GPU; only where a slice is asked for
  std::uint16_t slice = 0;           // what `gpus` counts: a row of GpuPartitions::kinds(); 0: plain GPUs

  bool operator==(const PodRequest&) const = default;
  [[nodiscard]] bool is_share() const { return gpus == 1 && gpu_milli < 1000; }
  [[nodiscard]] std::int64_t total_milli() const { return static_cast<std::int64_t>(gpus) * gpu_milli; }
};

enum class NodeState : std::uint8_t { Absent, Present, Draining };

struct Pool {
  std::string name;
  std::uint32_t first_node = 0;
  std::uint32_t nodes = 0;                   // rows, including nodes that capacity changes add later
  std::uint32_t present = 0;                 // nodes present now, draining ones included
  std::uint32_t node_gpus = 0;               // GPUs of the largest node
  std::string gpu_model;                     // of all nodes; "mixed" for imported pools with several
  std::optional<double> price_usd_per_hour;  // of a node
  std::optional<double> busy_w;              // of a GPU
  std::optional<double> idle_w;
  std::vector<std::string> tenants;  // empty: all
  std::int64_t total_milli = 0;      // GPUs of present nodes
  std::int64_t free_milli = 0;       // free on nodes that take new pods
  std::uint32_t active = 0;          // nodes that take new pods
  std::int64_t excess_gpus = 0;      // of a counted pool that shrank: to go as soon as they are free
  bool limits_cpu = false;           // some node limits cpu or memory
  bool limits_pods = false;
  bool counted = false;
  std::uint32_t counted_nodes = 0;  // of a counted pool: how many nodes it stands for now
};

class Cluster {
 public:
  // track_devices: which device of a node a pod holds is known (needed for shares and for placement logs).
  Cluster(const ClusterSpec& spec, bool track_devices);
  ~Cluster();
  Cluster(Cluster&&) noexcept;

  // How GPUs are shared and cut; null where all pools give plain GPUs. Devices are tracked where it is not null.
  [[nodiscard]] const GpuPartitions* partitions() const { return partitions_.get(); }
  [[nodiscard]] GpuPartitions* partitions() { return partitions_.get(); }
  // What the node can give changed without a bind or release.
  void note_change(NodeId node) { changed(node); }
  // The first of the node's devices in a numbering of all devices of the cluster. Only where devices are tracked.
  [[nodiscard]] std::uint32_t first_device(NodeId node) const { return first_device_[node]; }
  [[nodiscard]] std::uint32_t devices_in_all() const { return static_cast<std::uint32_t>(device_milli_.size()); }

  [[nodiscard]] std::span<const Pool> pools() const { return pools_; }
  [[nodiscard]] const Pool& pool(PoolId id) const { return pools_[id.index]; }
  // GPUs that one node more or less means to a counted pool; 0 elsewhere.
  [[nodiscard]] std::uint32_t gpus_per_counted_node(PoolId id) const { return gpus_per_counted_node_[id.index]; }
  [[nodiscard]] PoolId pool_of(NodeId node) const { return {pool_of_[node]}; }
  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(gpus_.size()); }
  [[nodiscard]] std::string node_name(NodeId node) const;
  void append_node_name(NodeId node, std::string& out) const;
  [[nodiscard]] const std::string& gpu_model(NodeId node) const { return models_[model_of_[node]]; }
  [[nodiscard]] std::uint32_t model_index(NodeId node) const { return model_of_[node]; }
  [[nodiscard]] std::span<const std::string> models() const { return models_; }
  [[nodiscard]] std::int64_t total_milli() const { return total_milli_; }
  [[nodiscard]] std::int64_t free_milli() const { return free_milli_; }
  [[nodiscard]] bool tracks_devices() const { return track_devices_; }
  // Devices that are shared now: while there are none, fully free GPUs say all about a node's GPUs.
  [[nodiscard]] std::uint64_t shared_devices() const { return shared_devices_; }

  // Node columns.
  [[nodiscard]] std::uint32_t gpus(NodeId node) const { return gpus_[node]; }
  [[nodiscard]] std::uint32_t free_gpus(NodeId node) const { return free_gpus_[node]; }  // fully free ones
  [[nodiscard]] std::int64_t idle_milli(NodeId node) const {
    return track_devices_ ? idle_milli_[node] : static_cast<std::int64_t>(free_gpus_[node]) * 1000;
  }
  [[nodiscard]] std::int64_t cpu_free(NodeId node) const { return cpu_free_[node]; }
  [[nodiscard]] std::int64_t memory_free(NodeId node) const { return memory_free_[node]; }
  [[nodiscard]] std::int64_t cpu(NodeId node) const { return cpu_[node]; }        // in all, or kUnlimited
  [[nodiscard]] std::int64_t memory(NodeId node) const { return memory_[node]; }  // in all, or kUnlimited
  [[nodiscard]] NodeState state(NodeId node) const { return state_[node]; }
  // Free milli by device; empty unless devices are tracked.
  [[nodiscard]] std::span<const std::uint16_t> devices(NodeId node) const {
    if (!track_devices_) return {};
    return {device_milli_.data() + first_device_[node], gpus_[node]};
  }
  // Whether the node takes new pods and has room for `pods` of these now.
  [[nodiscard]] bool fits(NodeId node, const PodRequest& request, std::uint32_t pods = 1) const;
  // Whether an empty node of these columns would have room.
  [[nodiscard]] bool fits_empty(NodeId node, const PodRequest& request, std::uint32_t pods = 1) const;
  // Whether some device of the node has this much free.
  [[nodiscard]] bool has_device(NodeId node, std::uint32_t milli) const {
    for (const std::uint16_t free : devices(node)) {
      if (free >= milli) return true;
    }
    return false;
  }
  // How many pods of this kind the node has room for now, at most `enough`; 0 for a node that takes none.
  [[nodiscard]] std::uint32_t slots(NodeId node, const PodRequest& request, std::uint32_t enough) const;
  [[nodiscard]] const FreeIndex& free_index(PoolId pool) const { return index_[pool.index]; }

  // Takes room for `pods` pods; fits() must hold. device: the share's device, or kAnyDevice for the tightest one.
  // Appends the devices taken (if tracked) to `devices`.
  static constexpr std::uint32_t kAnyDevice = 0xffffffffU;
  Piece bind(NodeId node, const PodRequest& request, std::uint32_t pods, std::vector<std::uint16_t>& devices,
             std::uint32_t device = kAnyDevice);
  // Gives back what bind() took. A draining node that becomes empty goes.
  void release(const Piece& piece, const PodRequest& request, std::span<const std::uint16_t> devices);

  // Sets the number of nodes that are to take pods. Growth first keeps draining nodes, then brings absent ones, lowest
  // index first; shrinking drains the highest indexes, empty nodes first. A draining node that is empty goes at once.
  void resize_pool(PoolId pool, std::uint32_t count);

  // Nodes whose free amounts changed, oldest first: what incremental scores are refreshed from. Grows only if enabled.
  void enable_change_log() { log_changes_ = true; }
  [[nodiscard]] const std::vector<NodeId>& change_log() const { return change_log_; }

  // Re-derives every index and total from the columns; a CHECK fails on any difference. O(nodes x GPUs).
  void verify() const;

 private:
  void add_pool(const PoolSpec& spec, std::uint32_t rows);
  void add_node(const NodeSpec& node, PoolId pool, std::uint32_t max_pods);
  std::uint32_t model_row(const std::string& model);
  void set_free_gpus(NodeId node, std::uint32_t free);
  void add_idle(NodeId node, std::int64_t milli);
  void give_devices(NodeId node, const PodRequest& request, std::span<const std::uint16_t> devices);
  void activate(NodeId node);  // from Absent or Draining
  void drain(NodeId node);
  void leave(NodeId node);  // from Draining, empty
  void resize_counted(PoolId pool, std::uint32_t count);
  void absorb_excess(PoolId pool);
  void resize_counted_node(NodeId node, std::int64_t gpus);
  [[nodiscard]] bool is_empty(NodeId node) const;
  [[nodiscard]] std::uint32_t local(NodeId node) const { return node.index - pools_[pool_of_[node]].first_node; }
  void changed(NodeId node) {
    if (log_changes_) change_log_.push_back(node);
  }
  void take_slices(NodeId node, const PodRequest& request, std::uint32_t pods, std::uint32_t device,
                   std::vector<std::uint16_t>& devices);
  void give_slices(NodeId node, const PodRequest& request, std::span<const std::uint16_t> devices);
  void take_devices(NodeId node, const PodRequest& request, std::uint32_t gpus, std::uint32_t device,
                    std::vector<std::uint16_t>& devices);

  std::vector<Pool> pools_;
  std::vector<FreeIndex> index_;
  std::vector<std::uint32_t> gpus_per_counted_node_;  // by pool; 0 elsewhere
  std::vector<std::string> models_;                   // distinct GPU models; row 0 is "no GPU"
  std::int64_t total_milli_ = 0;
  std::int64_t free_milli_ = 0;
  bool track_devices_ = false;
  bool log_changes_ = false;
  std::uint64_t shared_devices_ = 0;

  Column<NodeId, std::uint32_t> pool_of_;
  Column<NodeId, std::uint32_t> gpus_;
  Column<NodeId, std::uint32_t> free_gpus_;
  Column<NodeId, std::uint32_t> idle_milli_;  // only where devices are tracked
  Column<NodeId, std::int64_t> cpu_free_;
  Column<NodeId, std::int64_t> memory_free_;
  Column<NodeId, std::uint32_t> pods_free_;
  Column<NodeId, NodeState> state_;
  // Cold columns.
  Column<NodeId, std::int64_t> cpu_;
  Column<NodeId, std::int64_t> memory_;
  Column<NodeId, std::uint32_t> pods_;
  Column<NodeId, std::uint32_t> first_device_;
  Column<NodeId, std::uint32_t> model_of_;
  std::vector<std::string> imported_names_;
  Column<NodeId, std::uint32_t> imported_name_;  // row of imported_names_, or 0xffffffff
  std::vector<std::uint16_t> device_milli_;
  std::vector<NodeId> change_log_;
  std::unique_ptr<GpuPartitions> partitions_;
};

}  // namespace seatrial

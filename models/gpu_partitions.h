// How the GPUs of pools with a sharing mode are divided, and who can have what: the resources that such a pool offers
// (SliceKind), how much of each a node can give now, and taking and giving back. Owned by Cluster, which keeps the
// milli-GPUs of the same devices; null in clusters whose pools all give whole GPUs and plain shares.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/cluster_spec.h"
#include "models/ids.h"
#include "models/mig_nodes.h"

namespace seatrial {

struct PodRequest;

// One thing that pods can ask a pool for, besides plain GPUs.
struct SliceKind {
  enum class What : std::uint8_t {
    Instance,  // of a MIG profile
    Replica,   // of a GPU that is advertised several times
    Share,     // milli-GPUs with GPU memory
    Whole,     // a GPU of a MIG pool that is not cut
  };
  What what = What::Instance;
  std::uint8_t profile = 0;  // Instance: of the family
  PoolId pool;
  std::uint32_t milli = 0;      // of the GPU; Share: what the request says
  std::int64_t memory_mib = 0;  // that one may use at most; INT64_MAX: not known
};

class GpuPartitions {
 public:
  // Nodes of each pool as the cluster has them.
  struct PoolNodes {
    std::uint32_t first_node = 0;
    std::uint32_t nodes = 0;
    std::uint32_t gpus_per_node = 0;
  };
  GpuPartitions(const ClusterSpec& spec, std::span<const PoolNodes> nodes);
  // Whether any pool of the cluster needs one.
  [[nodiscard]] static bool needed(const ClusterSpec& spec);

  // Rows from 1: 0 is "a plain request".
  [[nodiscard]] const SliceKind& kind(std::uint16_t slice) const { return kinds_[slice]; }
  [[nodiscard]] std::span<const SliceKind> kinds() const { return kinds_; }
  // Null for a pool that is not cut.
  [[nodiscard]] const MigNodes* mig(PoolId pool) const { return parts_[pool.index].mig.get(); }
  [[nodiscard]] MigNodes* mig(PoolId pool) { return parts_[pool.index].mig.get(); }
  [[nodiscard]] const GpuModeSpec& mode(PoolId pool) const { return parts_[pool.index].mode; }
  // GPU memory that jobs may have of one device; INT64_MAX where it is not known.
  [[nodiscard]] std::int64_t usable_mib(PoolId pool) const { return parts_[pool.index].usable_mib; }
  // GPU memory that jobs asked for on a device; 0 where it is not followed.
  [[nodiscard]] std::int64_t memory_used_mib(PoolId pool, NodeId node, std::uint32_t device) const;

  // How many pods like this the node could give devices to: now, or if it were empty, up to `enough`. free_milli: of
  // the node's devices.
  [[nodiscard]] std::uint32_t room(NodeId node, const PodRequest& pod, std::span<const std::uint16_t> free_milli,
                                   std::uint32_t enough) const;
  [[nodiscard]] std::uint32_t most(const PodRequest& pod, std::uint32_t gpus) const;
  // Takes the devices for one pod, which must have room, and appends them. wished: for a share, or none of the devices.
  void take(NodeId node, const PodRequest& pod, std::span<const std::uint16_t> free_milli, std::uint32_t wished,
            std::vector<std::uint16_t>& refs);
  void give(NodeId node, const PodRequest& pod, std::uint16_t ref);
  // The device of the node that take() would take the first unit of this pod of; room() must be above 0. A share would
  // get any device that may_share(), if it wished for it.
  [[nodiscard]] std::uint32_t next_device(NodeId node, const PodRequest& pod,
                                          std::span<const std::uint16_t> free_milli) const;
  [[nodiscard]] bool may_share(NodeId node, const PodRequest& pod, std::uint32_t device,
                               std::uint32_t free_milli) const;

  // CHECKs that what is taken of the node's devices agrees with their free milli-GPUs and memory.
  void verify(PoolId pool, NodeId node, std::span<const std::uint16_t> free_milli) const;

  // Of all MIG pools.
  void set_effort(CutEffort effort);
  void accept_cuts();
  void undo_cuts();

 private:
  struct Part {
    PoolNodes nodes;
    GpuModeSpec mode;
    std::int64_t usable_mib = 0;
    std::unique_ptr<MigNodes> mig;
    std::vector<std::uint32_t> replicas;   // by device: allocated
    std::vector<std::int64_t> memory_mib;  // by device: asked for
  };
  void add_kinds(PoolId pool, Part& part);
  [[nodiscard]] std::size_t first_device(const Part& part, NodeId node) const {
    return std::size_t{node.index - part.nodes.first_node} * part.nodes.gpus_per_node;
  }
  [[nodiscard]] std::uint32_t times_on(const Part& part, std::size_t device, const PodRequest& pod,
                                       std::uint32_t free_milli) const;
  [[nodiscard]] std::vector<std::uint32_t> replicas_for(const Part& part, std::size_t first,
                                                        const PodRequest& pod) const;
  void take_replicas(Part& part, std::size_t first, const PodRequest& pod, std::vector<std::uint16_t>& refs) const;
  [[nodiscard]] std::uint32_t share_device(const Part& part, std::size_t first, const PodRequest& pod,
                                           std::span<const std::uint16_t> free_milli) const;

  std::vector<Part> parts_;  // by pool
  std::vector<SliceKind> kinds_;
};

}  // namespace seatrial

// How the GPUs of a pool are shared or cut, as the user describes it: plain values, filled by the scenario loader, read
// by GpuPartitions and by whoever builds the speed model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/gpu_sharing_names.h"
#include "models/mig_rule.h"
#include "models/sharing_mode.h"
#include "sim/time.h"

namespace seatrial {

// Who decides on the instances of a MIG pool after the start.
struct PartitionerSpec {
  enum class Kind : std::uint8_t { Static, OnDemand, Optimizing };
  Kind kind = Kind::Static;
  Duration delay{0};         // of a re-cut: creating and destroying instances of one GPU
  Duration gap{0};           // for which the device plugin of the node takes no new pod after a re-cut
  Duration min_wait{0};      // on-demand: that a job has waited before idle instances are destroyed for it
  Duration min_interval{0};  // on-demand: between two re-cuts of a GPU that destroy instances
  bool drain = false;        // on-demand: keep a GPU free of new work until a waiting job's instance fits
  Duration period{0};        // optimizing: > 0
  std::uint32_t forecast_percent = 50;
  std::uint32_t change_cost_percent = 10;
  bool exact = true;
};

struct GpuModeSpec {
  SharingMode mode = SharingMode::Share;
  bool stated = false;         // by the scenario; else whole GPUs and shares, without GPU memory
  std::uint32_t replicas = 1;  // time-slicing, mps
  std::string resource;        // that replicas are advertised as; "nvidia.com/gpu" unless renamed
  ReplicaPolicy replica_choice = ReplicaPolicy::Distributed;
  bool refuse_several = false;   // requests for more than one replica are refused (MPS: by default)
  double thread_percentage = 0;  // mps: of the SMs that one client may use; 0: all
  std::int64_t reserve_mib = 0;  // GPU memory that no job may have
  bool overcommit = false;       // time-slicing: memory asked for may exceed the GPU; then the youngest ends
  // MIG.
  bool single = false;  // strategy single: instances are advertised as nvidia.com/gpu
  // By GPU index of a node: the layout at the start; nothing: the GPU is not in MIG mode. Empty: all GPUs uncut.
  std::vector<std::optional<std::vector<MigLayoutEntry>>> layout;
  PartitionerSpec partitioner;
  MigRule rule;
  // What the workload asks for, profile by profile: weights of the look-ahead and of metrics. Empty: equal weights.
  std::vector<std::pair<std::string, std::uint32_t>> demand;

  [[nodiscard]] bool is_cut() const { return mode == SharingMode::Mig; }
  [[nodiscard]] bool has_replicas() const { return mode == SharingMode::TimeSlicing || mode == SharingMode::Mps; }
};

}  // namespace seatrial

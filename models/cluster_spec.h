// A cluster as the user describes it: plain values, filled by the scenario loader and by readers of node lists,
// turned into a Cluster by its constructor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/gpu_mode.h"
#include "sim/time.h"

namespace seatrial {

inline constexpr std::int64_t kUnlimited = INT64_MAX;
inline constexpr std::uint32_t kMaxGpusPerNode = 1024;
inline constexpr std::uint64_t kMaxNodes = 1'000'000;
inline constexpr std::uint64_t kMaxGpus = 10'000'000;

struct Taint {
  std::string key;
  std::string value;
  std::string effect;  // NoSchedule, PreferNoSchedule, NoExecute
};

// One node of an imported list; pools described by count have none of these.
struct NodeSpec {
  std::string name;
  std::int64_t cpu_milli = kUnlimited;
  std::int64_t memory_mib = kUnlimited;
  std::uint32_t gpus = 0;
  std::string gpu_model;   // a catalogue id or a foreign label; empty: no GPU
  std::uint32_t rank = 0;  // the lower rank wins ties; ties of rank: order in the list
};

struct PoolSpec {
  std::string name;
  std::uint32_t count = 0;              // nodes present at the start
  std::int64_t cpu_milli = kUnlimited;  // of a node
  std::int64_t memory_mib = kUnlimited;
  std::uint32_t max_pods = 0;  // of a node; 0: not limited
  std::string gpu_model;       // catalogue id; empty where gpus is 0
  std::uint32_t gpus = 0;      // of a node, 0..1024
  bool counted = false;        // GPUs of all nodes are one counted amount without node boundaries
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<Taint> taints;
  std::optional<double> price_usd_per_hour;  // of a node; none: from the catalogue, unknown if it has none
  std::vector<std::string> tenants;          // empty: all tenants
  GpuModeSpec gpu_mode;                      // how its GPUs are shared or cut
  std::vector<NodeSpec> nodes;               // imported; then count, gpus and so on above are ignored
};

// What the pods of a workload entry ask of nodes besides resources. GPU pods tolerate the taint `nvidia.com/gpu`
// by themselves, as Kubernetes' ExtendedResourceToleration admission plugin arranges it.
struct ConstraintSpec {
  std::vector<std::pair<std::string, std::string>> node_selector;  // all labels must match
  std::vector<Taint> tolerations;  // an empty value tolerates any value, an empty effect any effect
};

// At `at` (from the first kept submit) the pool is to have `count` nodes. Shrinking drains: jobs finish first.
struct CapacityChange {
  Duration at;
  std::uint32_t pool = 0;  // index into ClusterSpec::pools
  std::uint32_t count = 0;
};

struct ClusterSpec {
  std::vector<PoolSpec> pools;
  std::vector<CapacityChange> changes;
  std::vector<ConstraintSpec> constraints{ConstraintSpec{}};  // row 0: no constraint
};

// Whether jobs may have to wait, with their slices, for a re-cut.
[[nodiscard]] inline bool re_cuts_delay_starts(const ClusterSpec& spec) {
  for (const PoolSpec& pool : spec.pools) {
    const PartitionerSpec& partitioner = pool.gpu_mode.partitioner;
    if (partitioner.kind == PartitionerSpec::Kind::OnDemand && partitioner.delay.ns > 0) return true;
  }
  return false;
}

}  // namespace seatrial

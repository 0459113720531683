// What Kubernetes sees of shared and sliced GPUs: resource names as the NVIDIA device plugin advertises them, node
// labels as GPU feature discovery writes them, which replicas an allocation takes, and which requests are refused.
// Rules: NVIDIA/k8s-device-plugin 1b826acc (internal/rm, internal/lm) and go-nvlib 3c161560, as described in the
// project's reference; conformance vectors check them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

enum class MigStrategy : std::uint8_t { None, Single, Mixed };
enum class ReplicaSharing : std::uint8_t { None, TimeSlicing, Mps };

inline constexpr std::string_view kGpuResource = "nvidia.com/gpu";

// A resource whose devices are advertised several times.
struct SharedResource {
  std::string name;    // "nvidia.com/gpu"
  std::string rename;  // empty: the name stays and the product label gets -SHARED
  std::uint32_t replicas = 1;
};

struct SharingConfig {
  ReplicaSharing mode = ReplicaSharing::None;
  std::vector<SharedResource> resources;
  bool fail_requests_greater_than_one = false;  // the plugin's default is true for MPS

  // The entry of a resource, or nullptr if it is not shared.
  [[nodiscard]] const SharedResource* of(std::string_view resource) const;
};

// The resource that instances of a profile ("1g.5gb+me") are advertised as; nothing under strategy none, where GPUs in
// MIG mode are not advertised at all.
[[nodiscard]] std::optional<std::string> mig_resource_name(std::string_view profile, MigStrategy strategy);
// The name after sharing: the rename, or `<name>.shared` if `rename_by_default`, else the name itself.
[[nodiscard]] std::string shared_resource_name(std::string_view resource, const SharingConfig& sharing,
                                               bool rename_by_default);

// The gigabytes in a profile's name, from memory sizes in MiB: the share of the device in eighths, rounded up, of the
// device's GiB, rounded up; the product rounded half up. Requires device_memory_mib > 0.
[[nodiscard]] std::uint64_t mig_profile_gb(std::uint64_t device_memory_mib, std::uint64_t mig_memory_mib);

struct MigDeviceInfo {
  std::string profile;  // "1g.5gb"
  std::uint32_t compute_slices = 0;
  std::uint64_t memory_mib = 0;
};

struct GpuDeviceInfo {
  std::string product;  // "A100-SXM4-40GB"
  std::uint64_t memory_mib = 0;
  bool mig_enabled = false;
  std::vector<MigDeviceInfo> mig_devices;
};

using NodeLabels = std::map<std::string, std::string>;

// The labels of a resource: count, replicas, sharing strategy, memory, product. Nothing if there are no devices.
[[nodiscard]] NodeLabels gpu_resource_labels(const GpuDeviceInfo& device, std::uint64_t count,
                                             const SharingConfig& sharing);
// The labels of a node with these GPUs. Under `single` a node in MIG mode whose instances are not all alike gets the
// product `<model>-MIG-INVALID` and count 0; under `mixed` each profile adds labels of its own resource.
[[nodiscard]] NodeLabels gfd_labels(MigStrategy strategy, std::span<const GpuDeviceInfo> devices,
                                    const SharingConfig& sharing);

// distributed: the GPU with the fewest allocated replicas first, then the one picked least in this request; packed: the
// one with the most. Ties: the lowest index.
enum class ReplicaPolicy : std::uint8_t { Distributed, Packed };

struct ReplicaSupply {
  std::uint32_t total = 0;
  std::uint32_t available = 0;  // at most total
};

// Replicas taken of each GPU for a request of `size`; nothing if fewer are available. O(size log GPUs).
[[nodiscard]] std::optional<std::vector<std::uint32_t>> allocate_replicas(std::span<const ReplicaSupply> gpus,
                                                                          std::uint64_t size, ReplicaPolicy policy);

// Whether the device plugin grants a request for this many replicas of a shared resource: more than one replica says
// nothing about more compute, so it can be told to refuse.
[[nodiscard]] bool shared_request_valid(const SharingConfig& sharing, std::uint64_t requested);

}  // namespace seatrial

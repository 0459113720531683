// Kinds gfd_labels and gfd_sharing: node labels as GPU feature discovery writes them. Vectors look at a subset of the
// labels; the answer is cut to it.
#include "models/gpu_sharing_names.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr std::int64_t kLargestMemory = std::int64_t{1} << 40;
constexpr std::int64_t kMostReplicas = 1'000'000'000;
constexpr std::size_t kMostEntries = 10'000;

SharingConfig sharing_of(ReplicaSharing mode, const Json& resources) {
  SharingConfig sharing;
  sharing.mode = mode;
  for (const Json& entry : resources) {
    const Json* rename = optional_member(entry, "rename");
    sharing.resources.push_back({text(entry, "name"), rename == nullptr ? "" : text(*rename),
                                 static_cast<std::uint32_t>(integer(entry, "replicas", 0, kMostReplicas))});
  }
  return sharing;
}

GpuDeviceInfo device_of(const Json& entry) {
  GpuDeviceInfo device;
  device.product = text(entry, "model");
  device.memory_mib = static_cast<std::uint64_t>(integer(entry, "memoryMB", 0, kLargestMemory));
  device.mig_enabled = boolean(entry, "migEnabled");
  for (const Json& instance : list(entry, "migDevices", kMostEntries)) {
    // The mocks behind these vectors name an instance by its own memory, not by its share of the device.
    const std::int64_t slices = integer(instance, "gi", 1, 100);
    const std::int64_t memory_mib = integer(instance, "memoryMB", 0, kLargestMemory);
    device.mig_devices.push_back({std::to_string(slices) + "g." + std::to_string(memory_mib) + "gb",
                                  static_cast<std::uint32_t>(slices), static_cast<std::uint64_t>(memory_mib)});
  }
  return device;
}

Json labels_answer(const NodeLabels& labels) {
  Json shown = Json::object();
  for (const char* key : {"nvidia.com/gpu.count", "nvidia.com/gpu.replicas", "nvidia.com/gpu.sharing-strategy",
                          "nvidia.com/gpu.memory", "nvidia.com/gpu.product", "nvidia.com/mig.strategy"}) {
    const auto found = labels.find(key);
    if (found != labels.end()) shown[key] = found->second;
  }
  return {{"labels", shown}};
}

}  // namespace

Json gfd_labels_answer(const Json& input) {
  const auto strategy = static_cast<MigStrategy>(one_of(input, "migStrategy", {"none", "single", "mixed"}));
  std::vector<GpuDeviceInfo> devices;
  for (const Json& entry : list(input, "devices", kMostEntries)) devices.push_back(device_of(entry));
  const Json& resources = list(input, "timeSlicing", kMostEntries);
  const ReplicaSharing mode = resources.empty() ? ReplicaSharing::None : ReplicaSharing::TimeSlicing;
  return labels_answer(gfd_labels(strategy, devices, sharing_of(mode, resources)));
}

Json gfd_sharing_answer(const Json& input) {
  GpuDeviceInfo device;
  device.product = text(input, "model");
  device.memory_mib = static_cast<std::uint64_t>(integer(input, "memoryMB", 0, kLargestMemory));
  const Json& given = member(input, "sharing");
  const auto mode = static_cast<ReplicaSharing>(one_of(given, "mode", {"none", "time-slicing", "mps"}));
  const SharingConfig sharing = sharing_of(mode, list(given, "resources", kMostEntries));
  const auto count = static_cast<std::uint64_t>(integer(input, "gpuCount", 0, 1'000'000'000));
  return labels_answer(gpu_resource_labels(device, count, sharing));
}

}  // namespace seatrial::conformance

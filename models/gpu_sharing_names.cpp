// Names and labels of shared GPUs. Integer arithmetic throughout.
#include "models/gpu_sharing_names.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "sim/check.h"

namespace seatrial {
namespace {

const char* strategy_name(ReplicaSharing mode) {
  switch (mode) {
    case ReplicaSharing::None:
      return "none";
    case ReplicaSharing::TimeSlicing:
      return "time-slicing";
    case ReplicaSharing::Mps:
      return "mps";
  }
  return "none";
}

struct ResourceLabels {
  std::string_view resource;
  std::string product;
  std::uint64_t count = 0;
  std::uint64_t memory_mib = 0;
};

NodeLabels resource_labels(const ResourceLabels& of, const SharingConfig& sharing) {
  const SharedResource* shared = sharing.of(of.resource);
  const std::string prefix = std::string(of.resource) + ".";
  NodeLabels labels;
  labels[prefix + "count"] = std::to_string(of.count);
  labels[prefix + "replicas"] = std::to_string(shared == nullptr ? 1 : shared->replicas);
  labels[prefix + "sharing-strategy"] = shared == nullptr ? "none" : strategy_name(sharing.mode);
  labels[prefix + "memory"] = std::to_string(of.memory_mib);
  labels[prefix + "product"] = of.product + (shared != nullptr && shared->rename.empty() ? "-SHARED" : "");
  return labels;
}

// Strategy none, and what the other strategies say of whole GPUs.
NodeLabels whole_gpu_labels(std::span<const GpuDeviceInfo> devices, const SharingConfig& sharing) {
  const auto whole =
      std::find_if(devices.begin(), devices.end(), [](const GpuDeviceInfo& device) { return !device.mig_enabled; });
  if (whole != devices.end()) return gpu_resource_labels(*whole, devices.size(), sharing);
  // GPUs in MIG mode alone: they are counted but not advertised.
  NodeLabels labels = gpu_resource_labels(devices.front(), devices.size(), {});
  labels[std::string(kGpuResource) + ".replicas"] = "0";
  return labels;
}

NodeLabels invalid_mig_labels(const GpuDeviceInfo& device) {
  const std::string prefix = std::string(kGpuResource) + ".";
  return {{prefix + "count", "0"},
          {prefix + "replicas", "0"},
          {prefix + "sharing-strategy", ""},
          {prefix + "memory", "0"},
          {prefix + "product", device.product + "-MIG-INVALID"}};
}

NodeLabels single_labels(std::span<const GpuDeviceInfo> devices, const SharingConfig& sharing) {
  const auto in_mig =
      std::find_if(devices.begin(), devices.end(), [](const GpuDeviceInfo& device) { return device.mig_enabled; });
  if (in_mig == devices.end()) return whole_gpu_labels(devices, sharing);
  std::uint64_t count = 0;
  const MigDeviceInfo* first = nullptr;
  for (const GpuDeviceInfo& device : devices) {
    if (!device.mig_enabled || device.mig_devices.empty()) return invalid_mig_labels(*in_mig);
    for (const MigDeviceInfo& instance : device.mig_devices) {
      if (first == nullptr) first = &instance;
      if (instance.profile != first->profile) return invalid_mig_labels(*in_mig);
      ++count;
    }
  }
  return resource_labels({kGpuResource, devices.front().product + "-MIG-" + first->profile, count, first->memory_mib},
                         sharing);
}

NodeLabels mixed_labels(std::span<const GpuDeviceInfo> devices, const SharingConfig& sharing) {
  NodeLabels labels = whole_gpu_labels(devices, sharing);
  std::map<std::string, std::uint64_t> counts;
  for (const GpuDeviceInfo& device : devices) {
    for (const MigDeviceInfo& instance : device.mig_devices) {
      ++counts[mig_resource_name(instance.profile, MigStrategy::Mixed).value()];
    }
  }
  for (const GpuDeviceInfo& device : devices) {
    for (const MigDeviceInfo& instance : device.mig_devices) {
      const std::string resource = mig_resource_name(instance.profile, MigStrategy::Mixed).value();
      const std::string product = device.product + "-MIG-" + instance.profile;
      labels.merge(resource_labels({resource, product, counts[resource], instance.memory_mib}, sharing));
    }
  }
  return labels;
}

}  // namespace

const SharedResource* SharingConfig::of(std::string_view resource) const {
  if (mode == ReplicaSharing::None) return nullptr;
  const auto found = std::find_if(resources.begin(), resources.end(),
                                  [resource](const SharedResource& entry) { return entry.name == resource; });
  return found == resources.end() ? nullptr : &*found;
}

std::optional<std::string> mig_resource_name(std::string_view profile, MigStrategy strategy) {
  switch (strategy) {
    case MigStrategy::None:
      return std::nullopt;
    case MigStrategy::Single:
      return std::string(kGpuResource);
    case MigStrategy::Mixed:
      break;
  }
  std::string name = "nvidia.com/mig-" + std::string(profile);
  std::replace(name.begin(), name.end(), '+', '.');
  return name;
}

std::string shared_resource_name(std::string_view resource, const SharingConfig& sharing, bool rename_by_default) {
  const SharedResource* shared = sharing.of(resource);
  if (shared == nullptr) return std::string(resource);
  if (!shared->rename.empty()) return shared->rename;
  return std::string(resource) + (rename_by_default ? ".shared" : "");
}

std::uint64_t mig_profile_gb(std::uint64_t device_memory_mib, std::uint64_t mig_memory_mib) {
  CHECK(device_memory_mib > 0);
  const std::uint64_t eighths = (mig_memory_mib * 8 + device_memory_mib - 1) / device_memory_mib;
  const std::uint64_t device_gb = (device_memory_mib + 1023) / 1024;
  return (eighths * device_gb * 2 + 8) / 16;
}

NodeLabels gpu_resource_labels(const GpuDeviceInfo& device, std::uint64_t count, const SharingConfig& sharing) {
  if (count == 0) return {};
  return resource_labels({kGpuResource, device.product, count, device.memory_mib}, sharing);
}

NodeLabels gfd_labels(MigStrategy strategy, std::span<const GpuDeviceInfo> devices, const SharingConfig& sharing) {
  if (devices.empty()) return {};
  NodeLabels labels;
  switch (strategy) {
    case MigStrategy::None:
      return whole_gpu_labels(devices, sharing);
    case MigStrategy::Single:
      labels = single_labels(devices, sharing);
      labels["nvidia.com/mig.strategy"] = "single";
      return labels;
    case MigStrategy::Mixed:
      labels = mixed_labels(devices, sharing);
      labels["nvidia.com/mig.strategy"] = "mixed";
      return labels;
  }
  return labels;
}

std::optional<std::vector<std::uint32_t>> allocate_replicas(std::span<const ReplicaSupply> gpus, std::uint64_t size,
                                                            ReplicaPolicy policy) {
  struct Candidate {
    std::uint64_t key;  // lowest first
    std::uint32_t picked;
    std::uint32_t gpu;

    bool operator>(const Candidate& other) const {
      return std::tie(key, picked, gpu) > std::tie(other.key, other.picked, other.gpu);
    }
  };
  std::uint64_t available = 0;
  std::vector<std::uint32_t> taken(gpus.size(), 0);
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto candidate = [&](std::uint32_t gpu) {
    const std::uint64_t left = gpus[gpu].available - taken[gpu];
    const std::uint64_t allocated = gpus[gpu].total - left;
    return Candidate{policy == ReplicaPolicy::Distributed ? allocated : ~allocated, taken[gpu], gpu};
  };
  for (std::uint32_t gpu = 0; gpu < gpus.size(); ++gpu) {
    CHECK(gpus[gpu].available <= gpus[gpu].total);
    available += gpus[gpu].available;
    if (gpus[gpu].available > 0) queue.push(candidate(gpu));
  }
  if (size > available) return std::nullopt;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint32_t gpu = queue.top().gpu;
    queue.pop();
    ++taken[gpu];
    if (taken[gpu] < gpus[gpu].available) queue.push(candidate(gpu));
  }
  return taken;
}

bool shared_request_valid(const SharingConfig& sharing, std::uint64_t requested) {
  return sharing.mode == ReplicaSharing::None || !sharing.fail_requests_greater_than_one || requested <= 1;
}

}  // namespace seatrial

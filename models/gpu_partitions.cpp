// Resources of pools with a sharing mode; see gpu_partitions.h.
#include "models/gpu_partitions.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/cluster.h"
#include "models/device_ref.h"
#include "models/gpu_catalog.h"
#include "models/gpu_memory.h"
#include "models/workload.h"
#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::int64_t kNotKnown = INT64_MAX;

std::int64_t usable_of(const PoolSpec& pool) {
  const GpuModel* model = find_gpu_model(pool.gpu_model);
  if (model == nullptr) return kNotKnown;
  return usable_memory_mib(*model, pool.gpu_mode.reserve_mib).value_or(kNotKnown);
}

std::int64_t memory_of(const MigProfile& profile, const MigFamily& family, std::int64_t usable_mib) {
  if (profile.memory_gib) return static_cast<std::int64_t>(std::floor(*profile.memory_gib * 1024));
  return usable_mib == kNotKnown ? kNotKnown : usable_mib * profile.memory_slices / family.memory_slices;
}

}  // namespace

bool GpuPartitions::needed(const ClusterSpec& spec) {
  return std::any_of(spec.pools.begin(), spec.pools.end(), [](const PoolSpec& pool) { return pool.gpu_mode.stated; });
}

GpuPartitions::GpuPartitions(const ClusterSpec& spec, std::span<const PoolNodes> nodes) : kinds_(1) {
  for (std::uint32_t p = 0; p < spec.pools.size(); ++p) {
    Part part;
    part.nodes = nodes[p];
    part.mode = spec.pools[p].gpu_mode;
    part.usable_mib = usable_of(spec.pools[p]);
    if (part.mode.is_cut()) {
      const MigFamily* family = mig_family_of_gpu(spec.pools[p].gpu_model);
      CHECK(family != nullptr);
      part.mig = std::make_unique<MigNodes>(*family, part.mode, part.nodes.nodes, part.nodes.gpus_per_node);
    } else if (part.mode.stated && part.mode.mode != SharingMode::Exclusive) {
      const std::size_t devices = std::size_t{part.nodes.nodes} * part.nodes.gpus_per_node;
      part.memory_mib.assign(devices, 0);
      if (part.mode.has_replicas()) part.replicas.assign(devices, 0);
    }
    if (part.mode.stated) add_kinds({p}, part);
    parts_.push_back(std::move(part));
  }
}

void GpuPartitions::add_kinds(PoolId pool, Part& part) {
  using What = SliceKind::What;
  const GpuModeSpec& mode = part.mode;
  if (part.mig) {
    const MigFamily& family = part.mig->geometry().family();
    for (std::size_t i = 0; i < family.profiles.size(); ++i) {
      const MigProfile& profile = family.profiles[i];
      const std::uint32_t milli = kGpuMilli * profile.compute_slices / family.compute_slices;
      kinds_.push_back(
          {What::Instance, static_cast<std::uint8_t>(i), pool, milli, memory_of(profile, family, part.usable_mib)});
    }
    if (part.mig->uncut_gpus() > 0) kinds_.push_back({What::Whole, 0, pool, kGpuMilli, part.usable_mib});
  } else if (mode.has_replicas()) {
    const bool split = mode.mode == SharingMode::Mps && part.usable_mib != kNotKnown;
    kinds_.push_back(
        {What::Replica, 0, pool, kGpuMilli / mode.replicas, split ? part.usable_mib / mode.replicas : part.usable_mib});
  } else if (mode.mode == SharingMode::Share) {
    kinds_.push_back({What::Share, 0, pool, 0, part.usable_mib});
  }
}

std::int64_t GpuPartitions::memory_used_mib(PoolId pool, NodeId node, std::uint32_t device) const {
  const Part& part = parts_[pool.index];
  return part.memory_mib.empty() ? 0 : part.memory_mib[first_device(part, node) + device];
}

// How many units of the pod's request one shared device has room for.
std::uint32_t GpuPartitions::times_on(const Part& part, std::size_t device, const PodRequest& pod,
                                      std::uint32_t free_milli) const {
  const bool replica = part.mode.has_replicas();
  const std::uint32_t times = replica ? part.mode.replicas - part.replicas[device] : free_milli / pod.gpu_milli;
  if (pod.gpu_memory_mib == 0 || times == 0 || part.usable_mib == kNotKnown) return times;
  // Under MPS each client has its part, which its kind bounds; overcommitted clients are bound by the device alone.
  if (part.mode.mode == SharingMode::Mps || part.mode.overcommit) return times;
  const std::int64_t left = std::max<std::int64_t>(0, part.usable_mib - part.memory_mib[device]);
  return static_cast<std::uint32_t>(std::min<std::int64_t>(times, left / pod.gpu_memory_mib));
}

std::uint32_t GpuPartitions::room(NodeId node, const PodRequest& pod, std::span<const std::uint16_t> free_milli,
                                  std::uint32_t enough) const {
  const SliceKind& kind = kinds_[pod.slice];
  const Part& part = parts_[kind.pool.index];
  std::uint64_t units = 0;
  switch (kind.what) {
    case SliceKind::What::Instance: {
      const auto wanted =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{enough} * pod.gpus, 1U << 20U));
      units = part.mig->room(node.index - part.nodes.first_node, kind.profile, wanted);
      break;
    }
    case SliceKind::What::Whole:
      for (std::uint32_t device = 0; device < free_milli.size(); ++device) {
        units += !part.mig->is_cut(device) && free_milli[device] == kGpuMilli ? 1 : 0;
      }
      break;
    case SliceKind::What::Replica:
    case SliceKind::What::Share: {
      const std::size_t first = first_device(part, node);
      for (std::size_t device = 0; device < free_milli.size(); ++device) {
        units += times_on(part, first + device, pod, free_milli[device]);
      }
      break;
    }
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(enough, units / pod.gpus));
}

std::uint32_t GpuPartitions::most(const PodRequest& pod, std::uint32_t gpus) const {
  const SliceKind& kind = kinds_[pod.slice];
  const Part& part = parts_[kind.pool.index];
  switch (kind.what) {
    case SliceKind::What::Instance:
      return part.mig->most(kind.profile) / pod.gpus;
    case SliceKind::What::Whole:
      return part.mig->uncut_gpus() / pod.gpus;
    case SliceKind::What::Replica:
    case SliceKind::What::Share: {
      std::int64_t per_device = part.mode.has_replicas() ? part.mode.replicas : kGpuMilli / pod.gpu_milli;
      const bool bound = pod.gpu_memory_mib > 0 && part.usable_mib != kNotKnown && !part.mode.overcommit;
      if (bound && part.mode.mode != SharingMode::Mps) {
        per_device = std::min<std::int64_t>(per_device, part.usable_mib / pod.gpu_memory_mib);
      }
      return static_cast<std::uint32_t>(per_device * gpus / pod.gpus);
    }
  }
  return 0;
}

std::vector<std::uint32_t> GpuPartitions::replicas_for(const Part& part, std::size_t first,
                                                       const PodRequest& pod) const {
  std::vector<ReplicaSupply> supply;
  for (std::uint32_t device = 0; device < part.nodes.gpus_per_node; ++device) {
    const std::uint32_t left = times_on(part, first + device, pod, 0);
    supply.push_back({part.replicas[first + device] + left, left});
  }
  const auto taken = allocate_replicas(supply, pod.gpus, part.mode.replica_choice);
  CHECK(taken.has_value());
  return *taken;
}

void GpuPartitions::take_replicas(Part& part, std::size_t first, const PodRequest& pod,
                                  std::vector<std::uint16_t>& refs) const {
  const std::vector<std::uint32_t> taken = replicas_for(part, first, pod);
  for (std::uint32_t device = 0; device < taken.size(); ++device) {
    part.replicas[first + device] += taken[device];
    part.memory_mib[first + device] += std::int64_t{pod.gpu_memory_mib} * taken[device];
    refs.insert(refs.end(), taken[device], static_cast<std::uint16_t>(device));
  }
}

// The device with the least free share that fits, the lowest index among equals.
std::uint32_t GpuPartitions::share_device(const Part& part, std::size_t first, const PodRequest& pod,
                                          std::span<const std::uint16_t> free_milli) const {
  std::uint32_t best = Cluster::kAnyDevice;
  for (std::uint32_t device = 0; device < free_milli.size(); ++device) {
    if (times_on(part, first + device, pod, free_milli[device]) == 0) continue;
    if (best == Cluster::kAnyDevice || free_milli[device] < free_milli[best]) best = device;
  }
  CHECK(best != Cluster::kAnyDevice);
  return best;
}

void GpuPartitions::take(NodeId node, const PodRequest& pod, std::span<const std::uint16_t> free_milli,
                         std::uint32_t wished, std::vector<std::uint16_t>& refs) {
  const SliceKind& kind = kinds_[pod.slice];
  Part& part = parts_[kind.pool.index];
  const std::size_t first = first_device(part, node);
  switch (kind.what) {
    case SliceKind::What::Instance:
      for (std::uint32_t i = 0; i < pod.gpus; ++i) {
        const MigInstance instance = part.mig->take(node.index - part.nodes.first_node, kind.profile);
        refs.push_back(instance_ref(instance.gpu % part.nodes.gpus_per_node, instance.place));
      }
      return;
    case SliceKind::What::Whole: {
      std::uint32_t wanted = pod.gpus;
      for (std::uint32_t device = 0; device < free_milli.size() && wanted > 0; ++device) {
        if (part.mig->is_cut(device) || free_milli[device] != kGpuMilli) continue;
        refs.push_back(static_cast<std::uint16_t>(device));
        --wanted;
      }
      CHECK(wanted == 0);
      return;
    }
    case SliceKind::What::Replica:
      take_replicas(part, first, pod, refs);
      return;
    case SliceKind::What::Share: {
      const bool may = wished < free_milli.size() && times_on(part, first + wished, pod, free_milli[wished]) > 0;
      const std::uint32_t device = may ? wished : share_device(part, first, pod, free_milli);
      part.memory_mib[first + device] += pod.gpu_memory_mib;
      refs.push_back(static_cast<std::uint16_t>(device));
      return;
    }
  }
}

bool GpuPartitions::may_share(NodeId node, const PodRequest& pod, std::uint32_t device,
                              std::uint32_t free_milli) const {
  const Part& part = parts_[kinds_[pod.slice].pool.index];
  return times_on(part, first_device(part, node) + device, pod, free_milli) > 0;
}

std::uint32_t GpuPartitions::next_device(NodeId node, const PodRequest& pod,
                                         std::span<const std::uint16_t> free_milli) const {
  const SliceKind& kind = kinds_[pod.slice];
  const Part& part = parts_[kind.pool.index];
  switch (kind.what) {
    case SliceKind::What::Instance:
      return part.mig->preview(node.index - part.nodes.first_node, kind.profile).device;
    case SliceKind::What::Whole:
      for (std::uint32_t device = 0; device < free_milli.size(); ++device) {
        if (!part.mig->is_cut(device) && free_milli[device] == kGpuMilli) return device;
      }
      CHECK(false);
    case SliceKind::What::Replica: {
      const std::vector<std::uint32_t> taken = replicas_for(part, first_device(part, node), pod);
      const auto first = std::find_if(taken.begin(), taken.end(), [](std::uint32_t replicas) { return replicas > 0; });
      return static_cast<std::uint32_t>(first - taken.begin());
    }
    case SliceKind::What::Share:
      return share_device(part, first_device(part, node), pod, free_milli);
  }
  CHECK(false);
}

void GpuPartitions::give(NodeId node, const PodRequest& pod, std::uint16_t ref) {
  const SliceKind& kind = kinds_[pod.slice];
  Part& part = parts_[kind.pool.index];
  const std::size_t device = first_device(part, node) + device_index(ref);
  switch (kind.what) {
    case SliceKind::What::Instance:
      part.mig->give({static_cast<std::uint32_t>(device), device_place(ref)});
      return;
    case SliceKind::What::Whole:
      return;
    case SliceKind::What::Replica:
      CHECK(part.replicas[device] > 0);
      --part.replicas[device];
      [[fallthrough]];
    case SliceKind::What::Share:
      part.memory_mib[device] -= pod.gpu_memory_mib;
      CHECK(part.memory_mib[device] >= 0);
      return;
  }
}

void GpuPartitions::verify(PoolId pool, NodeId node, std::span<const std::uint16_t> free_milli) const {
  const Part& part = parts_[pool.index];
  const std::size_t first = part.nodes.nodes == 0 ? 0 : first_device(part, node);
  for (std::uint32_t device = 0; device < free_milli.size(); ++device) {
    if (part.mig && part.mig->is_cut(device)) {
      const MigGeometry& geometry = part.mig->geometry();
      const auto gpu = static_cast<std::uint32_t>(first + device);
      const MigInstances busy = geometry.instances(part.mig->pool().busy(gpu));
      CHECK((busy & ~geometry.instances(part.mig->pool().existing(gpu))) == 0);
      std::uint32_t used = 0;
      for (MigInstances left = busy; left != 0; left &= left - 1) {
        const auto place = static_cast<std::size_t>(std::countr_zero(left));
        used += kGpuMilli * geometry.places()[place].compute / geometry.family().compute_slices;
      }
      CHECK(used + free_milli[device] == kGpuMilli);
    }
    if (part.mode.has_replicas() && part.mode.stated) {
      CHECK(part.replicas[first + device] <= part.mode.replicas);
      CHECK(part.replicas[first + device] * (kGpuMilli / part.mode.replicas) + free_milli[device] == kGpuMilli);
    }
    const bool bound = !part.memory_mib.empty() && !part.mode.overcommit && part.mode.mode != SharingMode::Mps;
    if (bound && part.usable_mib != kNotKnown) CHECK(part.memory_mib[first + device] <= part.usable_mib);
  }
}

void GpuPartitions::set_effort(CutEffort effort) {
  for (Part& part : parts_) {
    if (part.mig) part.mig->set_effort(std::min(effort, part.mig->most_effort()));
  }
}

void GpuPartitions::accept_cuts() {
  for (Part& part : parts_) {
    if (part.mig) part.mig->accept();
  }
}

void GpuPartitions::undo_cuts() {
  for (Part& part : parts_) {
    if (part.mig) part.mig->undo();
  }
}

}  // namespace seatrial

// Which devices of a node a pod could get its first unit of, for scores that look at who is on a device already.
#pragma once

#include "models/cluster.h"
#include "models/gpu_partitions.h"

namespace seatrial {

// Visits visit(device, wish) for each: every device with room for a share, which gets the one it wishes for; of
// replicas and instances the one that the device plugin or the partition takes, whatever is wished. The node must have
// room for the pod. Whole GPUs have no sharers: none is visited.
template <class Visit>
void for_each_shared_device(const PodRequest& pod, NodeId node, const Cluster& cluster, Visit visit) {
  const auto devices = cluster.devices(node);
  const GpuPartitions* partitions = cluster.partitions();
  if (pod.gpus == 0) return;
  if (pod.slice != 0 && partitions->kind(pod.slice).what != SliceKind::What::Share) {
    if (partitions->kind(pod.slice).what == SliceKind::What::Whole) return;
    visit(partitions->next_device(node, pod, devices), std::uint32_t{Cluster::kAnyDevice});
    return;
  }
  if (!pod.is_share()) return;
  for (std::uint32_t device = 0; device < devices.size(); ++device) {
    const bool fits =
        pod.slice == 0 ? devices[device] >= pod.gpu_milli : partitions->may_share(node, pod, device, devices[device]);
    if (fits) visit(device, device);
  }
}

}  // namespace seatrial

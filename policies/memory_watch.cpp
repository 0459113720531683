// Who ends when memory runs out; see memory_watch.h.
#include "policies/memory_watch.h"

#include <algorithm>

#include "models/device_ref.h"
#include "models/gpu_partitions.h"

namespace seatrial {

bool MemoryWatch::needed(const Cluster& cluster) {
  const GpuPartitions* partitions = cluster.partitions();
  for (std::uint32_t pool = 0; partitions != nullptr && pool < cluster.pools().size(); ++pool) {
    if (partitions->mode({pool}).overcommit) return true;
  }
  return false;
}

std::span<const JobId> MemoryWatch::bind(JobId job, Time now, const PodRequest& pod, std::span<const Piece> pieces,
                                         std::span<const std::uint16_t> devices) {
  victims_.clear();
  const PoolId pool = cluster_.partitions()->kind(pod.slice).pool;
  if (!cluster_.partitions()->mode(pool).overcommit) return victims_;
  const std::int64_t usable_mib = cluster_.partitions()->usable_mib(pool);
  for (const Piece& piece : pieces) {
    for (const std::uint16_t ref : devices.subspan(piece.first_device, piece.gpus)) {
      const std::uint32_t device = cluster_.first_device(piece.node) + device_index(ref);
      holders_[device].push_back({job, now, pod.gpu_memory_mib});
      held_[job].push_back(device);
      for (JobId victim = youngest_to_end(holders_[device], usable_mib); victim.valid();
           victim = youngest_to_end(holders_[device], usable_mib)) {
        victims_.push_back(victim);
        release(victim);
      }
    }
  }
  return victims_;
}

void MemoryWatch::release(JobId job) {
  const auto found = held_.find(job);
  if (found == held_.end()) return;
  for (const std::uint32_t device : found->second) {
    std::erase_if(holders_[device], [job](const MemoryHolder& holder) { return holder.job == job; });
  }
  held_.erase(found);
}

}  // namespace seatrial

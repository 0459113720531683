// GPU memory of shared devices that may be overcommitted (time-slicing): who holds how much, and who has to end when
// more is asked for than there is. Owned by RunState where some pool allows it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "models/cluster.h"
#include "models/gpu_memory.h"
#include "models/job_table.h"

namespace seatrial {

class MemoryWatch {
 public:
  explicit MemoryWatch(const Cluster& cluster) : cluster_(cluster), holders_(cluster.devices_in_all()) {}
  [[nodiscard]] static bool needed(const Cluster& cluster);

  // A job got its devices. Gives the jobs that have to end now, youngest first (the job itself may be among them); they
  // hold nothing any more. Valid until the next call.
  std::span<const JobId> bind(JobId job, Time now, const PodRequest& pod, std::span<const Piece> pieces,
                              std::span<const std::uint16_t> devices);
  // The job gives its devices back; nothing if it had none that are watched.
  void release(JobId job);

 private:
  const Cluster& cluster_;
  std::vector<std::vector<MemoryHolder>> holders_;    // by device of the cluster
  std::map<JobId, std::vector<std::uint32_t>> held_;  // devices
  std::vector<JobId> victims_;
};

}  // namespace seatrial

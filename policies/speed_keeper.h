// The speed of running jobs: who is on which device with what slice, at what rate each works, and how much each has
// left. Owned by RunState where scenarios model speed. A job that comes or goes changes the rates of those on its
// devices alone; RunState gives each of them a new end and takes old ones for stale.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/cluster.h"
#include "models/device_sharing.h"
#include "models/job_table.h"
#include "models/request_class.h"
#include "models/work_meter.h"

namespace seatrial {

// What speed depends on, in the indexes of the model's tables.
struct SpeedPlan {
  std::unique_ptr<SpeedTables> tables;
  std::unique_ptr<SpeedModel> model;
  std::vector<DeviceKind> kind_of_node;        // by node
  std::vector<std::uint16_t> work_of_request;  // by request
  std::vector<std::uint16_t> slice_of_kind;    // by row of GpuPartitions::kinds(); empty without them
};

class SpeedKeeper {
 public:
  SpeedKeeper(const SpeedPlan& plan, const Cluster& cluster);

  // A job in a row of LiveJobs has GPUs from now on; its work of that length begins at useful_from. Gives the jobs
  // whose rate changed, the new one among them; valid until the next call.
  struct Start {
    JobId job;
    std::uint32_t row = 0;
    RequestId request;
    std::uint16_t slice = 0;  // of its pods, as PodRequest::slice
    Time useful_from;
    Duration work{0};
  };
  std::span<const JobId> begin(const Start& start, std::span<const Piece> pieces,
                               std::span<const std::uint16_t> devices);
  // The job gives its GPUs back.
  std::span<const JobId> end(JobId job, std::uint32_t row);
  // Takes over the present rate of a job that begin() or end() named.
  void re_rate(Time now, JobId job, std::uint32_t row);

  [[nodiscard]] Time end_of(std::uint32_t row) const { return rows_[row].meter.end(); }
  [[nodiscard]] Duration left(std::uint32_t row, Time now) const {
    const Row& job = rows_[row];
    return job.meter.left(now < job.useful_from ? job.useful_from : now);
  }
  [[nodiscard]] Rate rate(std::uint32_t row) const { return rows_[row].meter.rate(); }
  [[nodiscard]] Time useful_from(std::uint32_t row) const { return rows_[row].useful_from; }
  // Ends that were announced before this sequence number are stale.
  [[nodiscard]] std::uint64_t valid_from(std::uint32_t row) const { return rows_[row].valid_from; }
  void set_valid_from(std::uint32_t row, std::uint64_t sequence) { rows_[row].valid_from = sequence; }
  [[nodiscard]] std::uint64_t rerates() const { return rerates_; }
  [[nodiscard]] DeviceKind kind(NodeId node, std::uint32_t device) const {
    return sharing_.kind(cluster_.first_device(node) + device);
  }
  // Who is on a device of a node now.
  [[nodiscard]] std::span<const Sharer> sharers(NodeId node, std::uint32_t device) const {
    return sharing_.sharers(cluster_.first_device(node) + device);
  }

 private:
  struct Row {
    WorkMeter meter;
    Time useful_from = kNever;
    std::uint64_t valid_from = 0;
  };
  void collect(std::span<const Piece> pieces, std::span<const std::uint16_t> devices);
  [[nodiscard]] Rate lowest(JobId job, std::uint32_t row) const;

  const SpeedPlan& plan_;
  const Cluster& cluster_;
  DeviceSharing sharing_;
  std::vector<Row> rows_;                         // as LiveJobs
  std::vector<std::vector<std::uint32_t>> held_;  // by row: devices
  std::vector<std::uint32_t> found_;
  std::vector<JobId> changed_;
  std::uint64_t rerates_ = 0;
};

}  // namespace seatrial

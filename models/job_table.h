// What happened to each job of a run so far: one row per job of the Workload. Written by the control plane alone, read
// by reports when the run is over.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ids.h"
#include "sim/column.h"
#include "sim/time.h"

namespace seatrial {

enum class JobState : std::uint8_t { Future, Pending, Running, Completed, Failed, Rejected };

// Why a job had no GPUs, as parts of its wait that add up to it exactly.
enum class WaitReason : std::uint8_t {
  Capacity,       // fewer GPUs free in the pools it may use than it asks for
  Fragmentation,  // enough GPUs free there, but no legal place
  HeadOfLine,     // behind the blocked head of its queue, or kept back by a reservation
  Quota,          // its queue's quota is used up
  Constraint,     // enough GPUs free in the cluster, but not in the pools it may use
};
inline constexpr std::size_t kWaitReasons = 5;
[[nodiscard]] const char* wait_reason_name(WaitReason reason);  // "capacity", "fragmentation", "head-of-line", ...
[[nodiscard]] const char* job_state_name(JobState state);       // as in jobs.csv: completed, failed, rejected, ...

using WaitSplit = std::array<Duration, kWaitReasons>;

// GPUs of one gang on one node.
struct Piece {
  NodeId node;
  std::uint32_t pods = 0;
  std::uint32_t gpus = 0;          // whole GPUs, or 1 for a share
  std::uint32_t first_device = 0;  // into JobTable::devices() where devices are tracked
};

class JobTable {
 public:
  explicit JobTable(std::size_t jobs);

  // State and times. `start` is the first start, `end` the end; kNever where not reached.
  Column<JobId, JobState> state;
  Column<JobId, Time> start;
  Column<JobId, Time> end;
  Column<JobId, Duration> waited;  // time without GPUs so far
  Column<JobId, std::uint32_t> preemptions;
  std::vector<const char*> reject_reasons;  // texts, see reject_row
  Column<JobId, std::uint8_t> reject_row;   // 0 = none

  // Only where jobs ask for slices, replicas or shares with memory: what one of the GPUs that a request counts is in
  // milli-GPUs, by request and by the shape of its gang (0: the request's own gpu_milli), and which shape the last
  // placement had. See unit_milli().
  std::vector<std::vector<std::uint32_t>> shape_milli;
  std::vector<std::vector<std::uint16_t>> shape_slice;  // the same: rows of GpuPartitions::kinds()
  Column<JobId, std::uint16_t> shape;

  // The nodes of the last placement, empty if the job never started.
  [[nodiscard]] std::span<const Piece> pieces(JobId job) const;
  // Device indexes of a piece; empty where devices are not tracked.
  [[nodiscard]] std::span<const std::uint16_t> devices(const Piece& piece) const;
  // Replaces the placement of a job; device lists are appended by the caller through new_devices().
  void set_pieces(JobId job, std::span<const Piece> pieces);
  [[nodiscard]] std::vector<std::uint16_t>& device_arena() { return devices_; }
  // The split of `waited` by reason; all zero if the job did not wait.
  [[nodiscard]] WaitSplit wait_split(JobId job) const;
  // The job waited longer: by one reason, or by several. `before`: how much of its wait was split so far.
  void add_wait(JobId job, Duration before, WaitReason reason, Duration span);
  void add_wait(JobId job, Duration before, const WaitSplit& span);

 private:
  // A placement on one node, by far the most, is kept in the row itself.
  struct Placement {
    Piece first;
    std::uint32_t more = 0;  // into pieces_, where count > 1: all pieces
    std::uint32_t count = 0;
  };
  WaitSplit& split_row(JobId job, Duration before);

  // What a job's wait is made of: nothing, all of it one reason (number of the reason + 1), or by far the least often
  // a row of splits_ (kFirstRow + its number).
  static constexpr std::uint32_t kFirstRow = kWaitReasons + 1;
  Column<JobId, std::uint32_t> wait_kind_;
  std::vector<WaitSplit> splits_;
  Column<JobId, Placement> placement_;
  std::vector<Piece> pieces_;
  std::vector<std::uint16_t> devices_;
};

class Workload;

// Milli-GPUs of one of the GPUs, slices or shares that the job holds or held last; before it starts, of the kind that
// it would be given first.
[[nodiscard]] std::uint32_t unit_milli(const Workload& workload, const JobTable& table, JobId job);
// The same of its whole gang.
[[nodiscard]] std::int64_t gang_milli(const Workload& workload, const JobTable& table, JobId job);

}  // namespace seatrial

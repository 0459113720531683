// Who held which GPUs from when to when: the one record of a run that the report, timeline.json.gz, metrics.om and
// batsim_jobs.csv are made of. What it keeps depends on who asks: the report of a run without preemption needs only the
// changes of capacity (cost per fact: one comparison), as the job table has the rest; with preemption also the stints
// (50 bytes each on one node); the exports need waits and levels as well (40 bytes per instant).
//
// Invariant: stints are in the order in which they began; stints of one job do not overlap.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/fact.h"
#include "models/ids.h"
#include "models/job_table.h"

namespace seatrial {

class Cluster;

// One stretch of time in which a job held its GPUs without a break.
struct Stint {
  static constexpr std::uint32_t kNone = 0xffffffffU;
  enum class Exit : std::uint8_t { Running, Completed, Failed, Preempted };  // Running: the run ended first
  JobId job;
  std::uint32_t first_piece = 0;
  std::uint32_t pieces : 30 = 0;
  Exit exit : 2 = Exit::Running;
  std::uint32_t previous = kNone;  // the job's stint before this one
  Time begin;
  Time end;  // the end of the run for Running
};
static_assert(sizeof(Stint) == 32);

// What the whole cluster looked like from `at` on.
struct ClusterLevel {
  Time at;
  std::int64_t queue_jobs = 0;
  std::int64_t running_jobs = 0;
  std::int64_t allocated_milli = 0;
  std::int64_t total_milli = 0;
};

// GPUs and nodes of a pool from `at` on.
struct PoolChange {
  Time at;
  std::uint32_t pool = 0;
  std::uint32_t nodes = 0;
  std::int64_t milli = 0;
};

// A node comes or goes.
struct NodeChange {
  Time at;
  NodeId node;
  bool present = false;
};

// A job that still waits when the run is over.
struct OpenWait {
  JobId job;
  Time since;
};

// One stay of a job on its GPUs, as the report draws it.
struct Stay {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::span<const Piece> pieces;
};

struct HistoryOptions {
  bool stints = true;
  bool levels = true;  // and waits; only with stints
};

class RunHistory final : public Observer {
 public:
  // The cluster as it is when the run begins; it and the table outlive the history.
  RunHistory(const JobTable& table, const Cluster& cluster, HistoryOptions options = {});

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;
  // Takes over the job's placement; to be called in the instant of its start, whether or not that fact has been
  // observed. Without stints: nothing.
  void placed(JobId job, Time now);
  // Looks which nodes are there, if a pool has changed since the last time; to be called at the end of an instant.
  void note_nodes(Time now);

  [[nodiscard]] const std::vector<Stint>& stints() const { return stints_; }
  [[nodiscard]] std::span<const Piece> pieces(const Stint& stint) const {
    return {pieces_.data() + stint.first_piece, stint.pieces};
  }
  // How long the job had waited directly before this start, one of stints(). Only with levels.
  [[nodiscard]] Duration waited(const Stint& stint) const {
    return waited_[static_cast<std::size_t>(&stint - stints_.data())];
  }
  [[nodiscard]] const JobTable& table() const { return table_; }
  // Devices of a piece (models/device_ref.h); empty where devices are not tracked.
  [[nodiscard]] std::span<const std::uint16_t> devices(const Piece& piece) const { return table_.devices(piece); }
  // One row per instant at which something changed.
  [[nodiscard]] const std::vector<ClusterLevel>& levels() const { return levels_; }
  // Of each pool one row for the beginning, then its changes.
  [[nodiscard]] const std::vector<PoolChange>& pool_changes() const { return pool_changes_; }
  // Of each node that is there at the beginning one row, then the changes.
  [[nodiscard]] const std::vector<NodeChange>& node_changes() const { return node_changes_; }
  [[nodiscard]] const std::vector<OpenWait>& open_waits() const { return open_waits_; }
  // Stays of a job, in order of time, without those that ended by preemption in the instant in which they began; the
  // last one of a job that still runs ends with the run. After finish(). Needs stints if the job was preempted; `out`
  // is replaced.
  void stays(JobId job, std::vector<Stay>& out) const;
  [[nodiscard]] bool capacity_changed() const { return pool_changes_.size() > pool_milli_.size(); }
  [[nodiscard]] Time begin() const { return begin_; }  // of the first fact
  [[nodiscard]] Time end() const { return end_; }

 private:
  // A placement whose stint may not be known yet.
  struct Placed {
    JobId job;
    std::uint32_t first_piece = 0;
    std::uint32_t pieces = 0;
    Time at;
  };

  void handle(const Fact& fact);
  void start(const Fact& fact);
  void leave(const Fact& fact, Stint::Exit exit);
  void count(const Fact& fact);
  ClusterLevel& level_at(Time at);
  void match_placements();

  const JobTable& table_;
  const Cluster& cluster_;
  HistoryOptions options_;
  std::vector<std::int64_t> pool_milli_;
  std::vector<bool> present_;                 // by node
  std::vector<std::uint32_t> nodes_of_pool_;  // when note_nodes() last looked
  std::vector<Placed> placed_;
  std::vector<Stint> stints_;
  std::vector<Piece> pieces_;
  std::vector<ClusterLevel> levels_;
  std::vector<PoolChange> pool_changes_;
  std::vector<NodeChange> node_changes_;
  Column<JobId, std::uint32_t> open_;  // the job's stint that has not ended, or its last one
  Column<JobId, Time> queued_at_;      // kNever: not waiting. Only with levels, as all that follows
  std::vector<Duration> waited_;       // by stint
  std::vector<OpenWait> open_waits_;
  bool begun_ = false;
  Time begin_{0};
  Time end_{0};
};

// The level in force at an instant; before the first one: zeros.
[[nodiscard]] ClusterLevel level_in_force(std::span<const ClusterLevel> levels, Time at);

// "completed", "preempted", ...
[[nodiscard]] const char* stint_exit_name(Stint::Exit exit);

}  // namespace seatrial

// Who held which GPUs from when to when: the one record of a run that timeline.json.gz, metrics.om and batsim_jobs.csv
// are made of. Kept only where one of them is asked for; about 100 bytes per start and 40 per instant.
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
  enum class Exit : std::uint8_t { Running, Completed, Failed, Preempted };  // Running: the run ended first
  JobId job;
  std::uint32_t first_piece = 0;
  std::uint32_t pieces = 0;
  Exit exit = Exit::Running;
  Time begin;
  Time end;           // the end of the run for Running
  Duration waited{};  // directly before this start
};

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

class RunHistory final : public Observer {
 public:
  // The cluster as it is when the run begins; it and the table outlive the history.
  RunHistory(const JobTable& table, const Cluster& cluster);

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;
  // Takes over the job's placement; to be called in the instant of its start, when that fact has been observed.
  void placed(JobId job);
  // Looks which nodes are there, if a pool has changed since the last time; to be called at the end of an instant.
  void note_nodes(Time now);

  [[nodiscard]] const std::vector<Stint>& stints() const { return stints_; }
  [[nodiscard]] std::span<const Piece> pieces(const Stint& stint) const {
    return {pieces_.data() + stint.first_piece, stint.pieces};
  }
  // Device indexes of a piece; empty where devices are not tracked.
  [[nodiscard]] std::span<const std::uint16_t> devices(const Piece& piece) const { return table_.devices(piece); }
  // One row per instant at which something changed.
  [[nodiscard]] const std::vector<ClusterLevel>& levels() const { return levels_; }
  // Of each pool one row for the beginning, then its changes.
  [[nodiscard]] const std::vector<PoolChange>& pool_changes() const { return pool_changes_; }
  // Of each node that is there at the beginning one row, then the changes.
  [[nodiscard]] const std::vector<NodeChange>& node_changes() const { return node_changes_; }
  [[nodiscard]] const std::vector<OpenWait>& open_waits() const { return open_waits_; }
  [[nodiscard]] Time begin() const { return begin_; }  // of the first fact
  [[nodiscard]] Time end() const { return end_; }

 private:
  static constexpr std::uint32_t kNoStint = 0xffffffffU;

  void handle(const Fact& fact);
  void start(const Fact& fact);
  void leave(const Fact& fact, Stint::Exit exit);
  ClusterLevel& level_at(Time at);

  const JobTable& table_;
  const Cluster& cluster_;
  std::vector<std::int64_t> pool_milli_;
  std::vector<bool> present_;  // by node
  std::size_t pool_changes_seen_ = 0;
  std::vector<Stint> stints_;
  std::vector<Piece> pieces_;
  std::vector<ClusterLevel> levels_;
  std::vector<PoolChange> pool_changes_;
  std::vector<NodeChange> node_changes_;
  Column<JobId, std::uint32_t> open_;  // the job's stint that has not ended, or its last one
  Column<JobId, Time> queued_at_;      // kNever: not waiting
  std::vector<OpenWait> open_waits_;
  Time begin_{0};
  Time end_{0};
};

// The level in force at an instant; before the first one: zeros.
[[nodiscard]] ClusterLevel level_in_force(std::span<const ClusterLevel> levels, Time at);

// "completed", "preempted", ...
[[nodiscard]] const char* stint_exit_name(Stint::Exit exit);

}  // namespace seatrial

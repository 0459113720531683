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

class RunHistory final : public Observer {
 public:
  // pool_milli: GPUs of each pool when the run begins. The table outlives the history.
  RunHistory(const JobTable& table, std::vector<std::int64_t> pool_milli);

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;
  // Takes over the job's placement; to be called in the instant of its start, when that fact has been observed.
  void placed(JobId job);

  [[nodiscard]] const std::vector<Stint>& stints() const { return stints_; }
  [[nodiscard]] std::span<const Piece> pieces(const Stint& stint) const {
    return {pieces_.data() + stint.first_piece, stint.pieces};
  }
  // Device indexes of a piece; empty where devices are not tracked.
  [[nodiscard]] std::span<const std::uint16_t> devices(const Piece& piece) const { return table_.devices(piece); }
  // One row per instant at which something changed.
  [[nodiscard]] const std::vector<ClusterLevel>& levels() const { return levels_; }
  [[nodiscard]] const std::vector<PoolChange>& pool_changes() const { return pool_changes_; }
  [[nodiscard]] Time begin() const { return begin_; }  // of the first fact
  [[nodiscard]] Time end() const { return end_; }

 private:
  static constexpr std::uint32_t kNoStint = 0xffffffffU;

  void handle(const Fact& fact);
  void start(const Fact& fact);
  void leave(const Fact& fact, Stint::Exit exit);
  ClusterLevel& level_at(Time at);

  const JobTable& table_;
  std::vector<std::int64_t> pool_milli_;
  std::vector<Stint> stints_;
  std::vector<Piece> pieces_;
  std::vector<ClusterLevel> levels_;
  std::vector<PoolChange> pool_changes_;
  Column<JobId, std::uint32_t> open_;  // the job's stint that has not ended, or its last one
  Column<JobId, Time> queued_at_;
  Time begin_{0};
  Time end_{0};
};

// The level in force at an instant; before the first one: zeros.
[[nodiscard]] ClusterLevel level_in_force(std::span<const ClusterLevel> levels, Time at);

// "completed", "preempted", ...
[[nodiscard]] const char* stint_exit_name(Stint::Exit exit);

}  // namespace seatrial

// What the scheduler keeps, besides JobTable, of jobs that have started and are not over: rows that are used again, the
// last one freed first, so that they stay in the nearest caches however long the trace is.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ids.h"
#include "models/job_table.h"
#include "sim/check.h"
#include "sim/column.h"
#include "sim/time.h"

namespace seatrial {

// One cache line: all that the end of a job on one node has to read of it.
struct alignas(64) JobRun {
  JobId job;                              // invalid in a row that is free
  RequestId request;                      // of the job
  std::uint32_t shape = 0;                // of its class, while it runs
  std::uint8_t on_one_node : 1 = 0;       // `piece` is its whole placement
  std::uint8_t starting : 1 = 0;          // has GPUs, does not work yet
  std::uint8_t in_phase_running : 1 = 0;  // its start-up is over, its GPUs are held
  std::uint8_t releasing : 1 = 0;         // its work is over, its GPUs are still held
  std::uint8_t fails : 1 = 0;             // it was ended, it did not complete
  std::uint8_t draining : 1 = 0;          // preempted, but its GPUs are held until its checkpoint is written
  std::uint64_t valid_from = 0;           // events pushed before this sequence number are stale
  Time run_start = kNever;                // of the present or last run: when it got GPUs
  Time useful_from = kNever;              // of the present run: when overhead is over; kNever while it waits or drains
  Duration executed{0};                   // useful run time before the present run
  Piece piece;
};
static_assert(sizeof(JobRun) == 64);

class LiveJobs {
 public:
  explicit LiveJobs(std::size_t jobs) : row_(jobs, kNone), runs_(1), owed_(1) {}

  // The row of a job; that of a job that never ran holds the defaults.
  [[nodiscard]] const JobRun& run(JobId job) const { return runs_[row_[job]]; }
  [[nodiscard]] JobRun& run(JobId job) { return runs_[row_[job]]; }
  [[nodiscard]] std::uint32_t row(JobId job) const { return row_[job]; }
  [[nodiscard]] const JobRun& at(std::uint32_t row) const { return runs_[row]; }
  // Asks the processor for a row, and then for what leads to it; any number will do.
  void prefetch(std::uint32_t row) const {
    if (row < runs_.size()) __builtin_prefetch(&runs_[row], 1);
  }
  [[nodiscard]] JobId prefetch_job(std::uint32_t row) const {
    const JobId job = row < runs_.size() ? runs_[row].job : JobId{};
    if (job.valid()) __builtin_prefetch(&row_[job], 1);
    return job;
  }
  // Overhead of past preemptions that is not paid yet.
  [[nodiscard]] Duration owed(JobId job) const { return owed_[row_[job]]; }
  void set_owed(JobId job, Duration owed) { owed_[row_[job]] = owed; }

  // A row for a job that starts; its own if it ran before. References to rows are invalid afterwards.
  JobRun& begin(JobId job, RequestId request) {
    if (row_[job] != kNone) return runs_[row_[job]];
    std::uint32_t row = static_cast<std::uint32_t>(runs_.size());
    if (free_.empty()) {
      runs_.emplace_back();
      owed_.emplace_back();
    } else {
      row = free_.back();
      free_.pop_back();
    }
    row_[job] = row;
    JobRun& run = runs_[row];
    run.job = job;
    run.request = request;
    return run;
  }
  // The job is over.
  void end(JobId job) {
    const std::uint32_t row = row_[job];
    CHECK(row != kNone);
    runs_[row] = JobRun{};
    owed_[row] = Duration{0};
    free_.push_back(row);
    row_[job] = kNone;
  }

 private:
  static constexpr std::uint32_t kNone = 0;  // the row of jobs that never ran
  Column<JobId, std::uint32_t> row_;
  std::vector<JobRun> runs_;
  std::vector<Duration> owed_;
  std::vector<std::uint32_t> free_;
};

}  // namespace seatrial

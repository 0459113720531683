// The extension point for orders that look at all jobs and all GPU types at once: at the beginning of each round they
// say which job runs in which pool until the next one. Built from an order's registry entry, beside the queue order
// that decides who starts first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/ids.h"
#include "policies/queue_order.h"

namespace seatrial {

inline constexpr std::uint32_t kNoPool = 0xffffffffU;
// Of one question, unless the order or its parameter `jobs` says otherwise: a linear programme of 1,000 jobs takes
// about 0.1 s.
inline constexpr double kMostRoundJobs = 1000;

struct ActiveJob {
  JobView view;
  double gpus = 1;  // of the gang; a share counts as its part; > 0
  double age_s = 0;
  double weight = 1;             // of its tenant, > 0
  std::uint32_t pool = kNoPool;  // where it runs now; kNoPool: it waits
  std::uint32_t preemptions = 0;
  double restart_s = 0;  // what a start after a preemption costs it
};

struct AllocationQuestion {
  Time now;
  std::span<const ActiveJob> jobs;           // in submit order
  std::span<const double> speed;             // job-major, by pool; 1: run time as known; 0: it cannot run there
  std::span<const double> gpus;              // by pool: what these jobs may share out
  std::span<const double> usd_per_gpu_hour;  // by pool; 0: unknown
  bool changed = true;                       // jobs or GPUs came or went since the last question

  [[nodiscard]] std::span<const double> speed_of(std::size_t job) const {
    return speed.subspan(job * gpus.size(), gpus.size());
  }
};

class Allocator {
 public:
  virtual ~Allocator() = default;
  // Gives each job its pool for the next round, or kNoPool; `choice` has one entry for each job. GPUs of a pool are not
  // given out twice.
  virtual void assign(const AllocationQuestion& question, std::span<std::uint32_t> choice) = 0;
  // Is it asked whenever jobs or GPUs came or went, not at the beginning of rounds alone? It moves few running jobs or
  // none, so they do not count among the most jobs of a question.
  [[nodiscard]] virtual bool on_events() const { return false; }
  // The job is over: what was remembered of it can go.
  virtual void left(JobId /*job*/) {}
};

// The allocator and what it is told of jobs and pools besides their state.
struct AllocationInput {
  std::unique_ptr<Allocator> allocator;  // null: the order needs none
  std::vector<double> tenant_weight;     // by TextId; beyond its end: 1
  std::vector<double> usd_per_gpu_hour;  // by pool; 0: unknown
  std::size_t most_jobs = 0;             // of one question: running ones, then the first in line
};

}  // namespace seatrial

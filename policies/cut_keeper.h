// What happens to cut GPUs beside placements: re-cuts take time, nodes and GPUs rest after them, GPUs are kept free for
// an instance that does not fit yet, and the optimizing partitioner lays whole pools out anew. Owned by RunState where
// some pool is in MIG mode; names what is to come as timers, which RunState puts into the event queue.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/job_table.h"
#include "sim/time.h"

namespace seatrial {

class Cluster;
class GpuPartitions;
struct GangShape;
struct GpuModeSpec;
struct RequestClass;

// When jobs with GPUs are expected to end.
class ExpectedEnds {
 public:
  virtual ~ExpectedEnds() = default;
  [[nodiscard]] virtual Time of(JobId job) const = 0;
};

class CutKeeper {
 public:
  explicit CutKeeper(Cluster& cluster);

  // A GPU was or will be re-cut.
  struct Recut {
    NodeId node;
    PoolId pool;
    Duration delay{0};
  };
  struct Timer {
    Time at;
    std::uint32_t row = 0;
  };
  // Both are valid until the next call of a member that changes something.
  [[nodiscard]] std::span<const Recut> recuts() const { return recuts_; }
  [[nodiscard]] std::span<const Timer> timers() const { return timers_; }

  // A placement stands: how long its job has to wait, with its slices, for re-cuts. Fills recuts() and timers().
  Duration accept(Time now, const GangShape& shape);
  // A timer is due; gives the pool in which something became free.
  PoolId due(std::uint32_t row);

  // Who has which instance, for drains.
  void bound(JobId job, const GangShape& shape, std::span<const Piece> pieces, std::span<const std::uint16_t> devices);
  void released(const GangShape& shape, std::span<const Piece> pieces, std::span<const std::uint16_t> devices);
  // No place was found for the class: keeps the GPU free whose jobs are expected to make room first, where its pool
  // drains.
  void drain_for(const RequestClass& job_class, Time now, const ExpectedEnds& ends);

  // Nothing runs and nobody could start: GPUs that are kept free for one profile each may keep out everybody, a gang of
  // the same profile too. Lifts that; false if none was kept free.
  bool lift_drains();

  // The least time that a job must have waited before a GPU is re-cut for it, over the pools of the class that it has
  // not reached; 0 if none.
  [[nodiscard]] Duration next_effort(const RequestClass& job_class, Duration waited) const;

  // The optimizing partitioner.
  [[nodiscard]] const std::vector<PoolId>& optimized() const { return optimized_; }
  [[nodiscard]] Duration period(PoolId pool) const;
  // A job was submitted: demand of the next period is taken to be that of the last.
  void arrived(const RequestClass& job_class) { count(job_class, 1, arrivals_); }
  struct Waiting {
    const RequestClass* job_class;
    std::uint64_t jobs;
  };
  // Lays the pool out for these and for as many arrivals as in the last period. Fills recuts() and timers(); false if
  // nothing is to change.
  bool optimize(PoolId pool, Time now, std::span<const Waiting> waiting);

 private:
  struct Pending {
    enum class What : std::uint8_t { OpenNode, EndRest, Recut };
    What what = What::OpenNode;
    PoolId pool;
    std::uint32_t gpu = 0;          // OpenNode: the first of the node
    std::uint16_t target = 0xffff;  // Recut: the state
  };
  using Counts = std::vector<std::vector<std::uint32_t>>;  // by pool and profile

  [[nodiscard]] const GpuModeSpec& mode(PoolId pool) const;
  [[nodiscard]] NodeId node_of(PoolId pool, std::uint32_t gpu) const;
  void add_timer(Time at, const Pending& pending);
  void note(PoolId pool, std::uint32_t gpu);
  void count(const RequestClass& job_class, std::uint64_t jobs, Counts& counts) const;
  void reserve_cheapest(PoolId pool, std::size_t profile, Time now, const ExpectedEnds& ends);

  Cluster& cluster_;
  std::vector<Pending> pending_;  // rows of timers, used again
  std::vector<std::uint32_t> free_rows_;
  std::vector<Recut> recuts_;
  std::vector<Timer> timers_;
  std::vector<PoolId> optimized_;
  Counts arrivals_;
  std::vector<std::vector<JobId>> owners_;  // by pool that drains; by GPU and placement
};

}  // namespace seatrial

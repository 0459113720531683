// Why jobs waited, without looking at the queue. For each set of pools ("domain") a clock keeps how long its free GPUs
// stood at each level; the time during which fewer than g GPUs were free between two instants is then a difference of
// two prefix sums. A job stores the readings when it begins to wait and subtracts them when it starts: O(log GPUs) a
// job, O(1) an event, nothing per waiting job.
#pragma once

#include <cstdint>
#include <vector>

#include "models/job_table.h"
#include "sim/time.h"

namespace seatrial {

class Cluster;
struct RequestClass;

// Time that a level which changes in steps spent below a threshold.
class LevelClock {
 public:
  // Thresholds asked for are at most `levels`; levels above count as `levels`.
  explicit LevelClock(std::uint32_t levels) : time_at_(levels + 2U, 0), levels_(levels) {}

  void set(Time now, std::uint32_t level) {
    if (level > levels_) level = levels_;
    if (started_ && level == level_) return;
    settle(now);
    level_ = level;
  }
  // Time until `now` that the level was below threshold; only differences between two readings mean something.
  [[nodiscard]] Duration below(Time now, std::uint32_t threshold) const {
    if (threshold > levels_) threshold = levels_ + 1;
    std::int64_t sum = level_ < threshold && started_ ? (now - since_).ns : 0;
    for (std::uint32_t i = threshold; i > 0; i -= i & (0U - i)) sum += time_at_[i];
    return {sum};
  }

 private:
  void settle(Time now) {
    if (started_) {
      const std::int64_t spent = (now - since_).ns;
      for (std::uint32_t i = level_ + 1; i < time_at_.size(); i += i & (0U - i)) time_at_[i] += spent;
    }
    started_ = true;
    since_ = now;
  }

  std::vector<std::int64_t> time_at_;  // Fenwick tree over levels 0..levels_
  std::uint32_t levels_;
  std::uint32_t level_ = 0;
  Time since_;
  bool started_ = false;
};

// Readings taken when a job begins to wait (or becomes head of its queue).
struct WaitReading {
  std::int64_t domain_short_ns = 0;   // fewer GPUs free in the job's pools than it asks for
  std::int64_t cluster_short_ns = 0;  // ... in the whole cluster
  std::int64_t node_short_ns = 0;     // no node of its pools with room for one of its pods
};

class WaitClocks {
 public:
  // `largest_gpus`: of any job; `nodes`: readings of node_short are wanted too.
  WaitClocks(std::uint32_t largest_gpus, bool nodes) : largest_(largest_gpus), nodes_(nodes), cluster_(levels()) {}

  // The number of the domain of these pools, added if new.
  std::uint32_t domain_of(const std::vector<PoolId>& pools, const Cluster& cluster);
  // Something of this pool changed during the present instant.
  void touch(PoolId pool) {
    if (pool.index < dirty_.size()) dirty_[pool.index] = true;
    any_dirty_ = true;
  }
  // The instant is over: brings the levels of touched domains up to date.
  void settle(Time now, const Cluster& cluster) {
    if (any_dirty_) settle_dirty(now, cluster);
  }

  [[nodiscard]] WaitReading read(Time now, const RequestClass& job_class) const;
  // Splits the wait since `begin` by reason; `rest` takes what neither short GPUs nor constraints explain.
  [[nodiscard]] WaitSplit split(const WaitReading& begin, Time now, Duration waited, const RequestClass& job_class,
                                WaitReason rest) const;

 private:
  struct Domain {
    std::vector<PoolId> pools;
    LevelClock free;
    LevelClock node;
  };
  [[nodiscard]] std::uint32_t levels() const { return largest_ + 1000U; }
  // Milli-GPUs as a level: exact below one GPU, in whole GPUs above.
  [[nodiscard]] static std::uint32_t level_of(std::int64_t milli) {
    return milli < 1000 ? static_cast<std::uint32_t>(milli < 0 ? 0 : milli)
                        : static_cast<std::uint32_t>(999 + milli / 1000);
  }
  void settle_dirty(Time now, const Cluster& cluster);
  void set_levels(Domain& domain, Time now, const Cluster& cluster);

  std::uint32_t largest_;
  bool nodes_;
  LevelClock cluster_;
  std::vector<Domain> domains_;
  std::vector<std::vector<std::uint32_t>> domains_of_pool_;
  std::vector<bool> dirty_;  // by pool
  bool any_dirty_ = true;
};

}  // namespace seatrial

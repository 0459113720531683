// Counters, time integrals and time series of a run, from its facts alone. Integrals are exact (128-bit integers), and
// the series are differences of the same integrals, so that a series sums up to the summary. Cost per fact: one or two
// multiply-adds; no hashing, no allocation between series rows.
//
// The window of means runs from the first submit plus warmup to the last end of a job; where no job ended, to the end
// of the run. With sequential arrivals time has no meaning: every decision counts as one second.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/fact.h"
#include "reports/pool_info.h"
#include "reports/wide.h"

namespace seatrial {

struct MetricsOptions {
  Duration warmup{0};
  Duration series_interval{0};  // 0: from 60 s up, doubled whenever more than 4,096 rows would come out
  bool sequential = false;      // arrivals one by one, nobody ever leaves: means are per decision
  bool overheads = true;        // false: Progress and Stalled facts are not looked at, useful equals allocated
};

// Time-weighted means over equal intervals, row by row.
struct Series {
  Time start;
  Duration interval{0};
  Duration last_interval{0};         // length of the last row, which the end of the run may cut
  std::vector<std::string> columns;  // "queue_jobs", ..., "<pool>.allocated_gpus", ...
  std::vector<double> cells;         // row-major
  std::string note;                  // why the interval is not the one asked for; usually empty

  [[nodiscard]] std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
  [[nodiscard]] Duration length(std::size_t row) const { return row + 1 == rows() ? last_interval : interval; }
};

// Integrals of one pool over the window.
struct PoolUse {
  Wide allocated_milli_ns = 0;
  Wide useful_milli_ns = 0;  // allocated minus what start, restart and checkpoint overheads took
  Wide total_milli_ns = 0;
  Wide node_ns = 0;  // nodes present times time
  std::int64_t total_milli_end = 0;
};

class Metrics final : public Observer {
 public:
  Metrics(std::vector<PoolInfo> pools, const MetricsOptions& options);

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;
  // Fragmented milli-GPUs of the cluster from `at` on. The facts up to `at` must have been observed.
  void set_fragmented(Time at, double milli);

  // All that follows: after finish().
  [[nodiscard]] const std::vector<PoolInfo>& pools() const { return pools_; }
  [[nodiscard]] const MetricsOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<PoolUse>& pool_uses() const { return uses_; }
  [[nodiscard]] PoolUse total_use() const;
  [[nodiscard]] const Series& series() const { return series_; }
  [[nodiscard]] bool began() const { return began_; }
  [[nodiscard]] Time first_submit() const { return first_submit_; }
  [[nodiscard]] Time end() const { return end_; }  // where the run's clock stopped
  [[nodiscard]] bool any_ended() const { return any_ended_; }
  [[nodiscard]] Wide window_ns() const;                                        // length of the window of means
  [[nodiscard]] std::int64_t arrived_milli() const { return arrived_milli_; }  // asked for by all submitted jobs
  [[nodiscard]] std::uint64_t recuts() const { return recuts_; }               // of MIG GPUs
  [[nodiscard]] Wide recut_ns() const { return recut_ns_; }                    // that they took, summed over GPUs
  // Jobs that are over and were slower than alone on whole GPUs, and the GPU time that this cost.
  [[nodiscard]] std::uint64_t slowed_jobs() const { return slowed_jobs_; }
  [[nodiscard]] Wide slowed_milli_ns() const { return slowed_milli_ns_; }
  [[nodiscard]] std::uint64_t out_of_memory_jobs() const { return out_of_memory_jobs_; }
  [[nodiscard]] Wide lost_milli_ns() const { return lost_milli_ns_; }  // work that preemptions undid
  [[nodiscard]] std::uint64_t preemptions() const { return preemptions_; }
  [[nodiscard]] std::int64_t allocated_milli_end() const { return allocated_now_; }
  [[nodiscard]] double allocated_ratio_peak() const { return peak_ratio_; }
  [[nodiscard]] std::int64_t queue_jobs_peak() const { return queue_jobs_peak_; }
  [[nodiscard]] std::int64_t running_jobs_peak() const { return running_jobs_peak_; }
  [[nodiscard]] double queue_jobs_mean() const;
  [[nodiscard]] bool has_fragmented() const { return has_fragmented_; }
  [[nodiscard]] double fragmented_milli_end() const { return static_cast<double>(fragmented_.value) / kFragmentScale; }
  [[nodiscard]] double fragmented_milli_s() const;  // integral over the window

 private:
  static constexpr double kFragmentScale = 1000;  // fragmented milli are kept as whole thousandths
  // A quantity that is constant between facts.
  struct Level {
    std::int64_t value = 0;
    std::int64_t last = 0;  // area is complete up to here
    std::int64_t end_seen = INT64_MIN;
    Wide area = 0;
    Wide area_at_end = 0;  // as of the job end `end_seen`
    Wide row_area = 0;     // as of the beginning of the series row
    Wide warm_area = 0;    // as of the end of warmup
  };
  struct PoolState {
    Level allocated, useful, total, nodes;
  };

  void advance(Level& level, std::int64_t now) const {
    if (level.end_seen != last_end_) {
      level.area_at_end = level.area + area(level.value, level.last, last_end_);
      level.end_seen = last_end_;
    }
    if (level.last == now) return;
    level.area += area(level.value, level.last, now);
    level.last = now;
  }
  void change(Level& level, std::int64_t by) const {
    advance(level, now_);
    level.value += by;
  }
  template <class Visit>
  void each_level(Visit visit);
  void begin(std::int64_t at);
  void handle(const Fact& fact);
  void slow(const Fact& fact);
  void submit(const Fact& fact);
  void allocate(const Fact& fact, std::int64_t by);
  void bind(const Fact& fact);
  void release(const Fact& fact);
  void progress(const Fact& fact, bool useful);
  void resize(const Fact& fact);
  void reach(std::int64_t at);
  void close_row(std::int64_t at);
  void merge_rows();
  void make_columns();
  [[nodiscard]] Wide window(const Level& level) const {
    return last_end_ <= warm_end_ ? 0 : level.area_at_end - level.warm_area;
  }

  std::vector<PoolInfo> pools_;
  MetricsOptions options_;
  std::vector<PoolState> states_;
  std::vector<PoolUse> uses_;
  Level queue_jobs_, queue_milli_, running_jobs_, fragmented_;
  std::int64_t now_ = 0;
  std::int64_t boundary_ = 0;  // the next instant that needs more than the switch: row end or warmup end
  std::int64_t row_begin_ = 0;
  std::int64_t row_end_ = 0;
  std::int64_t warm_end_ = 0;
  std::int64_t last_end_ = INT64_MIN;
  bool began_ = false;
  bool warm_ = false;
  bool any_ended_ = false;
  bool has_fragmented_ = false;
  Time first_submit_{0};
  Time end_{0};
  std::int64_t decisions_ = 0;
  std::int64_t arrived_milli_ = 0;
  std::uint64_t preemptions_ = 0;
  std::uint64_t recuts_ = 0;
  Wide recut_ns_ = 0;
  std::uint64_t slowed_jobs_ = 0;
  std::vector<bool> slowed_;  // by job; only where some are
  std::uint64_t out_of_memory_jobs_ = 0;
  Wide lost_milli_ns_ = 0;
  Wide slowed_milli_ns_ = 0;
  std::int64_t allocated_now_ = 0;
  std::int64_t total_now_ = 0;
  std::int64_t allocated_peak_ = 0;  // under the present total
  double peak_ratio_ = 0;
  std::int64_t queue_jobs_peak_ = 0;
  std::int64_t running_jobs_peak_ = 0;
  std::vector<std::uint8_t> useful_;  // by job: its GPUs do useful work now; only with overheads
  std::uint32_t last_bound_job_ = UINT32_MAX;
  std::uint32_t last_bound_pool_ = 0;
  std::int64_t last_bound_milli_ = 0;
  std::map<std::uint32_t, std::map<std::uint32_t, std::int64_t>>
      spanning_;  // gangs over several pools: job, pool, milli
  Series series_;
  std::size_t max_rows_ = 4096;
};

}  // namespace seatrial

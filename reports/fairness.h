// Who got what was due to them: shares of tenants over time, finish-time fairness of jobs, starvation, and what
// preemption cost. An observer of facts, attached where the workload has several tenants; summaries, shares.csv and
// fairness.csv are made of it. Cost: per job 48 bytes, per instant at which something changes O(tenants with jobs).
//
// What a tenant is entitled to at an instant is its part of the GPUs present by weighted max-min: nobody more than it
// asks for (held plus waited for), what is left over to the others by weight. Nothing depends on the policy.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "models/fact.h"
#include "models/ids.h"
#include "reports/pool_info.h"
#include "sim/column.h"

namespace seatrial {

class Workload;

// Weighted max-min of `capacity` among parties that ask for `demand`: the shares add up to the smaller of capacity and
// the sum of demands. Weights are above 0. O(n log n).
[[nodiscard]] std::vector<double> max_min_shares(std::span<const double> demand, std::span<const double> weights,
                                                 double capacity);

// Jain's index of non-negative values: 1 if all are equal, 1/n if one has everything. NaN for no values or zeros alone.
[[nodiscard]] double jain_index(std::span<const double> values);

struct FairnessOptions {
  std::vector<double> weights;  // by TextId of the tenant; missing ones are 1
  Duration warmup{0};           // jobs submitted in it have no finish-time fairness; shares begin after it
  Duration series_interval{0};  // as MetricsOptions
  bool overheads = true;        // false: no Progress and Stalled facts come
};

// Integrals of one tenant over the run, in GPU-s.
struct TenantShare {
  TextId tenant;
  double weight = 1;
  double entitled_gpu_s = 0;
  double received_gpu_s = 0;
  double short_gpu_s = 0;  // below what it was entitled to
  double over_gpu_s = 0;   // beyond it
  double starved_s = 0;    // longest time that a job of it went without GPUs, jobs that still wait included
};

// Means over equal intervals: of each tenant in the order of shares() what it was entitled to and what it held.
struct ShareSeries {
  Time start;
  Duration interval{0};
  Duration last_interval{0};
  std::vector<float> cells;  // row-major: entitled, held, entitled, held ... in GPUs; empty: too many tenants
};

class Fairness final : public Observer {
 public:
  // The workload outlives it.
  Fairness(const Workload& workload, const std::vector<PoolInfo>& pools, FairnessOptions options);

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;

  // All that follows: after finish(). Tenants by name.
  [[nodiscard]] const std::vector<TenantShare>& shares() const { return shares_; }
  [[nodiscard]] const ShareSeries& series() const { return series_; }
  // Completion time over the time that the job would have taken with an equal part of the cluster to itself; NaN for
  // jobs that did not complete, are of the warmup, or have no run time.
  [[nodiscard]] double rho(JobId job) const { return jobs_[job].rho; }
  // Of completed jobs; NaN as rho().
  [[nodiscard]] double isolated_s(JobId job) const { return jobs_[job].isolated_s; }
  [[nodiscard]] double preemption_waste_gpu_s() const { return waste_gpu_s_; }

 private:
  enum class Phase : std::uint8_t { Absent, Waits, StartsUp, Works };
  struct JobRow {
    double jobs_before = 0;  // readings of the integrals at the submit
    double gpus_before = 0;
    double rho = kUnknown;
    double isolated_s = kUnknown;
    Time since;  // of the phase
    Phase phase = Phase::Absent;
    bool resumed = false;  // it was preempted before
  };
  struct Tenant {
    std::int64_t demand_milli = 0;
    std::int64_t held_milli = 0;
    double entitled_milli = 0;
  };
  void begin(Time at);
  void handle(const Fact& fact);
  void complete(const Fact& fact);
  void change_demand(std::uint32_t row, std::int64_t milli);
  void waited_until_now(const JobRow& job, std::uint32_t row);
  void wasted_until_now(const JobRow& job, std::int64_t milli);
  void advance(Time now);
  void accumulate(Time until);
  void close_row(Time at);
  void merge_rows();
  void entitle();
  [[nodiscard]] std::uint32_t row_of(const Fact& fact) const;

  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  const Workload& workload_;
  FairnessOptions options_;
  std::vector<std::uint32_t> row_of_tenant_;  // by TextId
  std::vector<Tenant> tenants_;               // in the order of shares_
  std::vector<TenantShare> shares_;
  std::vector<std::uint32_t> active_;  // tenants that ask for something, nearly in the order of demand over weight
  std::vector<double> row_sums_;       // GPU-s of the series row, as its cells
  std::vector<std::int64_t> pool_milli_;
  Column<JobId, JobRow> jobs_;
  ShareSeries series_;
  std::size_t max_rows_ = 0;
  Time row_begin_;
  Time row_end_ = kNever;
  Time now_;
  Time warm_end_;
  bool began_ = false;
  bool dirty_ = false;  // demands changed since entitled_milli was worked out
  std::int64_t total_milli_ = 0;
  double wanting_ = 0;  // jobs that wait for GPUs or hold some
  double jobs_integral_ = 0;
  double gpus_integral_ = 0;
  double waste_gpu_s_ = 0;
};

}  // namespace seatrial

// Proofs that a cluster is too small, without simulating it. Every test here is a necessary condition: it never refuses
// a cluster on which the goal can be met, whatever the policy.
//
// Demand in a window. Let each job j have a release r_j (its submit), a run time p_j, GPUs g_j and a deadline d_j that
// meeting the goal implies for all but at most K jobs. A job that keeps its deadline runs inside [r_j, d_j], of which
// only max(0, a - r_j) + max(0, d_j - b) lies outside a window [a, b]; so at least p_j minus that (and at most b - a)
// of its run, times g_j, falls inside, paused or not. At most K jobs may be exempt, and exempting the K largest is the
// most that can be taken away. A pool of C GPUs does at most C (b - a) of work in the window, and only for jobs that
// may use it. So if the maximum flow from job classes to pools of that capacity is less than the demand minus its K
// largest parts, the goal cannot be met. With one window over everything this is the GPU-second bound; with a window
// inside the runs of jobs without slack it is the bound of peak concurrency.
//
// Quotas. If some jobs together may hold at most Q GPUs at any instant, whatever happens (the quota of their queue and
// all that it may borrow, or all quotas of a tree of cohorts), they do at most Q (b - a) of work in the window. So if
// the demand of these jobs minus the K largest parts of all is more than that, the goal cannot be met.
//
// Run times alone. A job whose deadline is before release + run time misses it on any cluster: more than K such jobs
// prove that no number of GPUs suffices.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/ids.h"
#include "models/workload.h"

namespace seatrial {

// What a goal asks of single jobs: all but `exempt` jobs wait at most `slack` (of_completion: end at most `slack`
// after their submit; of_slowdown: at most `factor` times the run time, at least 1 s, after their submit).
struct DeadlineRule {
  enum class Kind : std::uint8_t { Wait, Completion, Slowdown };
  Kind kind = Kind::Wait;
  double value = 0;  // seconds, or the factor
  std::uint64_t exempt = 0;
};

// Demand of one workload under one rule, per window and request class; built once, asked for many clusters.
class DemandWindows {
 public:
  // kill_at_limit: jobs run for their estimate at most. Cost: windows x jobs, at most about 3e7 steps.
  DemandWindows(const Workload& jobs, const DeadlineRule& rule, bool kill_at_limit);

  // Capacity and use of a cluster: GPUs (milli) by pool, and by request the pools that it may use (empty: left out,
  // because it is rejected there).
  // Jobs of these requests never hold more than `milli` GPUs together.
  struct Party {
    std::int64_t milli = 0;
    std::vector<std::uint32_t> requests;
  };
  struct Supply {
    std::vector<std::int64_t> pool_milli;
    std::vector<std::vector<PoolId>> pools_of_request;
    std::vector<Party> parties = {};
  };
  // True if the rule cannot hold on this supply.
  [[nodiscard]] bool refutes(const Supply& supply) const;
  // True if it cannot hold on any.
  [[nodiscard]] bool hopeless() const { return hopeless_; }

 private:
  struct Window {
    double length_s = 0;
    double exempt = 0;           // GPU-seconds of the largest `exempt` jobs
    std::vector<double> demand;  // GPU-seconds by request
  };
  [[nodiscard]] static bool exceeds_quota(const Window& window, const Supply& supply);
  void keep_sharpest();

  std::vector<Window> windows_;
  bool hopeless_ = false;
};

// Maximum flow from `demand` (by class) through the pools each class may use to pools of `capacity`, by Boost's
// push-relabel in whole units; at most the sum of demands. Rounds capacities up and demands down, so that the result
// divided by the demand never errs against a cluster.
[[nodiscard]] double max_service(std::span<const double> demand, std::span<const std::vector<PoolId>> pools_of_class,
                                 std::span<const double> capacity);

}  // namespace seatrial

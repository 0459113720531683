// How a run schedules, as plain values: the four axes, what policies know, and what starts and preemptions cost.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "models/disruption_budget.h"
#include "sim/time.h"

namespace seatrial {

enum class Admission : std::uint8_t { Strict, BestEffort, Easy, Conservative, Kube, Kueue };
enum class Preemption : std::uint8_t { None, OnEvent, Round, Priority };
enum class Estimate : std::uint8_t { Oracle, Requested, History, Noise };

// A duration that may depend on the number of GPUs: the first step whose `gpus` is not below the job's.
struct OverheadSteps {
  std::vector<std::pair<std::uint32_t, Duration>> steps;  // ascending; the last has gpus UINT32_MAX
  [[nodiscard]] bool zero() const {
    for (const auto& step : steps) {
      if (step.second.ns != 0) return false;
    }
    return true;
  }
  [[nodiscard]] Duration of(std::uint32_t gpus) const {
    for (const auto& [limit, duration] : steps) {
      if (gpus <= limit) return duration;
    }
    return {0};
  }
};

// What a starting pod takes until it runs, drawn for each start: `base` times a factor, more for each other pod that
// starts at that moment.
struct StartUpSpec {
  Duration base{0};
  double factor_low = 1;
  double factor_high = 1;
  Duration per_other{0};
  Duration longest{0};  // 0: no limit
  [[nodiscard]] bool zero() const { return base.ns == 0 && per_other.ns == 0; }
};

// How long GPUs are still held after the work of a job is over; uniform between the two.
struct ReleaseSpec {
  Duration shortest{0};
  Duration longest{0};
  [[nodiscard]] bool zero() const { return longest.ns == 0; }
};

struct OverheadSpec {
  OverheadSteps start;    // with GPUs, before useful work, at every start
  OverheadSteps restart;  // in addition, at each start after a preemption
  OverheadSteps preempt;  // added to the work that is left at each preemption: paid with GPUs at the next start, first
                          // of all; what an early preemption leaves unpaid stays owed (Helios' simulator)
  OverheadSteps drain;    // GPUs are still held this long after a preemption was decided
  StartUpSpec start_up;   // in addition to `start`
  ReleaseSpec release;    // at the end of a job: it has ended when its GPUs are free
  // Checkpoint state written at a preemption and read at a restart; none while bytes are 0.
  std::int64_t checkpoint_bytes_per_gpu = 0;
  double checkpoint_write_bytes_per_s = 0;
  double checkpoint_read_bytes_per_s = 0;
  // > 0: checkpoints are written whenever so much work was done, beside the work, and none at a preemption: what was
  // done since the last one is lost.
  Duration checkpoint_every{0};
  // All jobs share the bandwidth, one way each: transfers stand in line, in the order in which they begin.
  bool checkpoint_shared = false;

  // Seconds with GPUs before useful work begins.
  [[nodiscard]] Duration at_start(std::uint32_t gpus, bool preempted_before) const {
    Duration total = start.of(gpus);
    if (preempted_before) total += restart.of(gpus) + read_time(gpus);
    return total;
  }
  // Seconds for which a preempted job still holds its GPUs.
  [[nodiscard]] Duration at_preemption(std::uint32_t gpus) const { return drain.of(gpus) + write_time(gpus); }

  [[nodiscard]] Duration write_time(std::uint32_t gpus) const {
    return checkpoint_every.ns > 0 ? Duration{0} : transfer(gpus, checkpoint_write_bytes_per_s);
  }
  [[nodiscard]] Duration read_time(std::uint32_t gpus) const { return transfer(gpus, checkpoint_read_bytes_per_s); }

 private:
  [[nodiscard]] Duration transfer(std::uint32_t gpus, double bytes_per_s) const {
    if (checkpoint_bytes_per_gpu == 0 || bytes_per_s <= 0) return {0};
    constexpr double kLongest_s = 1e9;  // three decades: a sum of several stays below 2^63 ns
    return duration_from_seconds(
        std::min(kLongest_s, static_cast<double>(checkpoint_bytes_per_gpu) * gpus / bytes_per_s));
  }
};

// Of kube-scheduler's queue (pkg/scheduler, defaults of v1.31): podInitialBackoffSeconds, podMaxBackoffSeconds, and how
// often the queue looks whose back-off is over.
struct BackOffOptions {
  Duration first{kNsPerSecond};
  Duration longest{10 * kNsPerSecond};
  Duration flush{kNsPerSecond};
};

// A controller that opens scheduling gates; see gate.h.
enum class GateOrder : std::uint8_t { Fifo, Las, Sjf, Themis };
struct GateOptions {
  GateOrder order = GateOrder::Fifo;
  Duration period{5 * kNsPerSecond};  // asleep between two looks, > 0
  Duration period_per_job{0};         // more for each job created so far: a look takes longer then
  bool blocking = false;              // stop at the first job that does not fit, instead of passing it over
};

// Of Preemption::Priority: how the nodes on which victims were found are compared, after violations of budgets.
enum class VictimKey : std::uint8_t {
  Kube,      // as kube-scheduler: lowest highest priority, lowest sum, fewest, latest start
  LostWork,  // least GPU time since the last checkpoint, then as kube-scheduler
  Gpus,      // fewest GPUs taken away, then as kube-scheduler
};

// A disruption budget for the pods of a tenant's running jobs.
struct BudgetOptions {
  std::uint32_t tenant = 0;  // TextId of the workload
  DisruptionBudget budget;
};

struct SchedulerOptions {
  Admission admission = Admission::Strict;
  Preemption preemption = Preemption::None;
  Duration round{0};  // period of Preemption::Round, > 0 there
  Estimate estimate = Estimate::Oracle;
  double noise_sigma = 0;
  bool by_dominant_share = false;      // order drf
  std::vector<double> tenant_weights;  // by TextId of the workload; where by_dominant_share
  BackOffOptions back_off;             // of Admission::Kube
  std::optional<GateOptions> gate;     // in front of Admission::Kube
  bool pod_by_pod = false;             // gangs of Admission::Kube bind one pod after the other and hold them
  Duration permit{0};                  // how long a gang may hold pods and wait for the rest; 0: for ever
  VictimKey victims = VictimKey::Kube;
  bool keep_budgets = false;           // no victim beyond its budget, not even as the last resort
  std::vector<BudgetOptions> budgets;  // of Preemption::Priority
  bool queues_per_tenant = false;
  bool span_pools = false;
  bool kill_at_limit = false;
  std::optional<std::uint32_t> max_waiting;  // jobs that find so many waiting are turned away; none: never
  bool warm_start = false;  // jobs that the trace records as running at time 0 start when they really did
  bool sequential = false;  // pods one by one, bound or failed at once, nobody leaves
  OverheadSpec overheads;
};

}  // namespace seatrial

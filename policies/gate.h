// An external controller that opens scheduling gates, as the research schedulers for Kubernetes do: it wakes in a
// period, looks at the GPUs of pods that run by now, and lets waiting jobs pass in its own order while they fit into
// what is left. Pods that were let pass but do not run yet are not seen by it, so it may let too many pass; the
// scheduler behind it sorts that out. Used by scheduler_kube.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ids.h"
#include "models/workload.h"
#include "policies/options.h"

namespace seatrial {

class Gate {
 public:
  Gate(const GateOptions& options, const Workload& workload);

  void add(JobId job);
  [[nodiscard]] bool empty() const { return closed_.empty(); }
  [[nodiscard]] std::size_t size() const { return closed_.size(); }
  // Jobs that may pass now, in order; they are gone from the gate.
  struct Cluster {
    std::int64_t total_milli = 0;
    std::int64_t running_milli = 0;  // of pods in phase Running
  };
  [[nodiscard]] std::vector<JobId> open(Time now, const Cluster& cluster);
  // How long the controller sleeps and works until it looks again.
  [[nodiscard]] Duration next_after(std::uint64_t jobs_created) const;

 private:
  void sort(Time now, std::int64_t total_milli);

  GateOptions options_;
  const Workload& workload_;
  std::vector<std::uint32_t> name_rank_;  // by job: position of its name among all, as text
  std::vector<JobId> closed_;
};

// Finish-time fairness as the gate's `themis` sees it, as a fraction: (waited + run) over the time that the job would
// take with an equal part of the GPUs, at least 1 of them and at most what it asks for. Larger passes first.
struct GateRho {
  std::int64_t shared = 0;    // ms x GPUs of the part
  std::int64_t isolated = 0;  // ms x GPUs asked for x waiting jobs
  [[nodiscard]] bool above(const GateRho& other) const;
};
[[nodiscard]] GateRho gate_rho(Duration waited, Duration run, std::uint32_t gpus, std::uint64_t cluster_gpus,
                               std::uint64_t waiting);

}  // namespace seatrial

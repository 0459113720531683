// What a run with cut or shared GPUs measures besides its facts: fragments of MIG over time, and GPU memory.
#pragma once

#include "models/cluster.h"
#include "reports/summary.h"
#include "sim/stats.h"

namespace seatrial {

struct SimulatedRun;

// Follows what the MIG pools of a cluster lose.
class MigGauge {
 public:
  // Whether the cluster has such pools.
  [[nodiscard]] static bool needed(const Cluster& cluster);
  void measure(Time now, const Cluster& cluster);
  // Means over time, in slices.
  [[nodiscard]] double fragmentation(Time begin, Time end) const { return fragmentation_.mean(begin, end) / kScale; }
  [[nodiscard]] double stranded(Time begin, Time end) const { return stranded_.mean(begin, end) / kScale; }

 private:
  static constexpr double kScale = 1000;
  TimeWeighted fragmentation_;
  TimeWeighted stranded_;
};

// After the run.
[[nodiscard]] DividedGpus describe_divided(const SimulatedRun& run);

}  // namespace seatrial

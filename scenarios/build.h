// A checked scenario to the parts of a run: files are read, names become policies, here and only here. After this no
// text decides anything.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/cluster.h"
#include "models/fragmentation.h"
#include "models/workload.h"
#include "policies/allocator.h"
#include "policies/policy.h"
#include "scenarios/spec.h"
#include "sim/random.h"

namespace seatrial {

struct QuotaRules;
struct SpeedPlan;

// Everything that a run is made of, besides its observers. Members refer to each other: not movable.
struct RunParts {
  // The jobs are shared, because runs of one comparison replay the same ones side by side.
  RunParts(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs, std::uint64_t run_seed, bool log_placements);
  ~RunParts();
  RunParts(const RunParts&) = delete;
  RunParts& operator=(const RunParts&) = delete;

  ClusterSpec cluster_spec;
  std::shared_ptr<const Workload> shared_workload;
  const Workload& workload;  // *shared_workload
  std::uint64_t seed;
  Random random;  // the run's own stream, for policies that draw
  Cluster cluster;
  std::unique_ptr<FragmentationModel> fragmentation;  // only where it is measured or a policy needs it
  std::unique_ptr<const SpeedPlan> speed;             // null where speed is not modelled
  SchedulerOptions options;
  std::unique_ptr<const QuotaRules> quotas;  // null: none
  std::unique_ptr<QueueOrder> order;
  std::unique_ptr<Placement> placement;
  AllocationInput allocation;
};

// Reads or generates all jobs of the scenario. Throws InputError and SystemError.
[[nodiscard]] Workload build_workload(const ScenarioSpec& spec, std::uint64_t seed);
// Weights of `tenants:` by TextId of the workload's texts; 1 where none is given.
[[nodiscard]] std::vector<double> tenant_weights(const ScenarioSpec& spec, const Workload& workload);
// The clusters with their imported node lists read.
[[nodiscard]] ClusterSpec build_cluster_spec(const ScenarioSpec& spec);

}  // namespace seatrial

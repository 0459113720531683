// The models of a scenario to a SpeedPlan: tables are read, GPU types, kinds of work and slices become indexes.
#pragma once

#include <memory>

#include "models/cluster.h"
#include "models/workload.h"
#include "scenarios/spec.h"

namespace seatrial {

struct SpeedPlan;

// Whether any job may run at another speed than alone on the GPU that its run time was observed on.
[[nodiscard]] bool speed_is_modelled(const ScenarioSpec& spec);

// Null where it is not. Throws InputError for mistakes in the tables.
[[nodiscard]] std::unique_ptr<const SpeedPlan> build_speed(const ScenarioSpec& spec, const ClusterSpec& cluster_spec,
                                                           const Cluster& cluster, const Workload& jobs);

}  // namespace seatrial

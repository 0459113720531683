// The models of a scenario to a SpeedPlan: tables are read, GPU types, kinds of work and slices become indexes.
#pragma once

#include <memory>

#include "models/cluster.h"
#include "models/workload.h"
#include "scenarios/spec.h"

namespace seatrial {

class CalibratedSpeed;
struct SpeedPlan;

// Whether any job may run at another speed than alone on the GPU that its run time was observed on.
[[nodiscard]] bool speed_is_modelled(const ScenarioSpec& spec);

// Null where it is not. Throws InputError for mistakes in the tables.
struct SpeedInput {
  const ClusterSpec& cluster_spec;
  const Cluster& cluster;
  const Workload& jobs;
};
[[nodiscard]] std::unique_ptr<const SpeedPlan> build_speed(const ScenarioSpec& spec, const SpeedInput& input,
                                                           CalibratedSpeed* calibrated);
// Null where the scenario names no calibration. Throws InputError.
[[nodiscard]] std::unique_ptr<CalibratedSpeed> read_calibrations(const ScenarioSpec& spec);
// The GPU type in tables of speeds for a GPU model of the cluster.
[[nodiscard]] std::string speed_type_of(const ModelsSpec& models, const std::string& gpu_model);

}  // namespace seatrial

// Which part of a run's GPU time rests on measured, published and assumed numbers, for each model that gave one. For
// the summary and the report, when the run is over.
#pragma once

#include <vector>

#include "reports/summary.h"
#include "scenarios/spec.h"

namespace seatrial {

struct SimulatedRun;

// Empty where neither speed is modelled nor a calibration named.
[[nodiscard]] std::vector<ModelUse> model_uses(const ScenarioSpec& spec, const SimulatedRun& run);

}  // namespace seatrial

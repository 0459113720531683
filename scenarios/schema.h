// The JSON Schema (draft 2020-12) of a scenario, for completion and checks in editors. Names of policies, models,
// formats and GPUs come from their registries; a test holds the keys against those that the loader takes.
#pragma once

#include <string>

namespace seatrial {

// Pretty-printed, with a line end.
[[nodiscard]] std::string scenario_schema();

}  // namespace seatrial

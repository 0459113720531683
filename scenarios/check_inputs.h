// Reads every trace and node list that a scenario names, for `seatrial validate`: what it accepts, a run does not
// refuse for what stands in the files.
#pragma once

#include "scenarios/spec.h"
#include "sim/error.h"

namespace seatrial {

// Adds what is wrong with the files' content. Standard input is not read. Takes as long as reading the files takes.
void check_inputs(const ScenarioSpec& spec, Problems& problems);

}  // namespace seatrial

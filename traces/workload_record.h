// A job of a Workload as the record that would add it again: for readers that collect first and add later, and for
// writers of traces.
#pragma once

#include <string>

#include "models/workload.h"

namespace seatrial {

// Views point into the workload and into `name`. The row is left at 0.
[[nodiscard]] JobRecord record_of(const Workload& workload, JobId job, std::string& name);

}  // namespace seatrial

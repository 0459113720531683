// Refuses settings that are legal one by one and together would never come to an end: rounds or service quanta so short
// that a run of these jobs had to handle more than 10^9 of them.
#pragma once

#include "models/workload.h"
#include "scenarios/spec.h"

namespace seatrial {

// Throws InputError with the number that would be needed. O(jobs).
void refuse_endless(const ScenarioSpec& spec, const Workload& jobs);

}  // namespace seatrial

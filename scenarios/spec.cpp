// See spec.h.
#include "scenarios/spec.h"

#include <algorithm>

namespace seatrial {

bool OverheadSteps::zero() const {
  return std::all_of(steps.begin(), steps.end(), [](const auto& step) { return step.second.ns == 0; });
}

}  // namespace seatrial

// A comparison or a plan as a build server or a pull request shows it; see ci_forms.h.
#pragma once

#include <string>

#include "reports/ci_forms.h"
#include "reports/comparison.h"
#include "reports/plan_result.h"

namespace seatrial {

// The conditions of --fail-if as cases; without any, one case that passes.
[[nodiscard]] CheckSuite check_suite(const Comparison& comparison);
[[nodiscard]] std::string comparison_markdown(const Comparison& comparison);

// The goals at the answer as cases; where there is none, at the point that comes nearest.
[[nodiscard]] CheckSuite check_suite(const PlanResult& plan);
[[nodiscard]] std::string plan_markdown(const PlanResult& plan);

}  // namespace seatrial

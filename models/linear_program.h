// Linear programmes: the objective and rows of an IntegerProgram, whole numbers not asked for. Solved by Clp (COIN-OR)
// where it was present when seatrial was built and is present when it runs; opened at the first call. Used by the
// allocation policies in policies/gavel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/integer_program.h"

namespace seatrial {

struct LinearSolution {
  std::vector<double> values;  // by column, within the solver's tolerance of the bounds
  double objective = 0;
};

// Why no solver can be asked, in a few words; empty if one can.
[[nodiscard]] std::string linear_solver_problem();

// Nothing if there is no solver, or no best solution: infeasible or unbounded. 500 jobs on 3 GPU types take about as
// many milliseconds as docs/model.md says.
[[nodiscard]] std::optional<LinearSolution> maximize_linear(const IntegerProgram& program);

}  // namespace seatrial

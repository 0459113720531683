// Clp through its C interface, opened at run time. The interface is that of Clp 1.17 (Debian 12).
#include "models/linear_program.h"

#ifdef SEATRIAL_CLP
#include <coin/Clp_C_Interface.h>

#include <memory>

#include "models/coin_matrix.h"
#include "models/runtime_library.h"
#endif

#include "sim/check.h"

namespace seatrial {

#ifdef SEATRIAL_CLP
namespace {

// The functions that are used, looked up once. A model belongs to one call: solves may go side by side.
class Library {
 public:
  Library() {
    const RuntimeLibrary clp("libClp.so.1");
    complete_ = clp.look_up("Clp_newModel", new_model) && clp.look_up("Clp_deleteModel", delete_model) &&
                clp.look_up("Clp_loadProblem", load_problem) && clp.look_up("Clp_setLogLevel", set_log) &&
                clp.look_up("Clp_initialDualSolve", solve) && clp.look_up("Clp_status", status) &&
                clp.look_up("Clp_primalColumnSolution", columns) && clp.look_up("Clp_objectiveValue", objective);
  }

  [[nodiscard]] bool complete() const { return complete_; }

  decltype(&Clp_newModel) new_model = nullptr;
  decltype(&Clp_deleteModel) delete_model = nullptr;
  decltype(&Clp_loadProblem) load_problem = nullptr;
  decltype(&Clp_setLogLevel) set_log = nullptr;
  decltype(&Clp_initialDualSolve) solve = nullptr;
  decltype(&Clp_status) status = nullptr;
  decltype(&Clp_primalColumnSolution) columns = nullptr;
  decltype(&Clp_objectiveValue) objective = nullptr;

 private:
  bool complete_ = false;
};

const Library& library() {
  static const Library opened;
  return opened;
}

}  // namespace

std::string linear_solver_problem() { return library().complete() ? "" : "Clp (libClp.so.1) is not installed here"; }

std::optional<LinearSolution> maximize_linear(const IntegerProgram& program) {
  CHECK(program.columns.size() == program.entries.size());
  const Library& clp = library();
  if (!clp.complete()) return std::nullopt;
  const std::unique_ptr<Clp_Simplex, decltype(clp.delete_model)> model(clp.new_model(), clp.delete_model);
  const CoinMatrix matrix = coin_matrix(program, -1);
  clp.set_log(model.get(), 0);
  clp.load_problem(model.get(), static_cast<int>(matrix.low.size()), static_cast<int>(matrix.row_low.size()),
                   matrix.start.data(), matrix.row.data(), matrix.factor.data(), matrix.low.data(), matrix.high.data(),
                   matrix.objective.data(), matrix.row_low.data(), matrix.row_high.data());
  clp.solve(model.get());
  constexpr int kOptimal = 0;
  if (clp.status(model.get()) != kOptimal) return std::nullopt;
  LinearSolution solution;
  const double* values = clp.columns(model.get());
  solution.values.assign(values, values + program.columns.size());
  solution.objective = -clp.objective(model.get());
  return solution;
}

#else

std::string linear_solver_problem() { return "seatrial was built without Clp"; }

std::optional<LinearSolution> maximize_linear(const IntegerProgram& program) {
  CHECK(program.columns.size() == program.entries.size());
  return std::nullopt;
}

#endif

}  // namespace seatrial

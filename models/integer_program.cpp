// CBC through its C interface, opened at run time. The interface is that of CBC 2.10 (Debian 12).
#include "models/integer_program.h"

#ifdef SEATRIAL_CBC
#include <coin/Cbc_C_Interface.h>

#include <memory>
#include <mutex>

#include "models/coin_matrix.h"
#include "models/runtime_library.h"
#endif

#include "sim/check.h"

namespace seatrial {

#ifdef SEATRIAL_CBC
namespace {

// The functions that are used, looked up once. CBC keeps state of its own between models, so solves take turns.
class Library {
 public:
  Library() {
    const RuntimeLibrary cbc("libCbcSolver.so.3");
    complete_ = cbc.look_up("Cbc_newModel", new_model) && cbc.look_up("Cbc_deleteModel", delete_model) &&
                cbc.look_up("Cbc_loadProblem", load_problem) && cbc.look_up("Cbc_setInteger", set_integer) &&
                cbc.look_up("Cbc_setObjSense", set_sense) && cbc.look_up("Cbc_setParameter", set_parameter) &&
                cbc.look_up("Cbc_solve", solve) && cbc.look_up("Cbc_bestSolution", best_solution) &&
                cbc.look_up("Cbc_isProvenOptimal", is_proven_optimal) &&
                cbc.look_up("Cbc_getBestPossibleObjValue", best_possible);
  }

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::mutex& turn() const { return turn_; }

  decltype(&Cbc_newModel) new_model = nullptr;
  decltype(&Cbc_deleteModel) delete_model = nullptr;
  decltype(&Cbc_loadProblem) load_problem = nullptr;
  decltype(&Cbc_setInteger) set_integer = nullptr;
  decltype(&Cbc_setObjSense) set_sense = nullptr;
  decltype(&Cbc_setParameter) set_parameter = nullptr;
  decltype(&Cbc_solve) solve = nullptr;
  decltype(&Cbc_bestSolution) best_solution = nullptr;
  decltype(&Cbc_isProvenOptimal) is_proven_optimal = nullptr;
  decltype(&Cbc_getBestPossibleObjValue) best_possible = nullptr;

 private:
  bool complete_ = false;
  mutable std::mutex turn_;
};

const Library& library() {
  static const Library opened;
  return opened;
}

void load(const Library& cbc, Cbc_Model* model, const IntegerProgram& program) {
  const CoinMatrix matrix = coin_matrix(program, -1);  // CBC's bound is told for minimisation only
  cbc.load_problem(model, static_cast<int>(matrix.low.size()), static_cast<int>(matrix.row_low.size()),
                   matrix.start.data(), matrix.row.data(), matrix.factor.data(), matrix.low.data(), matrix.high.data(),
                   matrix.objective.data(), matrix.row_low.data(), matrix.row_high.data());
  for (std::size_t i = 0; i < program.columns.size(); ++i) {
    if (program.columns[i].integer) cbc.set_integer(model, static_cast<int>(i));
  }
  cbc.set_sense(model, 1);
}

}  // namespace

std::string integer_solver_problem() {
  return library().complete() ? "" : "CBC (libCbcSolver.so.3) is not installed here";
}

std::optional<IntegerSolution> maximize(const IntegerProgram& program, std::uint32_t max_nodes) {
  CHECK(program.columns.size() == program.entries.size());
  const Library& cbc = library();
  if (!cbc.complete()) return std::nullopt;
  const std::lock_guard<std::mutex> guard(cbc.turn());
  const std::unique_ptr<Cbc_Model, decltype(cbc.delete_model)> model(cbc.new_model(), cbc.delete_model);
  load(cbc, model.get(), program);
  cbc.set_parameter(model.get(), "log", "0");
  cbc.set_parameter(model.get(), "threads", "0");
  cbc.set_parameter(model.get(), "maxNodes", std::to_string(max_nodes).c_str());
  cbc.solve(model.get());
  const double* values = cbc.best_solution(model.get());
  if (values == nullptr) return std::nullopt;
  IntegerSolution solution;
  solution.values.assign(values, values + program.columns.size());
  solution.proven = cbc.is_proven_optimal(model.get()) != 0;
  solution.bound = -cbc.best_possible(model.get());
  return solution;
}

#else

std::string integer_solver_problem() { return "seatrial was built without CBC"; }

std::optional<IntegerSolution> maximize(const IntegerProgram& program, std::uint32_t /*max_nodes*/) {
  CHECK(program.columns.size() == program.entries.size());
  return std::nullopt;
}

#endif

}  // namespace seatrial

// Small integer programmes: maximise a linear objective under linear rows. Solved by CBC (COIN-OR branch and cut) where
// it was present when seatrial was built and is present when it runs; it is opened at the first call, so that runs that
// need none of this pay nothing. One thread, a limit on nodes and none on time: the answer does not depend on the
// clock.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace seatrial {

struct IntegerProgram {
  struct Column {
    double objective = 0;
    double low = 0;
    double high = 0;
    bool integer = true;
  };
  struct Entry {
    std::uint32_t row = 0;
    double factor = 0;
  };
  struct Row {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
  };
  std::vector<Row> rows;
  std::vector<Column> columns;
  std::vector<std::vector<Entry>> entries;  // by column, each row at most once
};

struct IntegerSolution {
  std::vector<double> values;  // by column; integer columns within the solver's tolerance of integers
  double bound = 0;            // no solution has a larger objective
  bool proven = false;         // this one is optimal

  bool operator==(const IntegerSolution&) const = default;
};

// Why no solver can be asked, in a few words; empty if one can.
[[nodiscard]] std::string integer_solver_problem();

// Nothing if there is no solver or it found no solution within the limit.
[[nodiscard]] std::optional<IntegerSolution> maximize(const IntegerProgram& program, std::uint32_t max_nodes);

}  // namespace seatrial

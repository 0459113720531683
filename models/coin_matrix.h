// A programme's columns one after the other, as the C interfaces of CBC and Clp take them. Internal to
// integer_program.cpp and linear_program.cpp.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "models/integer_program.h"

namespace seatrial {

struct CoinMatrix {
  std::vector<int> start{0};
  std::vector<int> row;
  std::vector<double> factor;
  std::vector<double> low, high, objective;  // by column
  std::vector<double> row_low, row_high;
};

// `sign`: what the objective is multiplied by.
[[nodiscard]] inline CoinMatrix coin_matrix(const IntegerProgram& program, double sign) {
  // The solvers' own infinity is the largest double.
  const auto finite = [](double bound) {
    constexpr double kMost = std::numeric_limits<double>::max();
    return std::clamp(bound, -kMost, kMost);
  };
  CoinMatrix matrix;
  for (const std::vector<IntegerProgram::Entry>& column : program.entries) {
    for (const IntegerProgram::Entry& entry : column) {
      matrix.row.push_back(static_cast<int>(entry.row));
      matrix.factor.push_back(entry.factor);
    }
    matrix.start.push_back(static_cast<int>(matrix.row.size()));
  }
  for (const IntegerProgram::Column& column : program.columns) {
    matrix.low.push_back(finite(column.low));
    matrix.high.push_back(finite(column.high));
    matrix.objective.push_back(sign * column.objective);
  }
  for (const IntegerProgram::Row& row : program.rows) {
    matrix.row_low.push_back(finite(row.low));
    matrix.row_high.push_back(finite(row.high));
  }
  return matrix;
}

}  // namespace seatrial

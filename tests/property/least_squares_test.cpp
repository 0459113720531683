// Non-negative least squares on random data: the conditions of Karush, Kuhn and Tucker hold at every result, also where
// columns repeat, nearly depend on each other or outnumber the rows; no subset of the unknowns does better.
#include "models/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

struct Data {
  std::size_t columns = 0;
  std::vector<std::vector<double>> rows;
  std::vector<double> targets;
};

enum class Kind { Plain, RepeatedColumn, Hilbert, FewRows, Zeros, Sizes };
constexpr Kind kKinds[] = {Kind::Plain, Kind::RepeatedColumn, Kind::Hilbert, Kind::FewRows, Kind::Zeros, Kind::Sizes};

double factor(Kind kind, std::size_t row, std::size_t column, Random& random) {
  switch (kind) {
    case Kind::Plain:
    case Kind::RepeatedColumn:
    case Kind::FewRows:
      return random.normal();
    case Kind::Hilbert:  // condition number about 1e13 at ten columns
      return 1.0 / static_cast<double>(row + column + 1);
    case Kind::Zeros:
      return random.bernoulli(0.5) ? 0 : random.uniform();
    case Kind::Sizes:
      return random.uniform() * std::pow(10.0, 3.0 * static_cast<double>(column) - 9);
  }
  return 0;
}

Data random_data(Kind kind, std::uint64_t seed) {
  Random random(seed, "least-squares");
  Data data;
  data.columns = 1 + random.below(9);
  const std::size_t rows = kind == Kind::FewRows ? 1 + random.below(3) : data.columns + random.below(20);
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> row;
    for (std::size_t j = 0; j < data.columns; ++j) row.push_back(factor(kind, i, j, random));
    if (kind == Kind::RepeatedColumn) row.back() = row.front();
    data.rows.push_back(row);
    data.targets.push_back(random.normal());
  }
  return data;
}

LinearProblem problem_of(const Data& data, unsigned used) {
  LinearProblem problem(data.columns);
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    std::vector<double> row = data.rows[i];
    for (std::size_t j = 0; j < data.columns; ++j) {
      if ((used >> j & 1U) == 0) row[j] = 0;
    }
    problem.add(row, data.targets[i]);
  }
  return problem;
}

TEST(NonNegativeProperty, MeetsTheConditionsOfKarushKuhnTucker) {
  for (const Kind kind : kKinds) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Data data = random_data(kind, seed);
      const LinearFit fit = non_negative_least_squares(problem_of(data, ~0U));
      for (std::size_t j = 0; j < data.columns; ++j) {
        double gradient = 0;
        double size = 0;
        double length = 0;
        for (std::size_t i = 0; i < data.rows.size(); ++i) {
          double error = data.targets[i];
          for (std::size_t k = 0; k < data.columns; ++k) error -= data.rows[i][k] * fit.x[k];
          gradient += data.rows[i][j] * error;
          size += data.targets[i] * data.targets[i];
          length += data.rows[i][j] * data.rows[i][j];
        }
        const double slack = 1e-9 * std::sqrt(size * length);
        ASSERT_GE(fit.x[j], 0);
        ASSERT_LE(gradient, slack) << "kind " << static_cast<int>(kind) << " seed " << seed << " column " << j;
        if (fit.x[j] > 0) {
          ASSERT_GE(gradient, -slack) << "kind " << static_cast<int>(kind) << " seed " << seed << " column " << j;
        }
      }
    }
  }
}

// The best over all subsets of unknowns whose plain solution has no negative, for well-conditioned data.
TEST(NonNegativeProperty, NoSubsetOfTheUnknownsDoesBetter) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Data data = random_data(Kind::Plain, seed);
    if (data.columns > 6) continue;
    double best = 0;
    for (const double target : data.targets) best += target * target;
    for (unsigned used = 1; used < 1U << data.columns; ++used) {
      const LinearFit plain = least_squares(problem_of(data, used));
      bool possible = true;
      for (const double x : plain.x) possible = possible && x >= 0;
      if (possible) best = std::min(best, plain.squared_error);
    }
    const LinearFit fit = non_negative_least_squares(problem_of(data, ~0U));
    ASSERT_NEAR(fit.squared_error, best, 1e-9 * (1 + best)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace seatrial

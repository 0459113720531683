// Equations 1 and 2 of the paper; see sia.h.
#include "policies/sia.h"

#include <algorithm>
#include <cmath>

#include "models/integer_program.h"
#include "models/linear_program.h"

namespace seatrial {

std::vector<SiaConfiguration> sia_configurations(std::span<const SiaPool> types) {
  std::vector<SiaConfiguration> out;
  for (std::uint32_t type = 0; type < types.size(); ++type) {
    const SiaPool& pool = types[type];
    if (pool.nodes == 0) continue;
    for (std::uint32_t gpus = 1; gpus < pool.gpus_per_node; gpus *= 2) out.push_back({type, gpus});
    for (std::uint32_t nodes = 1; nodes <= pool.nodes; ++nodes) out.push_back({type, nodes * pool.gpus_per_node});
  }
  return out;
}

std::vector<double> sia_row(const SiaJob& job) {
  double smallest = 0;
  for (const double goodput : job.goodput) {
    if (goodput > 0 && (smallest == 0 || goodput < smallest)) smallest = goodput;
  }
  std::vector<double> row;
  const double left = std::max(0.0, job.age_s - job.restarts * job.restart_s) / (job.age_s + job.restart_s);
  for (std::uint32_t i = 0; i < job.goodput.size(); ++i) {
    double value = smallest > 0 ? job.goodput[i] / smallest * job.least_gpus : 0;
    if (job.present && *job.present != i && job.restart_s > 0) value *= left;
    row.push_back(value);
  }
  return row;
}

namespace {

// The programme without its integers, if its best answer happens to be whole: then nothing whole is better. That is so
// for most rounds, and takes a tenth of the time.
std::optional<IntegerSolution> whole_relaxation(const IntegerProgram& program) {
  const auto relaxed = maximize_linear(program);
  if (!relaxed) return std::nullopt;
  constexpr double kWhole = 1e-9;
  for (const double value : relaxed->values) {
    if (std::abs(value - std::round(value)) > kWhole) return std::nullopt;
  }
  return IntegerSolution{relaxed->values, relaxed->objective, true};
}

}  // namespace

std::optional<SiaChoice> sia_choose(std::span<const std::vector<double>> rows,
                                    std::span<const SiaConfiguration> configurations,
                                    std::span<const std::uint32_t> capacity, const SiaRule& rule) {
  constexpr std::uint32_t kMostNodes = 100'000;
  IntegerProgram program;
  program.rows.resize(rows.size() + capacity.size());
  for (std::size_t job = 0; job < rows.size(); ++job) program.rows[job].high = 1;
  for (std::size_t type = 0; type < capacity.size(); ++type) program.rows[rows.size() + type].high = capacity[type];
  const double sign = rule.power < 0 ? -1 : 1;
  for (std::uint32_t job = 0; job < rows.size(); ++job) {
    for (std::size_t i = 0; i < configurations.size(); ++i) {
      const double goodput = rows[job][i];
      // A job that gets something saves the penalty.
      const double value = goodput > 0 ? sign * std::pow(goodput, rule.power) + rule.penalty : 0;
      program.columns.push_back({value, 0, goodput > 0 ? 1.0 : 0.0, true});
      const auto row = static_cast<std::uint32_t>(rows.size() + configurations[i].type);
      program.entries.push_back({{job, 1}, {row, static_cast<double>(configurations[i].gpus)}});
    }
  }
  SiaChoice choice;
  choice.configuration.assign(rows.size(), kNoConfiguration);
  choice.proven = true;
  if (!rows.empty()) {
    auto solution = whole_relaxation(program);
    if (!solution) solution = maximize(program, kMostNodes);
    if (!solution) return std::nullopt;
    choice.proven = solution->proven;
    for (std::uint32_t column = 0; column < solution->values.size(); ++column) {
      if (solution->values[column] < 0.5) continue;
      const auto width = static_cast<std::uint32_t>(configurations.size());
      choice.configuration[column / width] = column % width;
    }
  }
  for (std::size_t job = 0; job < rows.size(); ++job) {
    const std::uint32_t chosen = choice.configuration[job];
    choice.score += chosen == kNoConfiguration ? -sign * rule.penalty : std::pow(rows[job][chosen], rule.power);
  }
  return choice;
}

}  // namespace seatrial

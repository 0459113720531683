// Allocation policies of Gavel (Narayanan et al., OSDI '20): which part of the time each job should spend on each GPU
// type, as linear programmes, and the round mechanism that follows them. A library: pure functions of speeds, sizes and
// weights. Speeds come from measured tables (speed_tables.h).
//
// An allocation has a row for each job and behind them one for each pair of jobs that share GPUs, a column for each
// type. A job's rows add up to at most 1; GPUs of a type times their time to at most what there is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace seatrial {

struct GavelJob {
  std::vector<double> steps_per_s;  // with all its GPUs, by type; 0: cannot run there
  double gpus = 1;
  double weight = 1;
  double steps_left = 1;               // > 0; makespan, finish-time fairness and deadlines ask for it
  double elapsed_s = 0;                // since the submit
  double isolated_s = 0;               // what its past would have taken alone on its part
  std::optional<double> deadline_s{};  // from now; throughput per cost keeps it
};

// Two jobs with equally many GPUs on the same ones.
struct GavelPair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::vector<double> first_steps_per_s;  // by type
  std::vector<double> second_steps_per_s;
};

struct GavelInput {
  std::vector<GavelJob> jobs;
  std::vector<GavelPair> pairs;
  std::vector<double> gpus;            // by type
  std::vector<double> usd_per_hour{};  // of a GPU, by type; throughput per cost asks for it
};

enum class GavelObjective : std::uint8_t {
  MaxMin,              // least throughput over weight, in parts of what an equal split would give
  MaxMinTypeBlind,     // the same with all types taken as equally fast
  FinishTimeFairness,  // least largest (time so far and to come) over (the same alone on an equal part)
  Makespan,            // least time until all are done
  ThroughputPerCost,   // most steps for the money, deadlines kept
};

struct GavelAllocation {
  std::vector<std::vector<double>> share;  // by row, by type: part of the time
  // Of the objective: least normalised throughput, largest rho, seconds, or steps for a dollar-hour.
  double value = 0;
};

// Nothing where no solver is there (linear_solver_problem()) or deadlines cannot be kept.
[[nodiscard]] std::optional<GavelAllocation> gavel_allocate(const GavelInput& input, GavelObjective objective);

// Steps per second of each job under an allocation.
[[nodiscard]] std::vector<double> gavel_throughput(const GavelInput& input, const GavelAllocation& allocation);

// Steps per second that a job would have on an equal part of all GPUs: what finish-time fairness compares with.
[[nodiscard]] double gavel_equal_part(const GavelInput& input, const GavelJob& job);

// One round of the mechanism: which row gets which type. `received`: part of the time so far, by row and type. Rows go
// by share over received part, those without any first; a job runs in one row, on one type.
inline constexpr std::uint32_t kNoGpuType = 0xffffffffU;
[[nodiscard]] std::vector<std::uint32_t> gavel_round(const GavelInput& input, const GavelAllocation& allocation,
                                                     const std::vector<std::vector<double>>& received);

}  // namespace seatrial

// Sia (Subramanya et al., SOSP '23): each round every job gets one configuration (GPUs of one type) or none, so that
// the sum of normalised goodputs is best: an integer programme with one binary variable per job and configuration.
// A library: pure functions. Solved by CBC (integer_program.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace seatrial {

struct SiaConfiguration {
  std::uint32_t type = 0;
  std::uint32_t gpus = 1;
};

// Powers of two inside a node, whole nodes beyond, for each type.
struct SiaPool {
  std::uint32_t nodes = 0;
  std::uint32_t gpus_per_node = 0;
};
[[nodiscard]] std::vector<SiaConfiguration> sia_configurations(std::span<const SiaPool> types);

// A row of the matrix as the programme takes it: divided by its smallest positive entry and times the job's least GPUs;
// entries of other configurations than the present one times what a restart leaves: (age - restarts x cost) over
// (age + cost). 0 stays 0: the job cannot run there.
struct SiaJob {
  std::vector<double> goodput;  // by configuration
  double least_gpus = 1;
  std::optional<std::uint32_t> present{};  // configuration that it has now
  double age_s = 0;
  double restarts = 0;
  double restart_s = 0;
};
[[nodiscard]] std::vector<double> sia_row(const SiaJob& job);

struct SiaRule {
  double power = -0.5;   // of the goodputs; below 0 their sum is minimised. Not 0
  double penalty = 1.1;  // lambda: of a job that gets nothing
};

inline constexpr std::uint32_t kNoConfiguration = 0xffffffffU;
struct SiaChoice {
  std::vector<std::uint32_t> configuration;  // by job; kNoConfiguration: none
  double score = 0;                          // the sum over jobs, penalties included, as maximised or minimised
  bool proven = false;                       // nothing is better
};

// rows: by job, by configuration. capacity: GPUs by type. Nothing where no solver is there.
[[nodiscard]] std::optional<SiaChoice> sia_choose(std::span<const std::vector<double>> rows,
                                                  std::span<const SiaConfiguration> configurations,
                                                  std::span<const std::uint32_t> capacity, const SiaRule& rule);

}  // namespace seatrial

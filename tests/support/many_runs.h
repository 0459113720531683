// Comparisons and plans of scenarios given as text, in memory: nothing is written, nothing kept between runs.
#pragma once

#include <string>
#include <vector>

#include "reports/comparison.h"
#include "reports/plan_result.h"

namespace seatrial {

// axes: PATH=V1,V2 each.
[[nodiscard]] Comparison compare_text(const std::string& scenario, const std::vector<std::string>& axes,
                                      std::uint32_t replications, unsigned threads = 1);

struct PlanQuestion {
  std::string scenario;
  std::vector<std::string> vary = {};
  std::uint32_t replications = 0;
  std::string growth = "";
  std::string from = "";
  std::string minimize = "";
  bool sensitivity = false;
  bool allow_rejected = false;
};
[[nodiscard]] PlanResult plan_text_scenario(const PlanQuestion& question);

// Jobs with exponential gaps and run times of mean 100 s on one counted pool: M/M/c. top_level: further keys.
struct MmcScenario {
  std::uint32_t servers = 1;
  double load_per_server = 0.5;
  std::uint64_t jobs = 1000;
  std::uint64_t seed = 1;
  std::string top_level = "";
};
[[nodiscard]] std::string mmc_text(const MmcScenario& scenario);

}  // namespace seatrial

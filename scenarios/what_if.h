// What one node more would have changed for one job of a finished run: the run is simulated again from its result
// folder, first as it was (its fact hash must come out), then once for each pool with one node more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/time.h"

namespace seatrial {

struct MoreNodes {
  std::string pool;
  std::uint32_t gpus = 0;     // of the additional node
  std::optional<Time> start;  // none: the job would not have started before the end of the run
  Duration waited{0};
};

struct WhatIf {
  Duration waited{0};            // as it was
  std::vector<MoreNodes> pools;  // by pool that could grow; empty: see `unknown`
  std::string unknown;           // why nothing can be said; empty where there are pools
};

// Throws InputError where the folder holds no result of a run. Cost: (1 + pools) simulations.
[[nodiscard]] WhatIf what_if(const std::string& result_folder, const std::string& job);

// The same in words, a line each; empty for a job that did not wait.
[[nodiscard]] std::string what_if_text(const WhatIf& answer);

}  // namespace seatrial

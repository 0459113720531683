// Replications: several equally likely workloads of one scenario, the same for every alternative (common random
// numbers). What each method does and when it is valid: docs/scenario.md, `replicate`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/workload.h"
#include "scenarios/axes.h"
#include "scenarios/spec.h"

namespace seatrial {

inline constexpr std::uint32_t kDefaultReplications = 10;

// Seed of replication r: the scenario's own for r = 0, so that `run` repeats it; below 2^48, so that it survives JSON.
[[nodiscard]] std::uint64_t replication_seed(std::uint64_t seed, std::uint32_t r);

// "seeds", "blocks", "windows", "count_up" or "none".
[[nodiscard]] const char* replication_method(const ScenarioSpec& spec);

// How many replications there are. asked: of the command line, 0 if silent. `jobs`: the workload as it is. Throws
// InputError where the method cannot give any (a trace shorter than a window).
[[nodiscard]] std::uint32_t replication_count(const ScenarioSpec& spec, std::uint32_t asked, const Workload& jobs);

// The jobs of replication r. `jobs`: those that build_workload() gives for replication_seed(seed, r); for blocks and
// windows of a trace they are the same for every r.
//
// Blocks (Kuensch 1989, circular): time from the first to the last submit is cut into steps of min(length, one day);
// blocks of whole steps with a random first step are laid end to end until the original number of steps is filled, so
// that the hours of the day keep their place. Windows: the jobs of the r-th stretch.
[[nodiscard]] std::shared_ptr<const Workload> replicated(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs,
                                                         std::uint64_t seed, std::uint32_t r);

}  // namespace seatrial

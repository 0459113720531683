// The on-demand MIG partitioner: which GPU to re-cut for a queued request that found neither an idle instance nor free
// slices, and, where no GPU can be re-cut, which one to drain. Pure functions of a pool and a moment; whoever runs the
// pool carries plans out after its delays. Busy instances are never touched by a re-cut.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/mig_recut.h"
#include "sim/time.h"

namespace seatrial {

struct RecutRule {
  Duration min_wait{};           // that a request has waited before a GPU is re-cut for it; default 0
  Duration min_interval{};       // between two re-cuts of one GPU (hysteresis); default 0
  std::uint32_t looked_at = 32;  // GPUs that are compared, in the order of the look-ahead; 0: all
};

struct RecutMoment {
  Time now{};
  Duration waited{};                      // by the request
  std::span<const Time> last_recut{};     // by GPU; empty: none was ever re-cut
  std::span<const std::uint32_t> keep{};  // by profile: what an idle instance is worth, at least 1; empty: 1 each
};

enum class RecutRefusal : std::uint8_t {
  None,
  TooEarly,  // the request has to wait longer: until retry_at
  Resting,   // GPUs with room were re-cut a short while ago: the first may be again at retry_at
  NoRoom     // no GPU has room for the profile beside its busy instances
};

struct RecutDecision {
  std::optional<RecutPlan> plan;
  RecutRefusal refusal = RecutRefusal::None;
  Time retry_at{};  // for TooEarly and Resting
};

// Of the first GPUs with room beside their busy instances, in the order of the pool's look-ahead, the one whose re-cut
// destroys the idle instances that are worth least; all others are kept. Ties: the order itself.
[[nodiscard]] RecutDecision plan_recut(const MigPool& pool, std::size_t profile, const RecutMoment& moment,
                                       const RecutRule& rule);

enum class VictimCost : std::uint8_t {
  Sum,     // victims are stopped: their costs add up
  Longest  // victims run to their ends: the last one counts
};

struct Removal {
  std::uint8_t place = MigGeometry::kNoPlacement;  // that becomes feasible
  MigInstances victims = 0;                        // busy instances to be removed
  std::int64_t cost = 0;
};

// The cheapest set of busy instances of one GPU whose removal makes some placement of the profile feasible, exact by
// enumeration. cost: by placement of the geometry, at least 0. Ties: fewest victims, then the highest start.
[[nodiscard]] std::optional<Removal> cheapest_removal(const MigGeometry& geometry, MigGeometry::StateId busy,
                                                      std::size_t profile, std::span<const std::int64_t> cost,
                                                      VictimCost combine);

struct DrainPlan {
  std::uint32_t gpu = 0;
  Removal removal;
};

// The GPU of the pool whose cheapest removal costs least; withdrawn ones are left out. cost: by GPU, then placement.
// O(GPUs).
[[nodiscard]] std::optional<DrainPlan> plan_drain(const MigPool& pool, std::size_t profile,
                                                  std::span<const std::int64_t> cost, VictimCost combine);

}  // namespace seatrial

// What a re-cut of one GPU for one new instance would look like: where the instance goes and which idle instances can
// stay. Used by the on-demand partitioner over a whole pool and by placements within a node. Busy instances are never
// touched.
#pragma once

#include <cstdint>
#include <span>

#include "models/mig_pool.h"

namespace seatrial {

struct RecutPlan {
  MigInstance instance;                                   // to be created for the request
  MigGeometry::StateId existing = MigGeometry::kNoState;  // of the GPU after the re-cut, the new instance included
  std::uint32_t destroyed = 0;                            // idle instances
};

struct Recut {
  RecutPlan plan;
  std::uint64_t loss = 0;  // worth of the idle instances that go
};

struct CutGpu {
  std::uint32_t gpu = 0;
  MigGeometry::StateId existing = MigGeometry::kEmpty;
  MigGeometry::StateId busy = MigGeometry::kEmpty;
};

// The best plan for one GPU that has room beside its busy instances: least loss, then the start that the look-ahead
// prefers. keep: by profile, what an idle instance is worth; empty: 1 each.
[[nodiscard]] Recut best_recut(const MigLookahead& lookahead, const CutGpu& of, std::size_t profile,
                               std::span<const std::uint32_t> keep);

}  // namespace seatrial

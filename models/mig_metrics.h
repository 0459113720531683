// How much of a cut GPU is of no use: pure functions of a state and a demand mix. Used as metrics and, through
// MigScore::Stranded of the look-ahead, as a placement. Formulas: policies.md 11 (a), (b); (c) is FGD (Weng et al.,
// USENIX ATC '23) carried over from devices of a node to the slices of a GPU.
#pragma once

#include <cstdint>
#include <span>

#include "models/mig_geometry.h"

namespace seatrial {

// (a) Demand-weighted fragmentation, times the sum of the weights: for every profile that has enough free compute
// slices but no legal place, its weight times the free compute slices. 0 on a GPU where all that could fit fits.
[[nodiscard]] std::uint64_t mig_fragmentation_weight(const MigGeometry& geometry, MigGeometry::StateId state,
                                                     std::span<const std::uint32_t> weights);

// (b) Placement loss, in memory slices: over the profiles that are no larger than the free memory slices, the share of
// their placements that do not fit, times their size.
[[nodiscard]] double mig_placement_loss(const MigGeometry& geometry, MigGeometry::StateId state);

// (c) Stranded memory slices, times the sum of the weights: for every profile, its weight times the free memory slices
// that no placement that fits could use; all of them if it does not fit at all. On an empty GPU with 8 memory slices a
// mix of 1g alone strands one: no 1g may start at slice 7.
[[nodiscard]] std::uint64_t mig_stranded_weight(const MigGeometry& geometry, MigGeometry::StateId state,
                                                std::span<const std::uint32_t> weights);

// What a pool of GPUs loses, under a mix whose weights are not all 0.
struct MigPoolLoss {
  double fragmentation_slices = 0;   // compute slices, (a)
  double placement_loss_slices = 0;  // memory slices, (b)
  double stranded_slices = 0;        // memory slices, expected, (c)
};

// Sums over GPUs given by their states: those of the busy instances for a pool that is cut on demand, those of the
// existing ones for a static pool.
[[nodiscard]] MigPoolLoss mig_pool_loss(const MigGeometry& geometry, std::span<const MigGeometry::StateId> states,
                                        std::span<const std::uint32_t> weights);

}  // namespace seatrial

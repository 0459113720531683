// Where to create the next instance: at the start, and on a GPU in the state, that leaves the most room for what is
// asked for. Room is the number of placements that still fit, each weighted by the demand for its profile (policies.md
// 11, "remaining feasibility"); few stranded slices are the other score. All answers are look-ups in tables built once
// per family and mix. For equal weights the starts agree with the known rule "1g at 6, 5, 4 first; 2g at 4 first; 3g at
// 4 first".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/mig_geometry.h"
#include "models/mig_rule.h"

namespace seatrial {

// Equal weights over the profiles, except media ones, whose starts repeat those of their plain twins.
[[nodiscard]] std::vector<std::uint32_t> equal_mig_weights(const MigFamily& family);

class MigLookahead {
 public:
  using StateId = MigGeometry::StateId;

  // weights: of the demand, by profile; at most 1,000,000 each. Borrows the geometry.
  MigLookahead(const MigGeometry& geometry, std::span<const std::uint32_t> weights, MigRule rule = {});

  [[nodiscard]] const MigGeometry& geometry() const { return *geometry_; }
  // The weighted number of placements that fit, or minus the weighted stranded slices.
  [[nodiscard]] std::int64_t score(StateId state) const { return score_[state]; }
  // The placement of the profile that leaves the best score, the highest start among equals; kNoPlacement if none fits.
  [[nodiscard]] std::uint8_t best_place(StateId state, std::size_t profile) const {
    return best_place_[profile * geometry_->states() + state];
  }
  // The same among some placements that fit: of an instance that exists and is to be taken into use.
  [[nodiscard]] std::uint8_t best_among(StateId state, MigInstances candidates) const;
  // States with room for the profile, best first; others have no rank.
  [[nodiscard]] std::uint32_t rank(StateId state, std::size_t profile) const {
    return rank_[profile * geometry_->states() + state];
  }
  [[nodiscard]] StateId ranked(std::uint32_t rank, std::size_t profile) const { return order_[profile][rank]; }
  [[nodiscard]] std::uint32_t ranks(std::size_t profile) const {
    return static_cast<std::uint32_t>(order_[profile].size());
  }
  static constexpr std::uint32_t kNoRank = 0xffffffffU;

 private:
  void order_states(std::size_t profile, MigGpuChoice choice);

  const MigGeometry* geometry_;
  std::vector<std::int64_t> score_;
  std::vector<std::uint8_t> best_place_;
  std::vector<std::uint32_t> rank_;
  std::vector<std::vector<StateId>> order_;  // by profile
};

}  // namespace seatrial

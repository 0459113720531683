// The tables of the look-ahead: score of each state, best start by state and profile, order of states by profile.
#include "models/mig_lookahead.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "models/mig_metrics.h"
#include "sim/check.h"

namespace seatrial {
namespace {

std::int64_t room_of(const MigGeometry& geometry, MigGeometry::StateId state, std::span<const std::uint32_t> weights) {
  std::int64_t room = 0;
  for (std::size_t profile = 0; profile < weights.size(); ++profile) {
    room += std::int64_t{weights[profile]} * std::popcount(geometry.open(state) & geometry.of_profile(profile));
  }
  return room;
}

}  // namespace

std::vector<std::uint32_t> equal_mig_weights(const MigFamily& family) {
  std::vector<std::uint32_t> weights;
  for (const MigProfile& profile : family.profiles) weights.push_back(profile.media ? 0 : 1);
  return weights;
}

MigLookahead::MigLookahead(const MigGeometry& geometry, std::span<const std::uint32_t> weights, MigRule rule)
    : geometry_(&geometry), order_(geometry.profiles()) {
  CHECK(weights.size() == geometry.profiles());
  score_.reserve(geometry.states());
  for (std::size_t i = 0; i < geometry.states(); ++i) {
    const auto state = static_cast<StateId>(i);
    score_.push_back(rule.score == MigScore::Room
                         ? room_of(geometry, state, weights)
                         : -static_cast<std::int64_t>(mig_stranded_weight(geometry, state, weights)));
  }
  best_place_.reserve(geometry.profiles() * geometry.states());
  for (std::size_t profile = 0; profile < geometry.profiles(); ++profile) {
    for (std::size_t i = 0; i < geometry.states(); ++i) {
      const auto state = static_cast<StateId>(i);
      best_place_.push_back(best_among(state, geometry.open(state) & geometry.of_profile(profile)));
    }
  }
  rank_.assign(geometry.profiles() * geometry.states(), kNoRank);
  for (std::size_t profile = 0; profile < geometry.profiles(); ++profile) order_states(profile, rule.choice);
}

std::uint8_t MigLookahead::best_among(StateId state, MigInstances candidates) const {
  std::uint8_t best = MigGeometry::kNoPlacement;
  std::int64_t best_score = 0;
  for (; candidates != 0; candidates &= candidates - 1) {
    const auto place = static_cast<std::uint8_t>(std::countr_zero(candidates));
    const StateId after = geometry_->flip(state, place);
    if (after == MigGeometry::kNoState) continue;
    // Later placements of a profile start higher: they win ties.
    if (best == MigGeometry::kNoPlacement || score_[after] >= best_score) {
      best = place;
      best_score = score_[after];
    }
  }
  return best;
}

void MigLookahead::order_states(std::size_t profile, MigGpuChoice choice) {
  struct Key {
    std::int64_t first, second;
    StateId state;
  };
  std::vector<Key> keys;
  for (std::size_t i = 0; i < geometry_->states(); ++i) {
    const auto state = static_cast<StateId>(i);
    const std::uint8_t place = best_place(state, profile);
    if (place == MigGeometry::kNoPlacement) continue;
    const std::int64_t loss = score_[state] - score_[geometry_->flip(state, place)];
    const std::int64_t free = geometry_->slices_free(state);
    switch (choice) {
      case MigGpuChoice::LeastLoss:
        keys.push_back({loss, free, state});
        break;
      case MigGpuChoice::Packed:
        keys.push_back({free, loss, state});
        break;
      case MigGpuChoice::Spread:
        keys.push_back({-free, loss, state});
        break;
    }
  }
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return std::tie(a.first, a.second, a.state) < std::tie(b.first, b.second, b.state);
  });
  for (const Key& key : keys) {
    rank_[profile * geometry_->states() + key.state] = static_cast<std::uint32_t>(order_[profile].size());
    order_[profile].push_back(key.state);
  }
}

}  // namespace seatrial

// Enumeration of the states of a MIG family. Every subset of a state is a state too (instances only take room from
// each other), so adding placements in ascending order reaches each state exactly once.
#include "models/mig_geometry.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::size_t kMaxPlaces = 32;

std::uint16_t slices_of(MigPlacement placement) {
  return static_cast<std::uint16_t>(((1U << placement.size) - 1U) << placement.start);
}

// The memory masks that placing one more instance leads to from those that some way of placing the others ends in: at
// most 2^16, whatever the tables are.
std::vector<std::uint32_t> after_one_more(const std::vector<std::uint32_t>& reached, const MigProfile& profile) {
  std::vector<std::uint32_t> next;
  std::vector<bool> seen(std::size_t{1} << 16U, false);
  for (const MigPlacement placement : profile.placements) {
    CHECK(placement.size > 0 && placement.start + placement.size <= 16);
    const std::uint32_t slices = slices_of(placement);
    for (const std::uint32_t used : reached) {
      if ((used & slices) != 0 || seen[used | slices]) continue;
      seen[used | slices] = true;
      next.push_back(used | slices);
    }
  }
  return next;
}

}  // namespace

MigGeometry::MigGeometry(MigFamily family) : family_(std::move(family)) {
  CHECK(family_.profiles.size() <= kMaxMigProfiles && family_.memory_slices <= 16);
  for (std::size_t profile = 0; profile < family_.profiles.size(); ++profile) {
    const MigProfile& row = family_.profiles[profile];
    for (const MigPlacement placement : row.placements) {
      CHECK(places_.size() < kMaxPlaces && placement.start + placement.size <= family_.memory_slices);
      const MigInstances bit = MigInstances{1} << places_.size();
      of_profile_[profile] |= bit;
      if (row.media) media_ |= bit;
      places_.push_back({static_cast<std::uint8_t>(profile), placement.start, placement.size, row.compute_slices,
                         slices_of(placement)});
    }
  }
  overlapping_.assign(places_.size(), 0);
  for (std::size_t a = 0; a < places_.size(); ++a) {
    for (std::size_t b = 0; b < places_.size(); ++b) {
      if ((places_[a].slices & places_[b].slices) != 0) overlapping_[a] |= MigInstances{1} << b;
    }
  }
  enumerate(0, 0);
  std::sort(instances_.begin(), instances_.end());
  CHECK(instances_.size() < kNoState);
  compute_used_.resize(instances_.size());
  slices_used_.resize(instances_.size());
  open_.resize(instances_.size());
  flip_.assign(instances_.size() * places_.size(), kNoState);
  for (std::size_t state = 0; state < instances_.size(); ++state) measure(static_cast<StateId>(state));
}

// Adds every legal set of placements `from` and above to `instances`; the rules are looked up afresh, since sets have
// no number yet.
void MigGeometry::enumerate(std::size_t from, MigInstances instances) {
  instances_.push_back(instances);
  unsigned compute = 0;
  for (MigInstances left = instances; left != 0; left &= left - 1) {
    compute += places_[static_cast<std::size_t>(std::countr_zero(left))].compute;
  }
  for (std::size_t place = from; place < places_.size(); ++place) {
    const MigInstances bit = MigInstances{1} << place;
    const std::size_t profile = places_[place].profile;
    const bool room =
        (instances & overlapping_[place]) == 0 && compute + places_[place].compute <= family_.compute_slices;
    const bool allowed = std::popcount(instances & of_profile_[profile]) < family_.profiles[profile].max_instances &&
                         ((bit & media_) == 0 || (instances & media_) == 0);
    if (room && allowed) enumerate(place + 1, instances | bit);
  }
}

void MigGeometry::measure(StateId state) {
  const MigInstances instances = instances_[state];
  for (std::size_t place = 0; place < places_.size(); ++place) {
    const MigInstances bit = MigInstances{1} << place;
    flip_[state * places_.size() + place] = find(instances ^ bit);
    if ((instances & bit) != 0) {
      compute_used_[state] = static_cast<std::uint8_t>(compute_used_[state] + places_[place].compute);
      slices_used_[state] |= places_[place].slices;
    } else if (flip_[state * places_.size() + place] != kNoState) {
      open_[state] |= bit;
    }
  }
}

std::optional<std::uint8_t> MigGeometry::place_at(std::size_t profile, std::uint8_t start) const {
  for (std::size_t place = 0; place < places_.size(); ++place) {
    if (places_[place].profile == profile && places_[place].start == start) return static_cast<std::uint8_t>(place);
  }
  return std::nullopt;
}

MigGeometry::StateId MigGeometry::find(MigInstances instances) const {
  const auto found = std::lower_bound(instances_.begin(), instances_.end(), instances);
  if (found == instances_.end() || *found != instances) return kNoState;
  return static_cast<StateId>(found - instances_.begin());
}

MigCounts MigGeometry::counts(MigInstances instances) const {
  MigCounts counts{};
  for (std::size_t profile = 0; profile < profiles(); ++profile) {
    counts[profile] = static_cast<std::uint8_t>(std::popcount(instances & of_profile_[profile]));
  }
  return counts;
}

std::vector<MigCounts> mig_multisets(const MigGeometry& geometry, bool maximal_only) {
  std::vector<MigCounts> multisets;
  for (std::size_t i = 0; i < geometry.states(); ++i) {
    const auto state = static_cast<MigGeometry::StateId>(i);
    if (!maximal_only || geometry.is_maximal(state)) multisets.push_back(geometry.counts(geometry.instances(state)));
  }
  std::sort(multisets.begin(), multisets.end());
  multisets.erase(std::unique(multisets.begin(), multisets.end()), multisets.end());
  return multisets;
}

bool mig_feasible(const MigFamily& family, std::span<const std::uint32_t> counts) {
  std::uint64_t compute = 0;
  std::uint64_t instances = 0;
  std::uint64_t media = 0;
  for (std::size_t profile = 0; profile < counts.size(); ++profile) {
    const MigProfile& row = family.profiles[profile];
    if (counts[profile] > row.max_instances) return false;
    compute += std::uint64_t{counts[profile]} * row.compute_slices;
    instances += counts[profile];
    if (row.media) media += counts[profile];
  }
  if (compute > family.compute_slices || media > 1 || instances > family.memory_slices) return false;
  std::vector<std::uint32_t> reached{0};
  for (std::size_t profile = 0; profile < counts.size(); ++profile) {
    for (std::uint32_t copy = 0; copy < counts[profile]; ++copy) {
      reached = after_one_more(reached, family.profiles[profile]);
    }
  }
  return !reached.empty();
}

}  // namespace seatrial

// What MIG can cut out of one GPU of a family: every set of instances that can exist (a state), and what may be created
// next in each. States are numbered, so that creating and destroying are table look-ups. Used by the look-ahead, the
// pool, layouts and partitioners. A state keeps all rules of the catalogue: legal starts, no overlap, the compute
// slices of the family, the instances of a profile, one media instance.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/mig_catalog.h"

namespace seatrial {

// Bit i: an instance at placement i of the geometry.
using MigInstances = std::uint32_t;

inline constexpr std::size_t kMaxMigProfiles = 12;
// Instances by profile, in the order of the family.
using MigCounts = std::array<std::uint8_t, kMaxMigProfiles>;

class MigGeometry {
 public:
  using StateId = std::uint16_t;
  static constexpr StateId kNoState = 0xffff;
  static constexpr StateId kEmpty = 0;
  static constexpr std::uint8_t kNoPlacement = 0xff;

  // One profile at one start.
  struct Place {
    std::uint8_t profile = 0;
    std::uint8_t start = 0;
    std::uint8_t size = 0;
    std::uint8_t compute = 0;
    std::uint16_t slices = 0;  // bit s: memory slice s
  };

  // Enumerates all states: some milliseconds. At most 12 profiles, 32 placements and 65,534 states.
  explicit MigGeometry(MigFamily family);

  [[nodiscard]] const MigFamily& family() const { return family_; }
  [[nodiscard]] std::size_t profiles() const { return family_.profiles.size(); }
  [[nodiscard]] std::span<const Place> places() const { return places_; }  // by profile, then start
  // The placements of a profile.
  [[nodiscard]] MigInstances of_profile(std::size_t profile) const { return of_profile_[profile]; }
  // The placements that share a memory slice with this one, itself included.
  [[nodiscard]] MigInstances overlapping(std::size_t place) const { return overlapping_[place]; }
  [[nodiscard]] std::optional<std::uint8_t> place_at(std::size_t profile, std::uint8_t start) const;

  [[nodiscard]] std::size_t states() const { return instances_.size(); }
  [[nodiscard]] MigInstances instances(StateId state) const { return instances_[state]; }  // ascending with the id
  // The state of these instances, or kNoState if they cannot exist together. O(log states).
  [[nodiscard]] StateId find(MigInstances instances) const;

  // What may be created now.
  [[nodiscard]] MigInstances open(StateId state) const { return open_[state]; }
  [[nodiscard]] bool fits(StateId state, std::size_t profile) const {
    return (open_[state] & of_profile_[profile]) != 0;
  }
  // Nothing more can be created.
  [[nodiscard]] bool is_maximal(StateId state) const { return open_[state] == 0; }
  // The state after creating or destroying the instance at `place`: kNoState if it does not fit or is not there.
  [[nodiscard]] StateId flip(StateId state, std::uint8_t place) const { return flip_[state * places_.size() + place]; }

  [[nodiscard]] std::uint8_t compute_used(StateId state) const { return compute_used_[state]; }
  [[nodiscard]] std::uint16_t slices_used(StateId state) const { return slices_used_[state]; }  // a mask
  [[nodiscard]] int slices_free(StateId state) const {
    return family_.memory_slices - std::popcount(slices_used_[state]);
  }
  [[nodiscard]] MigCounts counts(MigInstances instances) const;

 private:
  void enumerate(std::size_t from, MigInstances instances);
  void measure(StateId state);
  [[nodiscard]] bool may_add(StateId state, std::size_t place) const;

  MigFamily family_;
  std::vector<Place> places_;
  std::array<MigInstances, kMaxMigProfiles> of_profile_{};
  MigInstances media_ = 0;                 // the placements of media profiles
  std::vector<MigInstances> overlapping_;  // by placement: what overlaps it in memory
  std::vector<MigInstances> instances_;
  std::vector<MigInstances> open_;
  std::vector<StateId> flip_;
  std::vector<std::uint8_t> compute_used_;
  std::vector<std::uint16_t> slices_used_;
};

// The distinct instance counts of all states, or of the maximal ones, ascending.
[[nodiscard]] std::vector<MigCounts> mig_multisets(const MigGeometry& geometry, bool maximal_only);

// Whether instances with these counts (by profile of the family) can exist together at all, in whatever order they are
// created. Needs no enumeration; for tables that come from outside too: any number of profiles and placements, as long
// as every placement lies within 16 memory slices (CHECKed).
[[nodiscard]] bool mig_feasible(const MigFamily& family, std::span<const std::uint32_t> counts);

}  // namespace seatrial

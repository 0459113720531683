// GPUs by MIG state, and for each profile the states in which there are GPUs, in the order of a look-ahead: the best
// GPU for a profile is found without looking at the others. Part of MigPool, which keeps one for the instances that
// exist and one for the busy ones. Only states that were met take memory for their GPUs.
#pragma once

#include <cstdint>
#include <vector>

#include "models/mig_lookahead.h"
#include "sim/bitset_index.h"

namespace seatrial {

class MigStateIndex {
 public:
  using StateId = MigGeometry::StateId;

  MigStateIndex(const MigLookahead& lookahead, std::uint32_t gpus)
      : lookahead_(&lookahead), gpus_(gpus), slot_of_(lookahead.geometry().states(), kNoSlot) {
    for (std::size_t profile = 0; profile < lookahead.geometry().profiles(); ++profile) {
      ranks_.emplace_back(lookahead.ranks(profile));
    }
  }

  void add(std::uint32_t gpu, StateId state) {
    if (slot_of_[state] == kNoSlot) {
      slot_of_[state] = static_cast<std::uint16_t>(in_state_.size());
      in_state_.emplace_back(gpus_);
    }
    BitsetIndex& set = in_state_[slot_of_[state]];
    const bool was_empty = set.empty();
    set.add(gpu);
    if (!was_empty) return;
    for (std::size_t profile = 0; profile < ranks_.size(); ++profile) {
      const std::uint32_t rank = lookahead_->rank(state, profile);
      if (rank != MigLookahead::kNoRank) ranks_[profile].add(rank);
    }
  }

  void remove(std::uint32_t gpu, StateId state) {
    BitsetIndex& set = in_state_[slot_of_[state]];
    set.remove(gpu);
    if (!set.empty()) return;
    for (std::size_t profile = 0; profile < ranks_.size(); ++profile) {
      const std::uint32_t rank = lookahead_->rank(state, profile);
      if (rank != MigLookahead::kNoRank) ranks_[profile].remove(rank);
    }
  }

  void move(std::uint32_t gpu, StateId from, StateId to) {
    if (from == to) return;
    remove(gpu, from);
    add(gpu, to);
  }

  // The first GPU in whose state the profile fits and for which `accepts(gpu)` holds, or BitsetIndex::kNone: best state
  // first, then lowest index.
  template <class Accept>
  [[nodiscard]] std::uint32_t first_with_room(std::size_t profile, const Accept& accepts) const {
    const BitsetIndex& ranks = ranks_[profile];
    for (std::uint32_t rank = ranks.first(); rank != BitsetIndex::kNone; rank = ranks.next(rank + 1)) {
      const BitsetIndex& set = in_state_[slot_of_[lookahead_->ranked(rank, profile)]];
      for (std::uint32_t gpu = set.first(); gpu != BitsetIndex::kNone; gpu = set.next(gpu + 1)) {
        if (accepts(gpu)) return gpu;
      }
    }
    return BitsetIndex::kNone;
  }

 private:
  static constexpr std::uint16_t kNoSlot = 0xffff;

  const MigLookahead* lookahead_;
  std::uint32_t gpus_;
  std::vector<std::uint16_t> slot_of_;  // by state: the row of in_state_, or kNoSlot
  std::vector<BitsetIndex> in_state_;
  std::vector<BitsetIndex> ranks_;  // by profile
};

}  // namespace seatrial

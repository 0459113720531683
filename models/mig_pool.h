// The GPUs of one MIG family, with an index by state: finding the best GPU for a profile, creating, using, releasing
// and destroying an instance cost a few look-ups, whatever the number of GPUs. Each GPU has the instances that exist
// and, among them, the busy ones; a withdrawn GPU (being re-cut, cordoned) keeps its instances and gets no new work.
// Used by placements and partitioners. Ties end in the lowest GPU index.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/mig_lookahead.h"
#include "sim/bitset_index.h"

namespace seatrial {

struct MigInstance {
  std::uint32_t gpu = 0;
  std::uint8_t place = MigGeometry::kNoPlacement;  // of the geometry

  auto operator<=>(const MigInstance&) const = default;
};

class MigPool {
 public:
  using StateId = MigGeometry::StateId;

  // All GPUs empty. Borrows the look-ahead.
  MigPool(const MigLookahead& lookahead, std::uint32_t gpus);

  [[nodiscard]] const MigGeometry& geometry() const { return *geometry_; }
  [[nodiscard]] std::uint32_t gpus() const { return static_cast<std::uint32_t>(existing_.size()); }
  [[nodiscard]] StateId existing(std::uint32_t gpu) const { return existing_[gpu]; }
  [[nodiscard]] StateId busy(std::uint32_t gpu) const { return busy_[gpu]; }
  [[nodiscard]] MigInstances idle(std::uint32_t gpu) const {
    return geometry_->instances(existing_[gpu]) & ~geometry_->instances(busy_[gpu]);
  }
  [[nodiscard]] bool withdrawn(std::uint32_t gpu) const { return withdrawn_[gpu]; }
  // Instances of a profile in the whole pool, withdrawn GPUs included.
  [[nodiscard]] std::uint32_t existing_instances(std::size_t profile) const { return existing_count_[profile]; }
  [[nodiscard]] std::uint32_t busy_instances(std::size_t profile) const { return busy_count_[profile]; }

  // An idle instance of the profile on the GPU with the fewest slices that are not busy, for which `accepts(gpu)`
  // holds; of several on that GPU the one whose use leaves the most room. Nothing changes.
  template <class Accept>
  [[nodiscard]] std::optional<MigInstance> find_idle(std::size_t profile, const Accept& accepts) const;
  // A place for a new instance, on the first GPU in the order of the look-ahead for which `accepts(gpu)` holds.
  template <class Accept>
  [[nodiscard]] std::optional<MigInstance> find_room(std::size_t profile, const Accept& accepts) const;

  // Uses an idle instance if there is one, else creates one.
  std::optional<MigInstance> allocate(std::size_t profile);
  void use(MigInstance instance);      // requires: exists and is idle
  void create(MigInstance instance);   // requires: fits; the new instance is idle
  void release(MigInstance instance);  // requires: busy; it stays, idle
  void destroy(MigInstance instance);  // requires: exists and is idle
  // create() and use(), release() and destroy(), in one step.
  void create_and_use(MigInstance instance);
  void release_and_destroy(MigInstance instance);
  // Replaces all idle instances. Requires that `existing` holds every busy instance of the GPU.
  void recut(std::uint32_t gpu, StateId existing);
  void withdraw(std::uint32_t gpu);
  void restore(std::uint32_t gpu);

 private:
  [[nodiscard]] const BitsetIndex* gpus_in(StateId state) const;
  void change(std::uint32_t gpu, StateId existing, StateId busy);
  void index_room(std::uint32_t gpu, StateId state);
  void forget_room(std::uint32_t gpu, StateId state);
  void index_idle(std::uint32_t gpu, bool present);
  void count(std::vector<std::uint32_t>& counts, MigInstances before, MigInstances after) const;
  [[nodiscard]] BitsetIndex& idle_set(std::size_t profile, int slices_free);

  const MigLookahead* lookahead_;
  const MigGeometry* geometry_;
  std::vector<StateId> existing_;
  std::vector<StateId> busy_;
  std::vector<bool> withdrawn_;
  std::vector<std::uint32_t> existing_count_;
  std::vector<std::uint32_t> busy_count_;
  std::vector<std::uint16_t> slot_of_;   // by state: the row of in_state_, or kNoSlot
  std::vector<BitsetIndex> in_state_;    // the GPUs in a state; only states that were met have a row
  std::vector<BitsetIndex> room_ranks_;  // by profile: ranks of states in which there are GPUs
  std::vector<BitsetIndex> idle_;        // by profile and slices that are not busy: GPUs with such an idle instance
};

template <class Accept>
std::optional<MigInstance> MigPool::find_idle(std::size_t profile, const Accept& accepts) const {
  const auto buckets = static_cast<std::size_t>(geometry_->family().memory_slices) + 1;
  for (std::size_t bucket = profile * buckets; bucket < (profile + 1) * buckets; ++bucket) {
    const BitsetIndex& set = idle_[bucket];
    for (std::uint32_t gpu = set.first(); gpu != BitsetIndex::kNone; gpu = set.next(gpu + 1)) {
      if (!accepts(gpu)) continue;
      return MigInstance{gpu, lookahead_->best_among(busy_[gpu], idle(gpu) & geometry_->of_profile(profile))};
    }
  }
  return std::nullopt;
}

template <class Accept>
std::optional<MigInstance> MigPool::find_room(std::size_t profile, const Accept& accepts) const {
  const BitsetIndex& ranks = room_ranks_[profile];
  for (std::uint32_t rank = ranks.first(); rank != BitsetIndex::kNone; rank = ranks.next(rank + 1)) {
    const StateId state = lookahead_->ranked(rank, profile);
    const BitsetIndex* set = gpus_in(state);
    for (std::uint32_t gpu = set->first(); gpu != BitsetIndex::kNone; gpu = set->next(gpu + 1)) {
      if (accepts(gpu)) return MigInstance{gpu, lookahead_->best_place(state, profile)};
    }
  }
  return std::nullopt;
}

}  // namespace seatrial

// The GPUs of one MIG family, with an index by state: finding the best GPU for a profile, creating, using, releasing
// and destroying an instance cost a few look-ups, whatever the number of GPUs. Each GPU has the instances that exist
// and, among them, the busy ones; a withdrawn GPU (being re-cut, cordoned) keeps its instances and gets no new work.
// Used by placements and partitioners. Ties end in the lowest GPU index.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/mig_lookahead.h"
#include "models/mig_state_index.h"
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
  [[nodiscard]] const MigLookahead& lookahead() const { return *lookahead_; }
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
  [[nodiscard]] std::optional<MigInstance> find_room(std::size_t profile, const Accept& accepts) const {
    return found_in(by_existing_, existing_, profile, accepts);
  }
  // The same if all idle instances were destroyed: the GPU would have to be re-cut.
  template <class Accept>
  [[nodiscard]] std::optional<MigInstance> find_recut(std::size_t profile, const Accept& accepts) const {
    return found_in(by_busy_, busy_, profile, accepts);
  }

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
  template <class Accept>
  [[nodiscard]] std::optional<MigInstance> found_in(const MigStateIndex& index, const std::vector<StateId>& state,
                                                    std::size_t profile, const Accept& accepts) const {
    const std::uint32_t gpu = index.first_with_room(profile, accepts);
    if (gpu == BitsetIndex::kNone) return std::nullopt;
    return MigInstance{gpu, lookahead_->best_place(state[gpu], profile)};
  }
  void change(std::uint32_t gpu, StateId existing, StateId busy);
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
  MigStateIndex by_existing_;
  MigStateIndex by_busy_;
  std::vector<BitsetIndex> idle_;  // by profile and slices that are not busy: GPUs with such an idle instance
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

}  // namespace seatrial

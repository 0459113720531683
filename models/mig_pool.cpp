// The pool's one way to change a GPU, which keeps its indexes: GPUs by state, and GPUs with idle instances.
#include "models/mig_pool.h"

#include <bit>

#include "sim/check.h"

namespace seatrial {
namespace {

struct EveryGpu {
  bool operator()(std::uint32_t /*gpu*/) const { return true; }
};

}  // namespace

MigPool::MigPool(const MigLookahead& lookahead, std::uint32_t gpus)
    : lookahead_(&lookahead),
      geometry_(&lookahead.geometry()),
      existing_(gpus, MigGeometry::kEmpty),
      busy_(gpus, MigGeometry::kEmpty),
      withdrawn_(gpus, false),
      existing_count_(geometry_->profiles(), 0),
      busy_count_(geometry_->profiles(), 0),
      by_existing_(lookahead, gpus),
      by_busy_(lookahead, gpus) {
  for (std::size_t profile = 0; profile < geometry_->profiles(); ++profile) {
    for (int slices = 0; slices <= geometry_->family().memory_slices; ++slices) idle_.emplace_back(gpus);
  }
  for (std::uint32_t gpu = 0; gpu < gpus; ++gpu) {
    by_existing_.add(gpu, MigGeometry::kEmpty);
    by_busy_.add(gpu, MigGeometry::kEmpty);
  }
}

BitsetIndex& MigPool::idle_set(std::size_t profile, int slices_free) {
  const auto buckets = static_cast<std::size_t>(geometry_->family().memory_slices) + 1;
  return idle_[profile * buckets + static_cast<std::size_t>(slices_free)];
}

void MigPool::index_idle(std::uint32_t gpu, bool present) {
  const int slices_free = geometry_->slices_free(busy_[gpu]);
  for (MigInstances left = idle(gpu); left != 0;) {
    const std::size_t profile = geometry_->places()[static_cast<std::size_t>(std::countr_zero(left))].profile;
    left &= ~geometry_->of_profile(profile);
    if (present) {
      idle_set(profile, slices_free).add(gpu);
    } else {
      idle_set(profile, slices_free).remove(gpu);
    }
  }
}

void MigPool::count(std::vector<std::uint32_t>& counts, MigInstances before, MigInstances after) const {
  for (MigInstances left = before ^ after; left != 0; left &= left - 1) {
    const auto place = static_cast<std::size_t>(std::countr_zero(left));
    counts[geometry_->places()[place].profile] += (after >> place & 1U) != 0 ? 1U : 0xffffffffU;
  }
}

void MigPool::change(std::uint32_t gpu, StateId existing, StateId busy) {
  CHECK(existing != MigGeometry::kNoState && busy != MigGeometry::kNoState);
  CHECK((geometry_->instances(busy) & ~geometry_->instances(existing)) == 0);
  const bool indexed = !withdrawn_[gpu];
  if (indexed) index_idle(gpu, false);
  count(existing_count_, geometry_->instances(existing_[gpu]), geometry_->instances(existing));
  count(busy_count_, geometry_->instances(busy_[gpu]), geometry_->instances(busy));
  if (indexed) {
    by_existing_.move(gpu, existing_[gpu], existing);
    by_busy_.move(gpu, busy_[gpu], busy);
  }
  existing_[gpu] = existing;
  busy_[gpu] = busy;
  if (indexed) index_idle(gpu, true);
}

std::optional<MigInstance> MigPool::allocate(std::size_t profile) {
  if (const auto found = find_idle(profile, EveryGpu{})) {
    use(*found);
    return found;
  }
  const auto found = find_room(profile, EveryGpu{});
  if (found) create_and_use(*found);
  return found;
}

void MigPool::use(MigInstance instance) {
  CHECK((idle(instance.gpu) >> instance.place & 1U) != 0);
  change(instance.gpu, existing_[instance.gpu], geometry_->flip(busy_[instance.gpu], instance.place));
}

void MigPool::create(MigInstance instance) {
  CHECK((geometry_->open(existing_[instance.gpu]) >> instance.place & 1U) != 0);
  change(instance.gpu, geometry_->flip(existing_[instance.gpu], instance.place), busy_[instance.gpu]);
}

void MigPool::release(MigInstance instance) {
  CHECK((geometry_->instances(busy_[instance.gpu]) >> instance.place & 1U) != 0);
  change(instance.gpu, existing_[instance.gpu], geometry_->flip(busy_[instance.gpu], instance.place));
}

void MigPool::destroy(MigInstance instance) {
  CHECK((idle(instance.gpu) >> instance.place & 1U) != 0);
  change(instance.gpu, geometry_->flip(existing_[instance.gpu], instance.place), busy_[instance.gpu]);
}

void MigPool::create_and_use(MigInstance instance) {
  CHECK((geometry_->open(existing_[instance.gpu]) >> instance.place & 1U) != 0);
  change(instance.gpu, geometry_->flip(existing_[instance.gpu], instance.place),
         geometry_->flip(busy_[instance.gpu], instance.place));
}

void MigPool::release_and_destroy(MigInstance instance) {
  CHECK((geometry_->instances(busy_[instance.gpu]) >> instance.place & 1U) != 0);
  change(instance.gpu, geometry_->flip(existing_[instance.gpu], instance.place),
         geometry_->flip(busy_[instance.gpu], instance.place));
}

void MigPool::recut(std::uint32_t gpu, StateId existing) { change(gpu, existing, busy_[gpu]); }

void MigPool::withdraw(std::uint32_t gpu) {
  if (withdrawn_[gpu]) return;
  index_idle(gpu, false);
  by_existing_.remove(gpu, existing_[gpu]);
  by_busy_.remove(gpu, busy_[gpu]);
  withdrawn_[gpu] = true;
}

void MigPool::restore(std::uint32_t gpu) {
  if (!withdrawn_[gpu]) return;
  withdrawn_[gpu] = false;
  by_existing_.add(gpu, existing_[gpu]);
  by_busy_.add(gpu, busy_[gpu]);
  index_idle(gpu, true);
}

}  // namespace seatrial

// models/mig_pool.h under random sequences, for every family: instances never overlap or start where they may not,
// slices and memory are conserved, and the indexes find exactly what a scan of all GPUs finds.
#include "models/mig_pool.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

using StateId = MigGeometry::StateId;

// What one GPU holds, by the definition alone.
void expect_legal(const MigGeometry& geometry, MigInstances instances) {
  const MigFamily& family = geometry.family();
  unsigned slices = 0;
  int compute = 0;
  int memory = 0;
  int media = 0;
  std::vector<int> count(family.profiles.size(), 0);
  for (std::size_t i = 0; i < geometry.places().size(); ++i) {
    if ((instances >> i & 1U) == 0) continue;
    const MigGeometry::Place& place = geometry.places()[i];
    const MigProfile& profile = family.profiles[place.profile];
    bool listed = false;
    for (const MigPlacement legal : profile.placements)
      listed = listed || legal == MigPlacement{place.start, place.size};
    ASSERT_TRUE(listed) << family.id << " " << profile.name << " at " << int{place.start};
    const unsigned bits = ((1U << place.size) - 1U) << place.start;
    ASSERT_EQ(slices & bits, 0U) << family.id;
    slices |= bits;
    compute += profile.compute_slices;
    memory += profile.memory_slices;
    media += profile.media ? 1 : 0;
    ASSERT_LE(++count[place.profile], profile.max_instances);
  }
  ASSERT_LE(compute, family.compute_slices);
  ASSERT_LE(memory, family.memory_slices);
  ASSERT_LE(media, 1);
  ASSERT_LT(slices, 1U << family.memory_slices);
}

// The reference scan of find_room and find_recut: best state, then lowest GPU.
std::optional<std::uint32_t> scanned(const MigPool& pool, const MigLookahead& lookahead, std::size_t profile,
                                     bool recut) {
  std::optional<std::tuple<std::uint32_t, std::uint32_t>> best;
  for (std::uint32_t gpu = 0; gpu < pool.gpus(); ++gpu) {
    if (pool.withdrawn(gpu)) continue;
    const std::uint32_t rank = lookahead.rank(recut ? pool.busy(gpu) : pool.existing(gpu), profile);
    if (rank == MigLookahead::kNoRank) continue;
    if (!best || std::tuple(rank, gpu) < *best) best = std::tuple(rank, gpu);
  }
  if (!best) return std::nullopt;
  return std::get<1>(*best);
}

std::optional<std::uint32_t> scanned_idle(const MigPool& pool, std::size_t profile) {
  std::optional<std::tuple<int, std::uint32_t>> best;
  for (std::uint32_t gpu = 0; gpu < pool.gpus(); ++gpu) {
    if (pool.withdrawn(gpu) || (pool.idle(gpu) & pool.geometry().of_profile(profile)) == 0) continue;
    const std::tuple key(pool.geometry().slices_free(pool.busy(gpu)), gpu);
    if (!best || key < *best) best = key;
  }
  if (!best) return std::nullopt;
  return std::get<1>(*best);
}

std::optional<std::uint32_t> gpu_of(const std::optional<MigInstance>& found) {
  return found ? std::optional<std::uint32_t>(found->gpu) : std::nullopt;
}

class Walk {
 public:
  Walk(const MigLookahead& lookahead, std::uint64_t seed)
      : lookahead_(lookahead), geometry_(lookahead.geometry()), pool_(lookahead, 7), random_(seed, "mig-pool") {}

  void step() {
    const std::size_t profile = random_.below(geometry_.profiles());
    const auto any = [](std::uint32_t) { return true; };
    ASSERT_EQ(gpu_of(pool_.find_room(profile, any)), scanned(pool_, lookahead_, profile, false));
    ASSERT_EQ(gpu_of(pool_.find_recut(profile, any)), scanned(pool_, lookahead_, profile, true));
    ASSERT_EQ(gpu_of(pool_.find_idle(profile, any)), scanned_idle(pool_, profile));
    act(profile);
    check();
  }

 private:
  void act(std::size_t profile) {
    const auto gpu = static_cast<std::uint32_t>(random_.below(pool_.gpus()));
    switch (random_.below(8)) {
      case 0:
      case 1:
      case 2:
        if (const auto found = pool_.allocate(profile)) busy_.push_back(*found);
        break;
      case 3:
        if (!busy_.empty()) pool_.release(take_busy());
        break;
      case 4:
        if (!busy_.empty()) pool_.release_and_destroy(take_busy());
        break;
      case 5:
        if (pool_.idle(gpu) != 0) pool_.destroy({gpu, static_cast<std::uint8_t>(std::countr_zero(pool_.idle(gpu)))});
        break;
      case 6:
        pool_.recut(gpu, pool_.busy(gpu));
        break;
      case 7:
        if (pool_.withdrawn(gpu)) {
          pool_.restore(gpu);
        } else {
          pool_.withdraw(gpu);
        }
        break;
      default:
        break;
    }
  }

  MigInstance take_busy() {
    const std::size_t at = random_.below(busy_.size());
    const MigInstance instance = busy_[at];
    busy_[at] = busy_.back();
    busy_.pop_back();
    return instance;
  }

  void check() {
    std::vector<std::uint32_t> existing(geometry_.profiles(), 0);
    std::vector<MigInstances> held(pool_.gpus(), 0);
    for (const MigInstance instance : busy_) {
      ASSERT_EQ(held[instance.gpu] >> instance.place & 1U, 0U);  // nobody got it twice
      held[instance.gpu] |= MigInstances{1} << instance.place;
    }
    for (std::uint32_t gpu = 0; gpu < pool_.gpus(); ++gpu) {
      ASSERT_EQ(geometry_.instances(pool_.busy(gpu)), held[gpu]);
      expect_legal(geometry_, geometry_.instances(pool_.existing(gpu)));
      const MigCounts counts = geometry_.counts(geometry_.instances(pool_.existing(gpu)));
      for (std::size_t profile = 0; profile < existing.size(); ++profile) existing[profile] += counts[profile];
    }
    std::size_t busy = 0;
    for (std::size_t profile = 0; profile < existing.size(); ++profile) {
      ASSERT_EQ(pool_.existing_instances(profile), existing[profile]);
      busy += pool_.busy_instances(profile);
    }
    ASSERT_EQ(busy, busy_.size());
  }

  const MigLookahead& lookahead_;
  const MigGeometry& geometry_;
  MigPool pool_;
  Random random_;
  std::vector<MigInstance> busy_;
};

TEST(MigPool, KeepsTheRulesAndItsIndexesForEveryFamily) {
  for (const MigFamily& family : mig_catalog()) {
    SCOPED_TRACE(family.id);
    const MigGeometry geometry(family);
    for (const MigRule rule :
         {MigRule{MigScore::Room, MigGpuChoice::LeastLoss}, MigRule{MigScore::Stranded, MigGpuChoice::LeastLoss},
          MigRule{MigScore::Room, MigGpuChoice::Packed}, MigRule{MigScore::Room, MigGpuChoice::Spread}}) {
      const MigLookahead lookahead(geometry, equal_mig_weights(family), rule);
      Walk walk(lookahead, 20'261'122);
      for (int i = 0; i < 600; ++i) {
        walk.step();
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(MigPool, TakesTheNextGpuWhereOneIsRefused) {
  const MigGeometry geometry(*find_mig_family("a30"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  MigPool pool(lookahead, 4);
  const std::size_t whole = geometry.family().find("4g.24gb").value();
  const auto found = pool.find_room(whole, [](std::uint32_t gpu) { return gpu != 0 && gpu != 2; });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->gpu, 1U);
  pool.withdraw(1);
  EXPECT_EQ(pool.find_room(whole, [](std::uint32_t gpu) { return gpu == 1; }), std::nullopt);
}

// Seven requests for one slice fill one GPU from the right; a big one goes to the next GPU.
TEST(MigPool, PacksSmallInstancesAndKeepsWholeGpusFree) {
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  MigPool pool(lookahead, 3);
  const std::size_t small = geometry.family().find("1g.5gb").value();
  std::vector<int> starts;
  for (int i = 0; i < 7; ++i) {
    const auto found = pool.allocate(small);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->gpu, 0U);
    starts.push_back(geometry.places()[found->place].start);
  }
  EXPECT_EQ((std::vector<int>(starts.begin(), starts.begin() + 3)), (std::vector<int>{6, 5, 4}));
  EXPECT_EQ(pool.allocate(geometry.family().find("7g.40gb").value())->gpu, 1U);
  EXPECT_EQ(pool.allocate(small)->gpu, 2U);
}

}  // namespace
}  // namespace seatrial

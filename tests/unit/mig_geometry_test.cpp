// models/mig_geometry.h: the enumerations of the literature, and what a reader should know about cutting GPUs.
#include "models/mig_geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "models/mig_lookahead.h"

namespace seatrial {
namespace {

using StateId = MigGeometry::StateId;

const MigFamily& family(const char* id) {
  const MigFamily* found = find_mig_family(id);
  EXPECT_NE(found, nullptr) << id;
  return *found;
}

MigFamily without_media(const MigFamily& whole) {
  std::vector<std::string> drop;
  for (const MigProfile& profile : whole.profiles) {
    if (profile.media) drop.push_back(profile.name);
  }
  return mig_family_without(whole, drop);
}

MigFamily without_double_memory(const MigFamily& whole) {
  MigFamily smaller = without_media(whole);
  std::erase_if(smaller.profiles,
                [](const MigProfile& profile) { return profile.compute_slices == 1 && profile.memory_slices == 2; });
  return smaller;
}

struct Sizes {
  std::size_t states, maximal, maximal_multisets, multisets;

  auto operator<=>(const Sizes&) const = default;
};

Sizes sizes_of(const MigFamily& table) {
  const MigGeometry geometry(table);
  Sizes sizes{geometry.states(), 0, mig_multisets(geometry, true).size(), mig_multisets(geometry, false).size()};
  for (std::size_t state = 0; state < geometry.states(); ++state) {
    sizes.maximal += geometry.is_maximal(static_cast<StateId>(state)) ? 1 : 0;
  }
  return sizes;
}

// States by the definition: a set of placements whose bits the mask names.
bool is_state(const MigGeometry& geometry, MigInstances instances) {
  std::map<std::size_t, int> count;
  unsigned slices = 0;
  int compute = 0;
  int media = 0;
  for (std::size_t i = 0; i < geometry.places().size(); ++i) {
    if ((instances >> i & 1U) == 0) continue;
    const MigGeometry::Place& place = geometry.places()[i];
    for (unsigned slice = place.start; slice < unsigned{place.start} + place.size; ++slice) {
      if ((slices >> slice & 1U) != 0 || slice >= geometry.family().memory_slices) return false;
      slices |= 1U << slice;
    }
    const MigProfile& profile = geometry.family().profiles[place.profile];
    compute += profile.compute_slices;
    media += profile.media ? 1 : 0;
    if (++count[place.profile] > profile.max_instances) return false;
  }
  return compute <= geometry.family().compute_slices && media <= 1;
}

// A small world for examples: profiles by name.
struct Gpu {
  explicit Gpu(const char* id) : geometry(without_double_memory(family(id))) {}
  Gpu& create(const char* name, std::uint8_t start) {
    const auto profile = geometry.family().find(name);
    const auto place = geometry.place_at(profile.value(), start);
    state = geometry.flip(state, place.value());
    EXPECT_NE(state, MigGeometry::kNoState) << name << " at " << int{start};
    return *this;
  }
  [[nodiscard]] bool fits(const char* name) const { return geometry.fits(state, geometry.family().find(name).value()); }
  [[nodiscard]] std::vector<int> open() const {
    std::vector<int> counts;
    for (std::size_t profile = 0; profile < geometry.profiles(); ++profile) {
      counts.push_back(std::popcount(geometry.open(state) & geometry.of_profile(profile)));
    }
    return counts;
  }
  MigGeometry geometry;
  StateId state = MigGeometry::kEmpty;
};

TEST(MigGeometry, EnumeratesAsTheLiteratureDoes) {
  for (const char* id : {"a100-40", "a100-80", "h100-80", "h200-141", "b200-180"}) {
    EXPECT_EQ(sizes_of(without_double_memory(family(id))), (Sizes{298, 19, 14, 38})) << id;
    EXPECT_EQ(sizes_of(without_media(family(id))), (Sizes{723, 78, 38, 78})) << id;
  }
  EXPECT_EQ(sizes_of(without_media(family("a30"))), (Sizes{26, 5, 4, 10}));
  EXPECT_EQ(sizes_of(without_media(family("rtx-pro-6000"))), (Sizes{26, 5, 4, 10}));
}

TEST(MigGeometry, StatesAreExactlyTheLegalSetsOfTheA30) {
  const MigGeometry geometry(family("a30"));
  ASSERT_EQ(geometry.places().size(), 13U);
  for (MigInstances instances = 0; instances < (1U << 13U); ++instances) {
    EXPECT_EQ(geometry.find(instances) != MigGeometry::kNoState, is_state(geometry, instances)) << instances;
  }
}

TEST(MigGeometry, StatesAreExactlyTheLegalSetsOfTheA100) {
  const MigGeometry geometry(without_media(family("a100-40")));
  ASSERT_EQ(geometry.places().size(), 18U);
  for (MigInstances instances = 0; instances < (1U << 18U); ++instances) {
    ASSERT_EQ(geometry.find(instances) != MigGeometry::kNoState, is_state(geometry, instances)) << instances;
  }
}

TEST(MigGeometry, TablesAgreeWithTheRulesInEveryStateOfEveryFamily) {
  for (const MigFamily& each : mig_catalog()) {
    const MigGeometry geometry(each);
    for (std::size_t i = 0; i < geometry.states(); ++i) {
      const auto state = static_cast<StateId>(i);
      const MigInstances instances = geometry.instances(state);
      ASSERT_TRUE(is_state(geometry, instances)) << each.id;
      for (std::uint8_t place = 0; place < geometry.places().size(); ++place) {
        const MigInstances other = instances ^ (MigInstances{1} << place);
        const StateId next = geometry.flip(state, place);
        ASSERT_EQ(next != MigGeometry::kNoState, is_state(geometry, other)) << each.id;
        if (next != MigGeometry::kNoState) {
          ASSERT_EQ(geometry.instances(next), other);
        }
        const bool open = (geometry.open(state) >> place & 1U) != 0;
        ASSERT_EQ(open, next != MigGeometry::kNoState && other > instances) << each.id;
      }
    }
  }
}

// Two 3g instances hold all eight memory slices: one compute slice is idle and no 1g can have it.
TEST(MigGeometry, ThreePlusThreeLeavesNoRoomForOneMore) {
  Gpu gpu("a100-40");
  gpu.create("3g.20gb", 0).create("3g.20gb", 4);
  EXPECT_EQ(gpu.geometry.compute_used(gpu.state), 6);
  EXPECT_EQ(gpu.geometry.slices_free(gpu.state), 0);
  EXPECT_FALSE(gpu.fits("1g.5gb"));
  EXPECT_TRUE(gpu.geometry.is_maximal(gpu.state));
  std::vector<std::uint32_t> counts(gpu.geometry.profiles(), 0);
  counts[*gpu.geometry.family().find("3g.20gb")] = 2;
  EXPECT_TRUE(mig_feasible(gpu.geometry.family(), counts));
  counts[*gpu.geometry.family().find("1g.5gb")] = 1;
  EXPECT_FALSE(mig_feasible(gpu.geometry.family(), counts));
}

TEST(MigGeometry, OneSmallInstanceInTheLeftHalfRulesOutFour) {
  for (std::uint8_t start = 0; start < 7; ++start) {
    EXPECT_EQ(Gpu("a100-40").create("1g.5gb", start).fits("4g.20gb"), start >= 4) << int{start};
  }
}

// policies.md 11: placements left for (1g, 2g, 3g, 4g, 7g) after one instance.
TEST(MigGeometry, CountsWhatOneInstanceLeaves) {
  struct Case {
    const char* profile;
    std::uint8_t start;
    std::vector<int> open;
  };
  for (const Case& each : std::vector<Case>{{"1g.5gb", 0, {6, 2, 1, 0, 0}},
                                            {"1g.5gb", 3, {6, 2, 1, 0, 0}},
                                            {"1g.5gb", 4, {6, 2, 1, 1, 0}},
                                            {"1g.5gb", 5, {6, 2, 1, 1, 0}},
                                            {"1g.5gb", 6, {6, 3, 1, 1, 0}},
                                            {"2g.10gb", 0, {5, 2, 1, 0, 0}},
                                            {"2g.10gb", 2, {5, 2, 1, 0, 0}},
                                            {"2g.10gb", 4, {5, 2, 1, 1, 0}},
                                            {"3g.20gb", 0, {3, 1, 1, 0, 0}},
                                            {"3g.20gb", 4, {4, 2, 1, 1, 0}},
                                            {"4g.20gb", 0, {3, 1, 1, 0, 0}}}) {
    EXPECT_EQ(Gpu("a100-40").create(each.profile, each.start).open(), each.open) << each.profile << int{each.start};
  }
}

TEST(MigGeometry, OneMediaInstanceAtMost) {
  const MigGeometry geometry(family("a30"));
  const auto one = geometry.family().find("1g.6gb+me").value();
  const auto two = geometry.family().find("2g.12gb.me").value();
  const StateId state = geometry.flip(MigGeometry::kEmpty, *geometry.place_at(one, 0));
  EXPECT_FALSE(geometry.fits(state, one));
  EXPECT_FALSE(geometry.fits(state, two));
  EXPECT_TRUE(geometry.fits(state, geometry.family().find("2g.12gb").value()));
}

TEST(MigGeometry, FeasibleCountsAreTheMultisetsOfTheStates) {
  for (const char* id : {"a30", "a100-40", "b200-180"}) {
    const MigGeometry geometry(family(id));
    const std::vector<MigCounts> multisets = mig_multisets(geometry, false);
    std::vector<std::uint32_t> counts(geometry.profiles(), 0);
    std::size_t feasible = 0;
    // Every vector of counts up to one above the maximum, as an odometer.
    for (std::size_t at = 0; at < counts.size();) {
      feasible += mig_feasible(geometry.family(), counts) ? 1 : 0;
      for (at = 0; at < counts.size() && counts[at]++ == geometry.family().profiles[at].max_instances; ++at)
        counts[at] = 0;
    }
    EXPECT_EQ(feasible, multisets.size()) << id;
  }
}

TEST(MigLookahead, StartsAreThoseThatPreserveTheLeftHalf) {
  for (const bool double_memory : {false, true}) {
    const MigFamily table = double_memory ? family("a100-40") : without_double_memory(family("a100-40"));
    const MigGeometry geometry(table);
    const MigLookahead lookahead(geometry, equal_mig_weights(table));
    const auto starts_of = [&](const char* name) {
      std::vector<int> starts;
      StateId state = MigGeometry::kEmpty;
      const std::size_t profile = table.find(name).value();
      while (lookahead.best_place(state, profile) != MigGeometry::kNoPlacement) {
        const std::uint8_t place = lookahead.best_place(state, profile);
        starts.push_back(geometry.places()[place].start);
        state = geometry.flip(state, place);
      }
      return starts;
    };
    EXPECT_EQ(starts_of("2g.10gb").front(), 4);
    EXPECT_EQ(starts_of("3g.20gb"), (std::vector<int>{4, 0}));
    const std::vector<int> small = starts_of("1g.5gb");
    EXPECT_EQ(small.size(), 7U);
    EXPECT_EQ((std::vector<int>(small.begin(), small.begin() + 3)), (std::vector<int>{6, 5, 4}));
  }
}

TEST(MigLookahead, FollowsTheDemand) {
  // Nobody asks for more than 1g and 3g: a 1g instance may go where it leaves both 3g halves as they are.
  const MigFamily table = without_double_memory(family("a100-40"));
  const MigGeometry geometry(table);
  std::vector<std::uint32_t> weights(geometry.profiles(), 0);
  weights[table.find("3g.20gb").value()] = 1;
  const MigLookahead lookahead(geometry, weights);
  EXPECT_EQ(lookahead.score(MigGeometry::kEmpty), 2);
  const std::size_t small = table.find("1g.5gb").value();
  const StateId one = geometry.flip(MigGeometry::kEmpty, lookahead.best_place(MigGeometry::kEmpty, small));
  const StateId two = geometry.flip(one, lookahead.best_place(one, small));
  EXPECT_EQ(lookahead.score(two), 1);  // both in the same half
}

TEST(MigLookahead, RanksStatesByChoice) {
  const MigFamily table = without_double_memory(family("a100-40"));
  const MigGeometry geometry(table);
  const std::vector<std::uint32_t> weights = equal_mig_weights(table);
  const std::size_t small = table.find("1g.5gb").value();
  const MigLookahead spread(geometry, weights, {MigScore::Room, MigGpuChoice::Spread});
  EXPECT_EQ(spread.ranked(0, small), MigGeometry::kEmpty);
  const MigLookahead packed(geometry, weights);
  EXPECT_EQ(geometry.slices_free(packed.ranked(0, small)), 1);
  const MigLookahead least(geometry, weights, {MigScore::Room, MigGpuChoice::LeastLoss});
  for (std::uint32_t rank = 0; rank < least.ranks(small); ++rank) {
    EXPECT_EQ(least.rank(least.ranked(rank, small), small), rank);
  }
  EXPECT_NE(least.ranked(0, small), MigGeometry::kEmpty);
}

}  // namespace
}  // namespace seatrial

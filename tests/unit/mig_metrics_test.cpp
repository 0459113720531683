// models/mig_metrics.h: what is stranded on a cut GPU, by hand-made examples and properties over all states.
#include "models/mig_metrics.h"

#include <gtest/gtest.h>

#include <vector>

#include "models/mig_lookahead.h"

namespace seatrial {
namespace {

using StateId = MigGeometry::StateId;

class MigMetrics : public testing::Test {
 protected:
  MigMetrics() : geometry(mig_family_without(*find_mig_family("a100-40"), {"1g.5gb+me", "1g.10gb"})) {}

  [[nodiscard]] StateId with(std::initializer_list<std::pair<const char*, std::uint8_t>> instances) const {
    StateId state = MigGeometry::kEmpty;
    for (const auto& [name, start] : instances) {
      state = geometry.flip(state, geometry.place_at(geometry.family().find(name).value(), start).value());
    }
    return state;
  }
  [[nodiscard]] std::vector<std::uint32_t> only(const char* name) const {
    std::vector<std::uint32_t> weights(geometry.profiles(), 0);
    weights[geometry.family().find(name).value()] = 1;
    return weights;
  }

  MigGeometry geometry;  // 1g, 2g, 3g, 4g, 7g
};

TEST_F(MigMetrics, FragmentationCountsSlicesThatAreFreeInVain) {
  // 3g+3g: one compute slice is free and 1g finds no memory.
  EXPECT_EQ(mig_fragmentation_weight(geometry, with({{"3g.20gb", 0}, {"3g.20gb", 4}}), only("1g.5gb")), 1U);
  // One 1g at 0: six compute slices are free, enough for 4g, which has no place.
  EXPECT_EQ(mig_fragmentation_weight(geometry, with({{"1g.5gb", 0}}), only("4g.20gb")), 6U);
  EXPECT_EQ(mig_fragmentation_weight(geometry, with({{"1g.5gb", 6}}), only("4g.20gb")), 0U);
  // Too few free compute slices are no fragmentation.
  EXPECT_EQ(mig_fragmentation_weight(geometry, with({{"1g.5gb", 0}}), only("7g.40gb")), 0U);
}

TEST_F(MigMetrics, StrandedSlicesAreThoseNoPlacementCanUse) {
  EXPECT_EQ(mig_stranded_weight(geometry, MigGeometry::kEmpty, only("7g.40gb")), 0U);
  EXPECT_EQ(mig_stranded_weight(geometry, MigGeometry::kEmpty, only("1g.5gb")), 1U);     // slice 7
  EXPECT_EQ(mig_stranded_weight(geometry, MigGeometry::kEmpty, only("2g.10gb")), 2U);    // slices 6 and 7
  EXPECT_EQ(mig_stranded_weight(geometry, MigGeometry::kEmpty, only("4g.20gb")), 4U);    // the right half
  EXPECT_EQ(mig_stranded_weight(geometry, with({{"1g.5gb", 0}}), only("4g.20gb")), 7U);  // all that is free
  EXPECT_EQ(mig_stranded_weight(geometry, with({{"1g.5gb", 0}}), only("3g.20gb")), 3U);
  // 3g+4g fills the memory.
  EXPECT_EQ(mig_stranded_weight(geometry, with({{"4g.20gb", 0}, {"3g.20gb", 4}}), only("1g.5gb")), 0U);
}

TEST_F(MigMetrics, PlacementLossIsZeroWhereEverythingFits) {
  EXPECT_EQ(mig_placement_loss(geometry, MigGeometry::kEmpty), 0);
  // 4g at 0: of the profiles no larger than 4 slices, 1g lost 4 of 7, 2g 2 of 3, 3g 1 of 2, 4g its only one.
  EXPECT_DOUBLE_EQ(mig_placement_loss(geometry, with({{"4g.20gb", 0}})), 4.0 / 7 + 2 * 2.0 / 3 + 4 * 0.5 + 4);
}

TEST_F(MigMetrics, BoundsHoldInEveryState) {
  const std::vector<std::uint32_t> weights = equal_mig_weights(geometry.family());
  for (std::size_t i = 0; i < geometry.states(); ++i) {
    const auto state = static_cast<StateId>(i);
    const auto free = static_cast<std::uint64_t>(geometry.slices_free(state));
    EXPECT_LE(mig_stranded_weight(geometry, state, weights), weights.size() * free);
    EXPECT_LE(mig_fragmentation_weight(geometry, state, weights), weights.size() * 7);
    if (geometry.is_maximal(state)) {
      EXPECT_EQ(mig_stranded_weight(geometry, state, weights), weights.size() * free);
    }
  }
}

TEST_F(MigMetrics, PoolsAreSumsOfGpusInAnyOrder) {
  const std::vector<std::uint32_t> weights = equal_mig_weights(geometry.family());
  const std::vector<StateId> one{with({{"1g.5gb", 0}}), with({{"3g.20gb", 0}, {"3g.20gb", 4}}), MigGeometry::kEmpty};
  const std::vector<StateId> two{one[2], one[0], one[1]};
  const MigPoolLoss loss = mig_pool_loss(geometry, one, weights);
  EXPECT_EQ(loss.stranded_slices, mig_pool_loss(geometry, two, weights).stranded_slices);
  EXPECT_EQ(loss.fragmentation_slices, mig_pool_loss(geometry, two, weights).fragmentation_slices);
  double stranded = 0;
  for (const StateId state : one) stranded += static_cast<double>(mig_stranded_weight(geometry, state, weights)) / 5;
  EXPECT_DOUBLE_EQ(loss.stranded_slices, stranded);
  EXPECT_EQ(mig_pool_loss(geometry, {}, weights).stranded_slices, 0);
}

// FGD as a placement: it looks for the place that strands least.
TEST_F(MigMetrics, StrandedAsAScoreChoosesThePlaceThatStrandsLeast) {
  const std::vector<std::uint32_t> weights = equal_mig_weights(geometry.family());
  const MigLookahead lookahead(geometry, weights, {MigScore::Stranded, MigGpuChoice::LeastLoss});
  for (std::size_t i = 0; i < geometry.states(); ++i) {
    const auto state = static_cast<StateId>(i);
    for (std::size_t profile = 0; profile < geometry.profiles(); ++profile) {
      const std::uint8_t chosen = lookahead.best_place(state, profile);
      if (chosen == MigGeometry::kNoPlacement) continue;
      const std::uint64_t best = mig_stranded_weight(geometry, geometry.flip(state, chosen), weights);
      for (std::uint8_t place = 0; place < geometry.places().size(); ++place) {
        if ((geometry.open(state) & geometry.of_profile(profile)) >> place & 1U) {
          EXPECT_LE(best, mig_stranded_weight(geometry, geometry.flip(state, place), weights));
        }
      }
    }
  }
}

}  // namespace
}  // namespace seatrial

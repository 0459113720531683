// models/sharing_model.h and speed_model.h: each model against figures worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "models/sharing_model.h"
#include "tests/support/sharing_world.h"

namespace seatrial {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;

Parameters with(const char* name, double value) {
  Parameters parameters;
  parameters.set(name, {value});
  return parameters;
}

TEST(SharingModels, HaveUniqueNamesAndSentences) {
  std::set<std::string_view> names;
  for (const SharingModelRegistration& entry : sharing_models()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_STRNE(entry.sentence, "");
    EXPECT_EQ(find_sharing_model(entry.name), &entry);
    for (const ParameterDoc& parameter : entry.parameters) {
      const double fallback = std::stod(parameter.fallback);
      EXPECT_GE(fallback, parameter.low) << entry.name << ' ' << parameter.name;
      EXPECT_LE(fallback, parameter.high) << entry.name << ' ' << parameter.name;
    }
  }
  EXPECT_EQ(find_sharing_model("magic"), nullptr);
}

TEST(SharingModels, NoneSlowsNobody) {
  const SpeedTables tables = workloads_of({{}}).build();
  EXPECT_THAT(speeds_under("none", tables, {}, {{{0}}, {{1}}, {{2}}}), Each(1));
}

TEST(SliceSpeed, FollowsTheTighterOfTheTwoShares) {
  WorkloadProfile profile;
  EXPECT_DOUBLE_EQ(slice_speed(profile, {0.25, 1}), 0.25);
  profile.sm_saturation = 0.5;
  EXPECT_DOUBLE_EQ(slice_speed(profile, {0.25, 1}), 0.5);
  EXPECT_DOUBLE_EQ(slice_speed(profile, {0.75, 1}), 1);
  profile.sm_exponent = 2;
  EXPECT_DOUBLE_EQ(slice_speed(profile, {0.25, 1}), 0.25);
  profile.bandwidth = 0.8;
  EXPECT_DOUBLE_EQ(slice_speed(profile, {1, 0.125}), 0.125 / 0.8);
  EXPECT_DOUBLE_EQ(slice_speed(profile, {1, 0.8}), 1);
}

TEST(TimeSlicing, FullClientsTakeEqualTurnsLessTheSwitching) {
  const SpeedTables tables = workloads_of({{}}).build();
  EXPECT_THAT(speeds_under("time-slicing", tables, {}, {{{0}}}), ElementsAre(1));
  EXPECT_THAT(speeds_under("time-slicing", tables, {}, {{{0}}, {{1}}}), Each(DoubleEq(0.97 / 2)));
  EXPECT_THAT(speeds_under("time-slicing", tables, with("switch_loss", 0), {{{0}}, {{1}}, {{2}}, {{3}}}), Each(0.25));
}

TEST(TimeSlicing, ClientsThatPauseLeaveTurnsToOthers) {
  const SpeedTables tables = workloads_of({{.duty = 0.3}, {.duty = 0.9}}).build();
  const Parameters free = with("switch_loss", 0);
  EXPECT_THAT(speeds_under("time-slicing", tables, free, {{{0}, 0}, {{1}, 0}, {{2}, 0}}), Each(1)) << "0.9 of the time";
  EXPECT_THAT(speeds_under("time-slicing", tables, free, {{{0}, 0}, {{1}, 1}}), Each(DoubleEq(1 / 1.2)));
}

TEST(TwoResource, OnlyWhatIsAskedTooMuchSlows) {
  const SpeedTables tables =
      workloads_of({{.compute = 0.7, .bandwidth = 0.2, .compute_bound = 0.8},
                    {.compute = 0.4, .bandwidth = 0.9, .compute_bound = 0.1, .bandwidth_bound = 0.6},
                    {.compute = 0.2, .bandwidth = 0.1}})
          .build();
  Parameters k = with("k_compute", 2);
  k.set("k_bandwidth", {3});
  EXPECT_THAT(speeds_under("two-resource", tables, k, {{{0}, 0}, {{1}, 2}}), Each(1)) << "0.9 and 0.3 asked";
  // 1.1 of compute and 1.1 of bandwidth asked.
  EXPECT_THAT(speeds_under("two-resource", tables, k, {{{0}, 0}, {{1}, 1}}),
              ElementsAre(DoubleNear(1 / (1 + 2 * 0.1 * 0.8), 1e-12),
                          DoubleNear(1 / (1 + 2 * 0.1 * 0.1 + 3 * 0.1 * 0.6), 1e-12)));
  EXPECT_THAT(speeds_under("two-resource", tables, with("k_other", 0.05), {{{0}, 2}, {{1}, 2}, {{2}, 2}}),
              Each(DoubleEq(1 / 1.1)));
}

TEST(TwoResource, AThreadPercentageIsASliceWithAllOfTheBandwidth) {
  SpeedTablesBuilder builder = workloads_of({{}});
  const std::uint16_t half = builder.slice({.compute = 0.5});
  const SpeedTables tables = builder.build();
  EXPECT_THAT(speeds_under("two-resource", tables, {}, {{{0}, 0, half}, {{1}, 0, half}}), Each(0.5)) << "1.0 asked";
  EXPECT_THAT(speeds_under("two-resource", tables, {}, {{{0}, 0}, {{1}, 0}}), Each(0.5)) << "2.0 asked";
}

TEST(PairTable, TwoRunAtTheMeasuredSpeedsAndMoreAddUp) {
  SpeedTablesBuilder builder = workloads_of({{}, {}, {}});
  for (std::uint16_t w = 0; w < 3; ++w) builder.set_isolated(0, w, 10);
  builder.set_colocated({0, 0, 1}, 8);
  builder.set_colocated({0, 1, 0}, 4);
  builder.set_colocated({0, 0, 0}, 5);
  builder.set_colocated({0, 0, 2}, 0);
  const SpeedTables tables = builder.build();
  EXPECT_THAT(speeds_under("pair-table", tables, {}, {{{0}, 0}}), ElementsAre(1));
  EXPECT_THAT(speeds_under("pair-table", tables, {}, {{{0}, 0}, {{1}, 1}}), ElementsAre(0.8, 0.4));
  // 1 + (1/0.8 - 1) + (1/0.5 - 1) = 2.25; beside two of workload 0: 1 + 1.5 + 1.5 = 4
  EXPECT_THAT(speeds_under("pair-table", tables, {}, {{{0}, 0}, {{1}, 1}, {{2}, 0}}),
              ElementsAre(DoubleEq(1 / 2.25), DoubleEq(0.25), DoubleEq(1 / 2.25)));
  EXPECT_THAT(speeds_under("pair-table", tables, with("default_slowdown", 1.6), {{{0}, 0}, {{1}, 2}}),
              ElementsAre(DoubleEq(1 / 1.6), DoubleEq(1 / 1.6)))
      << "a pair that failed and one that was not measured";
}

TEST(PairTable, GapsAreEstimatedFromWhatTheTwoDoElsewhere) {
  // Slowdowns 1 + s_i p_j with s = (0.5, 1, 2) and p = (1, 2, 0.5); the pair (2, 1) is left out.
  const std::array<double, 3> sensitivity{0.5, 1, 2};
  const std::array<double, 3> pressure{1, 2, 0.5};
  SpeedTablesBuilder builder = workloads_of({{}, {}, {}, {}});
  for (std::uint16_t a = 0; a < 3; ++a) {
    builder.set_isolated(0, a, 1);
    for (std::uint16_t b = 0; b < 3; ++b) {
      if (a != 2 || b != 1) builder.set_colocated({0, a, b}, 1 / (1 + sensitivity[a] * pressure[b]));
    }
  }
  const SpeedTables tables = builder.build();
  const auto speeds = speeds_under("pair-table", tables, {}, {{{0}, 2}, {{1}, 1}});
  EXPECT_NEAR(speeds[0], 0.2, 0.06) << "1 / (1 + 2 x 2), but for the pull towards 1";
  EXPECT_DOUBLE_EQ(speeds[1], 1 / 1.5) << "measured";
  EXPECT_THAT(speeds_under("pair-table", tables, {}, {{{0}, 0}, {{1}, 3}}), Each(0.5)) << "nothing known of 3";
}

TEST(Mig, NeighboursLowerTheClock) {
  SpeedTablesBuilder builder = workloads_of({{}, {.power = 2}});
  const std::uint16_t quarter = builder.slice({0.25, 0.25});
  const SpeedTables tables = builder.build();
  Parameters k = with("coupling", 0.2);
  k.set("efficiency", {0.95});
  EXPECT_THAT(speeds_under("mig", tables, k, {{{0}, 0, quarter}}), ElementsAre(DoubleEq(0.95 * 0.25 * 1.2 / 1.05)));
  EXPECT_THAT(
      speeds_under("mig", tables, k, {{{0}, 0, quarter}, {{1}, 0, quarter}, {{2}, 0, quarter}, {{3}, 0, quarter}}),
      Each(DoubleEq(0.95 * 0.25)));
  // Draw 0.25 + 0.5: a hungry neighbour costs twice as much; it is slow alone on the whole GPU too.
  EXPECT_THAT(speeds_under("mig", tables, k, {{{0}, 0, quarter}, {{1}, 1, quarter}}),
              ElementsAre(DoubleNear(0.95 * 0.25 * 1.2 / 1.15, 1e-12), DoubleNear(0.95 * 0.25 * 1.4 / 1.15, 1e-12)));
}

TEST(SpeedModel, MultipliesTheMeasuredSpeedOfTheGpuType) {
  SpeedTablesBuilder builder;
  const std::uint16_t fast = builder.gpu("v100");
  const std::uint16_t slow = builder.gpu("k80");
  const std::uint16_t job = builder.workload("job", 1);
  const std::uint16_t large = builder.workload("large", 1);
  const std::uint16_t unknown = builder.workload("unknown", 1);
  builder.set_isolated(fast, job, 20);
  builder.set_isolated(slow, job, 5);
  builder.set_isolated(fast, large, 3);
  builder.set_isolated(slow, large, 0);
  const SpeedTables tables = builder.build();
  const SpeedModel model = usual_model(tables, fast);
  EXPECT_EQ(model.exclusive(fast, job), kFullRate);
  EXPECT_EQ(model.exclusive(slow, job), rate_of(0.25));
  EXPECT_EQ(model.exclusive(slow, large), kStalled) << "out of memory there";
  EXPECT_EQ(model.exclusive(slow, unknown), kFullRate);
  std::vector<Rate> rates(2);
  const std::vector<Sharer> two{{{0}, job}, {{1}, unknown}};
  model.rates({slow, SharingMode::TimeSlicing}, two, rates);
  EXPECT_EQ(rates[0], rate_of(0.25 * 0.97 / 2));
  EXPECT_EQ(rates[1], rate_of(0.97 / 2));
  EXPECT_EQ(usual_model(tables).exclusive(slow, job), kFullRate) << "without a reference GPU types do not matter";
}

TEST(SpeedModel, AReferenceSlowerThanTheGpuGivesRatesAboveFull) {
  SpeedTablesBuilder builder = workloads_of({{}});
  const std::uint16_t old = builder.gpu("old");
  builder.set_isolated(0, 0, 9);
  builder.set_isolated(old, 0, 3);
  const SpeedTables tables = builder.build();
  EXPECT_EQ(usual_model(tables, old).exclusive(0, 0), rate_of(3));
}

TEST(SpeedModelDeathTest, AnExclusiveDeviceHasOneJob) {
  const SpeedTables tables = workloads_of({{}}).build();
  const SpeedModel model = usual_model(tables);
  std::vector<Rate> rates(2);
  const std::vector<Sharer> two{{{0}}, {{1}}};
  EXPECT_DEATH(model.rates({0, SharingMode::Exclusive}, two, rates), "Exclusive");
}

}  // namespace
}  // namespace seatrial

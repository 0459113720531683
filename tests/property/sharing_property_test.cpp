// What holds for any group of sharers: rates in (0, 1], no sharer gains from a neighbour, time slices add up to at
// most the GPU, larger slices are not slower, and DeviceSharing agrees with the model asked afresh.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "models/device_sharing.h"
#include "sim/random.h"
#include "tests/support/sharing_world.h"

namespace seatrial {
namespace {

WorkloadProfile random_profile(Random& random) {
  WorkloadProfile profile;
  profile.compute = random.uniform();
  profile.bandwidth = random.uniform();
  profile.compute_bound = random.uniform();
  profile.bandwidth_bound = random.uniform();
  profile.duty = random.uniform();
  profile.power = 2 * random.uniform();
  profile.sm_saturation = random.uniform();
  profile.sm_exponent = 0.5 + random.uniform();
  return profile;
}

struct World {
  SpeedTables tables;
  std::uint16_t workloads;
  std::uint16_t slices;
};

World random_world(Random& random) {
  SpeedTablesBuilder builder;
  static_cast<void>(builder.gpu("gpu"));
  const auto workloads = static_cast<std::uint16_t>(1 + random.below(6));
  for (std::uint16_t w = 0; w < workloads; ++w) {
    builder.set_profile(builder.workload("w" + std::to_string(w), 1), random_profile(random));
    builder.set_isolated(0, w, 1 + random.uniform());
    for (std::uint16_t other = 0; other <= w; ++other) {
      if (random.bernoulli(0.3)) continue;
      const double of_a = random.bernoulli(0.1) ? 0 : 2 * random.uniform();
      const double of_b = random.bernoulli(0.1) ? 0 : 2 * random.uniform();
      builder.set_colocated({0, w, other}, of_a);
      if (w != other) builder.set_colocated({0, other, w}, of_b);
    }
  }
  std::uint16_t last = kWholeGpu;
  for (int i = 0; i < 4; ++i) last = builder.slice({random.uniform(), random.uniform()});
  return {builder.build(), workloads, static_cast<std::uint16_t>(last + 1)};
}

Sharer random_sharer(Random& random, const World& world, std::uint32_t job) {
  return {{job},
          static_cast<std::uint16_t>(random.below(world.workloads)),
          static_cast<std::uint16_t>(random.below(world.slices))};
}

TEST(SharingProperty, SpeedsAreInRangeAndNeighboursNeverHelp) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed, "sharing");
    const World world = random_world(random);
    std::vector<Sharer> sharers;
    const std::uint64_t count = 1 + random.below(9);
    for (std::uint32_t job = 0; job < count; ++job) sharers.push_back(random_sharer(random, world, job));
    for (const SharingModelRegistration& entry : sharing_models()) {
      const auto together = speeds_under(entry.name, world.tables, {}, sharers);
      for (std::size_t i = 0; i < sharers.size(); ++i) {
        EXPECT_GT(together[i], 0) << entry.name << ", seed " << seed;
        EXPECT_LE(together[i], 1) << entry.name << ", seed " << seed;
        // The last one joined the others: none of them is faster for it.
        if (sharers.size() < 2 || i + 1 == sharers.size()) continue;
        const auto before = speeds_under(entry.name, world.tables, {}, {sharers.begin(), sharers.end() - 1});
        EXPECT_LE(together[i], before[i] * (1 + 1e-12)) << entry.name << ", seed " << seed;
      }
    }
  }
}

TEST(SharingProperty, TimeSlicesAddUpToAtMostTheGpu) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed, "turns");
    const World world = random_world(random);
    std::vector<Sharer> sharers;
    for (std::uint32_t job = 0; job < 1 + random.below(30); ++job) sharers.push_back(random_sharer(random, world, job));
    const auto speeds = speeds_under("time-slicing", world.tables, {}, sharers);
    double busy = 0;
    for (std::size_t i = 0; i < sharers.size(); ++i) busy += speeds[i] * world.tables.profile(sharers[i].workload).duty;
    EXPECT_LE(busy, 1 + 1e-12) << "seed " << seed;
  }
}

// Speeds depend on who shares, not on the order they came in.
TEST(SharingProperty, OrderDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed, "order");
    const World world = random_world(random);
    std::vector<Sharer> sharers;
    for (std::uint32_t job = 0; job < 5; ++job) sharers.push_back(random_sharer(random, world, job));
    const std::vector<Sharer> reversed(sharers.rbegin(), sharers.rend());
    for (const SharingModelRegistration& entry : sharing_models()) {
      auto speeds = speeds_under(entry.name, world.tables, {}, sharers);
      const auto backwards = speeds_under(entry.name, world.tables, {}, reversed);
      for (std::size_t i = 0; i < speeds.size(); ++i) EXPECT_NEAR(speeds[i], backwards[speeds.size() - 1 - i], 1e-12);
    }
  }
}

TEST(SharingProperty, LargerSlicesAreNotSlower) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    Random random(seed, "slices");
    SpeedTablesBuilder builder = workloads_of({random_profile(random), random_profile(random)});
    const GpuSlice small{random.uniform(), random.uniform()};
    const GpuSlice large{small.compute + (1 - small.compute) * random.uniform(),
                         small.bandwidth + (1 - small.bandwidth) * random.uniform()};
    const std::uint16_t small_index = builder.slice(small);
    const std::uint16_t large_index = builder.slice(large);
    const std::uint16_t neighbour = builder.slice({random.uniform(), random.uniform()});
    const SpeedTables tables = builder.build();
    const auto on_small = speeds_under("mig", tables, {}, {{{0}, 0, small_index}, {{1}, 1, neighbour}});
    const auto on_large = speeds_under("mig", tables, {}, {{{0}, 0, large_index}, {{1}, 1, neighbour}});
    EXPECT_LE(on_small[0], on_large[0] * (1 + 1e-12)) << "seed " << seed;
  }
}

TEST(SharingProperty, DeviceSharingAgreesWithTheModelAskedAfresh) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed, "devices");
    const World world = random_world(random);
    const SpeedModel model = usual_model(world.tables);
    DeviceSharing sharing(model, 6, {});
    for (std::uint32_t device = 1; device < 6; ++device) {
      sharing.set_kind(device, {0, static_cast<SharingMode>(1 + device % 4)});
    }
    std::map<std::uint32_t, Rate> reported;  // by job
    std::vector<std::pair<std::uint32_t, JobId>> present;
    for (std::uint32_t step = 0; step < 600; ++step) {
      const auto device = static_cast<std::uint32_t>(random.below(6));
      const bool room = device > 0 || sharing.sharers(0).empty();
      std::span<const RateChange> changes;
      if (room && (present.empty() || random.bernoulli(0.55))) {
        changes = sharing.attach(device, random_sharer(random, world, step));
        present.emplace_back(device, JobId{step});
      } else if (!present.empty()) {
        const std::size_t gone = random.below(present.size());
        changes = sharing.detach(present[gone].first, present[gone].second);
        reported.erase(present[gone].second.index);
        present.erase(present.begin() + static_cast<std::ptrdiff_t>(gone));
      }
      for (const RateChange& change : changes) {
        const auto known = reported.find(change.job.index);
        EXPECT_FALSE(known != reported.end() && known->second == change.rate) << "reported without a change";
        reported[change.job.index] = change.rate;
      }
    }
    std::size_t sharers = 0;
    for (std::uint32_t device = 0; device < 6; ++device) {
      std::vector<Rate> fresh(sharing.sharers(device).size());
      model.rates(sharing.kind(device), sharing.sharers(device), fresh);
      for (std::size_t i = 0; i < fresh.size(); ++i) {
        EXPECT_EQ(sharing.rates(device)[i], fresh[i]) << "seed " << seed;
        EXPECT_EQ(reported.at(sharing.sharers(device)[i].job.index), fresh[i]) << "seed " << seed;
      }
      sharers += fresh.size();
    }
    EXPECT_EQ(sharers, present.size());
  }
}

}  // namespace
}  // namespace seatrial

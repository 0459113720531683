// models/gpu_memory.h: the memory bound in every mode, and who ends when a device is overcommitted.
#include "models/gpu_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace seatrial {
namespace {

TEST(GpuMemory, UsableIsWhatTheDriverShowsLessTheReserve) {
  EXPECT_EQ(usable_memory_mib(*find_gpu_model("h200"), 0), 143'771);
  EXPECT_EQ(usable_memory_mib(*find_gpu_model("h200"), 1'000), 142'771);
  EXPECT_EQ(usable_memory_mib(*find_gpu_model("v100-16"), 512), 16 * 1024 - 512) << "marketed memory as GiB";
  EXPECT_EQ(usable_memory_mib(*find_gpu_model("v100-16"), 1'000'000), 0);
  EXPECT_EQ(usable_memory_mib(GpuModel{}, 0), std::nullopt);
}

TEST(GpuMemory, FitsByMode) {
  MemoryRoom room{.usable_mib = 40'000, .allocated_mib = 30'000, .slice_mib = 5'000, .replicas = 4};
  const auto fits = [&](SharingMode mode, std::int64_t asked_mib) {
    room.mode = mode;
    return memory_fits(asked_mib, room);
  };
  EXPECT_TRUE(fits(SharingMode::Exclusive, 40'000));
  EXPECT_FALSE(fits(SharingMode::Exclusive, 40'001));
  EXPECT_TRUE(fits(SharingMode::Mig, 5'000));
  EXPECT_FALSE(fits(SharingMode::Mig, 5'001));
  EXPECT_TRUE(fits(SharingMode::Mps, 10'000));
  EXPECT_FALSE(fits(SharingMode::Mps, 10'001));
  for (const SharingMode mode : {SharingMode::Share, SharingMode::TimeSlicing}) {
    EXPECT_TRUE(fits(mode, 10'000));
    EXPECT_FALSE(fits(mode, 10'001));
  }
  room.may_overcommit = true;
  EXPECT_TRUE(fits(SharingMode::TimeSlicing, 40'000));
  EXPECT_FALSE(fits(SharingMode::TimeSlicing, 40'001)) << "never more than the device";
  EXPECT_FALSE(fits(SharingMode::Share, 10'001)) << "only time-slicing overcommits";
  EXPECT_TRUE(fits(SharingMode::Mig, 0));
}

TEST(GpuMemory, TheYoungestEndsFirst) {
  std::vector<MemoryHolder> holders{{{4}, Time{10}, 600}, {{2}, Time{30}, 500}, {{9}, Time{20}, 100}};
  EXPECT_FALSE(youngest_to_end(holders, 1'200).valid());
  EXPECT_EQ(youngest_to_end(holders, 1'199), JobId{2});
  holders.erase(holders.begin() + 1);
  EXPECT_FALSE(youngest_to_end(holders, 1'199).valid());
  EXPECT_FALSE(youngest_to_end({}, 0).valid());
}

TEST(GpuMemory, OfEqualAgesTheHigherIdEnds) {
  const std::vector<MemoryHolder> holders{{{4}, Time{10}, 600}, {{7}, Time{10}, 600}, {{5}, Time{10}, 600}};
  EXPECT_EQ(youngest_to_end(holders, 1'000), JobId{7});
}

}  // namespace
}  // namespace seatrial

// models/device_sharing.h: attach and detach tell exactly who changed.
#include "models/device_sharing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sharing_world.h"

namespace seatrial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint32_t> jobs_of(std::span<const RateChange> changes) {
  std::vector<std::uint32_t> jobs;
  for (const RateChange& change : changes) jobs.push_back(change.job.index);
  return jobs;
}

class DeviceSharingTest : public testing::Test {
 protected:
  SpeedTables tables_ = workloads_of({{}, {.duty = 0.1}}).build();
  SpeedModel model_ = usual_model(tables_);
  DeviceSharing sharing_{model_, 4, {0, SharingMode::TimeSlicing}};
};

TEST_F(DeviceSharingTest, ANewJobIsAlwaysReported) {
  const auto changes = sharing_.attach(2, {{7}});
  ASSERT_EQ(jobs_of(changes), std::vector<std::uint32_t>{7});
  EXPECT_EQ(changes[0].rate, kFullRate);
  EXPECT_EQ(changes[0].device, 2U);
}

TEST_F(DeviceSharingTest, NeighboursAreReportedWhereTheirRateChanges) {
  static_cast<void>(sharing_.attach(0, {{1}}));
  EXPECT_THAT(jobs_of(sharing_.attach(0, {{2}})), ElementsAre(1, 2));
  EXPECT_THAT(jobs_of(sharing_.attach(0, {{3}})), ElementsAre(1, 2, 3));
  EXPECT_THAT(jobs_of(sharing_.detach(0, {2})), ElementsAre(1, 3));
  EXPECT_EQ(sharing_.rates(0)[0], rate_of(0.97 / 2));
  EXPECT_THAT(jobs_of(sharing_.detach(0, {1})), ElementsAre(3));
  EXPECT_EQ(sharing_.rates(0)[0], kFullRate);
}

TEST_F(DeviceSharingTest, NobodyIsReportedWhoseRateStays) {
  static_cast<void>(sharing_.attach(0, {{1}, 1}));
  static_cast<void>(sharing_.attach(0, {{2}, 1}));
  EXPECT_THAT(jobs_of(sharing_.attach(0, {{3}, 1})), ElementsAre(3)) << "0.3 of the time is asked for";
  EXPECT_THAT(jobs_of(sharing_.detach(0, {3})), IsEmpty());
}

TEST_F(DeviceSharingTest, OtherDevicesAreNotTouched) {
  static_cast<void>(sharing_.attach(0, {{1}}));
  static_cast<void>(sharing_.attach(1, {{2}}));
  EXPECT_THAT(jobs_of(sharing_.attach(1, {{3}})), ElementsAre(2, 3));
  EXPECT_EQ(sharing_.rates(0)[0], kFullRate);
}

TEST_F(DeviceSharingTest, SharersStayInOrderOfAttachment) {
  for (std::uint32_t job = 0; job < 5; ++job) static_cast<void>(sharing_.attach(3, {{job}}));
  static_cast<void>(sharing_.detach(3, {1}));
  std::vector<std::uint32_t> jobs;
  for (const Sharer& sharer : sharing_.sharers(3)) jobs.push_back(sharer.job.index);
  EXPECT_THAT(jobs, ElementsAre(0, 2, 3, 4));
}

TEST_F(DeviceSharingTest, AnEmptyDeviceMayChangeItsKind) {
  static_cast<void>(sharing_.attach(0, {{1}}));
  EXPECT_DEATH(sharing_.set_kind(0, {0, SharingMode::Mps}), "count == 0");
  static_cast<void>(sharing_.detach(0, {1}));
  sharing_.set_kind(0, {0, SharingMode::Exclusive});
  EXPECT_EQ(sharing_.kind(0).mode, SharingMode::Exclusive);
  EXPECT_DEATH(static_cast<void>(sharing_.detach(0, {1})), "found != last");
}

TEST_F(DeviceSharingTest, FreedBlocksAreUsedAgain) {
  DeviceSharing sharing(model_, 100, {0, SharingMode::TimeSlicing});
  for (std::uint32_t job = 0; job < 700; ++job) static_cast<void>(sharing.attach(job % 100, {{job}}));
  const std::size_t bytes = sharing.bytes();
  for (int round = 0; round < 20; ++round) {
    for (std::uint32_t job = 0; job < 700; ++job) static_cast<void>(sharing.detach(job % 100, {job}));
    for (std::uint32_t job = 0; job < 700; ++job) static_cast<void>(sharing.attach((job + 3) % 100, {{job}}));
    for (std::uint32_t job = 0; job < 700; ++job) static_cast<void>(sharing.detach((job + 3) % 100, {job}));
    for (std::uint32_t job = 0; job < 700; ++job) static_cast<void>(sharing.attach(job % 100, {{job}}));
  }
  EXPECT_EQ(sharing.bytes(), bytes);
}

TEST_F(DeviceSharingTest, IsCompact) {
  DeviceSharing sharing(model_, 100'000, {0, SharingMode::TimeSlicing});
  for (std::uint32_t job = 0; job < 200'000; ++job) static_cast<void>(sharing.attach(job % 100'000, {{job}}));
  EXPECT_LT(sharing.bytes() / 100'000, 110U) << "bytes a device, with two jobs each";
}

}  // namespace
}  // namespace seatrial

// models/gpu_sharing_names.h beyond the conformance vectors: mixed strategy, renames, ties, and edges of allocation.
#include "models/gpu_sharing_names.h"

#include <gtest/gtest.h>

#include <numeric>

#include "models/mig_catalog.h"
#include "sim/random.h"

namespace seatrial {
namespace {

SharingConfig sliced(std::string rename = {}) {
  return {.mode = ReplicaSharing::TimeSlicing, .resources = {{"nvidia.com/gpu", std::move(rename), 4}}};
}

TEST(ResourceNames, FollowStrategyAndSharing) {
  EXPECT_EQ(mig_resource_name("3g.40gb", MigStrategy::Mixed), "nvidia.com/mig-3g.40gb");
  EXPECT_EQ(mig_resource_name("1g.10gb+me", MigStrategy::Mixed), "nvidia.com/mig-1g.10gb.me");
  EXPECT_EQ(mig_resource_name("3g.40gb", MigStrategy::Single), "nvidia.com/gpu");
  EXPECT_EQ(mig_resource_name("3g.40gb", MigStrategy::None), std::nullopt);
  EXPECT_EQ(shared_resource_name("nvidia.com/gpu", sliced(), true), "nvidia.com/gpu.shared");
  EXPECT_EQ(shared_resource_name("nvidia.com/gpu", sliced(), false), "nvidia.com/gpu");
  EXPECT_EQ(shared_resource_name("nvidia.com/gpu", sliced("example.com/slice"), true), "example.com/slice");
  EXPECT_EQ(shared_resource_name("nvidia.com/mig-1g.5gb", sliced(), true), "nvidia.com/mig-1g.5gb");
}

// The names of the catalogue follow from its own memory sizes where the driver reports them.
TEST(ResourceNames, GigabytesFollowFromMemory) {
  struct Device {
    const char* family;
    std::uint64_t memory_mib;
  };
  for (const Device& device : {Device{"a30", 24576}, Device{"a100-40", 40960}, Device{"a100-80", 81920}}) {
    for (const MigProfile& profile : find_mig_family(device.family)->profiles) {
      const auto mib = static_cast<std::uint64_t>(profile.memory_gib.value() * 1024);
      EXPECT_EQ(mig_profile_gb(device.memory_mib, mib), static_cast<std::uint64_t>(profile.memory_gb_nominal))
          << device.family << " " << profile.name;
    }
  }
  EXPECT_EQ(mig_profile_gb(1, 0), 0U);
}

TEST(NodeLabels, MixedStrategyLabelsEveryProfile) {
  GpuDeviceInfo cut{"A100", 40960, true, {{"1g.5gb", 1, 4864}, {"1g.5gb", 1, 4864}, {"3g.20gb", 3, 20096}}};
  GpuDeviceInfo whole{"A100", 40960, false, {}};
  const std::vector<GpuDeviceInfo> devices{cut, whole};
  SharingConfig sharing = sliced();
  sharing.resources.push_back({"nvidia.com/mig-1g.5gb", "", 2});
  const NodeLabels labels = gfd_labels(MigStrategy::Mixed, devices, sharing);
  EXPECT_EQ(labels.at("nvidia.com/mig.strategy"), "mixed");
  EXPECT_EQ(labels.at("nvidia.com/mig-1g.5gb.count"), "2");
  EXPECT_EQ(labels.at("nvidia.com/mig-1g.5gb.replicas"), "2");
  EXPECT_EQ(labels.at("nvidia.com/mig-1g.5gb.product"), "A100-MIG-1g.5gb-SHARED");
  EXPECT_EQ(labels.at("nvidia.com/mig-3g.20gb.replicas"), "1");
  EXPECT_EQ(labels.at("nvidia.com/mig-3g.20gb.memory"), "20096");
  EXPECT_EQ(labels.at("nvidia.com/gpu.replicas"), "4");
}

TEST(NodeLabels, SingleStrategyNeedsInstancesThatAreAlike) {
  const GpuDeviceInfo two{"A100", 40960, true, {{"1g.5gb", 1, 4864}, {"2g.10gb", 2, 9856}}};
  EXPECT_EQ(gfd_labels(MigStrategy::Single, std::vector{two}, {}).at("nvidia.com/gpu.product"), "A100-MIG-INVALID");
  const GpuDeviceInfo alike{"A100", 40960, true, {{"1g.5gb", 1, 4864}, {"1g.5gb", 1, 4864}}};
  const NodeLabels labels = gfd_labels(MigStrategy::Single, std::vector{alike, alike}, sliced());
  EXPECT_EQ(labels.at("nvidia.com/gpu.count"), "4");
  EXPECT_EQ(labels.at("nvidia.com/gpu.replicas"), "4");
  EXPECT_EQ(labels.at("nvidia.com/gpu.product"), "A100-MIG-1g.5gb-SHARED");
  const GpuDeviceInfo empty{"A100", 40960, true, {}};
  EXPECT_EQ(gfd_labels(MigStrategy::Single, std::vector{alike, empty}, {}).at("nvidia.com/gpu.count"), "0");
}

TEST(Replicas, AreChosenByWhatIsAllocatedAlready) {
  // GPU 0 has one of four left, GPU 1 all, GPU 2 two.
  const std::vector<ReplicaSupply> gpus{{4, 1}, {4, 4}, {4, 2}};
  using Taken = std::vector<std::uint32_t>;
  EXPECT_EQ(allocate_replicas(gpus, 1, ReplicaPolicy::Distributed), (Taken{0, 1, 0}));
  // GPUs 1 and 2 have two allocated each after two: the one that was picked less is next.
  EXPECT_EQ(allocate_replicas(gpus, 3, ReplicaPolicy::Distributed), (Taken{0, 2, 1}));
  EXPECT_EQ(allocate_replicas(gpus, 1, ReplicaPolicy::Packed), (Taken{1, 0, 0}));
  EXPECT_EQ(allocate_replicas(gpus, 4, ReplicaPolicy::Packed), (Taken{1, 1, 2}));
  EXPECT_EQ(allocate_replicas(gpus, 7, ReplicaPolicy::Packed), (Taken{1, 4, 2}));
  EXPECT_EQ(allocate_replicas(gpus, 8, ReplicaPolicy::Packed), std::nullopt);
  EXPECT_EQ(allocate_replicas(gpus, 0, ReplicaPolicy::Packed), (Taken{0, 0, 0}));
  EXPECT_EQ(allocate_replicas({}, 0, ReplicaPolicy::Distributed), Taken{});
}

TEST(Replicas, NeverTakeMoreThanThereAre) {
  Random random(3, "replicas");
  for (int round = 0; round < 500; ++round) {
    std::vector<ReplicaSupply> gpus;
    std::uint64_t available = 0;
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      const auto total = static_cast<std::uint32_t>(random.below(9));
      gpus.push_back({total, static_cast<std::uint32_t>(random.below(std::uint64_t{total} + 1))});
      available += gpus.back().available;
    }
    const std::uint64_t size = random.below(20);
    const auto policy = random.below(2) == 0 ? ReplicaPolicy::Distributed : ReplicaPolicy::Packed;
    const auto taken = allocate_replicas(gpus, size, policy);
    ASSERT_EQ(taken.has_value(), size <= available);
    if (!taken) continue;
    EXPECT_EQ(std::accumulate(taken->begin(), taken->end(), std::uint64_t{0}), size);
    for (std::size_t gpu = 0; gpu < gpus.size(); ++gpu) EXPECT_LE((*taken)[gpu], gpus[gpu].available);
  }
}

TEST(Replicas, MoreThanOneIsRefusedWhereConfigured) {
  SharingConfig sharing = sliced();
  EXPECT_TRUE(shared_request_valid(sharing, 2));
  sharing.fail_requests_greater_than_one = true;
  EXPECT_FALSE(shared_request_valid(sharing, 2));
  EXPECT_TRUE(shared_request_valid(sharing, 1));
  sharing.mode = ReplicaSharing::None;
  EXPECT_TRUE(shared_request_valid(sharing, 2));
}

}  // namespace
}  // namespace seatrial

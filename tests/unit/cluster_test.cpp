// Free amounts of nodes under bind, release, drain and resize; every step is followed by the cluster's own self-check.
#include "models/cluster.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

PoolSpec pool_of(const char* name, std::uint32_t count, std::uint32_t gpus) {
  PoolSpec pool;
  pool.name = name;
  pool.count = count;
  pool.gpus = gpus;
  pool.gpu_model = gpus == 0 ? "" : "t4";
  return pool;
}

ClusterSpec spec_of(std::vector<PoolSpec> pools, std::vector<CapacityChange> changes = {}) {
  ClusterSpec spec;
  spec.pools = std::move(pools);
  spec.changes = std::move(changes);
  return spec;
}

CapacityChange change_to(std::uint32_t count) { return {Duration{1}, 0, count}; }

constexpr PodRequest gpus(std::uint32_t count) { return {.gpus = count, .gpu_milli = 1000}; }
constexpr PodRequest share(std::uint32_t milli) { return {.gpus = 1, .gpu_milli = milli}; }

// All that can be read of a cluster, as text.
std::string state_of(const Cluster& cluster) {
  std::string text = std::to_string(cluster.total_milli()) + "/" + std::to_string(cluster.free_milli());
  for (const Pool& pool : cluster.pools()) {
    text += " pool " + std::to_string(pool.present) + "," + std::to_string(pool.active) + "," +
            std::to_string(pool.total_milli) + "," + std::to_string(pool.free_milli);
  }
  text += " shared " + std::to_string(cluster.shared_devices());
  for (std::uint32_t n = 0; n < cluster.nodes(); ++n) {
    const NodeId node{n};
    text += " |" + std::to_string(static_cast<int>(cluster.state(node))) + "," + std::to_string(cluster.gpus(node)) +
            "," + std::to_string(cluster.free_gpus(node)) + "," + std::to_string(cluster.idle_milli(node)) + "," +
            std::to_string(cluster.cpu_free(node)) + "," + std::to_string(cluster.memory_free(node));
    for (const std::uint16_t milli : cluster.devices(node)) text += "." + std::to_string(milli);
  }
  return text;
}

TEST(Cluster, NumbersNodesPoolByPoolAndNamesThem) {
  const Cluster cluster(spec_of({pool_of("a", 2, 4), pool_of("cpu", 1, 0), pool_of("b", 2, 8)}), false);
  EXPECT_EQ(cluster.nodes(), 5U);
  EXPECT_EQ(cluster.total_milli(), 24000);
  EXPECT_EQ(cluster.free_milli(), 24000);
  EXPECT_EQ(cluster.pool_of({3}), PoolId{2});
  EXPECT_EQ(cluster.node_name({4}), "b-1");
  EXPECT_EQ(cluster.gpus({2}), 0U);
  cluster.verify();
}

TEST(Cluster, ImportedNodesAreNumberedByRankThenByRow) {
  PoolSpec pool;
  pool.name = "import";
  pool.nodes = {{"late", 1000, 10, 2, "T4", 7}, {"first", 1000, 10, 1, "A10", 1}, {"second", 1000, 10, 4, "T4", 1}};
  const Cluster cluster(spec_of({pool}), false);
  EXPECT_EQ(cluster.node_name({0}), "first");
  EXPECT_EQ(cluster.node_name({1}), "second");
  EXPECT_EQ(cluster.node_name({2}), "late");
  EXPECT_EQ(cluster.pool({0}).node_gpus, 4U);
  EXPECT_EQ(cluster.pool({0}).gpu_model, "mixed");
  EXPECT_EQ(cluster.gpu_model({0}), "A10");
  cluster.verify();
}

TEST(Cluster, FitsLooksAtEveryResource) {
  PoolSpec pool = pool_of("a", 1, 4);
  pool.cpu_milli = 8000;
  pool.memory_mib = 1000;
  pool.max_pods = 3;
  Cluster cluster(spec_of({pool}), false);
  const NodeId node{0};
  EXPECT_TRUE(cluster.fits(node, {.cpu_milli = 8000, .memory_mib = 1000, .gpus = 4, .gpu_milli = 1000}));
  EXPECT_FALSE(cluster.fits(node, {.cpu_milli = 8001}));
  EXPECT_FALSE(cluster.fits(node, {.memory_mib = 1001}));
  EXPECT_FALSE(cluster.fits(node, gpus(5)));
  EXPECT_EQ(cluster.slots(node, gpus(1), 10), 3U) << "three pods at most";
  EXPECT_EQ(cluster.slots(node, {.cpu_milli = 3000}, 10), 2U);
  EXPECT_EQ(cluster.slots(node, gpus(2), 1), 1U) << "no more than asked for";
  EXPECT_TRUE(cluster.fits_empty(node, gpus(1), 3));
  EXPECT_FALSE(cluster.fits_empty(node, gpus(1), 4));
  EXPECT_FALSE(cluster.fits_empty(node, {.cpu_milli = 3000}, 3));
  std::vector<std::uint16_t> devices;
  cluster.bind(node, {.cpu_milli = 2000, .memory_mib = 400, .gpus = 1, .gpu_milli = 1000}, 2, devices);
  EXPECT_EQ(cluster.cpu_free(node), 4000);
  EXPECT_EQ(cluster.memory_free(node), 200);
  EXPECT_EQ(cluster.free_gpus(node), 2U);
  EXPECT_EQ(cluster.slots(node, gpus(1), 10), 1U);
  cluster.verify();
}

TEST(Cluster, SharesTakeTheTightestDeviceUnlessTold) {
  Cluster cluster(spec_of({pool_of("a", 1, 3)}), true);
  std::vector<std::uint16_t> devices;
  cluster.bind({0}, share(600), 1, devices);
  cluster.bind({0}, share(700), 1, devices);
  cluster.bind({0}, share(300), 1, devices);
  EXPECT_EQ(devices, (std::vector<std::uint16_t>{0, 1, 1})) << "300 goes where 300 is left, not where 400 is";
  cluster.bind({0}, share(100), 1, devices, 2);
  EXPECT_EQ(devices.back(), 2);
  EXPECT_EQ(cluster.free_gpus({0}), 0U);
  EXPECT_EQ(cluster.idle_milli({0}), 1300);
  EXPECT_EQ(cluster.shared_devices(), 3U);
  EXPECT_FALSE(cluster.fits({0}, gpus(1)));
  EXPECT_TRUE(cluster.fits({0}, share(900)));
  EXPECT_FALSE(cluster.fits({0}, share(901)));
  cluster.verify();
}

TEST(Cluster, WholeGpusTakeTheLowestFreeDevices) {
  Cluster cluster(spec_of({pool_of("a", 1, 4)}), true);
  std::vector<std::uint16_t> devices;
  cluster.bind({0}, share(500), 1, devices, 1);
  devices.clear();
  const Piece piece = cluster.bind({0}, gpus(2), 1, devices);
  EXPECT_EQ(devices, (std::vector<std::uint16_t>{0, 2}));
  cluster.release(piece, gpus(2), devices);
  EXPECT_EQ(cluster.free_gpus({0}), 3U);
  cluster.verify();
}

// Random pods come and go; giving all of them back restores every column and total.
TEST(Cluster, ReleasingEverythingRestoresIt) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed, "cluster");
    PoolSpec limited = pool_of("a", 3, 8);
    limited.cpu_milli = 64000;
    limited.memory_mib = 4096;
    limited.max_pods = 10;
    const bool tracked = random.bernoulli(0.7);
    Cluster cluster(spec_of({limited, pool_of("b", 4, 2), pool_of("c", 1, 0)}), tracked);
    const std::string before = state_of(cluster);
    struct Held {
      PodRequest pod;
      Piece piece;
      std::vector<std::uint16_t> devices;
    };
    std::vector<Held> held;
    for (int step = 0; step < 200; ++step) {
      if (!held.empty() && random.bernoulli(0.45)) {
        const std::size_t at = random.below(held.size());
        cluster.release(held[at].piece, held[at].pod, held[at].devices);
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(at));
      } else {
        Held fresh;
        fresh.pod = tracked && random.bernoulli(0.5) ? share(100 + 100 * static_cast<std::uint32_t>(random.below(9)))
                                                     : gpus(static_cast<std::uint32_t>(random.below(4)));
        if (fresh.pod.gpus == 0) fresh.pod.gpu_milli = 0;
        fresh.pod.cpu_milli = static_cast<std::int64_t>(random.below(3)) * 4000;
        fresh.pod.memory_mib = static_cast<std::int64_t>(random.below(3)) * 256;
        const NodeId node{static_cast<std::uint32_t>(random.below(cluster.nodes()))};
        const auto pods = 1 + static_cast<std::uint32_t>(random.below(2));
        if (!cluster.fits(node, fresh.pod, pods) || (fresh.pod.is_share() && pods > 1)) continue;
        fresh.piece = cluster.bind(node, fresh.pod, pods, fresh.devices);
        held.push_back(fresh);
      }
      cluster.verify();
    }
    for (const Held& each : held) cluster.release(each.piece, each.pod, each.devices);
    EXPECT_EQ(state_of(cluster), before) << "seed " << seed;
  }
}

TEST(Cluster, ShrinkingDrainsEmptyNodesFirstFromTheTop) {
  Cluster cluster(spec_of({pool_of("a", 4, 2)}, {change_to(2)}), false);
  std::vector<std::uint16_t> devices;
  const Piece top = cluster.bind({3}, gpus(1), 1, devices);
  cluster.resize_pool({0}, 2);
  EXPECT_EQ(cluster.state({3}), NodeState::Present) << "busy: empty ones go first";
  EXPECT_EQ(cluster.state({2}), NodeState::Absent);
  EXPECT_EQ(cluster.state({1}), NodeState::Absent);
  EXPECT_EQ(cluster.total_milli(), 4000);
  cluster.verify();
  cluster.resize_pool({0}, 0);
  EXPECT_EQ(cluster.state({3}), NodeState::Draining);
  EXPECT_EQ(cluster.pool({0}).present, 1U);
  EXPECT_EQ(cluster.pool({0}).active, 0U);
  EXPECT_EQ(cluster.free_milli(), 0) << "a draining node offers nothing";
  EXPECT_FALSE(cluster.fits({3}, gpus(1)));
  cluster.verify();
  cluster.release(top, gpus(1), {});
  EXPECT_EQ(cluster.state({3}), NodeState::Absent) << "empty: it goes";
  EXPECT_EQ(cluster.total_milli(), 0);
  cluster.verify();
}

TEST(Cluster, GrowthKeepsDrainingNodesBeforeItBringsNewOnes) {
  Cluster cluster(spec_of({pool_of("a", 2, 2)}, {change_to(4)}), false);
  EXPECT_EQ(cluster.nodes(), 4U) << "rows for nodes that come later";
  EXPECT_EQ(cluster.total_milli(), 4000);
  std::vector<std::uint16_t> devices;
  const Piece held = cluster.bind({1}, gpus(1), 1, devices);
  cluster.resize_pool({0}, 0);
  cluster.resize_pool({0}, 2);
  EXPECT_EQ(cluster.state({1}), NodeState::Present);
  EXPECT_EQ(cluster.state({0}), NodeState::Present);
  EXPECT_EQ(cluster.state({2}), NodeState::Absent);
  EXPECT_EQ(cluster.free_gpus({1}), 1U);
  cluster.verify();
  cluster.release(held, gpus(1), {});
  cluster.resize_pool({0}, 4);
  EXPECT_EQ(cluster.free_milli(), 8000);
  cluster.verify();
}

TEST(Cluster, CountedPoolsAreOneAmount) {
  PoolSpec pool = pool_of("a", 4, 8);
  pool.counted = true;
  pool.cpu_milli = 16000;
  Cluster cluster(spec_of({pool}), false);
  EXPECT_EQ(cluster.nodes(), 1U);
  EXPECT_EQ(cluster.gpus({0}), 32U);
  EXPECT_EQ(cluster.cpu_free({0}), 64000);
  std::vector<std::uint16_t> devices;
  const Piece held = cluster.bind({0}, gpus(20), 1, devices);
  EXPECT_EQ(cluster.free_index({0}).top_level(), 12U);
  cluster.resize_pool({0}, 1);  // 24 GPUs fewer, 12 of them at once
  EXPECT_EQ(cluster.gpus({0}), 20U);
  EXPECT_EQ(cluster.free_gpus({0}), 0U);
  EXPECT_EQ(cluster.pool({0}).excess_gpus, 12);
  cluster.verify();
  cluster.resize_pool({0}, 2);  // eight of those stay after all
  EXPECT_EQ(cluster.pool({0}).excess_gpus, 4);
  cluster.release(held, gpus(20), {});
  EXPECT_EQ(cluster.gpus({0}), 16U);
  EXPECT_EQ(cluster.free_gpus({0}), 16U);
  EXPECT_EQ(cluster.total_milli(), 16000);
  cluster.verify();
}

TEST(Cluster, RandomResizesKeepEverythingInStep) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed, "resize");
    Cluster cluster(spec_of({pool_of("a", 3, 4), pool_of("b", 2, 8)}, {{Duration{1}, 0, 8}, {Duration{2}, 1, 5}}),
                    false);
    std::vector<std::pair<Piece, PodRequest>> held;
    std::vector<std::uint16_t> devices;
    for (int step = 0; step < 120; ++step) {
      const PodRequest pod = gpus(1 + static_cast<std::uint32_t>(random.below(4)));
      const NodeId node{static_cast<std::uint32_t>(random.below(cluster.nodes()))};
      if (random.bernoulli(0.2)) {
        const PoolId pool{static_cast<std::uint32_t>(random.below(2))};
        const auto count = static_cast<std::uint32_t>(random.below(pool.index == 0 ? 9 : 6));
        cluster.resize_pool(pool, count);
        EXPECT_EQ(cluster.pool(pool).active, count);
      } else if (!held.empty() && random.bernoulli(0.5)) {
        cluster.release(held.back().first, held.back().second, {});
        held.pop_back();
      } else if (cluster.fits(node, pod)) {
        held.emplace_back(cluster.bind(node, pod, 1, devices), pod);
      }
      cluster.verify();
    }
  }
}

TEST(Cluster, LogsTheNodesThatChanged) {
  Cluster cluster(spec_of({pool_of("a", 3, 4)}), false);
  std::vector<std::uint16_t> devices;
  cluster.bind({1}, gpus(1), 1, devices);
  EXPECT_TRUE(cluster.change_log().empty()) << "off unless asked for";
  cluster.enable_change_log();
  const Piece piece = cluster.bind({2}, gpus(1), 1, devices);
  cluster.release(piece, gpus(1), {});
  EXPECT_EQ(cluster.change_log(), (std::vector<NodeId>{{2}, {2}}));
}

}  // namespace
}  // namespace seatrial

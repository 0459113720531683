// Random pods come and go on cut and shared GPUs: what a node says it has room for can be bound, nothing is given
// twice, and everything comes back.
#include "models/gpu_partitions.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/cluster.h"
#include "sim/random.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNodes = 3;

PoolSpec pool_of(const std::string& model, SharingMode mode) {
  PoolSpec pool;
  pool.name = "p";
  pool.count = kNodes;
  pool.gpu_model = model;
  pool.gpus = 4;
  pool.gpu_mode.mode = mode;
  pool.gpu_mode.stated = true;
  return pool;
}

std::vector<PoolSpec> pools() {
  std::vector<PoolSpec> all;
  for (const char* model : {"a100-40", "a30", "h100-sxm"}) {
    PoolSpec pool = pool_of(model, SharingMode::Mig);
    pool.gpu_mode.partitioner.kind = PartitionerSpec::Kind::OnDemand;
    all.push_back(pool);
  }
  PoolSpec fixed = pool_of("a100-40", SharingMode::Mig);
  fixed.gpu_mode.layout.assign(4, std::vector<MigLayoutEntry>{{"3g.20gb", 1}, {"1g.5gb", 3}});
  fixed.gpu_mode.layout[2].reset();
  all.push_back(fixed);
  PoolSpec turns = pool_of("a100-40", SharingMode::TimeSlicing);
  turns.gpu_mode.replicas = 3;
  all.push_back(turns);
  turns.gpu_mode.replica_choice = ReplicaPolicy::Packed;
  all.push_back(turns);
  all.push_back(pool_of("a100-40", SharingMode::Share));
  return all;
}

struct Bound {
  Piece piece;
  PodRequest pod;
};

class PartitionWorld {
 public:
  PartitionWorld(const PoolSpec& pool, std::uint64_t seed) : random_(seed, "partitions") {
    ClusterSpec spec;
    spec.pools.push_back(pool);
    cluster_.emplace(spec, false);
  }

  void step() {
    if (!bound_.empty() && random_.uniform() < 0.45) {
      release(random_.below(bound_.size()));
    } else {
      bind();
    }
    cluster_->verify();
  }

  void release_all() {
    while (!bound_.empty()) release(bound_.size() - 1);
    cluster_->verify();
    EXPECT_EQ(cluster_->free_milli(), cluster_->total_milli());
    EXPECT_EQ(cluster_->shared_devices(), 0U);
  }

 private:
  PodRequest any_pod() {
    const auto kinds = cluster_->partitions()->kinds();
    PodRequest pod;
    pod.slice = static_cast<std::uint16_t>(1 + random_.below(kinds.size() - 1));
    const SliceKind& kind = kinds[pod.slice];
    pod.gpus = static_cast<std::uint32_t>(kind.what == SliceKind::What::Share ? 1 : 1 + random_.below(3));
    pod.gpu_milli =
        kind.what == SliceKind::What::Share ? static_cast<std::uint32_t>(100 + random_.below(800)) : kind.milli;
    pod.gpu_memory_mib = static_cast<std::uint32_t>(random_.below(16'000));
    return pod;
  }

  void bind() {
    const PodRequest pod = any_pod();
    const NodeId node{static_cast<std::uint32_t>(random_.below(kNodes))};
    cluster_->partitions()->set_effort(static_cast<CutEffort>(random_.below(kCutEfforts)));
    const std::uint32_t room = cluster_->slots(node, pod, 100);
    EXPECT_EQ(cluster_->fits(node, pod), room > 0);
    const std::uint32_t pods = room == 0 ? 0 : static_cast<std::uint32_t>(1 + random_.below(room));
    if (pods == 0) return;
    const bool undo = random_.uniform() < 0.2;
    const Piece piece = cluster_->bind(node, pod, pods, devices_);
    if (!undo) cluster_->partitions()->accept_cuts();
    bound_.push_back({piece, pod});
    if (pods == room && cluster_->partitions()->kind(pod.slice).what != SliceKind::What::Instance) {
      EXPECT_EQ(cluster_->slots(node, pod, 1), 0U) << "more than it said";
    }
    if (!undo) return;
    release(bound_.size() - 1);
    cluster_->partitions()->undo_cuts();
    EXPECT_EQ(cluster_->slots(node, pod, 100), room) << "undone";
  }

  void release(std::size_t at) {
    const Bound bound = bound_[at];
    bound_[at] = bound_.back();
    bound_.pop_back();
    cluster_->release(bound.piece, bound.pod, std::span(devices_).subspan(bound.piece.first_device, bound.piece.gpus));
  }

  std::optional<Cluster> cluster_;
  Random random_;
  std::vector<Bound> bound_;
  std::vector<std::uint16_t> devices_;
};

TEST(GpuPartitions, GiveWhatTheySayAndTakeItBack) {
  const std::vector<PoolSpec> all = pools();
  for (std::size_t pool = 0; pool < all.size(); ++pool) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      SCOPED_TRACE("pool " + std::to_string(pool) + ", seed " + std::to_string(seed));
      PartitionWorld world(all[pool], seed);
      for (int i = 0; i < 300; ++i) world.step();
      world.release_all();
    }
  }
}

}  // namespace
}  // namespace seatrial

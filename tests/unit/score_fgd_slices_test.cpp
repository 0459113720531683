// fgd-slices: where a small instance should go so that larger ones keep their places; what it says of other pods; and
// what a partition foresees of a take.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/gpu_partitions.h"
#include "tests/support/score_bench.h"

namespace seatrial {
namespace {

// Two A100s that are cut on demand, asked for 3g above all.
ClusterSpec mostly_threes() {
  ClusterSpec spec;
  PoolSpec& pool = spec.pools.emplace_back();
  pool.name = "p";
  pool.count = 2;
  pool.gpu_model = "a100-40";
  pool.gpus = 1;
  pool.gpu_mode.stated = true;
  pool.gpu_mode.mode = SharingMode::Mig;
  pool.gpu_mode.partitioner.kind = PartitionerSpec::Kind::OnDemand;
  pool.gpu_mode.demand = {{"3g.20gb", 20}, {"1g.5gb", 1}};
  return spec;
}

PodRequest pod_of(const Cluster& cluster, const char* profile) {
  const GpuPartitions& partitions = *cluster.partitions();
  const auto& profiles = partitions.mig({0})->geometry().family().profiles;
  for (std::uint16_t row = 1; row < partitions.kinds().size(); ++row) {
    const SliceKind& kind = partitions.kind(row);
    if (profiles[kind.profile].name == std::string(profile)) {
      return {.gpus = 1, .gpu_milli = kind.milli, .gpu_memory_mib = 0, .slice = row};
    }
  }
  return {};
}

TEST(FgdSlices, KeepsThePlaceOfWhatIsAskedForMost) {
  Cluster cluster(mostly_threes(), true);
  cluster.enable_change_log();
  cluster.partitions()->set_effort(CutEffort::Create);
  std::vector<std::uint16_t> devices;
  const PodRequest small = pod_of(cluster, "1g.5gb");
  cluster.bind({0}, pod_of(cluster, "4g.20gb"), 1, devices);  // 3g still fits, unless a 1g comes
  cluster.bind({1}, small, 1, devices);                       // where a second 3g does not fit any more
  const Workload no_jobs;
  const auto score = make_score("fgd-slices", no_jobs, cluster);
  EXPECT_GT(score->score(small, {1}, cluster).score, score->score(small, {0}, cluster).score);
  EXPECT_GT(cluster.idle_milli({1}), cluster.idle_milli({0})) << "where best-fit would not go";
  const PodRequest large = pod_of(cluster, "3g.20gb");
  EXPECT_GT(score->score(large, {0}, cluster).score, 50) << "a 3g beside a 4g strands less than before";
}

TEST(FgdSlices, ThePreviewIsWhatATakeDoes) {
  GpuModeSpec mode;
  mode.mode = SharingMode::Mig;
  mode.partitioner.kind = PartitionerSpec::Kind::OnDemand;
  MigNodes nodes(*find_mig_family("a100-40"), mode, 1, 3);
  Random random(1, "preview");
  std::vector<MigInstance> held;
  for (int step = 0; step < 2000; ++step) {
    nodes.set_effort(CutEffort::Recut);
    const std::size_t profile = random.below(nodes.geometry().profiles());
    if (random.bernoulli(0.45) && !held.empty()) {
      std::swap(held[random.below(held.size())], held.back());
      nodes.give(held.back());
      held.pop_back();
    } else if (nodes.room(0, profile, 1) > 0) {
      const MigNodes::Preview seen = nodes.preview(0, profile);
      const double before = nodes.stranded_slices();
      held.push_back(nodes.take(0, profile));
      nodes.accept();
      ASSERT_EQ(held.back().gpu, seen.device);
      ASSERT_NEAR(nodes.stranded_slices() - before, seen.stranded_slices, 1e-9);
    }
  }
}

TEST(FgdSlices, OtherPodsHaveNoPreference) {
  const Cluster cluster = cluster_in_state({{64'000, {1000, 400}, 64'000}, {64'000, {300, 300}, 64'000}});
  const Workload no_jobs;
  const auto score = make_score("fgd-slices", no_jobs, cluster);
  const PodRequest share{.gpus = 1, .gpu_milli = 200};
  EXPECT_EQ(score->score(share, {0}, cluster).score, score->score(share, {1}, cluster).score);
}

}  // namespace
}  // namespace seatrial

// How fast slices are given out: one placement (and, once the pool is three quarters full, one release) on pools of
// several sizes; the figure that counts is items_per_second at 1,000 GPUs. Also the tables and the re-cut decision.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "models/mig_pool.h"
#include "sim/random.h"

namespace seatrial {
namespace {

void mig_placement(benchmark::State& bench) {
  const auto gpus = static_cast<std::uint32_t>(bench.range(0));
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  MigPool pool(lookahead, gpus);
  Random random(1, "bench");
  std::vector<std::uint8_t> asked(1U << 16U);
  // Mostly small slices: 1g, 1g with double memory, 2g, 3g, seldom 4g and 7g.
  for (std::uint8_t& profile : asked) {
    const auto draw = random.below(100);
    profile = draw < 50 ? 0 : draw < 60 ? 2 : draw < 80 ? 3 : draw < 94 ? 4 : draw < 98 ? 5 : 6;
  }
  std::vector<MigInstance> held;
  std::size_t at = 0;
  std::uint64_t placed = 0;
  for (auto _ : bench) {
    const auto found = pool.allocate(asked[at++ & 0xffffU]);
    if (found) {
      held.push_back(*found);
      ++placed;
    }
    if (!found || held.size() > std::size_t{3} * gpus) {
      const std::size_t victim = random.below(held.size());
      pool.release_and_destroy(held[victim]);
      held[victim] = held.back();
      held.pop_back();
    }
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(placed));
}
BENCHMARK(mig_placement)->Arg(8)->Arg(1'000)->Arg(100'000);

void mig_tables(benchmark::State& bench) {
  for (auto _ : bench) {
    const MigGeometry geometry(*find_mig_family("a100-40"));
    const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
    benchmark::DoNotOptimize(lookahead.score(MigGeometry::kEmpty));
  }
}
BENCHMARK(mig_tables)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace seatrial

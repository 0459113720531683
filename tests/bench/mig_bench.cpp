// How fast slices are given out: one placement (and, once the pool is three quarters full, one release) on pools of
// several sizes; the figure that counts is items_per_second at 1,000 GPUs. The same when idle instances stay and GPUs
// are re-cut on demand; new layouts for 1,000 GPUs; the tables; and how much of the demand each rule of placement
// accepts.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <vector>

#include "models/mig_pool.h"
#include "policies/partition_on_demand.h"
#include "policies/partition_optimizing.h"
#include "sim/random.h"

namespace seatrial {
namespace {

// Profiles of the A100 as requests ask for them: 1g, 1g with double memory, 2g, 3g, seldom 4g and 7g.
std::vector<std::uint8_t> mostly_small() {
  Random random(1, "bench");
  std::vector<std::uint8_t> asked(1U << 16U);
  for (std::uint8_t& profile : asked) {
    const auto draw = random.below(100);
    profile = draw < 50 ? 0 : draw < 60 ? 2 : draw < 80 ? 3 : draw < 94 ? 4 : draw < 98 ? 5 : 6;
  }
  return asked;
}

MigInstance take_any(std::vector<MigInstance>& held, Random& random) {
  std::swap(held[random.below(held.size())], held.back());
  const MigInstance instance = held.back();
  held.pop_back();
  return instance;
}

void mig_placement(benchmark::State& bench) {
  const auto gpus = static_cast<std::uint32_t>(bench.range(0));
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  MigPool pool(lookahead, gpus);
  Random random(2, "bench");
  const std::vector<std::uint8_t> asked = mostly_small();
  std::vector<MigInstance> held;
  std::size_t at = 0;
  std::uint64_t placed = 0;
  for (auto _ : bench) {
    const auto found = pool.allocate(asked[at++ & 0xffffU]);
    if (found) {
      held.push_back(*found);
      ++placed;
    }
    if (!found || held.size() > std::size_t{3} * gpus) pool.release_and_destroy(take_any(held, random));
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(placed));
}
BENCHMARK(mig_placement)->Arg(8)->Arg(1'000)->Arg(100'000);

// Released instances stay idle until a request for another profile needs their slices; what is asked for alternates
// between small instances and large ones, so that GPUs have to be re-cut all the time.
void mig_on_demand(benchmark::State& bench) {
  const auto gpus = static_cast<std::uint32_t>(bench.range(0));
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  MigPool pool(lookahead, gpus);
  Random random(2, "bench");
  const std::vector<std::uint8_t> asked = mostly_small();
  std::vector<MigInstance> held;
  std::size_t at = 0;
  std::uint64_t placed = 0;
  std::uint64_t recuts = 0;
  for (auto _ : bench) {
    const bool large = (at / (std::size_t{4} * gpus)) % 2 == 1;
    const std::size_t profile = large ? 3 + random.below(3) : asked[at & 0xffffU];
    ++at;
    auto found = pool.allocate(profile);
    if (!found) {
      const RecutDecision decision = plan_recut(pool, profile, {}, {});
      if (decision.plan) {
        found = decision.plan->instance;
        pool.recut(found->gpu, decision.plan->existing);
        pool.use(*found);
        ++recuts;
      }
    }
    if (found) {
      held.push_back(*found);
      ++placed;
    }
    if (!found || held.size() > std::size_t{2} * gpus) pool.release(take_any(held, random));
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(placed));
  bench.counters["recut_ratio"] = static_cast<double>(recuts) / static_cast<double>(placed);
}
BENCHMARK(mig_on_demand)->Arg(8)->Arg(1'000)->Arg(100'000);

void mig_layouts(benchmark::State& bench, bool exact) {
  const auto gpus = static_cast<std::uint32_t>(bench.range(0));
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
  MigPool pool(lookahead, gpus);
  Random random(3, "bench");
  const std::vector<std::uint8_t> asked = mostly_small();
  std::vector<MigInstance> held;
  for (std::size_t i = 0; i < std::size_t{12} * gpus; ++i) {
    const auto found = pool.allocate(asked[i & 0xffffU]);
    if (found) held.push_back(*found);
    if (!found || held.size() > std::size_t{5} * gpus / 2) pool.release(take_any(held, random));
  }
  std::vector<MigGpuState> states;
  for (std::uint32_t gpu = 0; gpu < gpus; ++gpu) states.push_back({pool.busy(gpu), pool.existing(gpu)});
  std::vector<MigDemand> demand;
  for (const MigProfile& profile : geometry.family().profiles) {
    const auto most = static_cast<std::uint64_t>(gpus) / 3 / profile.compute_slices + 1;
    demand.push_back({.queued = static_cast<std::uint32_t>(random.below(most)),
                      .forecast = static_cast<std::uint32_t>(random.below(most)),
                      .value = profile.compute_slices});
  }
  double gap = 0;
  for (auto _ : bench) gap = optimize_layouts(geometry, states, demand, {.exact = exact}).gap();
  bench.counters["gap"] = gap;
}
BENCHMARK_CAPTURE(mig_layouts, exact, true)->Arg(100)->Arg(1'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mig_layouts, greedy, false)->Arg(100)->Arg(1'000)->Unit(benchmark::kMillisecond);

void mig_tables(benchmark::State& bench) {
  for (auto _ : bench) {
    const MigGeometry geometry(*find_mig_family("a100-40"));
    const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()));
    benchmark::DoNotOptimize(lookahead.score(MigGeometry::kEmpty));
  }
}
BENCHMARK(mig_tables)->Unit(benchmark::kMillisecond);

// 100 A100 at a load of 0.95 of their memory slices, all profiles equally often, requests that find no place are lost:
// the share of the slices asked for that was given.
void mig_acceptance(benchmark::State& bench, MigScore score, MigGpuChoice choice) {
  const MigGeometry geometry(*find_mig_family("a100-40"));
  const MigLookahead lookahead(geometry, equal_mig_weights(geometry.family()), {score, choice});
  constexpr std::uint32_t kGpus = 100;
  constexpr int kRequests = 60'000;
  const std::vector<std::uint8_t> profiles{0, 2, 3, 4, 5, 6};
  double slices = 0;
  for (const std::uint8_t profile : profiles) slices += geometry.family().profiles[profile].memory_slices;
  const double mean_distance = slices / static_cast<double>(profiles.size()) / (0.95 * kGpus * 8);
  double asked = 0;
  double given = 0;
  for (auto _ : bench) {
    MigPool pool(lookahead, kGpus);
    Random random(1, "acceptance");
    using End = std::tuple<double, std::uint32_t, std::uint8_t>;
    std::priority_queue<End, std::vector<End>, std::greater<>> ends;
    double now = 0;
    for (int i = 0; i < kRequests; ++i) {
      now += random.exponential(mean_distance);
      for (; !ends.empty() && std::get<0>(ends.top()) <= now; ends.pop()) {
        pool.release_and_destroy({std::get<1>(ends.top()), std::get<2>(ends.top())});
      }
      const std::size_t profile = profiles[random.below(profiles.size())];
      const double held = random.exponential(1.0);
      const auto found = pool.allocate(profile);
      if (found) ends.emplace(now + held, found->gpu, found->place);
      if (i < kRequests / 10) continue;  // warm-up
      asked += geometry.family().profiles[profile].memory_slices;
      if (found) given += geometry.family().profiles[profile].memory_slices;
    }
  }
  bench.counters["accepted"] = given / asked;
}
BENCHMARK_CAPTURE(mig_acceptance, room_packed, MigScore::Room, MigGpuChoice::Packed)->Iterations(1);
BENCHMARK_CAPTURE(mig_acceptance, room_least_loss, MigScore::Room, MigGpuChoice::LeastLoss)->Iterations(1);
BENCHMARK_CAPTURE(mig_acceptance, room_spread, MigScore::Room, MigGpuChoice::Spread)->Iterations(1);
BENCHMARK_CAPTURE(mig_acceptance, stranded_least_loss, MigScore::Stranded, MigGpuChoice::LeastLoss)->Iterations(1);

}  // namespace
}  // namespace seatrial

// Cost of re-rating: a meter alone, and a device whose sharers change with the meters of all of them, over 100,000
// devices. Items are re-rates of jobs.
#include <benchmark/benchmark.h>

#include <vector>

#include "models/device_sharing.h"
#include "models/sharing_scores.h"
#include "sim/random.h"
#include "tests/support/sharing_world.h"

namespace seatrial {
namespace {

void meter(benchmark::State& bench) {
  WorkMeter meter(Duration{INT64_MAX / 2}, Time{0}, kFullRate);
  Time now{0};
  std::uint64_t units = kFullRate.units / 3;
  for (auto _ : bench) {
    now = now + Duration{1'000'003};
    units = units * 5 / 7 + 12'345;
    meter.set_rate(now, Rate{units});
    benchmark::DoNotOptimize(meter.end());
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations()));
}
BENCHMARK(meter);

SpeedTables tables_with_slices() {
  SpeedTablesBuilder builder;
  static_cast<void>(builder.gpu("gpu"));
  for (std::uint16_t w = 0; w < 83; ++w) {
    WorkloadProfile profile;
    profile.compute = 0.3 + 0.008 * w;
    profile.bandwidth = 0.9 - 0.008 * w;
    profile.bandwidth_bound = 0.5;
    profile.power = 0.5 + 0.01 * w;
    builder.set_profile(builder.workload("w" + std::to_string(w), 1), profile);
    builder.set_isolated(0, w, 10);
    for (std::uint16_t other = 0; other <= w; ++other) {
      builder.set_colocated({0, w, other}, 4 + 0.05 * w);
      builder.set_colocated({0, other, w}, 4 + 0.05 * other);
    }
  }
  static_cast<void>(builder.slice({14.0 / 108, 1.0 / 8}));
  return builder.build();
}

// One job leaves a device and another one comes, on 100,000 devices with `sharers` jobs each; every job whose rate
// changed gets its meter set and its end computed.
void devices(benchmark::State& bench, SharingMode mode) {
  constexpr std::uint32_t kDevices = 100'000;
  const SpeedTables tables = tables_with_slices();
  const SpeedModel model = usual_model(tables);
  const auto per_device = static_cast<std::uint32_t>(bench.range(0));
  const std::uint16_t slice = mode == SharingMode::Mig ? 1 : kWholeGpu;
  DeviceSharing sharing(model, kDevices, {0, mode});
  std::vector<WorkMeter> meters(std::size_t{kDevices} * per_device);
  Time now{0};
  for (std::uint32_t job = 0; job < meters.size(); ++job) {
    const auto changes = sharing.attach(job % kDevices, {{job}, static_cast<std::uint16_t>(job * 7U % 83), slice});
    meters[job] = WorkMeter(Duration{INT64_MAX / 2}, now, changes.back().rate);
  }
  Random random(1, "bench");
  std::int64_t re_rates = 0;
  Time latest{0};
  const auto re_rate = [&](std::span<const RateChange> changes) {
    for (const RateChange& change : changes) {
      meters[change.job.index].set_rate(now, change.rate);
      latest = std::max(latest, meters[change.job.index].end());
    }
    re_rates += static_cast<std::int64_t>(changes.size());
  };
  for (auto _ : bench) {
    now = now + Duration{1'000};
    const auto device = static_cast<std::uint32_t>(random.below(kDevices));
    const JobId job = sharing.sharers(device)[random.below(per_device)].job;
    re_rate(sharing.detach(device, job));
    re_rate(sharing.attach(device, {job, static_cast<std::uint16_t>(random.below(83)), slice}));
  }
  benchmark::DoNotOptimize(latest);
  bench.SetItemsProcessed(re_rates);
  bench.counters["bytes_per_device"] = static_cast<double>(sharing.bytes()) / kDevices;
}
BENCHMARK_CAPTURE(devices, time_slicing, SharingMode::TimeSlicing)->Arg(2)->Arg(4);
BENCHMARK_CAPTURE(devices, mps_two_resource, SharingMode::Mps)->Arg(2)->Arg(7);
BENCHMARK_CAPTURE(devices, share_pair_table, SharingMode::Share)->Arg(2)->Arg(7);
BENCHMARK_CAPTURE(devices, mig, SharingMode::Mig)->Arg(7);

void cost_of_joining(benchmark::State& bench) {
  const SpeedTables tables = tables_with_slices();
  const SpeedModel model = usual_model(tables);
  JoinCosts costs(model);
  const std::vector<Sharer> sharers{{{1}, 3}, {{2}, 40}, {{3}, 80}};
  for (auto _ : bench) {
    benchmark::DoNotOptimize(interference_score(costs.of({{0, SharingMode::Share}, sharers, {{4}, 20}})));
  }
}
BENCHMARK(cost_of_joining);

}  // namespace
}  // namespace seatrial

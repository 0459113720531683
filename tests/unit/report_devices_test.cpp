// reports/report_devices and device_history: what the page shows of cut and shared GPUs adds up to what the run's
// summary says, and odd worlds have a state of their own.
#include "reports/report_devices.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/cluster.h"
#include "models/gpu_partitions.h"
#include "models/workload.h"
#include "reports/report_data.h"
#include "tests/support/paths.h"
#include "tests/support/scenario_run.h"

namespace seatrial {
namespace {

double total(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

struct Shown {
  explicit Shown(ScenarioRun done) : run(std::move(done)), names(run.run->parts.cluster) {
    nodes = report_nodes(run.run->parts.cluster);
    data = report_data(input());
  }

  [[nodiscard]] ReportInput input() const {
    const SimulatedRun& done = *run.run;
    return {run.summary, done.parts.workload, done.table, done.metrics,        names,
            nodes,       *done.history,       nullptr,    &done.parts.cluster, done.devices ? &*done.devices : nullptr};
  }
  [[nodiscard]] const DeviceReport& devices() const { return data.devices; }
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(report_json(input(), data)).at("devices"); }
  [[nodiscard]] double lost_s() const {
    double sum = 0;
    for (const SharingCell& cell : devices().sharing) sum += cell.lost_s;
    return sum;
  }
  [[nodiscard]] double held_s() const {
    double sum = 0;
    for (const SharingCell& cell : devices().sharing) sum += cell.gpu_s;
    return sum;
  }

  ScenarioRun run;
  ClusterNodeNames names;
  std::vector<ReportNode> nodes;
  ReportData data;
};

RunOptions recording() {
  RunOptions options;
  options.report_history = true;
  return options;
}

Shown shown_of(const std::string& text) { return Shown(run_text(text, recording())); }
Shown library(const std::string& name) {
  return Shown(run_file(source_file("scenarios/library/" + name + ".yaml"), recording()));
}

std::string with_gpu(const std::string& gpu, const std::string& workload, const std::string& more = "") {
  return "schema: seatrial/v1\nname: divided\ncluster: {pools: [{name: p, count: 1, gpu: {model: a100-40, " + gpu +
         "}}]}\nworkload: [{name: w, " + workload + "}]\nscheduler: {admission: best-effort}\n" + more;
}

TEST(ReportDevices, PlainAndSequentialRunsHaveNothingToShow) {
  EXPECT_FALSE(library("quickstart").devices().divided);
  EXPECT_TRUE(library("quickstart").json().is_null());
  const Shown sequential = shown_of(
      "schema: seatrial/v1\nname: s\ncluster: {pools: [{name: p, count: 2, gpu: {model: a100-40, count: 4}}]}\n"
      "workload: [{name: w, arrivals: sequential, generate: {jobs: 9, rate: 1/s, gpus: {500m: 1}, duration: "
      "{distribution: exponential, mean: 9s}}}]\n");
  EXPECT_TRUE(sequential.json().is_null());
}

TEST(ReportDevices, TheTrapOfTwo3gIsSeenOnTheSlices) {
  const Shown shown = library("mig-3g-3g-1g");
  const DeviceReport& devices = shown.devices();
  ASSERT_EQ(devices.sampled.size(), 1U);
  ASSERT_EQ(devices.mig.size(), 1U);
  const MigPoolShown& pool = devices.mig[0];
  EXPECT_EQ(pool.compute_slices, 7);
  const SampledGpu& gpu = devices.sampled[0];
  ASSERT_EQ(gpu.busy.size(), 3U);
  int small_at = -1;
  for (const SliceBar& bar : gpu.busy) {
    const MigPlaceShown& place = pool.places[bar.place];
    EXPECT_LE(place.start + place.compute, 7);
    if (pool.profiles[place.profile] == "1g.5gb") small_at = place.start;
    // While somebody holds an instance, it exists.
    double covered = 0;
    for (const SliceBar& one : gpu.exist) {
      if (one.place == bar.place) covered += std::min(one.end_s, bar.end_s) - std::max(one.begin_s, bar.begin_s);
    }
    EXPECT_NEAR(covered, bar.end_s - bar.begin_s, 1e-6);
  }
  EXPECT_NE(small_at, 3) << "compute slice 3 has no memory left beside 3g + 3g";
  EXPECT_FALSE(devices.merged);
}

TEST(ReportDevices, RecutsStandAmongTheOverheads) {
  EXPECT_EQ(library("mig-recut-cost").run.summary.header.overheads,
            std::vector<std::string>{"re-cut of a GPU 60 s, no new pods on its node for 60 s (pool a100)"});
  EXPECT_TRUE(library("gpu-sharing").run.summary.header.overheads.empty());
}

TEST(ReportDevices, RecutsAreThoseOfTheSummary) {
  for (const char* name : {"mig-3g-3g-1g", "mig-recut-cost", "gpu-sharing"}) {
    const Shown shown = library(name);
    std::uint64_t count = 0;
    double lost = 0;
    double in_buckets = 0;
    for (const MigPoolShown& pool : shown.devices().mig) {
      count += pool.recuts;
      lost += pool.recut_s;
      in_buckets += total(pool.recut_s_in);
    }
    EXPECT_EQ(static_cast<double>(count), shown.run.summary.divided.recuts.value_or(-1)) << name;
    EXPECT_NEAR(lost, shown.run.summary.divided.recut_s.value_or(-1), 1e-6) << name;
    EXPECT_NEAR(in_buckets, lost, 1e-6) << name;
  }
}

// At any time no more is busy than exists, and no more exists than there are slices.
void expect_slices_conserved(const Shown& shown, const std::string& name) {
  for (const MigPoolShown& pool : shown.devices().mig) {
    std::vector<double> slices(DeviceReport::kBuckets, 0);
    for (std::size_t profile = 0; profile < pool.profiles.size(); ++profile) {
      const auto& exist = pool.exist[profile];
      const auto& busy = pool.busy[profile];
      for (std::size_t i = 0; i < DeviceReport::kBuckets; ++i) {
        const double there = exist.empty() ? 0 : exist[i];
        EXPECT_LE(busy.empty() ? 0 : busy[i], there + 1e-6) << name << ' ' << pool.profiles[profile] << ' ' << i;
        slices[i] += there * pool.compute[profile];
      }
    }
    for (const double sum : slices) EXPECT_LE(sum, pool.gpus * pool.compute_slices + 1e-6) << name;
  }
}

TEST(ReportDevices, NoMoreIsBusyThanExists) {
  for (const char* name : {"mig-3g-3g-1g", "mig-recut-cost", "mig-dynamic", "gpu-sharing"}) {
    expect_slices_conserved(library(name), name);
  }
}

TEST(ReportDevices, LayoutsOfAnOptimizingPartitionerAreFollowed) {
  const Shown shown = shown_of(
      with_gpu("count: 4, mode: mig, partitioner: {name: optimizing, period: 10m, delay: 45s}",
               "generate: {jobs: 300, rate: 60/h, duration: {distribution: exponential, mean: 5m}, gpus: {mig-1g.5gb: "
               "0.6, mig-3g.20gb: 0.4}}",
               "models: {sharing: none}\n"));
  expect_slices_conserved(shown, "optimizing");
  const SimulatedRun& run = *shown.run.run;
  const MigNodes& mig = *run.parts.cluster.partitions()->mig(PoolId{0});
  std::vector<MigGeometry::StateId> last(4, MigGeometry::kNoState);
  for (const CutChange& cut : run.devices->cuts()) last[cut.device] = cut.state;
  for (std::uint32_t gpu = 0; gpu < 4; ++gpu) EXPECT_EQ(last[gpu], mig.pool().existing(gpu));
  EXPECT_GT(run.devices->cuts().size(), 4U);
}

TEST(ReportDevices, WhatJobsLoseToEachOtherIsWhatTheSummaryCounts) {
  for (const char* name : {"gpu-sharing", "mig-dynamic"}) {
    const Shown shown = library(name);
    EXPECT_NEAR(shown.lost_s(), *shown.run.summary.divided.slowed_gpu_s, 1e-3 * shown.lost_s() + 1e-6) << name;
    EXPECT_TRUE(shown.devices().speed_modelled);
  }
  EXPECT_FALSE(library("mig-recut-cost").devices().speed_modelled);
}

TEST(ReportDevices, EverySecondOfAJobIsCountedOnce) {
  const std::string profiles = source_file("scenarios/library/data/work-profiles.csv");
  const Shown shown = shown_of(
      with_gpu("count: 1, mode: time-slicing, replicas: 2",
               "generate: {jobs: 40, rate: 12/h, duration: {distribution: exponential, mean: 8m}, gpus: {1: 1}}, job: "
               "{work: inference}",
               "models: {profiles: " + profiles + "}\n"));
  const DeviceReport& devices = shown.devices();
  ASSERT_EQ(devices.kinds.size(), 1U);
  ASSERT_EQ(devices.sharing.size(), 2U) << "beside each other, and alone";
  // Every second of every job is in one of the two cells: half a GPU each.
  double held = 0;
  const SimulatedRun& run = *shown.run.run;
  for (std::uint32_t job = 0; job < 40; ++job) held += 0.5 * (run.table.end[{job}] - run.table.start[{job}]).seconds();
  EXPECT_NEAR(shown.held_s(), held, 1e-6 * held);
  EXPECT_GT(shown.lost_s(), 0);
  for (const SharingCell& cell : devices.sharing)
    EXPECT_EQ(cell.mode, static_cast<std::size_t>(SharingMode::TimeSlicing));
}

TEST(ReportDevices, TimeIsSplitOverTheKindsBeside) {
  // On one GPU: half of it from 0 to 100 s, a quarter from 50 to 150 s, and another quarter from 80 to 90 s.
  const std::string path = testing::TempDir() + "sharing-" + std::to_string(::getpid()) + ".csv";
  std::ofstream(path) << "job_id,submit_s,duration_s,gpus,gpu_milli\na,0,100,1,500\nb,50,100,1,250\nc,80,10,1,250\n";
  OnePool scenario;
  scenario.trace = "format: native, file: " + path;
  const Shown shown = shown_of(scenario_text(scenario));
  const DeviceReport& devices = shown.devices();
  ASSERT_EQ(devices.kinds, (std::vector<std::string>{"up to 0.25 GPU", "up to 0.5 GPU"}));
  std::map<std::pair<std::size_t, int>, double> held;  // kind, kind beside it or -1
  for (const SharingCell& cell : devices.sharing) {
    held[{cell.of, cell.beside ? static_cast<int>(*cell.beside) : -1}] = cell.gpu_s;
  }
  EXPECT_DOUBLE_EQ((held[{1, -1}]), 25) << "the half alone, 0 to 50 s";
  EXPECT_DOUBLE_EQ((held[{1, 0}]), 25) << "beside one quarter or two";
  EXPECT_DOUBLE_EQ((held[{0, -1}]), 12.5) << "b from 100 s on";
  // Beside the half alone 40 s; while both quarters are there, 10 s each, half of it counts beside each other.
  EXPECT_DOUBLE_EQ((held[{0, 1}]), 0.25 * 40 + 0.25 * 10);
  EXPECT_DOUBLE_EQ((held[{0, 0}]), 0.25 * 10);
}

TEST(ReportDevices, SharesOfPlainGpusAreShownWithoutModes) {
  const Shown shown = shown_of(
      with_gpu("count: 2",
               "generate: {jobs: 50, rate: 1/s, gpus: {500m: 1, 250m: 1, 1: 1}, duration: {distribution: exponential, "
               "mean: 60s}}"));
  EXPECT_TRUE(shown.devices().divided);
  EXPECT_TRUE(shown.devices().mig.empty());
  EXPECT_FALSE(shown.devices().sharing.empty());
  EXPECT_EQ(shown.lost_s(), 0);
  const auto json = shown.json();
  EXPECT_EQ(json.at("sharing").at("modelled"), false);
  EXPECT_TRUE(json.at("memory").is_null()) << "no job states its memory";
}

TEST(ReportDevices, MemoryOverTimeHasTheMeansOfTheSummary) {
  const Shown shown = library("gpu-sharing");
  ASSERT_TRUE(shown.devices().memory);
  const MemoryShown& memory = *shown.devices().memory;
  const DividedGpus& divided = shown.run.summary.divided;
  const double count = static_cast<double>(DeviceReport::kBuckets);
  EXPECT_NEAR(total(memory.asked_gib) / count, *divided.memory_asked_gib, 1e-6 * *divided.memory_asked_gib);
  EXPECT_NEAR(total(memory.allocated_gib) / count, *divided.memory_allocated_gib, 1e-6 * *divided.memory_allocated_gib);
}

TEST(ReportDevices, ManyJobsBecomeMeansAndThePageStaysSmall) {
  const Shown shown =
      shown_of(with_gpu("count: 8, mode: mig, layout: all-balanced",
                        "generate: {jobs: 40000, rate: 6000/h, duration: {distribution: exponential, mean: 10s}, gpus: "
                        "{mig-1g.5gb: 0.6, mig-2g.10gb: 0.2, mig-3g.20gb: 0.2}}",
                        "models: {sharing: none}\n"));
  const DeviceReport& devices = shown.devices();
  EXPECT_TRUE(devices.merged);
  std::size_t bars = 0;
  double shares = 0;
  for (const SampledGpu& gpu : devices.sampled) {
    bars += gpu.exist.size() + gpu.busy.size();
    for (const SliceBar& bar : gpu.busy) {
      EXPECT_GT(bar.share, 0);
      EXPECT_LE(bar.share, 1);
      shares += bar.share * (bar.end_s - bar.begin_s);
    }
  }
  EXPECT_LE(bars, DeviceReport::kBarsKept);
  EXPECT_GT(shares, 0);
  EXPECT_LT(shown.json().dump().size(), 1'500'000U);
}

TEST(ReportDevices, TheSameRunGivesTheSameBytes) {
  const Shown first = library("mig-recut-cost");
  const Shown second = library("mig-recut-cost");
  EXPECT_EQ(first.json().dump(), second.json().dump());
}

}  // namespace
}  // namespace seatrial

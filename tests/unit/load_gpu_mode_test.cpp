// What a user can get wrong about cut and shared GPUs: one message for each mistake, with its place.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/load.h"
#include "sim/error.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

std::string errors_of(const std::string& text) {
  LoadOptions options;
  options.check_files = false;
  try {
    (void)load_scenario_text(text, "s.yaml", options);
  } catch (const InputError& error) {
    return error.problems().text();
  }
  return "";
}

std::string with_gpu(const std::string& gpu) {
  return scenario_with("cluster", "cluster: {pools: [{name: p, count: 2, gpu: {" + gpu + "}}]}\n");
}

struct BadGpu {
  const char* name;
  const char* gpu;
  const char* message;
};

class BadGpuMode : public testing::TestWithParam<BadGpu> {};

TEST_P(BadGpuMode, IsOneMessageAtItsPlace) {
  const std::string errors = errors_of(with_gpu(GetParam().gpu));
  EXPECT_NE(errors.find(std::string("s.yaml:3:")), std::string::npos) << errors;
  EXPECT_NE(errors.find(GetParam().message), std::string::npos) << errors;
  EXPECT_EQ(errors.find('\n'), errors.empty() ? std::string::npos : errors.size() - 1) << "more than one: " << errors;
}

INSTANTIATE_TEST_SUITE_P(
    Mode, BadGpuMode,
    testing::Values(
        BadGpu{"Unknown", "model: a100-40, count: 8, mode: mps2, replicas: 2",
               "cluster.pools[0].gpu.mode: unknown mode of GPUs \"mps2\"; known: exclusive, share, time-slicing, mps, "
               "mig"},
        BadGpu{"NoReplicas", "model: a100-40, count: 8, mode: time-slicing", "key \"replicas\" is missing"},
        BadGpu{"ZeroReplicas", "model: a100-40, count: 8, mode: time-slicing, replicas: 0",
               "cluster.pools[0].gpu.replicas: 0 is out of range; expected 1..1000"},
        BadGpu{"ThreadPercentage", "model: a100-40, count: 8, mode: mps, replicas: 2, thread_percentage: 101",
               "cluster.pools[0].gpu.thread_percentage: 101 is out of range; expected above 0, up to 100"},
        BadGpu{"ReplicasOfWhole", "model: a100-40, count: 8, mode: exclusive, replicas: 2",
               "cluster.pools[0].gpu.replicas: GPUs in mode exclusive have no replicas"},
        BadGpu{"OvercommitOfMps", "model: a100-40, count: 8, mode: mps, replicas: 2, overcommit: true",
               "GPUs in mode mps have no overcommit"},
        BadGpu{"Reserve", "model: a100-40, count: 8, mode: share, memory_reserve: 64Gi",
               "cluster.pools[0].gpu.memory_reserve: the reserve leaves nothing of the"},
        BadGpu{"NoMig", "model: v100-16, count: 8, mode: mig, layout: all-1g.5gb",
               "GPU model \"v100-16\" cannot be cut by MIG"},
        BadGpu{"NoLayout", "model: a100-40, count: 8, mode: mig", "mode mig needs a layout"},
        BadGpu{"OtherFamily", "model: a100-40, count: 8, mode: mig, layout: [1g.18gb]",
               "cluster.pools[0].gpu.layout[0]: "},
        BadGpu{"TooMuch", "model: a100-40, count: 8, mode: mig, layout: {3g.20gb: 2, 1g.5gb: 1}",
               "cluster.pools[0].gpu.layout: "},
        BadGpu{"Single", "model: a100-40, count: 8, mode: mig, strategy: single, layout: all-balanced",
               "strategy single needs instances of one profile on every GPU"},
        BadGpu{"SingleRecut",
               "model: a100-40, count: 8, mode: mig, strategy: single, layout: all-1g.5gb, partitioner: on-demand",
               "strategy single keeps one layout"},
        BadGpu{"NoPeriod", "model: a100-40, count: 8, mode: mig, partitioner: {name: optimizing}",
               "key \"period\" is missing"},
        BadGpu{"DelayOfStatic",
               "model: a100-40, count: 8, mode: mig, layout: all-1g.5gb, partitioner: {name: static, delay: 5s}",
               "cluster.pools[0].gpu.partitioner.delay: unknown key"}),
    [](const auto& row) { return std::string(row.param.name); });

// "0.5" has a dot, but is no resource that somebody could advertise.
TEST(GpuSizes, AFractionIsNoResource) {
  const std::string errors =
      errors_of(scenario_with("workload",
                              "workload: [{name: w, generate: {jobs: 3, rate: 1/s, gpus: {0.5: 1}, duration: "
                              "{distribution: exponential, mean: 9s}}}]\n"));
  EXPECT_NE(errors.find("not \"0.5\"; expected 0..10000000 GPUs, a share such as 500m"), std::string::npos) << errors;
}

TEST(GpuModeRules, ReservationsAndPreemptionCountWholeGpus) {
  const std::string pool =
      "cluster: {pools: [{name: p, count: 2, gpu: {model: a100-40, count: 8, mode: mig, layout: all-1g.5gb}}]}\n";
  EXPECT_NE(errors_of(scenario_with("cluster", pool + "scheduler: {admission: easy}\n")).find("reservations"),
            std::string::npos);
  EXPECT_NE(errors_of(scenario_with("cluster", pool + "scheduler: {order: srtf}\n")).find("preemption"),
            std::string::npos);
  const std::string models = "models: {sharing: {share: two-resource}}\nscheduler: {admission: easy}\n";
  EXPECT_NE(errors_of(scenario_with("more", models)).find("do not go with models"), std::string::npos);
}

TEST(GpuModeRules, ModelsSuitTheirModes) {
  EXPECT_EQ(errors_of(scenario_with("more", "models: {sharing: {share: pair-table, mig: none}}\n")), "");
  EXPECT_NE(errors_of(scenario_with("more", "models: {sharing: {mig: pair-table}}\n"))
                .find("pair-table does not describe GPUs in mode mig"),
            std::string::npos);
  EXPECT_NE(errors_of(scenario_with("more", "models: {sharing: pairs}\n")).find("unknown sharing model \"pairs\""),
            std::string::npos);
  EXPECT_NE(
      errors_of(scenario_with("more", "models: {reference_gpu: v100}\n")).find("reference_gpu without isolated speeds"),
      std::string::npos);
}

TEST(GpuModeRules, CountedPoolsHaveNoModes) {
  const std::string pool =
      "cluster: {pools: [{name: p, count: 2, counted: true, gpu: {model: a100-40, count: 8, mode: "
      "time-slicing, replicas: 2}}]}\n";
  EXPECT_NE(errors_of(scenario_with("cluster", pool)).find("a counted pool knows no devices"), std::string::npos);
}

}  // namespace
}  // namespace seatrial

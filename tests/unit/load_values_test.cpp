// What the loader makes of good scenarios: values, units, defaults, and that JSON says the same as YAML.
#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/load.h"
#include "tests/support/paths.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

ScenarioSpec load(const std::string& text) {
  LoadOptions options;
  options.check_files = false;
  return load_scenario_text(text, "folder/s.yaml", options);
}

TEST(LoadValues, LeftOutAxesAreFifoStrictNoneBestFit) {
  const ScenarioSpec spec = load(good_scenario());
  EXPECT_EQ(spec.scheduler.order.name, "fifo");
  EXPECT_EQ(spec.scheduler.admission, Admission::Strict);
  EXPECT_EQ(spec.scheduler.preemption, Preemption::None);
  EXPECT_TRUE(spec.scheduler.placement.empty());
  EXPECT_EQ(spec.scheduler.estimate, Estimate::Oracle);
  EXPECT_FALSE(spec.scheduler.queues_per_tenant);
  EXPECT_EQ(spec.seed, 1U);
  EXPECT_FALSE(spec.until.has_value());
  EXPECT_TRUE(spec.overheads.start.zero());
}

TEST(LoadValues, PreemptiveOrdersSetTheOtherAxesUnlessTheScenarioDoes) {
  for (const char* order : {"srtf", "srsf", "las", "gittins", "tiresias"}) {
    const ScenarioSpec spec = load(scenario_with("more", std::string("scheduler: {order: ") + order + "}\n"));
    EXPECT_EQ(spec.scheduler.admission, Admission::BestEffort) << order;
    EXPECT_EQ(spec.scheduler.preemption, Preemption::OnEvent) << order;
  }
  const ScenarioSpec spec =
      load(scenario_with("more", "scheduler: {order: las, admission: strict, preemption: none}\n"));
  EXPECT_EQ(spec.scheduler.admission, Admission::Strict);
  EXPECT_EQ(spec.scheduler.preemption, Preemption::None);
}

TEST(LoadValues, QueuesArePerTenantWherePoolsAreDedicated) {
  const std::string dedicated = "cluster: {pools: [{name: p, count: 1, tenants: [a]}]}\n";
  EXPECT_TRUE(load(scenario_with("cluster", dedicated)).scheduler.queues_per_tenant);
  EXPECT_FALSE(load(scenario_with("cluster", dedicated + "scheduler: {queues: single}\n")).scheduler.queues_per_tenant);
}

TEST(LoadValues, PoolsKeepEveryQuantity) {
  const ScenarioSpec spec = load(
      scenario_with("cluster",
                    "cluster:\n  pools:\n  - name: p\n    count: 20\n    node: {cpu: 500m, memory: 1Ti, pods: 110}\n"
                    "    gpu: {model: a100-40, count: 8}\n    labels: {topology.kubernetes.io/zone: a}\n"
                    "    taints: [{key: k, value: v, effect: NoSchedule}]\n    price: 32.77 USD/h\n    tenants: [x, "
                    "y]\n    counted: true\n"
                    "  - import: {format: openb, file: nodes.csv.gz, rank: /rank.csv.gz, rank_seed: 42}\n"
                    "  changes: [{at: 10d, pool: import1, count: 24}]\n"));
  const PoolSpec& pool = spec.cluster.pools.at(0);
  EXPECT_EQ(pool.count, 20U);
  EXPECT_EQ(pool.cpu_milli, 500);
  EXPECT_EQ(pool.memory_mib, 1024 * 1024);
  EXPECT_EQ(pool.max_pods, 110U);
  EXPECT_EQ(pool.gpu_model, "a100-40");
  EXPECT_EQ(pool.gpus, 8U);
  EXPECT_TRUE(pool.counted);
  EXPECT_EQ(pool.labels.at(0).first, "topology.kubernetes.io/zone");
  EXPECT_EQ(pool.taints.at(0).value, "v");
  EXPECT_DOUBLE_EQ(pool.price_usd_per_hour.value(), 32.77);
  EXPECT_EQ(pool.tenants.size(), 2U);
  EXPECT_EQ(spec.cluster.pools.at(1).name, "import1");
  EXPECT_EQ(spec.imports.at(0).nodes.file, "folder/nodes.csv.gz");
  EXPECT_EQ(spec.imports.at(0).rank.file, "/rank.csv.gz");
  EXPECT_EQ(spec.imports.at(0).rank_seed, 42);
  EXPECT_EQ(spec.imports.at(0).pool, 1U);
  EXPECT_EQ(spec.cluster.changes.at(0).pool, 1U);
  EXPECT_EQ(spec.cluster.changes.at(0).at.ns, 864000 * kNsPerSecond);
}

TEST(LoadValues, PoolsLeftUnlimitedAreUnlimited) {
  const PoolSpec pool = load(good_scenario()).cluster.pools.at(0);
  EXPECT_EQ(pool.cpu_milli, kUnlimited);
  EXPECT_EQ(pool.memory_mib, kUnlimited);
  EXPECT_EQ(pool.max_pods, 0U);
}

TEST(LoadValues, TracesKeepFilterAndDefaults) {
  const ScenarioSpec spec = load(scenario_with(
      "workload",
      "workload:\n- trace:\n    format: openb\n    file: ../t.csv\n"
      "    where: {vc: vcvGl, gpus: [1, 2], submit_s: '>= 2592000', user: '!= bob', n: '== 5'}\n"
      "    truncate: 1s\n    load: 1.5\n    order: o.csv\n    order_seed: 43\n"
      "  arrivals: sequential\n"
      "  job: {cpu: 2, memory: 4Gi, gpus_per_pod: 8, node_selector: {disk: ssd}, tolerations: [{key: k}]}\n"));
  const WorkloadSpec& entry = spec.workload.at(0);
  const TraceOptions& trace = entry.trace.value();
  EXPECT_TRUE(entry.sequential);
  EXPECT_EQ(trace.file, "folder/../t.csv");
  EXPECT_EQ(trace.order_file, "folder/o.csv");
  EXPECT_EQ(trace.order_seed, 43);
  EXPECT_EQ(trace.truncate.ns, kNsPerSecond);
  EXPECT_DOUBLE_EQ(trace.load, 1.5);
  EXPECT_EQ(trace.where.at(0).values, std::vector<std::string>{"vcvGl"});
  EXPECT_EQ(trace.where.at(1).values, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(trace.where.at(2).op, WhereCondition::Op::GreaterEqual);
  EXPECT_DOUBLE_EQ(trace.where.at(2).number, 2592000);
  EXPECT_EQ(trace.where.at(3).op, WhereCondition::Op::NotEqual);
  EXPECT_EQ(trace.where.at(4).values, std::vector<std::string>{"5"});
  EXPECT_EQ(trace.default_cpu_milli_per_gpu, 2000);
  EXPECT_EQ(trace.default_memory_mib_per_gpu, 4096);
  EXPECT_EQ(trace.gpus_per_pod, 8U);
  ASSERT_EQ(trace.constraint, 1U);
  EXPECT_EQ(spec.cluster.constraints.at(1).node_selector.at(0).second, "ssd");
  EXPECT_EQ(spec.cluster.constraints.at(1).tolerations.at(0).key, "k");
}

TEST(LoadValues, GeneratorsKeepEveryKey) {
  const ScenarioSpec spec =
      load(scenario_with("workload",
                         "workload:\n- generate:\n    jobs: 7\n    load: 0.9\n    start: 1h\n    arrivals: constant\n"
                         "    weekly: [1, 1, 1, 1, 1, 0, 0]\n    burst: {probability: 0.1, mean_jobs: 4}\n"
                         "    duration: {distribution: weibull, scale: 10m, shape: 0.7, min: 1s, max: 1d}\n"
                         "    gpus: {1: 0.6, 8: 0.4}\n    tenants: {a: 1, b: 2}\n    users_per_tenant: 5\n"
                         "    estimate: {factor: 2, sigma: 0.5}\n    resolution: 1ms\n"));
  const GeneratorSpec& generator = spec.workload.at(0).generate.value();
  EXPECT_EQ(generator.jobs, 7U);
  EXPECT_DOUBLE_EQ(generator.load, 0.9);
  EXPECT_EQ(generator.cluster_gpus, 16U);
  EXPECT_EQ(generator.start.ns, 3600 * kNsPerSecond);
  EXPECT_EQ(generator.arrivals, GeneratorSpec::Arrivals::Constant);
  EXPECT_EQ(generator.weekly.size(), 7U);
  EXPECT_DOUBLE_EQ(generator.burst_probability, 0.1);
  EXPECT_EQ(generator.durations, GeneratorSpec::Durations::Weibull);
  EXPECT_DOUBLE_EQ(generator.duration_median_s, 600);
  EXPECT_DOUBLE_EQ(generator.duration_shape, 0.7);
  EXPECT_DOUBLE_EQ(generator.duration_max_s, 86400);
  EXPECT_EQ(generator.gpus.at(1).first.gpus, 8U);
  EXPECT_EQ(generator.gpus.at(1).second, 0.4);
  EXPECT_EQ(generator.tenants.at(1).first, "b");
  EXPECT_DOUBLE_EQ(generator.estimate_factor, 2);
  EXPECT_EQ(generator.resolution.ns, 1'000'000);
}

TEST(LoadValues, RatesAreReadPerSecond) {
  const auto rate = [](const std::string& text) {
    const std::string keys = "{rate: " + text + ", duration: {distribution: constant, mean: 1s}}";
    return load(scenario_with("workload", "workload: [{generate: " + keys + "}]\n"))
        .workload.at(0)
        .generate->rate_per_s;
  };
  EXPECT_DOUBLE_EQ(rate("12/s"), 12);
  EXPECT_DOUBLE_EQ(rate("6/min"), 0.1);
  EXPECT_DOUBLE_EQ(rate("3/h"), 3.0 / 3600);
  EXPECT_DOUBLE_EQ(rate("\"86400 / d\""), 1);
}

TEST(LoadValues, SchedulerAndRestKeepTheirParameters) {
  const ScenarioSpec spec = load(scenario_with(
      "more",
      "scheduler: {order: {name: tiresias, thresholds_gpu_s: [3250, 7200]}, preemption: {round: 60s}, "
      "placement: [{name: fgd, weight: 2}, dot-product], estimate: {noise: 0.5}, gang: {span_pools: true}, "
      "kill_at_limit: true, max_waiting: 7}\n"
      "overheads: {start: 5s, restart: {by_gpus: {8: 30s, 1: 7s, more: 60s}}, "
      "checkpoint: {bytes_per_gpu: 16Gi, write: 2Gi/s, read: 4Gi/s}}\n"
      "metrics: {warmup: 1h, series_interval: 60s, fragmentation: {target: workload, popularity: 0.9}}\n"
      "goals: [\"wait_s.p95 <= 600\", gpu.allocated_ratio.mean>=0.7]\n"));
  EXPECT_EQ(spec.scheduler.order.parameters.numbers("thresholds_gpu_s", {}), (std::vector<double>{3250, 7200}));
  EXPECT_EQ(spec.scheduler.preemption, Preemption::Round);
  EXPECT_EQ(spec.scheduler.round.ns, 60 * kNsPerSecond);
  EXPECT_EQ(spec.scheduler.placement.size(), 2U);
  EXPECT_DOUBLE_EQ(spec.scheduler.placement.at(0).weight, 2);
  EXPECT_EQ(spec.scheduler.estimate, Estimate::Noise);
  EXPECT_DOUBLE_EQ(spec.scheduler.noise_sigma, 0.5);
  EXPECT_TRUE(spec.scheduler.span_pools);
  EXPECT_TRUE(spec.scheduler.kill_at_limit);
  EXPECT_EQ(spec.scheduler.max_waiting, 7U);
  EXPECT_EQ(spec.overheads.restart.steps.at(0), (std::pair<std::uint32_t, Duration>{1, {7 * kNsPerSecond}}));
  EXPECT_EQ(spec.overheads.restart.steps.at(2).first, UINT32_MAX);
  EXPECT_EQ(spec.overheads.checkpoint_bytes_per_gpu, std::int64_t{16} << 30);
  EXPECT_EQ(spec.metrics.warmup.ns, 3600 * kNsPerSecond);
  EXPECT_TRUE(spec.metrics.fragmentation);
  EXPECT_EQ(spec.goals.at(1).metric, "gpu.allocated_ratio.mean");
  EXPECT_EQ(spec.goals.at(1).op, ">=");
  EXPECT_DOUBLE_EQ(spec.goals.at(1).value, 0.7);
}

TEST(LoadValues, JsonSaysTheSameAsYaml) {
  const ScenarioSpec json = load(
      R"({"schema": "seatrial/v1", "name": "x", "seed": 7,
          "cluster": {"pools": [{"name": "p", "count": 2, "gpu": {"model": "v100-32", "count": 0}}]},
          "workload": [{"trace": {"format": "native", "file": "t.csv", "where": {"a": [1, "b"]}}}],
          "scheduler": {"order": "sjf", "preemption": "none", "gang": {"span_pools": true}}})");
  EXPECT_EQ(json.seed, 7U);
  EXPECT_EQ(json.cluster.pools.at(0).gpus, 0U);
  EXPECT_EQ(json.cluster.pools.at(0).gpu_model, "");
  EXPECT_EQ(json.workload.at(0).trace->where.at(0).values, (std::vector<std::string>{"1", "b"}));
  EXPECT_TRUE(json.scheduler.span_pools);
}

TEST(LoadValues, TheTextToRepeatARunHasTheOverrides) {
  LoadOptions options;
  options.overrides = {"seed=9"};
  const ScenarioSpec spec = load_scenario_text(good_scenario(), "s.yaml", options);
  EXPECT_EQ(spec.seed, 9U);
  EXPECT_EQ(spec.text, good_scenario() + "# overrides of the command line:\n# --set seed=9\n");
}

TEST(LoadValues, EveryLibraryScenarioLoads) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(source_file("scenarios/library"))) {
    if (file.path().extension() != ".yaml") continue;
    EXPECT_EQ(load_scenario(file.path().string()).name, file.path().stem().string());
    ++count;
  }
  EXPECT_GE(count, 9U);
}

}  // namespace
}  // namespace seatrial

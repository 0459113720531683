// The loader's messages for workload, scheduler, overheads, metrics, goals and for contradictions; see load_test.cpp.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/load.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

struct BadCase {
  const char* name;
  const char* where;
  const char* text;
  const char* message;
};

std::string problems_of(const std::string& text) {
  LoadOptions options;
  options.check_files = false;
  try {
    (void)load_scenario_text(text, "s.yaml", options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no problem\n";
}

class BadSection : public testing::TestWithParam<BadCase> {};

TEST_P(BadSection, GetsExactlyThisMessage) {
  const BadCase& c = GetParam();
  EXPECT_EQ(problems_of(scenario_with(c.where, c.text)), "s.yaml:" + std::string(c.message) + "\n");
}

std::string case_name(const testing::TestParamInfo<BadCase>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Tenants, BadSection,
    testing::Values(BadCase{"NoName", "more", "tenants: [{weight: 2}]\n",
                            "3:11: tenants[0]: key \"name\" is missing; the tenant as the jobs name it"},
                    BadCase{"Twice", "more", "tenants: [{name: a}, {name: a}]\n",
                            "3:29: tenants[1].name: the tenant \"a\" is there already; one entry for each tenant"},
                    BadCase{"Negative", "more", "tenants: [{name: a, weight: -1}]\n",
                            "3:29: tenants[0].weight: -1 is out of range; expected above 0, up to 1000000000"},
                    BadCase{"Unknown", "more", "tenants: [{name: a, wait: 1}]\n",
                            "3:21: tenants[0].wait: unknown key; known: name, weight"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    KubernetesQueues, BadSection,
    testing::Values(
        BadCase{"GateAlone", "more", "scheduler: {gate: {period: 5s}}\n",
                "3:19: scheduler.gate: a gate stands in front of admission kube; set scheduler.admission: kube"},
        BadCase{"GateOrder", "more", "scheduler: {admission: kube, gate: {order: srtf}}\n",
                "3:44: scheduler.gate.order: unknown order of a gate \"srtf\"; known: fifo, las, sjf, themis"},
        BadCase{"PriorityAlone", "more", "scheduler: {preemption: priority}\n",
                "3:25: scheduler.preemption: preemption by priority is that of kube-scheduler; set "
                "scheduler.admission: kube"},
        BadCase{"Budget", "more",
                "scheduler: {admission: kube, preemption: {name: priority, budgets: [{tenant: a}]}}\n",
                "3:69: scheduler.preemption.budgets[0]: a budget has either min_available or max_unavailable; such as "
                "{tenant: serving, min_available: 2}"},
        BadCase{
            "BudgetPercent", "more",
            "scheduler: {admission: kube, preemption: {name: priority, budgets: [{tenant: a, min_available: "
            "150%}]}}\n",
            "3:96: scheduler.preemption.budgets[0].min_available: expected a whole percentage; a number of pods, or "
            "such as 50%"},
        BadCase{"Permit", "more", "scheduler: {admission: kube, gang: {permit: 5s}}\n",
                "3:36: scheduler.gang: a permit is for gangs that bind pod by pod; set scheduler.gang.binding: "
                "pod-by-pod"},
        BadCase{"PodByPodAlone", "more", "scheduler: {gang: {binding: pod-by-pod}}\n",
                "3:19: scheduler.gang: gangs bind pod by pod under admission kube only; set scheduler.admission: kube"},
        BadCase{"GatePeriod", "more", "scheduler: {admission: kube, gate: {period: 0s}}\n",
                "3:45: scheduler.gate.period: 0s is out of range; expected above 0, up to 86400 seconds"},
        BadCase{"BackOff", "more", "scheduler: {admission: kube, back_off: {first: 20s}}\n",
                "3:40: scheduler.back_off: the longest back-off is shorter than the first; longest is at least first"},
        BadCase{
            "KubeOrder", "more", "scheduler: {admission: kube, order: sjf}\n",
            "3:37: scheduler.order: admission kube orders jobs by priority and last try; leave out scheduler.order; a "
            "scheduler.gate may have an order"},
        BadCase{"KueuePreempts", "more", "scheduler: {admission: kueue, preemption: on-event}\n",
                "3:24: scheduler.admission: the admissions kube and kueue do not go with preemption on events or in "
                "rounds; set scheduler.preemption: none, or priority under kube"},
        BadCase{"DrfQueues", "more", "scheduler: {order: drf, queues: single}\n",
                "3:33: scheduler.queues: under drf every tenant has a queue; leave out scheduler.queues"},
        BadCase{"DrfPreempts", "more", "scheduler: {order: drf, preemption: on-event}\n",
                "3:20: scheduler.order: drf goes neither with preemption nor with reservations nor with sequential "
                "arrivals; "
                "set scheduler.preemption: none and scheduler.admission: best-effort or strict"},
        BadCase{"Release", "more", "overheads: {release: {shortest: 3s, longest: 2s}}\n",
                "3:22: overheads.release: the longest is below the shortest; longest is at least shortest"},
        BadCase{"Spread", "more", "overheads: {start_up: {base: 1s, spread: [1]}}\n",
                "3:42: overheads.start_up.spread: expected the lowest and the highest factor; such as [0.85, 1.25]"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Workload, BadSection,
    testing::Values(
        BadCase{"Empty", "workload", "workload: []\n",
                "4:11: workload: the list is empty; at least one entry is needed"},
        BadCase{"Mapping", "workload", "workload: {}\n", "4:11: workload: expected a list, found a mapping"},
        BadCase{"Neither", "workload", "workload: [{name: w}]\n",
                "4:12: workload[0]: neither trace nor generate; an entry has exactly one of them"},
        BadCase{"NoFormat", "workload", "workload: [{trace: {file: f}}]\n",
                "4:20: workload[0].trace: key \"format\" is missing; one of `seatrial list formats`"},
        BadCase{"NoFile", "workload", "workload: [{trace: {format: swf}}]\n",
                "4:20: workload[0].trace: key \"file\" is missing; the trace, relative to the scenario, or -"},
        BadCase{"Truncate", "workload", "workload: [{trace: {format: swf, file: f, truncate: -1s}}]\n",
                "4:53: workload[0].trace.truncate: -1s is out of range; expected at least 0 seconds"},
        BadCase{"LoadZero", "workload", "workload: [{trace: {format: swf, file: f, load: 0}}]\n",
                "4:49: workload[0].trace.load: 0 is out of range; expected above 0, up to 1000000000"},
        BadCase{"LoadNan", "workload", "workload: [{trace: {format: swf, file: f, load: .nan}}]\n",
                "4:49: workload[0].trace.load: expected a finite number, found \".nan\""},
        BadCase{"LoadHuge", "workload", "workload: [{trace: {format: swf, file: f, load: 1e308}}]\n",
                "4:49: workload[0].trace.load: 1e308 is out of range; expected above 0, up to 1000000000"},
        BadCase{"OrderSeed", "workload", "workload: [{trace: {format: swf, file: f, order_seed: 1}}]\n",
                "4:55: workload[0].trace.order_seed: order_seed without order; name the file with the orders"},
        BadCase{"OrderFormat", "workload", "workload: [{trace: {format: swf, file: f, order: o, order_seed: 1}}]\n",
                "4:50: workload[0].trace.order: an order file needs format openb, not swf"},
        BadCase{"OrderWithoutSeed", "workload", "workload: [{trace: {format: openb, file: f, order: o}}]\n",
                "4:20: workload[0].trace: key \"order_seed\" is missing; which seed's rows of the order file to use"},
        BadCase{"WhereNumber", "workload", "workload: [{trace: {format: swf, file: f, where: {a: \">= x\"}}}]\n",
                "4:54: workload[0].trace.where.a: expected a number after >=, found \"x\""},
        BadCase{"WhereMapping", "workload", "workload: [{trace: {format: swf, file: f, where: {a: {}}}}]\n",
                "4:54: workload[0].trace.where.a: expected a value, a list of values or a comparison such as \">= 5\", "
                "found a mapping"},
        BadCase{"WhereEmpty", "workload", "workload: [{trace: {format: swf, file: f, where: {a: []}}}]\n",
                "4:54: workload[0].trace.where.a: the list is empty; no job could match"},
        BadCase{"WhereRange", "workload", "workload: [{trace: {format: swf, file: f, where: {a: [\"> 1\"]}}}]\n",
                "4:55: workload[0].trace.where.a[0]: a comparison cannot be one of several values; a list holds plain "
                "values, any of which may match"},
        BadCase{"Arrivals", "workload", "workload: [{trace: {format: swf, file: f}, arrivals: serial}]\n",
                "4:54: workload[0].arrivals: unknown kind of arrivals \"serial\"; known: timed, sequential"},
        BadCase{
            "JobMemory", "workload", "workload: [{trace: {format: swf, file: f}, job: {memory: 8}}]\n",
            "4:58: workload[0].job.memory: \"8\" has no unit; expected an amount of memory with a unit, such as 64Gi "
            "or 512Mi"},
        BadCase{"GpusPerPod", "workload", "workload: [{trace: {format: swf, file: f}, job: {gpus_per_pod: 0}}]\n",
                "4:64: workload[0].job.gpus_per_pod: 0 is out of range; expected 1..1024"},
        BadCase{"SameNames", "workload",
                "workload: [{name: a, trace: {format: swf, file: f}}, {name: a, trace: {format: swf, file: f}}]\n",
                "4:61: workload[1].name: a second entry is named \"a\"; names of workload entries are unique"},
        BadCase{"StandardInputTwice", "workload",
                "workload: [{trace: {format: swf, file: \"-\"}}, {trace: {format: swf, file: \"-\"}}]\n",
                "1:1: standard input is asked for 2 times; - can be used once"}),
    case_name);

// The entry is written as `workload: [{generate: {<text>}}]`.
struct BadGenerator {
  const char* name;
  const char* keys;
  const char* message;
};

class BadGenerate : public testing::TestWithParam<BadGenerator> {};

TEST_P(BadGenerate, GetsExactlyThisMessage) {
  const std::string text = std::string("workload:\n- generate:\n   ") + GetParam().keys + "\n";
  EXPECT_EQ(problems_of(scenario_with("workload", text)), "s.yaml:6:" + std::string(GetParam().message) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadGenerate,
    testing::Values(
        BadGenerator{
            "NoRate", "{duration: {distribution: constant, mean: 1s}}",
            "4: workload[0].generate: neither rate nor load; give one of them, such as rate: 12/h or load: 0.8"},
        BadGenerator{
            "Both", "{rate: 1/s, load: 1, duration: {distribution: constant, mean: 1s}}",
            "4: workload[0].generate: rate and load together; give one of them, such as rate: 12/h or load: 0.8"},
        BadGenerator{
            "RateUnit", "{rate: 12, duration: {distribution: constant, mean: 1s}}",
            "11: workload[0].generate.rate: \"12\" has no unit; expected a rate with a unit, such as 12/s, 5/min "
            "or 3/h"},
        BadGenerator{"RateZero", "{rate: 0/s, duration: {distribution: constant, mean: 1s}}",
                     "11: workload[0].generate.rate: the rate is zero; a rate is above zero"},
        BadGenerator{"Jobs", "{jobs: 0, rate: 1/s, duration: {distribution: constant, mean: 1s}}",
                     "11: workload[0].generate.jobs: 0 is out of range; expected 1..100000000"},
        BadGenerator{"NoDuration", "{rate: 1/s}",
                     "4: workload[0].generate: key \"duration\" is missing; how long the jobs run"},
        BadGenerator{
            "Distribution", "{rate: 1/s, duration: {distribution: lognormal, median: 1s, shape: 1}}",
            "41: workload[0].generate.duration.distribution: unknown distribution \"lognormal\"; known: constant, "
            "exponential, log-normal, weibull, pareto, empirical (did you mean \"log-normal\"?)"},
        BadGenerator{"WrongKey", "{rate: 1/s, duration: {distribution: constant, mean: 1s, median: 1s}}",
                     "69: workload[0].generate.duration.median: constant has no median"},
        BadGenerator{"MissingKey", "{rate: 1/s, duration: {distribution: pareto, scale: 1s}}",
                     "26: workload[0].generate.duration: pareto needs the key \"shape\""},
        BadGenerator{"MaxBelowMin", "{rate: 1/s, duration: {distribution: constant, mean: 1s, min: 5s, max: 2s}}",
                     "75: workload[0].generate.duration.max: max is below min"},
        BadGenerator{"Descending", "{rate: 1/s, duration: {distribution: empirical, values: [2s, 1s]}}",
                     "65: workload[0].generate.duration.values[1]: smaller than the value before it; quantiles ascend"},
        BadGenerator{"Daily", "{rate: 1/s, daily: [1, 2], duration: {distribution: constant, mean: 1s}}",
                     "23: workload[0].generate.daily: expected 24 hourly weights, found 2"},
        BadGenerator{"Weekly",
                     "{rate: 1/s, weekly: [0, 0, 0, 0, 0, 0, 0], duration: {distribution: constant, mean: 1s}}",
                     "24: workload[0].generate.weekly: all weights are zero; at least one must be above zero"},
        BadGenerator{"Gpus", "{rate: 1/s, gpus: {a: 1}, duration: {distribution: constant, mean: 1s}}",
                     "26: workload[0].generate.gpus.a: a size of a job is a whole number of GPUs, a share or a "
                     "resource, not \"a\"; expected 0..10000000 GPUs, a share such as 500m, or a resource "
                     "such as mig-1g.5gb or \"2 gpu.shared\""},
        BadGenerator{"GpuWeights", "{rate: 1/s, gpus: {1: 0}, duration: {distribution: constant, mean: 1s}}",
                     "22: workload[0].generate.gpus: no weight above zero; give at least one entry, such as {1: 1}"},
        BadGenerator{"Burst", "{rate: 1/s, burst: {probability: 2}, duration: {distribution: constant, mean: 1s}}",
                     "37: workload[0].generate.burst.probability: 2 is out of range; expected 0..1"},
        BadGenerator{"Estimate", "{rate: 1/s, estimate: {factor: 0}, duration: {distribution: constant, mean: 1s}}",
                     "35: workload[0].generate.estimate.factor: 0 is out of range; expected above 0, up to 1000000"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Scheduler, BadSection,
    testing::Values(
        BadCase{"Order", "more", "scheduler: {order: fofi}\n",
                "3:20: scheduler.order: unknown order \"fofi\"; known: fifo, sjf, srtf, srsf, smallest-first, las, "
                "tiresias, gittins, qssf, gavel-max-min, gavel-finish-time, gavel-makespan, gavel-cost, sia, allox, "
                "themis, drf"},
        BadCase{"OrderList", "more", "scheduler: {order: [fifo]}\n",
                "3:20: scheduler.order: expected a name, found a list"},
        BadCase{"OrderUnnamed", "more", "scheduler: {order: {}}\n", "3:20: scheduler.order: key \"name\" is missing"},
        BadCase{"Admission", "more", "scheduler: {admission: eazy}\n",
                "3:24: scheduler.admission: unknown admission \"eazy\"; known: strict, best-effort, easy, "
                "conservative, kube, kueue (did you mean \"easy\"?)"},
        BadCase{"Round", "more", "scheduler: {preemption: round}\n",
                "3:25: scheduler.preemption: a round needs its length; write {round: 60s}"},
        BadCase{
            "RoundUnit", "more", "scheduler: {preemption: {round: 60}}\n",
            "3:33: scheduler.preemption.round: \"60\" has no unit; expected a duration with a unit, such as 90s, 15m, "
            "2h or 30d"},
        BadCase{"Noise", "more", "scheduler: {estimate: noise}\n",
                "3:23: scheduler.estimate: noise needs its size; write {noise: 0.5}"},
        BadCase{"NoiseNegative", "more", "scheduler: {estimate: {noise: -1}}\n",
                "3:31: scheduler.estimate.noise: -1 is out of range; expected 0..10"},
        BadCase{"Queues", "more", "scheduler: {queues: many}\n",
                "3:21: scheduler.queues: unknown kind of queues \"many\"; known: single, per-tenant"},
        BadCase{"SpanPools", "more", "scheduler: {gang: {span_pools: 1}}\n",
                "3:32: scheduler.gang.span_pools: expected true or false, found \"1\""},
        BadCase{"MaxWaiting", "more", "scheduler: {max_waiting: -1}\n",
                "3:26: scheduler.max_waiting: -1 is out of range; expected 0..4294967295"},
        BadCase{"KillAtLimit", "more", "scheduler: {kill_at_limit: \"true\"}\n",
                "3:28: scheduler.kill_at_limit: expected true or false, found \"true\""},
        BadCase{"Weight", "more", "scheduler: {placement: [{name: fgd, weight: 0}]}\n",
                "3:45: scheduler.placement[0].weight: 0 is out of range; expected above 0, up to 1000000000"},
        BadCase{"NoPlacement", "more", "scheduler: {placement: []}\n",
                "3:24: scheduler.placement: the list is empty; name at least one placement"},
        BadCase{
            "Weighed", "more", "scheduler: {placement: [fgd, best-fit]}\n",
            "3:30: scheduler.placement[1]: best-fit is a rule of its own and cannot be weighed against others; name it "
            "alone, or weigh dot-product, gpu-packing, gpu-clustering, fgd, openb-best-fit, fgd-slices, "
            "interference-aware, lucid"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Rest, BadSection,
    testing::Values(
        BadCase{
            "Start", "more", "overheads: {start: 5}\n",
            "3:20: overheads.start: \"5\" has no unit; expected a duration with a unit, such as 90s, 15m, 2h or 30d"},
        BadCase{
            "ByGpusMore", "more", "overheads: {restart: {by_gpus: {1: 7s}}}\n",
            "3:32: overheads.restart.by_gpus: key \"more\" is missing; the duration for jobs of more GPUs than any key "
            "says"},
        BadCase{"ByGpusKey", "more", "overheads: {restart: {by_gpus: {x: 7s, more: 1s}}}\n",
                "3:36: overheads.restart.by_gpus.x: \"x\" is not a number of GPUs; keys are 1, 2, 8 ... and more"},
        BadCase{"Checkpoint", "more", "overheads: {checkpoint: {bytes_per_gpu: 1Gi, write: 2Gi, read: 1Gi/s}}\n",
                "3:53: overheads.checkpoint.write: \"2Gi\" is not understood; expected an amount of memory per second, "
                "such "
                "as 2Gi/s"},
        BadCase{"CheckpointSpeed", "more", "overheads: {checkpoint: {bytes_per_gpu: 1Gi, write: 0Gi/s, read: 1Gi/s}}\n",
                "3:53: overheads.checkpoint.write: the speed is zero; a speed is above zero"},
        BadCase{"SeriesInterval", "more", "metrics: {series_interval: 0s}\n",
                "3:28: metrics.series_interval: 0s is out of range; expected above 0 seconds"},
        BadCase{"Popularity", "more", "metrics: {fragmentation: {popularity: 1.5}}\n",
                "3:39: metrics.fragmentation.popularity: 1.5 is out of range; expected above 0, up to 1"},
        BadCase{"Target", "more", "metrics: {fragmentation: {target: all}}\n",
                "3:35: metrics.fragmentation.target: unknown target \"all\"; known: workload"},
        BadCase{"GoalOp", "more", "goals: [fast]\n",
                "3:9: goals[0]: no comparison in \"fast\"; a goal is METRIC OP NUMBER, such as \"wait_s.p95 <= 600\""},
        BadCase{"GoalMetric", "more", "goals: [wait_s.p96 <= 6]\n",
                "3:9: goals[0]: unknown metric \"wait_s.p96\"; `seatrial list metrics` names all (did you mean "
                "\"wait_s.p90\"?)"},
        BadCase{"GoalUnit", "more", "goals: [wait_s.p95 <= 10m]\n",
                "3:9: goals[0]: expected a number after <=, found \"10m\"; a goal is METRIC OP NUMBER, such as "
                "\"wait_s.p95 "
                "<= 600\""},
        BadCase{
            "GoalName", "more", "goals: [\"a..b < 1\"]\n",
            "3:9: goals[0]: \"a..b\" is not the name of a metric; a goal is METRIC OP NUMBER, such as \"wait_s.p95 <= "
            "600\""}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    GpuMemory, BadSection,
    testing::Values(BadCase{"MoreThanAnyGpu", "workload",
                            "workload: [{trace: {format: swf, file: f}, job: {gpu_memory: 2Ti}}]\n",
                            "4:62: workload[0].job.gpu_memory: no GPU of the cluster has 2097152Mi of memory for jobs; "
                            "the largest has 40960Mi"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    GpuResources, BadSection,
    testing::Values(
        BadCase{"ProfileOfAnotherFamily", "workload",
                "workload: [{trace: {format: swf, file: f}, job: {gpu_resource: nvidia.com/mig-3g.40gb}}]\n",
                "4:64: workload[0].job.gpu_resource: no GPU of the cluster gives \"nvidia.com/mig-3g.40gb\", a MIG "
                "profile of a100-80, h100-80; its pools give nvidia.com/gpu"},
        BadCase{"GeneratedSizes", "workload",
                "workload: [{generate: {jobs: 1, rate: 1/h, duration: {distribution: constant, mean: 1m}, "
                "gpus: {8: 1, \"2 gpu.shared\": 1}}}]\n",
                "4:119: workload[0].generate.gpus.2 gpu.shared: no GPU of the cluster gives \"nvidia.com/gpu.shared\"; "
                "its pools give nvidia.com/gpu"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Work, BadSection,
    testing::Values(
        BadCase{"NoName", "workload", "workload: [{trace: {format: swf, file: f}, job: {work: {\"\": 1}}}]\n",
                "4:61: workload[0].job.work.: a kind of work has no name"},
        BadCase{"NoWeight", "workload", "workload: [{trace: {format: swf, file: f}, job: {work: {a: 0}}}]\n",
                "4:56: workload[0].job.work: no weight above zero; give at least one entry, such as {1: 1}"},
        BadCase{"List", "workload", "workload: [{trace: {format: swf, file: f}, job: {work: [a]}}]\n",
                "4:56: workload[0].job.work: expected text, found a list"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Contradictions, BadSection,
    testing::Values(
        BadCase{"EasyPreempts", "more", "scheduler: {order: srtf, admission: easy}\n",
                "3:37: scheduler.admission: reservations (easy, conservative) do not go with preemption; set "
                "scheduler.preemption: none, or scheduler.admission: best-effort"},
        BadCase{"ConservativeSpans", "more", "scheduler: {admission: conservative, gang: {span_pools: true}}\n",
                "3:24: scheduler.admission: conservative does not go with gangs that span pools; leave out "
                "scheduler.gang.span_pools, or use easy"},
        BadCase{
            "SequentialPreempts", "workload",
            "scheduler: {preemption: on-event}\nworkload: [{trace: {format: swf, file: f}, arrivals: sequential}]\n",
            "4:25: scheduler.preemption: sequential arrivals do not go with preemption: nobody ever leaves; set "
            "scheduler.preemption: none"},
        BadCase{"SequentialReserves", "workload",
                "scheduler: {admission: easy}\nworkload: [{trace: {format: swf, file: f}, arrivals: sequential}]\n",
                "4:24: scheduler.admission: sequential arrivals do not go with reservations: nobody ever waits; set "
                "scheduler.admission: strict"},
        BadCase{
            "MixedArrivals", "workload",
            "workload: [{trace: {format: swf, file: f}, arrivals: sequential}, {trace: {format: swf, file: f}}]\n",
            "4:11: workload: some entries of workload arrive sequential and others timed; give every entry the same "
            "arrivals"}),
    case_name);

}  // namespace
}  // namespace seatrial

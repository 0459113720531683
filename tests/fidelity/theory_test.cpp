// Long seeded runs of the product against exact results of queueing theory. Each mean comes from 30 independent
// replications without their first tenth (warm-up) and last twentieth (no arrivals disturb it any more); the exact
// value must lie inside the 99.9 % interval, and the interval must be narrow enough to notice a wrong policy. One GPU
// is one server, jobs ask for one GPU unless said otherwise, mean run time is one second.
#include "tests/support/theory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/random.h"
#include "sim/stats.h"
#include "sim/time.h"
#include "tests/support/product.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

struct QueueModel {
  std::uint32_t gpus = 1;
  double rate = 0.5;  // arrivals per second
  ServiceLaw law = exponential_law();
  std::vector<std::pair<std::uint32_t, double>> widths{{1, 1.0}};  // GPUs of a job, probability
  std::string order = "fifo";
  std::string admission = "strict";
  double quantum_gpu_s = 0;  // of las
  std::optional<std::uint32_t> max_waiting;
};

constexpr std::size_t kReplications = 30;

TestWorld draw_world(const QueueModel& model, std::size_t jobs, std::uint64_t replication) {
  TestWorld world;
  world.pools = {{1, model.gpus, {}}};
  world.order = model.order;
  world.admission = model.admission;
  world.max_waiting = model.max_waiting;
  if (model.order == "srtf" || model.order == "las") {
    world.admission = "best-effort";
    world.preemption = "on-event";
  }
  if (model.quantum_gpu_s > 0) world.order_parameters = {{"quantum_gpu_s", {model.quantum_gpu_s}}};
  Random arrivals(2026, "theory arrivals", replication);
  Random sizes(2026, "theory sizes", replication);
  Random widths(2026, "theory widths", replication);
  double now_s = 0;
  world.jobs.resize(jobs);
  for (TestJob& job : world.jobs) {
    now_s += arrivals.exponential(1 / model.rate);
    job.submit_ns = duration_from_seconds(now_s).ns;
    job.duration_ns = duration_from_seconds(model.law.draw(sizes)).ns;
    double left = widths.uniform();
    for (const auto& [gpus, probability] : model.widths) {
      job.gpus = gpus;
      left -= probability;
      if (left < 0) break;
    }
  }
  return world;
}

struct Means {
  Interval wait_s;
  Interval time_s;
  Interval waiting_ratio;  // share of jobs that wait
  Interval lost_ratio;     // share of jobs that are turned away; waits and times are of the others
};

Means simulate(const QueueModel& model, std::size_t jobs) {
  std::vector<double> waits;
  std::vector<double> times;
  std::vector<double> waiting;
  std::vector<double> lost;
  for (std::uint64_t replication = 0; replication < kReplications; ++replication) {
    const TestWorld world = draw_world(model, jobs, replication);
    const WorldResult result = run_product(world);
    Welford wait;
    Welford time;
    Welford late;
    Welford away;
    for (std::size_t row = jobs / 10; row < jobs - jobs / 20; ++row) {
      const TestOutcome& job = result.jobs[row];
      away.add(job.state == "rejected" ? 1 : 0);
      if (job.state == "rejected") continue;
      wait.add(Duration{job.waited_ns}.seconds());
      time.add(Duration{job.end_ns - world.jobs[row].submit_ns}.seconds());
      late.add(job.waited_ns > 0 ? 1 : 0);
    }
    waits.push_back(wait.mean());
    times.push_back(time.mean());
    waiting.push_back(late.mean());
    lost.push_back(away.mean());
  }
  return {mean_interval(waits, 0.999), mean_interval(times, 0.999), mean_interval(waiting, 0.999),
          mean_interval(lost, 0.999)};
}

// `precision`: largest half-width, relative to the exact value.
void expect_exact(const Interval& got, double exact, double precision, const char* what) {
  EXPECT_TRUE(got.contains(exact)) << what << ": exact " << exact << ", simulated " << got.mean << " +- "
                                   << got.half_width;
  EXPECT_LT(got.half_width, precision * exact) << what << ": the run is too short to tell";
}

constexpr std::size_t kJobs = 25'000;

void expect_many_servers(std::uint32_t servers, double rho, double precision) {
  QueueModel model;
  model.gpus = servers;
  model.rate = servers * rho;
  const Means means = simulate(model, kJobs);
  expect_exact(means.wait_s, mmc_wait(servers, model.rate), precision, "wait");
  expect_exact(means.waiting_ratio, erlang_c(servers, model.rate), precision / 2, "probability of waiting");
  expect_exact(means.time_s, 1 + mmc_wait(servers, model.rate), 0.05, "time in system");
}

TEST(FifoTheory, ExponentialOneServer) { expect_many_servers(1, 0.7, 0.08); }
TEST(FifoTheory, ExponentialTwoServers) { expect_many_servers(2, 0.8, 0.08); }
TEST(FifoTheory, ExponentialEightServers) { expect_many_servers(8, 0.8, 0.08); }
TEST(FifoTheory, ExponentialSixteenServers) { expect_many_servers(16, 0.8, 0.12); }

void expect_constant_service(std::uint32_t servers, double rho) {
  QueueModel model;
  model.gpus = servers;
  model.rate = servers * rho;
  model.law.draw = [](Random&) { return 1.0; };
  const double wait = (mdc_number(servers, model.rate) - model.rate) / model.rate;
  expect_exact(simulate(model, kJobs).wait_s, wait, 0.08, "wait");
}

TEST(FifoTheory, ConstantOneServer) { expect_constant_service(1, 0.8); }
TEST(FifoTheory, ConstantFourServers) { expect_constant_service(4, 0.8); }
TEST(FifoTheory, ConstantEightServers) { expect_constant_service(8, 0.9); }

// Loss systems: whoever cannot start at once is lost. Blocking does not depend on the law of service times.
void expect_loss(std::uint32_t servers, double load, const ServiceLaw& law, double precision) {
  QueueModel model;
  model.gpus = servers;
  model.rate = load;
  model.law = law;
  model.max_waiting = 0;
  const Means means = simulate(model, kJobs);
  expect_exact(means.lost_ratio, erlang_b(servers, load), precision, "blocking");
  EXPECT_EQ(means.wait_s.mean, 0);
}

ServiceLaw constant_law() {
  ServiceLaw law;
  law.draw = [](Random&) { return 1.0; };
  return law;
}

TEST(LossTheory, ExponentialServices) {
  expect_loss(1, 0.7, exponential_law(), 0.02);
  expect_loss(8, 6.4, exponential_law(), 0.04);
  expect_loss(64, 57.6, exponential_law(), 0.12);
}
TEST(LossTheory, BlockingIsInsensitiveToTheLaw) {
  expect_loss(8, 6.4, constant_law(), 0.04);
  expect_loss(8, 6.4, hyperexponential_law(0.9, 0.5), 0.05);
  expect_loss(8, 6.4, bounded_pareto_law(1.5), 0.08);
}

void expect_finite_queue(std::uint32_t servers, std::uint32_t capacity, double rate) {
  QueueModel model;
  model.gpus = servers;
  model.rate = rate;
  model.max_waiting = capacity - servers;
  const Means means = simulate(model, kJobs);
  const FiniteQueue exact = mmck(servers, capacity, rate);
  expect_exact(means.lost_ratio, exact.blocked, 0.08, "blocking");
  expect_exact(means.wait_s, exact.wait, 0.08, "wait");
  expect_exact(means.time_s, exact.time, 0.05, "time in system");
}

TEST(LossTheory, FiniteQueues) {
  expect_finite_queue(1, 5, 0.8);
  expect_finite_queue(1, 10, 1.2);
  expect_finite_queue(4, 8, 3.6);
  expect_finite_queue(8, 16, 9.6);
}

struct Single {
  const char* order;
  double quantum_gpu_s;
  double SingleServerTimes::*exact;
  double precision;
  std::size_t jobs;
};

void expect_single_server(const ServiceLaw& law, double rho, const Single& single) {
  QueueModel model;
  model.rate = rho;
  model.law = law;
  model.order = single.order;
  model.quantum_gpu_s = single.quantum_gpu_s;
  const SingleServerTimes exact = mg1_times(law, rho);
  expect_exact(simulate(model, single.jobs).time_s, exact.*single.exact, single.precision, single.order);
}

constexpr Single kFcfs{"fifo", 0, &SingleServerTimes::fcfs, 0.06, kJobs};
constexpr Single kSjf{"sjf", 0, &SingleServerTimes::sjf, 0.06, kJobs};
constexpr Single kSrpt{"srtf", 0, &SingleServerTimes::srpt, 0.05, kJobs};
constexpr Single kLas{"las", 0.05, &SingleServerTimes::las, 0.06, 10'000};

TEST(SingleServerTheory, FifoUniform) { expect_single_server(uniform_law(), 0.8, kFcfs); }
TEST(SingleServerTheory, FifoHyperexponential) {
  expect_single_server(hyperexponential_law(0.9, 0.5), 0.5, {"fifo", 0, &SingleServerTimes::fcfs, 0.08, kJobs});
}
TEST(SingleServerTheory, SjfExponential) { expect_single_server(exponential_law(), 0.8, kSjf); }
TEST(SingleServerTheory, SjfUniform) { expect_single_server(uniform_law(), 0.8, kSjf); }
TEST(SingleServerTheory, SjfHyperexponential) {
  expect_single_server(hyperexponential_law(0.9, 0.5), 0.8, {"sjf", 0, &SingleServerTimes::sjf, 0.09, kJobs});
}
TEST(SingleServerTheory, SrtfExponential) { expect_single_server(exponential_law(), 0.8, kSrpt); }
TEST(SingleServerTheory, SrtfUniform) { expect_single_server(uniform_law(), 0.8, kSrpt); }
TEST(SingleServerTheory, SrtfHyperexponential) { expect_single_server(hyperexponential_law(0.9, 0.5), 0.8, kSrpt); }
TEST(SingleServerTheory, SrtfBoundedPareto) {
  expect_single_server(bounded_pareto_law(1.1), 0.5, {"srtf", 0, &SingleServerTimes::srpt, 0.09, kJobs});
}

// For exponential run times every policy that does not know them has the mean of FIFO and of processor sharing,
// whatever the quantum.
TEST(SingleServerTheory, LasExponentialEqualsFifo) {
  expect_single_server(exponential_law(), 0.7, {"las", 0.3, &SingleServerTimes::las, 0.06, kJobs});
  const SingleServerTimes exact = mg1_times(exponential_law(), 0.7);
  EXPECT_NEAR(exact.las, exact.fcfs, 1e-5);
}
// A small quantum stands for the limit of foreground-background sharing.
TEST(SingleServerTheory, LasHyperexponential) { expect_single_server(hyperexponential_law(0.9, 0.5), 0.5, kLas); }
TEST(SingleServerTheory, LasUniform) { expect_single_server(uniform_law(), 0.5, kLas); }

// One GPU in time slices without a loss, each job with work all the time, and so many replicas that nobody waits: an
// egalitarian processor.
Interval shared_processor_time_s(const QueueModel& model, std::size_t jobs) {
  const TempFile profile("model,duty\nw,1\n");
  std::vector<double> times;
  for (std::uint64_t replication = 0; replication < kReplications; ++replication) {
    const TestWorld world = draw_world(model, jobs, replication);
    std::string rows = "job_id,submit_s,duration_s,gpus,work\n";
    for (std::size_t row = 0; row < jobs; ++row) {
      const TestJob& job = world.jobs[row];
      rows += std::to_string(row) + ',' + std::to_string(Time{job.submit_ns}.seconds()) + ',' +
              std::to_string(Duration{job.duration_ns}.seconds()) + ",1,w\n";
    }
    const TempFile trace(rows);
    const ScenarioRun done = run_text(
        "schema: seatrial/v1\nname: ps\ncluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 1, mode: "
        "time-slicing, replicas: 1000}}]}\nworkload: [{name: w, trace: {format: native, file: " +
        trace.path() + "}}]\nmodels: {profiles: " + profile.path() +
        ", sharing: {name: time-slicing, switch_loss: 0}}\n");
    Welford time;
    for (auto row = static_cast<std::uint32_t>(jobs / 10); row < jobs - jobs / 20; ++row) {
      time.add((done.run->table.end[{row}] - done.run->parts.workload.submit({row})).seconds());
    }
    times.push_back(time.mean());
  }
  return mean_interval(times, 0.999);
}

// Processor sharing has the same mean for all laws of service.
TEST(SharedProcessorTheory, ExponentialAndHyperexponential) {
  for (const ServiceLaw& law : {exponential_law(), hyperexponential_law(0.9, 0.5)}) {
    QueueModel model;
    model.rate = 0.7;
    model.law = law;
    expect_exact(shared_processor_time_s(model, 12'000), mg1_times(law, 0.7).ps, 0.08, "time in system");
  }
}

// Gangs that start and end together, strict FIFO. Waits are exact solutions of the Markov chain (counts in service by
// width, width of the blocked head, number behind it), truncated where less than 2e-10 is left.
struct GangCase {
  std::uint32_t gpus;
  double rate;
  double wait_s;
};

void expect_gangs(std::vector<std::pair<std::uint32_t, double>> widths, const GangCase& c) {
  QueueModel model;
  model.gpus = c.gpus;
  model.rate = c.rate;
  model.widths = std::move(widths);
  expect_exact(simulate(model, kJobs).wait_s, c.wait_s, 0.08, "wait");
}

TEST(GangTheory, HalfTheJobsTakeBothGpus) {
  expect_gangs({{1, 0.5}, {2, 0.5}}, {2, 0.5, 0.70066293});
  expect_gangs({{1, 0.5}, {2, 0.5}}, {2, 0.8, 2.15337732});
}
TEST(GangTheory, ThreeWidthsOnFourGpus) { expect_gangs({{1, 0.5}, {2, 0.3}, {4, 0.2}}, {4, 1.0, 1.21800463}); }
TEST(GangTheory, WholeMachineJobsAmongSmallOnes) { expect_gangs({{1, 0.7}, {8, 0.3}}, {8, 1.0, 1.82638466}); }
TEST(GangTheory, FourWidthsOnEightGpus) {
  expect_gangs({{1, 0.6}, {2, 0.2}, {4, 0.1}, {8, 0.1}}, {8, 1.5, 1.08640759});
}

// Best-effort lets small jobs pass: the wait must be clearly below that of strict FIFO (an independent simulation has
// 1.573 +- 3 % where strict FIFO has 5.150).
TEST(GangTheory, BestEffortWaitsAsAnIndependentSimulationFound) {
  QueueModel model;
  model.gpus = 4;
  model.rate = 1.4;
  model.widths = {{1, 0.5}, {2, 0.3}, {4, 0.2}};
  model.admission = "best-effort";
  EXPECT_NEAR(simulate(model, kJobs).wait_s.mean, 1.573, 0.05 * 1.573);
}

TEST(Theory, NotCovered) {
  GTEST_SKIP() << "exact results without a test, because scenarios cannot express them: Cobham and preemptive-resume "
                  "priorities (with kube-scheduler's queue alone), repairman, checkpoints, set-up (nothing fails)";
}

}  // namespace
}  // namespace seatrial

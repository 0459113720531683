// Against a real cluster: 1,000 pods on one node of 8 B200, run five times with different schedulers
// (mystous/gpu_scheduler, June 2026). What is simulated was fixed beforehand from what the source of the controllers
// and the life-cycle logs say: pods sleep in steps of 5 s, start up in 1.2 s and more beside others, and give their
// GPUs back 2 to 2.5 s after their end (1 s more under Kueue). Each run gets the submits that were recorded in it. One
// real run each: its own variance is not known. Means over 20 seeds. docs/kubernetes_runs.md tells the rest.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/support/scenario_run.h"
#include "tests/support/shared_data.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

constexpr int kSeeds = 20;

SharedFile file_of(const std::string& name) { return SharedFile("traces/k8s_b200_runs/" + name + ".csv.gz"); }

// Submits as in the run of this policy. Jobs that ended at once in every run: their completion is at most 4 s after
// their start.
std::string native_trace(const std::string& policy) {
  const SharedTable jobs(file_of("jobs"));
  const SharedTable fifo(file_of("fifo_jobs"));
  const SharedTable run(file_of(policy + "_jobs"));
  std::map<std::string, bool> ends_at_once;
  std::map<std::string, std::string> submit_s;
  for (std::size_t row = 0; row < fifo.rows(); ++row) {
    ends_at_once[fifo.cell(row, "job")] = fifo.number(row, "jct_s") - fifo.number(row, "queue_s") <= 4;
    submit_s[run.cell(row, "job")] = run.cell(row, "submit_wall_s");
  }
  std::string out = "job_id,submit_s,duration_s,estimate_s,gpus\n";
  for (std::size_t row = 0; row < jobs.rows(); ++row) {
    const std::string& name = jobs.cell(row, "job");
    const std::string& planned_s = jobs.cell(row, "duration_s");
    out += name + ',' + submit_s.at(name) + ',' + (ends_at_once.at(name) ? "0" : planned_s) + ',';
    out += planned_s + ',' + jobs.cell(row, "gpu_num") + '\n';
  }
  return out;
}

struct WaitStatistics {
  double mean_s = 0;
  double p95_s = 0;
  double max_s = 0;
};

WaitStatistics statistics(std::vector<double> waits) {
  std::sort(waits.begin(), waits.end());
  WaitStatistics out;
  for (const double wait : waits) out.mean_s += wait / static_cast<double>(waits.size());
  out.p95_s = waits[static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(waits.size()))) - 1];
  out.max_s = waits.back();
  return out;
}

WaitStatistics measured(const std::string& policy) {
  const SharedTable table(file_of(policy + "_jobs"));
  std::vector<double> waits;
  for (std::size_t row = 0; row < table.rows(); ++row) waits.push_back(table.number(row, "queue_s"));
  return statistics(std::move(waits));
}

struct Policy {
  const char* name;
  const char* scheduler;
  const char* release;
  double mean_tolerance;
  double p95_tolerance;
};

constexpr const char* kReleaseOfPods = "{shortest: 2s, longest: 2.5s}";
constexpr const char* kReleaseOfJobs = "{shortest: 3s, longest: 3.5s}";
const Policy kPolicies[] = {
    {"fifo", "admission: kube", kReleaseOfPods, 0.15, 0.30},
    {"gatefifo", "admission: kube, gate: {order: fifo, period: 5.03s, period_per_job: 0.63ms}", kReleaseOfPods, 0.12,
     0.15},
    {"kueue", "admission: kueue", kReleaseOfJobs, 0.15, 0.15},
    {"las", "admission: kube, gate: {order: las, period: 5.03s, period_per_job: 0.63ms}", kReleaseOfPods, 0.15, 0.20},
    {"themis", "admission: kube, gate: {order: themis, period: 5.03s, period_per_job: 0.63ms}", kReleaseOfPods, 0.08,
     0.10},
};

WaitStatistics simulated(const Policy& policy, const std::string& trace) {
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, round_up: 5s, file: " + trace;
  scenario.scheduler = policy.scheduler;
  scenario.top_level = std::string(
                           "overheads: {start_up: {base: 1.2s, spread: [0.85, 1.25], per_other: 0.15s, longest: 3.5s}, "
                           "release: ") +
                       policy.release + "}\n";
  WaitStatistics mean;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    RunOptions options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScenarioRun done = run_text(scenario_text(scenario), options);
    mean.mean_s += number(done.summary.wait_s.mean) / kSeeds;
    mean.p95_s += number(done.summary.wait_s.p95) / kSeeds;
    mean.max_s += number(done.summary.wait_s.max) / kSeeds;
  }
  return mean;
}

TEST(KubernetesRuns, WaitsOfAThousandRealPodsComeOutUnderEachScheduler) {
  if (!file_of("jobs").present()) GTEST_SKIP() << file_of("jobs").absence();
  std::vector<std::pair<double, double>> means;
  for (const Policy& policy : kPolicies) {
    const WaitStatistics real = measured(policy.name);
    const TempFile trace(native_trace(policy.name));
    const WaitStatistics ours = simulated(policy, trace.path());
    std::printf("%-8s mean %6.1f for %6.1f s (%+.1f %%), p95 %6.0f for %6.0f (%+.1f %%), max %6.0f for %6.0f\n",
                policy.name, ours.mean_s, real.mean_s, 100 * (ours.mean_s / real.mean_s - 1), ours.p95_s, real.p95_s,
                100 * (ours.p95_s / real.p95_s - 1), ours.max_s, real.max_s);
    EXPECT_NEAR(ours.mean_s / real.mean_s, 1, policy.mean_tolerance) << policy.name;
    EXPECT_NEAR(ours.p95_s / real.p95_s, 1, policy.p95_tolerance) << policy.name;
    means.emplace_back(real.mean_s, ours.mean_s);
  }
  for (const auto& a : means) {
    for (const auto& b : means) {
      if (a.first < b.first / 1.1) {
        EXPECT_LT(a.second, b.second);
      }
    }
  }
}

TEST(KubernetesRuns, OccupancyDecidesNotThePolicy) {
  if (!file_of("jobs").present()) GTEST_SKIP() << file_of("jobs").absence();
  const TempFile trace(native_trace("fifo"));
  OnePool scenario;
  scenario.gpus = 8;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "admission: kube";
  const ScenarioRun done = run_text(scenario_text(scenario));
  EXPECT_LT(number(done.summary.wait_s.mean), 0.61 * measured("fifo").mean_s)
      << "with planned run times, and pods that start and go at once, waits are 39 % too short or more";
}

}  // namespace
}  // namespace seatrial

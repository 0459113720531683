// See verify.h.
#include "tools/calibrate/verify.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "scenarios/calibrated_speed.h"
#include "scenarios/load.h"
#include "scenarios/run.h"
#include "sim/error.h"
#include "tools/calibrate/child.h"
#include "tools/calibrate/probes.h"

namespace seatrial {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(2);
// Lengths of jobs around the mean, in turn: short ones and long ones, so that orders differ.
constexpr std::array<double, 5> kLengths{0.5, 1.6, 0.8, 1.3, 0.8};

struct Job {
  const SharedWork* work;
  long steps;
  double alone_s;  // by the calibration
};

double speed_alone(const FittedFamily& pairs, const std::string& gpu, const SharedWork& work, const std::string& file) {
  const FittedCurve* curve = pairs.find(gpu + '/' + work.name() + "/1");
  if (curve != nullptr && curve->parameter("steps_per_s") > 0) return curve->parameter("steps_per_s");
  throw InputError({file}, "parameters.pairs", "no speed of " + work.name() + " on " + gpu,
                   "fit it from samples of seatrial calibrate --phase sharing");
}

// Jobs of one work stand together, as the workload entries of the scenario do.
std::vector<Job> make_jobs(const VerifyOptions& options, const FittedFamily& pairs, const std::string& gpu) {
  std::vector<Job> jobs;
  const auto works = shared_works();
  for (std::size_t i = 0; i < works.size(); ++i) {
    const double steps_per_s = speed_alone(pairs, gpu, works[i], options.calibration);
    for (std::size_t n = i; n < static_cast<std::size_t>(options.jobs); n += works.size()) {
      const double length_s = options.mean_job_s * kLengths[(n + n / works.size()) % kLengths.size()];
      const long steps = std::max(1L, std::lround(length_s * steps_per_s));
      jobs.push_back({&works[i], steps, static_cast<double>(steps) / steps_per_s});
    }
  }
  return jobs;
}

std::unique_ptr<Child> start(const Job& job) {
  return std::make_unique<Child>(
      std::vector<std::string>{"/proc/self/exe", "calibrate", "client", "--work", job.work->work, "--batch",
                               std::to_string(job.work->batch), "--steps", std::to_string(job.steps)},
      Environment{});
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// What a client takes beside its steps: context, kernels, libraries.
double start_up_s() {
  double sum = 0;
  const auto works = shared_works();
  for (const SharedWork& work : works) {
    const auto begin = std::chrono::steady_clock::now();
    const auto child = start({&work, 1, 0});
    const double steps_s = child->number_after("seconds ");
    sum += seconds_since(begin) - steps_s;
  }
  return sum / static_cast<double>(works.size());
}

std::vector<std::size_t> queue_order(const std::vector<Job>& jobs, const std::string& order) {
  std::vector<std::size_t> queue(jobs.size());
  for (std::size_t i = 0; i < queue.size(); ++i) queue[i] = i;
  if (order == "sjf") {
    std::stable_sort(queue.begin(), queue.end(),
                     [&](std::size_t a, std::size_t b) { return jobs[a].alone_s < jobs[b].alone_s; });
  }
  return queue;
}

std::vector<double> run_for_real(const std::vector<Job>& jobs, const std::string& order, int at_a_time) {
  std::vector<double> ends_s(jobs.size(), 0);
  std::vector<std::pair<std::size_t, std::unique_ptr<Child>>> running;
  const std::vector<std::size_t> queue = queue_order(jobs, order);
  const auto begin = std::chrono::steady_clock::now();
  std::size_t next = 0;
  while (next < queue.size() || !running.empty()) {
    while (next < queue.size() && static_cast<int>(running.size()) < at_a_time) {
      running.emplace_back(queue[next], start(jobs[queue[next]]));
      ++next;
    }
    std::this_thread::sleep_for(kPoll);
    for (std::size_t i = running.size(); i-- > 0;) {
      if (!running[i].second->has_ended()) continue;
      (void)running[i].second->number_after("steps_per_s ");  // throws where the client failed
      ends_s[running[i].first] = seconds_since(begin);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return ends_s;
}

struct VerifyPlace {
  std::string gpu;
  std::string calibration;
  std::string folder;
  double start_s;
};

std::string scenario_of(const std::vector<Job>& jobs, const VerifyPlace& setting, const std::string& order,
                        int at_a_time) {
  const bool shared = at_a_time > 1;
  const std::string resource = shared ? ", gpu_resource: gpu.shared" : "";
  std::string entries;
  for (std::size_t first = 0; first < jobs.size();) {
    std::size_t end = first;
    const std::string file = setting.folder + "/" + std::to_string(first) + ".csv";
    std::ofstream trace(file);
    trace << "job_id,submit_s,duration_s,gpus\n";
    for (; end < jobs.size() && jobs[end].work == jobs[first].work; ++end) {
      trace << end << ",0," << jobs[end].alone_s << ",1\n";
    }
    entries += "  - {name: w" + std::to_string(first) + ", trace: {format: native, file: " + file +
               "}, job: {work: \"" + jobs[first].work->name() + '"' + resource + "}}\n";
    first = end;
  }
  const std::string mode =
      shared ? ", mode: time-slicing, resource: nvidia.com/gpu.shared, replicas: " + std::to_string(at_a_time)
             : std::string();
  return "schema: seatrial/v1\nname: verify\ncluster: {pools: [{name: gpu, count: 1, gpu: {model: " + setting.gpu +
         ", count: 1" + mode + "}}]}\nworkload:\n" + entries + "scheduler: {order: " + order +
         "}\nmodels: {calibration: " + setting.calibration +
         ", sharing: {time-slicing: pair-table}}\noverheads: {start: " + std::to_string(setting.start_s) + "s}\n";
}

// Jobs are submitted at one instant: they are numbered by entry and row, as ours are.
std::vector<double> simulated(const std::string& text) {
  const ScenarioSpec spec = load_scenario_text(text, "verify.yaml");
  const auto run = simulate(spec, std::make_shared<const Workload>(build_workload(spec, 1)), {});
  std::vector<double> ends_s;
  for (std::uint32_t i = 0; i < run->parts.workload.size(); ++i)
    ends_s.push_back((run->table.end[JobId{i}] - Time{0}).seconds());
  return ends_s;
}

}  // namespace

double VerifiedSchedule::worst_error() const {
  double worst = 0;
  for (const VerifiedJob& job : jobs) worst = std::max(worst, std::abs(job.simulated_s / job.real_s - 1));
  return worst;
}

double VerifiedSchedule::makespan_error() const {
  double real_s = 0;
  double simulated_s = 0;
  for (const VerifiedJob& job : jobs) {
    real_s = std::max(real_s, job.real_s);
    simulated_s = std::max(simulated_s, job.simulated_s);
  }
  return simulated_s / real_s - 1;
}

std::vector<VerifiedSchedule> verify(const VerifyOptions& options) {
  std::string gpu;
  {
    const GpuSession session;  // and given back: clients make their own
    gpu = catalog_id(session.facts().name);
    if (gpu.empty()) throw Unavailable("the GPU " + session.facts().name + " is not in the catalogue");
  }
  const Calibration calibration = read_calibration(options.calibration);
  const FittedFamily* pairs = calibration.find("pairs");
  if (pairs == nullptr) throw InputError({options.calibration}, "parameters.pairs", "missing", "fit sharing samples");
  const std::vector<Job> jobs = make_jobs(options, *pairs, gpu);
  const PrivateFolder folder;
  const VerifyPlace setting{gpu, std::filesystem::absolute(options.calibration).string(), folder.path(), start_up_s()};
  std::vector<VerifiedSchedule> schedules;
  for (const char* order : {"fifo", "sjf"}) {
    for (const int at_a_time : {1, 2}) {
      std::fprintf(stderr, "seatrial: %zu jobs, %s, %d at a time\n", jobs.size(), order, at_a_time);
      const std::vector<double> real_s = run_for_real(jobs, order, at_a_time);
      const std::vector<double> simulated_s = simulated(scenario_of(jobs, setting, order, at_a_time));
      VerifiedSchedule& schedule = schedules.emplace_back(VerifiedSchedule{order, at_a_time, {}});
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        schedule.jobs.push_back({jobs[i].work->name(), real_s[i], simulated_s[i]});
      }
    }
  }
  return schedules;
}

std::string verify_text(const std::vector<VerifiedSchedule>& schedules) {
  std::string text = "order  at a time  job  work                              real_s  simulated_s  error_percent\n";
  std::array<char, 200> line{};
  for (const VerifiedSchedule& schedule : schedules) {
    for (std::size_t i = 0; i < schedule.jobs.size(); ++i) {
      const VerifiedJob& job = schedule.jobs[i];
      std::snprintf(line.data(), line.size(), "%-5s  %9d  %3zu  %-30s  %8.2f  %11.2f  %13.1f\n", schedule.order.c_str(),
                    schedule.at_a_time, i, job.work.c_str(), job.real_s, job.simulated_s,
                    100 * (job.simulated_s / job.real_s - 1));
      text += line.data();
    }
    std::snprintf(line.data(), line.size(), "%s, %d at a time: makespan %+.1f %%, worst completion time %.1f %%\n",
                  schedule.order.c_str(), schedule.at_a_time, 100 * schedule.makespan_error(),
                  100 * schedule.worst_error());
    text += line.data();
  }
  return text;
}

}  // namespace seatrial

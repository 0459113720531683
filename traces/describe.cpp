// Counting and printing; see describe.h.
#include "traces/describe.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <unordered_set>

#include "sim/stats.h"
#include "sim/text.h"
#include "traces/shape.h"

namespace seatrial {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr std::int64_t kHourNs = 3600 * kNsPerSecond;

// Reorders the values.
QuantilesS quantiles_s(std::vector<std::int64_t>& values_ns) {
  if (values_ns.empty()) return {};
  constexpr std::array<Quantile, 5> kRanks{{{50}, {90}, {95}, {99}, {100}}};
  const double mean_ns = exact_mean(values_ns);
  const auto ranked = quantiles(values_ns, kRanks);
  const auto at = [&](std::size_t i) { return Duration{ranked[i]}.seconds(); };
  return {mean_ns / static_cast<double>(kNsPerSecond), at(0), at(1), at(2), at(3), at(4)};
}

double gpus_of(const Request& request) { return static_cast<double>(request.total_milli()) / kGpuMilli; }

// Index 0 .. count - 1 of the period that an instant is in.
std::size_t period(std::int64_t ns, std::int64_t length_ns, std::int64_t count) {
  const std::int64_t index = floor_to(ns, length_ns) / length_ns;
  return static_cast<std::size_t>(((index % count) + count) % count);
}

void count_texts(const Workload& workload, WorkloadStatistics& statistics) {
  std::unordered_set<std::uint32_t> tenants;
  std::unordered_set<std::uint32_t> users;
  for (const JobId job : workload.file_order()) {
    if (workload.tenant(job).index != 0) tenants.insert(workload.tenant(job).index);
    if (workload.user(job).index != 0) users.insert(workload.user(job).index);
  }
  statistics.tenants = tenants.size();
  statistics.users = users.size();
}

// Ends before starts at one instant, as in a simulation.
double peak_demand(const Workload& workload) {
  std::vector<std::pair<std::int64_t, std::int64_t>> changes;
  changes.reserve(2 * workload.size());
  for (const JobId job : workload.file_order()) {
    const std::int64_t milli = workload.request(job).total_milli();
    if (milli == 0 || workload.duration(job).ns == 0) continue;
    changes.emplace_back(workload.submit(job).ns, milli);
    changes.emplace_back((workload.submit(job) + workload.duration(job)).ns, -milli);
  }
  std::sort(changes.begin(), changes.end());
  std::int64_t now = 0;
  std::int64_t peak = 0;
  for (const auto& change : changes) peak = std::max(peak, now += change.second);
  return static_cast<double>(peak) / kGpuMilli;
}

void append_line(std::string& out, const char* label, const std::string& value) {
  char text[64];
  std::snprintf(text, sizeof text, "%-22s", label);
  out += text + value + '\n';
}

std::string number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, value == std::floor(value) && std::fabs(value) < 1e15 ? "%.0f" : "%.1f", value);
  return text;
}

std::string quantile_text(const QuantilesS& q) {
  return "mean " + human_duration(q.mean) + ", median " + human_duration(q.p50) + ", p90 " + human_duration(q.p90) +
         ", p99 " + human_duration(q.p99) + ", max " + human_duration(q.max);
}

void append_sizes(std::string& out, const WorkloadStatistics& s) {
  out += "\n    GPUs        jobs   share    GPU-hours   share\n";
  for (const SizeClass& size : s.sizes) {
    char text[128];
    const double jobs = static_cast<double>(size.jobs);
    std::snprintf(text, sizeof text, "%8u  %10.0f  %5.1f %%  %11.1f  %5.1f %%\n", size.gpus, jobs,
                  100 * jobs / static_cast<double>(std::max<std::uint64_t>(1, s.jobs)), size.gpu_hours,
                  s.gpu_hours > 0 ? 100 * size.gpu_hours / s.gpu_hours : 0.0);
    out += text;
  }
}

template <std::size_t kCount>
void append_profile(std::string& out, const char* label, const std::array<std::uint64_t, kCount>& counts) {
  const std::uint64_t most = std::max<std::uint64_t>(1, *std::max_element(counts.begin(), counts.end()));
  out += std::string("\n") + label + '\n';
  for (std::size_t i = 0; i < kCount; ++i) {
    char text[64];
    std::snprintf(text, sizeof text, "%8zu  %10.0f  ", i, static_cast<double>(counts[i]));
    out += text + std::string(static_cast<std::size_t>(counts[i] * 40 / most), '#') + '\n';
  }
}

}  // namespace

WorkloadStatistics workload_statistics(const Workload& workload) {
  WorkloadStatistics s;
  s.jobs = workload.size();
  s.skipped_rows = workload.skipped_rows();
  count_texts(workload, s);
  std::vector<std::int64_t> durations_ns;
  std::vector<std::int64_t> waits_ns;
  std::map<std::uint32_t, SizeClass> sizes;
  Time first_submit = kNever;
  Time last_submit = kBeforeAll;
  Time last_end = kBeforeAll;
  for (const JobId job : workload.file_order()) {
    const Request& request = workload.request(job);
    const double hours = workload.duration(job).seconds() * gpus_of(request) / kSecondsPerHour;
    durations_ns.push_back(workload.duration(job).ns);
    SizeClass& size = sizes[request.gpus];
    size.gpus = request.gpus;
    ++size.jobs;
    size.gpu_hours += hours;
    s.gpu_hours += hours;
    s.cpu_jobs += request.gpus == 0 ? 1 : 0;
    s.sharing_jobs += request.gpus == 1 && request.gpu_milli < kGpuMilli ? 1 : 0;
    const Time submit = workload.submit(job);
    first_submit = std::min(first_submit, submit);
    last_submit = std::max(last_submit, submit);
    last_end = std::max(last_end, submit + workload.duration(job));
    if (const auto start = workload.observed_start(job)) waits_ns.push_back((*start - submit).ns);
    ++s.arrivals_by_hour[period(submit.ns, kHourNs, 24)];
    ++s.arrivals_by_weekday[period(submit.ns, 24 * kHourNs, 7)];
  }
  if (s.jobs != 0) {
    s.first_submit_s = first_submit.seconds();
    s.last_submit_s = last_submit.seconds();
    s.span_s = (last_end - first_submit).seconds();
  }
  if (s.span_s > 0) s.mean_demand_gpus = s.gpu_hours * kSecondsPerHour / s.span_s;
  s.peak_demand_gpus = peak_demand(workload);
  s.duration_s = quantiles_s(durations_ns);
  s.recorded_waits = waits_ns.size();
  s.recorded_wait_s = quantiles_s(waits_ns);
  for (const auto& [gpus, size] : sizes) s.sizes.push_back(size);
  return s;
}

std::string describe_text(const Workload& workload) {
  const WorkloadStatistics s = workload_statistics(workload);
  const auto count = [](std::uint64_t n) { return std::to_string(n); };
  std::string out;
  append_line(
      out, "jobs",
      count(s.jobs) + " (" + count(s.cpu_jobs) + " without GPU, " + count(s.sharing_jobs) + " with a part of one)");
  if (s.skipped_rows != 0) append_line(out, "rows left out", count(s.skipped_rows));
  append_line(out, "submitted", number(s.first_submit_s) + " s to " + number(s.last_submit_s) + " s");
  append_line(out, "span", human_duration(s.span_s));
  append_line(out, "tenants, users", count(s.tenants) + ", " + count(s.users));
  append_line(out, "GPU-hours", number(s.gpu_hours));
  append_line(out, "demand, no waiting",
              "mean " + number(s.mean_demand_gpus) + " GPUs, peak " + number(s.peak_demand_gpus));
  append_line(out, "run time", quantile_text(s.duration_s));
  append_line(
      out, "recorded wait",
      s.recorded_waits == 0 ? "none" : quantile_text(s.recorded_wait_s) + " (" + count(s.recorded_waits) + " jobs)");
  append_sizes(out, s);
  append_profile(out, "jobs by hour of the day", s.arrivals_by_hour);
  append_profile(out, "jobs by day of the week, from the day of time 0", s.arrivals_by_weekday);
  return out;
}

}  // namespace seatrial

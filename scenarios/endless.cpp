// See endless.h.
#include "scenarios/endless.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "policies/keys.h"
#include "sim/error.h"

namespace seatrial {
namespace {

constexpr double kMostSteps = 1e9;

[[noreturn]] void refuse(const std::string& path, const std::string& what, double steps, const std::string& hint) {
  std::array<char, 32> number{};
  (void)std::snprintf(number.data(), number.size(), "%.2g", steps);
  throw InputError({}, path,
                   std::string("these jobs would need ") + number.data() + " " + what + "; at most 1e+09 are simulated",
                   hint);
}

}  // namespace

void refuse_endless(const ScenarioSpec& spec, const Workload& jobs) {
  if (jobs.size() == 0) return;
  const double first_s = jobs.submit({0}).seconds();
  double span_s = 0;  // no run of these jobs is shorter
  double service_gpu_s = 0;
  for (std::uint32_t j = 0; j < jobs.size(); ++j) {
    const double length_s = jobs.duration({j}).seconds();
    span_s = std::max(span_s, jobs.submit({j}).seconds() - first_s + length_s);
    service_gpu_s += length_s * std::max(1U, jobs.request({j}).gpus);
  }
  if (spec.until) span_s = std::min(span_s, spec.until->seconds());
  const SchedulerSpec& scheduler = spec.scheduler;
  if (scheduler.preemption == Preemption::Round && span_s / scheduler.round.seconds() > kMostSteps) {
    refuse("scheduler.preemption.round", "rounds", span_s / scheduler.round.seconds(), "use longer rounds");
  }
  if (scheduler.gate && span_s / scheduler.gate->period.seconds() > kMostSteps) {
    refuse("scheduler.gate.period", "looks", span_s / scheduler.gate->period.seconds(), "use a longer period");
  }
  for (std::size_t i = 0; i < spec.cluster.pools.size(); ++i) {
    const PartitionerSpec& partitioner = spec.cluster.pools[i].gpu_mode.partitioner;
    if (partitioner.kind != PartitionerSpec::Kind::Optimizing) continue;
    const double periods = span_s / partitioner.period.seconds();
    if (periods <= kMostSteps) continue;
    refuse("cluster.pools[" + std::to_string(i) + "].gpu.partitioner.period", "periods", periods, "use longer periods");
  }
  if (scheduler.order.name != "las" || scheduler.preemption != Preemption::OnEvent) return;
  const double quantum = scheduler.order.parameters.number("quantum_gpu_s", kLasQuantumGpuS);
  if (service_gpu_s / quantum > kMostSteps) {
    refuse("scheduler.order.quantum_gpu_s", "quanta", service_gpu_s / quantum, "use a larger quantum");
  }
}

}  // namespace seatrial

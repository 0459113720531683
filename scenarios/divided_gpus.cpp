// See divided_gpus.h.
#include "scenarios/divided_gpus.h"

#include <algorithm>
#include <cmath>

#include "models/gpu_partitions.h"
#include "reports/report_devices.h"
#include "scenarios/run.h"

namespace seatrial {
namespace {

void describe_memory(const SimulatedRun& run, DividedGpus& divided) {
  const Workload& workload = run.parts.workload;
  const bool asked_for = std::any_of(workload.requests().begin(), workload.requests().end(),
                                     [](const Request& request) { return request.gpu_memory_mib > 0; });
  const double span_s = run.metrics.began() ? (run.end - run.metrics.first_submit()).seconds() : 0;
  if (!asked_for || run.metrics.options().sequential || span_s <= 0) return;
  double asked = 0;
  std::optional<double> allocated = 0.0;
  for (std::uint32_t j = 0; j < workload.size(); ++j) {
    const JobId job{j};
    const Request& request = workload.request(job);
    if (run.table.start[job] == kNever || request.gpus == 0) continue;
    const Time end = run.table.end[job] == kNever ? run.end : run.table.end[job];
    const double held_s = (end - workload.submit(job) - run.table.waited[job]).seconds() * request.gpus;
    asked += held_s * request.gpu_memory_mib;
    const auto unit = unit_memory_mib(run.parts.cluster, workload, run.table, j);
    if (!unit) allocated.reset();
    if (allocated) *allocated += held_s * *unit;
  }
  divided.memory_asked_gib = asked / span_s / 1024;
  if (allocated) divided.memory_allocated_gib = *allocated / span_s / 1024;
}

}  // namespace

bool MigGauge::needed(const Cluster& cluster) {
  for (std::uint32_t pool = 0; cluster.partitions() != nullptr && pool < cluster.pools().size(); ++pool) {
    if (cluster.partitions()->mig({pool}) != nullptr) return true;
  }
  return false;
}

void MigGauge::measure(Time now, const Cluster& cluster) {
  double fragmentation = 0;
  double stranded = 0;
  for (std::uint32_t pool = 0; pool < cluster.pools().size(); ++pool) {
    const MigNodes* mig = cluster.partitions()->mig({pool});
    if (mig == nullptr) continue;
    fragmentation += mig->fragmentation_slices();
    stranded += mig->stranded_slices();
  }
  fragmentation_.set(now, std::llround(fragmentation * kScale));
  stranded_.set(now, std::llround(stranded * kScale));
}

DividedGpus describe_divided(const SimulatedRun& run) {
  DividedGpus divided;
  describe_memory(run, divided);
  if (run.parts.speed) divided.slowed_jobs = 0;
  if (run.mig && run.metrics.began() && !run.metrics.options().sequential) {
    divided.mig_fragmentation_slices = run.mig->fragmentation(run.metrics.first_submit(), run.end);
    divided.mig_stranded_slices = run.mig->stranded(run.metrics.first_submit(), run.end);
  }
  return divided;
}

}  // namespace seatrial

// See divided_gpus.h.
#include "scenarios/divided_gpus.h"

#include <algorithm>
#include <cmath>

#include "models/gpu_partitions.h"
#include "scenarios/run.h"

namespace seatrial {
namespace {

// GPU memory of one unit that a job holds in MiB; nothing where the catalogue does not know it.
std::optional<double> unit_memory_mib(const SimulatedRun& run, JobId job) {
  const GpuPartitions* partitions = run.parts.cluster.partitions();
  const Request& request = run.parts.workload.request(job);
  const PoolId pool = run.parts.cluster.pool_of(run.table.pieces(job).front().node);
  if (partitions == nullptr) return std::nullopt;
  const auto& shapes = run.table.shape_slice[run.parts.workload.request_id(job).index];
  const std::uint16_t slice = shapes.empty() ? 0 : shapes[run.table.shape[job]];
  std::int64_t mib = partitions->usable_mib(pool);
  if (slice != 0) {
    const SliceKind& kind = partitions->kind(slice);
    const SharingMode mode = partitions->mode(kind.pool).mode;
    const bool split = mode == SharingMode::Mig || mode == SharingMode::Mps;
    mib = split ? kind.memory_mib : std::int64_t{request.gpu_memory_mib};
  }
  if (mib == INT64_MAX) return std::nullopt;
  return static_cast<double>(mib);
}

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
    const auto unit = unit_memory_mib(run, job);
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

// Whether GPUs are divided, and their memory over time; see report_devices.h.
#include "reports/report_devices.h"

#include <algorithm>

#include "models/cluster.h"
#include "models/gpu_partitions.h"
#include "models/workload.h"
#include "reports/bucket_sums.h"
#include "reports/report_data.h"

namespace seatrial {
namespace {

bool is_divided(const Cluster& cluster, const Workload& workload) {
  for (std::uint32_t pool = 0; cluster.partitions() != nullptr && pool < cluster.pools().size(); ++pool) {
    const GpuModeSpec& mode = cluster.partitions()->mode({pool});
    if (mode.is_cut() || mode.has_replicas()) return true;
  }
  return std::any_of(workload.requests().begin(), workload.requests().end(),
                     [](const Request& request) { return request.gpu_milli > 0 && request.gpu_milli < kGpuMilli; });
}

std::optional<MemoryShown> memory_of(const ReportInput& input, const Cluster& cluster) {
  const Workload& workload = input.workload;
  const bool stated = std::any_of(workload.requests().begin(), workload.requests().end(),
                                  [](const Request& request) { return request.gpu_memory_mib > 0; });
  const double span_s = input.metrics.began() ? (input.metrics.end() - input.metrics.first_submit()).seconds() : 0;
  if (!stated || span_s <= 0) return std::nullopt;
  constexpr double kMibPerGib = 1024;
  const Time zero = input.metrics.first_submit();
  BucketSums sums(2, DeviceReport::kBuckets, span_s);
  bool known = true;
  std::vector<Stay> stays;
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    const Request& request = workload.request(job);
    if (input.table.start[job] == kNever || request.gpus == 0) continue;
    const auto unit = unit_memory_mib(cluster, workload, input.table, i);
    known = known && unit.has_value();
    input.history.stays(job, stays);
    for (const Stay& stay : stays) {
      const double begin = (Time{stay.begin_ns} - zero).seconds();
      const double end = (Time{stay.end_ns} - zero).seconds();
      sums.add(0, begin, end, request.gpus * static_cast<double>(request.gpu_memory_mib) / kMibPerGib);
      sums.add(1, begin, end, request.gpus * unit.value_or(0) / kMibPerGib);
    }
  }
  MemoryShown shown{sums.means(0), {}};
  if (known) shown.allocated_gib = sums.means(1);
  return shown;
}

}  // namespace

std::optional<double> unit_memory_mib(const Cluster& cluster, const Workload& workload, const JobTable& table,
                                      std::uint32_t job) {
  const GpuPartitions* partitions = cluster.partitions();
  if (partitions == nullptr) return std::nullopt;
  const Request& request = workload.request({job});
  const auto& shapes = table.shape_slice[workload.request_id({job}).index];
  const std::uint16_t slice = shapes.empty() ? 0 : shapes[table.shape[{job}]];
  std::int64_t mib = partitions->usable_mib(cluster.pool_of(table.pieces({job}).front().node));
  if (slice != 0) {
    const SliceKind& kind = partitions->kind(slice);
    const SharingMode mode = partitions->mode(kind.pool).mode;
    const bool split = mode == SharingMode::Mig || mode == SharingMode::Mps;
    mib = split ? kind.memory_mib : std::int64_t{request.gpu_memory_mib};
  }
  if (mib == INT64_MAX) return std::nullopt;
  return static_cast<double>(mib);
}

DeviceReport device_report(const ReportInput& input, const Cluster& cluster, const DeviceHistory* devices) {
  DeviceReport report;
  report.divided = is_divided(cluster, input.workload) && !input.metrics.options().sequential;
  if (!report.divided || !input.metrics.began()) return report;
  if (devices != nullptr && cluster.partitions() != nullptr) fill_slices(input, cluster, *devices, report);
  if (cluster.tracks_devices()) fill_sharing(input, cluster, devices, report);
  report.memory = memory_of(input, cluster);
  return report;
}

}  // namespace seatrial

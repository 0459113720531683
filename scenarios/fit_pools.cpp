// See fit_pools.h.
#include "scenarios/fit_pools.h"

#include <algorithm>

#include "models/gpu_resource.h"
#include "models/mig_catalog.h"

namespace seatrial {
namespace {

// The profile that a request would be given first; nullptr if none. Any resource: the smallest with the memory.
const MigProfile* profile_for(const MigFamily& family, const std::string& resource, std::uint32_t memory_mib) {
  const MigProfile* best = nullptr;
  for (const MigProfile& profile : family.profiles) {
    if (resource != kAnyResource) {
      if (mig_resource_key(profile.name) == resource) return &profile;
      continue;
    }
    const double mib = profile.memory_gib.value_or(profile.memory_gb_nominal) * 1024;
    if (profile.media || mib < memory_mib) continue;
    const bool smaller =
        best == nullptr || profile.compute_slices < best->compute_slices ||
        (profile.compute_slices == best->compute_slices && profile.memory_slices < best->memory_slices);
    if (smaller) best = &profile;
  }
  return best;
}

}  // namespace

void fit_pools(ClusterSpec& cluster, const Workload& jobs) {
  for (std::uint32_t row = 0; row < jobs.requests().size(); ++row) {
    const Request& request = jobs.requests()[RequestId{row}];
    const bool share = request.gpus == 1 && request.gpu_milli < kGpuMilli;
    const std::string& resource = jobs.texts().text(request.resource);
    for (PoolSpec& pool : cluster.pools) {
      GpuModeSpec& mode = pool.gpu_mode;
      if (share && request.gpu_memory_mib > 0 && !pool.counted) mode.stated = true;
      const MigFamily* family = mode.is_cut() ? mig_family_of_gpu(pool.gpu_model) : nullptr;
      if (family == nullptr || resource.empty()) continue;
      const MigProfile* profile = profile_for(*family, resource, request.gpu_memory_mib);
      if (profile == nullptr) continue;
      const std::uint64_t times = std::uint64_t{jobs.target_counts()[row]} * request.gpus;
      mode.demand.emplace_back(profile->name, static_cast<std::uint32_t>(std::min<std::uint64_t>(times, 1'000'000)));
    }
  }
}

}  // namespace seatrial

// Sizes of generated jobs: numbers of GPUs, shares, slices and replicas by their resource names.
#include <algorithm>

#include "models/gpu_resource.h"
#include "models/mig_catalog.h"
#include "scenarios/load_sections.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr const char* kExpected =
    R"(expected 0..10000000 GPUs, a share such as 500m, or a resource such as mig-1g.5gb or "2 gpu.shared")";

std::optional<GpuSize> whole_gpus(const std::string& text) {
  const auto gpus = parse_integer(text);
  if (!gpus || *gpus < 0 || *gpus > static_cast<std::int64_t>(kMaxGpus)) return std::nullopt;
  return GpuSize(static_cast<std::uint32_t>(*gpus));
}

std::optional<GpuSize> share(const std::string& text) {
  if (text.empty() || text.back() != 'm') return std::nullopt;
  const auto milli = parse_integer(text.substr(0, text.size() - 1));
  if (!milli || *milli < 1 || *milli > kGpuMilli) return std::nullopt;
  GpuSize size;
  size.milli = size.load_milli = static_cast<std::uint32_t>(*milli);
  return size;
}

std::optional<GpuSize> slices(const std::string& text) {
  const std::size_t space = text.find(' ');
  const auto count = space == std::string::npos ? std::optional<std::int64_t>(1) : parse_integer(text.substr(0, space));
  const std::string name = space == std::string::npos ? text : text.substr(space + 1);
  // A bare word would be a typing mistake more often than a resource, and 0.5 is meant as a share (500m).
  const bool plausible = name == kAnyResource || (is_gpu_resource(name) && !parse_number(name) &&
                                                  name.find_first_of("-./") != std::string::npos);
  if (!count || *count < 1 || *count > static_cast<std::int64_t>(kMaxGpus) || !plausible) {
    return std::nullopt;
  }
  GpuSize size(static_cast<std::uint32_t>(*count));
  size.resource = gpu_resource_key(name);
  return size;
}

// Of one instance or replica that a pool gives for the resource; 0 if it gives none.
std::uint32_t milli_in(const PoolSpec& pool, const std::string& resource) {
  const GpuModeSpec& mode = pool.gpu_mode;
  if (mode.has_replicas() && gpu_resource_key(mode.resource) == resource) return kGpuMilli / mode.replicas;
  const MigFamily* family = mig_family_of_gpu(pool.gpu_model);
  if (!mode.is_cut() || family == nullptr) return 0;
  for (const MigProfile& profile : family->profiles) {
    if (mig_resource_key(profile.name) == resource) return kGpuMilli * profile.compute_slices / family->compute_slices;
  }
  return 0;
}

}  // namespace

std::optional<GpuSize> load_gpu_size(const std::string& text, const Value& at) {
  for (const auto read : {whole_gpus, share, slices}) {
    if (auto size = read(text)) return size;
  }
  at.problem("a size of a job is a whole number of GPUs, a share or a resource, not " + in_quotes(text), kExpected);
  return std::nullopt;
}

void size_slices(GeneratorSpec& generator, const ClusterSpec& cluster) {
  for (auto& [size, weight] : generator.gpus) {
    if (size.resource.empty()) continue;
    size.load_milli = 0;
    for (const PoolSpec& pool : cluster.pools) {
      if (size.load_milli == 0) size.load_milli = milli_in(pool, size.resource);
    }
  }
}

}  // namespace seatrial

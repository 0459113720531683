// See quota_resources.h.
#include "scenarios/quota_resources.h"

#include <algorithm>
#include <cmath>

#include "models/gpu_resource.h"
#include "models/mig_catalog.h"
#include "models/quantity.h"
#include "models/workload.h"
#include "sim/text.h"

namespace seatrial {
namespace {

using What = QuotaResource::What;

void add_gpu(std::vector<QuotaResource>& known, const std::string& key) {
  const auto same = [&](const QuotaResource& each) { return each.what == What::Gpu && each.gpu_key == key; };
  if (std::any_of(known.begin(), known.end(), same)) return;
  known.push_back({What::Gpu, key, std::string("nvidia.com/") + (key.empty() ? "gpu" : key)});
}

}  // namespace

std::vector<QuotaResource> known_quota_resources(const ClusterSpec& cluster) {
  std::vector<QuotaResource> known{{What::Cpu, "", "cpu"}, {What::Memory, "", "memory"}, {What::Pods, "", "pods"}};
  add_gpu(known, "");
  for (const PoolSpec& pool : cluster.pools) {
    if (pool.gpu_mode.has_replicas()) add_gpu(known, gpu_resource_key(pool.gpu_mode.resource));
    const MigFamily* family = pool.gpu_mode.is_cut() ? mig_family_of_gpu(pool.gpu_model) : nullptr;
    if (family == nullptr) continue;
    for (const MigProfile& profile : family->profiles) add_gpu(known, mig_resource_key(profile.name));
  }
  return known;
}

std::optional<ResourceId> find_quota_resource(const std::vector<QuotaResource>& known, const std::string& written) {
  std::string name = written;
  for (const char* prefix : {"requests.", "count/"}) {
    if (name.starts_with(prefix)) name = name.substr(std::string(prefix).size());
  }
  for (std::uint32_t i = 0; i < known.size(); ++i) {
    const QuotaResource& each = known[i];
    if (each.name == name || (each.what == What::Gpu && gpu_resource_key(name) == each.gpu_key)) return ResourceId{i};
  }
  return std::nullopt;
}

std::vector<std::string> names_of(const std::vector<QuotaResource>& resources) {
  std::vector<std::string> names;
  for (const QuotaResource& each : resources) names.push_back(each.name);
  return names;
}

std::optional<std::int64_t> quota_amount(const QuotaResource& resource, const Value& value) {
  switch (resource.what) {
    case What::Cpu:
      return value.cpu_milli();
    case What::Memory:
      return value.memory_mib();
    case What::Pods:
      return value.integer(0, 1'000'000'000);
    case What::Gpu:
      break;
  }
  const auto number = value.is_scalar() && !value.node().quoted ? parse_number(value.node().scalar) : std::nullopt;
  if (number && *number != std::floor(*number)) {
    value.problem(quoted(value.node().scalar) + " of " + resource.name + ": quotas count whole GPUs",
                  "Kubernetes does not divide extended resources; write a whole number");
    return std::nullopt;
  }
  const auto gpus = value.integer(0, static_cast<std::int64_t>(kMaxGpus));
  if (!gpus) return std::nullopt;
  return *gpus * kGpuMilli;
}

std::string quota_amount_text(const QuotaResource& resource, std::int64_t amount) {
  switch (resource.what) {
    case What::Cpu:
      return Quantity::milli(amount).text() + " cpu";
    case What::Memory:
      return std::to_string(amount) + "Mi memory";
    case What::Pods:
      return std::to_string(amount) + " pods";
    case What::Gpu:
      return Quantity::milli(amount).text() + " " + resource.name;
  }
  return "";
}

}  // namespace seatrial

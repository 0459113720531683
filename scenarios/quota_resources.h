// What quotas of a scenario may count, and how amounts of it are written: cpu, memory, pods and the GPU resources that
// the cluster gives. Used by the loader of `quotas`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/cluster_spec.h"
#include "policies/quota_rules.h"
#include "scenarios/reader.h"

namespace seatrial {

// All that may be named; a resource has the same number in every part of a scenario.
[[nodiscard]] std::vector<QuotaResource> known_quota_resources(const ClusterSpec& cluster);

// "gpu", "nvidia.com/gpu", "requests.nvidia.com/gpu" and "count/pods" are understood; nothing for an unknown name.
[[nodiscard]] std::optional<ResourceId> find_quota_resource(const std::vector<QuotaResource>& known,
                                                            const std::string& written);
[[nodiscard]] std::vector<std::string> names_of(const std::vector<QuotaResource>& resources);

// In the unit of the resource; nothing after reporting why not.
[[nodiscard]] std::optional<std::int64_t> quota_amount(const QuotaResource& resource, const Value& value);
// "12 GPUs of nvidia.com/gpu", "1.5 cores": for messages.
[[nodiscard]] std::string quota_amount_text(const QuotaResource& resource, std::int64_t amount);

}  // namespace seatrial

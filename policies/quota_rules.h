// The quotas of a run as plain values: what is counted, which pools a flavor stands for, and whose jobs fall under
// which part of the quota tree. The scenario loader fills it with names, build() adds what depends on the workload, and
// the quota keeper admits jobs by it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/ids.h"
#include "policies/kueue_scheduler.h"

namespace seatrial {

// ResourceQuota: a namespace's limit, asked when pods are created; no lending, no priorities, no preemption.
enum class QuotaKind : std::uint8_t { Kueue, ResourceQuota };

// One thing that quotas count. Amounts are thousandths of cores and of GPUs (slices, replicas), MiB, and pods.
struct QuotaResource {
  enum class What : std::uint8_t { Cpu, Memory, Pods, Gpu };
  What what = What::Gpu;
  std::string gpu_key;  // of Gpu: as Request::resource, empty for nvidia.com/gpu
  std::string name;     // in full: "nvidia.com/mig-1g.5gb"
};

struct QuotaRules {
  QuotaKind kind = QuotaKind::Kueue;
  std::vector<QuotaResource> resources;           // by ResourceId
  std::vector<bool> counted;                      // by ResourceId: others cost nothing, whatever jobs ask for
  KueueRules kueue;                               // of ResourceQuota: a queue without a cohort for each namespace
  std::vector<std::vector<PoolId>> flavors;       // by ResourceFlavorId: its pools
  std::vector<std::string> flavor_names;          // by ResourceFlavorId
  std::vector<std::vector<std::string>> tenants;  // by QuotaNodeId: whose jobs go there; empty for cohorts
  std::vector<QuotaNodeId> queue_of_tenant;       // by TextId of the workload; not valid: none

  std::vector<ResourceId> resource_of;  // by FlavorResourceId

  [[nodiscard]] bool counts_gpus(FlavorResourceId of) const {
    return resources[resource_of[of.index].index].what == QuotaResource::What::Gpu;
  }
};

}  // namespace seatrial

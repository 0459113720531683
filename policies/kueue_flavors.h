// Which flavor each resource of a workload takes: Kueue's flavor assigner. Per pod set and group of resources the
// flavors are tried in order; the queue says whether to go on where it would have to borrow or to preempt.
// Source: kubernetes-sigs/kueue pkg/scheduler/flavorassigner. Used by the admission cycle; changes nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "models/quota_tree.h"
#include "models/topology_taints.h"

namespace seatrial {

using ResourceId = Id<struct ResourceTag>;              // a resource's name
using ResourceFlavorId = Id<struct ResourceFlavorTag>;  // a flavor's name

struct ResourceFlavor {
  Labels labels;
  std::vector<KeyedTaint> taints;
  std::vector<KeyedToleration> tolerations;  // given to the pods that take the flavor
};

// Resources that take one flavor together, and the flavors in order of preference.
struct ResourceGroup {
  std::vector<ResourceId> resources;
  std::vector<ResourceFlavorId> flavors;
  std::vector<FlavorResourceId> pairs;  // by flavor, then resource

  [[nodiscard]] FlavorResourceId pair(std::size_t flavor, std::size_t resource) const {
    return pairs[flavor * resources.size() + resource];
  }
};

struct FlavorFungibility {
  bool next_before_borrowing = false;  // whenCanBorrow: TryNextFlavor
  bool next_before_preempting = true;  // whenCanPreempt: TryNextFlavor
  bool preempt_rather_than_borrow = false;
};

struct QueueFlavors {
  std::vector<ResourceGroup> groups;
  FlavorFungibility fungibility;
  bool preempts_while_borrowing = false;  // borrowWithinCohort; under fair sharing also reclaimWithinCohort
};

struct ResourceAmount {
  ResourceId of;
  std::int64_t amount = 0;
};

struct PodSetRequest {
  std::uint32_t count = 1;
  std::vector<ResourceAmount> per_pod;  // each resource once
  Labels node_selector;
  std::vector<KeyedToleration> tolerations;
  std::vector<ResourceFlavorId> unusable;  // flavors whose nodes could never hold the pods
  std::vector<std::int32_t> tried;         // by resource: the last flavor tried before; missing or -1: start over
};

enum class FlavorMode : std::uint8_t { NoFit, Preempt, Fit };

struct FlavorChoice {
  ResourceId resource;
  ResourceFlavorId flavor;
  FlavorResourceId pair;
  FlavorMode mode = FlavorMode::Fit;
  std::uint32_t borrowing = 0;  // height of the lowest part of the tree that has the quota
  std::int32_t tried = -1;      // position of the last flavor tried; -1 if it was the group's last
  std::int64_t amount = 0;
};

struct FlavorAssignment {
  FlavorMode mode = FlavorMode::NoFit;
  std::vector<std::vector<FlavorChoice>> pod_sets;  // up to the first that found no flavor, which is empty
  QuotaAmounts usage;
  std::uint32_t borrowing = 0;
};

// What taking victims would give, for one resource of one flavor.
enum class PreemptionOutlook : std::uint8_t { NoCandidates, Preempt, Reclaim };
struct SimulatedPreemption {
  PreemptionOutlook outlook = PreemptionOutlook::NoCandidates;
  std::uint32_t borrowing = 0;  // afterwards
};
class PreemptionOracle {
 public:
  PreemptionOracle() = default;
  PreemptionOracle(const PreemptionOracle&) = delete;
  PreemptionOracle& operator=(const PreemptionOracle&) = delete;
  virtual ~PreemptionOracle() = default;
  virtual SimulatedPreemption simulate(QuotaAmount amount) = 0;
};

struct FlavorQuestion {
  const QuotaTree& tree;
  QuotaNodeId queue;
  const QueueFlavors& queue_flavors;
  const Column<ResourceFlavorId, ResourceFlavor>& flavors;
  ResourceId pods;  // the resource that counts pods, where a group covers it; may be not valid
};

// O(pod sets * flavors * resources * depth), and a search for victims for each that does not fit.
[[nodiscard]] FlavorAssignment assign_flavors(const FlavorQuestion& question,
                                              const std::vector<PodSetRequest>& pod_sets, PreemptionOracle& oracle);

}  // namespace seatrial

// What Kueue is told before anything is submitted: the quota tree, and for each cluster queue its flavors, its order
// and whose quota it may take. Made by the loader of scenarios, taken by the admission cycle (kueue_scheduler.h).
#pragma once

#include <vector>

#include "policies/kueue_flavors.h"
#include "policies/kueue_preemption.h"

namespace seatrial {

struct ClusterQueueRules {
  bool strict_fifo = false;  // a head that does not fit blocks its queue; else it is parked and the next one tries
  QueueFlavors flavors;
  QueuePreemption preemption;
};

struct KueueRules {
  QuotaTreeSpec quotas;
  Column<QuotaNodeId, ClusterQueueRules> queues;  // by node; those of cohorts mean nothing
  Column<ResourceFlavorId, ResourceFlavor> flavors;
  ResourceId pods;  // the resource that counts pods; may be not valid
  bool fair_sharing = false;
  std::vector<FairStrategy> strategies{FairStrategy::LessThanOrEqualToFinalShare, FairStrategy::LessThanInitialShare};
};

}  // namespace seatrial

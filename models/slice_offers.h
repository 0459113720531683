// Which pools could serve a request, and as what: plain GPUs, instances of a MIG profile, replicas, shares with memory.
// Used when a request class is worked out; looks at what pools could give if they were empty.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/cluster.h"
#include "models/workload.h"

namespace seatrial {

struct SliceOffer {
  PoolId pool;
  std::uint16_t slice = 0;  // of GpuPartitions; 0: plain GPUs
  std::uint32_t milli = 0;  // of a GPU, for each unit that the request counts
};

struct SliceOffers {
  std::vector<SliceOffer> offers;  // in the order in which they are to be tried
  const char* refusal = nullptr;   // why there are none
};

// pools: that the request may use by tenant, labels, taints and GPU model.
[[nodiscard]] SliceOffers slice_offers(const Workload& workload, const Request& request, const Cluster& cluster,
                                       const ClusterSpec& spec, std::span<const PoolId> pools);

}  // namespace seatrial

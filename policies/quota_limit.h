// Which limit a request for quota runs into: what `explain` tells of a job that waited for quota. Asked once for each
// job, when it first was the head of its queue and was passed over.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/kueue_flavors.h"

namespace seatrial {

struct QuotaLimit {
  enum class Kind : std::uint8_t {
    None,       // never the head of its queue, or others came first in the same cycle
    NoFlavor,   // no flavor of the queue has the resource on pools that could hold the job
    TooLarge,   // more than the queue can ever have
    Nominal,    // the queue's quota, and nobody to borrow from
    Borrowing,  // the borrowing limit of `node`
    Cohort,     // all that the cohorts up to the root `node` have
  };
  Kind kind = Kind::None;
  QuotaNodeId node;
  FlavorResourceId of;
  std::int64_t asked = 0;
  std::int64_t left = 0;  // that the queue could have had then; TooLarge: ever
};

// Of the first resource that fits no flavor, the flavor with the most left. O(resources * flavors * depth).
[[nodiscard]] QuotaLimit quota_limit(const QuotaTree& tree, QuotaNodeId queue, const QueueFlavors& flavors,
                                     const PodSetRequest& request);

}  // namespace seatrial

// What pools take over from the jobs of a run before the cluster is made: which MIG profiles are asked for how often,
// and whether GPU memory has to be followed.
#pragma once

#include "models/cluster_spec.h"
#include "models/workload.h"

namespace seatrial {

void fit_pools(ClusterSpec& cluster, const Workload& jobs);

}  // namespace seatrial

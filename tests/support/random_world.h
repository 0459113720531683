// Random small worlds for property and swarm tests. Values are drawn from few distinct ones, so that ties, exact fits
// and blocked heads are common.
#pragma once

#include "sim/random.h"
#include "tests/support/test_world.h"

namespace seatrial {

struct WorldShape {
  bool counted = false;     // one node
  bool single_gpu = false;  // every job asks for one GPU
  bool all_fit = false;     // no job asks for more than there is
  bool whole_node = false;  // no job asks for more than a node has
  bool exact = false;       // estimates equal run times
  std::uint32_t max_jobs = 80;
};

// Pools, jobs, order, admission, placement and estimate are drawn; preemption, changes and tenants are left out.
[[nodiscard]] TestWorld random_world(Random& random, const WorldShape& shape);

// Anomalies: small worlds in which more GPUs make things worse, found by search. Each row names two pools and what
// total wait and last end must be on each.
struct Anomaly {
  const char* name;
  TestWorld world;  // on the smaller cluster
  TestPool larger;
  std::int64_t wait_s[2];  // in all, smaller then larger
  std::int64_t last_end_s[2];
};
[[nodiscard]] std::vector<Anomaly> anomalies();

}  // namespace seatrial

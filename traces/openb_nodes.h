// Node lists of the openb trace, for imported pools.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cluster_spec.h"
#include "traces/input_file.h"

namespace seatrial {

// Reads a node list (CSV with sn, cpu_milli, memory_mib, gpu, model), in file order. If the rank request names a file
// (CSV with seed, sn, rank), each node's rank is that of rank_seed; a node without one is an error. Otherwise the rank
// is the position in the list. Throws InputError (all problems) and SystemError.
[[nodiscard]] std::vector<NodeSpec> read_openb_nodes(const InputRequest& list, const InputRequest& rank,
                                                     std::int64_t rank_seed);

}  // namespace seatrial

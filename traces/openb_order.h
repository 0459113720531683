// An explicit submission order of openb pods: a CSV with columns seed, seq, pod_row, tuned_index. pod_row is a row of
// the pod list from 0; tuned_index is -1 for the pod itself, else n for its copy `<name>-tuned-<n>`.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload.h"
#include "traces/input_file.h"

namespace seatrial {

// The pods that were read: the kept ones, and which row of the file each was.
struct OpenbPods {
  Workload kept;
  std::vector<std::uint64_t> rows;  // of kept.file_order()[i]; ascending
  std::uint64_t rows_in_file = 0;
};

// Adds the pods in the order of the rows of `seed`, all submitted at time 0; rows of pods that were not kept are passed
// over. Reads no further than the first row of another seed after them. All rows together are the target workload
// once, whatever the order repeats. Throws InputError for a row that is not in the pod list and if the seed has no row.
void add_in_order(InputFile order, std::int64_t seed, const OpenbPods& pods, WorkloadBuilder& builder);

}  // namespace seatrial

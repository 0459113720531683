// Acme (Shanghai AI Lab, 2023): trace_seren.csv and trace_kalos.csv. Times carry offsets and count from 1970-01-01 UTC.
// The released duration is not always end - start, so the run time is computed from the times (see cluster_log.h).
#include "traces/cluster_log.h"
#include "traces/csv.h"
#include "traces/formats.h"

namespace seatrial {

std::unique_ptr<TraceReader> open_acme(InputFile input, Problems& problems) {
  return read_cluster_log(std::make_unique<CsvFile>(std::move(input), problems), {"an acme log", 0, ""}, problems);
}

}  // namespace seatrial

// quotas.csv of a run with quotas: for each job its queue, the flavor that it was given last, and the limit that it ran
// into when it first was the head of its queue. `seatrial explain` reads it.
#pragma once

#include "reports/byte_sink.h"

namespace seatrial {

struct SimulatedRun;

void write_quotas_csv(const SimulatedRun& run, ByteSink& sink);

}  // namespace seatrial

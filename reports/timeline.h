// timeline.json.gz: a run as trace events, which Perfetto (ui.perfetto.dev) and chrome://tracing open. One process per
// node, one track per GPU (more for a shared one), a slice per job and GPU, counters for the queue and the free GPUs,
// and arrows from a preempted slice to the jobs that took its GPUs.
//
// Times are whole microseconds from the first fact, begin and end rounded down alike, so slices of a track never
// overlap. Equal runs give equal bytes.
#pragma once

#include <cstdint>

#include "models/workload.h"
#include "reports/byte_sink.h"
#include "reports/csv_writers.h"
#include "reports/run_history.h"

namespace seatrial {

struct TimelineOptions {
  // The file has at most so many slices and arrows. Beyond it every second job is drawn, or every fourth and so on, by
  // a hash of the row number; the file says how many.
  std::uint64_t max_events = 2'000'000;
  std::uint64_t max_samples = 10'000;  // of each counter; beyond it values at equal distances
};

struct TimelineResult {
  std::uint64_t jobs = 0;        // that held GPUs
  std::uint64_t jobs_drawn = 0;  // of these
  std::uint64_t events = 0;      // slices and arrow ends
};

// history: after finish(). Jobs without GPUs have no slice.
TimelineResult write_timeline(const RunHistory& history, const Workload& workload, const NodeNames& nodes,
                              const TimelineOptions& options, ByteSink& sink);

}  // namespace seatrial

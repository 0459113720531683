// The events of a run and their rank at one instant: ends and releases, then capacity changes, then (from the trace,
// never in the queue) arrivals, then one scheduling pass.
#pragma once

#include <cstdint>

namespace seatrial {

enum class EventKind : std::uint16_t {
  // Of a run; target: its row of LiveJobs.
  JobEnds,
  JobIsKilled,     // its stated run time is over
  UsefulBegins,    // start-up or restart overhead is over
  CheckpointDone,  // a preempted job gives its GPUs back
  OutOfMemory,     // the GPU memory of a shared device was asked for twice: the youngest ends
  ReleaseDone,     // the work was over before; now the GPUs are free
  KeyCrosses,      // the order key of the job moved into another class
  // Others.
  WarmStart,       // target: job; it is recorded to have started now, before time 0
  HistoryEnds,     // time 0 of a warm start: from now on the scheduler decides
  CapacityChange,  // target: row of ClusterSpec::changes
  Round,           // a scheduling round begins
  CutTimer,        // target: row of CutKeeper's timers; a re-cut or a rest is over
  Repartition,     // target: pool; the optimizing partitioner looks at it
  QuotaPause,      // target: job; evicted twice at one instant, it goes back to its queue now
  RetryCut,        // target: pool; a waiting job may have a GPU re-cut now
  SchedulerTimer,  // target: the scheduler's own number of it
};

[[nodiscard]] constexpr bool is_of_run(EventKind kind) { return kind <= EventKind::KeyCrosses; }

[[nodiscard]] constexpr std::uint8_t rank_of(EventKind kind) {
  switch (kind) {
    case EventKind::JobEnds:
    case EventKind::JobIsKilled:
    case EventKind::CheckpointDone:
    case EventKind::OutOfMemory:
    case EventKind::ReleaseDone:
      return 0;
    case EventKind::CapacityChange:
    case EventKind::WarmStart:
    case EventKind::CutTimer:
    case EventKind::QuotaPause:
    case EventKind::RetryCut:
      return 1;
    case EventKind::HistoryEnds:
    case EventKind::UsefulBegins:
    case EventKind::KeyCrosses:
    case EventKind::Round:
    case EventKind::Repartition:
    case EventKind::SchedulerTimer:
      return 2;
  }
  return 2;
}

}  // namespace seatrial

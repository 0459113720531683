// What happened in a run, in 32 plain bytes. The control plane emits facts in time order; observers (metrics, series,
// fact hash, logs) receive them in batches. Facts are the only thing that observers know of a run while it goes on.
#pragma once

#include <cstdint>
#include <span>

#include "sim/time.h"

namespace seatrial {

enum class FactKind : std::uint16_t {
  Submitted,  // job joins a queue; milli = what it asks for
  Rejected,   // job could never run; milli = what it asks for
  Failed,     // job ended by the simulation without completing (sequential: not bound; kill at limit)
  Started,    // first start; milli = what it asked for beyond what it holds (see Bound): not 0 for a choice of slices
  Resumed,    // start after a preemption
  Bound,      // milli GPUs of `pool` are held by the job from now on (one per pool that a gang uses)
  Released,   // milli GPUs of `pool` are free again
  Progress,   // overhead is over, useful work begins; milli = GPUs in all
  Stalled,    // useful work stops while GPUs are still held (checkpoint); milli = GPUs in all
  Preempted,  // job lost its GPUs and waits again; milli = what it asks for
  Completed,
  Capacity,  // `pool` now has milli GPUs in all and `node` nodes present
  Slowed,    // a run that is over was `milli` ns longer at work than alone on its GPUs; node = milli-GPUs that it had
  OutOfMemory,    // a job is to end, because the GPU memory of its device is asked for twice
  Admitted,       // job got quota: milli-GPUs of flavor resource `pool` in queue `node`; one for each that counts GPUs
  QuotaReleased,  // the same is free again
  Evicted,        // job is to give its quota to job `node`; pool: a VictimReason
  Held,           // a gang that is bound pod by pod holds milli GPUs of `pool` more, and waits for the rest
  HoldOver,       // it holds milli less: it gave them up, or it has all and starts (see Bound)
  Lost,           // a job was preempted `milli` ns of work after its last checkpoint; node = milli-GPUs that it had
  Recut,          // a GPU of `node` is re-cut: its new instances can be used in `milli` ns
};

struct Fact {
  Time at;
  std::int64_t milli = 0;
  std::uint32_t job = 0;   // index of a JobId, or 0 where there is none
  std::uint32_t node = 0;  // first node of the placement, or a count (Capacity)
  std::uint32_t pool = 0;
  FactKind kind = FactKind::Submitted;
  std::uint16_t spare = 0;
};
static_assert(sizeof(Fact) == 32);

class Observer {
 public:
  virtual ~Observer() = default;
  // Facts in time order; instants may be split over batches.
  virtual void observe(std::span<const Fact> facts) = 0;
  // The clock reached `end` and the run is over.
  virtual void finish(Time end) = 0;
};

}  // namespace seatrial

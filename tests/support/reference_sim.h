// A plain scheduler to hold the product against: a few lists, everything recomputed at every instant, no index and no
// code shared with the product. Slow (about n^2, conservative n^3) and meant to be read.
//
// Rules. At an instant: ended jobs release, jobs arrive, then one pass over the queue, ordered by (key, submit, row);
// the instant repeats while jobs that take no time end. A job that could not run on the empty cluster is rejected.
// Placement: a job no larger than a node goes to one node (first, fullest or emptiest that fits; ties to the lowest
// index); a larger one takes whole free nodes, lowest index first, and one more node for the remainder, by the policy
// (consolidate: the emptiest), all in one pool. All pools that a job may use have the same GPUs per node.
//   strict        start from the head until one does not fit
//   best-effort   start whatever fits, in order
//   easy          the blocked head's reservation is the first expected release at which it has a legal place; a later
//                 job starts if it fits now and ends by then, or if the head's place then survives it
//   conservative  every waiting job, in order, gets the earliest slot in a profile of counted GPUs (planned afresh at
//                 every instant); it starts if the slot is now and a legal place exists; for worlds that all may use;
//                 a job that takes no time is planned for 1 ns
// Expected end of a running job: start + known run time, or now if that is past.
#pragma once

#include "tests/support/test_world.h"

namespace seatrial {

// Orders fifo, sjf, smallest-first without preemption; estimates oracle and requested; no capacity changes, one queue.
[[nodiscard]] WorldResult reference_run(const TestWorld& world);

// SRTF with free preemption on counted GPUs: at each arrival or end all active jobs by remaining time, first fit; ties:
// running before waiting, then by submit and row.
[[nodiscard]] WorldResult reference_srtf(const TestWorld& world);

}  // namespace seatrial

// Gangs whose pods are bound one by one: the part of RunState that holds, gives up and
// starts them; and transfers that stand in line; see run_state.h.
#include <algorithm>

#include "policies/run_state.h"

namespace seatrial {

void RunState::emit_held(JobId job, const HeldPods& held, FactKind kind, std::size_t first) {
  const GangShape& shape = class_of(job).shapes[held.shape];
  for (std::size_t i = first; i < held.pieces.size(); ++i) {
    const NodeId node = held.pieces[i].node;
    const std::int64_t milli = (i < shape.main_pods ? shape.main : shape.rest).total_milli();
    write_fact(kind, job, milli, cluster.pool_of(node).index, node.index);
    clocks.touch(cluster.pool_of(node));
  }
}

bool RunState::hold_pod(JobId job, HeldPods& held) {
  const RequestClass& job_class = class_of(job);
  const bool first = held.pieces.empty();
  const std::uint32_t shapes = first ? static_cast<std::uint32_t>(job_class.shapes.size()) : held.shape + 1;
  for (std::uint32_t shape = first ? 0 : held.shape; shape < shapes; ++shape) {
    if (job_class.shapes[shape].pods() != job_class.shapes.front().pods()) continue;  // its pods exist already
    const auto pod = static_cast<std::uint32_t>(held.pieces.size());
    if (!placer_.place_pod(job_class, shape, pod, table.device_arena())) continue;
    held.shape = shape;
    held.pieces.push_back(placer_.pieces().front());
    emit_held(job, held, FactKind::Held, pod);
    return true;
  }
  return false;
}

void RunState::start_held(JobId job, const HeldPods& held, WaitReason rest) {
  emit_held(job, held, FactKind::HoldOver, 0);
  placer_.take_over(held.pieces);
  placed_shape_ = held.shape;
  commit_start(job, rest, true);
}

void RunState::give_up(JobId job, const HeldPods& held) {
  emit_held(job, held, FactKind::HoldOver, 0);
  placer_.release(class_of(job).shapes[held.shape], held.pieces, table.device_arena());
  for (const Piece& piece : held.pieces) {
    const PoolId pool = cluster.pool_of(piece.node);
    note_freed(pool, cluster.free_gpus(piece.node));
    clocks.touch(pool);
    report_capacity(pool);
  }
}

// How long a transfer that wants to begin now stands in line for those that began before.
Duration RunState::wait_in_line(Time& line_ends, Duration transfer) const {
  if (!options.overheads.checkpoint_shared || transfer.ns == 0) return {0};
  const Time begins = std::max(now, line_ends);
  line_ends = begins + transfer;
  return begins - now;
}

}  // namespace seatrial

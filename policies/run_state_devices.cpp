// What happens on devices that are cut or shared while jobs come and go: re-cuts, speeds, memory. See run_state.h.
#include <algorithm>

#include "models/gpu_partitions.h"
#include "policies/memory_watch.h"
#include "policies/policy.h"
#include "policies/run_state.h"
#include "policies/speed_keeper.h"

namespace seatrial {
namespace {

class Ends final : public ExpectedEnds {
 public:
  explicit Ends(const RunState& state) : state_(state) {}
  [[nodiscard]] Time of(JobId job) const override { return state_.expected_end(job); }

 private:
  const RunState& state_;
};

// A sum that stays at the end of time instead of passing it.
Time later(Time at, Duration by) {
  std::int64_t ns = 0;
  return {__builtin_add_overflow(at.ns, by.ns, &ns) ? kNever.ns : ns};
}

}  // namespace

// A job whose work was measured not to run on a GPU type is never put there.
void RunState::leave_out_stalled(RequestClass& job_class) const {
  const std::uint16_t work = speed_plan_->work_of_request[job_class.base.index];
  const auto stalled = [&](PoolId pool) {
    const NodeId node{cluster.pool(pool).first_node};
    return cluster.pool(pool).nodes > 0 &&
           speed_plan_->model->exclusive(speed_plan_->kind_of_node[node.index].gpu, work) == kStalled;
  };
  if (job_class.gpus == 0) return;
  std::erase_if(job_class.shapes,
                [&](const GangShape& shape) { return std::any_of(shape.pools.begin(), shape.pools.end(), stalled); });
  std::erase_if(job_class.pools, stalled);
  if (job_class.shapes.empty() && job_class.infeasible == nullptr) {
    job_class.infeasible = "its work was measured not to run on the GPUs that it may use";
  }
}

// A re-cut may have been too early for the job, or a GPU may have to be kept free for it.
void RunState::no_place(JobId job) {
  const RequestClass& job_class = class_of(job);
  if (retry_at_.size() < classes_.size()) retry_at_.resize(classes_.size(), kBeforeAll);
  const Duration wait = cuts_->next_effort(job_class, now - waits_[job].queued_at);
  const Time at = later(waits_[job].queued_at, wait);
  Time& known = retry_at_[job_class.request.index];
  if (wait.ns > 0 && (known <= now || at < known)) {
    known = at;
    Event event;
    event.kind = static_cast<std::uint16_t>(EventKind::RetryCut);
    event.target = job_class.pools.front().index;
    events.push(at, rank_of(EventKind::RetryCut), event);
  }
  cuts_->drain_for(job_class, now, Ends(*this));
}

Duration RunState::accept_cuts(JobId job, const GangShape& shape) {
  cuts_->bound(job, shape, placer_.pieces(), table.device_arena());
  const Duration delay = cuts_->accept(now, shape);
  announce_recuts();
  return delay;
}

void RunState::announce_recuts() {
  for (const CutKeeper::Recut& recut : cuts_->recuts()) {
    write_fact(FactKind::Recut, {0}, recut.delay.ns, recut.pool.index, recut.node.index);
  }
  for (const CutKeeper::Timer& timer : cuts_->timers()) {
    Event event;
    event.kind = static_cast<std::uint16_t>(EventKind::CutTimer);
    event.target = timer.row;
    events.push(timer.at, rank_of(EventKind::CutTimer), event);
  }
}

void RunState::cut_timer_due(std::uint32_t row) { note_changed(cuts_->due(row)); }

void RunState::undo_place(JobId job) {
  placer_.release(placed_shape(job), placer_.pieces(), table.device_arena());
  if (cluster.partitions() != nullptr) cluster.partitions()->undo_cuts();
  table.device_arena().resize(devices_before_);
}

void RunState::model_speed(const SpeedPlan& plan) {
  speed_plan_ = &plan;
  speed_ = std::make_unique<SpeedKeeper>(plan, cluster);
  placer_.watch({plan, *speed_});
}

double RunState::speed_in(RequestId request, PoolId pool) const {
  const Pool& row = cluster.pool(pool);
  if (speed_plan_ == nullptr || row.nodes == 0) return 1;
  const std::uint16_t work = speed_plan_->work_of_request[request.index];
  return speed_of(speed_plan_->model->exclusive(speed_plan_->kind_of_node[row.first_node].gpu, work));
}

bool RunState::is_old_end(const Event& event) const {
  const auto kind = static_cast<EventKind>(event.kind);
  if (kind != EventKind::JobEnds && kind != EventKind::JobIsKilled) return false;
  return sequence_of(event) < speed_->valid_from(event.target);
}

void RunState::begin_work(JobId job, const JobRun& run) {
  SpeedKeeper::Start start{job,
                           live_.row(job),
                           class_of(run).base,
                           class_of(run).shapes[run.shape].main.slice,
                           run.useful_from,
                           workload.duration(job) - run.executed};
  re_rate(speed_->begin(start, placer_.pieces(), table.device_arena()));
  // Scores may look at who runs on a node, and the job does so only now.
  for (const Piece& piece : placer_.pieces()) cluster.note_change(piece.node);
}

void RunState::end_work(JobId job, const JobRun& run, Duration executed_before) {
  const Duration spent = run.useful_from < now ? now - run.useful_from : Duration{0};
  const std::int64_t lost = (spent - (run.executed - executed_before)).ns;
  if (lost > 0) write_fact(FactKind::Slowed, job, lost, 0, static_cast<std::uint32_t>(held_milli(job)));
  re_rate(speed_->end(job, live_.row(job)));
}

void RunState::re_rate(std::span<const JobId> jobs) {
  for (const JobId job : jobs) {
    speed_->re_rate(now, job, live_.row(job));
    schedule_end(job);
  }
}

void RunState::watch_memory(JobId job) {
  const GangShape& shape = placed_shape(job);
  if (shape.main.slice == 0 || shape.main.gpu_memory_mib == 0) return;
  for (const JobId victim : memory_->bind(job, now, shape.main, placer_.pieces(), table.device_arena())) {
    emit(FactKind::OutOfMemory, victim, 0);
    push_event(EventKind::OutOfMemory, now, victim);
  }
}

}  // namespace seatrial

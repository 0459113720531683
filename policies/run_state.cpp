// Jobs get GPUs and give them back; see run_state.h.
#include "policies/run_state.h"

#include <algorithm>
#include <cmath>

#include "models/gpu_partitions.h"
#include "policies/memory_watch.h"
#include "policies/policy.h"
#include "policies/speed_keeper.h"
#include "sim/check.h"
#include "sim/error.h"
#include "sim/random.h"

namespace seatrial {
namespace {

bool any_overhead(const OverheadSpec& spec) {
  return !spec.start.zero() || !spec.restart.zero() || !spec.preempt.zero() || !spec.drain.zero() ||
         spec.checkpoint_bytes_per_gpu != 0 || spec.checkpoint_every.ns > 0 || !spec.start_up.zero() ||
         !spec.release.zero();
}

// Sums that stay at the end of time instead of passing it.
Duration sum_of(Duration a, Duration b) {
  std::int64_t ns = 0;
  return {__builtin_add_overflow(a.ns, b.ns, &ns) ? kNever.ns : ns};
}

Time later(Time at, Duration by) { return {sum_of({at.ns}, by).ns}; }

std::uint32_t largest_job(const Workload& workload) {
  std::uint32_t gpus = 1;
  for (const Request& request : workload.requests()) gpus = std::max(gpus, request.gpus);
  return gpus;
}

}  // namespace

RunState::RunState(const ClusterSpec& cluster_spec, const Workload& jobs, Cluster& machines, JobTable& job_table,
                   const SchedulerOptions& scheduler, std::unique_ptr<Placement> placement, FactBuffer& fact_buffer,
                   std::uint64_t seed)
    : spec(cluster_spec),
      workload(jobs),
      cluster(machines),
      table(job_table),
      options(scheduler),
      facts(fact_buffer),
      clocks(largest_job(jobs),
             scheduler.admission == Admission::Easy || scheduler.admission == Admission::Conservative),
      placer_(machines, std::move(placement)),
      live_(jobs.size()),
      waits_(jobs.size(), JobWait{}),
      seed_(seed),
      has_overheads_(any_overhead(scheduler.overheads) || scheduler.gate.has_value() || scheduler.pod_by_pod ||
                     re_cuts_delay_starts(cluster_spec)) {
  if (MemoryWatch::needed(machines)) memory_ = std::make_unique<MemoryWatch>(machines);
  const GpuPartitions* partitions = machines.partitions();
  for (std::uint32_t p = 0; partitions != nullptr && p < machines.pools().size(); ++p) {
    if (partitions->mig({p}) != nullptr && !cuts_) cuts_ = std::make_unique<CutKeeper>(machines);
  }
  for (const Pool& pool : machines.pools()) {
    told_milli_.push_back(pool.total_milli);
    told_nodes_.push_back(pool.present);
  }
  if (options.estimate != Estimate::Oracle) known_.assign(jobs.size(), Duration{0});
}

RunState::~RunState() = default;

void RunState::write_fact(FactKind kind, JobId job, std::int64_t milli, std::uint32_t pool, std::uint32_t node) {
  Fact& fact = facts.next();
  fact.at = now;
  fact.milli = milli;
  fact.job = job.index;
  fact.node = node;
  fact.pool = pool;
  fact.kind = kind;
  fact.spare = 0;
}

void RunState::emit(FactKind kind, JobId job, std::int64_t milli, std::uint32_t pool) {
  write_fact(kind, job, milli, pool, 0);
}

void RunState::report_capacity(PoolId id) {
  const Pool& pool = cluster.pool(id);
  if (told_milli_[id.index] == pool.total_milli && told_nodes_[id.index] == pool.present) return;
  told_milli_[id.index] = pool.total_milli;
  told_nodes_[id.index] = pool.present;
  write_fact(FactKind::Capacity, {0}, pool.total_milli, id.index, pool.present);
}

Duration RunState::known_at_submit(JobId job) const {
  const Duration real = workload.duration(job);
  switch (options.estimate) {
    case Estimate::Oracle:
      return real;
    case Estimate::Requested:
      return workload.estimate(job);
    case Estimate::History:
      return history_.predict(workload.user(job), class_of(job).gpus).value_or(workload.estimate(job));
    case Estimate::Noise: {
      Random random(seed_, "estimate noise", job.index);
      return duration_from_seconds(real.seconds() * std::exp(options.noise_sigma * random.normal()));
    }
  }
  CHECK(false);
}

void RunState::submit(JobId job) {
  JobWait& wait = waits_[job];
  wait.queued_at = wait.split_from = now;
  table.state[job] = JobState::Pending;
  if (!known_.empty()) known_[job] = known_at_submit(job);
  emit(FactKind::Submitted, job, class_of(job).total_milli);
}

void RunState::fail_unplaced(JobId job) {
  table.state[job] = JobState::Failed;
  table.end[job] = now;
  emit(FactKind::Failed, job, 0);
}

void RunState::reject(JobId job, const char* reason) {
  table.state[job] = JobState::Rejected;
  auto& reasons = table.reject_reasons;
  const auto found = std::find(reasons.begin(), reasons.end(), reason);
  table.reject_row[job] = static_cast<std::uint8_t>(found - reasons.begin());
  if (found == reasons.end()) reasons.push_back(reason);
  emit(FactKind::Rejected, job, class_of(job).total_milli);
}

Duration RunState::useful_so_far(const JobRun& run) const {
  if (run.useful_from == kNever || run.useful_from > now) return run.executed;
  if (speed_) return workload.duration(run.job) - speed_->left(live_.row(run.job), now);
  return run.executed + (now - run.useful_from);
}

JobView RunState::view(JobId job) const {
  const JobRun& state = live_.run(job);
  JobView view;
  view.job = job;
  view.gpus = std::max(1U, class_of(job).gpus);
  view.known_total = known_total(job);
  view.executed = useful_so_far(state);
  const std::int64_t left = std::max<std::int64_t>(0, view.known_total.ns - view.executed.ns);
  view.running = table.state[job] == JobState::Running && state.draining == 0;
  view.known_remaining = {left};
  if (has_overheads_ && view.running && state.useful_from > now) {
    view.known_remaining = sum_of(view.known_remaining, state.useful_from - now);
  }
  if (has_overheads_ && !view.running) {
    const Duration at_start = options.overheads.at_start(view.gpus, table.preemptions[job] > 0);
    view.known_remaining = sum_of(view.known_remaining, sum_of(at_start, live_.owed(job)));
  }
  view.submit = workload.submit(job);
  view.last_start = state.run_start;
  return view;
}

Time RunState::expected_end(JobId job) const {
  const JobRun& state = live_.run(job);
  if (state.releasing != 0) return now;
  if (speed_ && state.useful_from != kNever) {
    const Duration open{std::max<std::int64_t>(0, (known_total(job) - useful_so_far(state)).ns)};
    return WorkMeter(open, std::max(now, state.useful_from), speed_->rate(live_.row(job))).end();
  }
  const std::int64_t left = std::max<std::int64_t>(0, known_total(job).ns - state.executed.ns);
  std::int64_t end = 0;
  return {__builtin_add_overflow(state.useful_from.ns, left, &end) ? kNever.ns : end};
}

void RunState::settle_wait(JobId job, WaitReason rest, bool by_clocks) {
  JobWait& wait = waits_[job];
  const Duration span = now - wait.split_from;
  if (span.ns > 0) {
    const Duration before = table.waited[job] + (wait.split_from - wait.queued_at);
    if (by_clocks) {
      table.add_wait(job, before, clocks.split(wait.reading, now, span, class_of(job), rest));
    } else {
      table.add_wait(job, before, rest, span);
    }
  }
  wait.split_from = now;
}

void RunState::emit_by_pool(JobId job, const JobRun& run, FactKind kind) {
  const RequestClass& job_class = class_of(run);
  const std::span<const Piece> held = pieces(job, run);
  const GangShape& shape = job_class.shapes[run.shape];
  const std::uint32_t first_node = held.front().node.index;
  if (shape.pools.size() == 1 || shape.pods() == 1) {
    write_fact(kind, job, shape.total_milli, cluster.pool_of(held.front().node).index, first_node);
    return;
  }
  for (const PoolId pool : shape.pools) {
    std::int64_t milli = 0;
    for (const Piece& piece : held) {
      if (cluster.pool_of(piece.node) != pool) continue;
      milli += static_cast<std::int64_t>(piece.gpus) * shape.main.gpu_milli;
    }
    if (milli != 0) write_fact(kind, job, milli, pool.index, first_node);
  }
}

void RunState::push_event(EventKind kind, Time at, JobId job) {
  Event event;
  event.kind = static_cast<std::uint16_t>(kind);
  event.target = live_.row(job);
  events.push(at, rank_of(kind), event);
}

void RunState::schedule_end(JobId job) {
  const JobRun& state = live_.run(job);
  const Duration left = workload.duration(job) - state.executed;
  EventKind kind = EventKind::JobEnds;
  Time at;
  bool beyond = __builtin_add_overflow(state.useful_from.ns, left.ns, &at.ns);
  if (speed_) {
    const std::uint32_t row = live_.row(job);
    speed_->set_valid_from(row, events.next_sequence());
    at = speed_->end_of(row);
    beyond = at == kNever;
  }
  if (beyond) {
    throw InputError({}, "", "job " + quoted(workload.name(job)) + " would end beyond 2^63 ns (292 years)",
                     "shorten the trace's times, or stop earlier with until");
  }
  if (options.kill_at_limit) {
    const Time limit = later(state.useful_from, workload.estimate(job) - state.executed);
    if (limit < at) {
      at = limit;
      kind = EventKind::JobIsKilled;
    }
  }
  push_event(kind, at, job);
}

bool RunState::place(JobId job) {
  devices_before_ = table.device_arena().size();
  if (cuts_) placer_.set_waited(options.sequential ? Duration{0} : now - waits_[job].queued_at);
  placed_shape_ = placer_.place(class_of(job), table.device_arena());
  if (cuts_ && placed_shape_ == Placer::kNone) no_place(job);
  return placed_shape_ != Placer::kNone;
}

// A class of the same shapes, so that the number of the shape means the same, of which only one pool is left.
bool RunState::place_in(JobId job, PoolId pool) {
  const RequestClass& whole = class_of(job);
  const auto [entry, fresh] = in_pool_.try_emplace({whole.request.index, pool.index});
  RequestClass& narrowed = entry->second;
  if (fresh) {
    narrowed = whole;
    const std::size_t pools = cluster.pools().size();
    narrowed.request.index = static_cast<std::uint32_t>(classes_.size() + whole.request.index * pools + pool.index);
    for (GangShape& shape : narrowed.shapes) std::erase_if(shape.pools, [pool](PoolId p) { return p != pool; });
  }
  devices_before_ = table.device_arena().size();
  placed_shape_ = placer_.place(narrowed, table.device_arena());
  return placed_shape_ != Placer::kNone;
}

bool RunState::try_start(JobId job, WaitReason rest, bool by_clocks) {
  if (!place(job)) return false;
  commit_start(job, rest, by_clocks);
  return true;
}

void RunState::commit_start(JobId job, WaitReason rest, bool by_clocks) {
  const RequestClass& job_class = class_of(job);
  const std::uint32_t shape = placed_shape_;
  JobRun& state = live_.begin(job, job_class.request);
  state.request = job_class.request;  // another than last time, if it was given quota of another flavor
  table.set_pieces(job, placer_.pieces());
  state.on_one_node = placer_.pieces().size() == 1 ? 1 : 0;
  if (state.on_one_node != 0) state.piece = placer_.pieces().front();
  settle_wait(job, rest, by_clocks);
  table.waited[job] += now - waits_[job].queued_at;
  table.state[job] = JobState::Running;
  const bool first = table.start[job] == kNever;
  if (first) table.start[job] = now;
  state.valid_from = events.next_sequence();
  state.shape = shape;
  if (!table.shape.empty()) table.shape[job] = shape_in_table(job_class, shape);
  state.run_start = now;
  Duration overhead{0};
  if (has_overheads_)
    overhead +=
        live_.owed(job) + options.overheads.at_start(job_class.gpus, table.preemptions[job] > 0) + start_up(job);
  if (table.preemptions[job] > 0) overhead += wait_in_line(reads_end_, options.overheads.read_time(job_class.gpus));
  if (cuts_) overhead += accept_cuts(job, job_class.shapes[shape]);
  state.useful_from = later(now, overhead);
  ++running;
  if (record_started) started.push_back(job);
  emit(first ? FactKind::Started : FactKind::Resumed, job, job_class.total_milli - job_class.shapes[shape].total_milli);
  emit_by_pool(job, state, FactKind::Bound);
  for (const PoolId pool : job_class.shapes[shape].pools) clocks.touch(pool);
  if (speed_) begin_work(job, state);
  if (overhead.ns > 0) {
    state.starting = 1;
    ++starting_;
    push_event(EventKind::UsefulBegins, state.useful_from, job);
  } else if (has_overheads_) {
    begin_useful(job);
  }
  if (!options.sequential) schedule_end(job);
  if (memory_ && !options.sequential) watch_memory(job);
}

Duration RunState::start_up(JobId job) const {
  const StartUpSpec& rule = options.overheads.start_up;
  if (rule.zero()) return {0};
  Random random(seed_, "start-up", job.index);
  const double factor = rule.factor_low + (rule.factor_high - rule.factor_low) * random.uniform();
  const Duration others{rule.per_other.ns * starting_};
  const Duration whole = duration_from_seconds(rule.base.seconds() * factor) + others;
  return rule.longest.ns > 0 ? std::min(whole, rule.longest) : whole;
}

void RunState::begin_useful(JobId job) {
  JobRun& run = live_.run(job);
  if (run.starting != 0) --starting_;
  run.starting = 0;
  run.in_phase_running = 1;
  phase_running_milli_ += held_milli(job);
  emit(FactKind::Progress, job, held_milli(job), cluster.pool_of(table.pieces(job).front().node).index);
}

void RunState::note_freed(PoolId pool, std::uint32_t free) {
  for (Freed& entry : freed_) {
    if (entry.pool == pool) {
      entry.free = std::max(entry.free, free);
      return;
    }
  }
  freed_.push_back({pool, free});
}

void RunState::release_pieces(JobId job, const JobRun& run) {
  const std::span<const Piece> held = pieces(job, run);
  emit_by_pool(job, run, FactKind::Released);
  placer_.release(class_of(run).shapes[run.shape], held, table.device_arena());
  if (cuts_) cuts_->released(class_of(run).shapes[run.shape], held, table.device_arena());
  for (const Piece& piece : held) {
    const PoolId pool = cluster.pool_of(piece.node);
    note_freed(pool, cluster.free_gpus(piece.node));
    clocks.touch(pool);
    report_capacity(pool);  // a drained node goes with its last pod
  }
}

// Twice in a row changes nothing more: a job may hold its GPUs for a while after its work.
void RunState::stop_work(JobId job, JobRun& run) {
  const Duration before = run.executed;
  run.executed = useful_so_far(run);
  if (speed_ && run.releasing == 0) end_work(job, run, before);
  if (memory_ && run.releasing == 0) memory_->release(job);
  run.useful_from = kNever;
  run.valid_from = events.next_sequence();
  if (run.starting != 0) --starting_;
  run.starting = 0;
}

bool RunState::begin_release(JobId job, JobState after) {
  const ReleaseSpec& rule = options.overheads.release;
  JobRun& run = live_.run(job);
  if (rule.zero() || run.releasing != 0) return false;
  if (run.in_phase_running == 0 && run.useful_from <= now) begin_useful(job);  // its run time is 0
  const bool worked = run.in_phase_running != 0;
  stop_work(job, run);
  run.releasing = 1;
  run.fails = after == JobState::Failed ? 1 : 0;
  if (worked) {
    emit(FactKind::Stalled, job, held_milli(job), cluster.pool_of(table.pieces(job).front().node).index);
  }
  Random random(seed_, "release", job.index);
  const double span_s = (rule.longest - rule.shortest).seconds() * random.uniform();
  push_event(EventKind::ReleaseDone, later(now, rule.shortest + duration_from_seconds(span_s)), job);
  return true;
}

// The job's GPUs are free again; stale events of its run find another version.
void RunState::leave_gpus(JobId job, JobRun& run) {
  stop_work(job, run);
  if (run.in_phase_running != 0) phase_running_milli_ -= held_milli(job);
  run.in_phase_running = 0;
  --running;
  release_pieces(job, run);
}

void RunState::end_job(JobId job, JobState state) {
  kept_nothing_ = 0;
  leave_gpus(job, live_.run(job));
  table.state[job] = state;
  table.end[job] = now;
  emit(state == JobState::Completed ? FactKind::Completed : FactKind::Failed, job, 0);
  // Of a killed job nobody learns how long it would have run.
  if (options.estimate == Estimate::History && state == JobState::Completed) {
    history_.learn(workload.user(job), class_of(job).gpus, workload.duration(job));
  }
}

Duration RunState::lost_if_preempted(JobId job) const {
  const std::int64_t every = options.overheads.checkpoint_every.ns;
  return {every == 0 ? 0 : useful_so_far(live_.run(job)).ns % every};
}

// Policies that take turns with work that only periodic checkpoints keep can go on so for ever.
void RunState::note_what_is_kept(JobId job, const JobRun& run, Duration lost) {
  if (useful_so_far(run) - lost > run.executed) {
    kept_nothing_ = 0;
    return;
  }
  if (++kept_nothing_ < kMostThatKeepNothing + 100 * workload.size()) return;
  throw InputError({}, "overheads",
                   std::to_string(kept_nothing_) + " preemptions in a row kept no work, the last of job " +
                       quoted(workload.name(job)) + ", and no job ended: this would go on for ever",
                   "make checkpoint.every and restart shorter, or rounds and quanta longer");
}

void RunState::preempt(JobId job) {
  JobRun& state = live_.run(job);
  ++table.preemptions[job];
  const Duration lost = lost_if_preempted(job);
  note_what_is_kept(job, state, lost);
  if (lost.ns > 0) write_fact(FactKind::Lost, job, lost.ns, 0, static_cast<std::uint32_t>(held_milli(job)));
  if (has_overheads_) {
    const Duration unpaid{std::max<std::int64_t>(0, (state.useful_from - now).ns)};
    live_.set_owed(job, std::min(live_.owed(job), unpaid) + options.overheads.preempt.of(class_of(job).gpus));
  }
  Duration hold = has_overheads_ ? options.overheads.at_preemption(class_of(job).gpus) : Duration{0};
  hold += wait_in_line(writes_end_, options.overheads.write_time(class_of(job).gpus));
  if (hold.ns == 0) {
    finish_draining(job);
    live_.run(job).executed = live_.run(job).executed - lost;
    return;
  }
  const bool was_useful = state.useful_from <= now;
  stop_work(job, state);
  state.executed = state.executed - lost;
  state.draining = 1;
  if (was_useful) {
    emit(FactKind::Stalled, job, held_milli(job), cluster.pool_of(table.pieces(job).front().node).index);
  }
  push_event(EventKind::CheckpointDone, later(now, hold), job);
}

void RunState::finish_draining(JobId job) {
  JobRun& state = live_.run(job);
  leave_gpus(job, state);
  state.draining = 0;
  JobWait& wait = waits_[job];
  wait.queued_at = wait.split_from = now;
  table.state[job] = JobState::Pending;
  emit(FactKind::Preempted, job, class_of(job).total_milli);
}

void RunState::finish() {
  for (std::uint32_t j = 0; j < workload.size(); ++j) {
    if (table.state[{j}] != JobState::Pending) continue;
    const bool split_by_clocks = options.admission != Admission::Strict;
    settle_wait({j}, split_by_clocks ? WaitReason::Fragmentation : WaitReason::HeadOfLine, split_by_clocks);
    table.waited[{j}] += now - waits_[{j}].queued_at;
  }
}

}  // namespace seatrial

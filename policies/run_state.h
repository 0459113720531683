// Everything that changes while a run goes on, and the two moves that change it: a job gets GPUs, a job gives them
// back. The scheduler decides, the control plane handles events; both act through this. Emits the facts.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/cluster.h"
#include "models/fact.h"
#include "models/job_table.h"
#include "models/quota_tree.h"
#include "models/request_class.h"
#include "models/workload.h"
#include "policies/cut_keeper.h"
#include "policies/duration_history.h"
#include "policies/event_kind.h"
#include "policies/live_jobs.h"
#include "policies/options.h"
#include "policies/placer.h"
#include "policies/queue_order.h"
#include "policies/wait_clock.h"
#include "sim/column.h"
#include "sim/event_queue.h"

namespace seatrial {

// Facts on their way to the observers: handed over in batches. A fact is written where it stays, field by field: built
// elsewhere and copied, its narrow stores would stall the wide loads of the copy.
class FactBuffer {
 public:
  explicit FactBuffer(std::vector<Observer*> observers) : observers_(std::move(observers)), facts_(kBatch) {}
  // The next fact, to be filled at once.
  Fact& next() {
    if (count_ == kBatch) flush();
    return facts_[count_++];
  }
  void flush() {
    for (Observer* observer : observers_) observer->observe({facts_.data(), count_});
    count_ = 0;
  }
  void finish(Time end) {
    flush();
    for (Observer* observer : observers_) observer->finish(end);
  }

 private:
  static constexpr std::size_t kBatch = 128;  // 4 KiB: stays in the nearest cache
  std::vector<Observer*> observers_;
  std::vector<Fact> facts_;
  std::size_t count_ = 0;
};

// Of a waiting job.
struct JobWait {
  Time queued_at;       // since when it waits (again)
  Time split_from;      // its present wait is split by reason up to here
  WaitReading reading;  // of the clocks at split_from
};

// What a gang holds whose pods are bound one by one.
struct HeldPods {
  std::uint32_t shape = 0;  // of its class; once it holds a pod
  std::vector<Piece> pieces;
};

class MemoryWatch;
class Placement;
class SpeedKeeper;
struct SpeedPlan;

class RunState {
 public:
  RunState(const ClusterSpec& spec, const Workload& workload, Cluster& cluster, JobTable& table,
           const SchedulerOptions& options, std::unique_ptr<Placement> placement, FactBuffer& facts,
           std::uint64_t seed);
  ~RunState();

  const ClusterSpec& spec;
  const Workload& workload;
  Cluster& cluster;
  JobTable& table;
  const SchedulerOptions& options;
  FactBuffer& facts;
  EventQueue events;
  WaitClocks clocks;
  Time now{0};
  std::uint64_t running = 0;    // jobs with GPUs
  std::vector<JobId> started;   // during the present instant; only where record_started
  bool record_started = false;  // set by whoever wants to know; preemptive scheduling sets it too

  [[nodiscard]] const RequestClass& class_of(JobId job) const {
    return classes_[class_rows_.empty() ? workload.request_id(job).index : class_rows_[job]];
  }
  [[nodiscard]] const RequestClass& class_of(const JobRun& run) const { return classes_[run.request.index]; }
  [[nodiscard]] const JobRun& run(JobId job) const { return live_.run(job); }
  // Events of a job that has started carry the row of its run. Pushes one.
  void push_event(EventKind kind, Time at, JobId job);
  // Asks the processor for what such an event will read and write: first when it comes nearer, then when it is near.
  void prefetch(const Event& nearer) const { live_.prefetch(nearer.target); }
  void prefetch_job(const Event& near) const {
    const JobId job = live_.prefetch_job(near.target);
    if (!job.valid()) return;
    __builtin_prefetch(&table.state[job], 1);
    __builtin_prefetch(&table.end[job], 1);
  }
  // The job that such an event is about; invalid if it is stale, because the run that it belongs to is over.
  [[nodiscard]] JobId due_job(const Event& event) const {
    const JobRun& run = live_.at(event.target);
    if (sequence_of(event) < run.valid_from || (speed_ && is_old_end(event))) return {};
    return run.job;
  }
  // Jobs run as fast as the plan's model says; before anything starts. The plan outlives this.
  void model_speed(const SpeedPlan& plan);
  [[nodiscard]] const SpeedKeeper* speed() const { return speed_.get(); }
  // Of the request's work alone on GPUs of a pool, 1 = its run time as known; 0: it cannot run there.
  [[nodiscard]] double speed_in(RequestId request, PoolId pool) const;

  // Milli-GPUs of a job that has its GPUs.
  [[nodiscard]] std::int64_t held_milli(JobId job) const {
    return class_of(job).shapes[live_.run(job).shape].total_milli;
  }

  [[nodiscard]] const GangShape& shape_of(JobId job) const { return class_of(job).shapes[live_.run(job).shape]; }

  // The run time as policies know it; fixed when the job is submitted.
  [[nodiscard]] Duration known_total(JobId job) const { return known_.empty() ? workload.duration(job) : known_[job]; }
  void submit(JobId job);
  [[nodiscard]] JobView view(JobId job) const;
  // When a running job is expected to end: start of useful work plus what is known of its run time (may be past).
  [[nodiscard]] Time expected_end(JobId job) const;

  // Tries to give the job its GPUs now. On success it is Running and its end is scheduled; `rest` names what remains of
  // its wait when short GPUs and constraints are subtracted.
  bool try_start(JobId job, WaitReason rest, bool by_clocks = true);
  // The same in two steps: place() binds and says whether it could; then commit_start() or undo_place().
  bool place(JobId job);
  // The same in one pool alone, one of its class's. Not for cut or shared GPUs.
  bool place_in(JobId job, PoolId pool);
  [[nodiscard]] const std::vector<Piece>& placed_pieces() const { return placer_.pieces(); }
  [[nodiscard]] const GangShape& placed_shape(JobId job) const { return class_of(job).shapes[placed_shape_]; }
  void commit_start(JobId job, WaitReason rest, bool by_clocks);
  void undo_place(JobId job);
  // Binds one more pod of a gang, main pods first; false with nothing changed where no node has room. When it holds all
  // of them it is to be started.
  bool hold_pod(JobId job, HeldPods& held);
  void start_held(JobId job, const HeldPods& held, WaitReason rest);
  void give_up(JobId job, const HeldPods& held);
  // Ends a running job: Completed or Failed. It stays live until the scheduler was told; then forget() it.
  void end_job(JobId job, JobState state);
  void forget(JobId job) { live_.end(job); }
  // Takes the GPUs of a running job away; it is Pending afterwards (at once, or when its checkpoint is written).
  void preempt(JobId job);
  [[nodiscard]] bool is_draining(JobId job) const {
    return table.state[job] == JobState::Running && live_.run(job).draining != 0;
  }
  // Work of a running job that a preemption would undo: since its last checkpoint.
  [[nodiscard]] Duration lost_if_preempted(JobId job) const;
  // The work of a job is over. Does its place take time to become free? Then it ends later, in ReleaseDone.
  bool begin_release(JobId job, JobState after);
  [[nodiscard]] JobState state_after_release(JobId job) const {
    return live_.run(job).fails != 0 ? JobState::Failed : JobState::Completed;
  }
  // GPUs of pods in phase Running: from the end of their start-up until their GPUs are free; only with overheads or a
  // gate.
  [[nodiscard]] std::int64_t phase_running_milli() const { return phase_running_milli_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  // The checkpoint of a preempted job is written: its GPUs are free.
  void finish_draining(JobId job);
  void reject(JobId job, const char* reason);
  // Sequential arrivals: no place was found, and none is looked for again.
  void fail_unplaced(JobId job);
  // The useful part of a run begins.
  void begin_useful(JobId job);
  // The run is over: waits of jobs that still wait are split up to now.
  void finish();
  // A waiting job's clocks are read: call it when it stays in the queue after the pass of the instant it came.
  void mark_waiting(JobId job) { waits_[job].reading = clocks.read(now, class_of(job)); }
  // The reason changes now, for instance because the job becomes the head of its queue: splits its wait so far.
  // `by_clocks`: short GPUs and constraints are told apart, else all of it is `rest`.
  void settle_wait(JobId job, WaitReason rest, bool by_clocks);
  void emit(FactKind kind, JobId job, std::int64_t milli, std::uint32_t pool = 0);
  void emit_quota(FactKind kind, JobId job, QuotaAmount amount, QuotaNodeId queue) {
    write_fact(kind, job, amount.amount, amount.of.index, queue.index);
  }
  void emit_evicted(JobId job, JobId preemptor, std::uint32_t reason) {
    write_fact(FactKind::Evicted, job, 0, reason, preemptor.index);
  }

  // Cut GPUs; null where there are none.
  [[nodiscard]] CutKeeper* cuts() { return cuts_.get(); }
  void cut_timer_due(std::uint32_t row);
  // Announces what CutKeeper has just decided.
  void announce_recuts();
  // Something about these GPUs changed: waiting jobs of the pool may fit now.
  void note_changed(PoolId pool) { note_freed(pool, cluster.pool(pool).node_gpus); }

  // Tells observers the size of a pool if it changed since they were last told.
  void report_capacity(PoolId pool);
  // The class of a request on these pools alone, ascending; its number.
  [[nodiscard]] std::uint32_t class_on(RequestId request, const std::vector<PoolId>& pools);
  [[nodiscard]] const RequestClass& class_at(std::uint32_t number) const { return classes_[number]; }
  // A job that holds no GPUs and is in no queue of the scheduler is of this class from now on.
  void set_class(JobId job, std::uint32_t number);
  // Works out the classes again after the largest future sizes of pools changed.
  void resolve_classes();
  // Pools in which something was freed since take_freed(), each with the most GPUs now free on a node that changed.
  struct Freed {
    PoolId pool;
    std::uint32_t free;
  };
  [[nodiscard]] const std::vector<Freed>& freed() const { return freed_; }
  void clear_freed() { freed_.clear(); }
  // At most how many nodes each pool will have from now on.
  void set_reachable_nodes(std::vector<std::uint32_t> nodes) { reachable_ = std::move(nodes); }

 private:
  void leave_out_stalled(RequestClass& job_class) const;
  [[nodiscard]] std::uint16_t shape_in_table(const RequestClass& job_class, std::uint32_t shape) const;
  [[nodiscard]] bool is_old_end(const Event& event) const;
  void note_what_is_kept(JobId job, const JobRun& run, Duration lost);
  void begin_work(JobId job, const JobRun& run);
  void end_work(JobId job, const JobRun& run, Duration executed_before);
  void re_rate(std::span<const JobId> jobs);
  void watch_memory(JobId job);
  Duration accept_cuts(JobId job, const GangShape& shape);
  void no_place(JobId job);
  void release_pieces(JobId job, const JobRun& run);
  [[nodiscard]] std::span<const Piece> pieces(JobId job, const JobRun& run) const {
    return run.on_one_node != 0 ? std::span<const Piece>(&run.piece, 1) : table.pieces(job);
  }
  void note_freed(PoolId pool, std::uint32_t free);
  [[nodiscard]] Duration useful_so_far(const JobRun& run) const;
  void emit_by_pool(JobId job, const JobRun& run, FactKind kind);
  void write_fact(FactKind kind, JobId job, std::int64_t milli, std::uint32_t pool, std::uint32_t node);
  void schedule_end(JobId job);
  void leave_gpus(JobId job, JobRun& run);
  void stop_work(JobId job, JobRun& run);
  void emit_held(JobId job, const HeldPods& held, FactKind kind, std::size_t first);
  [[nodiscard]] Duration start_up(JobId job) const;
  Duration wait_in_line(Time& line_ends, Duration transfer) const;
  [[nodiscard]] Duration known_at_submit(JobId job) const;

  Placer placer_;
  LiveJobs live_;
  Column<JobId, JobWait> waits_;
  Column<JobId, Duration> known_;      // empty: the real run times
  std::vector<RequestClass> classes_;  // by request, then those on fewer pools
  std::map<std::pair<std::uint32_t, std::vector<PoolId>>, std::uint32_t> narrow_classes_;
  Column<JobId, std::uint32_t> class_rows_;                                  // empty: the request's
  std::map<std::pair<std::uint32_t, std::uint32_t>, RequestClass> in_pool_;  // by request and pool, for place_in()
  std::vector<std::uint32_t> reachable_;
  std::vector<Freed> freed_;
  std::vector<std::int64_t> told_milli_;  // by pool: size that observers know
  std::vector<std::uint32_t> told_nodes_;
  DurationHistory history_;
  std::unique_ptr<CutKeeper> cuts_;
  std::unique_ptr<SpeedKeeper> speed_;
  const SpeedPlan* speed_plan_ = nullptr;
  std::unique_ptr<MemoryWatch> memory_;
  std::vector<Time> retry_at_;  // by request: when a re-cut may be tried again; only with cuts_
  std::uint64_t seed_;
  std::uint32_t placed_shape_ = 0;  // of the last place()
  std::size_t devices_before_ = 0;
  bool has_overheads_;
  static constexpr std::uint64_t kMostThatKeepNothing = 100'000;  // and 100 for each job
  std::uint64_t kept_nothing_ = 0;                                // preemptions since one kept some work or a job ended
  std::uint32_t starting_ = 0;  // jobs that have GPUs and do not work yet; only with overheads, as the next
  std::int64_t phase_running_milli_ = 0;
  Time writes_end_{INT64_MIN};  // of checkpoints that stand in line for the shared bandwidth
  Time reads_end_{INT64_MIN};
};

}  // namespace seatrial

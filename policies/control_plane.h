// The loop of a run: takes the earliest of trace and event queue, handles everything of one instant in the order of
// event_kind.h, then asks the scheduler for one pass.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "policies/run_state.h"
#include "policies/scheduler.h"

namespace seatrial {

class QuotaKeeper;
struct QuotaRecord;
struct QuotaRules;

// Hears of every instant and of every placement; what fragmentation measurement and placement logs hang on.
class RunListener {
 public:
  virtual ~RunListener() = default;
  // A job was placed, or failed to be (sequential only). The cluster includes the placement.
  virtual void decided(const RunState&, JobId /*job*/, bool /*bound*/) {}
  // Everything of this instant has happened; facts up to it have been emitted.
  virtual void instant_over(const RunState&) {}
};

class ControlPlane {
 public:
  // The scheduler (make_scheduler) acts on the same state; null where arrivals are sequential. listener may be null;
  // interrupted may be null (else polled, and the run stops early when it becomes true).
  ControlPlane(RunState& state, std::unique_ptr<Scheduler> scheduler, RunListener* listener,
               const std::atomic<bool>* interrupted);
  ~ControlPlane();

  // Jobs need quota before they are queued. Rules and records (null: none are wanted) outlive this.
  void use_quotas(const QuotaRules& rules, Column<JobId, QuotaRecord>* records);

  // Runs until everything has ended or past `until` (an instant on the trace's axis).
  void run(std::optional<Time> until);
  [[nodiscard]] std::uint64_t events() const { return events_; }  // arrivals and handled events
  [[nodiscard]] bool was_interrupted() const { return was_interrupted_; }

 private:
  void run_sequential();
  void schedule_changes();
  void handle(const Event& event);
  void end(JobId job, JobState state);
  [[nodiscard]] std::uint64_t waiting() const;
  void arrive(JobId job);
  void enqueue(JobId job);
  [[nodiscard]] bool starts_by_record(JobId job) const;
  [[nodiscard]] bool queue_is_full(JobId job);
  void start_by_record(JobId job);
  void apply_change(std::uint32_t row);
  void next_round();
  void push_repartition(PoolId pool, Time at);
  void repartition(PoolId pool);
  [[nodiscard]] std::vector<CutKeeper::Waiting> wanted_by(PoolId pool);
  void lift_drains();
  [[nodiscard]] bool poll_interrupt();

  RunState& state_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<QuotaKeeper> quotas_;  // null: none
  RunListener* listener_;
  const std::atomic<bool>* interrupted_;
  std::uint32_t next_job_ = 0;
  std::uint64_t changes_left_ = 0;
  std::uint64_t warm_left_ = 0;  // jobs submitted whose recorded start is still to come
  std::uint64_t events_ = 0;
  bool was_interrupted_ = false;
  std::vector<std::uint32_t> idle_periods_;  // by pool: of its partitioner, one after another, in which nothing ran
};

}  // namespace seatrial

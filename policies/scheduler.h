// Who starts, and when: one implementation per admission rule, one more for preemptive scheduling. The control plane
// tells it what happened during an instant and then asks for one pass.
#pragma once

#include <memory>
#include <vector>

#include "policies/pending.h"
#include "policies/run_state.h"

namespace seatrial {

class Scheduler {
 public:
  Scheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool one_lane_per_queue);
  virtual ~Scheduler() = default;

  // A job joins its queue: it was submitted, or its preemption is over.
  virtual void enqueue(JobId job);
  // A job that waits loses its quota: it leaves its queue.
  void withdraw(JobId job);
  // A running job lost its quota and gave its GPUs back; its run can still be looked at.
  virtual void evicted(JobId /*job*/) {}
  // A running job gave its GPUs back at the present instant; expected: it ended when it was expected to.
  virtual void left(JobId job);
  // A job was started by the record of the trace, not by this scheduler.
  virtual void started_outside(JobId) {}
  virtual void capacity_changed() { pending_.wake_all(); }
  virtual void key_crossed(JobId) {}
  virtual void round_begins() {}
  // Must there be another round although nothing runs and nothing comes?
  [[nodiscard]] virtual bool wants_rounds() const { return false; }
  // A timer of its own, set through RunState::events, is due.
  virtual void timer(std::uint32_t /*which*/) { recalculate(); }
  // Starts (and stops) jobs. Called once per instant, after everything that happened in it.
  virtual void pass() = 0;
  // The run is over: splits what is left of waits by reason.
  virtual void finish() {}

  // Waiting jobs by what they ask for; O(backlog) where a queue is one lane.
  [[nodiscard]] std::vector<CutKeeper::Waiting> waiting_by_class() const;
  [[nodiscard]] virtual std::uint64_t waiting() const { return pending_.jobs(); }

 protected:
  [[nodiscard]] std::uint32_t queue_of(JobId job) const {
    return state_.options.queues_per_tenant ? state_.workload.tenant(job).index : 0;
  }
  [[nodiscard]] WaitItem item_of(JobId job) const;
  // Wakes lanes for what was freed during the instant.
  void wake_for_freed();
  // Reads the clocks of jobs that came during this instant and still wait.
  void mark_newcomers();
  // Splits the wait of a job that has just left its queue.
  virtual void settle_withdrawn(JobId job);

  RunState& state_;
  std::unique_ptr<QueueOrder> order_;
  bool learns_;
  Duration recalculates_every_;
  Pending pending_;
  std::vector<JobId> newcomers_;

 private:
  // Orders whose keys change with time: all waiting jobs get new ones.
  void recalculate();
  void set_recalculation();
  [[nodiscard]] std::vector<WaitItem> waiting_line() const;

  bool recalculation_set_ = false;
  std::vector<JobId> asked_;  // by such an order: jobs that queued and may not be over
};

// strict and best-effort without preemption.
class QueueScheduler : public Scheduler {
 public:
  QueueScheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool strict);
  void pass() override;
  void finish() override;

 protected:
  // Starts what fits, in order, on GPUs that are free now.
  void start_what_fits();

 private:
  void settle_withdrawn(JobId job) override;
  void head_is_blocked(std::uint32_t lane, JobId job);

  bool strict_;
  std::vector<JobId> heads_;  // by lane of a strict queue: the blocked head whose wait is split by the clocks
};

// What the options ask for; null where arrivals are sequential. Throws nothing: the combination was validated.
[[nodiscard]] std::unique_ptr<Scheduler> make_scheduler(RunState& state, std::unique_ptr<QueueOrder> order);

}  // namespace seatrial

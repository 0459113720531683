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
  virtual void withdraw(JobId job);
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
  virtual void timer(std::uint32_t /*which*/) {}
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

  RunState& state_;
  std::unique_ptr<QueueOrder> order_;
  bool learns_;
  Pending pending_;
  std::vector<JobId> newcomers_;
};

// strict and best-effort without preemption.
class QueueScheduler : public Scheduler {
 public:
  QueueScheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool strict);
  void withdraw(JobId job) override;
  void pass() override;
  void finish() override;

 protected:
  // Starts what fits, in order, on GPUs that are free now.
  void start_what_fits();

 private:
  void head_is_blocked(std::uint32_t lane, JobId job);

  bool strict_;
  std::vector<JobId> heads_;  // by lane of a strict queue: the blocked head whose wait is split by the clocks
};

// What the options ask for; null where arrivals are sequential. Throws nothing: the combination was validated.
[[nodiscard]] std::unique_ptr<Scheduler> make_scheduler(RunState& state, std::unique_ptr<QueueOrder> order);

}  // namespace seatrial

// Scheduling by rounds under an allocator: at the beginning of each round all active jobs are put before it, running
// ones that shall run elsewhere or not at all are preempted, and those that it chose start in their pools, in submit
// order. GPUs that fall free during a round go to chosen jobs that found no place, else they stay idle until the
// next one, as in Gavel's mechanism. Where a choice leaves the whole cluster idle, jobs start in order wherever they
// fit, so that no job waits for ever. Jobs without GPUs are not asked about: they start where they fit. An allocator
// may ask to be asked at each arrival, end and change of capacity too.
#pragma once

#include <memory>
#include <vector>

#include "policies/allocator.h"
#include "policies/scheduler.h"

namespace seatrial {

class AllocationScheduler final : public Scheduler {
 public:
  AllocationScheduler(RunState& state, std::unique_ptr<QueueOrder> order, AllocationInput input);
  void enqueue(JobId job) override;
  void left(JobId job) override;
  void started_outside(JobId job) override;
  void capacity_changed() override { changed_ = true; }
  void round_begins() override { round_due_ = true; }
  [[nodiscard]] bool wants_rounds() const override { return !stuck_ && pending_.jobs() > 0; }
  void pass() override;

 private:
  struct Chosen {
    JobId job;
    std::uint32_t pool = 0;
  };
  void begin_round();
  void collect();
  void add(JobId job, bool running);
  [[nodiscard]] double speed_in(const RequestClass& job_class, PoolId pool) const;
  void preempt_movers();
  void start_chosen();
  void start_anywhere(bool without_gpus_only);
  void take_up_started(std::size_t& taken);
  // Waiting jobs that ask for GPUs (or those that do not), in order.
  [[nodiscard]] std::vector<WaitItem> in_line(bool without_gpus, std::size_t most) const;

  AllocationInput input_;
  std::vector<JobId> running_;  // in submit order
  std::vector<ActiveJob> active_;
  std::vector<double> speed_;
  std::vector<double> gpus_;
  std::vector<std::uint32_t> choice_;
  std::vector<Chosen> chosen_;  // that have not started yet, in order
  bool round_due_ = false;
  bool changed_ = true;
  bool left_out_ = false;  // more jobs wait than one question may have
  bool stuck_ = false;     // nothing runs and nothing that waits fits
};

}  // namespace seatrial

// Preemptive scheduling: at each arrival, end, crossing and capacity change (on-event) or every T (round) all active
// jobs are ranked anew and GPUs are given out in that order, counted by pool; running jobs that get none are preempted,
// then waiting ones that got some are placed in order. Between rounds jobs start only on GPUs that are free. A job that
// was given GPUs but finds no legal place on nodes stays queued and keeps its claim, as in the HeliosArtifact
// simulator.
#pragma once

#include <vector>

#include "policies/scheduler.h"

namespace seatrial {

class PreemptiveScheduler final : public QueueScheduler {
 public:
  PreemptiveScheduler(RunState& state, std::unique_ptr<QueueOrder> order);
  void enqueue(JobId job) override;
  void left(JobId job) override;
  void started_outside(JobId job) override;
  void capacity_changed() override;
  void key_crossed(JobId job) override;
  void round_begins() override { repack_due_ = true; }
  void pass() override;

 private:
  struct Ranked {
    OrderKey key;
    JobId job;
    [[nodiscard]] bool before(const WaitItem& item) const {
      return key != item.key ? key < item.key : job.index < item.job.index;
    }
  };
  void rank_running();
  void begin_quotas();
  bool take_quota(JobId job, bool running);
  void choose();
  void repack();
  void watch_started();
  void schedule_crossing(JobId job);

  std::vector<Ranked> running_;      // nearly sorted from pass to pass
  std::vector<std::int64_t> quota_;  // by pool: milli-GPUs not given out yet
  std::vector<JobId> victims_;
  std::vector<WaitItem> chosen_;  // waiting jobs that were given GPUs, in order
  std::vector<JobId> unwatched_;  // crossings that did not matter while nobody waited
  std::vector<WaitLane::Cursor> cursors_;
  std::vector<std::uint32_t> open_lanes_;
  bool repack_due_ = false;
};

}  // namespace seatrial

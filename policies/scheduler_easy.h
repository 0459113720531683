// EASY backfilling (Lifka 1995) on nodes: the blocked head of a queue has a reservation at the first instant at which,
// by expected ends, it finds a legal place; a later job may start now if it fits and either ends by that instant or
// leaves the head a legal place then. On counted GPUs (a pool of one node) this is shadow time and extra.
#pragma once

#include <vector>

#include "policies/end_list.h"
#include "policies/future_room.h"
#include "policies/scheduler.h"

namespace seatrial {

// What backfilling needs besides queues: running jobs by expected end, and which queues a change concerns.
class BackfillScheduler : public Scheduler {
 public:
  BackfillScheduler(RunState& state, std::unique_ptr<QueueOrder> order);
  void enqueue(JobId job) override;
  void left(JobId job) override;
  void started_outside(JobId job) override { add_end(job); }
  void capacity_changed() override;
  void finish() override;

 protected:
  static constexpr std::uint32_t kNone = Pending::kNone;
  // Queues that something happened to, in the order of their heads; forgets them.
  std::vector<std::uint32_t> take_dirty_queues();
  // The lane whose head is first in the queue; kNone if nothing waits.
  [[nodiscard]] std::uint32_t head_lane(std::uint32_t queue) const;
  void start(std::uint32_t queue, const WaitItem& item);
  void head_is_blocked(std::uint32_t queue, JobId job);
  [[nodiscard]] bool is_head(JobId job) const;
  // When the running job was expected to end, when it started.
  [[nodiscard]] Time told_end(JobId job) const { return expected_[job.index]; }

  std::vector<EndList> ends_;  // by pool

 private:
  template <class Visit>
  void each_pool_part(JobId job, Visit visit) const;
  void add_end(JobId job);
  void mark_dirty(std::uint32_t queue);

  std::vector<std::vector<std::uint32_t>> queues_of_pool_;
  std::vector<std::vector<PoolId>> pools_of_queue_;
  std::vector<std::uint8_t> dirty_;          // by queue
  std::vector<std::uint32_t> dirty_queues_;  // those, in no order
  std::vector<JobId> heads_;                 // by queue: the blocked head
  std::vector<Time> expected_;               // by job: key of its EndList rows
};

class EasyScheduler final : public BackfillScheduler {
 public:
  EasyScheduler(RunState& state, std::unique_ptr<QueueOrder> order);
  void pass() override;

 private:
  // The head's reservation.
  struct Reservation {
    Time at;
    bool counted = false;    // decided by counting GPUs of one node
    std::int64_t extra = 0;  // counted: GPUs that may be held beyond `at`
  };
  void pass_queue(std::uint32_t queue);
  Reservation reserve(const RequestClass& job_class);
  Reservation reserve_counted(const RequestClass& job_class);
  void backfill(std::uint32_t queue, Reservation reservation);
  // The next job in service order that might start; kNone if none.
  [[nodiscard]] std::uint32_t candidate(std::uint32_t queue, const Reservation& reservation, WaitItem& item) const;
  // Of a job that was just placed: may it start? Takes up what it will still hold at the head's instant.
  bool leaves_room(JobId job, bool ends_in_time);

  FutureRoom room_;
  // During one backfill, by lane: has a long job been seen to delay the head? Then only short ones are asked, until a
  // start changes where the next one would go; jobs before that start had their turn.
  enum class Turn : std::uint8_t { All, OnlyShort, BehindLastStart };
  std::vector<Turn> turns_;
  WaitItem last_start_;
};

}  // namespace seatrial

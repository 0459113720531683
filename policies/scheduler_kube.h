// Admission `kube`: jobs as kube-scheduler's queue takes them (back_off_queue.h). A job that does not fit is set aside
// until something is freed, and for its back-off; so small jobs pass large ones. A gate may stand in front (gate.h).
// Gangs start all at once, or bind pod by pod (hold-and-wait, gang.binding): then a gang holds what it has while it
// waits for the rest, until its permit runs out. Jobs of higher priority may take the place of others
// (priority_preemptor.h). Cost of an instant in which something was freed: one attempt for each unit whose back-off is
// over.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "policies/back_off_queue.h"
#include "policies/gate.h"
#include "policies/pod_holds.h"
#include "policies/priority_preemptor.h"
#include "policies/scheduler.h"

namespace seatrial {

class KubeScheduler final : public Scheduler {
 public:
  KubeScheduler(RunState& state, std::unique_ptr<QueueOrder> order);
  void enqueue(JobId job) override;
  void left(JobId job) override;
  void started_outside(JobId job) override;
  void capacity_changed() override;
  void timer(std::uint32_t which) override;
  void pass() override;
  [[nodiscard]] std::uint64_t waiting() const override { return waiting_; }  // behind the gate or not

 private:
  enum Timer : std::uint32_t { kFlush, kGate, kPermits };  // kPermits and up: of a job
  // What the queue takes at once: a job, or one pod of it.
  struct Unit {
    JobId job;
    std::uint32_t pod = 0;
  };
  void join_created();
  void join(JobId job, std::uint32_t pod);
  bool attempt(const Unit& unit);
  bool attempt_pod(const Unit& unit);
  void permit_is_over(JobId job);
  void make_room(JobId job);
  void arm_flush();
  void open_gate();
  void arm_gate();
  void set_timer(std::uint32_t which, Time at);

  Time begin_;  // of the trace: phases of timers count from here
  BackOffQueue queue_;
  std::optional<Gate> gate_;
  std::unique_ptr<PodHolds> holds_;               // where gangs bind pod by pod
  std::unique_ptr<PriorityPreemptor> preemptor_;  // where priorities preempt
  Time gate_next_;                                // when the controller looks next, if anybody waits for it
  Time flush_at_;                                 // when back-offs are looked at next, where flush_set_
  bool flush_set_ = false;
  bool gate_set_ = false;
  bool freed_ = false;
  std::uint64_t waiting_ = 0;
  std::uint64_t jobs_created_ = 0;
  std::vector<Unit> units_;
  Column<JobId, std::uint32_t> first_unit_;
  std::vector<JobId> created_;  // during the present instant
};

}  // namespace seatrial

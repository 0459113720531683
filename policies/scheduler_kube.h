// Admission `kube`: pods as kube-scheduler's queue takes them, one after the other by priority and by the time when
// they joined it or last failed. A job that does not fit is set aside until something is freed, and for its back-off,
// which doubles with every failure; a timer looks once a second whose back-off is over. So small jobs pass large ones.
// A gate may stand in front (gate.h). Source: kubernetes pkg/scheduler/internal/queue/scheduling_queue.go, v1.31. Cost
// of an instant in which something was freed: one attempt for each job whose back-off is over.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "policies/gate.h"
#include "policies/scheduler.h"

namespace seatrial {

// Back-off after so many failures.
[[nodiscard]] Duration back_off_of(const BackOffOptions& options, std::uint32_t failures);

class KubeScheduler final : public Scheduler {
 public:
  KubeScheduler(RunState& state, std::unique_ptr<QueueOrder> order);
  void enqueue(JobId job) override;
  void capacity_changed() override;
  void timer(std::uint32_t which) override;
  void pass() override;
  [[nodiscard]] std::uint64_t waiting() const override { return waiting_; }  // behind the gate or not

 private:
  enum Timer : std::uint32_t { kFlush, kGate };
  struct Attempt {
    std::int64_t minus_priority = 0;
    std::uint64_t place = 0;  // when it joined or failed last, among all joins and failures
    JobId job;
    auto operator<=>(const Attempt&) const = default;
  };
  struct Resting {
    Time until;
    JobId job;
    auto operator<=>(const Resting&) const = default;
  };
  struct Failures {
    std::uint32_t count = 0;
    std::uint64_t place = 0;
    Time until;
  };
  void join(JobId job);
  void push_active(JobId job);
  void wake();
  void arm_flush();
  void open_gate();
  void arm_gate();
  void set_timer(Timer which, Time at);

  std::optional<Gate> gate_;
  Duration flush_phase_{0};
  Time gate_next_;  // when the controller looks next, if anybody waits for it
  Time begin_;      // of the trace: phases count from here
  Time flush_at_;   // when back-offs are looked at next, where flush_set_
  bool flush_set_ = false;
  bool gate_set_ = false;
  bool freed_ = false;
  std::uint64_t waiting_ = 0;
  std::uint64_t places_ = 0;
  std::uint64_t created_ = 0;
  std::set<Attempt> active_;
  std::set<Resting> resting_;
  std::vector<JobId> unschedulable_;
  Column<JobId, Failures> failures_;
};

}  // namespace seatrial

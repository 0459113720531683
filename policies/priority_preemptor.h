// Preemption by priority, as kube-scheduler's DefaultPreemption does it (node_preemption.h), for jobs: the pods of a
// gang are asked one after the other, each may take the place of pods of lower priority, and a gang that loses a pod
// loses all. The room that victims leave is nominated: jobs of lower priority do not get it. Used by scheduler_kube.
// Invariant: the board shows running jobs without those that were told to go, and nominated ones as if they ran.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "policies/node_preemption.h"
#include "policies/run_state.h"

namespace seatrial {

class PriorityPreemptor {
 public:
  explicit PriorityPreemptor(RunState& state);

  // A job waits for the first time; has its GPUs; is over.
  void created(JobId job);
  void started(JobId job);
  void left(JobId job);

  // Jobs that have to go so that this one, which found no place, finds one; they are to be preempted now. Empty if none
  // would help, or if room is being made for it already.
  [[nodiscard]] std::vector<JobId> victims_for(JobId job);

  // While a job is tried, room that is nominated to others of its priority or a higher one counts as taken.
  void reserve_nominated(JobId job);
  void drop_reservations();

 private:
  struct BoardRow {
    NodeId node;
    std::uint32_t pod = 0;  // id on the board
    PodRequest request;
  };
  struct OnBoard {
    std::vector<BoardRow> rows;
    std::vector<JobId> victims;  // of a nominated job: who makes room for it
    bool nominated = false;
  };
  struct Trial {
    JobId job;
    std::vector<JobId> victims;
  };
  struct Reserved {
    Piece piece;
    PodRequest pod;
  };
  bool try_shape(const GangShape& shape, Trial& trial);
  bool find_place(const GangShape& shape, const PodRequest& pod, Trial& trial);
  [[nodiscard]] std::optional<PreemptionCandidate> search(const GangShape& shape, const PreemptorPod& pod,
                                                          const Trial& trial);
  [[nodiscard]] bool may_use(const GangShape& shape, JobId job, NodeId node) const;
  [[nodiscard]] bool better(const PreemptionCandidate& a, const PreemptionCandidate& b) const;
  [[nodiscard]] std::int64_t cost_of(const PreemptionCandidate& candidate) const;
  [[nodiscard]] bool keeps_budgets(const PreemptionCandidate& candidate, const Trial& trial) const;
  [[nodiscard]] std::vector<JobId> jobs_of(const PreemptionCandidate& candidate) const;
  [[nodiscard]] std::vector<std::int64_t> allowed(const Trial& trial) const;
  [[nodiscard]] bool is_under(JobId job, std::uint32_t budget) const;
  void add_row(JobId job, NodeId node, const PodRequest& request);
  void put_on_board(JobId job, const BoardRow& row);
  void take_off_board(JobId job);
  void hide(JobId job);  // its rows leave the board and are remembered
  void show(JobId job);

  RunState& state_;
  PreemptionBoard board_;
  std::map<std::uint32_t, OnBoard> on_board_;  // by job
  std::vector<JobId> job_of_pod_;              // by id on the board
  std::vector<std::uint32_t> free_pods_;       // ids to be used again
  std::vector<Reserved> reserved_;
  std::vector<std::uint16_t> reserved_devices_;
  std::vector<std::int64_t> healthy_;  // by budget: pods that run and were not told to go
  std::vector<std::int64_t> wanted_;   // by budget: pods of jobs that are not over
  Column<JobId, std::uint8_t> counted_;
  std::uint64_t searches_ = 0;
};

}  // namespace seatrial

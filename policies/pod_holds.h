// Gangs whose pods are bound one by one, as plain Kubernetes does it: what each gang holds so far, and until when it
// may wait for the rest. Two gangs that each hold half of the GPUs wait for each other for ever, unless a permit runs
// out. Used by scheduler_kube. Invariant: a gang that holds all its pods has started and is gone from here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/ids.h"
#include "models/job_table.h"
#include "policies/run_state.h"

namespace seatrial {

class PodHolds {
 public:
  explicit PodHolds(RunState& state) : state_(state) {}

  [[nodiscard]] std::uint32_t pods_of(JobId job) const { return state_.class_of(job).shapes.front().pods(); }

  struct Attempt {
    bool bound = false;
    bool complete = false;             // all are bound: the job has started
    std::optional<Time> permit_until;  // the gang holds its first pod, and gives it up then
  };
  // Binds a pod of the gang if any node has room for it.
  Attempt attempt(JobId job, std::uint32_t pod);
  // The permit is over: what the gang holds is free again. Returns the pods that it held; none if the gang has started
  // since, or a later permit counts.
  std::vector<std::uint32_t> give_up(JobId job);
  // When a gang that gave up may bind pods again.
  [[nodiscard]] Time rests_until(JobId job) const { return rests_.at(job.index).until; }
  // A job came, ended or the cluster changed: permits count again.
  void something_happened() { barren_ = 0; }

 private:
  // Gangs may take turns in giving up for ever. After so many give-ups in a row in which nothing else happened, permits
  // are set no more, and the run can end with what it has.
  static constexpr std::uint32_t kMostBarren = 1'000;
  struct Hold {
    HeldPods pods;
    std::vector<std::uint32_t> numbers;  // of its pods, as the caller knows them
    Time until = kNever;
  };
  // Of a gang that gave up: none of its pods is bound before its back-off is over.
  struct Rest {
    std::uint32_t times = 0;
    Time until{0};
  };
  RunState& state_;
  std::map<std::uint32_t, Hold> holds_;  // by job
  std::map<std::uint32_t, Rest> rests_;  // by job
  Time last_permit_{INT64_MIN};
  std::uint32_t barren_ = 0;
};

}  // namespace seatrial

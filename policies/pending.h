// The waiting jobs of a run. Jobs of one queue with equal requests share a lane: they fit or do not fit together, so
// one failed try parks the lane until something happened that could change the answer, and a pass over the queues costs
// the number of lanes that may have become able to start, never the backlog. Under strict admission only the head of a
// queue matters: then each queue is one lane.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "policies/wait_lane.h"

namespace seatrial {

struct RequestClass;

struct Lane {
  std::uint32_t queue = 0;
  RequestId request;  // of all its jobs, unless the queue is one lane
  WaitLane items;
  bool parked = false;
  std::vector<std::uint32_t> listed_need;  // by pool of the class: need under which it is listed, or kNotListed
};

class Pending {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffU;

  Pending(std::size_t pools, bool one_lane_per_queue) : parked_(pools), one_lane_(one_lane_per_queue) {}

  // Adds a waiting job; makes its lane ready if it may start now (a new head, or a lane that is not parked).
  void push(std::uint32_t queue, const RequestClass& job_class, const WaitItem& item);
  void pop_front(std::uint32_t lane);
  void erase(std::uint32_t queue, RequestId request, const WaitItem& item);

  // The lane whose head is first in service order among lanes that are not parked; kNone if there is none.
  [[nodiscard]] std::uint32_t first_ready() const { return tree_.empty() || !ready(tree_[1]) ? kNone : tree_[1]; }
  // The head of the lane does not fit: nothing happens to it until wake().
  void park(std::uint32_t lane, const RequestClass& job_class);
  // Something was freed in the pool; `free` is the most GPUs now free on one node that changed.
  void wake(PoolId pool, std::uint32_t free);
  // Every parked lane may try again (a capacity change).
  void wake_all();

  [[nodiscard]] std::size_t lanes() const { return lanes_.size(); }
  [[nodiscard]] const Lane& lane(std::uint32_t id) const { return lanes_[id]; }
  [[nodiscard]] std::span<const std::uint32_t> lanes_of(std::uint32_t queue) const;
  [[nodiscard]] std::size_t queues() const { return lanes_of_queue_.size(); }
  [[nodiscard]] std::uint64_t jobs() const { return jobs_; }
  [[nodiscard]] bool one_lane_per_queue() const { return one_lane_; }

 private:
  static constexpr std::uint32_t kNotListed = 0xffffffffU;
  struct ParkedLane {
    std::uint32_t need;  // GPUs free on one node below which nothing can have changed for it
    std::uint32_t lane;
  };
  std::uint32_t lane_of(std::uint32_t queue, RequestId request);
  [[nodiscard]] bool ready(std::uint32_t lane) const {
    return lane != kNone && !lanes_[lane].parked && !lanes_[lane].items.empty();
  }
  [[nodiscard]] std::uint32_t better(std::uint32_t a, std::uint32_t b) const;
  void update(std::uint32_t lane);
  void grow_tree();
  void unpark(std::uint32_t lane);

  std::vector<Lane> lanes_;
  std::unordered_map<std::uint64_t, std::uint32_t> lane_ids_;  // queue and request to lane
  std::vector<std::vector<std::uint32_t>> lanes_of_queue_;
  std::vector<std::vector<ParkedLane>> parked_;  // by pool, ascending need
  std::vector<std::uint32_t> tree_;              // tournament over lanes; row 1 is the winner
  std::uint32_t leaves_ = 0;
  std::uint64_t jobs_ = 0;
  bool one_lane_;
};

}  // namespace seatrial

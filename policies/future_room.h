// Would a gang find a legal place at a later instant? Starts from the cluster as it is, takes up what running jobs will
// release and what newly started ones will still hold then, and keeps the number of places for the gang's pods current:
// the cost is the nodes that change, not the cluster.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/cluster.h"
#include "models/request_class.h"

namespace seatrial {

class FutureRoom {
 public:
  explicit FutureRoom(const Cluster& cluster)
      : cluster_(cluster), overlay_of_(cluster.nodes(), 0), stamp_(cluster.nodes(), 0) {}

  // Begins anew from the cluster's present state.
  void begin(const RequestClass& job_class);
  // Would the gang fit?
  [[nodiscard]] bool fits() const;
  // Pods that a job holds on a node now will be gone (sign +1), or pods just bound there will still be held at that
  // instant (sign -1, call it after the bind; undone by sign +1).
  void change(const Piece& piece, const PodRequest& pod, std::span<const std::uint16_t> devices, int sign);

 private:
  struct Room {  // a node's free amounts at that instant
    std::int64_t gpus = 0;
    std::int64_t cpu = 0;
    std::int64_t memory = 0;
    std::vector<std::uint16_t> devices;
  };
  struct Slots {  // places for main and rest pods over the pools of one shape
    std::uint64_t main = 0;
    std::uint64_t rest = 0;
  };
  Room& room_of(NodeId node);
  [[nodiscard]] std::uint32_t slots(const Room& room, const PodRequest& pod, std::uint32_t enough) const;
  void count(NodeId node, const Room& room, std::int64_t sign);
  void count_all(const GangShape& shape, Slots& slots);

  const Cluster& cluster_;
  const RequestClass* class_ = nullptr;
  std::vector<Slots> slots_;    // by shape
  std::vector<Room> overlays_;  // nodes that differ from the cluster
  std::size_t overlays_used_ = 0;
  std::vector<std::uint32_t> overlay_of_;  // by node
  std::vector<std::uint32_t> stamp_;       // by node: the begin() that its overlay belongs to
  std::uint32_t stamp_now_ = 0;
};

}  // namespace seatrial

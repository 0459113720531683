// Tracks for the stints of a run: every GPU of every node has a track, and a shared GPU one more for each further job
// that is on it at the same time, so that no two stints overlap on a track. Where devices are tracked the GPU is the
// real one; elsewhere a job gets the node's lowest free numbers, which is what Cluster::bind() would have given it.
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "reports/run_history.h"

namespace seatrial {

struct GpuTrack {
  NodeId node;
  std::uint32_t gpu = 0;   // index on the node
  std::uint32_t lane = 0;  // 0, or further ones of a shared GPU
};

class GpuSlots {
 public:
  explicit GpuSlots(const RunHistory& history) : history_(history) {}

  // The tracks of the next stint, one per GPU in the order of its pieces; to be called for all stints in order. Valid
  // until the next call.
  std::span<const std::uint32_t> assign(const Stint& stint);
  // All tracks met so far.
  [[nodiscard]] const std::vector<GpuTrack>& tracks() const { return tracks_; }

 private:
  struct Lane {
    std::uint32_t track = 0;
    Time free_at;
  };
  using Busy = std::pair<std::int64_t, std::uint32_t>;  // free from this ns on, GPU
  // A node whose devices are not tracked.
  struct CountedNode {
    std::vector<std::uint32_t> tracks;  // by GPU
    std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free;
  };

  std::uint32_t new_track(NodeId node, std::uint32_t gpu, std::uint32_t lane);
  std::uint32_t take_lane(NodeId node, std::uint32_t gpu, const Stint& stint);
  void take_counted(const Piece& piece, const Stint& stint);

  const RunHistory& history_;
  std::vector<GpuTrack> tracks_;
  std::vector<std::uint32_t> assigned_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Lane>> lanes_;  // by node and GPU
  std::vector<CountedNode> counted_;                                            // by node
};

}  // namespace seatrial

// See gpu_slots.h.
#include "reports/gpu_slots.h"

#include <algorithm>

#include "models/device_ref.h"

namespace seatrial {
namespace {

// Sequential arrivals never leave, even if the run's clock stands still.
Time free_from(const Stint& stint) { return stint.exit == Stint::Exit::Running ? kNever : stint.end; }

}  // namespace

std::uint32_t GpuSlots::new_track(NodeId node, std::uint32_t gpu, std::uint32_t lane) {
  tracks_.push_back({node, gpu, lane});
  return static_cast<std::uint32_t>(tracks_.size() - 1);
}

std::uint32_t GpuSlots::take_lane(NodeId node, std::uint32_t gpu, const Stint& stint) {
  std::vector<Lane>& lanes = lanes_[{node.index, gpu}];
  auto lane =
      std::find_if(lanes.begin(), lanes.end(), [&](const Lane& candidate) { return candidate.free_at <= stint.begin; });
  if (lane == lanes.end()) {
    const auto number = static_cast<std::uint32_t>(lanes.size());
    lane = lanes.insert(lanes.end(), Lane{new_track(node, gpu, number), stint.begin});
  }
  lane->free_at = free_from(stint);
  return lane->track;
}

void GpuSlots::take_counted(const Piece& piece, const Stint& stint) {
  if (counted_.size() <= piece.node.index) counted_.resize(piece.node.index + 1);
  CountedNode& node = counted_[piece.node.index];
  while (!node.busy.empty() && node.busy.top().first <= stint.begin.ns) {
    node.free.push(node.busy.top().second);
    node.busy.pop();
  }
  for (std::uint32_t i = 0; i < piece.gpus; ++i) {
    auto gpu = static_cast<std::uint32_t>(node.tracks.size());
    if (node.free.empty()) {
      node.tracks.push_back(new_track(piece.node, gpu, 0));
    } else {
      gpu = node.free.top();
      node.free.pop();
    }
    node.busy.emplace(free_from(stint).ns, gpu);
    assigned_.push_back(node.tracks[gpu]);
  }
}

std::span<const std::uint32_t> GpuSlots::assign(const Stint& stint) {
  assigned_.clear();
  for (const Piece& piece : history_.pieces(stint)) {
    if (piece.gpus == 0) continue;
    const auto devices = history_.devices(piece);
    if (devices.empty()) take_counted(piece, stint);
    for (const std::uint16_t ref : devices) assigned_.push_back(take_lane(piece.node, device_index(ref), stint));
  }
  return assigned_;
}

}  // namespace seatrial

// gpu-packing: the "GpuPacking" of the FGD experiments (after MLaaS in the Wild, NSDI '22): partly used devices first,
// then free devices of used nodes, then free nodes. f fully free devices, u of the taken ones fully free:
// all devices free: max(33 - f, f); some taken ones free: max(50 - u, 33); none: max(100 - sum of free % / 10, 50).
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "policies/registry.h"

namespace seatrial {
namespace {

class GpuPacking final : public NodeScore {
 public:
  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    if (pod.gpus == 0) return {};
    const auto devices = cluster.devices(node);
    const auto free = static_cast<std::int32_t>(std::count(devices.begin(), devices.end(), kGpuMilli));
    if (free == static_cast<std::int32_t>(devices.size())) return {std::max(33 - free, free), Cluster::kAnyDevice};
    tight_.clear();
    for (std::size_t i = 0; i < devices.size(); ++i) {
      if (devices[i] >= pod.gpu_milli) tight_.emplace_back(devices[i], i);
    }
    std::sort(tight_.begin(), tight_.end());
    std::int32_t whole = 0;
    std::int32_t percent = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(pod.gpus, tight_.size()); ++i) {
      whole += tight_[i].first == kGpuMilli ? 1 : 0;
      percent += tight_[i].first * 100 / static_cast<std::int32_t>(kGpuMilli);
    }
    if (whole > 0) return {std::max(50 - whole, 33), Cluster::kAnyDevice};
    return {std::max(100 - percent / 10, 50), Cluster::kAnyDevice};
  }

 private:
  std::vector<std::pair<std::uint16_t, std::size_t>> tight_;
};

}  // namespace

PlacementRegistration score_gpu_packing() {
  PlacementRegistration entry;
  entry.doc = {"placement", "gpu-packing", "Partly used GPUs first, then used nodes, then free nodes.", {}};
  entry.make_score = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<NodeScore> {
    return std::make_unique<GpuPacking>();
  };
  return entry;
}

}  // namespace seatrial

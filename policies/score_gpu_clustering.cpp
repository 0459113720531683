// gpu-clustering: the "GpuClustering" of the FGD experiments (after Gandiva, OSDI '18): pods of one GPU class gather on
// the same nodes. A(n) = classes of the GPU pods on the node, b = int(25 (8000 - idle) / 8000):
// own class alone: b + 75; own class among others: b + 50; empty: b + 25; else b.
#include <algorithm>
#include <vector>

#include "policies/registry.h"

namespace seatrial {
namespace {

constexpr double kMaxGpuMilli = 8000;

class GpuClustering final : public NodeScore {
 public:
  explicit GpuClustering(std::uint32_t nodes) : groups_(nodes) {}

  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    if (pod.gpus == 0) return {};
    const double used = kMaxGpuMilli - static_cast<double>(cluster.idle_milli(node));
    const auto base = static_cast<std::int32_t>(25.0 * used / kMaxGpuMilli);
    const auto& groups = groups_[node.index];
    const bool own = std::any_of(groups.begin(), groups.end(), [&](const Group& g) { return g.kind == kind_of(pod); });
    if (own) return {std::clamp(base + (groups.size() == 1 ? 75 : 50), 0, 100), Cluster::kAnyDevice};
    return {std::clamp(base + (groups.empty() ? 25 : 0), 0, 100), Cluster::kAnyDevice};
  }

  void changed(const PodRequest& pod, NodeId node, bool bound) override {
    if (pod.gpus == 0) return;
    auto& groups = groups_[node.index];
    const auto found =
        std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.kind == kind_of(pod); });
    if (bound && found == groups.end()) {
      groups.push_back({kind_of(pod), 1});
    } else if (bound) {
      ++found->pods;
    } else if (found != groups.end() && --found->pods == 0) {
      groups.erase(found);
    }
  }

 private:
  struct Group {
    std::uint32_t kind;  // GPUs of a pod; 0: shares
    std::uint32_t pods;
  };
  static std::uint32_t kind_of(const PodRequest& pod) { return pod.is_share() ? 0 : pod.gpus; }

  std::vector<std::vector<Group>> groups_;  // by node
};

}  // namespace

PlacementRegistration score_gpu_clustering() {
  PlacementRegistration entry;
  entry.doc = {
      "placement", "gpu-clustering", "Next to pods of the same GPU count or share (GpuClustering of FGD).", {}};
  entry.make_score = [](const PolicyContext& context, const Parameters&) -> std::unique_ptr<NodeScore> {
    return std::make_unique<GpuClustering>(context.cluster.nodes());
  };
  return entry;
}

}  // namespace seatrial

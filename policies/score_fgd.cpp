// fgd: Fragmentation Gradient Descent (Weng et al., USENIX ATC '23): the node (and device) whose fragmentation grows
// least. x = (F before - F after) / 1000 milli-GPU, score = int(100 / (1 + exp(-x))): 50 means no change.
#include <array>
#include <cmath>
#include <vector>

#include "policies/registry.h"

namespace seatrial {
namespace {

class FgdScore final : public NodeScore {
 public:
  FgdScore(const FragmentationModel& model, std::uint32_t nodes) : model_(model), before_(nodes, kUnknown) {}

  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    const auto devices = cluster.devices(node);
    const std::uint32_t kind = cluster.model_index(node);
    const std::int64_t cpu_after = cluster.cpu_free(node) - pod.cpu_milli;
    double& before = before_[node.index];
    if (before < 0) before = model_.amount(cluster, node);
    after_.assign(devices.begin(), devices.end());
    if (!pod.is_share()) {
      std::uint32_t wanted = pod.gpus;
      for (std::uint16_t& free : after_) {
        if (wanted > 0 && free == kGpuMilli) free = 0, --wanted;
      }
      return {squeeze(before - model_.amount(cpu_after, after_, kind)), Cluster::kAnyDevice};
    }
    Result best{-1, Cluster::kAnyDevice};
    std::uint32_t last_free = 0;
    for (std::uint32_t i = 0; i < devices.size(); ++i) {
      // Devices with equal free amounts leave equal nodes: the first one stands for all.
      if (devices[i] < pod.gpu_milli || devices[i] == last_free) continue;
      last_free = devices[i];
      after_[i] = static_cast<std::uint16_t>(devices[i] - pod.gpu_milli);
      const std::int32_t here = squeeze(before - model_.amount(cpu_after, after_, kind));
      after_[i] = devices[i];
      if (here > best.score) best = {here, i};
    }
    return best;
  }

  void changed(const PodRequest&, NodeId node, bool) override { before_[node.index] = kUnknown; }

 private:
  static constexpr double kUnknown = -1;
  static std::int32_t squeeze(double drop) {
    return static_cast<std::int32_t>(100.0 / (1.0 + std::exp(-(drop / 1000.0))));
  }

  const FragmentationModel& model_;
  std::vector<double> before_;  // F of each node as it is
  std::vector<std::uint16_t> after_;
};

}  // namespace

PlacementRegistration score_fgd() {
  PlacementRegistration entry;
  entry.doc = {"placement",
               "fgd",
               "Where GPU fragmentation for the expected workload grows least (FGD, Weng et al., ATC '23).",
               {{"popularity", "share of the workload's pods that the typical classes must cover", "1",
                 ParameterDoc::Kind::Number, 0.01, 1, "metrics.fragmentation.popularity, else 0.95"}}};
  entry.needs_fragmentation = true;
  entry.make_score = [](const PolicyContext& context, const Parameters&) -> std::unique_ptr<NodeScore> {
    return std::make_unique<FgdScore>(*context.fragmentation, context.cluster.nodes());
  };
  return entry;
}

}  // namespace seatrial

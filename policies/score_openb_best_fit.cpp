// openb-best-fit: the "BestFit" of the FGD experiments: least weighted rest of cpu and GPU after placement,
// s = int(100 (1 - (0.5 (c - req_c) / 128000 + 0.5 (idle - req_g) / 8000))), stretched over the feasible nodes.
#include "policies/registry.h"

namespace seatrial {
namespace {

// The largest node of the openb cluster: the constants of the published experiments.
constexpr double kMaxCpuMilli = 128000;
constexpr double kMaxGpuMilli = 8000;

class OpenbBestFit final : public NodeScore {
 public:
  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    const auto cpu_left = static_cast<double>(cluster.cpu_free(node) - pod.cpu_milli);
    const auto gpu_left = static_cast<double>(cluster.idle_milli(node) - pod.total_milli());
    const double rest = 0.5 * cpu_left / kMaxCpuMilli + 0.5 * gpu_left / kMaxGpuMilli;
    const auto score = static_cast<std::int32_t>(100.0 * (1.0 - rest));
    return {score < 0 ? 0 : score, Cluster::kAnyDevice};
  }
  [[nodiscard]] bool normalised() const override { return true; }
};

}  // namespace

PlacementRegistration score_openb_best_fit() {
  PlacementRegistration entry;
  entry.doc = {"placement", "openb-best-fit", "Least cpu and GPU left over, as BestFit of the FGD experiments.", {}};
  entry.make_score = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<NodeScore> {
    return std::make_unique<OpenbBestFit>();
  };
  return entry;
}

}  // namespace seatrial

// dot-product: the "DotProd" of the FGD experiments (merged dimensions, divided by the largest node):
// s = int(100 (1 - ((c / 128000)(req_c / 128000) + (idle / 8000)(req_g / 8000)) / 2)). The smaller the product, the
// better: the opposite sign of Tetris' alignment (Grandl et al., SIGCOMM '14).
#include "policies/registry.h"

namespace seatrial {
namespace {

constexpr double kMaxCpuMilli = 128000;
constexpr double kMaxGpuMilli = 8000;

class DotProduct final : public NodeScore {
 public:
  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    const double cpu = static_cast<double>(cluster.cpu_free(node)) / kMaxCpuMilli *
                       (static_cast<double>(pod.cpu_milli) / kMaxCpuMilli);
    const double gpu = static_cast<double>(cluster.idle_milli(node)) / kMaxGpuMilli *
                       (static_cast<double>(pod.total_milli()) / kMaxGpuMilli);
    const auto score = static_cast<std::int32_t>(100.0 * (1.0 - (cpu + gpu) / 2.0));
    return {score < 0 ? 0 : score, Cluster::kAnyDevice};
  }
};

}  // namespace

PlacementRegistration score_dot_product() {
  PlacementRegistration entry;
  entry.doc = {"placement", "dot-product", "Smallest product of request and free amounts (DotProd of FGD).", {}};
  entry.make_score = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<NodeScore> {
    return std::make_unique<DotProduct>();
  };
  return entry;
}

}  // namespace seatrial

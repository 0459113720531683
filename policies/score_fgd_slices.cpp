// fgd-slices: Fragmentation Gradient Descent (Weng et al., USENIX ATC '23) carried over from the devices of a node to
// the slices of a MIG GPU. What a GPU loses is its expected number of stranded memory slices: free ones that a request
// drawn from the demand mix could not use (mig_metrics.h, c). The score is FGD's, with slices for thousandths of a GPU:
// int(100 / (1 + exp(growth))) of the GPU and start that the node's partition would choose.
#include <cmath>

#include "models/gpu_partitions.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

constexpr std::int32_t kNoGrowth = 50;

class FgdSlices final : public NodeScore {
 public:
  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    if (pod.slice == 0) return {kNoGrowth, Cluster::kAnyDevice};
    const SliceKind& kind = cluster.partitions()->kind(pod.slice);
    if (kind.what != SliceKind::What::Instance) return {kNoGrowth, Cluster::kAnyDevice};
    const std::uint32_t first = cluster.pool(kind.pool).first_node;
    const double growth =
        cluster.partitions()->mig(kind.pool)->preview(node.index - first, kind.profile).stranded_slices;
    return {static_cast<std::int32_t>(100.0 / (1.0 + std::exp(growth))), Cluster::kAnyDevice};
  }
};

}  // namespace

PlacementRegistration score_fgd_slices() {
  PlacementRegistration entry;
  entry.doc = {"placement",
               "fgd-slices",
               "MIG: where the slices that nothing asked for could use grow least (FGD carried over to slices).",
               {}};
  entry.make_score = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<NodeScore> {
    return std::make_unique<FgdSlices>();
  };
  return entry;
}

}  // namespace seatrial

// worst-fit: the node with the most free GPUs; lowest index on a tie. Spreads, as Kubernetes' LeastAllocated does.
#include "policies/node_scan.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class WorstFit final : public Placement {
 public:
  NodeChoice choose(const PodQuestion& question, const Cluster& cluster) override {
    return {by_idle(question, cluster, Idle::Most)};
  }
};

}  // namespace

PlacementRegistration place_worst_fit() {
  PlacementRegistration entry;
  entry.doc = {"placement", "worst-fit", "The node with the most free GPUs: spreads.", {}};
  entry.make = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<Placement> {
    return std::make_unique<WorstFit>();
  };
  return entry;
}

}  // namespace seatrial

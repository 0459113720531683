// best-fit: the node with the fewest free GPUs that has room; lowest index on a tie. Packs, so that whole nodes stay
// free for large gangs.
#include "policies/node_scan.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class BestFit final : public Placement {
 public:
  NodeChoice choose(const PodQuestion& question, const Cluster& cluster) override {
    return {by_idle(question, cluster, Idle::Least)};
  }
  [[nodiscard]] bool fills_nodes() const override { return true; }
};

}  // namespace

PlacementRegistration place_best_fit() {
  PlacementRegistration entry;
  entry.doc = {"placement", "best-fit", "The node with the fewest free GPUs that has room: packs.", {}};
  entry.make = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<Placement> {
    return std::make_unique<BestFit>();
  };
  return entry;
}

}  // namespace seatrial

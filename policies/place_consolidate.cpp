// consolidate: best-fit for what fits a node; a larger gang takes whole free nodes and puts its remainder on the other
// node with the most free GPUs. The rule of the HeliosArtifact simulator (Hu et al., SC '21).
#include "policies/node_scan.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class Consolidate final : public Placement {
 public:
  NodeChoice choose(const PodQuestion& question, const Cluster& cluster) override {
    return {by_idle(question, cluster, question.remainder ? Idle::Most : Idle::Least)};
  }
  [[nodiscard]] bool fills_nodes() const override { return true; }
};

}  // namespace

PlacementRegistration place_consolidate() {
  PlacementRegistration entry;
  entry.doc = {"placement",
               "consolidate",
               "Best fit inside a node; larger gangs take whole nodes, their remainder the emptiest other node.",
               {}};
  entry.make = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<Placement> {
    return std::make_unique<Consolidate>();
  };
  return entry;
}

}  // namespace seatrial

// random: one node drawn uniformly among those with room; a share's device is drawn uniformly too. The baseline
// "Random" of FGD (Weng et al., ATC '23); equal to it in distribution only.
#include <vector>

#include "policies/node_scan.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class RandomPlacement final : public Placement {
 public:
  explicit RandomPlacement(Random& random) : random_(random) {}

  NodeChoice choose(const PodQuestion& question, const Cluster& cluster) override {
    nodes_.clear();
    for_each_candidate(question, cluster, [&](NodeId node) { nodes_.push_back(node); });
    if (nodes_.empty()) return {};
    NodeChoice choice{nodes_[random_.below(nodes_.size())]};
    if (!question.pod.is_share()) return choice;
    devices_.clear();
    const auto free = cluster.devices(choice.node);
    for (std::uint32_t i = 0; i < free.size(); ++i) {
      if (free[i] >= question.pod.gpu_milli) devices_.push_back(i);
    }
    choice.device = devices_[random_.below(devices_.size())];
    return choice;
  }

 private:
  Random& random_;
  std::vector<NodeId> nodes_;
  std::vector<std::uint32_t> devices_;
};

}  // namespace

PlacementRegistration place_random() {
  PlacementRegistration entry;
  entry.doc = {"placement", "random", "A node drawn uniformly among those that have room.", {}};
  entry.make = [](const PolicyContext& context, const Parameters&) -> std::unique_ptr<Placement> {
    return std::make_unique<RandomPlacement>(context.random);
  };
  return entry;
}

}  // namespace seatrial

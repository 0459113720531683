// Where the pods of a gang go in a topology: Kueue's topology-aware assignment. Within one domain of a level if that is
// required, as low as possible if preferred, anywhere if unconstrained; in few domains, the last chosen to fit tightly.
// Source: kubernetes-sigs/kueue pkg/cache/scheduler/tas_flavor_snapshot.go, without its gates that are off by default
// (balanced placement, preferred node affinity). Invariant: an assignment never takes more than is free.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/topology_tree.h"

namespace seatrial {

enum class TopologyWish : std::uint8_t { Required, Preferred, Unconstrained };

// Pods that must stay together: `size` of them in one domain of `level`.
struct TopologySlice {
  std::size_t level = 0;
  std::uint32_t size = 1;
};

struct TopologyRequest {
  std::uint32_t count = 1;
  std::vector<std::int64_t> per_pod;  // by resource
  Labels node_selector;
  std::vector<KeyedToleration> tolerations;
  TopologyWish wish = TopologyWish::Unconstrained;
  std::size_t level = 0;  // the level that is required or preferred, or to begin with
  // The outermost first, at or below `level`, each further down than the one before and dividing its size. Empty:
  // single pods at the lowest level. The count is a multiple of the first size.
  std::vector<TopologySlice> slices;
};

// Pods per leaf, by leaf.
struct LeafCount {
  std::uint32_t leaf = 0;
  std::uint32_t count = 0;
  bool operator==(const LeafCount&) const = default;
};

struct TopologyAssignment {
  bool found = false;
  std::vector<LeafCount> pods;
  std::vector<LeafCount> leaders;
  // Where nothing was found: how many slices fit, of how many.
  std::int64_t fit = 0;
  std::int64_t of = 0;
};

// Assigns one request after the other; each sees what the earlier ones were assumed to take.
class TopologyAssigner {
 public:
  // best_fit_unconstrained: whether unconstrained requests too take few domains, instead of filling the least free
  // first.
  explicit TopologyAssigner(const TopologyTree& tree, bool best_fit_unconstrained = false);

  // With leaders: all of them go to one leaf, and their level and slices are the pods'. O(domains log domains).
  TopologyAssignment assign(const TopologyRequest& request,
                            const std::optional<TopologyRequest>& leaders = std::nullopt);

 private:
  void take(const TopologyRequest& request, const std::vector<LeafCount>& counts);

  const TopologyTree& tree_;
  bool best_fit_unconstrained_;
  std::vector<std::vector<std::int64_t>> taken_;  // by leaf and resource
};

}  // namespace seatrial

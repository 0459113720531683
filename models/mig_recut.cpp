// Re-cuts of one GPU; see mig_recut.h.
#include "models/mig_recut.h"

#include <bit>
#include <limits>

namespace seatrial {
namespace {

struct Cut {
  MigGeometry::StateId existing = MigGeometry::kNoState;
  std::uint64_t loss = 0;  // worth of the idle instances that go
};

std::uint64_t worth(const MigGeometry& geometry, MigInstances instances, std::span<const std::uint32_t> keep) {
  if (keep.empty()) return static_cast<std::uint64_t>(std::popcount(instances));
  std::uint64_t sum = 0;
  for (; instances != 0; instances &= instances - 1) {
    sum += keep[geometry.places()[static_cast<std::size_t>(std::countr_zero(instances))].profile];
  }
  return sum;
}

// The best way to add `place` to the busy instances and keep what can be kept of the idle ones.
Cut best_cut(const MigGeometry& geometry, MigInstances busy, MigInstances idle, std::uint8_t place,
             std::span<const std::uint32_t> keep) {
  const MigInstances wanted = busy | MigInstances{1} << place;
  const MigInstances apart = idle & ~geometry.overlapping(place);
  const std::uint64_t all = worth(geometry, idle, keep);
  Cut best;
  // Nearly always everything that does not overlap can stay; compute slices and maxima may rule some of it out. All
  // subsets, the full one first (a GPU has at most 7 instances).
  for (MigInstances kept = apart;; kept = (kept - 1) & apart) {
    const MigGeometry::StateId state = geometry.find(wanted | kept);
    if (state != MigGeometry::kNoState) {
      const std::uint64_t loss = all - worth(geometry, kept, keep);
      if (best.existing == MigGeometry::kNoState || loss < best.loss) best = {state, loss};
      if (kept == apart) break;
    }
    if (kept == 0) break;
  }
  return best;
}

}  // namespace

Recut best_recut(const MigLookahead& lookahead, const CutGpu& of, std::size_t profile,
                 std::span<const std::uint32_t> keep) {
  const MigGeometry& geometry = lookahead.geometry();
  const MigGeometry::StateId busy = of.busy;
  const MigInstances idle = geometry.instances(of.existing) & ~geometry.instances(busy);
  const std::uint8_t preferred = lookahead.best_place(busy, profile);
  Recut best{{}, std::numeric_limits<std::uint64_t>::max()};
  for (MigInstances open = geometry.open(busy) & geometry.of_profile(profile); open != 0; open &= open - 1) {
    const auto place = static_cast<std::uint8_t>(std::countr_zero(open));
    const Cut cut = best_cut(geometry, geometry.instances(busy), idle, place, keep);
    if (cut.loss > best.loss || (cut.loss == best.loss && place != preferred)) continue;
    const MigInstances gone = idle & ~geometry.instances(cut.existing);
    best = {{{of.gpu, place}, cut.existing, static_cast<std::uint32_t>(std::popcount(gone))}, cut.loss};
  }
  return best;
}

}  // namespace seatrial

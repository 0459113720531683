// Fragmentation of cut GPUs; see mig_metrics.h. Sums are of integers wherever the weights are, so that they do not
// depend on the order of GPUs.
#include "models/mig_metrics.h"

#include <bit>
#include <vector>

#include "sim/check.h"

namespace seatrial {

std::uint64_t mig_fragmentation_weight(const MigGeometry& geometry, MigGeometry::StateId state,
                                       std::span<const std::uint32_t> weights) {
  const unsigned free = unsigned{geometry.family().compute_slices} - geometry.compute_used(state);
  std::uint64_t sum = 0;
  for (std::size_t profile = 0; profile < weights.size(); ++profile) {
    const bool enough = geometry.family().profiles[profile].compute_slices <= free;
    if (enough && !geometry.fits(state, profile)) sum += std::uint64_t{weights[profile]} * free;
  }
  return sum;
}

double mig_placement_loss(const MigGeometry& geometry, MigGeometry::StateId state) {
  double loss = 0;
  for (std::size_t profile = 0; profile < geometry.profiles(); ++profile) {
    const int size = geometry.family().profiles[profile].memory_slices;
    if (size > geometry.slices_free(state)) continue;
    const int all = std::popcount(geometry.of_profile(profile));
    const int open = std::popcount(geometry.open(state) & geometry.of_profile(profile));
    loss += static_cast<double>(all - open) / all * size;
  }
  return loss;
}

std::uint64_t mig_stranded_weight(const MigGeometry& geometry, MigGeometry::StateId state,
                                  std::span<const std::uint32_t> weights) {
  const auto all = static_cast<std::uint16_t>((1U << geometry.family().memory_slices) - 1U);
  const auto free = static_cast<std::uint16_t>(all & ~geometry.slices_used(state));
  std::uint64_t sum = 0;
  for (std::size_t profile = 0; profile < weights.size(); ++profile) {
    std::uint16_t usable = 0;
    for (MigInstances open = geometry.open(state) & geometry.of_profile(profile); open != 0; open &= open - 1) {
      usable |= geometry.places()[static_cast<std::size_t>(std::countr_zero(open))].slices;
    }
    sum +=
        std::uint64_t{weights[profile]} * static_cast<unsigned>(std::popcount(static_cast<unsigned>(free & ~usable)));
  }
  return sum;
}

MigPoolLoss mig_pool_loss(const MigGeometry& geometry, std::span<const MigGeometry::StateId> states,
                          std::span<const std::uint32_t> weights) {
  std::uint64_t weight = 0;
  for (const std::uint32_t each : weights) weight += each;
  CHECK(weight > 0);
  std::vector<std::uint64_t> gpus(geometry.states(), 0);
  for (const MigGeometry::StateId state : states) ++gpus[state];
  std::uint64_t fragmentation = 0;
  std::uint64_t stranded = 0;
  MigPoolLoss loss;
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    if (gpus[i] == 0) continue;
    const auto state = static_cast<MigGeometry::StateId>(i);
    fragmentation += gpus[i] * mig_fragmentation_weight(geometry, state, weights);
    stranded += gpus[i] * mig_stranded_weight(geometry, state, weights);
    loss.placement_loss_slices += static_cast<double>(gpus[i]) * mig_placement_loss(geometry, state);
  }
  loss.fragmentation_slices = static_cast<double>(fragmentation) / static_cast<double>(weight);
  loss.stranded_slices = static_cast<double>(stranded) / static_cast<double>(weight);
  return loss;
}

}  // namespace seatrial

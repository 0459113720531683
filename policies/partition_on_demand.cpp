// The on-demand partitioner; see partition_on_demand.h.
#include "policies/partition_on_demand.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

#include "sim/check.h"

namespace seatrial {
namespace {

std::int64_t victims_cost(MigInstances victims, std::span<const std::int64_t> cost, VictimCost combine) {
  std::int64_t sum = 0;
  for (; victims != 0; victims &= victims - 1) {
    const std::int64_t one = cost[static_cast<std::size_t>(std::countr_zero(victims))];
    sum = combine == VictimCost::Sum ? sum + one : std::max(sum, one);
  }
  return sum;
}

bool is_cheaper(const Removal& a, const Removal& b) {
  const auto key = [](const Removal& removal) {
    return std::make_tuple(removal.cost, std::popcount(removal.victims), -int{removal.place});
  };
  return key(a) < key(b);
}

}  // namespace

RecutDecision plan_recut(const MigPool& pool, std::size_t profile, const RecutMoment& moment, const RecutRule& rule) {
  RecutDecision decision;
  if (moment.waited < rule.min_wait) {
    decision.refusal = RecutRefusal::TooEarly;
    decision.retry_at = moment.now + (rule.min_wait - moment.waited);
    return decision;
  }
  CHECK(moment.keep.empty() || moment.keep.size() == pool.geometry().profiles());
  CHECK(moment.last_recut.empty() || moment.last_recut.size() == pool.gpus());
  const std::uint64_t least = moment.keep.empty() ? 1 : *std::min_element(moment.keep.begin(), moment.keep.end());
  std::uint64_t best_loss = std::numeric_limits<std::uint64_t>::max();
  std::uint32_t looked_at = 0;
  std::optional<Time> first_rested;
  const auto rested = [&](std::uint32_t gpu) {
    if (moment.last_recut.empty() || rule.min_interval.ns <= 0) return true;
    const Time until = moment.last_recut[gpu] + rule.min_interval;
    if (until <= moment.now) return true;
    first_rested = first_rested ? std::min(*first_rested, until) : until;
    return false;
  };
  // `accepts` sees every GPU in order and takes none before it has seen enough.
  static_cast<void>(pool.find_recut(profile, [&](std::uint32_t gpu) {
    if (!rested(gpu)) return false;
    const Recut recut = best_recut(pool.lookahead(), {gpu, pool.existing(gpu), pool.busy(gpu)}, profile, moment.keep);
    if (recut.loss < best_loss) {
      best_loss = recut.loss;
      decision.plan = recut.plan;
    }
    ++looked_at;
    return best_loss <= least || (rule.looked_at != 0 && looked_at >= rule.looked_at);
  }));
  if (decision.plan) return decision;
  decision.refusal = first_rested ? RecutRefusal::Resting : RecutRefusal::NoRoom;
  if (first_rested) decision.retry_at = *first_rested;
  return decision;
}

std::optional<Removal> cheapest_removal(const MigGeometry& geometry, MigGeometry::StateId busy, std::size_t profile,
                                        std::span<const std::int64_t> cost, VictimCost combine) {
  const MigInstances all = geometry.instances(busy);
  std::optional<Removal> best;
  for (MigInstances places = geometry.of_profile(profile); places != 0; places &= places - 1) {
    const auto place = static_cast<std::uint8_t>(std::countr_zero(places));
    // Every set of victims: those that overlap must go, any of the others may have to.
    const MigInstances must = all & geometry.overlapping(place);
    const MigInstances may = all & ~must;
    for (MigInstances extra = may;; extra = (extra - 1) & may) {
      const MigInstances victims = must | extra;
      const MigInstances after = (all & ~victims) | MigInstances{1} << place;
      if (geometry.find(after) != MigGeometry::kNoState) {
        const Removal removal{place, victims, victims_cost(victims, cost, combine)};
        if (!best || is_cheaper(removal, *best)) best = removal;
      }
      if (extra == 0) break;
    }
  }
  return best;
}

std::optional<DrainPlan> plan_drain(const MigPool& pool, std::size_t profile, std::span<const std::int64_t> cost,
                                    VictimCost combine) {
  const std::size_t places = pool.geometry().places().size();
  CHECK(cost.size() == pool.gpus() * places);
  std::optional<DrainPlan> best;
  for (std::uint32_t gpu = 0; gpu < pool.gpus(); ++gpu) {
    if (pool.withdrawn(gpu)) continue;
    const auto removal =
        cheapest_removal(pool.geometry(), pool.busy(gpu), profile, cost.subspan(gpu * places, places), combine);
    if (removal && (!best || removal->cost < best->removal.cost)) best = DrainPlan{gpu, *removal};
  }
  return best;
}

}  // namespace seatrial

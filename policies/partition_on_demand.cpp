// The on-demand partitioner; see partition_on_demand.h.
#include "policies/partition_on_demand.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

#include "sim/check.h"

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

// The best plan for one GPU: least loss, then the start that the look-ahead prefers, which `preferred` is.
std::pair<RecutPlan, std::uint64_t> plan_for(const MigPool& pool, MigInstance preferred, std::size_t profile,
                                             std::span<const std::uint32_t> keep) {
  const MigGeometry& geometry = pool.geometry();
  const MigGeometry::StateId busy = pool.busy(preferred.gpu);
  const MigInstances idle = pool.idle(preferred.gpu);
  RecutPlan plan;
  std::uint64_t loss = std::numeric_limits<std::uint64_t>::max();
  for (MigInstances open = geometry.open(busy) & geometry.of_profile(profile); open != 0; open &= open - 1) {
    const auto place = static_cast<std::uint8_t>(std::countr_zero(open));
    const Cut cut = best_cut(geometry, geometry.instances(busy), idle, place, keep);
    if (cut.loss > loss || (cut.loss == loss && place != preferred.place)) continue;
    loss = cut.loss;
    const MigInstances gone = idle & ~geometry.instances(cut.existing);
    plan = {{preferred.gpu, place}, cut.existing, static_cast<std::uint32_t>(std::popcount(gone))};
  }
  return {plan, loss};
}

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
    const auto [plan, loss] = plan_for(pool, pool.recut_place(gpu, profile), profile, moment.keep);
    if (loss < best_loss) {
      best_loss = loss;
      decision.plan = plan;
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

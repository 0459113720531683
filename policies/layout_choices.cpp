// What GPUs could become; see layout_choices.h.
#include "policies/layout_choices.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace seatrial {
namespace {

struct Candidate {
  LayoutChoice choice;
  MigGeometry::StateId target = MigGeometry::kNoState;
};

bool dominates(const LayoutChoice& a, const LayoutChoice& b) {
  if (a.cost > b.cost) return false;
  for (std::size_t profile = 0; profile < kMaxMigProfiles; ++profile) {
    if (a.free[profile] < b.free[profile]) return false;
  }
  return true;
}

// The undominated choices of one kind of GPU: cheapest first, then by counts.
std::vector<Candidate> candidates_of(const MigGeometry& geometry, MigGpuState gpu, MigInstances wanted,
                                     const OptimizeRule& rule) {
  const MigInstances busy = geometry.instances(gpu.busy);
  const MigInstances existing = geometry.instances(gpu.existing);
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < geometry.states(); ++i) {
    const auto target = static_cast<MigGeometry::StateId>(i);
    const MigInstances instances = geometry.instances(target);
    // Nobody would create what nobody asks for.
    if ((busy & ~instances) != 0 || (instances & ~existing & ~wanted) != 0) continue;
    const auto changes = static_cast<std::int64_t>(std::popcount(instances ^ existing));
    all.push_back({{geometry.counts(instances & ~busy & wanted), changes * rule.change_cost_percent}, target});
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.choice.cost, b.choice.free, a.target) < std::tie(b.choice.cost, a.choice.free, b.target);
  });
  // A dominating choice costs no more; among equal costs its counts are larger: it comes first.
  std::vector<Candidate> kept;
  for (const Candidate& candidate : all) {
    const bool dominated = std::any_of(kept.begin(), kept.end(), [&candidate](const Candidate& before) {
      return dominates(before.choice, candidate.choice);
    });
    if (!dominated) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace

LayoutChoices layout_choices(const MigGeometry& geometry, std::span<const MigGpuState> gpus,
                             std::span<const MigDemand> demand, const OptimizeRule& rule) {
  MigInstances wanted = 0;
  for (std::size_t profile = 0; profile < demand.size(); ++profile) {
    if (demand[profile].queued + demand[profile].forecast > 0) wanted |= geometry.of_profile(profile);
  }
  LayoutChoices choices;
  std::map<std::pair<MigGeometry::StateId, MigGeometry::StateId>, std::pair<std::size_t, std::uint32_t>> kinds;
  std::map<std::vector<std::pair<MigCounts, std::int64_t>>, std::size_t> group_of;
  for (std::uint32_t gpu = 0; gpu < gpus.size(); ++gpu) {
    const auto [kind, is_new] = kinds.try_emplace({gpus[gpu].busy, gpus[gpu].existing});
    if (is_new) {
      std::vector<std::pair<MigCounts, std::int64_t>> key;
      std::vector<MigGeometry::StateId> targets;
      std::vector<LayoutChoice> list;
      for (const Candidate& candidate : candidates_of(geometry, gpus[gpu], wanted, rule)) {
        key.emplace_back(candidate.choice.free, candidate.choice.cost);
        list.push_back(candidate.choice);
        targets.push_back(candidate.target);
      }
      const auto [group, new_group] = group_of.try_emplace(std::move(key), choices.groups.size());
      if (new_group) choices.groups.push_back({std::move(list), {}});
      kind->second = {group->second, static_cast<std::uint32_t>(choices.targets.size())};
      choices.targets.push_back(std::move(targets));
    }
    choices.groups[kind->second.first].members.push_back({gpu, kind->second.second});
  }
  return choices;
}

std::int64_t served_value(const MigDemand& demand, std::uint64_t supply, const OptimizeRule& rule) {
  const std::uint64_t queued = std::min<std::uint64_t>(supply, demand.queued);
  const std::uint64_t forecast = std::min<std::uint64_t>(supply - queued, demand.forecast);
  return static_cast<std::int64_t>(demand.value * (100 * queued + rule.forecast_percent * forecast));
}

std::int64_t plan_value(const LayoutChoices& choices, const LayoutPlan& plan, std::span<const MigDemand> demand,
                        const OptimizeRule& rule) {
  std::vector<std::uint64_t> supply(demand.size(), 0);
  std::int64_t value = 0;
  for (std::size_t group = 0; group < plan.size(); ++group) {
    for (std::size_t i = 0; i < plan[group].size(); ++i) {
      const LayoutChoice& choice = choices.groups[group].choices[i];
      value -= choice.cost * plan[group][i];
      for (std::size_t profile = 0; profile < demand.size(); ++profile) {
        supply[profile] += std::uint64_t{choice.free[profile]} * plan[group][i];
      }
    }
  }
  for (std::size_t profile = 0; profile < demand.size(); ++profile) {
    value += served_value(demand[profile], supply[profile], rule);
  }
  return value;
}

}  // namespace seatrial

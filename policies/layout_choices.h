// The choices of the optimizing partitioner: what each GPU could become, GPUs with equal choices in one group, and what
// a plan (how many GPUs of each group take each choice) is worth. Used by partition_optimizing.cpp and the two methods
// that make plans.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "policies/partition_optimizing.h"

namespace seatrial {

// A layout beside the busy instances, as far as it matters.
struct LayoutChoice {
  MigCounts free{};       // instances that queued or forecast requests could use, by profile
  std::int64_t cost = 0;  // of destroying and creating, in hundredths

  bool operator==(const LayoutChoice&) const = default;
};

struct LayoutGroup {
  struct Member {
    std::uint32_t gpu = 0;
    std::uint32_t targets = 0;  // row of LayoutChoices::targets
  };
  std::vector<LayoutChoice> choices;  // none is dominated by another
  std::vector<Member> members;        // ascending
};

struct LayoutChoices {
  std::vector<LayoutGroup> groups;
  std::vector<std::vector<MigGeometry::StateId>> targets;  // by choice of the member's group
};

// How many members of each group take each choice; each group's numbers sum to its members.
using LayoutPlan = std::vector<std::vector<std::uint32_t>>;

[[nodiscard]] LayoutChoices layout_choices(const MigGeometry& geometry, std::span<const MigGpuState> gpus,
                                           std::span<const MigDemand> demand, const OptimizeRule& rule);

// Of serving `supply` free instances of one profile: queued requests first.
[[nodiscard]] std::int64_t served_value(const MigDemand& demand, std::uint64_t supply, const OptimizeRule& rule);

[[nodiscard]] std::int64_t plan_value(const LayoutChoices& choices, const LayoutPlan& plan,
                                      std::span<const MigDemand> demand, const OptimizeRule& rule);

// Gives choices to GPUs one group at a time, always the most valuable one that is left (values only fall as demand is
// met, so old values are bounds), then moves single GPUs while that helps.
[[nodiscard]] LayoutPlan greedy_plan(const LayoutChoices& choices, std::span<const MigDemand> demand,
                                     const OptimizeRule& rule);

// An upper bound on the value of every plan, by Lagrangian relaxation of "no more served than supplied": valid for any
// prices of instances, improved by a fixed number of subgradient steps towards `known`, the value of some plan.
[[nodiscard]] std::int64_t plan_bound(const LayoutChoices& choices, std::span<const MigDemand> demand,
                                      const OptimizeRule& rule, std::int64_t known);

}  // namespace seatrial

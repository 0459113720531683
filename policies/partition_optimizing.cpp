// The optimizing partitioner: choices, a plan by CBC or the greedy method, and the plan handed to GPUs.
#include "policies/partition_optimizing.h"

#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "models/integer_program.h"
#include "policies/layout_choices.h"
#include "sim/check.h"

namespace seatrial {
namespace {

// Rows: one per group (its GPUs are all given a choice), then one per profile (no more served than supplied). Columns:
// the choices of all groups in order, then queued and forecast requests served, by profile.
IntegerProgram program_of(const LayoutChoices& choices, std::span<const MigDemand> demand, const OptimizeRule& rule) {
  IntegerProgram program;
  const std::size_t groups = choices.groups.size();
  for (const LayoutGroup& group : choices.groups) {
    const auto gpus = static_cast<double>(group.members.size());
    program.rows.push_back({gpus, gpus});
  }
  for (std::size_t profile = 0; profile < demand.size(); ++profile) {
    program.rows.push_back({-std::numeric_limits<double>::infinity(), 0});
  }
  for (std::size_t row = 0; row < groups; ++row) {
    for (const LayoutChoice& choice : choices.groups[row].choices) {
      const auto gpus = static_cast<double>(choices.groups[row].members.size());
      program.columns.push_back({-static_cast<double>(choice.cost), 0, gpus, true});
      std::vector<IntegerProgram::Entry> entries{{static_cast<std::uint32_t>(row), 1}};
      for (std::size_t profile = 0; profile < demand.size(); ++profile) {
        if (choice.free[profile] == 0) continue;
        entries.push_back({static_cast<std::uint32_t>(groups + profile), -static_cast<double>(choice.free[profile])});
      }
      program.entries.push_back(std::move(entries));
    }
  }
  for (std::size_t profile = 0; profile < demand.size(); ++profile) {
    const MigDemand& open = demand[profile];
    const std::vector<IntegerProgram::Entry> entry{{static_cast<std::uint32_t>(groups + profile), 1}};
    const auto value = static_cast<double>(open.value);
    program.columns.push_back({100 * value, 0, static_cast<double>(open.queued), false});
    program.columns.push_back({rule.forecast_percent * value, 0, static_cast<double>(open.forecast), false});
    program.entries.push_back(entry);
    program.entries.push_back(entry);
  }
  return program;
}

// The plan that a solution stands for, or nothing if its numbers are no plan.
std::optional<LayoutPlan> plan_of(const LayoutChoices& choices, const std::vector<double>& values) {
  LayoutPlan plan;
  std::size_t column = 0;
  for (const LayoutGroup& group : choices.groups) {
    std::vector<std::uint32_t>& taken = plan.emplace_back();
    std::size_t gpus = 0;
    for (std::size_t i = 0; i < group.choices.size(); ++i) {
      const double rounded = std::round(values[column++]);
      if (rounded < 0 || rounded > static_cast<double>(group.members.size())) return std::nullopt;
      taken.push_back(static_cast<std::uint32_t>(rounded));
      gpus += taken.back();
    }
    if (gpus != group.members.size()) return std::nullopt;
  }
  return plan;
}

// Members take choices in order, so equal inputs give equal layouts.
void hand_out(const LayoutChoices& choices, const LayoutPlan& plan, OptimizedLayouts& layouts) {
  for (std::size_t group = 0; group < plan.size(); ++group) {
    std::size_t member = 0;
    for (std::size_t i = 0; i < plan[group].size(); ++i) {
      for (std::uint32_t copy = 0; copy < plan[group][i]; ++copy, ++member) {
        const LayoutGroup::Member& gpu = choices.groups[group].members[member];
        layouts.existing[gpu.gpu] = choices.targets[gpu.targets][i];
      }
    }
    CHECK(member == choices.groups[group].members.size());
  }
}

}  // namespace

double OptimizedLayouts::gap() const {
  return bound > 0 ? static_cast<double>(bound - value) / static_cast<double>(bound) : 0.0;
}

OptimizedLayouts optimize_layouts(const MigGeometry& geometry, std::span<const MigGpuState> gpus,
                                  std::span<const MigDemand> demand, const OptimizeRule& rule) {
  CHECK(demand.size() == geometry.profiles());
  const LayoutChoices choices = layout_choices(geometry, gpus, demand, rule);
  OptimizedLayouts layouts;
  layouts.existing.assign(gpus.size(), MigGeometry::kEmpty);
  for (const LayoutGroup& group : choices.groups) layouts.choices += group.choices.size();
  LayoutPlan plan = greedy_plan(choices, demand, rule);
  layouts.method = "greedy";
  layouts.value = plan_value(choices, plan, demand, rule);
  layouts.bound = plan_bound(choices, demand, rule, layouts.value);
  // Where the greedy plan meets its bound there is nothing left to solve.
  if (rule.exact && layouts.bound > layouts.value) {
    const auto solution = maximize(program_of(choices, demand, rule), rule.max_nodes);
    auto solved = solution ? plan_of(choices, solution->values) : std::nullopt;
    if (solved) {
      const std::int64_t value = plan_value(choices, *solved, demand, rule);
      if (value >= layouts.value) {
        layouts.method = "cbc";
        layouts.value = value;
        plan = *std::move(solved);
      }
      const double slack = 1e-6 * (1 + std::abs(solution->bound));
      const auto bound = static_cast<std::int64_t>(std::floor(solution->bound + slack));
      layouts.bound = std::max(layouts.value, std::min(layouts.bound, solution->proven ? value : bound));
    } else {
      layouts.note = integer_solver_problem();
      if (layouts.note.empty()) layouts.note = "the solver found no plan within its limit";
    }
  }
  layouts.proven = layouts.value == layouts.bound;
  hand_out(choices, plan, layouts);
  for (std::size_t gpu = 0; gpu < gpus.size(); ++gpu) {
    const MigInstances before = geometry.instances(gpus[gpu].existing);
    const MigInstances after = geometry.instances(layouts.existing[gpu]);
    layouts.destroyed += static_cast<std::uint32_t>(std::popcount(before & ~after));
    layouts.created += static_cast<std::uint32_t>(std::popcount(after & ~before));
  }
  return layouts;
}

std::int64_t layouts_value(const MigGeometry& geometry, std::span<const MigGpuState> gpus,
                           std::span<const MigGeometry::StateId> existing, std::span<const MigDemand> demand,
                           const OptimizeRule& rule) {
  std::vector<std::uint64_t> supply(demand.size(), 0);
  std::int64_t value = 0;
  for (std::size_t gpu = 0; gpu < gpus.size(); ++gpu) {
    const MigInstances before = geometry.instances(gpus[gpu].existing);
    const MigInstances after = geometry.instances(existing[gpu]);
    const MigCounts free = geometry.counts(after & ~geometry.instances(gpus[gpu].busy));
    value -= static_cast<std::int64_t>(std::popcount(before ^ after)) * rule.change_cost_percent;
    for (std::size_t profile = 0; profile < demand.size(); ++profile) supply[profile] += free[profile];
  }
  for (std::size_t profile = 0; profile < demand.size(); ++profile) {
    value += served_value(demand[profile], supply[profile], rule);
  }
  return value;
}

}  // namespace seatrial

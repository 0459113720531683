// The flavor assigner; see kueue_flavors.h.
#include "policies/kueue_flavors.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace seatrial {
namespace {

enum class Fineness : std::uint8_t { NoFit, NoCandidates, Preempt, Reclaim, Fit };

struct Mode {
  Fineness fineness = Fineness::NoFit;
  std::uint32_t borrowing = 0;
};

FlavorMode coarse(Fineness mode) {
  if (mode == Fineness::NoFit) return FlavorMode::NoFit;
  return mode == Fineness::Fit ? FlavorMode::Fit : FlavorMode::Preempt;
}

// Whether `a` is strictly better.
bool better(Mode a, Mode b, const FlavorFungibility& fungibility) {
  if (a.fineness == Fineness::NoFit) return false;
  if (b.fineness == Fineness::NoFit) return true;
  if (a.fineness == Fineness::NoCandidates) return false;
  if (b.fineness == Fineness::NoCandidates) return true;
  if (fungibility.preempt_rather_than_borrow && a.borrowing != b.borrowing) return a.borrowing < b.borrowing;
  if (a.fineness != b.fineness) return a.fineness > b.fineness;
  return a.borrowing < b.borrowing;
}

bool tries_next(Mode mode, const FlavorFungibility& fungibility) {
  if (mode.fineness <= Fineness::NoCandidates) return true;
  if (mode.fineness < Fineness::Fit && fungibility.next_before_preempting) return true;
  return mode.borrowing > 0 && fungibility.next_before_borrowing;
}

class Assigner {
 public:
  Assigner(const FlavorQuestion& question, PreemptionOracle& oracle) : question_(question), oracle_(oracle) {}

  FlavorAssignment run(const std::vector<PodSetRequest>& pod_sets) {
    FlavorAssignment assignment;
    assignment.mode = pod_sets.empty() ? FlavorMode::NoFit : FlavorMode::Fit;
    for (const PodSetRequest& set : pod_sets) {
      std::optional<std::vector<FlavorChoice>> choices = choose(set, assignment.usage);
      if (!choices) {
        assignment.pod_sets.emplace_back();
        assignment.mode = FlavorMode::NoFit;
        return assignment;
      }
      for (const FlavorChoice& choice : *choices) {
        assignment.mode = std::min(assignment.mode, choice.mode);
        assignment.borrowing = std::max(assignment.borrowing, choice.borrowing);
        add(assignment.usage, {choice.pair, choice.amount});
      }
      assignment.pod_sets.push_back(std::move(*choices));
    }
    return assignment;
  }

 private:
  static void add(QuotaAmounts& usage, QuotaAmount more) {
    for (QuotaAmount& each : usage) {
      if (each.of != more.of) continue;
      each.amount += more.amount;
      return;
    }
    usage.push_back(more);
  }

  [[nodiscard]] const ResourceGroup* group_of(ResourceId resource) const {
    for (const ResourceGroup& group : question_.queue_flavors.groups) {
      if (std::find(group.resources.begin(), group.resources.end(), resource) != group.resources.end()) return &group;
    }
    return nullptr;
  }

  // Nothing if some resource finds no flavor.
  std::optional<std::vector<FlavorChoice>> choose(const PodSetRequest& set, const QuotaAmounts& assumed) {
    std::vector<ResourceAmount> requests = set.per_pod;
    for (ResourceAmount& each : requests) each.amount *= set.count;
    if (question_.pods.valid() && group_of(question_.pods) != nullptr) {
      std::erase_if(requests, [&](const ResourceAmount& each) { return each.of == question_.pods; });
      requests.push_back({question_.pods, set.count});
    }
    std::vector<FlavorChoice> choices;
    for (const ResourceAmount& request : requests) {
      const bool chosen = std::any_of(choices.begin(), choices.end(),
                                      [&](const FlavorChoice& choice) { return choice.resource == request.of; });
      if (chosen) continue;
      const ResourceGroup* group = group_of(request.of);
      if (group == nullptr && request.amount == 0) continue;
      if (group == nullptr || !choose_in_group(*group, set, requests, assumed, choices)) return std::nullopt;
    }
    std::sort(choices.begin(), choices.end(),
              [](const FlavorChoice& a, const FlavorChoice& b) { return a.resource < b.resource; });
    return choices;
  }

  bool choose_in_group(const ResourceGroup& group, const PodSetRequest& set,
                       const std::vector<ResourceAmount>& requests, const QuotaAmounts& assumed,
                       std::vector<FlavorChoice>& choices) {
    std::vector<FlavorChoice> best;
    Mode best_mode;
    std::int32_t attempted = -1;
    for (std::size_t at = first_to_try(group, set); at < group.flavors.size(); ++at) {
      attempted = static_cast<std::int32_t>(at);
      if (!usable(group, at, set)) continue;
      std::vector<FlavorChoice> here;
      const Mode mode = try_flavor(group, at, requests, assumed, here);
      const bool stops = !tries_next(mode, question_.queue_flavors.fungibility);
      if (stops || better(mode, best_mode, question_.queue_flavors.fungibility)) {
        best = std::move(here);
        best_mode = mode;
      }
      if (stops) break;
    }
    if (best_mode.fineness == Fineness::NoFit) return false;
    const bool was_last = attempted + 1 == static_cast<std::int32_t>(group.flavors.size());
    for (FlavorChoice& choice : best) choice.tried = was_last ? -1 : attempted;
    choices.insert(choices.end(), best.begin(), best.end());
    return true;
  }

  // After the flavor that was tried last time.
  [[nodiscard]] static std::size_t first_to_try(const ResourceGroup& group, const PodSetRequest& set) {
    for (const ResourceId resource : group.resources) {
      if (resource.index < set.tried.size() && set.tried[resource.index] >= 0) {
        return static_cast<std::size_t>(set.tried[resource.index]) + 1;
      }
    }
    return 0;
  }

  // Of the node selector only labels count that some flavor of the group states.
  [[nodiscard]] bool usable(const ResourceGroup& group, std::size_t at, const PodSetRequest& set) const {
    const auto& unusable = set.unusable;
    if (std::find(unusable.begin(), unusable.end(), group.flavors[at]) != unusable.end()) return false;
    const ResourceFlavor& flavor = question_.flavors[group.flavors[at]];
    std::vector<KeyedToleration> tolerations = set.tolerations;
    tolerations.insert(tolerations.end(), flavor.tolerations.begin(), flavor.tolerations.end());
    if (!tolerates_all(tolerations, flavor.taints)) return false;
    Labels wanted;
    for (const auto& [key, value] : set.node_selector) {
      for (const ResourceFlavorId each : group.flavors) {
        if (question_.flavors[each].labels.contains(key)) wanted[key] = value;
      }
    }
    return has_labels(flavor.labels, wanted);
  }

  // The worst mode over the group's resources.
  Mode try_flavor(const ResourceGroup& group, std::size_t at, const std::vector<ResourceAmount>& requests,
                  const QuotaAmounts& assumed, std::vector<FlavorChoice>& choices) {
    Mode worst{Fineness::Fit, 0};
    for (std::size_t resource = 0; resource < group.resources.size(); ++resource) {
      const auto request = std::find_if(requests.begin(), requests.end(), [&](const ResourceAmount& each) {
        return each.of == group.resources[resource];
      });
      if (request == requests.end()) continue;
      const FlavorResourceId pair = group.pair(at, resource);
      QuotaAmount wanted{pair, request->amount};
      for (const QuotaAmount& each : assumed) wanted.amount += each.of == pair ? each.amount : 0;
      const Mode mode = fit(wanted);
      if (better(worst, mode, question_.queue_flavors.fungibility)) worst = mode;
      if (worst.fineness == Fineness::NoFit) return worst;
      choices.push_back(
          {request->of, group.flavors[at], pair, coarse(mode.fineness), mode.borrowing, -1, request->amount});
    }
    return worst;
  }

  [[nodiscard]] Mode fit(QuotaAmount wanted) {
    const QuotaTree& tree = question_.tree;
    if (wanted.amount > tree.potential_available(question_.queue, wanted.of)) return {};
    const QuotaFit lowest = lowest_fit(tree, question_.queue, wanted);
    if (wanted.amount <= std::max<std::int64_t>(0, tree.available(question_.queue, wanted.of))) {
      return {Fineness::Fit, lowest.height};
    }
    const bool within_nominal = wanted.amount <= tree.subtree_quota(question_.queue, wanted.of);
    if (!within_nominal && !lowest.below_root && !question_.queue_flavors.preempts_while_borrowing) return {};
    const SimulatedPreemption simulated = oracle_.simulate(wanted);
    const Fineness fineness = simulated.outlook == PreemptionOutlook::NoCandidates ? Fineness::NoCandidates
                              : simulated.outlook == PreemptionOutlook::Preempt    ? Fineness::Preempt
                                                                                   : Fineness::Reclaim;
    return {fineness, simulated.borrowing};
  }

  const FlavorQuestion& question_;
  PreemptionOracle& oracle_;
};

}  // namespace

FlavorAssignment assign_flavors(const FlavorQuestion& question, const std::vector<PodSetRequest>& pod_sets,
                                PreemptionOracle& oracle) {
  return Assigner(question, oracle).run(pod_sets);
}

}  // namespace seatrial

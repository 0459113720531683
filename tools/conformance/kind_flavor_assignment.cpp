// Kind flavor_assignment: which flavor each resource of each pod set takes. The result of the search for victims is
// given by the case.
#include <set>

#include "policies/kueue_flavors.h"
#include "tools/conformance/kinds.h"
#include "tools/conformance/quota_input.h"
#include "tools/conformance/taints_input.h"

namespace seatrial::conformance {
namespace {

constexpr std::size_t kMostEntries = 1'000;

class GivenOracle final : public PreemptionOracle {
 public:
  GivenOracle(const Json& simulation, const QuotaInput& quotas) {
    for (const Json& entry : simulation) {
      SimulatedPreemption result;
      result.outlook =
          static_cast<PreemptionOutlook>(one_of(entry, "possibility", {"NoCandidates", "Preempt", "Reclaim"}));
      result.borrowing = static_cast<std::uint32_t>(integer(entry, "borrowing", 0, 1'000));
      results_[quotas.flavor_resource(entry)] = result;
    }
  }
  SimulatedPreemption simulate(QuotaAmount amount) override {
    const auto found = results_.find(amount.of);
    return found == results_.end() ? SimulatedPreemption{PreemptionOutlook::Preempt, 0} : found->second;
  }

 private:
  std::map<FlavorResourceId, SimulatedPreemption> results_;
};

// The queue in the form that quota trees are read from.
Json plain_queue(const Json& queue) {
  Json quotas = Json::array();
  for (const Json& group : list(queue, "resourceGroups", kMostEntries)) {
    if (!group.is_array()) throw MalformedCase("input.resourceGroups: expected lists of flavors");
    for (const Json& flavor : group) {
      Json resources = Json::array();
      for (const auto& [name, limits] : object_of(flavor, "resources", kMostEntries).items()) {
        if (!limits.is_object()) throw MalformedCase("input.resourceGroups: expected limits");
        Json entry = limits;
        entry["resource"] = name;
        resources.push_back(entry);
      }
      quotas.push_back({{"flavor", text(flavor, "flavor")}, {"resources", resources}});
    }
  }
  const Json* cohort = optional_member(queue, "cohort");
  return {{"name", text(queue, "name")}, {"cohort", cohort == nullptr ? Json() : *cohort}, {"quotas", quotas}};
}

Json plain_queues(const Json& input) {
  Json queues = Json::array({plain_queue(member(input, "clusterQueue"))});
  for (const Json& other : list(input, "otherQueues", kMostEntries)) queues.push_back(plain_queue(other));
  return {{"clusterQueues", queues}};
}

// Names of resources and flavors, in order, and the queue's groups in terms of them.
class Names {
 public:
  explicit Names(const Json& input) : input_(input) {
    std::set<std::string> resources;
    for (const Json& set : list(input, "podSets", kMostEntries)) {
      for (const auto& entry : object_of(set, "requests", kMostEntries).items()) resources.insert(entry.key());
    }
    for (const Json& group : list(member(input, "clusterQueue"), "resourceGroups", kMostEntries)) {
      for (const Json& flavor : group) {
        for (const auto& entry : object_of(flavor, "resources", kMostEntries).items()) resources.insert(entry.key());
      }
    }
    resources_.assign(resources.begin(), resources.end());
    for (const auto& [name, spec] : object_of(input, "flavors", kMostEntries).items()) {
      flavor_names_.push_back(name);
      flavors_.push_back({labels_of(spec, "labels"), taints_of(spec, "taints"), tolerations_of(spec, "tolerations")});
    }
  }

  [[nodiscard]] ResourceId resource(const std::string& name) const { return {position(resources_, name)}; }
  [[nodiscard]] const std::string& resource(ResourceId id) const { return resources_[id.index]; }
  [[nodiscard]] const std::string& flavor(ResourceFlavorId id) const { return flavor_names_[id.index]; }
  [[nodiscard]] const Column<ResourceFlavorId, ResourceFlavor>& flavors() const { return flavors_; }

  [[nodiscard]] std::vector<ResourceGroup> groups(const QuotaInput& quotas) const {
    std::vector<ResourceGroup> groups;
    for (const Json& given : member(member(input_, "clusterQueue"), "resourceGroups")) {
      ResourceGroup& group = groups.emplace_back();
      for (const Json& flavor : given) {
        const Json& resources = member(flavor, "resources");
        if (group.flavors.empty()) {
          for (const auto& entry : resources.items()) group.resources.push_back(resource(entry.key()));
        }
        const std::string name = text(flavor, "flavor");
        const ResourceFlavorId id{position(flavor_names_, name)};
        if (!id.valid()) throw MalformedCase("input.flavors: a flavor of the queue is missing");
        group.flavors.push_back(id);
        for (const ResourceId of : group.resources) {
          group.pairs.push_back(quotas.flavor_resource({{"flavor", name}, {"resource", resource(of)}}));
        }
      }
    }
    return groups;
  }

 private:
  static std::uint32_t position(const std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? ResourceId::kNone : static_cast<std::uint32_t>(found - names.begin());
  }

  const Json& input_;
  std::vector<std::string> resources_;
  std::vector<std::string> flavor_names_;
  Column<ResourceFlavorId, ResourceFlavor> flavors_;
};

QueueFlavors queue_of(const Json& input, const QuotaInput& quotas, const Names& names) {
  const Json& queue = member(input, "clusterQueue");
  QueueFlavors flavors;
  flavors.groups = names.groups(quotas);
  if (const Json* given = optional_member(queue, "fungibility")) {
    const auto choice = [&](const char* key, std::size_t absent) {
      return optional_member(*given, key) == nullptr ? absent : one_of(*given, key, {"MayStopSearch", "TryNextFlavor"});
    };
    flavors.fungibility.next_before_borrowing = choice("whenCanBorrow", 0) == 1;
    flavors.fungibility.next_before_preempting = choice("whenCanPreempt", 1) == 1;
    flavors.fungibility.preempt_rather_than_borrow =
        optional_member(*given, "preference") != nullptr &&
        one_of(*given, "preference", {"BorrowingOverPreemption", "PreemptionOverBorrowing"}) == 1;
  }
  const auto is_set = [&](const char* key) {
    return optional_member(queue, key) != nullptr && text(queue, key) != "Never";
  };
  const bool fair = optional_member(input, "fairSharing") != nullptr && boolean(input, "fairSharing");
  flavors.preempts_while_borrowing = is_set("borrowWithinCohort") || (fair && is_set("reclaimWithinCohort"));
  return flavors;
}

std::vector<PodSetRequest> pod_sets_of(const Json& input, const Names& names) {
  std::vector<PodSetRequest> sets;
  for (const Json& entry : member(input, "podSets")) {
    PodSetRequest& set = sets.emplace_back();
    set.count = static_cast<std::uint32_t>(integer(entry, "count", 0, 1'000'000));
    for (const auto& [name, amount] : member(entry, "requests").items()) {
      set.per_pod.push_back({names.resource(name), integer(amount, 0, std::int64_t{1} << 42)});
    }
    set.node_selector = labels_of(entry, "nodeSelector");
    set.tolerations = tolerations_of(entry, "tolerations");
  }
  return sets;
}

}  // namespace

Json flavor_assignment_answer(const Json& input) {
  const QuotaInput quotas(plain_queues(input));
  QuotaTree tree(quotas.spec());
  const QuotaNodeId queue = quotas.queues().front();
  const Json& own = member(input, "clusterQueue");
  tree.add_usage(queue, quotas.amounts(member(own, "usage")));
  std::size_t at = 0;
  for (const Json& other : member(input, "otherQueues")) {
    tree.add_usage(quotas.queues()[++at], quotas.amounts(member(other, "usage")));
  }
  const Names names(input);
  const QueueFlavors flavors = queue_of(input, quotas, names);
  GivenOracle oracle(list(input, "simulation", kMostEntries), quotas);
  const FlavorQuestion question{tree, queue, flavors, names.flavors(), names.resource("pods")};
  const FlavorAssignment assignment = assign_flavors(question, pod_sets_of(input, names), oracle);
  constexpr const char* kModes[] = {"NoFit", "Preempt", "Fit"};
  Json sets = Json::array();
  for (std::size_t i = 0; i < assignment.pod_sets.size(); ++i) {
    Json chosen = Json::object();
    for (const FlavorChoice& choice : assignment.pod_sets[i]) {
      chosen[names.resource(choice.resource)] = {{"flavor", names.flavor(choice.flavor)},
                                                 {"mode", kModes[static_cast<int>(choice.mode)]},
                                                 {"triedFlavorIdx", choice.tried}};
    }
    sets.push_back({{"name", text(member(input, "podSets")[i], "name")}, {"flavors", chosen}});
  }
  return {{"mode", kModes[static_cast<int>(assignment.mode)]}, {"podSets", sets}};
}

}  // namespace seatrial::conformance

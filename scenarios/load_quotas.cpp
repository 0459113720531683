// The section `quotas`: flavors, cohorts and cluster queues of Kueue, ResourceQuotas of namespaces, and which of the
// two decides. Both are checked, whichever is in force, so that a comparison can switch between them.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "scenarios/load_sections.h"
#include "scenarios/quota_resources.h"
#include "scenarios/quotas_spec.h"

namespace seatrial {
namespace {

constexpr std::size_t kMostCells = 10'000'000;  // nodes of the tree times flavor resources: 48 bytes each

// Both kinds of rules in the making.
class QuotaTreeLoader {
 public:
  QuotaTreeLoader(const Value& section, const ClusterSpec& cluster)
      : section_(section), cluster_(cluster), resources_(known_quota_resources(cluster)) {}

  void load_flavors(const std::optional<Value>& value);
  void load_cohorts(const Value& value);
  void load_queues(const Value& value);
  void load_namespaces(const Value& value);
  [[nodiscard]] QuotasSpec finish(QuotaKind kind);

 private:
  using ResourceLimits = std::pair<ResourceId, QuotaLimits>;
  [[nodiscard]] std::vector<PoolId> flavor_pools(Section& section) const;
  void add_flavor(const std::string& name, std::vector<PoolId> pools);
  QuotaNodeId add_node(const Value& value, bool is_cohort);
  void load_name(Section& section, QuotaNodeId id);
  void load_parent(const std::optional<Value>& value, QuotaNodeId id);
  void load_tenants(const std::optional<Value>& value, QuotaNodeId id);
  void load_resources(const Value& value, QuotaNodeId id);
  void load_limits(const Value& value, ResourceFlavorId flavor, QuotaNodeId id, std::set<ResourceId>& named);
  void add_to_groups(const Value& value, QuotaNodeId id, ResourceFlavorId flavor, const std::set<ResourceId>& named);
  void load_preemption(const Value& value, QueuePreemption& preemption) const;
  void load_fungibility(const Value& value, FlavorFungibility& fungibility) const;
  void link_parents();
  void report_tree();
  void report_cycle(QuotaNodeId id);
  [[nodiscard]] FlavorResourceId pair_of(ResourceFlavorId flavor, ResourceId resource);

  const Value& section_;
  const ClusterSpec& cluster_;
  std::vector<QuotaResource> resources_;
  QuotaRules rules_;
  std::vector<Value> node_values_;
  std::vector<std::pair<QuotaNodeId, Value>> parents_;  // as written
  std::map<std::pair<ResourceFlavorId, ResourceId>, FlavorResourceId> pairs_;
  std::map<std::pair<QuotaNodeId, FlavorResourceId>, Value> limit_values_;
  std::map<std::string, QuotaNodeId> cohorts_;
  std::map<std::string, QuotaNodeId> queue_of_;  // by tenant
  std::map<std::string, ResourceFlavorId> flavor_of_;
  std::set<std::string> queue_names_;
  bool cohorts_listed_ = false;
};

std::optional<std::size_t> take_name(Section& section, const char* key, const std::vector<std::string>& names) {
  const auto value = section.take(key);
  if (!value) return std::nullopt;
  return value->one_of(key, names);
}

void QuotaTreeLoader::add_flavor(const std::string& name, std::vector<PoolId> pools) {
  flavor_of_.emplace(name, ResourceFlavorId{static_cast<std::uint32_t>(rules_.flavors.size())});
  rules_.flavor_names.push_back(name);
  rules_.flavors.push_back(std::move(pools));
  rules_.kueue.flavors.push_back({});
}

// Named pools that have the labels; all pools where neither is written.
std::vector<PoolId> QuotaTreeLoader::flavor_pools(Section& section) const {
  std::vector<bool> chosen(cluster_.pools.size(), true);
  if (const auto pools = section.take("pools")) {
    std::vector<std::string> names;
    for (const PoolSpec& pool : cluster_.pools) names.push_back(pool.name);
    chosen.assign(chosen.size(), false);
    for (const Value& entry : pools->list()) {
      if (const auto at = entry.one_of("pool", names)) chosen[*at] = true;
    }
  }
  if (const auto labels = section.take("node_labels")) {
    const TextPairs wanted = load_text_pairs(*labels);
    for (std::size_t p = 0; p < chosen.size(); ++p) {
      const auto& has = cluster_.pools[p].labels;
      chosen[p] = chosen[p] && std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
                    return std::find(has.begin(), has.end(), pair) != has.end();
                  });
    }
    if (std::find(chosen.begin(), chosen.end(), true) == chosen.end()) labels->problem("no pool has these labels");
  }
  std::vector<PoolId> pools;
  for (std::uint32_t p = 0; p < chosen.size(); ++p) {
    if (chosen[p]) pools.push_back(PoolId{p});
  }
  return pools;
}

void QuotaTreeLoader::load_flavors(const std::optional<Value>& value) {
  if (!value) {
    std::vector<PoolId> all;
    for (std::uint32_t p = 0; p < cluster_.pools.size(); ++p) all.push_back(PoolId{p});
    return add_flavor("default", std::move(all));
  }
  for (const Value& entry : value->list()) {
    Section section(entry, "a mapping, such as {name: a100, pools: [a100]}");
    std::string name;
    if (const auto given = section.require("name", "quotas name their flavor")) {
      name = given->text().value_or("");
      if (flavor_of_.contains(name)) {
        given->problem("a second flavor is named " + in_quotes(name), "names of flavors are unique");
      }
    }
    add_flavor(name, flavor_pools(section));
    section.finish();
  }
  if (value->is_list() && value->node().entries.empty()) {
    value->problem("the list is empty", "leave flavors out for one that has all pools");
  }
}

QuotaNodeId QuotaTreeLoader::add_node(const Value& value, bool is_cohort) {
  const QuotaNodeId id{static_cast<std::uint32_t>(rules_.kueue.quotas.nodes.size())};
  rules_.kueue.quotas.nodes.emplace_back();
  rules_.kueue.quotas.nodes.back().is_cohort = is_cohort;
  rules_.kueue.queues.push_back({});
  rules_.tenants.emplace_back();
  node_values_.push_back(value);
  return id;
}

void QuotaTreeLoader::load_name(Section& section, QuotaNodeId id) {
  QuotaNodeSpec& node = rules_.kueue.quotas.nodes[id.index];
  const auto name = section.require("name");
  if (!name) return;
  node.name = name->text().value_or("");
  if (!node.is_cohort && !queue_names_.insert(node.name).second) {
    name->problem("a second cluster queue is named " + in_quotes(node.name), "names of cluster queues are unique");
  }
  if (node.is_cohort && !cohorts_.emplace(node.name, id).second) {
    name->problem("a second cohort is named " + in_quotes(node.name), "names of cohorts are unique");
  }
}

void QuotaTreeLoader::load_parent(const std::optional<Value>& value, QuotaNodeId id) {
  if (value && value->text()) parents_.emplace_back(id, *value);
}

void QuotaTreeLoader::load_cohorts(const Value& value) {
  cohorts_listed_ = true;
  for (const Value& entry : value.list()) {
    Section section(entry, "a mapping, such as {name: research}");
    const QuotaNodeId id = add_node(entry, true);
    load_name(section, id);
    load_parent(section.take("parent"), id);
    if (const auto resources = section.take("resources")) load_resources(*resources, id);
    section.read_number("fair_weight", {0, 1e9}, rules_.kueue.quotas.nodes[id.index].fair_weight);
    section.finish();
  }
}

void QuotaTreeLoader::load_queues(const Value& value) {
  for (const Value& entry : value.list()) {
    Section section(entry, "a mapping, such as {name: vision, resources: {default: {nvidia.com/gpu: 8}}}");
    const QuotaNodeId id = add_node(entry, false);
    load_name(section, id);
    load_parent(section.take("cohort"), id);
    load_tenants(section.take("tenants"), id);
    const std::vector<std::string> queueing{"BestEffortFIFO", "StrictFIFO"};
    rules_.kueue.queues[id].strict_fifo = take_name(section, "queueing", queueing).value_or(0) == 1;
    if (const auto resources = section.require("resources", "its quotas, by flavor")) load_resources(*resources, id);
    if (const auto given = section.take("preemption")) load_preemption(*given, rules_.kueue.queues[id].preemption);
    if (const auto given = section.take("flavor_fungibility")) {
      load_fungibility(*given, rules_.kueue.queues[id].flavors.fungibility);
    }
    section.read_number("fair_weight", {0, 1e9}, rules_.kueue.quotas.nodes[id.index].fair_weight);
    section.finish();
  }
}

// One namespace belongs to one queue; the queue's name where none is written.
void QuotaTreeLoader::load_tenants(const std::optional<Value>& value, QuotaNodeId id) {
  std::vector<std::pair<std::string, Value>> named;
  if (!value) named.emplace_back(rules_.kueue.quotas.nodes[id.index].name, node_values_[id.index]);
  for (const Value& entry : value ? value->list() : std::vector<Value>{}) {
    if (const auto name = entry.text()) named.emplace_back(*name, entry);
  }
  for (const auto& [name, at] : named) {
    const auto [found, fresh] = queue_of_.emplace(name, id);
    if (!fresh) {
      at.problem("the tenant " + in_quotes(name) + " has the cluster queue " +
                     in_quotes(rules_.kueue.quotas.nodes[found->second.index].name) + " already",
                 "jobs of a tenant go to one queue");
    }
    rules_.tenants[id.index].push_back(name);
  }
}

FlavorResourceId QuotaTreeLoader::pair_of(ResourceFlavorId flavor, ResourceId resource) {
  std::vector<FlavorResource>& all = rules_.kueue.quotas.flavor_resources;
  const FlavorResourceId next{static_cast<std::uint32_t>(all.size())};
  const auto [found, fresh] = pairs_.emplace(std::pair{flavor, resource}, next);
  if (fresh) all.push_back({rules_.flavor_names[flavor.index], resources_[resource.index].name});
  if (fresh) rules_.resource_of.push_back(resource);
  return found->second;
}

void QuotaTreeLoader::load_limits(const Value& value, ResourceFlavorId flavor, QuotaNodeId id,
                                  std::set<ResourceId>& named) {
  if (!value.is_mapping()) {
    value.problem(std::string("expected a mapping, such as {nvidia.com/gpu: 8}, found ") +
                  kind_name(value.node().kind));
    return;
  }
  for (const auto& [name, given] : value.mapping()) {
    const auto resource = find_quota_resource(resources_, name);
    if (!resource) {
      value.unknown_name(name, "resource", names_of(resources_));
      continue;
    }
    if (!named.insert(*resource).second) given.problem("a second quota of one flavor and resource");
    const QuotaResource& what = resources_[resource->index];
    QuotaLimits limits;
    limits.of = pair_of(flavor, *resource);
    if (given.is_mapping()) {
      Section section(given);
      if (const auto nominal = section.require("nominal", "the quota of its own")) {
        limits.nominal = quota_amount(what, *nominal).value_or(0);
      }
      section.read("borrowing_limit", limits.borrowing_limit, [&](const Value& v) { return quota_amount(what, v); });
      section.read("lending_limit", limits.lending_limit, [&](const Value& v) { return quota_amount(what, v); });
      section.finish();
    } else {
      limits.nominal = quota_amount(what, given).value_or(0);
    }
    limit_values_.emplace(std::pair{id, limits.of}, given);
    rules_.kueue.quotas.nodes[id.index].limits.push_back(limits);
  }
}

void QuotaTreeLoader::load_resources(const Value& value, QuotaNodeId id) {
  if (!value.is_mapping()) {
    value.problem(std::string("expected a mapping, such as {default: {nvidia.com/gpu: 8}}, found ") +
                  kind_name(value.node().kind));
    return;
  }
  for (const auto& [name, of_flavor] : value.mapping()) {
    const auto found = flavor_of_.find(name);
    if (found == flavor_of_.end()) {
      value.unknown_name(name, "flavor", rules_.flavor_names);
      continue;
    }
    std::set<ResourceId> named;
    load_limits(of_flavor, found->second, id, named);
    if (!rules_.kueue.quotas.nodes[id.index].is_cohort) add_to_groups(of_flavor, id, found->second, named);
  }
}

// Flavors of one group state the same resources, in order of preference; groups have no resource in common.
void QuotaTreeLoader::add_to_groups(const Value& value, QuotaNodeId id, ResourceFlavorId flavor,
                                    const std::set<ResourceId>& named) {
  if (named.empty()) return;
  const std::vector<ResourceId> resources(named.begin(), named.end());
  std::vector<ResourceGroup>& groups = rules_.kueue.queues[id].flavors.groups;
  for (ResourceGroup& group : groups) {
    const auto shared = std::find_first_of(group.resources.begin(), group.resources.end(), named.begin(), named.end());
    if (shared == group.resources.end()) continue;
    if (group.resources != resources) {
      value.problem("it states other resources than the flavor " +
                        in_quotes(rules_.flavor_names[group.flavors.front().index]) + ", with which it has " +
                        resources_[shared->index].name + " in common",
                    "flavors that jobs choose between state the same resources");
      return;
    }
    group.flavors.push_back(flavor);
    for (const ResourceId resource : resources) group.pairs.push_back(pair_of(flavor, resource));
    return;
  }
  ResourceGroup group{resources, {flavor}, {}};
  for (const ResourceId resource : resources) group.pairs.push_back(pair_of(flavor, resource));
  groups.push_back(std::move(group));
}

void QuotaTreeLoader::load_preemption(const Value& value, QueuePreemption& preemption) const {
  Section section(value);
  using Policy = PreemptionPolicy;
  const std::vector<std::string> within{"Never", "LowerPriority", "LowerOrNewerEqualPriority"};
  const std::vector<std::string> reclaim{"Never", "LowerPriority", "Any"};
  const std::vector<std::string> borrow{"Never", "LowerPriority"};
  if (const auto at = take_name(section, "within_queue", within)) preemption.within_queue = static_cast<Policy>(*at);
  if (const auto at = take_name(section, "reclaim_within_cohort", reclaim)) {
    preemption.reclaim_within_cohort = *at == 2 ? Policy::Any : static_cast<Policy>(*at);
  }
  preemption.borrow_within_cohort = take_name(section, "borrow_within_cohort", borrow).value_or(0) == 1;
  if (preemption.borrow_within_cohort && preemption.reclaim_within_cohort == Policy::Never) {
    value.child("borrow_within_cohort")
        ->problem("borrow_within_cohort without reclaim_within_cohort", "say reclaim_within_cohort: Any as well");
  }
  if (const auto threshold = section.take("max_priority_threshold")) {
    if (const auto most = threshold->integer(INT32_MIN, INT32_MAX)) {
      preemption.max_priority_threshold = static_cast<std::int32_t>(*most);
    }
    if (!preemption.borrow_within_cohort) {
      threshold->problem("a threshold without borrow_within_cohort", "say borrow_within_cohort: LowerPriority as well");
    }
  }
  section.finish();
}

void QuotaTreeLoader::load_fungibility(const Value& value, FlavorFungibility& fungibility) const {
  Section section(value);
  const std::vector<std::string> borrow{"Borrow", "TryNextFlavor"};
  const std::vector<std::string> preempt{"Preempt", "TryNextFlavor"};
  const std::vector<std::string> preference{"BorrowingOverPreemption", "PreemptionOverBorrowing"};
  fungibility.next_before_borrowing = take_name(section, "when_can_borrow", borrow).value_or(0) == 1;
  fungibility.next_before_preempting = take_name(section, "when_can_preempt", preempt).value_or(1) == 1;
  fungibility.preempt_rather_than_borrow = take_name(section, "preference", preference).value_or(0) == 1;
  section.finish();
}

// A namespace is a queue of its own without a cohort: used + asked for <= hard is all there is.
void QuotaTreeLoader::load_namespaces(const Value& value) {
  if (!value.is_mapping()) {
    value.problem(std::string("expected a mapping of tenants, such as {vision: {nvidia.com/gpu: 8}}, found ") +
                  kind_name(value.node().kind));
    return;
  }
  load_flavors(std::nullopt);
  for (const auto& [name, hard] : value.mapping()) {
    const QuotaNodeId id = add_node(hard, false);
    rules_.kueue.quotas.nodes[id.index].name = name;
    rules_.tenants[id.index].push_back(name);
    std::set<ResourceId> named;
    load_limits(hard, ResourceFlavorId{0}, id, named);
    if (hard.is_mapping()) add_to_groups(hard, id, ResourceFlavorId{0}, named);
  }
}

// As in Kueue a cohort need not be described; but where some are, an unknown name is a typing mistake.
void QuotaTreeLoader::link_parents() {
  std::vector<std::string> known;
  for (const auto& [name, id] : cohorts_) known.push_back(name);
  for (const auto& [child, value] : parents_) {
    const std::string& name = value.node().scalar;
    if (!cohorts_.contains(name)) {
      if (cohorts_listed_) {
        (void)value.one_of("cohort", known);
        continue;
      }
      const QuotaNodeId id = add_node(value, true);
      rules_.kueue.quotas.nodes[id.index].name = name;
      cohorts_.emplace(name, id);
    }
    rules_.kueue.quotas.nodes[child.index].parent = cohorts_.at(name);
  }
}

void QuotaTreeLoader::report_cycle(QuotaNodeId id) {
  const auto& nodes = rules_.kueue.quotas.nodes;
  // After as many steps as there are nodes one is on the cycle itself; it is told from its first cohort on.
  for (std::size_t i = 0; i < nodes.size(); ++i) id = nodes[id.index].parent;
  QuotaNodeId first = id;
  for (QuotaNodeId at = nodes[id.index].parent; at != id; at = nodes[at.index].parent) first = std::min(first, at);
  id = first;
  std::string chain = nodes[id.index].name;
  for (QuotaNodeId at = nodes[id.index].parent; at != id; at = nodes[at.index].parent) {
    chain += " -> " + nodes[at.index].name;
  }
  const Value& at = node_values_[id.index];
  at.child("parent").value_or(at).problem(
      "the cohort is its own ancestor: " + quoted(chain + " -> " + nodes[id.index].name), "a root has no parent");
}

void QuotaTreeLoader::report_tree() {
  bool cycle = false;
  for (const QuotaTreeProblem& problem : QuotaTree::problems(rules_.kueue.quotas)) {
    if (!problem.node.valid()) {
      section_.problem(problem.what);
      continue;
    }
    if (problem.what == "its cohorts form a cycle") {
      if (!cycle) report_cycle(problem.node);
      cycle = true;
      continue;
    }
    const auto limit = limit_values_.find({problem.node, problem.of});
    const Value& at = limit == limit_values_.end() ? node_values_[problem.node.index] : limit->second;
    const bool of_borrowing = problem.what.find("borrowing") != std::string::npos;
    const bool of_lending = problem.what.find("lending") != std::string::npos;
    const char* key = of_borrowing ? "borrowing_limit" : of_lending ? "lending_limit" : "nominal";
    const bool alone = problem.what.find("without a cohort") != std::string::npos;
    at.child(key).value_or(at).problem(problem.what, alone ? "only within a cohort can quota be lent or borrowed" : "");
  }
}

QuotasSpec QuotaTreeLoader::finish(QuotaKind kind) {
  link_parents();
  const std::size_t nodes = rules_.kueue.quotas.nodes.size();
  if (nodes * std::max<std::size_t>(1, rules_.kueue.quotas.flavor_resources.size()) > kMostCells) {
    section_.problem("too many queues and cohorts for so many flavors and resources",
                     "at most " + std::to_string(kMostCells) + " pairs of both");
  } else {
    report_tree();
  }
  QuotasSpec spec;
  rules_.kind = kind;
  rules_.resources = std::move(resources_);
  for (std::uint32_t r = 0; r < rules_.resources.size(); ++r) {
    const bool counted =
        std::find(rules_.resource_of.begin(), rules_.resource_of.end(), ResourceId{r}) != rules_.resource_of.end();
    rules_.counted.push_back(counted || rules_.resources[r].what == QuotaResource::What::Gpu);
  }
  for (const Value& value : node_values_) {
    spec.paths.push_back(value.path());
    spec.places.push_back(value.place());
  }
  spec.rules = std::move(rules_);
  return spec;
}

void load_strategies(const Value& value, std::vector<FairStrategy>& strategies) {
  Section section(value);
  const std::vector<std::string> names{"LessThanOrEqualToFinalShare", "LessThanInitialShare"};
  if (const auto given = section.take("strategies")) {
    strategies.clear();
    for (const Value& entry : given->list()) {
      if (const auto at = entry.one_of("strategy", names)) strategies.push_back(static_cast<FairStrategy>(*at));
    }
    if (given->is_list() && given->node().entries.empty()) given->problem("the list is empty");
  }
  section.finish();
}

}  // namespace

void load_quotas(const Value& value, LoadContext& context) {
  Section section(value);
  const std::vector<std::string> kinds{"none", "kueue", "kueue-fair-sharing", "resource-quota"};
  std::size_t kind = 0;
  if (const auto given = section.require("kind", "one of none, kueue, kueue-fair-sharing, resource-quota")) {
    kind = given->one_of("kind of quotas", kinds).value_or(0);
  }
  QuotaTreeLoader kueue(section.value(), context.spec.cluster);
  QuotaTreeLoader namespaces(section.value(), context.spec.cluster);
  kueue.load_flavors(section.take("flavors"));
  if (const auto cohorts = section.take("cohorts")) kueue.load_cohorts(*cohorts);
  if (const auto queues = section.take("cluster_queues")) {
    kueue.load_queues(*queues);
  } else if (kind == 1 || kind == 2) {
    section.value().problem("key \"cluster_queues\" is missing", "the queues and their quotas");
  }
  std::vector<FairStrategy> strategies = KueueRules{}.strategies;
  if (const auto fair = section.take("fair_sharing")) load_strategies(*fair, strategies);
  if (const auto tenants = section.take("tenants")) {
    namespaces.load_namespaces(*tenants);
  } else if (kind == 3) {
    section.value().problem("key \"tenants\" is missing",
                            "the quota of each tenant, such as {vision: {nvidia.com/gpu: 8}}");
  }
  section.finish();
  QuotasSpec of_queues = kueue.finish(QuotaKind::Kueue);
  of_queues.rules.kueue.fair_sharing = kind == 2;
  of_queues.rules.kueue.strategies = std::move(strategies);
  QuotasSpec of_namespaces = namespaces.finish(QuotaKind::ResourceQuota);
  if (kind == 0) return;
  context.spec.quotas = std::make_shared<const QuotasSpec>(kind == 3 ? std::move(of_namespaces) : std::move(of_queues));
}

}  // namespace seatrial

// What `cluster` may hold: pools, modes of their GPUs, changes of capacity.
#include <string>
#include <vector>

#include "models/cluster_spec.h"
#include "models/gpu_catalog.h"
#include "scenarios/schema_parts.h"
#include "scenarios/schema_sections.h"

namespace seatrial::schema {
namespace {

std::vector<Key> pool_keys_of_both_kinds() {
  return {{"labels", scalar_map("Labels of the nodes, for job.node_selector.")},
          {"taints", taints("Taints of the nodes.", false)},
          {"tenants", list_of(text("A tenant."), "Whose jobs may use the pool; left out: all.", 1)},
          {"price", unit("price", "Of a node; left out: from the catalogue.")}};
}

Json partitioner() {
  const Json delay = duration("Of a re-cut.");
  return any_of(
      "Who changes layouts.",
      {enumeration("", {"static", "on-demand"}), mapping("", {{"name", {{"const", "static"}}, true}}),
       mapping("Re-cuts GPUs for waiting jobs.",
               {{"name", {{"const", "on-demand"}}, true},
                {"delay", delay},
                {"gap", duration("For which a node takes no new slice after a re-cut.")},
                {"min_wait", duration("Of a job before idle instances are destroyed for it.")},
                {"min_interval", duration("Between two re-cuts of a GPU that destroy instances.")},
                {"when_full", enumeration("What is done for a job that no re-cut helps.", {"wait", "drain"})}}),
       mapping("Lays the whole pool out anew from time to time.",
               {{"name", {{"const", "optimizing"}}, true},
                {"period", duration("How often."), true},
                {"delay", delay},
                {"forecast_percent", integer("What an expected job counts against a waiting one.", 0, 100)},
                {"change_cost_percent", integer("Of a served slice: for each instance made or destroyed.", 0, 10'000)},
                {"exact", boolean("By integer programme, if there is a solver.")}})});
}

// How GPUs are shared or cut.
std::vector<Key> gpu_mode_keys() {
  std::vector<std::string> modes;
  for (std::size_t mode = 0; mode < kSharingModes; ++mode) {
    modes.emplace_back(sharing_mode_name(static_cast<SharingMode>(mode)));
  }
  const Json profiles =
      described({{"type", "object"}, {"additionalProperties", integer("Instances.", 1)}}, "Instances by profile.");
  const Json file = mapping("A configuration of mig-parted.", {{"file", text("Of mig-parted, version v1."), true},
                                                               {"config", text("A key of mig-configs."), true}});
  return {{"mode", enumeration("How jobs share a GPU.", std::move(modes))},
          {"memory_reserve", unit("memory", "GPU memory that no job may have.")},
          {"replicas", integer("As how many GPUs each one is advertised.", 1, 1000)},
          {"resource", text("What replicas are advertised as; left out: nvidia.com/gpu.")},
          {"replica_choice", enumeration("Which GPU a replica is taken of.", {"distributed", "packed"})},
          {"refuse_several", boolean("Are requests for more than one replica refused?")},
          {"thread_percentage", positive("Of the SMs, for each client of MPS.", 100)},
          {"overcommit", boolean("May the GPU memory asked for exceed the GPU?")},
          {"strategy", enumeration("How instances are advertised.", {"single", "mixed"})},
          {"layout", any_of("Instances of each GPU.", {text("A name, such as all-1g.5gb."),
                                                       list_of(text("A profile."), "Profiles.", 0), profiles, file})},
          {"partitioner", partitioner()},
          {"placement", mapping("Where an instance goes.",
                                {{"score", enumeration("What is to be kept.", {"room", "stranded"})},
                                 {"gpu", enumeration("Which GPU of a node.", {"packed", "least-loss", "spread"})}})}};
}

Json pool() {
  Json models = Json::array();
  for (const GpuModel& model : gpu_catalog()) models.push_back(name_and_sentence(model.id, model.name));
  const auto max_nodes = static_cast<std::int64_t>(kMaxNodes);
  std::vector<Key> gpu{{"model", any_of("`seatrial list gpus`", std::move(models))},
                       {"count", integer("On each node.", 0, kMaxGpusPerNode), true}};
  for (const Key& key : gpu_mode_keys()) gpu.push_back(key);
  std::vector<Key> counted{{"name", text("Unique."), true},
                           {"count", integer("Nodes at the start.", 0, max_nodes), true},
                           {"node", mapping("What each node has besides GPUs.",
                                            {{"cpu", unit("cpu", "Left out: not limited.")},
                                             {"memory", unit("memory", "Left out: not limited.")},
                                             {"pods", integer("Left out: not limited.", 1, 1'000'000)}})},
                           {"gpu", mapping("GPUs of each node.", gpu)},
                           {"counted", boolean("GPUs of all nodes are one amount, without node boundaries.")}};
  std::vector<Key> imported{
      {"name", text("Unique; left out: import<index>.")},
      {"import",
       mapping("Nodes from a file.", {{"format", enumeration("Of the node list.", {"openb"}), true},
                                      {"file", text("The node list, plain or gzip."), true},
                                      {"rank", text("File of the ranks that decide ties.")},
                                      {"rank_seed", {{"type", "integer"}}}}),
       true}};
  for (const Key& key : pool_keys_of_both_kinds()) {
    counted.push_back(key);
    imported.push_back(key);
  }
  return {{"anyOf", {mapping("Nodes by their number.", counted), mapping("Nodes from a file.", imported)}}};
}

}  // namespace

Json cluster() {
  const Json change =
      mapping("", {{"at", duration("From the first kept submit on."), true},
                   {"pool", text("Name of a pool."), true},
                   {"count", integer("Nodes from then on.", 0, static_cast<std::int64_t>(kMaxNodes)), true}});
  return mapping("The nodes.", {{"pools", list_of(pool(), "Groups of equal nodes, or imported node lists.", 1), true},
                                {"changes", list_of(change, "Capacity over time.")}});
}

}  // namespace seatrial::schema

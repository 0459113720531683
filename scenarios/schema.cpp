// One function per section of a scenario, as load_*.cpp has them; see schema.h.
#include "scenarios/schema.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "models/cluster_spec.h"
#include "models/gpu_catalog.h"
#include "models/sharing_model.h"
#include "policies/registry.h"
#include "scenarios/model_docs.h"
#include "traces/registry.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNumber = "([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?";
constexpr const char* kMemoryUnits = "(Ki|Mi|Gi|Ti|Pi|k|M|G|T)";

struct Key {
  const char* name;
  Json schema;
  bool required = false;
};

Json described(Json schema, const std::string& description) {
  if (!description.empty()) schema["description"] = description;
  return schema;
}

// A mapping with these keys and no others.
Json mapping(const std::string& description, const std::vector<Key>& keys) {
  Json out = described({{"type", "object"}}, description);
  out["properties"] = Json::object();
  Json required = Json::array();
  for (const Key& key : keys) {
    out["properties"][key.name] = key.schema;
    if (key.required) required.push_back(key.name);
  }
  if (!required.empty()) out["required"] = required;
  out["additionalProperties"] = false;
  return out;
}

Json list_of(Json entry, const std::string& description, int at_least = 0) {
  Json out = described({{"type", "array"}}, description);
  out["items"] = std::move(entry);
  if (at_least > 0) out["minItems"] = at_least;
  return out;
}

Json unit(const char* name, const std::string& description) {
  return described({{"$ref", std::string("#/$defs/") + name}}, description);
}
Json duration(const std::string& description) { return unit("duration", description); }
Json text(const std::string& description) { return unit("text", description); }
Json scalar_map(const std::string& description) {
  return described({{"type", "object"}, {"additionalProperties", {{"$ref", "#/$defs/text"}}}}, description);
}
Json boolean(const std::string& description) { return described({{"type", "boolean"}}, description); }

Json integer(const std::string& description, std::int64_t low, std::int64_t high = INT64_MAX) {
  Json out = described({{"type", "integer"}, {"minimum", low}}, description);
  if (high != INT64_MAX) out["maximum"] = high;
  return out;
}

Json number(const std::string& description, double low, double high = 0) {
  Json out = described({{"type", "number"}, {"minimum", low}}, description);
  if (high > low) out["maximum"] = high;
  return out;
}

Json positive(const std::string& description, double high = 0) {
  Json out = described({{"type", "number"}, {"exclusiveMinimum", 0}}, description);
  if (high > 0) out["maximum"] = high;
  return out;
}

Json any_of(const std::string& description, Json choices) {
  return described({{"anyOf", std::move(choices)}}, description);
}

Json name_and_sentence(const std::string& name, const std::string& sentence) {
  return described({{"const", name}}, sentence);
}

template <class Docs>
Json names_of(const Docs& docs, const std::string& description) {
  Json choices = Json::array();
  for (const auto& doc : docs) choices.push_back(name_and_sentence(doc.name, doc.sentence));
  return any_of(description, std::move(choices));
}

Json enumeration(const std::string& description, std::vector<std::string> names) {
  return described({{"enum", std::move(names)}}, description);
}

// Patterns of quantities with units; sim/text.cpp reads them.
Json definitions() {
  const std::string n = kNumber;
  const auto pattern = [](const std::string& body) { return Json{{"type", "string"}, {"pattern", "^" + body + "$"}}; };
  const Json zero{{"const", 0}};
  Json out;
  out["text"] = described({{"type", {"string", "number", "boolean"}}}, "Any text; quotes are optional.");
  out["duration"] = any_of("A number and ns, us, ms, s, m, h, d or w, such as 90s, 1.5h, 30d.",
                           {zero, pattern("(0|" + n + " *(ns|us|ms|s|m|h|d|w))")});
  out["memory"] =
      any_of("A number and a unit, such as 64Gi or 512Mi.", {zero, pattern("(0|" + n + " *" + kMemoryUnits + ")")});
  out["cpu"] = any_of("Cores, or thousandths of a core with m, such as 96 or 500m.",
                      {number("", 0), pattern("(" + n + "|[0-9]+m)")});
  out["speed"] = described(pattern(n + " *" + kMemoryUnits + "/s"), "An amount of memory per second, such as 2Gi/s.");
  out["rate"] = described(pattern(n + " */ *(s|min|m|h|d)"), "A number per time, such as 12/s, 5/min or 3/h.");
  out["price"] = described(pattern(n + " *USD/h"), "Such as 32.77 USD/h.");
  out["goal"] = described(pattern(" *[^ <>=!]+ *(<=|>=|==|!=|<|>) *-?" + n + " *"),
                          "METRIC OP NUMBER, such as wait_s.p95 <= 600; `seatrial list metrics` names all metrics.");
  return out;
}

// ---- cluster

Json taints(const std::string& description, bool tolerations) {
  return list_of(
      mapping("", {{"key", text("Key of the taint."), true},
                   {"value", text("Value of the taint.")},
                   {"effect", enumeration("What it does to pods.", {"NoSchedule", "PreferNoSchedule", "NoExecute"}),
                    !tolerations}}),
      description);
}

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

Json cluster() {
  const Json change =
      mapping("", {{"at", duration("From the first kept submit on."), true},
                   {"pool", text("Name of a pool."), true},
                   {"count", integer("Nodes from then on.", 0, static_cast<std::int64_t>(kMaxNodes)), true}});
  return mapping("The nodes.", {{"pools", list_of(pool(), "Groups of equal nodes, or imported node lists.", 1), true},
                                {"changes", list_of(change, "Capacity over time.")}});
}

// ---- workload

Json trace() {
  const Json value{{"$ref", "#/$defs/text"}};
  const Json where = described(
      {{"type", "object"}, {"additionalProperties", {{"anyOf", {value, list_of(value, "Any of these.", 1)}}}}},
      "By column of the file, all must hold: a value, a list of values, or \"OP number\".");
  return mapping("Replay a file.",
                 {{"format", names_of(trace_formats(), "`seatrial list formats`"), true},
                  {"file", text("Plain or gzip, relative to the scenario, or -."), true},
                  {"where", where},
                  {"truncate", duration("Submit and run times down to whole multiples.")},
                  {"load", positive("Divides the distances of submits from the first kept one.", 1e9)},
                  {"order", text("openb only: file of the order of submission.")},
                  {"order_seed", {{"type", "integer"}}}});
}

Json run_times() {
  Json choices = Json::array();
  for (const DistributionDoc& doc : distribution_docs()) {
    std::vector<Key> keys{{"distribution", {{"const", doc.name}}, true}};
    for (const char* key : doc.keys) {
      const std::string_view name = key;
      Json schema = name == "shape"    ? number("", 0, 100)
                    : name == "values" ? list_of(duration(""), "Ascending quantiles.", 1)
                                       : duration("");
      keys.push_back({key, std::move(schema), true});
    }
    keys.push_back({"min", duration("Bounds it below.")});
    keys.push_back({"max", duration("Bounds it above.")});
    choices.push_back(mapping(doc.sentence, keys));
  }
  return any_of("How long the jobs run.", std::move(choices));
}

Json profile(const std::string& description, int length) {
  Json out = list_of(number("", 0, 1e12), description, length);
  out["maxItems"] = length;
  return out;
}

Json generator() {
  const Json weight = number("", 0, 1e12);
  Json gpus = described({{"type", "object"},
                         {"patternProperties", {{"^([0-9]+|[0-9]+m|([0-9]+ )?[a-z][A-Za-z0-9./+-]*)$", weight}}},
                         {"minProperties", 1}},
                        "Weight of each size: a number of GPUs, a share (500m), a resource (mig-1g.5gb).");
  gpus["additionalProperties"] = false;
  const Json tenants =
      described({{"type", "object"}, {"additionalProperties", weight}, {"minProperties", 1}}, "Weight of each tenant.");
  const Json work = described({{"type", "object"}, {"additionalProperties", weight}, {"minProperties", 1}},
                              "Weight of each kind of work, as tables of speeds name it.");
  Json out = mapping(
      "Draw jobs from distributions.",
      {{"jobs", integer("How many.", 1, 100'000'000)},
       {"start", duration("Of the first interval.")},
       {"arrivals", names_of(arrivals_docs(), "When they come.")},
       {"rate", unit("rate", "Mean arrivals; this or load.")},
       {"load", positive("Offered GPU time per GPU; this or rate.", 1000)},
       {"cluster_gpus", integer("What load refers to.", 1, static_cast<std::int64_t>(kMaxGpus))},
       {"daily", profile("Weights of the hours of a day.", 24)},
       {"weekly", profile("Weights of the days of a week.", 7)},
       {"burst", mapping("Arrivals that bring more jobs at once.", {{"probability", number("Of an arrival.", 0, 1)},
                                                                    {"mean_jobs", number("On average.", 1, 1e6)}})},
       {"duration", run_times(), true},
       {"gpus", gpus},
       {"tenants", tenants},
       {"work", work},
       {"users_per_tenant", integer("Users to draw from.", 0, 1'000'000)},
       {"estimate", mapping("Stated run times.", {{"factor", positive("Times the run time.", 1e6)},
                                                  {"sigma", number("Of the logarithm.", 0, 100)}})},
       {"resolution", duration("Submits and run times are rounded down to it.")}});
  out["oneOf"] = {{{"required", {"rate"}}}, {{"required", {"load"}}}};
  return out;
}

Json workload() {
  const Json job = mapping("What pods ask of nodes.",
                           {{"cpu", unit("cpu", "For each GPU, where the trace says nothing.")},
                            {"memory", unit("memory", "For each GPU, where the trace says nothing.")},
                            {"gpus_per_pod", integer("Splits gangs into pods of this many GPUs.", 1, kMaxGpusPerNode)},
                            {"gpu_memory", unit("memory", "On each GPU or slice, where the trace says nothing.")},
                            {"gpu_resource", text("What the number of GPUs counts, where the trace says nothing.")},
                            {"work", text("Kind of work, where the trace says nothing.")},
                            {"node_selector", scalar_map("Labels that a node must have.")},
                            {"tolerations", taints("Taints that the pods accept.", true)}});
  Json entry = mapping(
      "", {{"name", text("Unique; left out: workload<index>.")},
           {"trace", trace()},
           {"generate", generator()},
           {"arrivals", enumeration("sequential: one by one, bound or failed at once.", {"timed", "sequential"})},
           {"warm_start", boolean("Jobs recorded as running at time 0 start as recorded.")},
           {"job", job}});
  entry["oneOf"] = {{{"required", {"trace"}}}, {{"required", {"generate"}}}};
  return list_of(std::move(entry), "The jobs; those of all entries compete.", 1);
}

// ---- scheduler

Json parameter(const ParameterDoc& doc) {
  const std::string description =
      std::string(doc.meaning) + " (" + doc.unit +
      (*doc.fallback == '\0' ? std::string(")") : std::string(", default ") + doc.fallback + ")");
  if (doc.kind == ParameterDoc::Kind::Duration) return duration(description);
  const bool bounded = doc.high < std::numeric_limits<double>::max();
  Json one = number(doc.kind == ParameterDoc::Kind::Number ? description : "", doc.low, bounded ? doc.high : 0);
  return doc.kind == ParameterDoc::Kind::Number ? one : list_of(std::move(one), description, 1);
}

// A name, or a mapping of the name, its parameters and, in a weighted list, its weight.
Json policy(const std::string& axis, bool weighted) {
  Json choices = Json::array();
  Json mappings = Json::array();
  for (const PolicyDoc& doc : policy_docs()) {
    if (doc.axis != axis) continue;
    choices.push_back(name_and_sentence(doc.name, doc.sentence));
    std::vector<Key> keys{{"name", {{"const", doc.name}}, true}};
    if (weighted) keys.push_back({"weight", positive("Against the other scores.", 1e9)});
    for (const ParameterDoc& known : doc.parameters) keys.push_back({known.name, parameter(known)});
    mappings.push_back(mapping(doc.sentence, keys));
  }
  choices.insert(choices.end(), mappings.begin(), mappings.end());
  return {{"anyOf", std::move(choices)}};
}

// A name; those that need a value are written {name: value}.
Json fixed_axis(const std::string& axis, const std::string& description) {
  Json choices = Json::array();
  for (const PolicyDoc& doc : policy_docs()) {
    if (doc.axis != axis) continue;
    if (doc.parameters.empty()) {
      choices.push_back(name_and_sentence(doc.name, doc.sentence));
    } else {
      choices.push_back(mapping(doc.sentence, {{doc.name, parameter(doc.parameters.front()), true}}));
    }
  }
  return any_of(description, std::move(choices));
}

Json scheduler() {
  Json placement = policy("placement", false);
  placement["anyOf"].push_back(list_of(policy("placement", true), "Scores weighed against each other.", 1));
  return mapping(
      "The policies.",
      {{"order", described(policy("order", false), "Who is first in the queue.")},
       {"admission", fixed_axis("admission", "What happens when the first does not fit.")},
       {"preemption", fixed_axis("preemption", "Whether running jobs may lose their GPUs.")},
       {"placement", described(std::move(placement), "Which nodes a job gets.")},
       {"estimate", fixed_axis("estimate", "What the policies know of run times.")},
       {"queues", enumeration("One queue, or one for each tenant.", {"single", "per-tenant"})},
       {"gang", mapping("Of jobs with several pods.", {{"span_pools", boolean("May one use several pools?")}})},
       {"kill_at_limit", boolean("Are jobs ended when their stated run time is over?")},
       {"max_waiting", integer("Jobs that find so many waiting are turned away.", 0, 0xffffffff)}});
}

// ---- tenants

Json tenants() {
  return list_of(mapping("", {{"name", text("As the jobs name it."), true},
                              {"weight", positive("Against the other tenants; 1 if left out.", 1e9)}}),
                 "What teams are worth against each other.");
}

// ---- models, overheads, metrics, goals

Json models() {
  std::vector<std::string> names;
  for (const SharingModelRegistration& entry : sharing_models()) names.emplace_back(entry.name);
  const Json sharing = any_of("What work that shares a GPU loses.",
                              {enumeration("For every mode that it suits.", std::move(names)),
                               described({{"type", "object"}}, "{name, parameters}, or one model for each mode.")});
  return mapping("How fast work is.", {{"sharing", sharing},
                                       {"isolated", text("Table of speeds alone, by kind of work and GPU type.")},
                                       {"colocated", text("Table of speeds of pairs on one GPU.")},
                                       {"profiles", text("Table of what each kind of work uses of a GPU.")},
                                       {"reference_gpu", text("The GPU type that run times were observed on.")},
                                       {"gpu_types", scalar_map("Names of the tables by GPU model.")}});
}

Json steps(const std::string& description) {
  Json by_gpus = mapping("Up to so many GPUs; more: beyond.", {{"more", duration(""), true}});
  by_gpus["patternProperties"] = {{"^[1-9][0-9]*$", duration("")}};
  return any_of(description, {duration(""), mapping("By the size of the job.", {{"by_gpus", by_gpus, true}})});
}

Json overheads() {
  return mapping("Time lost at starts and preemptions.",
                 {{"start", steps("With GPUs, before useful work, at every start.")},
                  {"restart", steps("In addition, at each start after a preemption.")},
                  {"preempt", steps("Added to the work that is left at each preemption.")},
                  {"drain", steps("How long GPUs are still held after a preemption was decided.")},
                  {"checkpoint", mapping("Written at a preemption, read at a restart.",
                                         {{"bytes_per_gpu", unit("memory", "State of one GPU."), true},
                                          {"write", unit("speed", ""), true},
                                          {"read", unit("speed", ""), true}})}});
}

Json metrics() {
  const Json fragmentation = any_of(
      "Measure it?", {boolean(""), mapping("", {{"target", enumeration("", {"workload"})},
                                                {"popularity", positive("Share of the requests that count.", 1)}})});
  return mapping("What is measured.", {{"warmup", duration("Jobs submitted before count in no statistics of waits.")},
                                       {"series_interval", duration("Of series.csv.")},
                                       {"fragmentation", fragmentation},
                                       {"fairness", boolean("Measure it? Left out: with several tenants.")}});
}

// ---- replicate, compare, plan

Json axes(const std::string& description) {
  const Json values =
      any_of("A list of values, or LO..HI:STEP.", {{{"type", "array"}, {"minItems", 1}}, {{"$ref", "#/$defs/text"}}});
  return described({{"type", "object"}, {"additionalProperties", values}}, description);
}

Json replicate() {
  return mapping("How a run is repeated, for intervals.",
                 {{"blocks", duration("Moving-block bootstrap of the trace, blocks of this length.")},
                  {"windows", duration("Windows of the trace of this length.")},
                  {"count_up", list_of(text("A path."), "Numbers that are counted up, one for each replication.")},
                  {"count", integer("How many replications.", 1, 100'000)}});
}

Json compare() {
  return mapping("What `seatrial compare` compares.",
                 {{"axes", axes("By path of the scenario: the values to combine.")},
                  {"baseline", {{"type", "object"}, {"description", "By path: what the others are compared with."}}},
                  {"fail_if", list_of(text("A condition."), "Exit with 1 if one of these holds.")}});
}

Json plan() {
  return mapping("What `seatrial plan` looks for.",
                 {{"vary", axes("By path of the scenario: the values to try.")},
                  {"minimize", text("A metric or a path.")},
                  {"growth", text("Of the load, such as 3%/month, for the runway.")},
                  {"from", text("The day on which the load is 1, such as 2027-01-31.")}});
}

}  // namespace

std::string scenario_schema() {
  const Json name =
      described({{"type", {"string", "number", "boolean"}}, {"pattern", "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"}},
                "Of the folder of results.");
  Json body = mapping("A cluster, the jobs that come, and the policies that decide: docs/scenario.md.",
                      {{"schema", {{"const", "seatrial/v1"}}, true},
                       {"name", name, true},
                       {"seed", integer("Of all random streams.", 0)},
                       {"until", duration("When to stop, counted from the first kept submit.")},
                       {"cluster", cluster(), true},
                       {"workload", workload(), true},
                       {"tenants", tenants()},
                       {"scheduler", scheduler()},
                       {"models", models()},
                       {"overheads", overheads()},
                       {"metrics", metrics()},
                       {"goals", list_of({{"$ref", "#/$defs/goal"}}, "What must hold.")},
                       {"replicate", replicate()},
                       {"compare", compare()},
                       {"plan", plan()}});
  Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
           {"$id", "urn:seatrial:scenario:v1"},
           {"title", "seatrial scenario"}};
  out.update(body);
  out["$defs"] = definitions();
  return out.dump(2) + '\n';
}

}  // namespace seatrial

// What `workload` may hold: traces, generators, and what all jobs of an entry have in common.
#include <string>
#include <vector>

#include "models/cluster_spec.h"
#include "scenarios/model_docs.h"
#include "scenarios/schema_parts.h"
#include "scenarios/schema_sections.h"
#include "traces/registry.h"

namespace seatrial::schema {
namespace {

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
                  {"round_up", duration("Run times up to whole multiples; estimates stay.")},
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

Json work_weights() {
  return described({{"type", "object"}, {"additionalProperties", number("", 0, 1e12)}, {"minProperties", 1}},
                   "Weight of each kind of work, as tables of speeds name it.");
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
       {"work", work_weights()},
       {"users_per_tenant", integer("Users to draw from.", 0, 1'000'000)},
       {"estimate", mapping("Stated run times.", {{"factor", positive("Times the run time.", 1e6)},
                                                  {"sigma", number("Of the logarithm.", 0, 100)}})},
       {"resolution", duration("Submits and run times are rounded down to it.")}});
  out["oneOf"] = {{{"required", {"rate"}}}, {{"required", {"load"}}}};
  return out;
}

}  // namespace

Json workload() {
  const Json job = mapping("What pods ask of nodes.",
                           {{"cpu", unit("cpu", "For each GPU, where the trace says nothing.")},
                            {"memory", unit("memory", "For each GPU, where the trace says nothing.")},
                            {"gpus_per_pod", integer("Splits gangs into pods of this many GPUs.", 1, kMaxGpusPerNode)},
                            {"gpu_memory", unit("memory", "On each GPU or slice, where the trace says nothing.")},
                            {"gpu_resource", text("What the number of GPUs counts, where the trace says nothing.")},
                            {"work", any_of("Kind of work, or weights to draw it by, where the trace says nothing.",
                                            {text("Kind of work."), work_weights()})},
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

}  // namespace seatrial::schema

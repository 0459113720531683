// The document of the whole, and the sections with few keys; see schema.h.
#include "scenarios/schema.h"

#include <string>

#include "models/sharing_model.h"
#include "scenarios/model_docs.h"
#include "scenarios/schema_parts.h"
#include "scenarios/schema_sections.h"

namespace seatrial {
namespace schema {
namespace {

constexpr const char* kNumber = "([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?";
constexpr const char* kMemoryUnits = "(Ki|Mi|Gi|Ti|Pi|k|M|G|T)";

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

// ---- models, overheads, metrics, goals

Json models() {
  std::vector<std::string> names;
  for (const SharingModelRegistration& entry : sharing_models()) names.emplace_back(entry.name);
  const Json sharing = any_of("What work that shares a GPU loses.",
                              {enumeration("For every mode that it suits.", std::move(names)),
                               described({{"type", "object"}}, "{name, parameters}, or one model for each mode.")});
  return mapping("How fast work is.", {{"sharing", sharing},
                                       {"calibration", any_of("Fitted cost models, written by seatrial fit.",
                                                              {text("One file."), list_of(text(""), "Several.", 1)})},
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
                  {"start_up", mapping("Until a pod runs, drawn for each start.",
                                       {{"base", duration("Of a pod that starts alone."), true},
                                        {"spread", list_of(number("", 0), "Lowest and highest factor of base.", 1)},
                                        {"per_other", duration("More for each other pod that starts.")},
                                        {"longest", duration("Not more than this.")}})},
                  {"release", mapping("How long GPUs are held after the work is over.",
                                      {{"shortest", duration(""), true}, {"longest", duration(""), true}})},
                  {"checkpoint", mapping("Written at a preemption, read at a restart.",
                                         {{"bytes_per_gpu", unit("memory", "State of one GPU."), true},
                                          {"write", unit("speed", ""), true},
                                          {"read", unit("speed", ""), true},
                                          {"shared", boolean("Do all jobs share the bandwidth?")},
                                          {"every", duration("Of work; none at a preemption, then.")}})}});
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
  const Json one = mapping("Other jobs, and what belongs to them.",
                           {{"name", text("Of the case."), true},
                            {"set", {{"type", "object"}, {"description", "By path: the values of this case."}}, true}});
  return mapping("What `seatrial compare` compares.",
                 {{"cases", list_of(one, "Workloads on which the alternatives are compared one after the other.")},
                  {"axes", axes("By path of the scenario: the values to combine.")},
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

std::string document() {
  const Json name =
      described({{"type", {"string", "number", "boolean"}}, {"pattern", "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"}},
                "Of the folder of results.");
  Json body = mapping("A cluster, the jobs that come, and the policies that decide: docs/scenario.md.",
                      {{"schema", {{"const", "seatrial/v1"}}, true},
                       {"name", name, true},
                       {"seed", integer("Of all random streams.", 0)},
                       {"data", text("Folder that relative paths of data files start from.")},
                       {"until", duration("When to stop, counted from the first kept submit.")},
                       {"cluster", cluster(), true},
                       {"workload", workload(), true},
                       {"tenants", tenants()},
                       {"quotas", quotas()},
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

}  // namespace
}  // namespace schema

std::string scenario_schema() { return schema::document(); }

}  // namespace seatrial

// The JSON Schema against the loader: every mapping of the schema has exactly the keys that the loader takes there.
// What the loader takes is read from its own message about an unknown key, so neither side can drift.
#include "scenarios/schema.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "policies/registry.h"
#include "scenarios/load.h"
#include "scenarios/model_docs.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

constexpr const char* kUnknown = "zzzzzzzzzzzz";

// Every mapping without free keys, by its pointer.
void collect(const Json& schema, const std::string& pointer, std::map<std::string, Names>& found) {
  if (schema.is_object() && schema.contains("properties") && schema["properties"].is_object() &&
      schema.value("additionalProperties", Json(true)) == Json(false)) {
    Names names;
    for (const auto& [name, property] : schema["properties"].items()) names.insert(name);
    found[pointer] = std::move(names);
  }
  if (schema.is_object()) {
    for (const auto& [name, part] : schema.items()) collect(part, pointer + '/' + name, found);
  }
  if (schema.is_array()) {
    for (std::size_t i = 0; i < schema.size(); ++i) collect(schema[i], pointer + '/' + std::to_string(i), found);
  }
}

// The names that the loader lists for the unknown key of this text.
Names loader_keys(const std::string& text) {
  std::string message;
  LoadOptions options;
  options.check_files = false;
  try {
    (void)load_scenario_text(text, "s.yaml", options);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems().all()) {
      if (problem.what == "unknown key" && problem.path.ends_with(kUnknown)) message = problem.hint;
    }
  }
  EXPECT_EQ(message.find("known: "), 0U) << text << message;
  Names names;
  for (std::size_t at = 7; at < message.size();) {
    const std::size_t end = std::min(message.find_first_of(", ", at), message.size());
    names.insert(message.substr(at, end - at));
    at = message.compare(end, 2, ", ") == 0 ? end + 2 : message.size();
  }
  return names;
}

struct Place {
  std::string pointer;  // begins so; several mappings there are alternatives and count together
  std::string cluster = "{pools: [{name: p, count: 1}]}";
  std::string workload = "{generate: {jobs: 1, rate: 1/s, duration: {distribution: constant, mean: 1m}}}";
  std::string more;
};

std::string document(const Place& place) {
  return "{schema: seatrial/v1, name: x, cluster: " + place.cluster + ", workload: [" + place.workload + "]" +
         (place.more.empty() ? "" : ", " + place.more) + "}";
}

const std::string kKey = std::string(kUnknown) + ": 1";

std::string pools(const std::string& pool) { return "{pools: [" + pool + "]}"; }
std::string generate(const std::string& keys) { return "{generate: {rate: 1/s, " + keys + "}}"; }

const std::string kPreemption = "/properties/scheduler/properties/preemption/anyOf";
const std::string kBudgets = "{name: priority, budgets: [{" + kKey + "}]}";

std::vector<Place> places() {
  const std::string pool = "/properties/cluster/properties/pools/items/anyOf";
  const std::string job = "/properties/workload/items";
  const std::string drawn = job + "/properties/generate";
  const std::string mean = "duration: {distribution: constant, mean: 1m}";
  const std::string cut = "{name: p, count: 1, gpu: {count: 1, model: a100-40, mode: mig, ";
  const std::string imported = "import: {format: openb, file: f";
  Place base;
  const auto in_cluster = [&](std::string at, std::string text) {
    return Place{std::move(at), std::move(text), base.workload, ""};
  };
  const auto in_job = [&](std::string at, std::string text) {
    return Place{std::move(at), base.cluster, std::move(text), ""};
  };
  const auto at_top = [&](std::string at, std::string text) {
    return Place{std::move(at), base.cluster, base.workload, std::move(text)};
  };
  return {
      at_top("", kKey),
      in_cluster("/properties/cluster", "{pools: [{name: p, count: 1}], " + kKey + "}"),
      in_cluster("/properties/cluster/properties/changes/items",
                 "{pools: [{name: p, count: 1}], changes: [{" + kKey + "}]}"),
      in_cluster(pool + "/0", pools("{name: p, count: 1, " + kKey + "}")),
      in_cluster(pool + "/0/properties/node", pools("{name: p, count: 1, node: {" + kKey + "}}")),
      in_cluster(pool + "/0/properties/gpu",
                 pools("{name: p, count: 1, gpu: {count: 1, model: a100-40, " + kKey + "}}")),
      in_cluster(pool + "/0/properties/gpu/properties/layout/anyOf/3",
                 pools(cut + "layout: {file: f, config: c, " + kKey + "}}}")),
      in_cluster(pool + "/0/properties/gpu/properties/partitioner/anyOf/1",
                 pools(cut + "partitioner: {name: static, " + kKey + "}}}")),
      in_cluster(pool + "/0/properties/gpu/properties/partitioner/anyOf/2",
                 pools(cut + "partitioner: {name: on-demand, " + kKey + "}}}")),
      in_cluster(pool + "/0/properties/gpu/properties/partitioner/anyOf/3",
                 pools(cut + "partitioner: {name: optimizing, period: 1h, " + kKey + "}}}")),
      in_cluster(pool + "/0/properties/gpu/properties/placement", pools(cut + "placement: {" + kKey + "}}}")),
      in_cluster(pool + "/0/properties/taints/items", pools("{name: p, count: 1, taints: [{" + kKey + "}]}")),
      in_cluster(pool + "/1", pools("{" + imported + "}, " + kKey + "}")),
      in_cluster(pool + "/1/properties/import", pools("{" + imported + ", " + kKey + "}}")),
      in_cluster(pool + "/1/properties/taints/items", pools("{" + imported + "}, taints: [{" + kKey + "}]}")),
      in_job(job, "{trace: {format: native, file: f}, " + kKey + "}"),
      in_job(job + "/properties/trace", "{trace: {format: openb, file: f, order: o, order_seed: 1, " + kKey + "}}"),
      in_job(job + "/properties/job", "{trace: {format: native, file: f}, job: {" + kKey + "}}"),
      in_job(job + "/properties/job/properties/tolerations/items",
             "{trace: {format: native, file: f}, job: {tolerations: [{" + kKey + "}]}}"),
      in_job(job + "/properties/profile", "{trace: {format: native, file: f}, profile: {file: f, " + kKey + "}}"),
      in_job(drawn, generate(mean + ", " + kKey)),
      in_job(drawn + "/properties/duration", generate("duration: {distribution: constant, mean: 1m, " + kKey + "}")),
      in_job(drawn + "/properties/burst", generate(mean + ", burst: {" + kKey + "}")),
      in_job(drawn + "/properties/estimate", generate(mean + ", estimate: {" + kKey + "}")),
      at_top("/properties/tenants/items", "tenants: [{" + kKey + "}]"),
      at_top("/properties/models", "models: {" + kKey + "}"),
      at_top("/properties/scheduler", "scheduler: {" + kKey + "}"),
      at_top(kPreemption + "/3", "scheduler: {preemption: {round: 1m, " + kKey + "}}"),
      at_top(kPreemption + "/4", "scheduler: {preemption: {name: priority, " + kKey + "}}"),
      at_top(kPreemption + "/4/properties/budgets/items", "scheduler: {preemption: " + kBudgets + "}"),
      at_top("/properties/scheduler/properties/estimate", "scheduler: {estimate: {noise: 1, " + kKey + "}}"),
      at_top("/properties/scheduler/properties/gang", "scheduler: {gang: {" + kKey + "}}"),
      at_top("/properties/scheduler/properties/back_off", "scheduler: {back_off: {" + kKey + "}}"),
      at_top("/properties/scheduler/properties/gate", "scheduler: {gate: {" + kKey + "}}"),
      at_top("/properties/replicate", "replicate: {" + kKey + "}"),
      at_top("/properties/compare", "compare: {" + kKey + "}"),
      at_top("/properties/plan", "plan: {" + kKey + "}"),
      at_top("/properties/overheads", "overheads: {" + kKey + "}"),
      at_top("/properties/overheads/properties/start_up", "overheads: {start_up: {" + kKey + "}}"),
      at_top("/properties/overheads/properties/release", "overheads: {release: {" + kKey + "}}"),
      at_top("/properties/overheads/properties/checkpoint", "overheads: {checkpoint: {" + kKey + "}}"),
      at_top("/properties/metrics", "metrics: {" + kKey + "}"),
      at_top("/properties/metrics/properties/fragmentation", "metrics: {fragmentation: {" + kKey + "}}"),
  };
}

// In the section `quotas`.
std::vector<Place> quota_places() {
  const std::string quotas = "/properties/quotas";
  const std::string queue = quotas + "/properties/cluster_queues/items";
  const std::string cohort = quotas + "/properties/cohorts/items";
  const std::string limits = "/properties/resources/additionalProperties/additionalProperties/anyOf/1";
  const std::string limit = "resources: {default: {nvidia.com/gpu: {nominal: 1, " + kKey + "}}}";
  const std::string own = "resources: {default: {nvidia.com/gpu: 1}}";
  const auto place = [](std::string at, const std::string& keys) {
    Place out;
    out.pointer = std::move(at);
    out.cluster = "{pools: [{name: p, count: 1, gpu: {model: a100-40, count: 1}}]}";
    out.more = "quotas: {kind: kueue, " + keys + "}";
    return out;
  };
  return {
      place(quotas, kKey),
      place(quotas + "/properties/fair_sharing", "fair_sharing: {" + kKey + "}"),
      place(quotas + "/properties/flavors/items", "flavors: [{name: f, " + kKey + "}]"),
      place(cohort, "cohorts: [{name: c, " + kKey + "}]"),
      place(cohort + limits, "cohorts: [{name: c, " + limit + "}]"),
      place(queue, "cluster_queues: [{name: q, " + own + ", " + kKey + "}]"),
      place(queue + limits, "cluster_queues: [{name: q, " + limit + "}]"),
      place(queue + "/properties/preemption", "cluster_queues: [{name: q, " + own + ", preemption: {" + kKey + "}}]"),
      place(queue + "/properties/flavor_fungibility",
            "cluster_queues: [{name: q, " + own + ", flavor_fungibility: {" + kKey + "}}]"),
  };
}

class Schema : public testing::Test {
 protected:
  void SetUp() override {
    schema_ = Json::parse(scenario_schema());
    collect(schema_, "", mappings_);
  }

  // Takes the mappings of this place out and gives their keys together.
  Names take(const std::string& pointer) {
    Names names;
    const auto at = mappings_.find(pointer);
    if (at != mappings_.end()) {
      names = at->second;
      mappings_.erase(at);
      return names;
    }
    std::erase_if(mappings_, [&](const auto& entry) {
      const bool below = entry.first.starts_with(pointer + "/anyOf/");
      const bool alternative = below && entry.first.find('/', pointer.size() + 7) == std::string::npos;
      if (alternative) names.insert(entry.second.begin(), entry.second.end());
      return alternative;
    });
    return names;
  }

  Json schema_;
  std::map<std::string, Names> mappings_;
};

TEST_F(Schema, HasTheKeysOfTheLoaderEverywhere) {
  std::vector<Place> all = places();
  for (Place& place : quota_places()) all.push_back(std::move(place));
  all.push_back(
      {.pointer = "/properties/compare/properties/cases/items", .more = "compare: {cases: [{" + kKey + "}]}"});
  for (const Place& place : all) {
    Names known = loader_keys(document(place));
    if (place.pointer.ends_with("pools/items/anyOf/0")) known.erase("import");  // would make it the other kind of pool
    EXPECT_EQ(take(place.pointer), known) << place.pointer;
  }
  const std::string scheduler = "/properties/scheduler/properties/";
  for (const PolicyDoc& doc : policy_docs()) {
    const std::string axis = doc.axis;
    if (axis != "order" && axis != "placement") continue;
    const std::string keys = std::string("{name: ") + doc.name + ", " + kKey + "}";
    const auto expect = [&](const std::string& list, const std::string& value) {
      Place place;
      place.more = "scheduler: {" + axis + ": " + value + "}";
      const Json& choices = schema_.at(Json::json_pointer(list));
      for (std::size_t i = 0; i < choices.size(); ++i) {
        if (!choices[i].contains("properties") || choices[i]["properties"]["name"]["const"] != doc.name) continue;
        EXPECT_EQ(take(list + '/' + std::to_string(i)), loader_keys(document(place))) << place.more;
        return;
      }
      ADD_FAILURE() << doc.name << " is not among " << list;
    };
    expect(scheduler + axis + "/anyOf", keys);
    if (axis == "order") continue;
    const std::size_t last = schema_["properties"]["scheduler"]["properties"]["placement"]["anyOf"].size() - 1;
    expect(scheduler + "placement/anyOf/" + std::to_string(last) + "/items/anyOf", "[" + keys + "]");
  }
  // Sizes of jobs are free keys beside `more`; by_gpus is the only key around them.
  for (const char* kind : {"start", "restart", "preempt", "drain"}) {
    Place place;
    place.more = std::string("overheads: {") + kind + ": {by_gpus: {more: 1s}, " + kKey + "}}";
    const std::string pointer = std::string("/properties/overheads/properties/") + kind;
    EXPECT_EQ(take(pointer + "/anyOf/1/properties/by_gpus"), Names{"more"});
    EXPECT_EQ(take(pointer), loader_keys(document(place)));
  }
  for (const auto& [pointer, names] : mappings_) ADD_FAILURE() << "not held against the loader: " << pointer;
}

// The constants below a pointer.
Names constants(const Json& choices) {
  Names names;
  for (const Json& choice : choices) {
    if (choice.contains("const")) names.insert(choice["const"].get<std::string>());
  }
  return names;
}

TEST_F(Schema, NamesAreThoseOfTheRegistries) {
  for (const char* axis : {"order", "placement", "admission"}) {
    Names known;
    for (const PolicyDoc& doc : policy_docs()) {
      if (std::string_view(doc.axis) == axis) known.insert(doc.name);
    }
    EXPECT_EQ(constants(schema_["properties"]["scheduler"]["properties"][axis]["anyOf"]), known) << axis;
  }
  Names distributions;
  const Json& drawn = schema_["properties"]["workload"]["items"]["properties"]["generate"]["properties"];
  for (const Json& choice : drawn["duration"]["anyOf"]) {
    distributions.insert(choice["properties"]["distribution"]["const"].get<std::string>());
  }
  EXPECT_EQ(distributions.size(), distribution_docs().size());
  EXPECT_EQ(scenario_schema(), scenario_schema());
}

}  // namespace
}  // namespace seatrial

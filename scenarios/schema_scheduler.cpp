// What `scheduler` and `tenants` may hold; names and parameters of policies come from the registry.
#include <string>
#include <vector>

#include "policies/registry.h"
#include "scenarios/schema_parts.h"
#include "scenarios/schema_sections.h"

namespace seatrial::schema {
namespace {

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

}  // namespace

Json scheduler() {
  Json placement = policy("placement", false);
  placement["anyOf"].push_back(list_of(policy("placement", true), "Scores weighed against each other.", 1));
  Json preemption = fixed_axis("preemption", "Whether running jobs may lose their GPUs.");
  const Json count = any_of("", {integer("Pods.", 0), {{"type", "string"}, {"pattern", "^(100|[0-9]{1,2})%$"}}});
  const Json budget =
      mapping("Of a tenant's running pods: one of the two.",
              {{"tenant", text("As the jobs name it."), true}, {"min_available", count}, {"max_unavailable", count}});
  preemption["anyOf"].push_back(
      mapping("By priority, with parameters.",
              {{"name", {{"const", "priority"}}, true},
               {"victims", enumeration("How nodes are compared.", {"kube", "lost-work", "gpus"})},
               {"budgets", list_of(budget, "Disruption budgets.")},
               {"keep_budgets", boolean("No victim beyond its budget, not even as the last resort.")}}));
  return mapping(
      "The policies.",
      {{"order", described(policy("order", false), "Who is first in the queue.")},
       {"admission", fixed_axis("admission", "What happens when the first does not fit.")},
       {"back_off", mapping("Of admission kube.", {{"first", duration("After the first failure.")},
                                                   {"longest", duration("It doubles up to this.")},
                                                   {"flush", duration("How often the queue looks whose is over.")}})},
       {"gate",
        mapping("A controller in front of admission kube that opens scheduling gates.",
                {{"order", enumeration("Who passes first.", {"fifo", "las", "sjf", "themis"})},
                 {"period", duration("Between two looks.")},
                 {"period_per_job", duration("More for each job created so far.")},
                 {"release", enumeration("What happens at a job that does not fit.", {"greedy", "blocking"})}})},
       {"preemption", std::move(preemption)},
       {"placement", described(std::move(placement), "Which nodes a job gets.")},
       {"estimate", fixed_axis("estimate", "What the policies know of run times.")},
       {"queues", enumeration("One queue, or one for each tenant.", {"single", "per-tenant"})},
       {"gang",
        mapping("Of jobs with several pods.", {{"span_pools", boolean("May one use several pools?")},
                                               {"binding", enumeration("Of its pods.", {"all-at-once", "pod-by-pod"})},
                                               {"permit", duration("How long pods are held for the rest.")}})},
       {"kill_at_limit", boolean("Are jobs ended when their stated run time is over?")},
       {"max_waiting", integer("Jobs that find so many waiting are turned away.", 0, 0xffffffff)}});
}

// ---- tenants

Json tenants() {
  return list_of(mapping("", {{"name", text("As the jobs name it."), true},
                              {"weight", positive("Against the other tenants; 1 if left out.", 1e9)}}),
                 "What teams are worth against each other.");
}

}  // namespace seatrial::schema

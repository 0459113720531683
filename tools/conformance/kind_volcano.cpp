// Kinds binpack_score, proportion_deserved and drf_preempt: plugins of Volcano.
#include "policies/volcano.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr double kMost = 1e18;
constexpr std::size_t kMostEntries = 1000;

volcano::Amounts amounts_of(const Json& object) {
  if (!object.is_object() || object.size() > 100) throw MalformedCase("expected amounts by resource");
  volcano::Amounts amounts;
  for (const auto& [name, value] : object.items()) amounts[name] = number(value, 0, kMost);
  return amounts;
}

volcano::Amounts amounts(const Json& object, const char* key) { return amounts_of(member(object, key)); }

volcano::Amounts optional_amounts(const Json& object, const char* key) {
  return optional_member(object, key) == nullptr ? volcano::Amounts{} : amounts(object, key);
}

Json json_of(const volcano::Amounts& amounts) {
  Json object = Json::object();
  for (const auto& [name, value] : amounts) object[name] = value;
  return object;
}

}  // namespace

Json binpack_score_answer(const Json& input) {
  volcano::BinpackWeights weights;
  weights.weight = integer(input, "weight", 0, 1'000'000);
  weights.resources = amounts(input, "weights");
  const volcano::Amounts request = amounts(input, "request");
  Json scores = Json::object();
  for (const Json& node : list(input, "nodes", kMostEntries)) {
    scores[text(node, "name")] =
        volcano::binpack_score(weights, request, amounts(node, "allocatable"), optional_amounts(node, "used"));
  }
  return {{"scores", scores}};
}

Json proportion_deserved_answer(const Json& input) {
  std::vector<std::string> names;
  std::vector<volcano::Queue> queues;
  for (const Json& entry : list(input, "queues", kMostEntries)) {
    volcano::Queue& queue = queues.emplace_back();
    names.push_back(text(entry, "name"));
    queue.weight = number(entry, "weight", 0, 1e6);
    queue.request = amounts(entry, "request");
    if (optional_member(entry, "capability") != nullptr) queue.capability = amounts(entry, "capability");
    queue.guarantee = optional_amounts(entry, "guarantee");
  }
  const std::vector<volcano::Amounts> deserved = volcano::proportion_deserved(amounts(input, "total"), queues);
  Json answer = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) answer[names[i]] = json_of(deserved[i]);
  return {{"deserved", answer}};
}

Json drf_preempt_answer(const Json& input) {
  volcano::Amounts preemptor = amounts(input, "preemptorAllocated");
  for (const auto& [name, asked] : amounts(input, "preemptorTask")) preemptor[name] += asked;
  std::map<std::string, volcano::Amounts> jobs;
  for (const auto& [name, allocated] : object_of(input, "jobs", kMostEntries).items()) {
    jobs[name] = amounts_of(allocated);
  }
  std::vector<volcano::Preemptee> preemptees;
  std::vector<std::string> names;
  for (const Json& entry : list(input, "preemptees", kMostEntries)) {
    preemptees.push_back({text(entry, "job"), amounts(entry, "request")});
    names.push_back(text(entry, "name"));
  }
  Json victims = Json::array();
  for (const std::size_t index : volcano::drf_victims(amounts(input, "total"), preemptor, jobs, preemptees)) {
    victims.push_back(names[index]);
  }
  return {{"victims", victims}};
}

}  // namespace seatrial::conformance

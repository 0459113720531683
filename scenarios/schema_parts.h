// Building blocks of the scenario's JSON Schema: mappings without unknown keys, lists, quantities with units (patterns
// named in `$defs`), numbers with bounds, names with the sentence that explains them. Used by schema.cpp and its
// sections.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace seatrial::schema {

using Json = nlohmann::ordered_json;

struct Key {
  const char* name;
  Json schema;
  bool required = false;
};

[[nodiscard]] inline Json described(Json schema, const std::string& description) {
  if (!description.empty()) schema["description"] = description;
  return schema;
}

// A mapping with these keys and no others.
[[nodiscard]] inline Json mapping(const std::string& description, const std::vector<Key>& keys) {
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

[[nodiscard]] inline Json list_of(Json entry, const std::string& description, int at_least = 0) {
  Json out = described({{"type", "array"}}, description);
  out["items"] = std::move(entry);
  if (at_least > 0) out["minItems"] = at_least;
  return out;
}

[[nodiscard]] inline Json unit(const char* name, const std::string& description) {
  return described({{"$ref", std::string("#/$defs/") + name}}, description);
}
[[nodiscard]] inline Json duration(const std::string& description) { return unit("duration", description); }
[[nodiscard]] inline Json text(const std::string& description) { return unit("text", description); }
[[nodiscard]] inline Json scalar_map(const std::string& description) {
  return described({{"type", "object"}, {"additionalProperties", {{"$ref", "#/$defs/text"}}}}, description);
}
[[nodiscard]] inline Json boolean(const std::string& description) {
  return described({{"type", "boolean"}}, description);
}

[[nodiscard]] inline Json integer(const std::string& description, std::int64_t low, std::int64_t high = INT64_MAX) {
  Json out = described({{"type", "integer"}, {"minimum", low}}, description);
  if (high != INT64_MAX) out["maximum"] = high;
  return out;
}

[[nodiscard]] inline Json number(const std::string& description, double low, double high = 0) {
  Json out = described({{"type", "number"}, {"minimum", low}}, description);
  if (high > low) out["maximum"] = high;
  return out;
}

[[nodiscard]] inline Json positive(const std::string& description, double high = 0) {
  Json out = described({{"type", "number"}, {"exclusiveMinimum", 0}}, description);
  if (high > 0) out["maximum"] = high;
  return out;
}

[[nodiscard]] inline Json any_of(const std::string& description, Json choices) {
  return described({{"anyOf", std::move(choices)}}, description);
}

[[nodiscard]] inline Json name_and_sentence(const std::string& name, const std::string& sentence) {
  return described({{"const", name}}, sentence);
}

template <class Docs>
[[nodiscard]] inline Json names_of(const Docs& docs, const std::string& description) {
  Json choices = Json::array();
  for (const auto& doc : docs) choices.push_back(name_and_sentence(doc.name, doc.sentence));
  return any_of(description, std::move(choices));
}

[[nodiscard]] inline Json enumeration(const std::string& description, std::vector<std::string> names) {
  return described({{"enum", std::move(names)}}, description);
}

// Of nodes, or of pods that tolerate them.
[[nodiscard]] inline Json taints(const std::string& description, bool tolerations) {
  return list_of(
      mapping("", {{"key", text("Key of the taint."), true},
                   {"value", text("Value of the taint.")},
                   {"effect", enumeration("What it does to pods.", {"NoSchedule", "PreferNoSchedule", "NoExecute"}),
                    !tolerations}}),
      description);
}

}  // namespace seatrial::schema

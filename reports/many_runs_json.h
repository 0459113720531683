// JSON pieces that comparison.json and plan.json share. Internal to reports.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "reports/many_runs.h"
#include "sim/text.h"

namespace seatrial {

using Json = nlohmann::ordered_json;

inline Json json_number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

inline Json json_bounds(const Bounds& bounds) {
  if (!bounds) return nullptr;
  return Json::array({json_number(bounds->first), json_number(bounds->second)});
}

// A setting's value as YAML would read it: number, boolean or text.
inline Json json_setting(const std::string& value) {
  if (const auto whole = parse_integer(value)) return *whole;
  if (const auto number = parse_number(value)) return *number;
  if (value == "true" || value == "false") return value == "true";
  const bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

inline Json json_settings(const SettingTexts& settings) {
  Json out = Json::object();
  for (const auto& [path, value] : settings) out[path] = json_setting(value);
  return out;
}

inline Json json_axes(const ComparisonHeader& header) {
  Json out = Json::array();
  for (const auto& [path, values] : header.axes) {
    Json list = Json::array();
    for (const std::string& value : values) list.push_back(json_setting(value));
    out.push_back({{"path", path}, {"values", std::move(list)}});
  }
  return out;
}

// What both documents begin with.
inline Json json_head(const char* schema, const ComparisonHeader& header, const std::string& verdict,
                      std::uint32_t replications) {
  return {{"schema", schema},
          {"scenario", header.scenario},
          {"seed", header.seed},
          {"version", header.version},
          {"content_hash", header.content_hash},
          {"command", header.command},
          {"run_command", header.run_command},
          {"verdict", verdict},
          {"replications", replications},
          {"replication", {{"method", header.method}, {"detail", header.detail}, {"seeds", header.seeds}}}};
}

// Invalid UTF-8 of a trace's names becomes U+FFFD instead of an exception.
inline std::string json_text(const Json& root) {
  return root.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace seatrial

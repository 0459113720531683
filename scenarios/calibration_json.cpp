// Calibrations as text; see calibration_file.h. One line per curve, table point row and source, so that a diff of two
// fits can be read.
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "scenarios/calibration_file.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

// Fits are not known to more digits, and shorter numbers make shorter diffs.
double rounded(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return std::strtod(text.data(), nullptr);
}

Json list_of(std::span<const double> values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(rounded(value));
  return list;
}

Json curve_json(const FittedCurve& curve) {
  Json json = Json::object();
  for (const auto& [name, value] : curve.parameters) json[name] = rounded(value);
  for (std::size_t i = 0; i < curve.intervals.size(); ++i) {
    json["ci95"][curve.parameters[i].first] = {rounded(curve.intervals[i].low), rounded(curve.intervals[i].high)};
  }
  for (const auto& [other, speed] : curve.beside) json["beside"][other] = rounded(speed);
  if (curve.surface.points().empty()) return json;
  Json points = Json::array();
  for (const SurfacePoint& point : curve.surface.points()) {
    std::vector<double> row = point.at;
    row.push_back(point.residual);
    points.push_back(list_of(row));
  }
  json["table"] = {{"lengths", list_of(curve.surface.shape().lengths)},
                   {"nugget", rounded(curve.surface.shape().nugget)},
                   {"points", std::move(points)}};
  return json;
}

Json errors_json(const FittedFamily& family) {
  Json json = Json::object();
  for (const HeldOutErrors& held : family.held_out) {
    json[held.split] = {{"n", held.errors.points},
                        {"mape", rounded(held.errors.mean)},
                        {"median", rounded(held.errors.median)},
                        {"p90", rounded(held.errors.p90)},
                        {"worst", rounded(held.errors.worst)}};
  }
  return json;
}

Json ranges_json(const FittedFamily& fitted, const CostFamily& family) {
  Json json = Json::object();
  const std::vector<std::string>& names = family.layouts().front().numbers;
  for (std::size_t i = 0; i < fitted.ranges.size() && i < names.size(); ++i) {
    json[names[i]] = {rounded(fitted.ranges[i].first), rounded(fitted.ranges[i].second)};
  }
  return json;
}

Json provenance_json(const Calibration& calibration) {
  Json json{{"kind", calibration.kind}};
  if (!calibration.device.empty()) json["device"] = calibration.device;
  if (!calibration.date.empty()) json["date"] = calibration.date;
  if (!calibration.tool_version.empty()) json["tool_version"] = calibration.tool_version;
  json["sources"] = Json::array();
  for (const CalibrationSource& source : calibration.sources) {
    json["sources"].push_back({{"file", source.file}, {"sha256", source.sha256}, {"points", source.points}});
  }
  json["notes"] = calibration.notes;
  for (const auto& [name, value] : calibration.environment) json["environment"][name] = value;
  return json;
}

// Objects are opened down to `depth`; below, each value is one line.
void append(const Json& json, int depth, const std::string& indent, std::string& text) {
  if (depth == 0 || !json.is_object() || json.empty()) {
    text += json.dump();
    return;
  }
  text += "{\n";
  bool first = true;
  for (const auto& [key, value] : json.items()) {
    if (!first) text += ",\n";
    first = false;
    text += indent + "  " + Json(key).dump() + ": ";
    append(value, depth - 1, indent + "  ", text);
  }
  text += '\n' + indent + '}';
}

}  // namespace

std::string calibration_text(const Calibration& calibration) {
  Json json{{"schema", kCalibrationSchema}, {"provenance", provenance_json(calibration)}};
  for (const FittedFamily& fitted : calibration.families) {
    const CostFamily* family = find_cost_family(fitted.family);
    Json& curves = json["parameters"][fitted.family] = Json::object();
    for (const FittedCurve& curve : fitted.curves) curves[curve.key] = curve_json(curve);
    json["valid"][fitted.family] = ranges_json(fitted, *family);
    json["holdout"][fitted.family] = errors_json(fitted);
    json["status"][fitted.family] = "ok";
  }
  for (const auto& [probe, status] : calibration.status) json["status"][probe] = status;
  std::string text;
  append(json, 4, "", text);
  return text + '\n';
}

}  // namespace seatrial

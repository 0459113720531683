// Parsed documents to calibrations; see calibration_file.h.
#include "scenarios/calibration_file.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "scenarios/document.h"
#include "scenarios/files.h"
#include "scenarios/reader.h"

namespace seatrial {
namespace {

constexpr Range kAnyNumber{-1e300, 1e300};
constexpr std::size_t kMostDimensions = 16;

std::vector<double> numbers(const Value& value) {
  std::vector<double> result;
  for (const Value& entry : value.list()) result.push_back(entry.number(kAnyNumber).value_or(0));
  return result;
}

std::optional<std::pair<double, double>> interval(const Value& value) {
  const std::vector<double> ends = numbers(value);
  if (ends.size() == 2 && ends[0] <= ends[1]) return std::pair{ends[0], ends[1]};
  value.problem("expected two numbers, the lower one first");
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> texts(const Value& value) {
  std::vector<std::pair<std::string, std::string>> result;
  for (auto& [name, entry] : value.mapping()) result.emplace_back(name, entry.text().value_or(""));
  return result;
}

ResidualSurface read_surface(const Value& value, std::size_t axes) {
  Section section(value);
  SurfaceShape shape;
  if (const auto lengths = section.require("lengths")) shape.lengths = numbers(*lengths);
  section.read_number("nugget", {0, 1e6}, shape.nugget);
  std::vector<SurfacePoint> points;
  bool good = shape.lengths.size() == axes && axes <= kMostDimensions;
  if (!good) value.problem("expected " + std::to_string(axes) + " lengths, one per axis");
  for (const double length : shape.lengths) {
    if (length > 0) continue;
    good = false;
    value.problem("lengths are above 0");
  }
  if (const auto rows = section.require("points")) {
    const std::vector<Value> entries = rows->list();
    if (entries.size() > ResidualSurface::kMostPoints) {
      rows->problem("more than " + std::to_string(ResidualSurface::kMostPoints) + " points");
      return {};
    }
    for (const Value& entry : entries) {
      std::vector<double> row = numbers(entry);
      if (row.size() != axes + 1) {
        entry.problem("expected " + std::to_string(axes + 1) + " numbers: the axes and the residual");
        good = false;
        continue;
      }
      const double residual = row.back();
      row.pop_back();
      points.push_back({std::move(row), residual});
    }
  }
  section.finish();
  if (!good) return {};
  return {std::move(shape), std::move(points)};
}

FittedCurve read_curve(const std::string& key, const Value& value, const CostFamily& family) {
  FittedCurve curve;
  curve.key = key;
  std::vector<std::pair<std::string, Value>> intervals;
  for (auto& [name, entry] : value.mapping()) {
    if (name == "table") {
      curve.surface = read_surface(entry, family.axes().size());
    } else if (name == "ci95") {
      intervals = entry.mapping();
    } else if (name == "beside") {
      for (auto& [other, speed] : entry.mapping()) {
        curve.beside.emplace_back(other, speed.number({0, 1}).value_or(0));
      }
    } else {
      curve.parameters.emplace_back(name, entry.number(kAnyNumber).value_or(0));
    }
  }
  std::sort(curve.beside.begin(), curve.beside.end());
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (i >= curve.parameters.size() || curve.parameters[i].first != intervals[i].first) {
      intervals[i].second.problem("intervals have the names and the order of the parameters");
      break;
    }
    if (const auto ends = interval(intervals[i].second)) curve.intervals.push_back({ends->first, ends->second});
  }
  return curve;
}

void read_errors(const Value& value, FittedFamily& family) {
  for (auto& [split, entry] : value.mapping()) {
    HeldOutErrors errors{split, {}};
    Section section(entry);
    std::uint64_t points = 0;
    section.read_integer("n", 0, 1'000'000'000, points);
    errors.errors.points = points;
    section.read_number("mape", {}, errors.errors.mean);
    section.read_number("median", {}, errors.errors.median);
    section.read_number("p90", {}, errors.errors.p90);
    section.read_number("worst", {}, errors.errors.worst);
    section.finish();
    family.held_out.push_back(errors);
  }
}

void read_families(Section& root, Calibration& calibration) {
  const auto parameters = root.require("parameters");
  if (!parameters) return;
  for (auto& [name, entry] : parameters->mapping()) {
    const CostFamily* family = find_cost_family(name);
    if (family == nullptr) {
      std::vector<std::string> known;
      for (const auto& one : cost_families()) known.emplace_back(one->name());
      entry.problem("unknown family of cost models " + in_quotes(name), known_names_hint(name, known));
      continue;
    }
    FittedFamily& fitted = calibration.families.emplace_back();
    fitted.family = name;
    for (auto& [key, curve] : entry.mapping()) fitted.curves.push_back(read_curve(key, curve, *family));
    std::sort(fitted.curves.begin(), fitted.curves.end(),
              [](const FittedCurve& a, const FittedCurve& b) { return a.key < b.key; });
  }
  const auto of_families = [&](const char* key, auto read) {
    const auto section = root.take(key);
    if (!section) return;
    for (auto& [name, entry] : section->mapping()) {
      const auto at = std::find_if(calibration.families.begin(), calibration.families.end(),
                                   [&, &family = name](const FittedFamily& f) { return f.family == family; });
      if (at == calibration.families.end()) {
        entry.problem("a family without parameters");
      } else {
        read(entry, *at);
      }
    }
  };
  of_families("valid", [](const Value& value, FittedFamily& family) {
    for (auto& [column, ends] : value.mapping()) {
      if (const auto range = interval(ends)) family.ranges.push_back(*range);
    }
  });
  of_families("holdout", read_errors);
}

void read_provenance(Section& root, Calibration& calibration) {
  const auto value = root.require("provenance");
  if (!value) return;
  Section section(*value);
  section.read_text("kind", calibration.kind);
  section.read_text("device", calibration.device);
  section.read_text("date", calibration.date);
  section.read_text("tool_version", calibration.tool_version);
  if (const auto facts = section.take("environment")) calibration.environment = texts(*facts);
  if (const auto sources = section.take("sources")) {
    for (const Value& entry : sources->list()) {
      CalibrationSource source;
      Section of(entry);
      of.read_text("file", source.file);
      of.read_text("sha256", source.sha256);
      std::uint64_t points = 0;
      of.read_integer("points", 0, 1'000'000'000, points);
      source.points = points;
      of.finish();
      calibration.sources.push_back(std::move(source));
    }
  }
  if (const auto notes = section.take("notes")) {
    for (const Value& note : notes->list()) calibration.notes.push_back(note.text().value_or(""));
  }
  section.finish();
}

}  // namespace

const FittedFamily* Calibration::find(std::string_view family) const {
  const auto at =
      std::find_if(families.begin(), families.end(), [&](const FittedFamily& one) { return one.family == family; });
  return at == families.end() ? nullptr : &*at;
}

Calibration parse_calibration(std::string text, const std::string& file) {
  Problems problems;
  const Document document = parse_document(std::move(text), file, problems);
  Calibration calibration;
  const Value whole(document, document.root, "", problems);
  Section root(whole, "a calibration");
  if (const auto schema = root.require("schema", std::string("this program reads ") + kCalibrationSchema)) {
    const auto name = schema->text();
    if (name && *name != kCalibrationSchema) {
      schema->problem("unknown schema " + in_quotes(*name), std::string("this program reads ") + kCalibrationSchema);
      problems.throw_if_any();
    }
  }
  read_provenance(root, calibration);
  read_families(root, calibration);
  if (const auto status = root.take("status")) {
    for (auto& [probe, ended] : texts(*status)) {
      if (calibration.find(probe) == nullptr) calibration.status.emplace_back(probe, ended);
    }
  }
  root.finish();
  problems.throw_if_any();
  return calibration;
}

Calibration read_calibration(const std::string& path) {
  return parse_calibration(read_input_file(path, kMaxDocumentBytes), path);
}

}  // namespace seatrial

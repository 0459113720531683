// The sections `replicate`, `compare` and `plan`: what is asked of many runs of one scenario.
#include <algorithm>

#include "scenarios/load_sections.h"
#include "scenarios/override.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kMaxReplications = 100'000;

bool check_path(const Value& value, const std::string& path) {
  std::string why;
  const auto steps = parse_path(path, why);
  if (steps.empty() && why.empty()) why = "the path is empty";
  if (!why.empty()) value.problem(in_quotes(path) + ": " + why, "a path is written like cluster.pools[a100].count");
  return why.empty();
}

// {PATH: [V1, V2], PATH: LO..HI}
std::vector<Axis> load_axes(const Value& value) {
  std::vector<Axis> axes;
  for (const auto& [path, values] : value.mapping()) {
    if (!check_path(values, path)) continue;
    Axis axis;
    axis.path = path;
    std::string why;
    if (values.is_list()) {
      for (const DocumentEntry& entry : values.node().entries) axis.values.push_back(flow_text(entry.value));
      for (std::size_t i = 0; i < axis.values.size() && why.empty(); ++i) {
        const auto here = axis.values.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(axis.values.begin(), here, *here) != here)
          why = "the value " + in_quotes(*here) + " is there twice";
      }
      if (axis.values.empty()) why = "the list is empty";
    } else if (const auto text = values.text()) {
      axis.values = parse_axis_values(*text, axis.is_range, why);
    }
    if (!why.empty()) values.problem(why, "a list of values, or LO..HI:STEP");
    if (!axis.values.empty()) axes.push_back(std::move(axis));
  }
  return axes;
}

std::vector<Setting> load_settings(const Value& value) {
  std::vector<Setting> settings;
  for (const auto& [path, setting] : value.mapping()) {
    if (check_path(setting, path)) settings.push_back({path, flow_text(setting.node())});
  }
  return settings;
}

// [{name: a, set: {PATH: VALUE}}]
std::vector<NamedSettings> load_cases(const Value& value) {
  std::vector<NamedSettings> cases;
  for (const Value& entry : value.list()) {
    Section section(entry, "a mapping with name and set");
    if (!section.ok()) continue;
    NamedSettings one;
    if (const auto name = section.require("name", "it stands in tables and figures")) {
      one.name = name->text().value_or("");
      const bool twice =
          std::any_of(cases.begin(), cases.end(), [&](const auto& other) { return other.name == one.name; });
      if (twice) name->problem("two cases are named " + in_quotes(one.name));
    }
    if (const auto set = section.require("set", "path to value, such as workload[0].trace: {...}")) {
      one.settings = load_settings(*set);
    }
    section.finish();
    cases.push_back(std::move(one));
  }
  if (value.is_list() && cases.empty()) value.problem("the list is empty", "leave it out where there is one case");
  return cases;
}

std::vector<std::string> load_texts(const Value& value) {
  std::vector<std::string> texts;
  for (const Value& entry : value.list()) {
    if (auto text = entry.text()) texts.push_back(std::move(*text));
  }
  return texts;
}

}  // namespace

void load_replicate(const Value& value, ReplicateSpec& replicate) {
  replicate.place = value.place();
  Section section(value, "a mapping such as {blocks: 1d}");
  if (!section.ok()) return;
  const Range positive{0, Range{}.high, true};
  std::size_t methods = 0;
  const auto take_length = [&](const char* key, ReplicateSpec::Method method) {
    const auto found = section.take(key);
    if (!found) return;
    ++methods;
    replicate.method = method;
    replicate.length = found->duration(positive).value_or(Duration{1});
  };
  take_length("blocks", ReplicateSpec::Method::Blocks);
  take_length("windows", ReplicateSpec::Method::Windows);
  if (const auto paths = section.take("count_up")) {
    ++methods;
    replicate.method = ReplicateSpec::Method::CountUp;
    for (const Value& entry : paths->list()) {
      const auto path = entry.text();
      if (path && check_path(entry, *path)) replicate.paths.push_back(*path);
    }
  }
  if (methods > 1) value.problem("more than one way to replicate", "give one of blocks, windows, count_up");
  section.read_integer("count", 1, kMaxReplications, replicate.count);
  section.finish();
}

void load_compare(const Value& value, CompareSpec& compare) {
  Section section(value);
  if (const auto cases = section.take("cases")) compare.cases = load_cases(*cases);
  if (const auto axes = section.take("axes")) compare.axes = load_axes(*axes);
  if (const auto baseline = section.take("baseline")) compare.baseline = load_settings(*baseline);
  if (const auto fail_if = section.take("fail_if")) compare.fail_if = load_texts(*fail_if);
  section.finish();
}

void load_plan(const Value& value, PlanSpec& plan) {
  Section section(value);
  if (const auto vary = section.take("vary")) plan.vary = load_axes(*vary);
  section.read_text("minimize", plan.minimize);
  section.read_text("growth", plan.growth);
  section.read_text("from", plan.from);
  section.finish();
}

}  // namespace seatrial

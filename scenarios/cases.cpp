// Splits what varies into cases and alternatives; see cases.h.
#include "scenarios/cases.h"

#include <algorithm>

#include "scenarios/labels.h"
#include "scenarios/override.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

bool varies(const std::vector<Axis>& axes) {
  return std::any_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.values.size() > 1; });
}

// Is `inner` the same path as `outer`, or below it?
bool is_within(const std::string& inner, const std::string& outer) {
  if (!inner.starts_with(outer)) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

// An axis is applied after a case and would undo what the case sets.
void refuse_undone(const std::vector<NamedSettings>& named, const std::vector<Axis>& axes, Problems& problems) {
  for (const Axis& axis : axes) {
    for (const NamedSettings& one : named) {
      const bool undone = std::any_of(one.settings.begin(), one.settings.end(),
                                      [&](const Setting& setting) { return is_within(setting.path, axis.path); });
      if (!undone) continue;
      problems.add({}, quoted(axis.path), "varies on an axis and is set by case " + in_quotes(one.name),
                   "give it in one of the two");
      break;
    }
  }
}

std::vector<Setting> joined(const std::vector<Setting>& first, const std::vector<Setting>& second) {
  std::vector<Setting> out = first;
  out.insert(out.end(), second.begin(), second.end());
  return out;
}

std::string joined_name(const std::string& name, const std::string& label) {
  if (name.empty() || label.empty()) return name + label;
  return name + ", " + label;
}

// Every named case with every combination of the axes that change the jobs.
std::vector<NamedSettings> all_cases(const std::vector<NamedSettings>& named,
                                     const std::vector<std::vector<Setting>>& combinations) {
  std::vector<std::string> labels(combinations.size());
  if (combinations.size() > 1) labels = point_labels(combinations);
  std::vector<NamedSettings> out;
  for (const NamedSettings& one : named.empty() ? std::vector<NamedSettings>(1) : named) {
    for (std::size_t i = 0; i < combinations.size(); ++i) {
      out.push_back({joined_name(one.name, labels[i]), joined(one.settings, combinations[i])});
      for (Setting& setting : out.back().settings) setting.of_case = true;
    }
  }
  return out;
}

}  // namespace

bool changes_jobs(const std::string& path) {
  std::string why;
  const auto steps = parse_path(path, why);
  return !steps.empty() && (steps[0].text == "workload" || steps[0].text == "seed" || steps[0].text == "replicate");
}

CaseGrid case_grid(const std::vector<NamedSettings>& named, const std::vector<Axis>& axes, Problems& problems) {
  CaseGrid grid;
  const std::vector<std::vector<Setting>> all = expand(axes, problems);
  if (!problems.empty()) return grid;
  std::vector<Axis> of_jobs;
  std::vector<Axis> others;
  for (const Axis& axis : axes) (changes_jobs(axis.path) ? of_jobs : others).push_back(axis);
  if (named.empty() && !(varies(of_jobs) && varies(others))) {
    grid.alternatives = all;
    grid.points = all;
    return grid;
  }
  refuse_undone(named, axes, problems);
  if (!varies(others)) {
    problems.add({}, "compare.axes", "nothing varies within the cases",
                 "alternatives on different jobs cannot be paired; vary a setting outside workload, such as scheduler");
  }
  if (all.size() * std::max<std::size_t>(1, named.size()) > kMaxPoints) {
    problems.add({}, "compare.cases", "more than " + std::to_string(kMaxPoints) + " combinations",
                 "give fewer cases or shorter axes");
  }
  if (!problems.empty()) return grid;
  grid.cases = all_cases(named, expand(of_jobs, problems));
  grid.alternatives = expand(others, problems);
  for (const NamedSettings& one : grid.cases) {
    for (const auto& alternative : grid.alternatives) grid.points.push_back(joined(one.settings, alternative));
  }
  return grid;
}

}  // namespace seatrial

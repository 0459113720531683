// A plan for people; see plan_result.h.
#include <algorithm>
#include <cmath>

#include "reports/many_runs.h"
#include "reports/plan_result.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

std::string last_key(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

// "cluster.pools[a].count" as "pool a": what a reader calls it.
std::string path_words(const std::string& path) {
  const std::size_t open = path.find("pools[");
  const std::size_t close = path.find(']', open);
  if (open == std::string::npos || close == std::string::npos || last_key(path) != "count") return last_key(path);
  const std::string pool = path.substr(open + 6, close - open - 6);
  return (parse_integer(pool) ? "nodes of pool " : "nodes of ") + pool;
}

std::string settings_words(const SettingTexts& settings) {
  std::string out;
  for (const auto& [path, value] : settings) {
    if (!out.empty()) out += ", ";
    if (path.ends_with(".count")) {
      const std::string words = path_words(path);
      const bool one = value == "1" && words.starts_with("nodes ");
      out.append(value).append(" ").append(one ? "node " + words.substr(6) : words);
    } else {
      out.append(path_words(path)).append(" ").append(value);
    }
  }
  return quoted(out.empty() ? "the scenario as written" : out, 120);
}

std::string objective_words(const PlanResult& plan, double objective) {
  return short_number(objective) + (plan.objective_unit.empty() ? "" : ' ' + plan.objective_unit);
}

// "p95 wait <= 30 min 0 s".
std::string goal_words(const PlanGoal& goal) {
  return quoted(metric_words(goal.metric), 60) + ' ' + goal.op + ' ' + metric_value_words(goal.metric, goal.value);
}

std::string binding_words(const PlanResult& plan) {
  const auto binding = std::find_if(plan.goals.begin(), plan.goals.end(),
                                    [&](const auto& goal) { return goal.text == plan.binding_goal; });
  return binding == plan.goals.end() ? quoted(plan.binding_goal, 60) : goal_words(*binding);
}

std::string point_row(const PlanResult& plan, const EvaluatedPoint& point, bool colour) {
  const char* mark = point.met ? "met   " : "missed";
  std::string out = "  ";
  if (colour) out += point.met ? "\x1b[32m" : "\x1b[31m";
  out += mark;
  if (colour) out += "\x1b[0m";
  out.append("  ").append(settings_words(point.settings)).append("  ").append(objective_words(plan, point.objective));
  for (std::size_t i = 0; i < plan.goals.size(); ++i) {
    if (plan.goals[i].implied && point.goals[i].met) continue;
    out.append("  ").append(metric_words(plan.goals[i].metric)).append(" ");
    out += metric_value_words(plan.goals[i].metric, point.goals[i].value);
  }
  return out + '\n';
}

std::string marginal_line(const PlanResult& plan, const MarginalValue& marginal) {
  std::string out = "  ";
  out.append(path_words(marginal.path))
      .append(" ")
      .append(marginal.from)
      .append(" -> ")
      .append(marginal.to)
      .append(": +");
  out += objective_words(plan, marginal.objective);
  for (const auto& [metric, change] : marginal.metrics) {
    if (change == 0) continue;
    out.append(", ").append(metric_words(metric)).append(change < 0 ? " -" : " +");
    out += metric_value_words(metric, std::abs(change));
  }
  return out + '\n';
}

std::string instant_words(const RunwayInstant& at) {
  std::string out = short_number(at.load) + " times the load, in " + short_number(at.months) + " months";
  if (at.date) out.append(", on ").append(*at.date);
  return out;
}

std::string runway_lines(const Runway& runway) {
  std::string out = "Runway at " + quoted(runway.growth, 40);
  if (!runway.from.empty()) {
    out.append(" from ").append(runway.from).append(runway.from_trace ? " (the last submit of the trace)" : "");
  }
  out += ":\n";
  for (const GoalBreak& broken : runway.goals) {
    out.append("  ").append(quoted(broken.goal, 60));
    out += broken.at ? " breaks at " + instant_words(*broken.at)
                     : " holds up to " + short_number(runway.points.back().at.load) + " times the load";
    out += '\n';
  }
  return out;
}

}  // namespace

const MetricComparison* EvaluatedPoint::find(const std::string& metric) const {
  for (const auto& [name, comparison] : metrics) {
    if (name == metric) return &comparison;
  }
  return nullptr;
}

std::string plan_verdict(const PlanResult& plan) {
  if (plan.answer) {
    const EvaluatedPoint& answer = plan.evaluated[*plan.answer];
    std::string out = settings_words(answer.settings);
    out.append(": ").append(objective_words(plan, answer.objective));
    std::string shown;
    for (std::size_t i = 0; i < plan.goals.size() && shown.empty(); ++i) {
      if (plan.goals[i].implied) continue;
      shown = plan.goals[i].text;
      out.append("; ").append(goal_words(plan.goals[i])).append(" (");
      out.append(metric_value_words(plan.goals[i].metric, answer.goals[i].value)).append(")");
    }
    if (!plan.binding_goal.empty()) {
      out += "; one step less misses " + (plan.binding_goal == shown ? std::string("it") : binding_words(plan));
    }
    return out + '.';
  }
  std::string out = "Nothing within the ranges meets the goals";
  if (!plan.binding_goal.empty()) out += "; " + binding_words(plan) + " binds";
  if (plan.closest) {
    const EvaluatedPoint& closest = plan.evaluated[*plan.closest];
    for (std::size_t i = 0; i < plan.goals.size(); ++i) {
      if (plan.goals[i].text != plan.binding_goal) continue;
      out.append(": best reachable ").append(metric_value_words(plan.goals[i].metric, closest.goals[i].value));
      out.append(" with ").append(settings_words(closest.settings));
    }
  }
  return out + '.';
}

std::string plan_text(const PlanResult& plan, bool colour) {
  std::string out = plan.verdict + "\n\n";
  if (colour) out = std::string("\x1b[1m").append(plan.verdict).append("\x1b[0m\n\n");
  std::vector<const EvaluatedPoint*> rows;
  for (const EvaluatedPoint& point : plan.evaluated) rows.push_back(&point);
  std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->objective < b->objective; });
  constexpr std::size_t kRows = 24;
  // Around the answer, where there are many.
  std::size_t first = 0;
  if (plan.answer && rows.size() > kRows) {
    const auto at = std::find(rows.begin(), rows.end(), &plan.evaluated[*plan.answer]) - rows.begin();
    first = std::min(rows.size() - kRows, static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, at - 12)));
  }
  for (std::size_t i = first; i < std::min(rows.size(), first + kRows); ++i) out += point_row(plan, *rows[i], colour);
  if (rows.size() > kRows) out += "  ... " + std::to_string(rows.size()) + " points in plan.json\n";
  for (const ExcludedPoints& excluded : plan.excluded) {
    out.append("  excluded by ").append(excluded.bound).append(": ").append(std::to_string(excluded.points));
    out.append(excluded.points == 1 ? " point (" : " points (").append(excluded.sentence).append(")\n");
  }
  if (plan.lower_bound) {
    out.append("  lower bound ").append(objective_words(plan, plan.lower_bound->objective)).append(", ");
    out.append(settings_words(plan.lower_bound->settings)).append(": all that is cheaper is excluded, by ");
    out.append(plan.lower_bound->bound).append(" just below\n");
  }
  if (!plan.marginal.empty()) out += "One more:\n";
  for (const MarginalValue& marginal : plan.marginal) out += marginal_line(plan, marginal);
  if (plan.runway) out += runway_lines(*plan.runway);
  for (const std::string& note : plan.notes) out += "Note: " + note + '\n';
  out += std::to_string(plan.header.simulations) + " simulations of " + std::to_string(plan.grid * plan.replications) +
         " (" + std::to_string(plan.grid) + " combinations x " + std::to_string(plan.replications) + " replications, " +
         plan.header.detail + ")\n";
  return out;
}

}  // namespace seatrial

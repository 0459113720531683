// See many_runs_forms.h.
#include "reports/many_runs_forms.h"

#include <cmath>

#include "reports/many_runs.h"
#include "reports/wording.h"

namespace seatrial {
namespace {

std::string percent_words(const Bounds& bounds) {
  if (!bounds) return "";
  char text[80];
  std::snprintf(text, sizeof text, "%+.3g to %+.3g %%", bounds->first * 100, bounds->second * 100);
  return text;
}

std::string verdict_words(const MetricComparison& metric, const Alternative& alternative) {
  if (alternative.is_baseline) return "baseline";
  std::string out = verdict_name(metric.verdict);
  if (metric.verdict != Verdict::Better || !alternative.loses_more || !flattered_by_lost_jobs(metric.metric))
    return out;
  return out + ", but " + short_number(std::round(alternative.lost_jobs)) + " jobs fail or are rejected";
}

std::string settings_line(const EvaluatedPoint& point) {
  std::string out;
  for (const auto& [path, value] : point.settings)
    out.append(out.empty() ? "" : ", ").append(path).append("=").append(value);
  return out;
}

const EvaluatedPoint* shown_point(const PlanResult& plan) {
  if (plan.answer) return &plan.evaluated[*plan.answer];
  return plan.closest ? &plan.evaluated[*plan.closest] : nullptr;
}

}  // namespace

CheckSuite check_suite(const Comparison& comparison) {
  CheckSuite suite;
  suite.name = comparison.header.scenario;
  suite.properties = {{"verdict", comparison.verdict}, {"replications", std::to_string(comparison.replications)}};
  for (const FailIf& condition : comparison.fail_if) {
    suite.cases.push_back({condition.text, "compare", !condition.failed, condition.why});
  }
  if (suite.cases.empty()) suite.cases.push_back({"comparison complete", "compare", true, ""});
  return suite;
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string out = "**" + markdown_text(comparison.verdict) + "**\n\n";
  for (const CaseComparison& one : comparison.cases) {
    out.append("- ").append(markdown_text(one.name)).append(": ").append(markdown_text(one.verdict)).append("\n");
  }
  if (!comparison.cases.empty()) out += '\n';
  std::vector<std::vector<std::string>> rows;
  for (const std::string& metric : comparison.headline) {
    for (const Alternative& alternative : comparison.alternatives) {
      const MetricComparison* found = alternative.find(metric);
      if (found == nullptr || !found->mean) continue;
      rows.push_back({metric_words(metric), name_in_case(alternative), metric_value_words(metric, found->mean),
                      alternative.is_baseline ? "" : percent_words(found->relative_ci95),
                      verdict_words(*found, alternative)});
    }
  }
  out += markdown_table({"metric", "alternative", "mean", "against the baseline (95 %)", "verdict"}, rows);
  for (const FailIf& condition : comparison.fail_if) {
    out.append("\n- ").append(condition.failed ? "**failed**: " : "passed: ").append(markdown_text(condition.text));
  }
  return out + "\n";
}

CheckSuite check_suite(const PlanResult& plan) {
  CheckSuite suite;
  suite.name = plan.header.scenario;
  suite.properties = {{"verdict", plan.verdict}, {"simulations", std::to_string(plan.header.simulations)}};
  const EvaluatedPoint* point = shown_point(plan);
  for (std::size_t g = 0; g < plan.goals.size(); ++g) {
    const bool met = point != nullptr && point->goals[g].met;
    const std::string value =
        point == nullptr ? "nothing was simulated" : metric_value_words(plan.goals[g].metric, point->goals[g].value);
    suite.cases.push_back({plan.goals[g].text, point == nullptr ? "plan" : settings_line(*point), met, value});
  }
  return suite;
}

std::string plan_markdown(const PlanResult& plan) {
  std::string out = "**" + markdown_text(plan.verdict) + "**\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const EvaluatedPoint& point : plan.evaluated) {
    std::vector<std::string> row{settings_line(point), short_number(point.objective)};
    for (std::size_t g = 0; g < plan.goals.size(); ++g) {
      row.push_back(metric_value_words(plan.goals[g].metric, point.goals[g].value));
    }
    row.emplace_back(point.met ? "met" : "missed");
    rows.push_back(std::move(row));
  }
  std::vector<std::string> header{"setting", plan.objective_name};
  for (const PlanGoal& goal : plan.goals) header.push_back(goal.text);
  header.emplace_back("goals");
  return out + markdown_table(header, rows) + '\n';
}

}  // namespace seatrial

// plan.json; see plan_result.h. Keys may be added, never renamed.
#include "reports/many_runs_json.h"
#include "reports/plan_result.h"

namespace seatrial {
namespace {

constexpr const char* kSchema = "seatrial.plan/1";

Json metrics_json(const EvaluatedPoint& point) {
  Json out = Json::object();
  for (const auto& [name, metric] : point.metrics) out[name] = json_number(metric.mean);
  return out;
}

Json point_json(const EvaluatedPoint& point, const std::vector<PlanGoal>& goals) {
  Json intervals = Json::object();
  for (const auto& [name, metric] : point.metrics) intervals[name] = json_bounds(metric.ci95);
  Json out = {{"settings", json_settings(point.settings)},
              {"objective", json_number(point.objective)},
              {"metrics", metrics_json(point)},
              {"metrics_ci95", std::move(intervals)},
              {"goals", Json::array()},
              {"met", point.met},
              {"step", point.step}};
  for (std::size_t i = 0; i < goals.size(); ++i) {
    out["goals"].push_back(
        {{"goal", goals[i].text}, {"value", json_number(point.goals[i].value)}, {"met", point.goals[i].met}});
  }
  return out;
}

// load, months and date of an instant, nulls if there is none; each key ends in `suffix`.
void add_instant(Json& out, const std::optional<RunwayInstant>& at, const char* suffix) {
  const auto key = [&](const char* name) { return std::string(name) + suffix; };
  out[key("load")] = at ? Json(at->load) : Json(nullptr);
  out[key("months")] = at ? json_number(at->months) : Json(nullptr);
  out[key("date")] = at && at->date ? Json(*at->date) : Json(nullptr);
}

Json runway_json(const Runway& runway, const std::vector<PlanGoal>& goals) {
  Json out = {{"growth", runway.growth},
              {"from", runway.from.empty() ? Json(nullptr) : Json(runway.from)},
              {"from_trace", runway.from_trace}};
  out["points"] = Json::array();
  for (const RunwayPoint& point : runway.points) {
    Json json = point_json(point.point, goals);
    add_instant(json, point.at, "");
    out["points"].push_back(std::move(json));
  }
  out["goals"] = Json::array();
  for (const GoalBreak& broken : runway.goals) {
    Json json = {{"goal", broken.goal}};
    add_instant(json, broken.at, "_at_break");
    out["goals"].push_back(std::move(json));
  }
  add_instant(out, runway.breaks_at, "_at_break");
  return out;
}

Json lower_bound_json(const LowerBound& bound) {
  return {
      {"settings", json_settings(bound.settings)}, {"objective", json_number(bound.objective)}, {"bound", bound.bound}};
}

Json marginal_json(const MarginalValue& marginal) {
  Json metrics = Json::object();
  for (const auto& [name, change] : marginal.metrics) metrics[name] = json_number(change);
  return {{"path", marginal.path},
          {"from", json_setting(marginal.from)},
          {"to", json_setting(marginal.to)},
          {"objective", json_number(marginal.objective)},
          {"metrics", std::move(metrics)}};
}

Json head_json(const PlanResult& plan) {
  Json root = json_head(kSchema, plan.header, plan.verdict, plan.replications);
  root["vary"] = json_axes(plan.header);
  root["minimize"] = {{"name", plan.objective_name}, {"unit", plan.objective_unit}};
  root["goals"] = Json::array();
  for (const PlanGoal& goal : plan.goals) {
    root["goals"].push_back({{"goal", goal.text},
                             {"metric", goal.metric},
                             {"op", goal.op},
                             {"value", json_number(goal.value)},
                             {"implied", goal.implied}});
  }
  return root;
}

}  // namespace

std::string plan_json(const PlanResult& plan) {
  Json root = head_json(plan);
  const auto point_or_null = [&](const std::optional<std::size_t>& at) {
    return at ? point_json(plan.evaluated[*at], plan.goals) : Json(nullptr);
  };
  root["answer"] = point_or_null(plan.answer);
  root["binding_goal"] = plan.binding_goal.empty() ? Json(nullptr) : Json(plan.binding_goal);
  root["closest"] = point_or_null(plan.closest);
  root["evaluated"] = Json::array();
  for (const EvaluatedPoint& point : plan.evaluated) root["evaluated"].push_back(point_json(point, plan.goals));
  root["excluded"] = Json::array();
  for (const ExcludedPoints& excluded : plan.excluded) {
    root["excluded"].push_back(
        {{"bound", excluded.bound}, {"points", excluded.points}, {"sentence", excluded.sentence}});
  }
  root["lower_bound"] = plan.lower_bound ? lower_bound_json(*plan.lower_bound) : Json(nullptr);
  root["frontier"] = Json::array();
  for (const std::size_t at : plan.frontier) {
    const EvaluatedPoint& point = plan.evaluated[at];
    root["frontier"].push_back({{"settings", json_settings(point.settings)},
                                {"objective", json_number(point.objective)},
                                {"metrics", metrics_json(point)},
                                {"met", point.met}});
  }
  root["marginal"] = Json::array();
  for (const MarginalValue& marginal : plan.marginal) root["marginal"].push_back(marginal_json(marginal));
  root["runway"] = plan.runway ? runway_json(*plan.runway, plan.goals) : Json(nullptr);
  root["sensitivity"] = Json::array();
  for (const Sensitivity& one : plan.sensitivity) {
    Json json = point_json(one.point, plan.goals);
    json["what"] = one.what;
    json["factor"] = one.factor;
    root["sensitivity"].push_back(std::move(json));
  }
  root["notes"] = plan.notes;
  root["simulations"] = plan.header.simulations;
  root["reused"] = plan.header.reused;
  root["grid"] = plan.grid;
  root["scenario_text"] = plan.header.scenario_text;
  return json_text(root);
}

}  // namespace seatrial

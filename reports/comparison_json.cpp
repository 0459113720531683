// comparison.json and comparison.csv; see comparison.h. Keys may be added, never renamed.
#include <algorithm>
#include <cmath>

#include "reports/comparison.h"
#include "reports/csv.h"
#include "reports/many_runs_json.h"

namespace seatrial {
namespace {

constexpr const char* kSchema = "seatrial.comparison/1";

Json verdict_json(Verdict verdict) {
  if (verdict == Verdict::None) return nullptr;
  return verdict_name(verdict);
}

const char* better_name(Better better) {
  switch (better) {
    case Better::Lower:
      return "lower";
    case Better::Higher:
      return "higher";
    case Better::Neither:
      return "neither";
  }
  return "neither";
}

Json metric_json(const MetricComparison& metric) {
  Json values = Json::array();
  for (const auto& value : metric.values) values.push_back(json_number(value));
  return {{"mean", json_number(metric.mean)},
          {"ci95", json_bounds(metric.ci95)},
          {"difference", json_number(metric.difference)},
          {"difference_ci95", json_bounds(metric.difference_ci95)},
          {"difference_ci95_unpaired", json_bounds(metric.unpaired_ci95)},
          {"relative", json_number(metric.relative)},
          {"relative_ci95", json_bounds(metric.relative_ci95)},
          {"p", json_number(metric.p)},
          {"p_holm", json_number(metric.p_holm)},
          {"verdict", verdict_json(metric.verdict)},
          {"values", std::move(values)}};
}

Json groups_json(const Alternative& alternative) {
  Json out = {{"tenant", Json::array()}, {"size", Json::array()}, {"user", Json::array()}};
  for (const GroupComparison& group : alternative.groups) {
    out[group.kind].push_back({{"name", group.name},
                               {"jobs", group.jobs},
                               {"baseline_wait_s", json_number(group.baseline_wait_s)},
                               {"wait_s", json_number(group.wait_s)},
                               {"difference_s", json_number(group.difference_s)},
                               {"difference_ci95", json_bounds(group.difference_ci95)},
                               {"verdict", verdict_json(group.verdict)}});
  }
  return out;
}

Json choices_json(const Alternative::Divergence::Choices& choices) {
  Json first = Json::array();
  for (const auto& choice : choices.first) {
    first.push_back({{"what", choice.what},
                     {"job", choice.job},
                     {"gpus", json_number(choice.gpus)},
                     {"node", choice.node.empty() ? Json(nullptr) : Json(choice.node)}});
  }
  return {{"count", choices.count}, {"first", std::move(first)}};
}

Json first_instant_json(const std::optional<Alternative::Divergence::FirstInstant>& instant) {
  if (!instant) return nullptr;
  return {{"at_s", json_number(instant->at_s)},
          {"position", instant->position + 1},
          {"own", choices_json(instant->own)},
          {"baseline", choices_json(instant->baseline)}};
}

Json divergence_json(const std::optional<Alternative::Divergence>& divergence) {
  if (!divergence) return nullptr;
  Json sums = Json::array();
  for (const double sum : divergence->accumulated_s) sums.push_back(json_number(std::round(sum * 1000) / 1000));
  return {{"replication", divergence->replication + 1},
          {"jobs", divergence->jobs},
          {"first_job", divergence->first_job ? Json(*divergence->first_job + 1) : Json(nullptr)},
          {"first_difference_s", json_number(divergence->first_difference_s)},
          {"first_instant", first_instant_json(divergence->first_instant)},
          {"decisions", divergence->decisions},
          {"submit_s", divergence->submit_s},
          {"accumulated_s", std::move(sums)}};
}

Json alternative_json(const Alternative& alternative) {
  Json out = {{"name", alternative.name}};
  if (!alternative.case_name.empty()) out["case"] = alternative.case_name;
  out.update({{"settings", json_settings(alternative.settings)},
              {"is_baseline", alternative.is_baseline},
              {"metrics", Json::object()}});
  for (const MetricComparison& metric : alternative.metrics) out["metrics"][metric.metric] = metric_json(metric);
  const double of = static_cast<double>(alternative.paired_jobs);
  out["worse_off"] = {
      {"share", alternative.paired_jobs == 0 ? Json(nullptr) : Json(static_cast<double>(alternative.worse_off) / of)},
      {"jobs", alternative.worse_off},
      {"of", alternative.paired_jobs}};
  out["lost"] = {{"jobs", alternative.lost_jobs},
                 {"of", alternative.submitted_jobs},
                 {"more_than_baseline", alternative.loses_more}};
  out["shift"] = Json::array();
  for (const auto& [q, difference] : alternative.shift) {
    out["shift"].push_back({{"q", q}, {"difference_s", json_number(difference)}});
  }
  out["divergence"] = divergence_json(alternative.divergence);
  out["groups"] = groups_json(alternative);
  return out;
}

Json metric_docs_json(const Comparison& comparison) {
  Json out = Json::object();
  for (const MetricComparison& metric : comparison.alternatives.front().metrics) {
    out[metric.metric] = {{"unit", metric_unit(metric.metric)},
                          {"better", better_name(better_way(metric.metric))},
                          {"sentence", metric_sentence(metric.metric)}};
  }
  return out;
}

Json cases_json(const Comparison& comparison) {
  Json out = Json::array();
  for (const CaseComparison& one : comparison.cases) {
    out.push_back({{"name", one.name}, {"settings", json_settings(one.settings)}, {"verdict", one.verdict}});
  }
  return out;
}

// What every case's baseline has: its settings without those of the case.
Json baseline_json(const Comparison& comparison) {
  Json out = json_settings(comparison.alternatives[comparison.baseline].settings);
  if (comparison.cases.empty()) return out;
  for (const auto& [path, value] : comparison.cases.front().settings) out.erase(path);
  return out;
}

// Paths of all alternatives, in the order in which they come; cases may set different ones.
std::vector<std::string> setting_paths(const Comparison& comparison) {
  std::vector<std::string> paths;
  for (const Alternative& alternative : comparison.alternatives) {
    for (const auto& [path, value] : alternative.settings) {
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
  }
  return paths;
}

// ",true,sjf,16": what stands before an alternative's metrics.
std::string csv_head(const Comparison& comparison, const Alternative& alternative,
                     const std::vector<std::string>& paths) {
  std::string head;
  append_csv_field(head, alternative.name);
  if (!comparison.cases.empty()) {
    head += ',';
    append_csv_field(head, alternative.case_name);
  }
  head += alternative.is_baseline ? ",true" : ",false";
  for (const std::string& path : paths) {
    head += ',';
    const auto found = std::find_if(alternative.settings.begin(), alternative.settings.end(),
                                    [&](const auto& setting) { return setting.first == path; });
    if (found == alternative.settings.end()) continue;
    const Json typed = json_setting(found->second);
    append_csv_field(head, typed.is_string() ? typed.get<std::string>() : typed.dump());
  }
  return head;
}

std::string csv_number(const std::optional<double>& value) {
  const Json json = json_number(value);
  return json.is_null() ? std::string() : json.dump();
}

std::string csv_bound(const Bounds& bounds, bool upper) {
  return bounds ? csv_number(upper ? bounds->second : bounds->first) : std::string();
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
  const ComparisonHeader& header = comparison.header;
  Json root = json_head(kSchema, header, comparison.verdict, comparison.replications);
  root["axes"] = json_axes(header);
  if (!comparison.cases.empty()) root["cases"] = cases_json(comparison);
  root["baseline"] = baseline_json(comparison);
  root["headline"] = comparison.headline;
  root["metrics"] = metric_docs_json(comparison);
  root["alternatives"] = Json::array();
  for (const Alternative& alternative : comparison.alternatives) {
    root["alternatives"].push_back(alternative_json(alternative));
  }
  root["fail_if"] = Json::array();
  for (const FailIf& condition : comparison.fail_if) {
    root["fail_if"].push_back({{"text", condition.text}, {"failed", condition.failed}, {"why", condition.why}});
  }
  root["simulations"] = header.simulations;
  root["reused"] = header.reused;
  root["scenario_text"] = header.scenario_text;
  return json_text(root);
}

std::string comparison_csv(const Comparison& comparison) {
  std::string out = comparison.cases.empty() ? "alternative,baseline" : "alternative,case,baseline";
  const std::vector<std::string> paths = setting_paths(comparison);
  for (const std::string& path : paths) {
    out += ',';
    append_csv_field(out, path);
  }
  out +=
      ",metric,unit,replications,mean,ci95_low,ci95_high,difference,difference_ci95_low,difference_ci95_high,"
      "relative,p,p_holm,verdict\n";
  for (const Alternative& alternative : comparison.alternatives) {
    const std::string head = csv_head(comparison, alternative, paths);
    for (const MetricComparison& metric : alternative.metrics) {
      out += head + ',';
      append_csv_field(out, metric.metric);
      out += ',' + std::string(metric_unit(metric.metric)) + ',' + std::to_string(comparison.replications);
      for (const std::string& cell :
           {csv_number(metric.mean), csv_bound(metric.ci95, false), csv_bound(metric.ci95, true),
            csv_number(metric.difference), csv_bound(metric.difference_ci95, false),
            csv_bound(metric.difference_ci95, true), csv_number(metric.relative), csv_number(metric.p),
            csv_number(metric.p_holm), std::string(verdict_name(metric.verdict))}) {
        out += ',' + cell;
      }
      out += '\n';
    }
  }
  return out;
}

}  // namespace seatrial

// `seatrial list`: every name that a scenario may use, with one sentence and its parameters; as text that teaches, or
// as JSON. All of it comes from the registries.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "models/gpu_catalog.h"
#include "policies/registry.h"
#include "reports/summary.h"
#include "scenarios/model_docs.h"
#include "scenarios/schema.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "traces/registry.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

// One registered name, whatever it is.
struct Entry {
  std::string name;
  std::string sentence;
  Json details = Json::array();  // lines for people; in JSON under "parameters" or "details"
  std::vector<std::string> lines;
};

// Names of one kind, for instance the orders of the queue.
struct Group {
  std::string what;   // "policies", "models", "gpus", "formats", "metrics"
  std::string axis;   // key of the scenario where the names go
  std::string about;  // for people
  std::vector<Entry> entries;
};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

const char* kind_of(ParameterDoc::Kind kind) {
  switch (kind) {
    case ParameterDoc::Kind::Number:
      return "number";
    case ParameterDoc::Kind::NumberList:
      return "list of numbers";
    case ParameterDoc::Kind::Duration:
      return "duration";
  }
  return "";
}

std::string parameter_line(const ParameterDoc& doc) {
  const bool bounded = doc.high < std::numeric_limits<double>::max();
  std::string line = std::string(doc.name) + " (" + kind_of(doc.kind) + ", " + doc.unit + ", ";
  line += bounded ? number(doc.low) + ".." + number(doc.high) : "from " + number(doc.low);
  if (*doc.fallback != '\0') line += std::string(", default ") + doc.fallback;
  return line + "): " + doc.meaning;
}

Json parameter_json(const ParameterDoc& doc) {
  Json out;
  out["name"] = doc.name;
  out["meaning"] = doc.meaning;
  out["kind"] = kind_of(doc.kind);
  out["unit"] = doc.unit;
  out["low"] = doc.low;
  out["high"] = doc.high < std::numeric_limits<double>::max() ? Json(doc.high) : Json(nullptr);
  out["default"] = doc.fallback;
  return out;
}

Group policy_group(const std::string& axis, std::string about) {
  Group group{"policies", "scheduler." + axis, std::move(about), {}};
  for (const PolicyDoc& doc : policy_docs()) {
    if (doc.axis != axis) continue;
    Entry entry{doc.name, doc.sentence, Json::array(), {}};
    for (const ParameterDoc& parameter : doc.parameters) {
      entry.details.push_back(parameter_json(parameter));
      entry.lines.push_back(parameter_line(parameter));
    }
    group.entries.push_back(std::move(entry));
  }
  return group;
}

Group distribution_group() {
  Group group{"models", "workload[].generate.duration", "How long generated jobs run.", {}};
  for (const DistributionDoc& doc : distribution_docs()) {
    Entry entry{doc.name, doc.sentence, Json::array(), {}};
    std::string keys;
    for (const char* key : doc.keys) {
      entry.details.push_back(key);
      keys += (keys.empty() ? "" : ", ") + std::string(key);
    }
    entry.lines.push_back("needs " + keys + "; min and max bound it");
    group.entries.push_back(std::move(entry));
  }
  return group;
}

Group arrivals_group() {
  Group group{"models", "workload[].generate.arrivals", "When generated jobs come.", {}};
  for (const ArrivalsDoc& doc : arrivals_docs()) group.entries.push_back({doc.name, doc.sentence, Json::array(), {}});
  return group;
}

void add_figure(Json& details, std::string& line, const char* key, const std::optional<double>& value,
                const char* unit) {
  details[key] = value ? Json(*value) : Json(nullptr);
  if (value) line += ", " + number(*value) + ' ' + unit;
}

Group gpu_group() {
  Group group{"gpus", "cluster.pools[].gpu.model", "GPU models; figures that are not known are left out.", {}};
  for (const GpuModel& model : gpu_catalog()) {
    Json details;
    std::string line = model.vendor + ' ' + model.arch + ' ' + std::to_string(model.year);
    details["vendor"] = model.vendor;
    details["arch"] = model.arch;
    details["year"] = model.year;
    add_figure(details, line, "memory_gb", model.memory_gb, "GB");
    add_figure(details, line, "memory_bw_gbs", model.memory_bw_gbs, "GB/s");
    add_figure(details, line, "bf16_tflops", model.bf16_tflops, "TFLOP/s bf16");
    add_figure(details, line, "tdp_w", model.tdp_w, "W");
    add_figure(details, line, "price_usd_per_gpu_hour", model.price_usd_per_gpu_hour, "USD/h");
    if (!model.price_source.empty()) line += " (" + model.price_source + ')';
    group.entries.push_back({model.id, model.name, std::move(details), {std::move(line)}});
  }
  return group;
}

Group format_group() {
  Group group{"formats", "workload[].trace.format", "Trace files that can be replayed, plain or gzip.", {}};
  for (const TraceFormat& format : trace_formats()) {
    Json details;
    details["columns"] = format.columns;
    details["licence"] = format.licence;
    group.entries.push_back(
        {format.name, format.sentence, std::move(details), {std::string("reads ") + format.columns}});
  }
  return group;
}

Group metric_group() {
  Group group{"metrics", "goals", "Numbers of summary.json that a goal may name, as in \"wait_s.p95 <= 600\".", {}};
  for (const MetricDoc& metric : metric_docs()) {
    Json details;
    details["unit"] = metric.unit;
    group.entries.push_back({metric.name, metric.sentence, std::move(details), {std::string("unit ") + metric.unit}});
  }
  return group;
}

std::vector<Group> all_groups() {
  std::vector<Group> groups;
  groups.push_back(policy_group("order", "Who is first in the queue."));
  groups.push_back(policy_group("admission", "What happens when the first of the queue does not fit."));
  groups.push_back(policy_group("preemption", "Whether running jobs may lose their GPUs to others."));
  groups.push_back(policy_group("placement", "Which nodes a job gets. Scores may be weighed against each other."));
  groups.push_back(policy_group("estimate", "What the policies know of run times."));
  groups.push_back(distribution_group());
  groups.push_back(arrivals_group());
  groups.push_back(gpu_group());
  groups.push_back(format_group());
  groups.push_back(metric_group());
  return groups;
}

std::string groups_text(const std::vector<Group>& groups) {
  std::string text;
  for (const Group& group : groups) {
    text += (text.empty() ? "" : "\n") + group.axis + "\n  " + group.about + "\n\n";
    std::size_t width = 0;
    for (const Entry& entry : group.entries) width = std::max(width, entry.name.size());
    const std::string indent(width + 6, ' ');
    for (const Entry& entry : group.entries) {
      text += "    " + entry.name + std::string(width - entry.name.size() + 2, ' ') + entry.sentence + '\n';
      for (const std::string& line : entry.lines) text += indent + line + '\n';
    }
  }
  return text;
}

std::string groups_json(const std::vector<Group>& groups) {
  Json out = Json::array();
  for (const Group& group : groups) {
    for (const Entry& entry : group.entries) {
      Json item;
      item["kind"] = group.what;
      item["key"] = group.axis;
      item["name"] = entry.name;
      item["sentence"] = entry.sentence;
      item[group.what == "policies" ? "parameters" : "details"] = entry.details;
      out.push_back(std::move(item));
    }
  }
  return out.dump(2) + '\n';
}

int list(const std::string& what, bool as_json) {
  if (what == "schema") {
    print(scenario_schema());
    return kDone;
  }
  std::vector<Group> groups = all_groups();
  if (what != "all") std::erase_if(groups, [&](const Group& group) { return group.what != what; });
  print(as_json ? groups_json(groups) : groups_text(groups));
  return kDone;
}

}  // namespace

void add_list(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("list", "every registered name, one sentence, its parameters");
  const auto what = std::make_shared<std::string>("all");
  const auto as_json = std::make_shared<bool>(false);
  app->add_option("KIND", *what, "policies, models, gpus, formats, metrics or all; schema: JSON Schema of a scenario")
      ->check(CLI::IsMember({"policies", "models", "gpus", "formats", "metrics", "all", "schema"}));
  app->add_flag("--json", *as_json, "as JSON");
  verbs.push_back({app, [what, as_json] { return list(*what, *as_json); }});
}

}  // namespace seatrial

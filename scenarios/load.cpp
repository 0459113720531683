// The top level of a scenario; the sections are in load_*.cpp. See load.h.
#include "scenarios/load.h"

#include <algorithm>
#include <cctype>

#include "scenarios/files.h"
#include "scenarios/load_sections.h"
#include "scenarios/override.h"

namespace seatrial {
namespace {

constexpr const char* kSchema = "seatrial/v1";

void load_head(Section& section, ScenarioSpec& spec) {
  if (const auto schema = section.require("schema", std::string("write schema: ") + kSchema)) {
    const auto text = schema->text();
    if (text && *text != kSchema) {
      schema->problem("unknown schema " + in_quotes(*text), std::string("this program reads ") + kSchema);
    }
  }
  if (const auto name = section.require("name", "it names the folder of results")) {
    const auto text = name->text();
    if (text && !is_scenario_name(*text)) {
      name->problem(in_quotes(*text) + " cannot be the name of a folder",
                    "1 to 100 of the characters A-Z a-z 0-9 . _ -, not beginning with . or -");
    }
    spec.name = text.value_or("");
  }
  section.read_integer("seed", 0, INT64_MAX, spec.seed);
  section.read_text("data", spec.data);
  if (!spec.data.empty()) spec.data = resolve_beside(spec.file, spec.data) + '/';
  section.read("until", spec.until, [](const Value& v) { return v.duration(Range{0, Range{}.high, true}); });
}

void load_root(const Value& root, LoadContext& context) {
  if (root.node().kind == DocumentNode::Kind::Null) {
    root.problem("the scenario is empty", std::string("begin with schema: ") + kSchema);
    return;
  }
  Section section(root, "a mapping with schema, name, cluster and workload");
  load_head(section, context.spec);
  if (const auto cluster = section.require("cluster", "the pools of nodes")) load_cluster(*cluster, context);
  if (const auto workload = section.require("workload", "the jobs")) load_workload(*workload, context);
  if (const auto tenants = section.take("tenants")) load_tenants(*tenants, context.spec.tenants);
  if (const auto quotas = section.take("quotas")) load_quotas(*quotas, context);
  if (const auto scheduler = section.take("scheduler")) {
    load_scheduler(*scheduler, context);
  } else {
    const DocumentNode nothing{DocumentNode::Kind::Mapping, false, root.node().at, {}, {}};
    load_scheduler(root.with(nothing), context);
  }
  if (const auto models = section.take("models")) load_models(*models, context);
  if (const auto overheads = section.take("overheads")) load_overheads(*overheads, context.spec.overheads);
  if (const auto metrics = section.take("metrics")) load_metrics(*metrics, context.spec.metrics);
  if (const auto goals = section.take("goals")) load_goals(*goals, context.spec.goals);
  if (const auto replicate = section.take("replicate")) load_replicate(*replicate, context.spec.replicate);
  if (const auto compare = section.take("compare")) load_compare(*compare, context.spec.compare);
  if (const auto plan = section.take("plan")) load_plan(*plan, context.spec.plan);
  section.finish();
  if (section.ok()) validate(root, context.spec);
}

// The file as it was, and what the command line changed, so that a result can be repeated from it.
std::string reproducible_text(const std::string& text, const std::vector<std::string>& overrides) {
  std::string out = text;
  if (overrides.empty()) return out;
  if (!out.empty() && out.back() != '\n') out += '\n';
  out += "# overrides of the command line:\n";
  for (const std::string& override_text : overrides) {
    std::string line = override_text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    out += "# --set " + line + '\n';
  }
  return out;
}

Document read_document(std::string text, const std::string& file, const std::vector<std::string>& overrides,
                       Problems& problems) {
  Document document = parse_document(std::move(text), file == "-" ? "<stdin>" : file, problems);
  apply_overrides(document, overrides, problems);
  return document;
}

}  // namespace

ScenarioSpec load_scenario(const std::string& file, const LoadOptions& options) {
  return load_scenario_text(read_input_file(file, kMaxDocumentBytes), file, options);
}

ScenarioSpec load_scenario_text(std::string text, const std::string& file, const LoadOptions& options) {
  Problems problems;
  const Document document = read_document(std::move(text), file, options.overrides, problems);
  ScenarioSpec spec;
  spec.file = file;
  LoadContext context{spec, options};
  load_root(Value(document, document.root, "", problems), context);
  problems.throw_if_any();
  spec.text = reproducible_text(document.text, options.overrides);
  return spec;
}

GeneratorSpec load_generator_text(std::string text, const std::string& file,
                                  const std::vector<std::string>& overrides) {
  Problems problems;
  Document document = read_document(std::move(text), file, overrides, problems);
  GeneratorSpec generator;
  const Value root(document, document.root, "", problems);
  load_generator(root, generator);
  if (generator.load > 0 && generator.cluster_gpus == 0) {
    root.problem("a load needs a number of GPUs", "give cluster_gpus, or rate instead of load");
  }
  problems.throw_if_any();
  return generator;
}

bool is_scenario_name(std::string_view name) {
  if (name.empty() || name.size() > 100 || name.front() == '.' || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace seatrial

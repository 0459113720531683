// The section `workload`: entries with a trace or a generator, the filter of a trace, and what its jobs ask of nodes.
#include <algorithm>
#include <array>
#include <string_view>

#include "models/gpu_resource.h"
#include "scenarios/load_sections.h"
#include "sim/text.h"
#include "traces/registry.h"

namespace seatrial {
namespace {

using Op = WhereCondition::Op;

struct OpName {
  std::string_view text;
  Op op;
};
// Longer ones first: `<=` begins with `<`.
constexpr std::array<OpName, 6> kOps{{{"<=", Op::LessEqual},
                                      {">=", Op::GreaterEqual},
                                      {"!=", Op::NotEqual},
                                      {"==", Op::Equal},
                                      {"<", Op::Less},
                                      {">", Op::Greater}}};

const OpName* leading_op(std::string_view text) {
  for (const OpName& name : kOps) {
    if (text.substr(0, name.text.size()) == name.text) return &name;
  }
  return nullptr;
}

// "OP operand": equality compares text, the others need a number.
void load_comparison(const Value& value, const OpName& op, WhereCondition& condition) {
  std::string_view operand = value.node().scalar;
  operand.remove_prefix(op.text.size());
  while (!operand.empty() && operand.front() == ' ') operand.remove_prefix(1);
  condition.op = op.op;
  if (op.op == Op::Equal || op.op == Op::NotEqual) {
    condition.values.emplace_back(operand);
    return;
  }
  const auto number = parse_number(operand);
  if (!number) {
    value.problem("expected a number after " + std::string(op.text) + ", found " + in_quotes(operand));
    return;
  }
  condition.number = *number;
}

void load_any_of(const Value& value, WhereCondition& condition) {
  for (const Value& entry : value.list()) {
    if (!entry.is_scalar()) {
      entry.problem(std::string("expected a value, found ") + kind_name(entry.node().kind));
    } else if (leading_op(entry.node().scalar) != nullptr) {
      entry.problem("a comparison cannot be one of several values",
                    "a list holds plain values, any of which may match");
    } else {
      condition.values.push_back(entry.node().scalar);
    }
  }
  if (value.node().entries.empty()) value.problem("the list is empty", "no job could match");
}

std::vector<WhereCondition> load_where(const Value& value) {
  std::vector<WhereCondition> conditions;
  for (const auto& [column, wanted] : value.mapping()) {
    WhereCondition condition;
    condition.column = column;
    condition.place = wanted.place();
    if (wanted.is_list()) {
      load_any_of(wanted, condition);
    } else if (!wanted.is_scalar()) {
      wanted.problem(std::string("expected a value, a list of values or a comparison such as \">= 5\", found ") +
                     kind_name(wanted.node().kind));
    } else if (const OpName* op = leading_op(wanted.node().scalar)) {
      load_comparison(wanted, *op, condition);
    } else {
      condition.values.push_back(wanted.node().scalar);
    }
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

// What pods of an entry ask for beyond the trace; the same for traces and generators.
struct JobDefaults {
  std::int64_t cpu_milli_per_gpu = 0;
  std::int64_t memory_mib_per_gpu = 0;
  std::uint32_t gpus_per_pod = 0;
  std::uint32_t constraint = 0;
  std::uint32_t gpu_memory_mib = 0;
  std::string resource;
  std::string work;
  std::vector<std::pair<std::string, double>> work_mix;  // drawn for each job instead
};

JobDefaults load_job(const Value& value, ClusterSpec& cluster) {
  JobDefaults job;
  ConstraintSpec constraint;
  Section section(value);
  section.read("cpu", job.cpu_milli_per_gpu, [](const Value& v) { return v.cpu_milli(); });
  section.read("memory", job.memory_mib_per_gpu, [](const Value& v) { return v.memory_mib(); });
  section.read_integer("gpus_per_pod", 1, kMaxGpusPerNode, job.gpus_per_pod);
  section.read("gpu_memory", job.gpu_memory_mib, [](const Value& v) { return v.memory_mib(); });
  section.read("gpu_resource", job.resource, [](const Value& v) -> std::optional<std::string> {
    const auto name = v.text();
    if (name && !is_gpu_resource(*name)) v.problem(in_quotes(*name) + " is no name of a GPU resource");
    return gpu_resource_key(name.value_or("gpu"));
  });
  if (const auto work = section.take("work"); work && work->is_mapping()) {
    job.work_mix = load_work_weights(*work);
  } else if (work) {
    job.work = work->text().value_or("");
  }
  section.read("node_selector", constraint.node_selector,
               [](const Value& v) { return std::optional(load_text_pairs(v)); });
  section.read("tolerations", constraint.tolerations,
               [](const Value& v) { return std::optional(load_taints(v, true)); });
  section.finish();
  if (constraint.node_selector.empty() && constraint.tolerations.empty()) return job;
  job.constraint = static_cast<std::uint32_t>(cluster.constraints.size());
  cluster.constraints.push_back(std::move(constraint));
  return job;
}

void apply_job(const JobDefaults& job, WorkloadSpec& entry) {
  const auto slices = [&](auto& jobs) {
    jobs.default_gpu_memory_mib = job.gpu_memory_mib;
    jobs.default_resource = job.resource;
    jobs.default_work = job.work;
  };
  if (entry.trace) slices(*entry.trace);
  if (entry.generate) slices(*entry.generate);
  if (entry.generate && entry.generate->work.empty()) entry.generate->work = job.work_mix;
  if (entry.trace) {
    entry.trace->work_mix = job.work_mix;
    entry.trace->default_cpu_milli_per_gpu = job.cpu_milli_per_gpu;
    entry.trace->default_memory_mib_per_gpu = job.memory_mib_per_gpu;
    entry.trace->gpus_per_pod = job.gpus_per_pod;
    entry.trace->constraint = job.constraint;
  }
  if (entry.generate) {
    entry.generate->default_cpu_milli_per_gpu = job.cpu_milli_per_gpu;
    entry.generate->default_memory_mib_per_gpu = job.memory_mib_per_gpu;
    entry.generate->gpus_per_pod = job.gpus_per_pod;
    entry.generate->constraint = job.constraint;
  }
}

// GPUs of the cluster at the start; nothing while node lists are not read yet.
std::uint64_t described_gpus(const ScenarioSpec& spec) {
  std::uint64_t gpus = 0;
  for (const PoolSpec& pool : spec.cluster.pools) gpus += std::uint64_t{pool.count} * pool.gpus;
  return spec.imports.empty() ? gpus : 0;
}

void load_entry(const Value& value, std::size_t index, LoadContext& context) {
  Section section(value, "a mapping for each entry");
  WorkloadSpec entry;
  entry.place = value.place();
  entry.name = "workload" + std::to_string(index);
  section.read_text("name", entry.name);
  const auto trace = section.take("trace");
  const auto generate = section.take("generate");
  if (section.ok() && trace.has_value() == generate.has_value()) {
    value.problem(trace ? "trace and generate in one entry" : "neither trace nor generate",
                  "an entry has exactly one of them");
  }
  if (trace) load_trace(*trace, entry.trace.emplace(), context);
  if (generate) {
    GeneratorSpec& generator = entry.generate.emplace();
    load_generator(*generate, generator);
    size_slices(generator, context.spec.cluster);
    const bool unknown = std::any_of(generator.gpus.begin(), generator.gpus.end(),
                                     [](const auto& size) { return size.first.load_milli == 0; });
    if (generator.load > 0 && unknown && !generate->is_wrong("cluster")) {
      generate->problem("a load needs to know what part of a GPU each size is, and no pool has some of these",
                        "give rate instead of load");
    }
    if (generator.load > 0 && generator.cluster_gpus == 0) {
      generator.cluster_gpus = described_gpus(context.spec);
      if (generator.cluster_gpus == 0 && !generate->is_wrong("cluster")) {
        generate->problem("a load needs a number of GPUs, and the cluster states none",
                          "give cluster_gpus, or rate instead of load");
      }
    }
  }
  if (const auto arrivals = section.take("arrivals")) {
    const std::vector<std::string> kinds{"timed", "sequential"};
    entry.sequential = arrivals->one_of("kind of arrivals", kinds) == std::size_t{1};
  }
  section.read_boolean("warm_start", entry.warm_start);
  if (const auto job = section.take("job")) apply_job(load_job(*job, context.spec.cluster), entry);
  section.finish();
  context.spec.workload.push_back(std::move(entry));
}

}  // namespace

void load_trace(const Value& value, TraceOptions& trace, LoadContext& context) {
  Section section(value);
  trace.place = value.place();
  trace.path = value.path();
  if (const auto format = section.require("format", "one of `seatrial list formats`")) {
    std::vector<std::string> names;
    for (const TraceFormat& known : trace_formats()) names.emplace_back(known.name);
    if (const auto index = format->one_of("trace format", names)) trace.format = names[*index];
  }
  if (const auto file = section.require("file", "the trace, relative to the scenario, or -")) {
    trace.file = load_file_name(*file, context);
    trace.place = file->place();
  }
  if (const auto where = section.take("where")) trace.where = load_where(*where);
  section.read_duration("truncate", {0}, trace.truncate);
  section.read_duration("round_up", {0, 1e9}, trace.round_up);
  section.read_number("load", {0, 1e9, true}, trace.load);
  if (const auto order = section.take("order")) {
    trace.order_file = load_file_name(*order, context);
    if (!trace.format.empty() && trace.format != "openb") {
      order->problem("an order file needs format openb, not " + trace.format);
    }
    (void)section.require("order_seed", "which seed's rows of the order file to use");
  }
  section.read("order_seed", trace.order_seed, [](const Value& v) { return v.integer(INT64_MIN, INT64_MAX); });
  if (section.has("order_seed") && !section.has("order")) {
    value.child("order_seed").value_or(value).problem("order_seed without order", "name the file with the orders");
  }
  section.finish();
}

void load_workload(const Value& value, LoadContext& context) {
  const std::vector<Value> entries = value.list();
  if (value.is_list() && entries.empty()) value.problem("the list is empty", "at least one entry is needed");
  for (std::size_t i = 0; i < entries.size(); ++i) load_entry(entries[i], i, context);
}

}  // namespace seatrial

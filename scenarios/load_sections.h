// The sections of a scenario, one function each; load.cpp calls them in this order. Each fills its part of the spec
// and reports what is wrong through the values it reads; none throws. Internal to the loader.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/load.h"
#include "scenarios/reader.h"
#include "scenarios/spec.h"

namespace seatrial {

// What the sections share.
struct LoadContext {
  ScenarioSpec& spec;
  const LoadOptions& options;
};

void load_cluster(const Value& value, LoadContext& context);
void load_workload(const Value& value, LoadContext& context);
void load_tenants(const Value& value, std::vector<TenantSpec>& tenants);
void load_quotas(const Value& value, LoadContext& context);
void load_scheduler(const Value& value, LoadContext& context);
void load_models(const Value& value, LoadContext& context);
void load_overheads(const Value& value, OverheadSpec& overheads);
void load_metrics(const Value& value, MetricsSpec& metrics);
void load_goals(const Value& value, std::vector<GoalSpec>& goals);
void load_replicate(const Value& value, ReplicateSpec& replicate);
void load_compare(const Value& value, CompareSpec& compare);
void load_plan(const Value& value, PlanSpec& plan);

// The keys of `gpu` that say how GPUs are shared or cut; model and count of the pool are known.
void load_gpu_mode(Section& gpu, PoolSpec& pool, LoadContext& context);

// Parts of the workload section.
void load_trace(const Value& value, TraceOptions& trace, LoadContext& context);
void load_generator(const Value& value, GeneratorSpec& generator);
// Weights of kinds of work, by name.
[[nodiscard]] std::vector<std::pair<std::string, double>> load_work_weights(const Value& value);
// A size such as "8", "500m", "mig-1g.5gb" or "2 gpu.shared"; nothing after reporting why not.
[[nodiscard]] std::optional<GpuSize> load_gpu_size(const std::string& text, const Value& at);
// What sizes in slices and replicas are of a GPU in this cluster: load_milli of each, 0 where no pool tells.
void size_slices(GeneratorSpec& generator, const ClusterSpec& cluster);

// Settings that more than one section has.
// A parameter of a named policy or model.
void load_parameter(const Value& value, const ParameterDoc& doc, Parameters& parameters);
using TextPairs = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] TextPairs load_text_pairs(const Value& value);
[[nodiscard]] std::vector<Taint> load_taints(const Value& value, bool tolerations);
// A file beside the scenario; reports one that cannot be read.
[[nodiscard]] std::string load_file_name(const Value& value, const LoadContext& context);

// Rules between sections (validate.cpp). Places are looked up in the document.
void validate(const Value& root, const ScenarioSpec& spec);

}  // namespace seatrial

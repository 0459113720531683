// See build_speed.h.
#include "scenarios/build_speed.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "models/gpu_partitions.h"
#include "models/sharing_model.h"
#include "policies/registry.h"
#include "policies/speed_keeper.h"
#include "scenarios/calibrated_speed.h"
#include "sim/error.h"
#include "sim/text.h"
#include "traces/speed_tables.h"

namespace seatrial {
namespace {

const PolicySpec& model_of(const ScenarioSpec& spec, SharingMode mode) {
  return spec.models.sharing[static_cast<std::size_t>(mode)];
}

// What an instance, or a client with a thread percentage, has of its GPU. SM counts that are not known: by slices.
GpuSlice slice_of(const SliceKind& kind, const GpuPartitions& partitions) {
  if (kind.what == SliceKind::What::Instance) {
    const MigFamily& family = partitions.mig(kind.pool)->geometry().family();
    const MigProfile& profile = family.profiles[kind.profile];
    GpuSlice slice;
    const bool known = profile.sm_count && family.total_sm && *family.total_sm > 0;
    slice.compute = known ? std::min(1.0, static_cast<double>(*profile.sm_count) / *family.total_sm)
                          : static_cast<double>(profile.compute_slices) / family.compute_slices;
    slice.bandwidth = static_cast<double>(profile.memory_slices) / family.memory_slices;
    return slice;
  }
  const double percentage = partitions.mode(kind.pool).thread_percentage;
  if (kind.what == SliceKind::What::Replica && percentage > 0) return {percentage / 100, 1};
  return {};
}

// Indexes of the workloads of all requests: of the gang's own size where that was measured, else of one GPU.
std::vector<std::uint16_t> works_of(const Workload& jobs, const SpeedTables& known, SpeedTablesBuilder& builder) {
  std::vector<std::uint16_t> works;
  for (const Request& request : jobs.requests()) {
    const std::string& name = jobs.texts().text(request.work);
    std::uint16_t work = known.find_workload(name, std::max(1U, request.gpus));
    if (work == SpeedTables::kAbsent) work = builder.workload(name, 1);
    if (work == SpeedTables::kAbsent) {
      throw InputError({}, "models", "more than " + std::to_string(SpeedTables::kMaxWorkloads) + " kinds of work");
    }
    works.push_back(work);
  }
  return works;
}

// What calibrations know of the works that the jobs are of.
void add_calibrated(const ScenarioSpec& spec, const SpeedInput& input, CalibratedSpeed& calibrated,
                    SpeedTablesBuilder& builder) {
  calibrated.add_measured(builder);
  std::set<CalibratedSpeed::Work> works;
  for (const Request& request : input.jobs.requests()) {
    const std::string& name = input.jobs.texts().text(request.work);
    if (!name.empty()) works.emplace(name, 1U);
  }
  std::vector<std::pair<std::string, std::string>> types;
  for (const std::string& model : input.cluster.models()) {
    types.emplace_back(model, speed_type_of(spec.models, model));
  }
  calibrated.add_work({works.begin(), works.end()}, types, builder);
}

std::uint16_t reference_of(const ScenarioSpec& spec, const SpeedTables& tables) {
  if (spec.models.reference_gpu.empty()) return SpeedTables::kAbsent;
  const std::uint16_t reference = tables.find_gpu(spec.models.reference_gpu);
  if (reference != SpeedTables::kAbsent) return reference;
  throw InputError({spec.file}, "models.reference_gpu",
                   "no table has a GPU type \"" + quoted(spec.models.reference_gpu) + "\"");
}

}  // namespace

bool speed_is_modelled(const ScenarioSpec& spec) {
  const auto sequential = [](const WorkloadSpec& entry) { return entry.sequential; };
  if (std::any_of(spec.workload.begin(), spec.workload.end(), sequential)) return false;
  if (!spec.models.reference_gpu.empty()) return true;
  const auto needs_speed = [](const PolicySpec& policy) {
    const PlacementRegistration* known = find_placement(policy.name);  // null: a mistake that is told elsewhere
    return known != nullptr && known->needs_speed;
  };
  if (std::any_of(spec.scheduler.placement.begin(), spec.scheduler.placement.end(), needs_speed)) return true;
  return std::any_of(spec.cluster.pools.begin(), spec.cluster.pools.end(),
                     [&](const PoolSpec& pool) { return model_of(spec, pool.gpu_mode.mode).name != "none"; });
}

std::string speed_type_of(const ModelsSpec& models, const std::string& gpu_model) {
  for (const auto& [model, type] : models.gpu_types) {
    if (model == gpu_model) return type;
  }
  return gpu_model;
}

std::unique_ptr<CalibratedSpeed> read_calibrations(const ScenarioSpec& spec) {
  if (spec.models.calibrations.empty()) return nullptr;
  return std::make_unique<CalibratedSpeed>(spec);
}

std::unique_ptr<const SpeedPlan> build_speed(const ScenarioSpec& spec, const SpeedInput& input,
                                             CalibratedSpeed* calibrated) {
  if (!speed_is_modelled(spec)) return nullptr;
  const Cluster& cluster = input.cluster;
  SpeedTablesBuilder builder;
  if (!spec.models.isolated.file.empty()) read_isolated_speeds(InputFile(spec.models.isolated), builder);
  if (!spec.models.colocated.file.empty()) read_colocated_speeds(InputFile(spec.models.colocated), builder);
  if (!spec.models.profiles.file.empty()) read_workload_profiles(InputFile(spec.models.profiles), builder);
  for (const auto& [name, profile] : spec.models.work_profiles) {
    const std::uint16_t work = builder.workload(name, 1);
    if (work != SpeedTables::kAbsent) builder.set_profile(work, profile);
  }
  if (calibrated != nullptr) add_calibrated(spec, input, *calibrated, builder);
  auto plan = std::make_unique<SpeedPlan>();
  plan->work_of_request = works_of(input.jobs, builder.build(), builder);
  std::vector<std::uint16_t> gpu_of_model;
  for (const std::string& model : cluster.models()) {
    gpu_of_model.push_back(builder.gpu(speed_type_of(spec.models, model)));
    if (gpu_of_model.back() == SpeedTables::kAbsent) {
      throw InputError({}, "models", "more than " + std::to_string(SpeedTables::kMaxGpus) + " GPU types");
    }
  }
  for (std::uint32_t n = 0; n < cluster.nodes(); ++n) {
    const NodeId node{n};
    plan->kind_of_node.push_back(
        {gpu_of_model[cluster.model_index(node)], input.cluster_spec.pools[cluster.pool_of(node).index].gpu_mode.mode});
  }
  if (const GpuPartitions* partitions = cluster.partitions(); partitions != nullptr) {
    plan->slice_of_kind.push_back(kWholeGpu);  // plain GPUs
    for (const SliceKind& kind : partitions->kinds().subspan(1)) {
      plan->slice_of_kind.push_back(builder.slice(slice_of(kind, *partitions)));
    }
  }
  plan->tables = std::make_unique<SpeedTables>(builder.build());
  SpeedModel::Models models;
  for (std::size_t mode = 0; mode < kSharingModes; ++mode) {
    const PolicySpec& model = spec.models.sharing[mode];
    models[mode] = find_sharing_model(model.name)->make(*plan->tables, model.parameters);
  }
  plan->model = std::make_unique<SpeedModel>(*plan->tables, std::move(models), reference_of(spec, *plan->tables));
  return plan;
}

}  // namespace seatrial

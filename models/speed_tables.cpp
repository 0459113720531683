// Tables of measured speeds; see speed_tables.h.
#include "models/speed_tables.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {

std::uint16_t SpeedTables::find_gpu(std::string_view name) const {
  const auto found = std::find(gpus_.begin(), gpus_.end(), name);
  return found == gpus_.end() ? kAbsent : static_cast<std::uint16_t>(found - gpus_.begin());
}

std::uint16_t SpeedTables::find_workload(std::string_view name, std::uint32_t gpus) const {
  const auto found = std::find_if(workloads_.begin(), workloads_.end(),
                                  [&](const WorkloadType& type) { return type.name == name && type.gpus == gpus; });
  return found == workloads_.end() ? kAbsent : static_cast<std::uint16_t>(found - workloads_.begin());
}

SpeedTablesBuilder::SpeedTablesBuilder() { tables_.slices_.push_back(GpuSlice{}); }

std::uint16_t SpeedTablesBuilder::gpu(std::string_view name) {
  const std::uint16_t found = tables_.find_gpu(name);
  if (found != SpeedTables::kAbsent || tables_.gpus_.size() == SpeedTables::kMaxGpus) return found;
  tables_.gpus_.emplace_back(name);
  return static_cast<std::uint16_t>(tables_.gpus_.size() - 1);
}

std::uint16_t SpeedTablesBuilder::workload(std::string_view name, std::uint32_t gpus) {
  const std::pair<std::string, std::uint32_t> key{name, gpus};
  const auto found = workload_index_.find(key);
  if (found != workload_index_.end()) return found->second;
  if (tables_.workloads_.size() == SpeedTables::kMaxWorkloads) return SpeedTables::kAbsent;
  const auto index = static_cast<std::uint16_t>(tables_.workloads_.size());
  tables_.workloads_.push_back({key.first, gpus, {}});
  workload_index_.emplace(key, index);
  return index;
}

std::uint16_t SpeedTablesBuilder::slice(const GpuSlice& slice) {
  CHECK(slice.compute > 0 && slice.compute <= 1 && slice.bandwidth > 0 && slice.bandwidth <= 1);
  const auto found = std::find_if(tables_.slices_.begin(), tables_.slices_.end(), [&](const GpuSlice& known) {
    return known.compute == slice.compute && known.bandwidth == slice.bandwidth;
  });
  if (found != tables_.slices_.end()) return static_cast<std::uint16_t>(found - tables_.slices_.begin());
  CHECK(tables_.slices_.size() < SpeedTables::kAbsent);
  tables_.slices_.push_back(slice);
  return static_cast<std::uint16_t>(tables_.slices_.size() - 1);
}

void SpeedTablesBuilder::set_profile(std::uint16_t workload, const WorkloadProfile& profile) {
  tables_.workloads_[workload].profile = profile;
}

bool SpeedTablesBuilder::set_isolated(std::uint16_t gpu, std::uint16_t workload, double steps_per_s) {
  return isolated_.emplace(std::pair{gpu, workload}, steps_per_s).second;
}

double SpeedTablesBuilder::set_colocated(const Pair& pair, double steps_per_s) {
  const std::uint64_t key = std::uint64_t{pair.gpu} << 32U | std::uint64_t{pair.workload} << 16U | pair.other;
  return colocated_.emplace(key, PairSteps{pair, steps_per_s}).first->second.steps_per_s;
}

SpeedTables SpeedTablesBuilder::build() const {
  SpeedTables tables = tables_;
  const std::size_t workloads = tables.workloads_.size();
  tables.isolated_.assign(tables.gpus_.size() * workloads, kNotMeasured);
  for (const auto& [key, steps_per_s] : isolated_) {
    tables.isolated_[std::size_t{key.first} * workloads + key.second] = steps_per_s;
  }
  tables.pairs_.resize(tables.gpus_.size());
  for (const auto& [key, entry] : colocated_) {
    std::vector<double>& speeds = tables.pairs_[entry.pair.gpu];
    if (speeds.empty()) speeds.assign(workloads * workloads, kNotMeasured);
    const double alone = tables.isolated_steps_per_s(entry.pair.gpu, entry.pair.workload);
    if (!(alone > 0)) continue;
    const double speed = std::min(1.0, entry.steps_per_s / alone);
    speeds[std::size_t{entry.pair.workload} * workloads + entry.pair.other] = speed;
  }
  return tables;
}

}  // namespace seatrial

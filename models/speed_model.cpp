// Rates from tables and sharing models; see speed_model.h.
#include "models/speed_model.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {
namespace {

// Speed on one GPU type relative to another; 1 where one of the two was not measured.
double relative_speed(const SpeedTables& tables, std::uint16_t gpu, std::uint16_t reference, std::uint16_t workload) {
  if (reference == SpeedTables::kAbsent) return 1;
  const double here = tables.isolated_steps_per_s(gpu, workload);
  const double there = tables.isolated_steps_per_s(reference, workload);
  if (!(here >= 0) || !(there > 0)) return 1;
  return here / there;
}

}  // namespace

SpeedModel::SpeedModel(const SpeedTables& tables, Models models, std::uint16_t reference_gpu)
    : tables_(tables), models_(std::move(models)) {
  for (auto& model : models_) {
    if (model == nullptr) model = find_sharing_model("none")->make(tables, {});
  }
  const auto gpus = static_cast<std::uint16_t>(tables.gpus().size());
  const auto workloads = static_cast<std::uint16_t>(tables.workloads().size());
  for (std::uint16_t gpu = 0; gpu < gpus; ++gpu) {
    for (std::uint16_t workload = 0; workload < workloads; ++workload) {
      type_speed_.push_back(relative_speed(tables, gpu, reference_gpu, workload));
    }
  }
}

void SpeedModel::rates(DeviceKind kind, std::span<const Sharer> sharers, std::span<Rate> out) const {
  if (sharers.empty()) return;
  CHECK(sharers.size() <= kMaxSharers && out.size() >= sharers.size());
  CHECK(kind.mode != SharingMode::Exclusive || sharers.size() == 1);
  std::array<double, kMaxSharers> speeds;
  models_[static_cast<std::size_t>(kind.mode)]->speeds(kind.gpu, sharers, {speeds.data(), sharers.size()});
  const double* const of_type = &type_speed_[std::size_t{kind.gpu} * tables_.workloads().size()];
  for (std::size_t i = 0; i < sharers.size(); ++i) out[i] = rate_of(speeds[i] * of_type[sharers[i].workload]);
}

}  // namespace seatrial

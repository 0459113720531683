// The rate of every job on a device: measured speed of its workload on that GPU type, times what slice and neighbours
// leave of it under the device's sharing mode. The one thing that the scheduler asks; DeviceSharing asks it for
// devices whose sharers changed, placement scores ask it about what would be.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "models/sharing_model.h"
#include "models/work_meter.h"

namespace seatrial {

struct DeviceKind {
  std::uint16_t gpu = 0;  // index of SpeedTables::gpus()
  SharingMode mode = SharingMode::Exclusive;
  bool operator==(const DeviceKind&) const = default;
};

class SpeedModel {
 public:
  static constexpr std::size_t kMaxSharers = 1024;  // of one device

  // One model per mode, indexed by SharingMode; a missing one means `none`. reference_gpu: the GPU type on which run
  // times of jobs were observed, full rate there; kAbsent: every job runs at full rate alone on whatever GPU it has.
  using Models = std::array<std::unique_ptr<SharingModel>, kSharingModes>;
  SpeedModel(const SpeedTables& tables, Models models, std::uint16_t reference_gpu = SpeedTables::kAbsent);

  // Alone on a whole GPU of a type, relative to the reference GPU. Full rate where either was not measured; kStalled
  // where the workload could not run on that type.
  [[nodiscard]] Rate exclusive(std::uint16_t gpu, std::uint16_t workload) const {
    return rate_of(type_speed_[std::size_t{gpu} * tables_.workloads().size() + workload]);
  }
  // Rates of all sharers of a device, at most kMaxSharers; out has their number. No allocation; linear in the number of
  // sharers, quadratic for pair-table.
  void rates(DeviceKind kind, std::span<const Sharer> sharers, std::span<Rate> out) const;

  [[nodiscard]] const SpeedTables& tables() const { return tables_; }

 private:
  const SpeedTables& tables_;
  Models models_;
  std::vector<double> type_speed_;  // gpu-major
};

}  // namespace seatrial

// How work that shares a GPU slows down: the extension point (SharingModel), its registry, and what models look at.
// SpeedModel (speed_model.h) picks a model per sharing mode and turns its answers into rates.
// A model is a pure function of the sharers of one device: equal sharers give equal speeds on any device and at any
// time, so that only devices whose sharers changed need to be asked again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/ids.h"
#include "models/parameters.h"
#include "models/sharing_mode.h"
#include "models/speed_tables.h"

namespace seatrial {

// One job on one device. Indexes of SpeedTables.
struct Sharer {
  JobId job;
  std::uint16_t workload = 0;
  std::uint16_t slice = kWholeGpu;
};

class SharingModel {
 public:
  SharingModel() = default;
  SharingModel(const SharingModel&) = delete;
  SharingModel& operator=(const SharingModel&) = delete;
  virtual ~SharingModel() = default;

  // Writes the speed of each sharer, relative to having the whole GPU to itself, in (0, 1]. gpu: index of SpeedTables.
  virtual void speeds(std::uint16_t gpu, std::span<const Sharer> sharers, std::span<double> out) const = 0;
};

struct SharingModelRegistration {
  const char* name;
  const char* sentence;
  std::vector<ParameterDoc> parameters;
  // The tables outlive the model.
  std::unique_ptr<SharingModel> (*make)(const SpeedTables&, const Parameters&);
};

[[nodiscard]] std::span<const SharingModelRegistration> sharing_models();
// nullptr for an unknown name.
[[nodiscard]] const SharingModelRegistration* find_sharing_model(std::string_view name);

// Speed of a workload alone on a slice, by SM-fraction curve and bandwidth alone, in (0, 1]; monotone in both shares:
//   min( min(1, compute / sm_saturation) ^ sm_exponent,  min(1, bandwidth of the slice / bandwidth that it uses) )
[[nodiscard]] double slice_speed(const WorkloadProfile& profile, const GpuSlice& slice);

}  // namespace seatrial

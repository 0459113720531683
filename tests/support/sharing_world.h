// Small tables of workloads and slices for tests of sharing.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "models/speed_model.h"

namespace seatrial {

// Workloads "w0", "w1" .. with these profiles on one GPU type "gpu".
[[nodiscard]] inline SpeedTablesBuilder workloads_of(std::initializer_list<WorkloadProfile> profiles) {
  SpeedTablesBuilder builder;
  static_cast<void>(builder.gpu("gpu"));
  for (const WorkloadProfile& profile : profiles) {
    const std::string name = "w" + std::to_string(builder.build().workloads().size());
    builder.set_profile(builder.workload(name, 1), profile);
  }
  return builder;
}

// Speeds that a model gives to sharers.
[[nodiscard]] inline std::vector<double> speeds_under(const char* model, const SpeedTables& tables,
                                                      const Parameters& parameters,
                                                      const std::vector<Sharer>& sharers) {
  std::vector<double> speeds(sharers.size(), -1);
  find_sharing_model(model)->make(tables, parameters)->speeds(0, sharers, speeds);
  return speeds;
}

// Every mode under the model that suits it.
[[nodiscard]] inline SpeedModel usual_model(const SpeedTables& tables,
                                            std::uint16_t reference_gpu = SpeedTables::kAbsent) {
  SpeedModel::Models models;
  models[static_cast<std::size_t>(SharingMode::Share)] = find_sharing_model("pair-table")->make(tables, {});
  models[static_cast<std::size_t>(SharingMode::TimeSlicing)] = find_sharing_model("time-slicing")->make(tables, {});
  models[static_cast<std::size_t>(SharingMode::Mps)] = find_sharing_model("two-resource")->make(tables, {});
  models[static_cast<std::size_t>(SharingMode::Mig)] = find_sharing_model("mig")->make(tables, {});
  return {tables, std::move(models), reference_gpu};
}

}  // namespace seatrial

// What the calibrations that a scenario names (models.calibration) say of its run: speeds of work alone and in pairs,
// speed by share of SMs, power of GPUs, and what each of these numbers rests on. GPUs that were not measured get speeds
// by ratios of the catalogue, marked extrapolated. Used while a run is built and when it is described.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/speed_tables.h"
#include "scenarios/calibration_file.h"
#include "scenarios/spec.h"

namespace seatrial {

// Of a number: measured (a calibration of kind measured, or a table that the scenario names), published (a public table
// or data sheet), assumed (a default, or extrapolated from another GPU).
enum class Basis : std::uint8_t { Measured, Published, Assumed };

struct GpuPower {
  double idle_w = 0;
  double busy_w = 0;
  Basis basis = Basis::Assumed;
};

class CalibratedSpeed {
 public:
  CalibratedSpeed() = default;
  // Reads the files. Throws InputError.
  explicit CalibratedSpeed(const ScenarioSpec& spec);

  [[nodiscard]] bool empty() const { return calibrations_.empty(); }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  // Pairs and speeds alone that calibrations hold. First of all: what the scenario's own tables say wins.
  void add_measured(SpeedTablesBuilder& builder);
  // Speeds of these kinds of work, (name, GPUs of the gang), by batch and by share of SMs, and by ratio for GPU types
  // that were not measured. types: of the cluster's GPU models, (model, type).
  using Work = std::pair<std::string, std::uint32_t>;
  void add_work(const std::vector<Work>& work, const std::vector<std::pair<std::string, std::string>>& types,
                SpeedTablesBuilder& builder);

  // What the speed alone of this work on this GPU type rests on; nullopt: it is not known, full speed is assumed.
  [[nodiscard]] std::optional<Basis> basis(const std::string& type, const Work& work) const;
  // Of a catalogue GPU.
  [[nodiscard]] std::optional<GpuPower> power(const std::string& gpu_model) const;
  // "NVIDIA H200, 2026-11-28, measured: steps 3.1 %, power 4.0 % held out", one for each file.
  [[nodiscard]] std::vector<std::string> sources() const;

 private:
  struct Loaded {
    std::string file;
    Calibration calibration;
  };
  void note_speed(const std::string& type, const Work& work, double steps_per_s, Basis basis);
  void add_steps(const Loaded& from, const Work& work, SpeedTablesBuilder& builder);
  void add_sm_curve(const Loaded& from, const Work& work, SpeedTablesBuilder& builder);
  void extrapolate(const Work& work, const std::pair<std::string, std::string>& type, SpeedTablesBuilder& builder);
  void warn_once(std::string text);

  struct Known {
    double steps_per_s = 0;
    Basis basis = Basis::Assumed;
  };
  std::vector<Loaded> calibrations_;
  std::map<std::pair<std::string, Work>, Known> speeds_;  // by GPU type
  std::map<std::string, WorkloadProfile> profiles_;       // of works that have one, for ratios
  std::vector<std::string> warnings_;
};

// The id of the catalogue for "NVIDIA H200", "NVIDIA A100-SXM4-80GB", "h100_sxm"; empty where there is none.
[[nodiscard]] std::string catalog_id(const std::string& device);

}  // namespace seatrial

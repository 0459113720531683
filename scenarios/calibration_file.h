// Calibration files: fitted cost models with where they come from, the range they were fitted on and their errors on
// held-out points (docs/calibration.md). Written by `seatrial fit`, read by `fit predict`. Unknown schemas are refused.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/cost_family.h"

namespace seatrial {

inline constexpr const char* kCalibrationSchema = "seatrial.calibration/1";

struct CalibrationSource {
  std::string file;    // name, without folders
  std::string sha256;  // of its bytes
  std::size_t points = 0;
};

struct Calibration {
  std::string kind = "public";  // provenance of its parameters: measured (by the tool), public, assumed
  std::string device;           // "NVIDIA H200"; empty: several
  std::string date;             // of the measurements, as the caller or the samples say; empty: not told
  std::string tool_version;
  std::vector<CalibrationSource> sources;
  std::vector<std::string> notes;                                // licences, remarks
  std::vector<std::pair<std::string, std::string>> environment;  // "driver", ...: what the samples say of the machine
  std::vector<std::pair<std::string, std::string>> status;       // of probes: "ok", "unavailable: why"
  std::vector<FittedFamily> families;

  [[nodiscard]] const FittedFamily* find(std::string_view family) const;
};

// Throws InputError (all problems) and SystemError.
[[nodiscard]] Calibration read_calibration(const std::string& path);
[[nodiscard]] Calibration parse_calibration(std::string text, const std::string& file);
// Six significant digits; equal calibrations give equal text.
[[nodiscard]] std::string calibration_text(const Calibration& calibration);

}  // namespace seatrial

// How numbers, names and long rows are written in report.json. Internal to reports.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace seatrial {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kNameShown = 96;  // bytes of a name

struct DeviceReport;
struct ReportInput;

// A number as short as its four significant digits allow.
inline Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0;
  const double digits = 3 - std::floor(std::log10(std::fabs(value)));
  const double scale = std::pow(10.0, std::fabs(digits));
  const double out = digits >= 0 ? std::round(value * scale) / scale : std::round(value / scale) * scale;
  if (std::fabs(out) < 1e15 && out == std::floor(out)) return static_cast<std::int64_t>(out);
  return out;
}

// Milliseconds are kept of any instant.
inline Json seconds(double value) {
  const double out = std::round(value * 1000) / 1000;
  if (std::fabs(out) < 1e15 && out == std::floor(out)) return static_cast<std::int64_t>(out);
  return out;
}

// The first bytes of a text, whole characters only.
inline std::string clipped(const std::string& text, std::size_t most = kNameShown) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "\u2026";
}

// Index of the first value that is not 0, then the values up to the last that is not 0; null if there is none.
template <class Values, class Write>
Json sparse(const Values& values, Write write) {
  std::size_t first = 0;
  std::size_t end = values.size();
  while (first < end && values[first] == 0) ++first;
  while (end > first && values[end - 1] == 0) --end;
  if (first == end) return nullptr;
  Json out = Json::array({first});
  for (std::size_t i = first; i < end; ++i) out.push_back(write(values[i]));
  return out;
}

// report_devices_json.cpp; null where GPUs are neither cut nor shared.
[[nodiscard]] Json devices_json(const ReportInput& input, const DeviceReport& devices);

}  // namespace seatrial

// DCGM exporter's metrics as Prometheus gives them for a range; see import_measurements.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "sim/error.h"
#include "sim/text.h"
#include "traces/import_measurements.h"
#include "traces/json_input.h"
#include "traces/raw_samples.h"
#include "traces/run_profile.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

enum Metric : std::size_t { kUtil, kMemory, kPower, kEnergy, kGraphics, kSm, kTensor, kDram, kXid, kMetrics };
// Utilisation in percent, memory in MiB, power in W, energy in mJ since the driver was loaded, the rest ratios.
constexpr std::array<const char*, kMetrics> kNames{"DCGM_FI_DEV_GPU_UTIL",
                                                   "DCGM_FI_DEV_FB_USED",
                                                   "DCGM_FI_DEV_POWER_USAGE",
                                                   "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
                                                   "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
                                                   "DCGM_FI_PROF_SM_ACTIVE",
                                                   "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
                                                   "DCGM_FI_PROF_DRAM_ACTIVE",
                                                   "DCGM_FI_DEV_XID_ERRORS"};

using Series = std::map<double, double>;  // by second

struct Device {
  std::string pod;  // "namespace/pod", or the GPU where no pod is named
  std::string gpu;
  std::string model;
  std::array<Series, kMetrics> series;
};

class RangeReader {
 public:
  explicit RangeReader(std::string file) : file_(std::move(file)) {}

  void take(const Json& result, std::size_t index) {
    const std::string path = "data.result[" + std::to_string(index) + ']';
    const auto metric = result.is_object() ? result.find("metric") : result.end();
    const auto values = result.is_object() ? result.find("values") : result.end();
    if (!result.is_object() || metric == result.end() || !metric->is_object() || values == result.end() ||
        !values->is_array()) {
      return problem(path, "expected metric and values", "is this a range query (query_range)?");
    }
    const std::string name = label(*metric, "__name__");
    const auto known = std::find(kNames.begin(), kNames.end(), name);
    if (known == kNames.end()) return;
    Device& device = device_of(*metric);
    Series& series = device.series[static_cast<std::size_t>(known - kNames.begin())];
    for (std::size_t i = 0; i < values->size() && !problems_.full(); ++i) {
      take_value((*values)[i], path + ".values[" + std::to_string(i) + ']', series);
    }
  }

  std::vector<Device> devices() {
    problems_.throw_if_any();
    std::vector<Device> list;
    for (auto& [key, device] : devices_) list.push_back(std::move(device));
    return list;
  }

 private:
  void problem(const std::string& path, std::string what, std::string hint = {}) {
    problems_.add({file_}, path, std::move(what), std::move(hint));
  }

  static std::string label(const Json& metric, const char* name) {
    const auto at = metric.find(name);
    return at != metric.end() && at->is_string() ? to_utf8(at->get<std::string>()) : std::string();
  }

  Device& device_of(const Json& metric) {
    std::string gpu = label(metric, "UUID");
    if (gpu.empty()) gpu = label(metric, "Hostname") + "/gpu" + label(metric, "gpu");
    std::string pod = label(metric, "pod");
    // Exporters name the owner in `exported_pod` where Prometheus' own label would hide it.
    if (const std::string owner = label(metric, "exported_pod"); !owner.empty()) pod = owner;
    std::string space = label(metric, "namespace");
    if (const std::string owner = label(metric, "exported_namespace"); !owner.empty()) space = owner;
    Device& device = devices_[pod + '\n' + gpu];
    device.gpu = gpu;
    device.pod = pod.empty() ? gpu : (space.empty() ? pod : space + '/' + pod);
    if (device.model.empty()) device.model = label(metric, "modelName");
    return device;
  }

  // [seconds, "number"]
  void take_value(const Json& value, const std::string& path, Series& series) {
    const bool pair = value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_string();
    if (!pair) return problem(path, "expected [seconds, \"value\"]");
    const std::string& text = value[1].get_ref<const std::string&>();
    const double at_s = value[0].get<double>();
    if (text == "NaN" || text == "+Inf" || text == "-Inf" || !std::isfinite(at_s)) return;
    const std::optional<double> number = parse_number(text);
    if (!number) return problem(path, "\"" + seatrial::quoted(text) + "\" is no number");
    series[at_s] = *number;
  }

  std::string file_;
  Problems problems_;
  std::map<std::string, Device> devices_;
};

std::vector<Device> devices_of(const std::string& text, const std::string& file) {
  const Json root = parse_json(text, file);
  const Json* at = &root;
  for (const char* key : {"data", "result"}) {
    const auto next = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || next == at->end()) {
      throw InputError({file}, key, "missing", "expected Prometheus' answer to query_range");
    }
    at = &*next;
  }
  if (!at->is_array()) throw InputError({file}, "data.result", "expected a list of series");
  RangeReader reader(file);
  for (std::size_t i = 0; i < at->size(); ++i) reader.take((*at)[i], i);
  std::vector<Device> devices = reader.devices();
  if (devices.empty()) {
    throw InputError({file}, "data.result", "no metric of DCGM exporter", "for instance DCGM_FI_DEV_GPU_UTIL");
  }
  return devices;
}

std::optional<double> mean(const Series& series, double scale = 1) {
  if (series.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& [at_s, value] : series) sum += value;
  return std::max(0.0, scale * sum / static_cast<double>(series.size()));
}

// A counter that falls was begun anew: what it shows then has been used since.
double growth(const Series& series) {
  double sum = 0;
  double before = series.begin()->second;
  for (const auto& [at_s, value] : series) {
    sum += value >= before ? value - before : value;
    before = value;
  }
  return sum;
}

RunProfile profile_of_device(const Device& device) {
  RunProfile profile;
  profile.name = device.pod;
  profile.source = "dcgm";
  profile.device = device.model;
  double first_s = std::numeric_limits<double>::infinity();
  double last_s = -first_s;
  for (const Series& series : device.series) {
    if (series.empty()) continue;
    first_s = std::min(first_s, series.begin()->first);
    last_s = std::max(last_s, series.rbegin()->first);
  }
  profile.span_s = std::max(0.0, last_s - first_s);
  profile.busy_ratio = mean(device.series[kGraphics]);
  if (!profile.busy_ratio) profile.busy_ratio = mean(device.series[kUtil], 0.01);
  profile.sm_ratio = mean(device.series[kSm]);
  profile.tensor_ratio = mean(device.series[kTensor]);
  profile.dram_ratio = mean(device.series[kDram]);
  profile.power_w = mean(device.series[kPower]);
  if (!device.series[kEnergy].empty()) profile.energy_j = growth(device.series[kEnergy]) / 1000;
  for (const auto& [at_s, mib] : device.series[kMemory]) {
    profile.peak_memory_mib = std::max(profile.peak_memory_mib.value_or(0), mib);
  }
  use_counters(profile);
  return profile;
}

// XID_ERRORS keeps the last code: a failure is seen where it changes.
void add_failures(const Device& device, double first_s, std::vector<DeviceFailure>& failures) {
  double before = 0;
  for (const auto& [at_s, code] : device.series[kXid]) {
    if (code != 0 && code != before) failures.push_back({at_s - first_s, device.gpu, code});
    before = code;
  }
}

std::string profiles_of(const std::vector<Device>& devices) {
  double first_s = std::numeric_limits<double>::infinity();
  for (const Device& device : devices) {
    for (const Series& series : device.series) {
      if (!series.empty()) first_s = std::min(first_s, series.begin()->first);
    }
  }
  std::vector<RunProfile> profiles;
  std::vector<DeviceFailure> failures;
  for (const Device& device : devices) {
    profiles.push_back(profile_of_device(device));
    add_failures(device, first_s, failures);
  }
  std::sort(failures.begin(), failures.end(), [](const DeviceFailure& a, const DeviceFailure& b) {
    return std::pair(a.at_s, a.gpu) < std::pair(b.at_s, b.gpu);
  });
  return profiles_text(profiles, failures);
}

std::string power_samples(const std::vector<Device>& devices, const std::string& file) {
  const CostFamily& family = *find_cost_family("power");
  std::string text;
  for (const Device& device : devices) {
    const bool ratios = !device.series[kGraphics].empty();
    for (const auto& [at_s, value] : device.series[ratios ? kGraphics : kUtil]) {
      const auto watts = device.series[kPower].find(at_s);
      if (watts == device.series[kPower].end() || !(watts->second > 0)) continue;
      const double busy = std::clamp(ratios ? value : value / 100, 0.0, 1.0);
      text += raw_sample(family, family.layouts().front(),
                         {{device.model.empty() ? "unknown" : device.model}, {busy}, {watts->second}});
    }
  }
  if (text.empty()) {
    throw InputError({file}, "data.result", "no instant with both utilisation and power",
                     "ask for DCGM_FI_DEV_POWER_USAGE and DCGM_FI_DEV_GPU_UTIL with one step");
  }
  return text;
}

}  // namespace

std::string import_dcgm(const std::string& text, const std::string& file, DcgmResult result) {
  const std::vector<Device> devices = devices_of(text, file);
  return result == DcgmResult::Profiles ? profiles_of(devices) : power_samples(devices, file);
}

}  // namespace seatrial

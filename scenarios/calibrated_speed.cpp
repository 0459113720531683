// See calibrated_speed.h.
#include "scenarios/calibrated_speed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "models/gpu_catalog.h"
#include "models/sharing_fit.h"
#include "sim/text.h"

namespace seatrial {
namespace {

std::string letters_and_digits(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  return plain;
}

Basis basis_of(const Calibration& calibration) {
  if (calibration.kind == "measured") return Basis::Measured;
  return calibration.kind == "public" ? Basis::Published : Basis::Assumed;
}

// "ResNet-50 (batch size 64)" to the model and 64; nothing where the name states no batch.
struct BatchName {
  std::string model;
  double batch = 0;
};
std::optional<BatchName> batch_name(const std::string& work) {
  const std::string mark = " (batch size ";
  const std::size_t at = work.find(mark);
  if (at == std::string::npos || work.back() != ')') return std::nullopt;
  const auto batch = parse_number(std::string_view(work).substr(at + mark.size(), work.size() - at - mark.size() - 1));
  if (!batch || !(*batch > 0)) return std::nullopt;
  return BatchName{work.substr(0, at), *batch};
}

// "v100/ResNet-18 (batch size 16)/1"
struct PairKey {
  std::string gpu;
  CalibratedSpeed::Work work;
};
std::optional<PairKey> pair_key(const std::string& key) {
  const std::size_t first = key.find('/');
  const std::size_t last = key.rfind('/');
  if (first == std::string::npos || last == first) return std::nullopt;
  const auto gpus = parse_integer(std::string_view(key).substr(last + 1));
  if (!gpus || *gpus < 1 || *gpus > 1'000'000) return std::nullopt;
  return PairKey{key.substr(0, first), {key.substr(first + 1, last - first - 1), static_cast<std::uint32_t>(*gpus)}};
}

// The catalogue's entry for a GPU type of the tables: its own name, or the first model of that family ("v100").
const GpuModel* type_model(const std::string& type) {
  if (const GpuModel* exact = find_gpu_model(catalog_id(type))) return exact;
  const std::string prefix = type + '-';
  for (const GpuModel& model : gpu_catalog()) {
    if (model.id.rfind(prefix, 0) == 0) return &model;
  }
  return nullptr;
}

// Time on one GPU over that on another by the data sheets, split by what the work waits for.
std::optional<double> time_ratio(const GpuModel& to, const GpuModel& from, const WorkloadProfile& profile) {
  if (!to.memory_bw_gbs || !from.memory_bw_gbs) return std::nullopt;
  const double memory = *from.memory_bw_gbs / *to.memory_bw_gbs;
  const bool peaks = to.bf16_tflops && from.bf16_tflops && *to.bf16_tflops > 0;
  const double compute = peaks ? *from.bf16_tflops / *to.bf16_tflops : memory;
  const double parts = profile.compute_bound + profile.bandwidth_bound;
  if (!(parts > 0)) return std::sqrt(compute * memory);
  return (profile.compute_bound * compute + profile.bandwidth_bound * memory) / parts;
}

double best_holdout(const FittedFamily& family) {
  return family.held_out.empty() ? std::nan("") : family.held_out.front().errors.mean;
}

}  // namespace

std::string catalog_id(const std::string& device) {
  std::string plain = letters_and_digits(device);
  for (const char* maker : {"nvidia", "amd", "instinct", "tesla"}) {
    const std::string word = maker;
    if (plain.rfind(word, 0) == 0) plain.erase(0, word.size());
  }
  std::string best;
  std::size_t longest = 0;
  for (const GpuModel& model : gpu_catalog()) {
    const std::string id = letters_and_digits(model.id);
    if (id == plain || letters_and_digits(model.name) == letters_and_digits(device)) return model.id;
    if (plain.rfind(id, 0) == 0 && id.size() > longest) {
      longest = id.size();
      best = model.id;
    }
  }
  // Names of server boards say the memory behind the form: "A100-SXM4-80GB", "H100 80GB HBM3".
  if (plain.rfind("a100sxm480gb", 0) == 0) return "a100-80";
  if (plain.rfind("a100sxm440gb", 0) == 0) return "a100-40";
  if (plain.rfind("h10080gbhbm3", 0) == 0) return "h100-sxm";
  return best;
}

CalibratedSpeed::CalibratedSpeed(const ScenarioSpec& spec) {
  for (const InputRequest& request : spec.models.calibrations) {
    calibrations_.push_back({request.file, read_calibration(request.file)});
    const std::string id = catalog_id(calibrations_.back().calibration.device);
    if (id.empty()) continue;
    for (const PoolSpec& pool : spec.cluster.pools) {
      if (pool.gpu_model.empty() || pool.gpu_model == id) continue;
      warn_once(request.file + " was measured on " + calibrations_.back().calibration.device +
                "; speeds on other GPUs are extrapolated by ratios of the catalogue");
    }
  }
  for (const auto& [name, profile] : spec.models.work_profiles) profiles_.emplace(name, profile);
}

void CalibratedSpeed::warn_once(std::string text) {
  if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end()) warnings_.push_back(std::move(text));
}

void CalibratedSpeed::note_speed(const std::string& type, const Work& work, double steps_per_s, Basis basis) {
  speeds_.emplace(std::pair{type, work}, Known{steps_per_s, basis});
}

void CalibratedSpeed::add_measured(SpeedTablesBuilder& builder) {
  for (const Loaded& from : calibrations_) {
    const FittedFamily* pairs = from.calibration.find("pairs");
    if (pairs == nullptr) continue;
    for (const FittedCurve& curve : pairs->curves) {
      const std::optional<PairKey> own = pair_key(curve.key);
      if (!own) continue;
      const double alone = curve.parameter("steps_per_s");
      const std::uint16_t gpu = builder.gpu(own->gpu);
      const std::uint16_t work = builder.workload(own->work.first, own->work.second);
      if (gpu == SpeedTables::kAbsent || work == SpeedTables::kAbsent) continue;
      if (builder.set_isolated(gpu, work, alone)) note_speed(own->gpu, own->work, alone, basis_of(from.calibration));
      for (const auto& [key, speed] : curve.beside) {
        const std::optional<PairKey> other = pair_key(key);
        if (!other || other->gpu != own->gpu) continue;
        const std::uint16_t partner = builder.workload(other->work.first, other->work.second);
        if (partner != SpeedTables::kAbsent) (void)builder.set_colocated({gpu, work, partner}, speed * alone);
      }
    }
  }
}

void CalibratedSpeed::add_steps(const Loaded& from, const Work& work, SpeedTablesBuilder& builder) {
  const FittedFamily* steps = from.calibration.find("steps");
  const std::optional<BatchName> name = batch_name(work.first);
  if (steps == nullptr || !name || work.second > 1) return;
  for (const FittedCurve& curve : steps->curves) {
    const std::size_t slash = curve.key.rfind('/');
    if (slash == std::string::npos || curve.key.substr(0, slash) != name->model) continue;
    const std::string device = curve.key.substr(slash + 1);
    const std::string type = catalog_id(device).empty() ? device : catalog_id(device);
    const CostTime time =
        find_cost_family("steps")->predict(*steps, {{name->model, device}, {name->batch}, {}}).front();
    if (!(time.value > 0) || !std::isfinite(time.value)) continue;
    if (!steps->ranges.empty() && (name->batch < steps->ranges[0].first || name->batch > steps->ranges[0].second)) {
      warn_once(seatrial::quoted(work.first) + ": its batch is outside the range that " + from.file + " was fitted on");
    }
    const std::uint16_t gpu = builder.gpu(type);
    const std::uint16_t index = builder.workload(work.first, work.second);
    if (gpu == SpeedTables::kAbsent || index == SpeedTables::kAbsent) continue;
    if (builder.set_isolated(gpu, index, 1 / time.value)) {
      note_speed(type, work, 1 / time.value, time.extrapolated ? Basis::Assumed : basis_of(from.calibration));
    }
  }
}

// The curve's own form, as the knee and exponent that slices are rated with.
void CalibratedSpeed::add_sm_curve(const Loaded& from, const Work& work, SpeedTablesBuilder& builder) {
  const FittedFamily* curves = from.calibration.find("sm_curves");
  if (curves == nullptr) return;
  const std::optional<BatchName> name = batch_name(work.first);
  for (const FittedCurve& curve : curves->curves) {
    const std::size_t first = curve.key.find('/');
    const std::size_t last = curve.key.rfind('/');
    if (first == last) continue;
    const std::string of = curve.key.substr(first + 1, last - first - 1);
    if (of != work.first && (!name || of != name->model)) continue;
    std::vector<SmPoint> points;
    for (int eighth = 1; eighth <= 8; ++eighth) {
      const CostPoint at{{curve.key.substr(0, first), of, curve.key.substr(last + 1)}, {eighth * 16.0, 128}, {}};
      const CostTime speed = find_cost_family("sm_curves")->predict(*curves, at).front();
      if (speed.value > 0 && std::isfinite(speed.value)) points.push_back({eighth / 8.0, std::min(1.0, speed.value)});
    }
    if (points.size() < 3) continue;
    const SmCurve fit = fit_sm_curve(points);
    const std::uint16_t index = builder.workload(work.first, work.second);
    if (index == SpeedTables::kAbsent) return;
    WorkloadProfile profile = builder.profile(index);
    profile.sm_saturation = std::clamp(fit.saturation, 0.01, 1.0);
    profile.sm_exponent = std::clamp(fit.exponent, 0.01, 10.0);
    profiles_[work.first] = profile;
    builder.set_profile(index, profile);
    return;
  }
}

void CalibratedSpeed::extrapolate(const Work& work, const std::pair<std::string, std::string>& type,
                                  SpeedTablesBuilder& builder) {
  if (speeds_.count({type.second, work}) > 0) return;
  const GpuModel* to = find_gpu_model(type.first);
  if (to == nullptr) return;
  const auto profile = profiles_.find(work.first);
  const WorkloadProfile of = profile == profiles_.end() ? WorkloadProfile{} : profile->second;
  // Of the GPUs that were measured the most similar one by bandwidth.
  std::optional<double> nearest;
  double steps_per_s = 0;
  for (const auto& [key, known] : speeds_) {
    if (key.second != work || !(known.steps_per_s > 0)) continue;
    const GpuModel* source = type_model(key.first);
    const std::optional<double> ratio = source == nullptr ? std::nullopt : time_ratio(*to, *source, of);
    if (!ratio || !(*ratio > 0)) continue;
    const double distance = std::abs(std::log(*to->memory_bw_gbs / *source->memory_bw_gbs));
    if (nearest && distance >= *nearest) continue;
    nearest = distance;
    steps_per_s = known.steps_per_s / *ratio;
  }
  if (!nearest) return;
  const std::uint16_t gpu = builder.gpu(type.second);
  const std::uint16_t index = builder.workload(work.first, work.second);
  if (gpu == SpeedTables::kAbsent || index == SpeedTables::kAbsent) return;
  if (builder.set_isolated(gpu, index, steps_per_s)) {
    note_speed(type.second, work, steps_per_s, Basis::Assumed);
    warn_once("speeds on " + type.second + " are extrapolated by ratios of the catalogue");
  }
}

void CalibratedSpeed::add_work(const std::vector<Work>& work,
                               const std::vector<std::pair<std::string, std::string>>& types,
                               SpeedTablesBuilder& builder) {
  for (const Work& one : work) {
    for (const Loaded& from : calibrations_) {
      add_steps(from, one, builder);
      add_sm_curve(from, one, builder);
    }
    for (const auto& type : types) extrapolate(one, type, builder);
  }
}

std::optional<Basis> CalibratedSpeed::basis(const std::string& type, const Work& work) const {
  const auto at = speeds_.find({type, work});
  if (at != speeds_.end()) return at->second.basis;
  const auto alone = speeds_.find({type, {work.first, 1}});
  return alone == speeds_.end() ? std::nullopt : std::optional(alone->second.basis);
}

std::optional<GpuPower> CalibratedSpeed::power(const std::string& gpu_model) const {
  for (const Loaded& from : calibrations_) {
    const FittedFamily* power = from.calibration.find("power");
    if (power == nullptr) continue;
    for (const FittedCurve& curve : power->curves) {
      if (catalog_id(curve.key) != gpu_model) continue;
      const double idle_w = curve.parameter("idle_w");
      return GpuPower{idle_w, idle_w + curve.parameter("span_w"), basis_of(from.calibration)};
    }
  }
  return std::nullopt;
}

std::vector<std::string> CalibratedSpeed::sources() const {
  std::vector<std::string> lines;
  for (const Loaded& from : calibrations_) {
    const Calibration& calibration = from.calibration;
    std::string line = from.file.substr(from.file.rfind('/') + 1) + ": " +
                       (calibration.device.empty() ? "several devices" : calibration.device) + ", " +
                       (calibration.date.empty() ? "no date" : calibration.date) + ", " + calibration.kind;
    for (const FittedFamily& family : calibration.families) {
      std::array<char, 96> text{};
      std::snprintf(text.data(), text.size(), "%.1f %% held out", 100 * best_holdout(family));
      line += ", " + family.family + ' ' + text.data();
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace seatrial

// pairs: steps a second of two jobs on one GPU. Two resources that neither name nor counters are known of: what a
// workload suffers is, for each, its sensitivity times the other's pressure,
//   1 / speed(i beside j) - 1 = s1_i p1_j + s2_i p2_j,   all >= 0
// by alternating non-negative least squares over the measured pairs of a GPU type, each error relative to the measured
// slowdown. What that misses is alike among workloads whose names differ in their last number alone (batch sizes of one
// model): a surface over the logarithms of both numbers, fitted to the measured pairs of the two models, corrects it.
// Pairs that were measured are kept and win. Steps/s alone come from rows without a partner. The form of
// Gavel's throughputs; gangs of several GPUs never shared there, which is read as written.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"
#include "models/least_squares.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr int kRounds = 40;
constexpr double kSizeReach = 1.4;  // a factor of 4 in batch size: correlation of misses falls to 1/e
constexpr double kNoise = 0.1;      // variance of one measurement against that of the misses
constexpr std::size_t kResources = 2;
constexpr const char* kSensitivity[kResources] = {"sensitivity_1", "sensitivity_2"};
constexpr const char* kPressure[kResources] = {"pressure_1", "pressure_2"};

// "v100/ResNet-18 (batch size 16)/1": no name in the data has a slash, and one that has only reads oddly.
std::string curve_key(const std::string& gpu, const std::string& model, double scale) {
  return gpu + '/' + model + '/' + std::to_string(static_cast<long long>(scale));
}

struct Pair {
  std::size_t of = 0;
  std::size_t beside = 0;
  double slowdown = 1;
};

using Loads = std::vector<std::array<double, kResources>>;

// The loads of one side, given those of the other.
void solve_side(const std::vector<Pair>& pairs, bool sensitivities, Loads& own, const Loads& others) {
  std::vector<LinearProblem> problems(own.size(), LinearProblem(kResources));
  for (const Pair& pair : pairs) {
    const double weight = 1 / (pair.slowdown * pair.slowdown);
    const std::size_t unknown = sensitivities ? pair.of : pair.beside;
    const std::size_t known = sensitivities ? pair.beside : pair.of;
    problems[unknown].add(others[known], pair.slowdown - 1, weight);
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    // A little pull towards the mean load, so that few measurements do not run away.
    for (std::size_t r = 0; r < kResources; ++r) {
      std::array<double, kResources> unit{};
      unit[r] = 1;
      problems[i].add(unit, 0.5, 0.01);
    }
    const LinearFit fit = non_negative_least_squares(problems[i]);
    std::copy(fit.x.begin(), fit.x.end(), own[i].begin());
  }
}

// A workload's name without its last number, and the logarithm of that number; the whole name and 0 without one.
struct SizedName {
  std::string stem;
  double log_size = 0;
};

SizedName sized_name(const std::string& key) {
  const std::size_t gang = key.rfind('/');  // the number of GPUs is no size of the workload
  const std::size_t last = key.find_last_of("0123456789", gang == std::string::npos ? gang : gang - 1);
  if (gang == 0 || last == std::string::npos) return {key, 0};
  std::size_t first = last;
  while (first > 0 && key[first - 1] >= '0' && key[first - 1] <= '9') --first;
  const auto size = parse_number(std::string_view(key).substr(first, last + 1 - first));
  if (!size || !(*size > 0)) return {key, 0};
  return {key.substr(0, first) + '#' + key.substr(last + 1), std::log(*size)};
}

double excess_of_loads(const FittedCurve& of, const FittedCurve& beside) {
  double excess = 0;
  for (std::size_t r = 0; r < kResources; ++r) {
    excess += of.parameter(kSensitivity[r]) * beside.parameter(kPressure[r]);
  }
  return excess;
}

// Logarithm of what the two resources miss of the slowdown of `of` beside `beside`.
double missed(const FittedFamily& fitted, const FittedCurve& of, const FittedCurve& beside) {
  const SizedName own = sized_name(of.key);
  const SizedName other = sized_name(beside.key);
  std::vector<SurfacePoint> points;
  for (const FittedCurve& curve : fitted.curves) {
    const SizedName name = sized_name(curve.key);
    if (name.stem != own.stem) continue;
    for (const auto& [partner, speed] : curve.beside) {
      const SizedName partner_name = sized_name(partner);
      const FittedCurve* known = partner_name.stem == other.stem && speed > 0 ? fitted.find(partner) : nullptr;
      if (known == nullptr) continue;
      const double slowdown = 1 + excess_of_loads(curve, *known);
      points.push_back({{name.log_size, partner_name.log_size}, -std::log(speed * slowdown)});
    }
  }
  return ResidualSurface({{kSizeReach, kSizeReach}, kNoise}, std::move(points))
      .at(std::vector{own.log_size, other.log_size});
}

class PairFamily final : public CostFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "pairs"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "steps a second alone and beside another job: measured pairs, and two resources for the others";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return layouts_; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"other"}; }
  // The two names in order, so that both halves of a pair go together; rows without a partner are never held out.
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    if (point.keys.size() < 3) return {};
    return point.keys[0] + '/' + std::min(point.keys[1], point.keys[2]) + '/' + std::max(point.keys[1], point.keys[2]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one pair out"; }

  [[nodiscard]] std::vector<FittedCurve> fit(std::span<const CostPoint> points, bool intervals) const override;
  [[nodiscard]] std::vector<CostTime> predict(const FittedFamily& fitted, const CostPoint& point) const override;

 private:
  [[nodiscard]] static CostTime speed_beside(const FittedFamily& fitted, const std::string& key,
                                             const std::string& other);

  std::array<Columns, 2> layouts_{
      Columns{{"gpu_type", "model_a", "model_b"},
              {"scale_a", "scale_b"},
              {"steps_per_s_a", "steps_per_s_b"},
              /*any_time=*/false,
              /*rates=*/true},
      Columns{{"gpu_type", "model"}, {"scale_factor"}, {"steps_per_s"}, /*any_time=*/false, /*rates=*/true}};
};

// A GPU type: the workloads that pairs were measured of, and those pairs.
struct Measured {
  std::vector<FittedCurve*> workloads;
  std::map<std::string, std::size_t> index;
  std::vector<Pair> pairs;
};

void fit_loads(Measured& measured) {
  Loads sensitivity(measured.workloads.size());
  Loads pressure(measured.workloads.size());
  // Unequal starts: two equal resources would stay equal.
  for (std::size_t i = 0; i < pressure.size(); ++i) pressure[i] = {1, i % 2 == 0 ? 0.5 : 1.5};
  for (int round = 0; round < kRounds; ++round) {
    solve_side(measured.pairs, true, sensitivity, pressure);
    solve_side(measured.pairs, false, pressure, sensitivity);
  }
  for (std::size_t i = 0; i < measured.workloads.size(); ++i) {
    for (std::size_t r = 0; r < kResources; ++r) {
      measured.workloads[i]->parameters.emplace_back(kSensitivity[r], sensitivity[i][r]);
      measured.workloads[i]->parameters.emplace_back(kPressure[r], pressure[i][r]);
    }
  }
}

std::vector<FittedCurve> PairFamily::fit(std::span<const CostPoint> points, bool /*intervals*/) const {
  std::map<std::string, FittedCurve> curves;
  for (const CostPoint& point : points) {
    if (point.keys.size() != 2 || !(point.times[0] >= 0)) continue;
    const std::string key = curve_key(point.keys[0], point.keys[1], point.numbers[0]);
    FittedCurve& curve = curves[key];
    curve.key = key;
    if (curve.parameters.empty()) curve.parameters.emplace_back("steps_per_s", point.times[0]);
  }
  std::map<std::string, Measured> gpus;
  for (const CostPoint& point : points) {
    if (point.keys.size() != 3) continue;
    const std::array<std::string, 2> keys{curve_key(point.keys[0], point.keys[1], point.numbers[0]),
                                          curve_key(point.keys[0], point.keys[2], point.numbers[1])};
    for (std::size_t side = 0; side < 2; ++side) {
      const auto own = curves.find(keys[side]);
      const double alone = own == curves.end() ? 0 : own->second.parameter("steps_per_s");
      if (!(alone > 0) || !(point.times[side] >= 0)) continue;
      // Failed gangs of several GPUs are all of them: a rule, not worth a list.
      if (point.times[side] == 0 && (point.numbers[0] > 1 || point.numbers[1] > 1)) continue;
      const double speed = std::min(1.0, point.times[side] / alone);
      auto& beside = own->second.beside;
      const auto at = std::lower_bound(beside.begin(), beside.end(), std::pair{keys[1 - side], -1.0});
      if (at != beside.end() && at->first == keys[1 - side]) continue;
      beside.insert(at, {keys[1 - side], speed});
    }
  }
  for (auto& [key, curve] : curves) {
    if (curve.beside.empty()) continue;
    Measured& gpu = gpus[key.substr(0, key.find('/'))];
    gpu.index.emplace(key, gpu.workloads.size());
    gpu.workloads.push_back(&curve);
  }
  for (auto& [name, gpu] : gpus) {
    for (std::size_t i = 0; i < gpu.workloads.size(); ++i) {
      for (const auto& [other, speed] : gpu.workloads[i]->beside) {
        const auto beside = gpu.index.find(other);
        if (beside != gpu.index.end() && speed > 0) gpu.pairs.push_back({i, beside->second, 1 / speed});
      }
    }
    fit_loads(gpu);
  }
  std::vector<FittedCurve> fitted;
  for (auto& [key, curve] : curves) fitted.push_back(std::move(curve));
  return fitted;
}

CostTime PairFamily::speed_beside(const FittedFamily& fitted, const std::string& key, const std::string& other) {
  CostTime time{std::numeric_limits<double>::quiet_NaN(), true, ""};
  const FittedCurve* own = fitted.find(key);
  if (own == nullptr) {
    time.note = key + " was not measured alone";
    return time;
  }
  const double alone = own->parameter("steps_per_s");
  const auto at = std::lower_bound(own->beside.begin(), own->beside.end(), std::pair{other, -1.0});
  if (at != own->beside.end() && at->first == other) return {alone * at->second, false, "measured"};
  const FittedCurve* partner = fitted.find(other);
  if (own->beside.empty() || partner == nullptr || partner->beside.empty()) {
    time.note = "no pair of " + (own->beside.empty() ? key : other) + " is known to run";
    return time;
  }
  const double slowdown = (1 + excess_of_loads(*own, *partner)) * std::exp(missed(fitted, *own, *partner));
  return {alone / std::max(1.0, slowdown), false, "two resources"};
}

std::vector<CostTime> PairFamily::predict(const FittedFamily& fitted, const CostPoint& point) const {
  const std::string a = curve_key(point.keys[0], point.keys[1], point.numbers[0]);
  if (point.keys.size() == 2) {
    if (const FittedCurve* curve = fitted.find(a)) return {{curve->parameter("steps_per_s"), false, "measured"}};
    return {{std::numeric_limits<double>::quiet_NaN(), true, a + " was not measured alone"}};
  }
  const std::string b = curve_key(point.keys[0], point.keys[2], point.numbers[1]);
  return {speed_beside(fitted, a, b), speed_beside(fitted, b, a)};
}

}  // namespace

std::unique_ptr<const CostFamily> pair_family() { return std::make_unique<PairFamily>(); }

}  // namespace seatrial

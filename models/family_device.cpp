// sm_curves: speed of a workload on a part of a GPU's SMs, f = SMs used / SMs there, 1 = on all of them. Three forms,
// the best on held-out points is kept:
//   power      1 / (1 + (f0 / f)^(12 alpha))^(1/12): (f / f0)^alpha below f0, 1 above, rounded between
//   scaling    n / (1 + a (n - 1) + b n (n - 1)) over the same at all SMs (Gunther's universal scalability law)
//   roofline   1 / max(c / f, 1): arithmetic until memory bandwidth, which is not partitioned, limits
// power: watts by busy share u, P = idle + (busy - idle) u^q, per device. The forms of docs/calibration.md.
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"

namespace seatrial {
namespace {

constexpr double kKneeSharpness = 12;

class SmCurveFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "sm_curves"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "speed on a part of the SMs: power with a knee, universal scalability, or roofline, whichever predicts best";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_share"}; }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return joined_key(point.keys) + '/' + std::to_string(point.numbers[0]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one SM count out"; }
  [[nodiscard]] std::string scope(const CostPoint& point) const override { return joined_key(point.keys); }

 protected:
  // `first` and `second` are f0 and alpha, a and b, c and nothing.
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"form", 0, 0, 2}, {"first", 0.5, 1e-4, 4}, {"second", 0.5, 1e-6, 4}};
  }
  [[nodiscard]] std::size_t forms() const override { return 3; }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> sms) const override {
    const double share = sms[0] / sms[1];
    if (of[0] < 0.5) return 1 / soft_maximum(1, std::pow(of[1] / share, of[2]), kKneeSharpness);
    if (of[0] < 1.5) {
      const auto speed = [&](double n) { return n / (1 + of[1] * (n - 1) + of[2] * 1e-2 * n * (n - 1)); };
      return speed(sms[0]) / speed(sms[1]);
    }
    return 1 / soft_maximum(of[1] / share, 1, kKneeSharpness);
  }
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t /*time*/) const override {
    if (point.numbers[0] > point.numbers[1]) return no_curve("more SMs than the GPU has");
    return {joined_key(point.keys),
            {point.numbers[0], point.numbers[1]},
            {std::log(point.numbers[0] / point.numbers[1])},
            {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{1}, 1e-2}; }
  [[nodiscard]] bool chooses_shape() const override { return true; }

 private:
  Columns columns_{{"device", "workload", "beside"}, {"sms", "sms_total"}, {"speed"}};
};

class PowerFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "power"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "watts by busy share: idle + (busy - idle) u^q, and a table of what it misses";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"busy"}; }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return joined_key(point.keys) + '/' + std::to_string(static_cast<int>(10 * point.numbers[0]));
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave a tenth of the busy shares out"; }
  [[nodiscard]] std::string scope(const CostPoint& point) const override { return joined_key(point.keys); }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"idle_w", 70, 1, 1e4}, {"span_w", 400, 0, 1e5}, {"q", 1, 0.05, 8}};
  }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> busy) const override {
    return of[0] + of[1] * std::pow(busy[0], of[2]);
  }
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t /*time*/) const override {
    if (point.numbers[0] > 1) return no_curve("a busy share is at most 1");
    return {joined_key(point.keys), {point.numbers[0]}, {point.numbers[0]}, {}};
  }
  // Samples of one utilisation differ by what ran: smoothed rather than followed.
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{0.3}, 1}; }

 private:
  Columns columns_{{"device"}, {"busy"}, {"power_w"}, false, false, /*from_zero=*/true};
};

}  // namespace

std::unique_ptr<const CostFamily> sm_curve_family() { return std::make_unique<SmCurveFamily>(); }
std::unique_ptr<const CostFamily> power_family() { return std::make_unique<PowerFamily>(); }

}  // namespace seatrial

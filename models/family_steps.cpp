// steps: seconds of a training step by batch on one device,
//   t = max(floor, a + c batch),
// rounded where the two meet, and a table of what it misses (odd batches take slower kernels). transfers: microseconds
// to move bytes, alpha + bytes / bandwidth, per device and way (pinned host to device, copy on the device, ...), with a
// table that holds the steps between caches.
#include <algorithm>
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"

namespace seatrial {
namespace {

constexpr double kFloorSharpness = 16;

class StepFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "steps"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time of a training step by batch: a floor, then a line, and a table of what it misses";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_batch"}; }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return joined_key(point.keys) + '/' + std::to_string(point.numbers[0]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one batch out"; }
  [[nodiscard]] std::string scope(const CostPoint& point) const override { return joined_key(point.keys); }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"floor_s", 1e-3, 1e-9, 1e6}, {"a_s", 1e-3, 0, 1e6}, {"c_s", 1e-3, 1e-12, 1e6}};
  }
  // A floor at the fastest step, and the slope of the quarter with the least time for each of the batch.
  void improve_start(std::span<const CurvePoint> points, std::span<const double> times,
                     std::vector<double>& start) const override {
    std::vector<double> each;
    for (std::size_t i = 0; i < points.size(); ++i) each.push_back(times[i] / points[i].features[0]);
    std::sort(each.begin(), each.end());
    start[0] = *std::min_element(times.begin(), times.end());
    start[1] = start[0] / 2;
    start[2] = each[each.size() / 4];
  }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> batch) const override {
    return soft_maximum(of[0], of[1] + of[2] * batch[0], kFloorSharpness);
  }
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t /*time*/) const override {
    return {joined_key(point.keys), {point.numbers[0]}, {std::log(point.numbers[0])}, {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{2}, 1e-3}; }
  [[nodiscard]] bool chooses_shape() const override { return true; }

 private:
  Columns columns_{{"model", "device"}, {"batch"}, {"step_time_s"}};
};

class TransferFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "transfers"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time to move bytes: latency and bandwidth, and a table of what they miss";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_bytes"}; }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return joined_key(point.keys) + '/' + std::to_string(point.numbers[0]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one size out"; }
  [[nodiscard]] std::string scope(const CostPoint& point) const override { return joined_key(point.keys); }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"alpha_us", 5, 0, 1e9}, {"us_per_mb", 1, 0, 1e9}};
  }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> bytes) const override {
    return of[0] + of[1] * bytes[0] / 1e6;
  }
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t /*time*/) const override {
    return {joined_key(point.keys), {point.numbers[0]}, {std::log(point.numbers[0])}, {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{4}, 1e-3}; }
  [[nodiscard]] bool chooses_shape() const override { return true; }
  [[nodiscard]] bool is_linear() const override { return true; }

 private:
  Columns columns_{{"device", "way"}, {"bytes"}, {"latency_us"}};
};

}  // namespace

std::unique_ptr<const CostFamily> step_family() { return std::make_unique<StepFamily>(); }
std::unique_ptr<const CostFamily> transfer_family() { return std::make_unique<TransferFamily>(); }

}  // namespace seatrial

// gemm: time of a matrix product C[m,n] = A[m,k] B[n,k]' by shape, type and software stack. A smooth roofline
//   t = (( 2 m n k / (e_c P) )^p + ( bytes / (e_m BW) )^p)^(1/p) + t0
// and a table of what it misses over log m and log n k. P and BW are those of the H200 in the GPU catalogue (data
// sheet); bytes counts A, B and C once, C in two bytes. The form of aiconfigurator's GEMM tables.
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"
#include "models/gpu_catalog.h"
#include "sim/check.h"

namespace seatrial {
namespace {

struct NumberType {
  const char* prefix;  // of the names it goes by
  const char* curve;   // name on the curves' keys
  double operand_bytes;
  double peak_of_bf16;  // dense rate of the tensor cores relative to bfloat16
};
// fp8 and int8 run at twice the rate of the 16-bit types on Hopper (H100 data sheet); tf32 at half, fp32
// without tensor cores and fp64 with them at 67 of 989 TFLOP/s.
constexpr NumberType kNumberTypes[] = {
    {"bfloat16", "bfloat16", 2, 1}, {"bf16", "bfloat16", 2, 1},    {"float16", "bfloat16", 2, 1},
    {"fp16", "bfloat16", 2, 1},     {"half", "bfloat16", 2, 1},    {"fp8", "fp8", 1, 2},
    {"float8", "fp8", 1, 2},        {"int8", "int8", 1, 2},        {"tf32", "tf32", 4, 0.5},
    {"fp32", "fp32", 4, 0.068},     {"float32", "fp32", 4, 0.068}, {"fp64", "fp64", 8, 0.068},
    {"float64", "fp64", 8, 0.068},
};

const NumberType* number_type(const std::string& name) {
  for (const NumberType& type : kNumberTypes) {
    if (name.rfind(type.prefix, 0) == 0) return &type;
  }
  return nullptr;
}

class GemmFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "gemm"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time of a matrix product: smooth roofline with a table of what it misses";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_m", "log_weights", "log_aspect"}; }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return std::to_string(point.numbers[1]) + "x" + std::to_string(point.numbers[2]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one weight shape out"; }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"e_c", 0.8, 0.02, 1.5}, {"e_m", 0.8, 0.02, 1.5}, {"t0_us", 3, 0.01, 1000}, {"p", 3, 1, 12}};
  }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> features) const override {
    return soft_maximum(features[0] / of[0], features[1] / of[1], of[3]) + of[2];
  }
  // Features: microseconds at peak rate and at peak bandwidth.
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t /*time*/) const override {
    const NumberType* type = number_type(point.keys[1]);
    if (type == nullptr) return no_curve("unknown number type " + point.keys[1]);
    const double m = point.numbers[0];
    const double n = point.numbers[1];
    const double k = point.numbers[2];
    const GpuModel* gpu = find_gpu_model("h200");
    CHECK(gpu != nullptr && gpu->bf16_tflops && gpu->memory_bw_gbs);
    const double bytes = type->operand_bytes * (m * k + n * k) + 2 * m * n;
    const std::vector<std::string> key{point.keys[0], type->curve};
    return {joined_key(key),
            {2 * m * n * k / (*gpu->bf16_tflops * type->peak_of_bf16 * 1e6), bytes / (*gpu->memory_bw_gbs * 1e3)},
            {std::log(m), std::log(n * k) / 2, std::log(n / k) / 2},
            {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{6, 6, 3}, 1e-2}; }
  // Another stack with the same type; where there is none, fp8 stands for int8.
  [[nodiscard]] std::vector<std::string> substitutes(const std::string& key,
                                                     const FittedFamily& fitted) const override {
    std::string type = key_parts(key).back();
    if (type == "int8") type = "fp8";
    std::vector<std::string> keys;
    for (const FittedCurve& curve : fitted.curves) {
      if (key_parts(curve.key).back() == type) keys.push_back(curve.key);
    }
    return keys;
  }

 private:
  Columns columns_{{"source", "dtype"}, {"m", "n", "k"}, {"latency_us"}};
};

}  // namespace

std::unique_ptr<const CostFamily> gemm_family() { return std::make_unique<GemmFamily>(); }

}  // namespace seatrial

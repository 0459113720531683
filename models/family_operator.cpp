// operators: time of the token-wise operators of a transformer layer by device, model, tensor parallelism and tokens. A
// roofline per device and operator whose operations and bytes follow from the model's sizes,
//   t = ( (flop / (e_c P))^p + (bytes / (e_m BW))^p )^(1/p) + t0
// and a table of what it misses over log tokens and log width. The form of Vidur's MLP profiles (medians, ms).
#include <array>
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"
#include "models/gpu_catalog.h"
#include "models/llm_shapes.h"

namespace seatrial {
namespace {

struct Work {
  double flop = 0;
  double bytes = 0;
  double width = 1;  // bytes that do not depend on the number of tokens, or that each token adds
};

// A matrix product of `tokens` rows by weights of n x k, 16-bit numbers.
Work product(double tokens, double n, double k) {
  return {2 * tokens * n * k, 2 * (n * k + tokens * (n + k)), 2 * n * k};
}
// Work that moves this many 16-bit numbers a token.
Work stream(double tokens, double numbers) { return {0, 2 * tokens * numbers, 2 * numbers}; }

constexpr std::array<const char*, 10> kOperators{
    "emb",         "input_layernorm", "attn_pre_proj", "attn_rope", "attn_post_proj", "post_attention_layernorm",
    "mlp_up_proj", "mlp_act",         "mlp_down_proj", "add"};

Work work_of(std::size_t op, const LlmShape& shape, double tp, double tokens) {
  const double kv = shape.kv_heads * shape.head();
  const double ffn = shape.feed_forward / tp;
  const double gates = shape.gated ? 2 : 1;
  switch (op) {
    case 0:
      return stream(tokens, 2 * shape.hidden);
    case 2:
      return product(tokens, (shape.hidden + 2 * kv) / tp, shape.hidden);
    case 3:
      return stream(tokens, 2 * (shape.hidden + kv) / tp);
    case 4:
      return product(tokens, shape.hidden, shape.hidden / tp);
    case 6:
      return product(tokens, gates * ffn, shape.hidden);
    case 7:
      return stream(tokens, (gates + 1) * ffn);
    case 8:
      return product(tokens, shape.hidden, ffn);
    case 9:
      return stream(tokens, 3 * shape.hidden);
    default:
      return stream(tokens, 2 * shape.hidden);
  }
}

class OperatorFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "operators"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time of a transformer layer's operators by tokens: roofline with a table of what it misses";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override { return {"log_tokens", "log_width"}; }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return point.keys[0] + '/' + point.keys[1] + '/' + std::to_string(point.numbers[0]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one (device, model, tp) out"; }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"e_c", 0.7, 0.02, 1.5}, {"e_m", 0.7, 0.02, 4}, {"t0_ms", 0.01, 1e-4, 10}, {"p", 3, 1, 12}};
  }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> features) const override {
    return soft_maximum(features[0] / of[0], features[1] / of[1], of[3]) + of[2];
  }
  // Features: milliseconds at peak rate and at peak bandwidth.
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t time) const override {
    const LlmShape* shape = find_llm_shape(point.keys[1]);
    if (shape == nullptr) return no_curve("the sizes of the model " + point.keys[1] + " are not known");
    const GpuModel* gpu = device(point.keys[0]);
    if (gpu == nullptr || !gpu->bf16_tflops || !gpu->memory_bw_gbs) {
      return no_curve("the device " + point.keys[0] + " is not in the GPU catalogue");
    }
    const Work work = work_of(time, *shape, point.numbers[0], point.numbers[1]);
    const std::vector<std::string> key{point.keys[0], kOperators[time]};
    return {joined_key(key),
            {work.flop / (*gpu->bf16_tflops * 1e9), work.bytes / (*gpu->memory_bw_gbs * 1e6)},
            {std::log(point.numbers[1]), std::log(work.width)},
            {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{6, 3}, 1e-2}; }
  // The same operator on every device that was measured: its efficiencies, with the rates of this device.
  [[nodiscard]] std::vector<std::string> substitutes(const std::string& key,
                                                     const FittedFamily& fitted) const override {
    std::vector<std::string> keys;
    for (const FittedCurve& curve : fitted.curves) {
      if (key_parts(curve.key).back() == key_parts(key).back()) keys.push_back(curve.key);
    }
    return keys;
  }

 private:
  static const GpuModel* device(const std::string& name) {
    if (name == "a100") return find_gpu_model("a100-80");  // Vidur's are of 80 GB
    if (name == "h100") return find_gpu_model("h100-sxm");
    return find_gpu_model(name);
  }

  Columns columns_{
      {"device", "model"}, {"tp", "num_tokens"}, {kOperators.begin(), kOperators.end()}, /*any_time=*/true};
};

}  // namespace

std::unique_ptr<const CostFamily> operator_family() { return std::make_unique<OperatorFamily>(); }

}  // namespace seatrial

// serving: time to the first token and time per output token of an inference service under a steady load, by engine,
// model, GPU, number type, prompt and output length, requests in flight and GPUs. N parameters of w bytes, L layers, B
// requests, tp GPUs, and the prefill of one prompt at the peak rate, F = 2 N isl / (tp P):
//   first  = h + a F / e_c + b B F / e_c (1 + isl / osl s)           prompts wait for those before them
//   output = ( (L h)^3 + ((N w + kv context B) / (tp e_m BW))^3 )^(1/3) + m B F / (osl e_c)     and share with decodes
// with a table of what each misses. The form of aiconfigurator's measured points (`silicon_`).
#include <algorithm>
#include <array>
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"
#include "models/gpu_catalog.h"
#include "models/llm_shapes.h"

namespace seatrial {
namespace {

constexpr std::size_t kFirst = 0;

struct Precision {
  const char* name;
  double weight_bytes;
  double peak_of_bf16;  // dense tensor rate relative to bfloat16
};
// fp8 runs at twice the rate of 16-bit numbers, fp4 at twice that again where the GPU has it (data sheets of H100,
// B200).
constexpr std::array<Precision, 3> kPrecisions{{{"fp4", 0.5, 4}, {"fp8", 1, 2}, {"", 2, 1}}};

const Precision* precision_of(const std::string& name) {
  for (const Precision& precision : kPrecisions) {
    if (name == precision.name) return &precision;
  }
  const bool sixteen = name == "bf16" || name == "bfloat16" || name == "fp16" || name == "float16";
  return sixteen ? &kPrecisions.back() : nullptr;
}

// "h100_sxm": a catalogue name with other signs, or the form of that GPU on a server board.
const GpuModel* gpu_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  if (const GpuModel* gpu = find_gpu_model(name)) return gpu;
  const std::size_t form = name.find("-sxm");
  return form == std::string::npos ? nullptr : find_gpu_model(name.substr(0, form));
}

class ServingFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "serving"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "time to first token and per output token of a loaded service: roofline with waiting, and a table";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override {
    return {"log_isl", "log_osl", "log_batch", "log_tp", "log_bandwidth", "log_weight_bytes", "log_parameters"};
  }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return joined_key(point.keys) + '/' + std::to_string(point.numbers[3]);
  }
  [[nodiscard]] std::string_view group_name() const override {
    return "leave one (engine, model, system, precision, tp) out";
  }
  [[nodiscard]] std::string scope(const CostPoint& point) const override { return point.keys[0] + '/' + point.keys[3]; }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"host_ms", 0.1, 0.001, 1000},
            {"efficiency_compute", 0.5, 0.02, 1.5},
            {"efficiency_memory", 0.6, 0.02, 1.5},
            {"own", 1, 0.01, 50},
            {"waiting", 0.2, 0, 50},
            {"mixing", 0.5, 0, 50}};
  }
  // Features: which time, layers, prefill of a prompt and reads of a step in ms at peak, requests, output tokens.
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> x) const override {
    const double prefill_ms = x[2] / of[1];
    if (x[0] == kFirst) return of[0] + of[3] * prefill_ms + of[4] * x[4] * prefill_ms;
    return soft_maximum(x[1] * of[0], x[3] / of[2], 3) + of[5] * x[4] * prefill_ms / x[5];
  }
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t time) const override {
    const LlmShape* shape = find_llm_shape(point.keys[1]);
    const GpuModel* gpu = gpu_of(point.keys[2]);
    const Precision* precision = precision_of(point.keys[3]);
    if (shape == nullptr) return no_curve("the sizes of the model " + point.keys[1] + " are not known");
    if (gpu == nullptr || !gpu->bf16_tflops || !gpu->memory_bw_gbs) {
      return no_curve("the system " + point.keys[2] + " is not known");
    }
    if (precision == nullptr) return no_curve("unknown precision " + point.keys[3]);
    const double isl = point.numbers[0];
    const double osl = point.numbers[1];
    const double batch = point.numbers[2];
    const double gpus = point.numbers[3] * point.numbers[4];
    const double prefill_ms = 2 * shape->parameters * isl / (gpus * *gpu->bf16_tflops * precision->peak_of_bf16 * 1e9);
    const double bytes =
        precision->weight_bytes * shape->parameters + shape->kv_bytes_per_token() * batch * (isl + osl / 2);
    const double read_ms = bytes / (gpus * *gpu->memory_bw_gbs * 1e6);
    return {point.keys[0] + '/' + (*precision->name == 0 ? "16-bit" : precision->name) +
                (time == kFirst ? "/first" : "/output"),
            {static_cast<double>(time), shape->layers, prefill_ms, read_ms, batch, osl},
            {std::log(isl), std::log(osl), std::log(batch), std::log(gpus), std::log(*gpu->memory_bw_gbs),
             std::log(precision->weight_bytes), std::log(shape->parameters)},
            {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{3, 3, 3, 3, 2, 2, 3}, 1e-2}; }
  // The same time of this engine with other numbers, else of other engines.
  [[nodiscard]] std::vector<std::string> substitutes(const std::string& key,
                                                     const FittedFamily& fitted) const override {
    const std::vector<std::string> wanted = key_parts(key);
    std::vector<std::string> same;
    std::vector<std::string> others;
    for (const FittedCurve& curve : fitted.curves) {
      const std::vector<std::string> parts = key_parts(curve.key);
      if (parts.back() != wanted.back()) continue;
      (parts.front() == wanted.front() ? same : others).push_back(curve.key);
    }
    return same.empty() ? others : same;
  }

 private:
  Columns columns_{{"backend", "model_path", "system", "precision"},
                   {"isl", "osl", "batch_size", "tp_size", "pp_size"},
                   {"silicon_ttft_ms", "silicon_tpot_ms"},
                   /*any_time=*/true};
};

}  // namespace

std::unique_ptr<const CostFamily> serving_family() { return std::make_unique<ServingFamily>(); }

}  // namespace seatrial

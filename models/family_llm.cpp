// llm: prompt and token times of a served language model by model, hardware, tensor parallelism, prompt and batch size,
// as a whole request batch sees them. T = prompt x batch tokens, N parameters, L layers, W = 2 N bytes, kv bytes a
// token:
//   prompt = ( (L h)^p + ( c (1 + q T / 8192) )^p )^(1/p) + x,   c = 2 N T / (tp e_c P)
//   token  = ( (L h)^p + ( (W + kv context) / (tp e_m BW) )^p )^(1/p) + L batch s
// A batch whose weights, keys and values do not fit the memory was run in parts: its prompt time is that of a part.
// h: host and launch time of a layer; x: all-reduces of the activations over the links. Tables of what each misses.
// The form of Splitwise's measurements (its engine of 2023 had no CUDA graphs: h is large).
#include <algorithm>
#include <cmath>

#include "models/cost_curve.h"
#include "models/cost_family_entries.h"
#include "models/gpu_catalog.h"
#include "models/llm_shapes.h"

namespace seatrial {
namespace {

constexpr std::size_t kPrompt = 0;

// What the three batches that were split tell of the engine: 64 prompts of 512 tokens on two GPUs of 80 GB (0.95 of the
// memory) were, 32 of them (0.90) were not, and the prompt times were those of 4.
constexpr double kUsableMemory = 0.92;
constexpr double kPartOfBatch = 4;

struct Hardware {
  const GpuModel* gpu = nullptr;
  bool capped = false;  // run under a power limit
};

// "h100-80gb-pcap": a catalogue name, or the family of a GPU that comes on a server board.
Hardware hardware_of(std::string name) {
  Hardware found;
  const std::string suffix = "-pcap";
  if (name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0) {
    found.capped = true;
    name.resize(name.size() - suffix.size());
  }
  found.gpu = find_gpu_model(name);
  if (found.gpu == nullptr && name.rfind("a100-80", 0) == 0) found.gpu = find_gpu_model("a100-80");
  if (found.gpu == nullptr && name.rfind("h100", 0) == 0) found.gpu = find_gpu_model("h100-sxm");
  if (found.gpu == nullptr && name.rfind("h200", 0) == 0) found.gpu = find_gpu_model("h200");
  return found;
}

class LlmFamily final : public CurveFamily {
 public:
  [[nodiscard]] std::string_view name() const override { return "llm"; }
  [[nodiscard]] std::string_view sentence() const override {
    return "prompt and token time of a served language model: roofline with host time, and a table of what it misses";
  }
  [[nodiscard]] std::span<const Columns> layouts() const override { return {&columns_, 1}; }
  [[nodiscard]] std::vector<std::string> axes() const override {
    return {"log_prompt",    "log_batch", "log_tensor_parallel", "log_token_size",
            "log_bandwidth", "power_cap", "log_parameters"};
  }
  [[nodiscard]] std::string group(const CostPoint& point) const override {
    return point.keys[0] + '/' + point.keys[1] + '/' + std::to_string(point.numbers[0]);
  }
  [[nodiscard]] std::string_view group_name() const override { return "leave one (model, hardware, tp) out"; }
  [[nodiscard]] std::string scope(const CostPoint& /*point*/) const override { return {}; }

 protected:
  [[nodiscard]] std::vector<Parameter> parameters() const override {
    return {{"host_ms", 0.4, 0.001, 10},
            {"efficiency", 0.6, 0.02, 1.5},
            {"capped_speed", 0.8, 0.1, 1},
            {"slope", 0.1, 0, 10},
            {"link_share", 0.3, 0.01, 10}};
  }
  [[nodiscard]] double formula(std::span<const double> of, std::span<const double> x) const override {
    const bool prompt = x[0] == kPrompt;
    const double speed = of[1] * (x[1] > 0 ? of[2] : 1);
    const double host_ms = of[0] * x[2];
    constexpr double kSharpness = 3;
    if (prompt) {
      return soft_maximum(host_ms, x[3] / speed * (1 + of[3] * x[4] / 8192), kSharpness) + x[5] / of[4];
    }
    return soft_maximum(host_ms, x[3] / speed, kSharpness) + of[3] * x[4] * x[2] * 0.01;
  }
  // Features: which time, capped, layers, milliseconds at peak, tokens or sequences, milliseconds on the links.
  [[nodiscard]] CurvePoint curve_point(const CostPoint& point, std::size_t time) const override {
    const LlmShape* shape = find_llm_shape(point.keys[0]);
    const Hardware hardware = hardware_of(point.keys[1]);
    if (shape == nullptr) return no_curve("the sizes of the model " + point.keys[0] + " are not known");
    if (hardware.gpu == nullptr || !hardware.gpu->bf16_tflops || !hardware.gpu->memory_bw_gbs) {
      return no_curve("the hardware " + point.keys[1] + " is not known");
    }
    const double tp = point.numbers[0];
    const double prompt = point.numbers[1];
    const double batch = point.numbers[2];
    const double tokens = point.numbers[3];
    const double capped = hardware.capped ? 1 : 0;
    std::vector<double> place{std::log(prompt),
                              std::log(batch),
                              std::log(tp),
                              std::log(tokens),
                              std::log(*hardware.gpu->memory_bw_gbs),
                              capped,
                              std::log(shape->parameters)};
    if (time == kPrompt) {
      const double held = 2 * shape->parameters + shape->kv_bytes_per_token() * batch * (prompt + tokens);
      const bool splits = hardware.gpu->memory_gb && held > kUsableMemory * tp * *hardware.gpu->memory_gb * 1e9;
      const double together = splits ? std::min(batch, kPartOfBatch) : batch;
      place[1] = std::log(together);
      const double all = prompt * together;
      const double compute_ms = 2 * shape->parameters * all / (tp * *hardware.gpu->bf16_tflops * 1e9);
      const double reduced_bytes = 2 * shape->layers * all * shape->hidden * 2 * 2 * (tp - 1) / tp;
      return {"prompt", {0, capped, shape->layers, compute_ms, all, reduced_bytes / (300e9 / 1e3)}, place, {}};
    }
    const double bytes = 2 * shape->parameters + shape->kv_bytes_per_token() * batch * (prompt + tokens / 2);
    const double read_ms = bytes / (tp * *hardware.gpu->memory_bw_gbs * 1e6);
    return {"token", {1, capped, shape->layers, read_ms, batch, 0}, place, {}};
  }
  [[nodiscard]] SurfaceShape surface_shape() const override { return {{6, 6, 4, 40, 4, 4, 4}, 1e-4}; }
  [[nodiscard]] bool chooses_shape() const override { return true; }

 private:
  Columns columns_{{"model", "hardware"},
                   {"tensor_parallel", "prompt_size", "batch_size", "token_size"},
                   {"prompt_ms_median", "token_ms_median"},
                   /*any_time=*/true};
};

}  // namespace

std::unique_ptr<const CostFamily> llm_family() { return std::make_unique<LlmFamily>(); }

}  // namespace seatrial

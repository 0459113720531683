// Work by batch, language models, power by busy share; see probes.h.
#include <array>
#include <cmath>

#include "tools/calibrate/gpu_work.h"
#include "tools/calibrate/probes.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr TimingRules kStep{0.15, 10, 1.5};
constexpr double kUsPerS = 1e6;
constexpr int kLlmLayers = 8;   // measured
constexpr int kAllLayers = 32;  // of the model that they are layers of

struct Swept {
  const char* name;
  std::array<int, 9> batches;  // 0: none
};
// Multiples of eight and a few that are none: those take slower kernels.
constexpr std::array<Swept, 4> kSwept{{{"transformer_h1024", {1, 2, 4, 8, 12, 16, 24, 32, 64}},
                                       {"transformer_h4096", {1, 2, 4, 6, 8, 16, 0, 0, 0}},
                                       {"convolutions", {8, 16, 20, 32, 64, 100, 128, 256, 0}},
                                       {"embedding", {4, 8, 16, 32, 0, 0, 0, 0, 0}}}};

void time_step(ProbeContext& context, const char* name, int batch) {
  const auto work = make_work(context.session, name, batch);
  const Timing timing = context.session.time([&] { work->step(); }, kStep);
  Json line{{"k", "steps"}, {"model", name}, {"device", context.device_id}, {"batch", batch}};
  SampleWriter::put(line, "step_time_s", timing, kUsPerS);
  if (work->flop() > 0) line["tflops"] = work->flop() / timing.median_us / 1e6;
  context.out.add(line);
}

void time_llm(ProbeContext& context, const LlmStep& step) {
  const auto work = make_llm(context.session, step);
  Timing timing = context.session.time([&] { work->step(); }, kStep);
  const double all = static_cast<double>(kAllLayers) / kLlmLayers;
  for (double* us : {&timing.median_us, &timing.p10_us, &timing.p90_us}) *us *= all;
  const bool prefill = step.prefill > 0;
  Json line{{"k", "llm"},
            {"model", "llama3-8b"},
            {"hardware", context.device_id},
            {"tensor_parallel", 1},
            {"prompt_size", prefill ? step.prefill : step.context},
            {"batch_size", step.batch},
            {"token_size", 1},
            {"layers_measured", kLlmLayers}};
  SampleWriter::put(line, prefill ? "prompt_ms_median" : "token_ms_median", timing, 1000);
  context.out.add(line);
}

}  // namespace

void probe_steps(ProbeContext& context) {
  for (const Swept& swept : kSwept) {
    for (const int batch : swept.batches) {
      if (batch == 0) continue;
      if (context.out_of_time()) throw Unavailable("the phase was out of time after some batches");
      time_step(context, swept.name, batch);
    }
  }
}

void probe_llm(ProbeContext& context) {
  for (const int context_tokens : {128, 512, 2048, 8192}) {
    for (const int batch : {1, 4, 16, 64, 256}) {
      if (context_tokens >= 8192 && batch > 64) continue;  // the cache of longer ones is all of the memory
      if (context.out_of_time()) throw Unavailable("the phase was out of time after some batches");
      time_llm(context, {.layers = kLlmLayers, .batch = batch, .context = context_tokens});
    }
  }
  for (int tokens = 32; tokens <= 8192; tokens *= 4) {
    if (context.out_of_time()) throw Unavailable("the phase was out of time after some batches");
    time_llm(context, {.layers = kLlmLayers, .prefill = tokens});
  }
}

void probe_power(ProbeContext& context) {
  const Nvml& nvml = context.session.nvml();
  if (!nvml.present()) throw Unavailable(nvml.why_absent());
  const auto add = [&](double busy, double watts) {
    if (!(watts > 0)) throw Unavailable("NVML does not tell the power");
    context.out.add({{"k", "power"}, {"device", context.session.facts().name}, {"busy", busy}, {"power_w", watts}});
  };
  for (const double duty : {0.1, 0.25, 0.5, 0.75, 0.9}) {
    if (context.out_of_time()) throw Unavailable("the phase was out of time after some shares");
    const auto work = make_input_bound(context.session, duty);
    const double before_j = nvml.energy_j();
    const auto begin = std::chrono::steady_clock::now();
    const auto passed_s = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    while (passed_s() < 2) work->step();
    const double joules = nvml.energy_j() - before_j;
    add(duty, std::isfinite(joules) ? joules / passed_s() : nvml.power_w());
  }
  const auto busy = make_convolutions(context.session, 128);
  const Timing timing = context.session.time([&] { busy->step(); }, {2, 10, 3});
  add(1, timing.power_w);
}

}  // namespace seatrial

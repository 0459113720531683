// Representative work without a framework: a training step of a transformer and of a convolution stack, decoding and
// prefill of a language model, gathering of embeddings, and a step that waits for its input. Weights are random with
// fixed seeds; shapes, traffic and dependencies are those of the real thing, losses are not computed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/calibrate/gpu_session.h"

namespace seatrial {

class GpuWork {
 public:
  GpuWork() = default;
  GpuWork(const GpuWork&) = delete;
  GpuWork& operator=(const GpuWork&) = delete;
  virtual ~GpuWork() = default;
  // Queues one step on the session's stream.
  virtual void step() = 0;
  [[nodiscard]] virtual double flop() const = 0;  // of a step, counted from shapes; 0: it is not arithmetic
};

// Decoder layers: 4, heads of 64, sequence `tokens`; forward, backward and AdamW.
struct TransformerShape {
  int hidden = 1024;
  int tokens = 1024;
  int batch = 1;
  int layers = 4;
  bool train = true;
};
[[nodiscard]] std::unique_ptr<GpuWork> make_transformer(const GpuSession& session, const TransformerShape& shape);

// Layers of Llama 3 8B: hidden 4096, 32 heads of 128, 8 of keys and values, feed-forward 14336 (gated).
struct LlmStep {
  int layers = 8;
  int batch = 1;
  int context = 1024;  // tokens of each sequence that are in the cache
  int prefill = 0;     // tokens of one prompt instead of a decode step; 0: decode
};
[[nodiscard]] std::unique_ptr<GpuWork> make_llm(const GpuSession& session, const LlmStep& step);

// Four stages of a residual network, 56^2 x 64 to 7^2 x 512, as neighbourhoods and matrix products; momentum left out.
[[nodiscard]] std::unique_ptr<GpuWork> make_convolutions(const GpuSession& session, int batch);
// Rows of `row_bytes` (a multiple of 16) from a table of 4 GiB, 2^20 of them.
[[nodiscard]] std::unique_ptr<GpuWork> make_embedding(const GpuSession& session, int row_bytes);
// Convolutions after a copy from the host and a wait there, so that the GPU is busy about `duty` of the time.
[[nodiscard]] std::unique_ptr<GpuWork> make_input_bound(const GpuSession& session, double duty);

// By the names that samples use: "transformer_h1024", "transformer_h4096", "llm_decode", "llm_prefill", "convolutions",
// "embedding", "input_bound". Throws Unavailable for another name.
[[nodiscard]] const std::vector<std::string>& work_names();
[[nodiscard]] std::unique_ptr<GpuWork> make_work(const GpuSession& session, const std::string& name, int batch);

// Compares kernels and products, each on a tiny size, with references on the CPU; empty: all agree, else what differs.
[[nodiscard]] std::string differs_from_reference(const GpuSession& session);

}  // namespace seatrial

// See gpu_work.h.
#include "tools/calibrate/gpu_work.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

namespace seatrial {
namespace {

constexpr float kWeightScale = 0.02F;

DeviceMemory random_numbers(const GpuSession& session, std::size_t count, std::uint32_t seed, float scale = 1) {
  DeviceMemory memory(session, 2 * count);
  session.launch("fill_bf16", count, memory.at(), count, seed, scale);
  return memory;
}
DeviceMemory plain(const GpuSession& session, std::size_t count) { return random_numbers(session, count, 7); }

// A weight with what training keeps beside it.
struct Trained {
  Trained(const GpuSession& session, std::size_t numbers, std::uint32_t seed, bool train)
      : count(numbers), weight(random_numbers(session, numbers, seed, kWeightScale)) {
    if (!train) return;
    gradient = plain(session, numbers);
    for (DeviceMemory* kept : {&master, &first, &second}) {
      *kept = DeviceMemory(session, 4 * numbers);
      session.launch("fill_f32", numbers, kept->at(), numbers, seed, kWeightScale);
    }
  }
  void update(const GpuSession& session) const {
    session.launch("adamw", count, weight.at(), master.at(), first.at(), second.at(), gradient.at(), count);
  }
  std::size_t count;
  DeviceMemory weight;
  DeviceMemory gradient;
  DeviceMemory master;
  DeviceMemory first;
  DeviceMemory second;
};

class Transformer final : public GpuWork {
 public:
  Transformer(const GpuSession& session, const TransformerShape& shape)
      : session_(session),
        shape_(shape),
        rows_(static_cast<std::size_t>(shape.batch) * static_cast<std::size_t>(shape.tokens)),
        heads_(std::max(1, shape.hidden / 64)) {
    const auto h = static_cast<std::size_t>(shape.hidden);
    for (int layer = 0; layer < shape.layers; ++layer) {
      const auto seed = static_cast<std::uint32_t>(10 * layer + 100);
      weights_.emplace_back(session, h * 3 * h, seed, shape.train);
      weights_.emplace_back(session, h * h, seed + 1, shape.train);
      weights_.emplace_back(session, h * 4 * h, seed + 2, shape.train);
      weights_.emplace_back(session, 4 * h * h, seed + 3, shape.train);
    }
    x_ = plain(session, rows_ * h);
    normal_ = plain(session, rows_ * h);
    qkv_ = plain(session, rows_ * 3 * h);
    const std::size_t scores = static_cast<std::size_t>(shape.batch * heads_) * square(shape.tokens);
    scores_ = plain(session, scores);
    mixed_ = plain(session, rows_ * h);
    wide_ = plain(session, rows_ * 4 * h);
    if (!shape.train) return;
    gradient_ = plain(session, rows_ * 4 * h);
    score_gradient_ = plain(session, scores);
  }

  void step() override {
    for (int layer = 0; layer < shape_.layers; ++layer) forward(layer);
    if (!shape_.train) return;
    for (int layer = shape_.layers - 1; layer >= 0; --layer) backward(layer);
    for (const Trained& weight : weights_) weight.update(session_);
  }

  // Matrix products alone: 24 h^2 a token and layer, and 4 s h for attention; backward is twice forward.
  [[nodiscard]] double flop() const override {
    const double h = shape_.hidden;
    const double forward = static_cast<double>(rows_) * shape_.layers * (24 * h * h + 4.0 * shape_.tokens * h);
    return shape_.train ? 3 * forward : forward;
  }

 private:
  static std::size_t square(int n) { return static_cast<std::size_t>(n) * static_cast<std::size_t>(n); }
  [[nodiscard]] const Trained& weight(int layer, int which) const {
    return weights_[4 * static_cast<std::size_t>(layer) + static_cast<std::size_t>(which)];
  }
  // out[rows, n] = in[rows, k] W[n, k]'
  void linear(const DeviceMemory& in, const Trained& w, const DeviceMemory& out, int n, int k) const {
    session_.gemm({.m = static_cast<int>(rows_), .n = n, .k = k}, in.at(), w.weight.at(), out.at());
  }
  // Gradients of a linear layer: of its input (into gradient_'s own space) and of its weights.
  void linear_backward(const DeviceMemory& in, const Trained& w, int n, int k) const {
    const int rows = static_cast<int>(rows_);
    session_.gemm({.m = rows, .n = k, .k = n, .transposed_b = false}, gradient_.at(), w.weight.at(), wide_.at());
    session_.gemm({.m = n, .n = k, .k = rows, .transposed_b = false, .transposed_a = true}, gradient_.at(), in.at(),
                  w.gradient.at());
  }
  void attention(const DeviceMemory& scores) const {
    const int s = shape_.tokens;
    const Gemm product{.m = s,
                       .n = s,
                       .k = 64,
                       .batch = shape_.batch * heads_,
                       .stride_a = 64LL * s,
                       .stride_b = 64LL * s,
                       .stride_c = 1LL * s * s};
    session_.gemm(product, qkv_.at(), qkv_.at(), scores.at());
  }
  void mix(const DeviceMemory& scores, const DeviceMemory& out) const {
    const int s = shape_.tokens;
    const Gemm product{.m = s,
                       .n = 64,
                       .k = s,
                       .transposed_b = false,
                       .batch = shape_.batch * heads_,
                       .stride_a = 1LL * s * s,
                       .stride_b = 64LL * s,
                       .stride_c = 64LL * s};
    session_.gemm(product, scores.at(), qkv_.at(), out.at());
  }

  void forward(int layer) const {
    const int h = shape_.hidden;
    const std::size_t score_rows =
        static_cast<std::size_t>(shape_.batch * heads_) * static_cast<std::size_t>(shape_.tokens);
    session_.launch("normalize_rows", 32 * rows_, x_.at(), normal_.at(), rows_, h);
    linear(normal_, weight(layer, 0), qkv_, 3 * h, h);
    attention(scores_);
    session_.launch("softmax_rows", 32 * score_rows, scores_.at(), score_rows, shape_.tokens, 0.125F, shape_.tokens);
    mix(scores_, mixed_);
    linear(mixed_, weight(layer, 1), normal_, h, h);
    session_.launch("add_into", rows_ * static_cast<std::size_t>(h), x_.at(), normal_.at(),
                    rows_ * static_cast<std::size_t>(h));
    session_.launch("normalize_rows", 32 * rows_, x_.at(), normal_.at(), rows_, h);
    linear(normal_, weight(layer, 2), wide_, 4 * h, h);
    session_.launch("gelu", rows_ * 4 * static_cast<std::size_t>(h), wide_.at(),
                    rows_ * 4 * static_cast<std::size_t>(h));
    linear(wide_, weight(layer, 3), normal_, h, 4 * h);
    session_.launch("add_into", rows_ * static_cast<std::size_t>(h), x_.at(), normal_.at(),
                    rows_ * static_cast<std::size_t>(h));
  }

  void backward(int layer) const {
    const int h = shape_.hidden;
    const auto wide = rows_ * 4 * static_cast<std::size_t>(h);
    const std::size_t score_rows =
        static_cast<std::size_t>(shape_.batch * heads_) * static_cast<std::size_t>(shape_.tokens);
    linear_backward(wide_, weight(layer, 3), h, 4 * h);
    session_.launch("gelu_backward", wide, gradient_.at(), wide_.at(), wide);
    linear_backward(normal_, weight(layer, 2), 4 * h, h);
    linear_backward(mixed_, weight(layer, 1), h, h);
    attention(score_gradient_);
    session_.launch("softmax_rows_backward", 32 * score_rows, score_gradient_.at(), scores_.at(), score_rows,
                    shape_.tokens, 0.125F);
    for (int part = 0; part < 3; ++part) mix(score_gradient_, mixed_);  // queries, keys, values
    linear_backward(normal_, weight(layer, 0), 3 * h, h);
    session_.launch("normalize_rows", 32 * rows_, x_.at(), normal_.at(), rows_, h);
  }

  const GpuSession& session_;
  TransformerShape shape_;
  std::size_t rows_;
  int heads_;
  std::vector<Trained> weights_;
  DeviceMemory x_, normal_, qkv_, scores_, mixed_, wide_, gradient_, score_gradient_;
};

class Llm final : public GpuWork {
 public:
  static constexpr int kHidden = 4096;
  static constexpr int kHeads = 32;
  static constexpr int kHead = 128;
  static constexpr int kKeyHeads = 8;
  static constexpr int kWide = 14336;

  Llm(const GpuSession& session, const LlmStep& step)
      : session_(session), step_(step), rows_(step.prefill > 0 ? step.prefill : step.batch) {
    const auto rows = static_cast<std::size_t>(rows_);
    for (int layer = 0; layer < step.layers; ++layer) {
      const auto seed = static_cast<std::uint32_t>(1000 + 10 * layer);
      const auto add = [&](std::size_t n, std::size_t k, std::uint32_t which) {
        weights_.push_back(random_numbers(session, n * k, seed + which, kWeightScale));
      };
      add(kHidden + 2 * kKeyHeads * kHead, kHidden, 0);
      add(kHidden, kHidden, 1);
      add(2 * kWide, kHidden, 2);
      add(kHidden, kWide, 3);
    }
    x_ = plain(session, rows * kHidden);
    normal_ = plain(session, rows * kHidden);
    qkv_ = plain(session, rows * (kHidden + 2 * kKeyHeads * kHead));
    wide_ = plain(session, rows * 2 * kWide);
    const std::size_t seen = static_cast<std::size_t>(step.prefill > 0 ? step.prefill : step.context);
    scores_ = plain(session, rows * kHeads * seen);
    const std::size_t sequences = step.prefill > 0 ? 1 : static_cast<std::size_t>(step.batch);
    // One cache of keys and one of values a layer.
    for (int layer = 0; layer < 2 * step.layers; ++layer) {
      caches_.push_back(
          random_numbers(session, sequences * seen * kKeyHeads * kHead, static_cast<std::uint32_t>(5000 + layer)));
    }
  }

  void step() override {
    for (int layer = 0; layer < step_.layers; ++layer) {
      const auto at = [&](int which) {
        return weights_[4 * static_cast<std::size_t>(layer) + static_cast<std::size_t>(which)].at();
      };
      const auto rows = static_cast<std::size_t>(rows_);
      const int qkv = kHidden + 2 * kKeyHeads * kHead;
      session_.launch("normalize_rows", 32 * rows, x_.at(), normal_.at(), rows, kHidden);
      session_.gemm({.m = rows_, .n = qkv, .k = kHidden}, normal_.at(), at(0), qkv_.at());
      attend(layer);
      session_.gemm({.m = rows_, .n = kHidden, .k = kHidden}, normal_.at(), at(1), x_.at());
      session_.launch("normalize_rows", 32 * rows, x_.at(), normal_.at(), rows, kHidden);
      session_.gemm({.m = rows_, .n = 2 * kWide, .k = kHidden}, normal_.at(), at(2), wide_.at());
      session_.launch("gelu", rows * kWide, wide_.at(), rows * kWide);
      session_.gemm({.m = rows_, .n = kHidden, .k = kWide}, wide_.at(), at(3), normal_.at());
      session_.launch("add_into", rows * kHidden, x_.at(), normal_.at(), rows * kHidden);
    }
  }

  [[nodiscard]] double flop() const override {
    const double weights =
        (kHidden + 2.0 * kKeyHeads * kHead) * kHidden + 1.0 * kHidden * kHidden + 3.0 * kWide * kHidden;
    const double seen = step_.prefill > 0 ? step_.prefill : step_.context;
    return step_.layers * rows_ * (2 * weights + 4.0 * kHeads * kHead * seen);
  }

 private:
  // The four query heads that share keys are rows of one product.
  void attend(int layer) const {
    const CuPointer keys = caches_[2 * static_cast<std::size_t>(layer)].at();
    const CuPointer values = caches_[2 * static_cast<std::size_t>(layer) + 1].at();
    const bool decode = step_.prefill == 0;
    const int seen = decode ? step_.context : step_.prefill;
    const int queries = decode ? kHeads / kKeyHeads : step_.prefill * kHeads / kKeyHeads;
    const int products = decode ? step_.batch * kKeyHeads : kKeyHeads;
    const Gemm scores{.m = queries,
                      .n = seen,
                      .k = kHead,
                      .batch = products,
                      .stride_a = 1LL * queries * kHead,
                      .stride_b = 1LL * seen * kHead,
                      .stride_c = 1LL * queries * seen};
    session_.gemm(scores, qkv_.at(), keys, scores_.at());
    const std::size_t rows = static_cast<std::size_t>(queries) * static_cast<std::size_t>(products);
    session_.launch("softmax_rows", 32 * rows, scores_.at(), rows, seen, 0.0884F, decode ? 0 : step_.prefill);
    const Gemm mixed{.m = queries,
                     .n = kHead,
                     .k = seen,
                     .transposed_b = false,
                     .batch = products,
                     .stride_a = 1LL * queries * seen,
                     .stride_b = 1LL * seen * kHead,
                     .stride_c = 1LL * queries * kHead};
    session_.gemm(mixed, scores_.at(), values, normal_.at());
  }

  const GpuSession& session_;
  LlmStep step_;
  int rows_;
  std::vector<DeviceMemory> weights_;
  std::vector<DeviceMemory> caches_;
  DeviceMemory x_, normal_, qkv_, wide_, scores_;
};

}  // namespace

std::unique_ptr<GpuWork> make_transformer(const GpuSession& session, const TransformerShape& shape) {
  return std::make_unique<Transformer>(session, shape);
}
std::unique_ptr<GpuWork> make_llm(const GpuSession& session, const LlmStep& step) {
  return std::make_unique<Llm>(session, step);
}

}  // namespace seatrial

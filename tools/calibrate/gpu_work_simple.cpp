// Convolutions, embeddings, input-bound steps, and work by name; see gpu_work.h.
#include <algorithm>
#include <chrono>
#include <thread>

#include "tools/calibrate/gpu_work.h"

namespace seatrial {
namespace {

constexpr std::size_t kTableBytes = std::size_t{4} << 30U;
constexpr std::size_t kGathered = std::size_t{1} << 20U;

DeviceMemory random_numbers(const GpuSession& session, std::size_t count, std::uint32_t seed) {
  DeviceMemory memory(session, 2 * count);
  session.launch("fill_bf16", count, memory.at(), count, seed, 0.05F);
  return memory;
}

struct Stage {
  int size;
  int channels;
};
constexpr Stage kStages[] = {{56, 64}, {28, 128}, {14, 256}, {7, 512}};
constexpr int kBlocks = 2;  // 3 x 3 convolutions of a stage

class Convolutions final : public GpuWork {
 public:
  Convolutions(const GpuSession& session, int batch) : session_(session), batch_(batch) {
    for (const Stage& stage : kStages) {
      const std::size_t count = pixels(stage) * static_cast<std::size_t>(stage.channels);
      images_.push_back(random_numbers(session, count, 31));
      unfolded_.push_back(random_numbers(session, 9 * count, 32));
      outputs_.push_back(random_numbers(session, count, 33));
      const auto weights = static_cast<std::size_t>(9 * stage.channels) * static_cast<std::size_t>(stage.channels);
      weights_.push_back(random_numbers(session, weights, 34));
      gradients_.push_back(random_numbers(session, weights, 35));
    }
  }

  void step() override {
    for (std::size_t i = 0; i < images_.size(); ++i) {
      const Stage& stage = kStages[i];
      const int rows = static_cast<int>(pixels(stage));
      const int taps = 9 * stage.channels;
      const std::size_t count = pixels(stage) * static_cast<std::size_t>(stage.channels);
      for (int block = 0; block < kBlocks; ++block) {
        session_.launch("unfold_3x3", 9 * count, images_[i].at(), unfolded_[i].at(), batch_, stage.size,
                        stage.channels);
        session_.gemm({.m = rows, .n = stage.channels, .k = taps}, unfolded_[i].at(), weights_[i].at(),
                      outputs_[i].at());
        session_.launch("gelu", count, outputs_[i].at(), count);
        // Gradients of the weights and of the neighbourhoods.
        session_.gemm({.m = stage.channels, .n = taps, .k = rows, .transposed_b = false, .transposed_a = true},
                      outputs_[i].at(), unfolded_[i].at(), gradients_[i].at());
        session_.gemm({.m = rows, .n = taps, .k = stage.channels, .transposed_b = false}, outputs_[i].at(),
                      weights_[i].at(), unfolded_[i].at());
      }
    }
  }

  [[nodiscard]] double flop() const override {
    double sum = 0;
    for (const Stage& stage : kStages) {
      sum += 3.0 * kBlocks * 2 * static_cast<double>(pixels(stage)) * 9 * stage.channels * stage.channels;
    }
    return sum;
  }

 private:
  [[nodiscard]] std::size_t pixels(const Stage& stage) const {
    return static_cast<std::size_t>(batch_) * static_cast<std::size_t>(stage.size * stage.size);
  }
  const GpuSession& session_;
  int batch_;
  std::vector<DeviceMemory> images_, unfolded_, outputs_, weights_, gradients_;
};

class Embedding final : public GpuWork {
 public:
  Embedding(const GpuSession& session, int row_bytes)
      : session_(session),
        words_(row_bytes / 16),
        table_(session, kTableBytes),
        out_(session, kGathered * static_cast<std::size_t>(row_bytes)) {
    session.launch("fill_bits", kTableBytes / 4, table_.at(), kTableBytes / 4, std::uint32_t{3});
  }
  void step() override {
    const std::size_t rows = kTableBytes / 16 / static_cast<std::size_t>(words_);
    session_.launch("gather_rows", kGathered * static_cast<std::size_t>(words_), table_.at(), rows, words_, out_.at(),
                    kGathered, ++seed_);
  }
  [[nodiscard]] double flop() const override { return 0; }

 private:
  const GpuSession& session_;
  int words_;
  DeviceMemory table_;
  DeviceMemory out_;
  std::uint32_t seed_ = 0;
};

class InputBound final : public GpuWork {
 public:
  InputBound(const GpuSession& session, double duty)
      : session_(session), work_(session, 32), batch_(3U * 224 * 224 * 32), input_(session, batch_.size()) {
    const double busy_us = session.time([&] { copy_and_work(); }, {0.05, 5, 0.5}).median_us;
    wait_us_ = busy_us * (1 / std::clamp(duty, 0.01, 1.0) - 1);
  }
  void step() override {
    std::this_thread::sleep_for(std::chrono::microseconds(static_cast<long>(wait_us_)));
    copy_and_work();
    session_.synchronize();
  }
  [[nodiscard]] double flop() const override { return work_.flop(); }

 private:
  void copy_and_work() {
    session_.driver().check(
        session_.driver().copy_to_device(input_.at(), batch_.data(), batch_.size(), session_.stream()),
        "cuMemcpyHtoDAsync");
    work_.step();
  }
  const GpuSession& session_;
  Convolutions work_;
  std::vector<unsigned char> batch_;
  DeviceMemory input_;
  double wait_us_ = 0;
};

}  // namespace

std::unique_ptr<GpuWork> make_convolutions(const GpuSession& session, int batch) {
  return std::make_unique<Convolutions>(session, batch);
}
std::unique_ptr<GpuWork> make_embedding(const GpuSession& session, int row_bytes) {
  return std::make_unique<Embedding>(session, row_bytes);
}
std::unique_ptr<GpuWork> make_input_bound(const GpuSession& session, double duty) {
  return std::make_unique<InputBound>(session, duty);
}

const std::vector<std::string>& work_names() {
  static const std::vector<std::string> names{"transformer_h1024", "transformer_h4096", "llm_decode", "llm_prefill",
                                              "convolutions",      "embedding",         "input_bound"};
  return names;
}

std::unique_ptr<GpuWork> make_work(const GpuSession& session, const std::string& name, int batch) {
  if (name == "transformer_h1024") return make_transformer(session, {.hidden = 1024, .batch = batch});
  if (name == "transformer_h4096") return make_transformer(session, {.hidden = 4096, .batch = batch});
  if (name == "llm_decode") return make_llm(session, {.batch = batch});
  if (name == "llm_prefill") return make_llm(session, {.prefill = 128 * batch});
  if (name == "convolutions") return make_convolutions(session, batch);
  if (name == "embedding") return make_embedding(session, 16 * batch);
  if (name == "input_bound") return make_input_bound(session, 0.5);
  throw Unavailable("no work is called " + name);
}

}  // namespace seatrial

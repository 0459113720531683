// Kernels and products against the CPU on tiny sizes; see gpu_work.h.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "tools/calibrate/gpu_work.h"
#include "tools/calibrate/kernel_random.h"

namespace seatrial {
namespace {

constexpr int kRows = 48;
constexpr int kColumns = 80;
constexpr double kTolerance = 0.02;  // of the largest value: bfloat16 has 8 bits

float from_bf16(std::uint16_t bits) {
  const std::uint32_t wide = std::uint32_t{bits} << 16U;
  float value = 0;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}
// To the nearest, ties to even, as the GPU does.
std::uint16_t to_bf16(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U);
}

using Numbers = std::vector<double>;

Numbers random_numbers(std::size_t count, std::uint32_t seed) {
  Numbers numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(from_bf16(to_bf16(random_unit(seed, i))));
  return numbers;
}

struct OnGpu {
  OnGpu(const GpuSession& of, std::size_t numbers, std::uint32_t seed)
      : session(of), memory(of, 2 * numbers), count(numbers) {
    session.launch("fill_bf16", count, memory.at(), count, seed, 1.0F);
  }
  [[nodiscard]] Numbers read() const {
    std::vector<std::uint16_t> bits(count);
    session.download(bits.data(), memory.at(), 2 * count);
    Numbers numbers;
    for (const std::uint16_t value : bits) numbers.push_back(from_bf16(value));
    return numbers;
  }
  const GpuSession& session;
  DeviceMemory memory;
  std::size_t count;
};

bool agree(const Numbers& a, const Numbers& b) {
  double largest = 1e-3;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= kTolerance * largest)) return false;
  }
  return true;
}

Numbers softmax(Numbers x, int columns, double scale, int period) {
  const auto rows = x.size() / static_cast<std::size_t>(columns);
  for (std::size_t row = 0; row < rows; ++row) {
    double* at = &x[row * static_cast<std::size_t>(columns)];
    const int seen =
        period > 0 ? std::min(columns, static_cast<int>(row % static_cast<std::size_t>(period)) + 1) : columns;
    double sum = 0;
    for (int c = 0; c < seen; ++c) sum += std::exp(scale * at[c]);
    for (int c = 0; c < columns; ++c) at[c] = c < seen ? std::exp(scale * at[c]) / sum : 0;
  }
  return x;
}

Numbers normalized(const Numbers& x, int columns) {
  Numbers out = x;
  for (std::size_t row = 0; row < x.size(); row += static_cast<std::size_t>(columns)) {
    double mean = 0;
    double square = 0;
    for (int c = 0; c < columns; ++c) mean += x[row + static_cast<std::size_t>(c)] / columns;
    for (int c = 0; c < columns; ++c) square += std::pow(x[row + static_cast<std::size_t>(c)] - mean, 2) / columns;
    for (int c = 0; c < columns; ++c) {
      const std::size_t at = row + static_cast<std::size_t>(c);
      out[at] = (x[at] - mean) / std::sqrt(square + 1e-5);
    }
  }
  return out;
}

// C = A B' of [rows, k] and [n, k].
Numbers product(const Numbers& a, const Numbers& b, int n, int k) {
  Numbers c;
  for (std::size_t row = 0; row < a.size() / static_cast<std::size_t>(k); ++row) {
    for (int column = 0; column < n; ++column) {
      double sum = 0;
      for (int i = 0; i < k; ++i) {
        sum += a[row * static_cast<std::size_t>(k) + static_cast<std::size_t>(i)] *
               b[static_cast<std::size_t>(column) * static_cast<std::size_t>(k) + static_cast<std::size_t>(i)];
      }
      c.push_back(sum);
    }
  }
  return c;
}

double gelu_of(double v) { return 0.5 * v * (1 + std::erf(v / std::sqrt(2.0))); }

}  // namespace

std::string differs_from_reference(const GpuSession& session) {
  const std::size_t count = kRows * kColumns;
  const Numbers x = random_numbers(count, 1);
  const Numbers w = random_numbers(count, 2);
  if (!agree(OnGpu(session, count, 1).read(), x)) return "random numbers";
  const OnGpu sums(session, count, 1);
  session.launch("softmax_rows", 32 * kRows, sums.memory.at(), std::size_t{kRows}, kColumns, 0.5F, 16);
  if (!agree(sums.read(), softmax(x, kColumns, 0.5, 16))) return "softmax";
  const OnGpu input(session, count, 1);
  const OnGpu normal(session, count, 3);
  session.launch("normalize_rows", 32 * kRows, input.memory.at(), normal.memory.at(), std::size_t{kRows}, kColumns);
  if (!agree(normal.read(), normalized(x, kColumns))) return "normalization";
  const OnGpu curve(session, count, 1);
  session.launch("gelu", count, curve.memory.at(), count);
  Numbers bent = x;
  for (double& value : bent) value = gelu_of(value);
  if (!agree(curve.read(), bent)) return "gelu";
  const OnGpu weights(session, count, 2);
  const OnGpu out(session, kRows * kRows, 4);
  session.gemm({.m = kRows, .n = kRows, .k = kColumns}, input.memory.at(), weights.memory.at(), out.memory.at());
  const Numbers expected = product(x, w, kRows, kColumns);
  if (!agree(out.read(), expected)) return "matrix product";
  // A forward step of a layer in little: normalize, multiply, bend.
  session.gemm({.m = kRows, .n = kRows, .k = kColumns}, normal.memory.at(), weights.memory.at(), out.memory.at());
  session.launch("gelu", out.count, out.memory.at(), out.count);
  Numbers layer = product(normalized(x, kColumns), w, kRows, kColumns);
  for (double& value : layer) value = gelu_of(value);
  if (!agree(out.read(), layer)) return "a layer";
  return {};
}

}  // namespace seatrial

// Kernels of `seatrial calibrate`: what a GPU is measured with besides cuBLAS. Compiled to an image for several
// architectures that the program carries and hands to the driver; host code knows them by name (gpu_work.cpp). Numbers
// of 16 bits are bfloat16, rows are contiguous.
#include <cuda_bf16.h>

#include <cstdint>

#include "tools/calibrate/kernel_random.h"

namespace {

__device__ std::size_t thread_index() { return static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ std::size_t thread_count() { return static_cast<std::size_t>(gridDim.x) * blockDim.x; }

__device__ float warp_sum(float value) {
  for (int reach = 16; reach > 0; reach /= 2) value += __shfl_xor_sync(0xffffffffU, value, reach);
  return value;
}
__device__ float warp_max(float value) {
  for (int reach = 16; reach > 0; reach /= 2) value = fmaxf(value, __shfl_xor_sync(0xffffffffU, value, reach));
  return value;
}

}  // namespace

extern "C" {

__global__ void empty() {}

__global__ void fill_bf16(__nv_bfloat16* out, std::size_t count, std::uint32_t seed, float scale) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    out[i] = __float2bfloat16(scale * seatrial::random_unit(seed, i));
  }
}
__global__ void fill_f32(float* out, std::size_t count, std::uint32_t seed, float scale) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) out[i] = scale * seatrial::random_unit(seed, i);
}
__global__ void fill_f64(double* out, std::size_t count, std::uint32_t seed, float scale) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) out[i] = scale * seatrial::random_unit(seed, i);
}
__global__ void fill_bits(std::uint32_t* out, std::size_t count, std::uint32_t seed) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) out[i] = seatrial::random_bits(seed, i);
}

// Memory: 16 bytes a thread at a time.
__global__ void read_memory(const uint4* in, std::size_t count, uint4* sink) {
  uint4 all = {0, 0, 0, 0};
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    const uint4 value = in[i];
    all.x ^= value.x;
    all.y ^= value.y;
    all.z ^= value.z;
    all.w ^= value.w;
  }
  // Never true for random data, but the compiler cannot know.
  if (all.x == 1 && all.y == 2 && all.z == 3 && all.w == 4) *sink = all;
}
__global__ void write_memory(uint4* out, std::size_t count, std::uint32_t value) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) out[i] = {value, value, value, value};
}
__global__ void copy_memory(const uint4* in, uint4* out, std::size_t count) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) out[i] = in[i];
}
__global__ void triad_memory(const float4* a, const float4* b, float4* out, std::size_t count) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    const float4 x = a[i];
    const float4 y = b[i];
    out[i] = {x.x + 3 * y.x, x.y + 3 * y.y, x.z + 3 * y.z, x.w + 3 * y.w};
  }
}

// A warp a row. Causal: row r of `period` rows sees columns up to r alone.
__global__ void softmax_rows(__nv_bfloat16* x, std::size_t rows, int columns, float scale, int period) {
  const int lane = static_cast<int>(threadIdx.x % 32);
  for (std::size_t row = thread_index() / 32; row < rows; row += thread_count() / 32) {
    __nv_bfloat16* at = x + row * columns;
    const int seen = period > 0 ? min(columns, static_cast<int>(row % period) + 1) : columns;
    float largest = -1e30F;
    for (int c = lane; c < seen; c += 32) largest = fmaxf(largest, scale * __bfloat162float(at[c]));
    largest = warp_max(largest);
    float sum = 0;
    for (int c = lane; c < seen; c += 32) sum += __expf(scale * __bfloat162float(at[c]) - largest);
    sum = warp_sum(sum);
    for (int c = lane; c < columns; c += 32) {
      const float value = c < seen ? __expf(scale * __bfloat162float(at[c]) - largest) / sum : 0;
      at[c] = __float2bfloat16(value);
    }
  }
}
// Gradient g of softmax outputs y becomes that of its inputs.
__global__ void softmax_rows_backward(__nv_bfloat16* g, const __nv_bfloat16* y, std::size_t rows, int columns,
                                      float scale) {
  const int lane = static_cast<int>(threadIdx.x % 32);
  for (std::size_t row = thread_index() / 32; row < rows; row += thread_count() / 32) {
    __nv_bfloat16* gradient = g + row * columns;
    const __nv_bfloat16* output = y + row * columns;
    float sum = 0;
    for (int c = lane; c < columns; c += 32) sum += __bfloat162float(gradient[c]) * __bfloat162float(output[c]);
    sum = warp_sum(sum);
    for (int c = lane; c < columns; c += 32) {
      gradient[c] = __float2bfloat16(scale * __bfloat162float(output[c]) * (__bfloat162float(gradient[c]) - sum));
    }
  }
}

__global__ void normalize_rows(const __nv_bfloat16* in, __nv_bfloat16* out, std::size_t rows, int columns) {
  const int lane = static_cast<int>(threadIdx.x % 32);
  for (std::size_t row = thread_index() / 32; row < rows; row += thread_count() / 32) {
    const __nv_bfloat16* from = in + row * columns;
    float sum = 0;
    for (int c = lane; c < columns; c += 32) sum += __bfloat162float(from[c]);
    const float mean = warp_sum(sum) / columns;
    float squares = 0;
    for (int c = lane; c < columns; c += 32) {
      const float apart = __bfloat162float(from[c]) - mean;
      squares += apart * apart;
    }
    const float scale = rsqrtf(warp_sum(squares) / columns + 1e-5F);
    for (int c = lane; c < columns; c += 32) {
      out[row * columns + c] = __float2bfloat16((__bfloat162float(from[c]) - mean) * scale);
    }
  }
}

__global__ void gelu(__nv_bfloat16* x, std::size_t count) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    const float v = __bfloat162float(x[i]);
    x[i] = __float2bfloat16(0.5F * v * (1 + erff(v * 0.70710678F)));
  }
}
__global__ void gelu_backward(__nv_bfloat16* g, const __nv_bfloat16* x, std::size_t count) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    const float v = __bfloat162float(x[i]);
    const float slope = 0.5F * (1 + erff(v * 0.70710678F)) + v * 0.39894228F * __expf(-0.5F * v * v);
    g[i] = __float2bfloat16(__bfloat162float(g[i]) * slope);
  }
}
__global__ void add_into(__nv_bfloat16* out, const __nv_bfloat16* in, std::size_t count) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    out[i] = __float2bfloat16(__bfloat162float(out[i]) + __bfloat162float(in[i]));
  }
}
// Fused AdamW: master weights and moments in 32 bits, weights and gradients in 16.
__global__ void adamw(__nv_bfloat16* weight, float* master, float* first, float* second, const __nv_bfloat16* gradient,
                      std::size_t count) {
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    const float g = __bfloat162float(gradient[i]);
    const float m = first[i] = 0.9F * first[i] + 0.1F * g;
    const float v = second[i] = 0.999F * second[i] + 0.001F * g * g;
    const float w = master[i] = master[i] * (1 - 1e-5F) - 1e-4F * m / (sqrtf(v) + 1e-8F);
    weight[i] = __float2bfloat16(w);
  }
}

// Images [batch, size, size, channels] to rows of 3 x 3 neighbourhoods, padding of one.
__global__ void unfold_3x3(const __nv_bfloat16* in, __nv_bfloat16* out, int batch, int size, int channels) {
  const std::size_t count = static_cast<std::size_t>(batch) * size * size * 9 * channels;
  for (std::size_t i = thread_index(); i < count; i += thread_count()) {
    const int channel = static_cast<int>(i % channels);
    const int tap = static_cast<int>(i / channels % 9);
    const std::size_t pixel = i / channels / 9;
    const int x = static_cast<int>(pixel % size) + tap % 3 - 1;
    const int y = static_cast<int>(pixel / size % size) + tap / 3 - 1;
    const std::size_t image = pixel / size / size;
    const bool inside = x >= 0 && x < size && y >= 0 && y < size;
    out[i] = inside ? in[((image * size + y) * size + x) * channels + channel] : __float2bfloat16(0);
  }
}

// Random rows of a large table; `words` 16-byte words a row, a group of that many threads a row.
__global__ void gather_rows(const uint4* table, std::size_t table_rows, int words, uint4* out, std::size_t rows,
                            std::uint32_t seed) {
  for (std::size_t i = thread_index(); i < rows * words; i += thread_count()) {
    const std::size_t row = i / words;
    const std::size_t from = (static_cast<std::size_t>(seatrial::random_bits(seed, row)) * table_rows) >> 32U;
    out[i] = table[from * words + i % words];
  }
}

}  // extern "C"

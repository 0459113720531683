// Random numbers by index, the same on the GPU (constexpr is both to nvcc) and in the references on the CPU that its
// results are checked against.
#pragma once

#include <cstddef>
#include <cstdint>

namespace seatrial {

// Mixes seed and index (the finalizer of MurmurHash3, twice).
constexpr std::uint32_t random_bits(std::uint32_t seed, std::size_t index) {
  std::uint32_t h = seed ^ static_cast<std::uint32_t>(index) ^ (static_cast<std::uint32_t>(index >> 32U) * 0x9e3779b9U);
  for (int round = 0; round < 2; ++round) {
    h ^= h >> 16U;
    h *= 0x85ebca6bU;
    h ^= h >> 13U;
    h *= 0xc2b2ae35U;
    h ^= h >> 16U;
    h += 0x9e3779b9U * (seed + 1);
  }
  return h;
}

// In [-1, 1).
constexpr float random_unit(std::uint32_t seed, std::size_t index) {
  return static_cast<float>(random_bits(seed, index) >> 8U) / 8388608.0F - 1;
}

}  // namespace seatrial

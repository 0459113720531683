// Exact arithmetic for order keys: no floating point ever decides who is first.
#pragma once

#include <algorithm>
#include <cstdint>

#include "policies/queue_order.h"
#include "sim/wide.h"

namespace seatrial {

// Quantum of `las` unless set: Tiresias' first threshold (Gu et al., NSDI '19, simulator jobs.py).
inline constexpr double kLasQuantumGpuS = 3250;

// a x b as a key: the high part first. a >= 0.
[[nodiscard]] constexpr OrderKey product_key(std::int64_t a, std::uint32_t b) {
  const UInt128 product = static_cast<UInt128>(static_cast<std::uint64_t>(a)) * b;
  return {static_cast<std::int64_t>(product >> 63U), static_cast<std::int64_t>(product & UInt128{INT64_MAX})};
}

// GPU-service attained so far in GPU-ns; saturates.
[[nodiscard]] constexpr std::int64_t attained_gpu_ns(const JobView& view) {
  std::int64_t service = 0;
  if (__builtin_mul_overflow(view.executed.ns, std::int64_t{std::max(1U, view.gpus)}, &service)) return INT64_MAX;
  return service;
}

// Run time after which a running job's attained service reaches `target_gpu_ns`; at least 1 ns.
[[nodiscard]] constexpr Duration time_to_service(const JobView& view, std::int64_t target_gpu_ns) {
  const std::int64_t gpus = std::max(1U, view.gpus);
  const std::int64_t missing = target_gpu_ns - attained_gpu_ns(view);
  return {std::max<std::int64_t>(1, (missing + gpus - 1) / gpus)};
}

}  // namespace seatrial

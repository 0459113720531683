// Random numbers in named streams. A stream is keyed by (seed, purpose, entity) and its n-th draw depends on nothing
// else, so a new consumer shifts no other stream and compared policies see the same arrivals and durations.
// Generator: Philox2x64-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011); its
// key comes from seed and purpose, its 128-bit counter is (block, entity).
// Every distribution takes exactly one 64-bit draw (below() rarely takes more). The integers and uniform() are equal on
// all platforms; the rest call libm's log, exp and pow, which may differ in the last bit between C libraries.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "sim/wide.h"

namespace seatrial {

// One application of Philox2x64-10: two words of counter and one of key to two random words.
struct PhiloxBlock {
  std::uint64_t low;
  std::uint64_t high;
};
[[nodiscard]] constexpr PhiloxBlock philox2x64_10(PhiloxBlock counter, std::uint64_t key) {
  for (int round = 0; round < 10; ++round) {
    const UInt128 product = UInt128{0xD2B74407B1CE6E93U} * counter.low;
    counter = {static_cast<std::uint64_t>(product >> 64U) ^ key ^ counter.high, static_cast<std::uint64_t>(product)};
    key += 0x9E3779B97F4A7C15U;
  }
  return counter;
}

class Random {
 public:
  // purpose: what the numbers are for, as text in the code ("arrivals"); entity: for instance a row number.
  Random(std::uint64_t seed, std::string_view purpose, std::uint64_t entity = 0);

  // 64 uniform bits; about 4 ns.
  std::uint64_t next() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const PhiloxBlock out = philox2x64_10({block_++, entity_}, key_);
    spare_ = out.high;
    has_spare_ = true;
    return out.low;
  }

  // In the open interval (0, 1): an odd multiple of 2^-53, so the mean is exactly 1/2 and log() is finite.
  double uniform() { return static_cast<double>((next() >> 11U) | 1U) * 0x1p-53; }
  bool bernoulli(double p) { return uniform() < p; }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  // Standard normal, by inversion (monotone in the draw).
  double normal();
  // An integer of [0, n), without bias; n > 0.
  std::uint64_t below(std::uint64_t n);
  // exp of a normal with mean log(median) and standard deviation sigma.
  double lognormal(double median, double sigma);
  // P(X > x) = exp(-(x / scale)^shape).
  double weibull(double scale, double shape);
  // P(X > x) = (scale / x)^alpha for x >= scale.
  double pareto(double scale, double alpha);

 private:
  std::uint64_t key_;
  std::uint64_t entity_;
  std::uint64_t block_ = 0;
  std::uint64_t spare_ = 0;  // the second half of the last block
  bool has_spare_ = false;
};

}  // namespace seatrial

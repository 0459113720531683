// Random numbers in named streams. A stream is keyed by (seed, purpose, entity) and its n-th draw depends on nothing
// else, so a new consumer shifts no other stream and compared policies see the same arrivals and durations.
// Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011); the
// key comes from seed and purpose, the 128-bit counter is entity (64 bits) and block (64 bits).
// Every distribution takes exactly one 64-bit draw (below() rarely takes more). The integers and uniform() are equal on
// all platforms; the rest call libm's log, exp and pow, which may differ in the last bit between C libraries.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace seatrial {

// One application of Philox4x32-10: four words of counter and two of key to four random words.
struct PhiloxBlock {
  std::uint32_t word[4];
};
[[nodiscard]] constexpr PhiloxBlock philox4x32_10(PhiloxBlock counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53U} * counter.word[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57U} * counter.word[2];
    counter = {
        {static_cast<std::uint32_t>(product1 >> 32U) ^ counter.word[1] ^ key0, static_cast<std::uint32_t>(product1),
         static_cast<std::uint32_t>(product0 >> 32U) ^ counter.word[3] ^ key1, static_cast<std::uint32_t>(product0)}};
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return counter;
}

class Random {
 public:
  // purpose: what the numbers are for, as text in the code ("arrivals"); entity: for instance a row number.
  Random(std::uint64_t seed, std::string_view purpose, std::uint64_t entity = 0);

  // 64 uniform bits.
  std::uint64_t next() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const PhiloxBlock out =
        philox4x32_10({{static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32U),
                        static_cast<std::uint32_t>(entity_), static_cast<std::uint32_t>(entity_ >> 32U)}},
                      static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32U));
    ++block_;
    spare_ = out.word[2] | (std::uint64_t{out.word[3]} << 32U);
    has_spare_ = true;
    return out.word[0] | (std::uint64_t{out.word[1]} << 32U);
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

// Keys of streams and the distributions that are not worth inlining; see random.h.
#include "sim/random.h"

#include "sim/check.h"
#include "sim/stats.h"

namespace seatrial {
namespace {

// Finaliser of SplitMix64: a bijection of 64 bits in which every input bit changes about half of the output bits.
constexpr std::uint64_t mix(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// FNV-1a, 64 bits.
constexpr std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x00000100000001B3U;
  return hash;
}

}  // namespace

// For one purpose, different seeds give different keys: both steps are bijections of the seed.
Random::Random(std::uint64_t seed, std::string_view purpose, std::uint64_t entity)
    : key_(mix(mix(seed) + text_hash(purpose))), entity_(entity) {}

double Random::normal() { return normal_quantile(uniform()); }

// Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019): the high half of a product, with the
// few low halves rejected that would make some results likelier.
std::uint64_t Random::below(std::uint64_t n) {
  CHECK(n > 0);
  UInt128 product = UInt128{next()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = UInt128{next()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64U);
}

double Random::lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }

double Random::weibull(double scale, double shape) { return scale * std::pow(-std::log(uniform()), 1 / shape); }

double Random::pareto(double scale, double alpha) { return scale * std::exp(-std::log(uniform()) / alpha); }

}  // namespace seatrial

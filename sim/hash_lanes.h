// Two interleaved 64-bit lanes, each folded by a 64 x 64 to 128 bit product: what fingerprints of facts and of content
// are made of. The start values tell one kind of fingerprint from another. Not meant against forgery.
#pragma once

#include <cstdint>
#include <string>

#include "sim/wide.h"

namespace seatrial {

struct HashLanes {
  std::uint64_t low;
  std::uint64_t high;

  [[nodiscard]] static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const UInt128 product = static_cast<UInt128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  void mix(std::uint64_t first, std::uint64_t second) {
    // A zero factor would forget the other one, hence sums and the crossed words outside of the products.
    low = fold(low ^ first, 0xa0761d6478bd642fULL) + second;
    high = fold(high + second, 0xe7037ed1a0b428dbULL) ^ (first + (low << 1U | low >> 63U));
  }
};

// Sixteen hexadecimal digits.
inline void append_hex(std::string& out, std::uint64_t value) {
  constexpr const char* kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(value >> static_cast<unsigned>(shift)) & 15U];
}

}  // namespace seatrial

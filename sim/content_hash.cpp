// Two lanes folded by 64 x 64 to 128 bit products; see content_hash.h.
#include "sim/content_hash.h"

#include <cstring>

#include "sim/wide.h"

namespace seatrial {
namespace {

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace

void ContentHash::mix(std::uint64_t first, std::uint64_t second) {
  // A zero factor would forget the other one, hence sums and the crossed words outside of the products.
  low_ = fold(low_ ^ first, 0xa0761d6478bd642fULL) + second;
  high_ = fold(high_ + second, 0xe7037ed1a0b428dbULL) ^ (first + (low_ << 1U | low_ >> 63U));
}

void ContentHash::add(std::uint64_t number) { mix(number, 0x8ebc6af09c88c6e3ULL); }

void ContentHash::add(std::string_view bytes) {
  const std::uint64_t size = bytes.size();
  std::uint64_t words[2];
  while (bytes.size() >= sizeof words) {
    std::memcpy(words, bytes.data(), sizeof words);
    mix(words[0], words[1]);
    bytes.remove_prefix(sizeof words);
  }
  words[0] = words[1] = 0;
  std::memcpy(words, bytes.data(), bytes.size());
  mix(words[0], words[1]);
  add(size);
}

std::uint64_t ContentHash::word() const {
  return fold(low_ ^ 0x589965cc75374cc3ULL, high_ ^ 0x1d8e4e27c47d124fULL) + low_;
}

std::string ContentHash::text() const {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint64_t half : {word(), fold(high_ + 0x1d8e4e27c47d124fULL, low_ | 1U) ^ high_}) {
    for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(half >> static_cast<unsigned>(shift)) & 15U];
  }
  return out;
}

}  // namespace seatrial

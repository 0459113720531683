// Two lanes folded by 64 x 64 to 128 bit products; see content_hash.h.
#include "sim/content_hash.h"

#include <cstring>

namespace seatrial {
void ContentHash::add(std::uint64_t number) { lanes_.mix(number, 0x8ebc6af09c88c6e3ULL); }

void ContentHash::add(std::string_view bytes) {
  const std::uint64_t size = bytes.size();
  std::uint64_t words[2];
  while (bytes.size() >= sizeof words) {
    std::memcpy(words, bytes.data(), sizeof words);
    lanes_.mix(words[0], words[1]);
    bytes.remove_prefix(sizeof words);
  }
  words[0] = words[1] = 0;
  std::memcpy(words, bytes.data(), bytes.size());
  lanes_.mix(words[0], words[1]);
  add(size);
}

std::uint64_t ContentHash::word() const {
  return HashLanes::fold(lanes_.low ^ 0x589965cc75374cc3ULL, lanes_.high ^ 0x1d8e4e27c47d124fULL) + lanes_.low;
}

std::string ContentHash::text() const {
  std::string out;
  append_hex(out, word());
  append_hex(out, HashLanes::fold(lanes_.high + 0x1d8e4e27c47d124fULL, lanes_.low | 1U) ^ lanes_.high);
  return out;
}

}  // namespace seatrial

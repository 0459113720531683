// A 128-bit fingerprint of bytes: equal content gives equal text on machines of one byte order. Tells two inputs apart
// that differ by accident; not meant against forgery.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/hash_lanes.h"

namespace seatrial {

class ContentHash {
 public:
  // Adds a piece; its length counts, so that ("ab", "c") differs from ("a", "bc").
  void add(std::string_view bytes);
  void add(std::uint64_t number);
  // 32 hexadecimal digits of what was added so far.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::uint64_t word() const;

 private:
  HashLanes lanes_{0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL};
};

}  // namespace seatrial

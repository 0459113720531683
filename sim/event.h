// What waits in the event queue: 24 plain bytes. `kind` and `target` are opaque to this layer.
#pragma once

#include <cstdint>

#include "sim/time.h"

namespace seatrial {

struct Event {
  Time at;
  std::uint64_t order = 0;   // rank at equal time (8 bits) | sequence number (56 bits): a total order
  std::uint32_t target = 0;  // row of what it is about
  std::uint16_t kind = 0;
  std::uint16_t spare = 0;
};
static_assert(sizeof(Event) == 24);

// Grows with every push: an event is stale if what it is about changed after it was pushed.
[[nodiscard]] constexpr std::uint64_t sequence_of(const Event& event) {
  return event.order & ((std::uint64_t{1} << 56U) - 1);
}

[[nodiscard]] constexpr bool earlier(const Event& a, const Event& b) {
  return a.at.ns != b.at.ns ? a.at.ns < b.at.ns : a.order < b.order;
}

}  // namespace seatrial

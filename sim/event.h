// What waits in the event queue: 24 plain bytes. `kind` and `target` are opaque to this layer.
#pragma once

#include <cstdint>

#include "sim/time.h"

namespace seatrial {

struct Event {
  Time at;
  std::uint64_t order = 0;   // rank at equal time (8 bits) | sequence number (56 bits): a total order
  std::uint32_t target = 0;  // index of the job, node or pool
  std::uint16_t kind = 0;
  std::uint16_t version = 0;  // stale unless equal to the target's own version
};
static_assert(sizeof(Event) == 24);

[[nodiscard]] constexpr bool earlier(const Event& a, const Event& b) {
  return a.at.ns != b.at.ns ? a.at.ns < b.at.ns : a.order < b.order;
}

}  // namespace seatrial

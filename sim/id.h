// Dense typed indexes. An Id<Tag> counts rows of one kind from 0; only it may index a Column (sim/column.h) of that
// kind, so a node index can never be used where a job index is meant. Ids are never reused within a run.
#pragma once

#include <compare>
#include <cstdint>

namespace seatrial {

template <class Tag>
struct Id {
  std::uint32_t index = kNone;
  static constexpr std::uint32_t kNone = 0xffffffffU;

  auto operator<=>(const Id&) const = default;
  [[nodiscard]] constexpr bool valid() const { return index != kNone; }
};

}  // namespace seatrial

// How far two names are apart. Used by nearest_name() and where a mistyped name is mended.
#pragma once

#include <cstddef>
#include <string_view>

namespace seatrial {

// Letters inserted, deleted, changed, or swapped with their neighbour.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace seatrial

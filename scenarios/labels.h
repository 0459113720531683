// Short names of the alternatives of a comparison: only what differs between them. Mappings and lists are taken apart
// into their values, of which a name has as few as tell the alternatives apart. Used by compare.h; the whole settings
// stand in comparison.json and comparison.csv.
#pragma once

#include <string>
#include <vector>

#include "scenarios/axes.h"

namespace seatrial {

inline constexpr std::size_t kLabelShown = 32;  // bytes of one value in a name; longer ones lose their middle

// One name a point, no two equal; every point sets the same paths. "as written" where nothing is set.
[[nodiscard]] std::vector<std::string> point_labels(const std::vector<std::vector<Setting>>& points);

}  // namespace seatrial

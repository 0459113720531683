// Mistakes of a scenario that leave no doubt what was meant, mended in the text itself, so that comments and layout
// stay:
//   a key or a name with one near neighbour among the known ones         cuont: 2        -> count: 2
//   a price without a unit (there is only one)                           price: 3.5      -> price: 3.5 USD/h
//   a unit spelt out                                                     until: 3 days   -> until: 3d
//   quotes around a number, and yes/no for true/false                    count: "8"      -> count: 8
// Everything else stays a problem: a duration without a unit could be seconds or hours.
#pragma once

#include <string>
#include <vector>

#include "scenarios/load.h"
#include "sim/error.h"

namespace seatrial {

struct MendedScenario {
  std::string text;
  std::size_t mends = 0;
  Problems left;  // what the mended text is still wrong in
};

[[nodiscard]] MendedScenario mend_scenario_text(const std::string& text, const std::string& file,
                                                const LoadOptions& options = {});

// The lines in which two texts with equally many lines differ, as a unified diff without context. User text is escaped
// and shortened.
[[nodiscard]] std::string line_diff(const std::string& before, const std::string& after, const std::string& file);

}  // namespace seatrial

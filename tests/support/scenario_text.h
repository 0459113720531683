// Scenario texts for tests: a small good one, and the same with one section replaced.
#pragma once

#include <string>
#include <string_view>

namespace seatrial {

// One pool `p` of 2 x 8 GPUs and a small generated workload; every section on a line of its own.
[[nodiscard]] std::string good_scenario();

// The good scenario with the section `where` replaced by `text`: "head" (lines 1 and 2), "cluster" (line 3),
// "workload" (line 4). Others are inserted as line 3 ("more").
[[nodiscard]] std::string scenario_with(std::string_view where, std::string_view text);

}  // namespace seatrial

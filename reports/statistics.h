// Mean and nearest-rank quantiles of a set of exact values. Used by summaries and by the tables of the HTML report.
#pragma once

#include <cstdint>
#include <vector>

#include "reports/summary.h"

namespace seatrial {

// Of nanoseconds, in seconds; the mean is computed over 128-bit sums. Reorders the values.
[[nodiscard]] Statistics statistics_of_ns(std::vector<std::int64_t>& values);
// Of plain numbers. Reorders the values; the mean is summed in the order given.
[[nodiscard]] Statistics statistics_of(std::vector<double>& values);

}  // namespace seatrial

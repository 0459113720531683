// Statistics of runs: quantiles and means without rounding surprises, and the few distribution functions that
// confidence intervals need. Reports and tests use it; nothing here knows what the numbers mean.
#pragma once

namespace seatrial {

// The x with P(N(0,1) <= x) = p, for 0 < p < 1; relative error about 1e-16.
[[nodiscard]] double normal_quantile(double p);

}  // namespace seatrial

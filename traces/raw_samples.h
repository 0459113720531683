// Raw samples: one measurement a line, each a JSON object, plain or gzip. `seatrial calibrate` and `seatrial import`
// write them, `seatrial fit` reads them. The key `k` names the kind: a family of cost models (models/cost_family.h),
// whose columns are the other keys; `environment` (what was measured, and how); `status` (how a probe ended). A time is
// a number or [median, p10, p90]. The column that is itself called k is the key `k_`; `t_us` stands for `latency_us`.
// Further keys (clock, power, repeats) are kept by whoever needs them and not looked at here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "traces/cost_table.h"

namespace seatrial {

struct ProbeStatus {
  std::string probe;
  std::string status;  // ok, unavailable
  std::string reason;
};

struct RawSamples {
  std::vector<CostTable> tables;                                 // one per family and layout, in order of first mention
  std::vector<std::pair<std::string, std::string>> environment;  // "device", "driver", ...; later lines win
  std::vector<ProbeStatus> status;

  [[nodiscard]] std::string fact(std::string_view name) const;  // of the environment; empty: not told
};

// True where the first byte that is no blank opens a JSON object. Takes nothing from the file.
[[nodiscard]] bool holds_raw_samples(InputFile& input);
// Throws InputError with line and column of every mistake. At most 10^6 samples.
[[nodiscard]] RawSamples read_raw_samples(InputFile input);

// A line, with its end. The point has one time per column of the layout; NaN: not measured, left out.
[[nodiscard]] std::string raw_sample(const CostFamily& family, const CostFamily::Columns& layout,
                                     const CostPoint& point);

}  // namespace seatrial

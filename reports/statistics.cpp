// Selection instead of sorting: five quantiles of a million values cost about as much as one pass each. See
// statistics.h.
#include "reports/statistics.h"

#include <algorithm>
#include <array>

#include "sim/stats.h"

namespace seatrial {
namespace {

constexpr std::array<Quantile, 5> kQuantiles{{{50}, {90}, {95}, {99}, {100}}};

void set_quantiles(Statistics& statistics, const std::array<double, kQuantiles.size()>& values) {
  statistics.p50 = values[0];
  statistics.p90 = values[1];
  statistics.p95 = values[2];
  statistics.p99 = values[3];
  statistics.max = values[4];
}

}  // namespace

Statistics statistics_of_ns(std::vector<std::int64_t>& values) {
  Statistics statistics;
  statistics.count = values.size();
  if (values.empty()) return statistics;
  statistics.mean = exact_mean(values) / 1e9;
  const std::vector<std::int64_t> ns = quantiles(values, kQuantiles);
  std::array<double, kQuantiles.size()> seconds{};
  std::transform(ns.begin(), ns.end(), seconds.begin(), [](std::int64_t value) { return Duration{value}.seconds(); });
  set_quantiles(statistics, seconds);
  return statistics;
}

Statistics statistics_of(std::vector<double>& values) {
  Statistics statistics;
  statistics.count = values.size();
  if (values.empty()) return statistics;
  double sum = 0;
  for (const double value : values) sum += value;
  statistics.mean = sum / static_cast<double>(values.size());
  std::array<double, kQuantiles.size()> found{};
  auto from = values.begin();
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(nearest_rank(kQuantiles[i], values.size()));
    // What lies before `from` is not larger than the rest.
    if (at >= from) std::nth_element(from, at, values.end());
    from = std::max(from, at);
    found[i] = *at;
  }
  set_quantiles(statistics, found);
  return statistics;
}

}  // namespace seatrial

// Selection instead of sorting: five quantiles of a million values cost about as much as one pass each. See statistics.h.
#include "reports/statistics.h"

#include <algorithm>

#include "reports/wide.h"

namespace seatrial {
namespace {

struct Quantile {
  std::uint64_t percent;
  std::optional<double> Statistics::*field;
};

constexpr Quantile kQuantiles[] = {{50, &Statistics::p50},
                                   {90, &Statistics::p90},
                                   {95, &Statistics::p95},
                                   {99, &Statistics::p99},
                                   {100, &Statistics::max}};

template <class T, class Convert>
void fill_quantiles(std::vector<T>& values, Statistics& statistics, Convert convert) {
  auto from = values.begin();
  for (const auto& [percent, field] : kQuantiles) {
    // Nearest rank: the value at ceil(q n), counted from 1. What lies before `from` is not larger than the rest.
    const std::uint64_t rank = (percent * values.size() + 99) / 100;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    if (at >= from) {
      std::nth_element(from, at, values.end());
      from = at;
    }
    statistics.*field = convert(*at);
  }
}

}  // namespace

Statistics statistics_of_ns(std::vector<std::int64_t>& values) {
  Statistics statistics;
  statistics.count = values.size();
  if (values.empty()) return statistics;
  Wide sum = 0;
  for (const std::int64_t value : values) sum += value;
  const Wide count = static_cast<Wide>(values.size());
  // Whole nanoseconds and the rest apart: a mean of large numbers keeps its last digits.
  const double whole = static_cast<double>(sum / count);
  const double rest = static_cast<double>(sum % count) / static_cast<double>(values.size());
  statistics.mean = (whole + rest) / 1e9;
  fill_quantiles(values, statistics, [](std::int64_t ns) { return static_cast<double>(ns) / 1e9; });
  return statistics;
}

Statistics statistics_of(std::vector<double>& values) {
  Statistics statistics;
  statistics.count = values.size();
  if (values.empty()) return statistics;
  double sum = 0;
  for (const double value : values) sum += value;
  statistics.mean = sum / static_cast<double>(values.size());
  fill_quantiles(values, statistics, [](double value) { return value; });
  return statistics;
}

}  // namespace seatrial

// Pieces of HTML: escaping, and charts as SVG. Everything that came from a user goes through escaped(). No inline
// style and no script is produced here: the page's content security policy forbids both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/job_groups.h"

namespace seatrial {

// &, <, >, quotes, and control characters (as U+FFFD) made harmless in text and in attributes. Ill-formed UTF-8 too.
[[nodiscard]] std::string escaped(std::string_view text);

struct ChartLine {
  std::string name;
  std::string css_class;  // colour, from report.css
  bool filled = false;
  std::vector<double> values;  // one per bucket
};

// Quantities over time, as steps.
struct TimeChart {
  std::string title;
  std::string summary;  // one sentence for those who do not see the chart
  double begin_s = 0;   // of the first bucket, from the first submit
  double end_s = 0;
  std::string unit;
  std::vector<ChartLine> lines;  // drawn in this order
};

[[nodiscard]] std::string time_chart_svg(const TimeChart& chart);

// Points of a recorded distribution, drawn over a simulated one.
struct QuantilePoint {
  double share;  // 0..1
  double seconds;
  const char* name;
};

// Cumulative distribution on a logarithmic axis that begins with a bin for zero.
struct CdfChart {
  std::string title;
  std::string summary;
  const LogHistogram* histogram = nullptr;
  std::vector<QuantilePoint> points;
};

[[nodiscard]] std::string cdf_chart_svg(const CdfChart& chart);

// One horizontal bar, split in parts.
[[nodiscard]] std::string share_bar_svg(const std::vector<std::pair<std::string, double>>& parts);

}  // namespace seatrial

// See html.h. Numbers in coordinates have one digit after the point: enough for a screen, and bytes do not depend on
// the last bit of a rounding.
#include "reports/html.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "reports/csv.h"
#include "reports/wording.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr double kWidth = 480;
constexpr double kHeight = 220;
constexpr double kLeft = 46;
constexpr double kRight = 10;
constexpr double kTop = 10;
constexpr double kBottom = 30;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = kHeight - kTop - kBottom;
constexpr double kZeroWidth = 46;  // of a CDF's bin for zero

std::string coordinate(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

// 1, 2 or 5 times a power of ten: the smallest step that gives at most `most` ticks.
double nice_step(double range, int most) {
  if (!(range > 0)) return 1;
  const double raw = range / most;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

struct TimeUnit {
  double seconds;
  const char* name;
};

// The largest unit of which the range has at least two; above days, days.
TimeUnit time_unit(double range_s) {
  constexpr std::array<TimeUnit, 4> kUnits{{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  for (const TimeUnit& unit : kUnits) {
    if (range_s >= 2 * unit.seconds) return unit;
  }
  return kUnits.back();
}

void append_text(std::string& svg, double x, double y, const char* anchor, const std::string& text) {
  svg += std::string("<text x=\"") + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" + anchor + "\">";
  svg += escaped(text) + "</text>";
}

void append_line(std::string& svg, double x1, double y1, double x2, double y2) {
  svg += std::string("<line class=\"grid\" x1=\"") + coordinate(x1) + "\" y1=\"" + coordinate(y1) + "\" x2=\"" +
         coordinate(x2);
  svg += std::string("\" y2=\"") + coordinate(y2) + "\"/>";
}

std::string open_svg(const std::string& summary) {
  return std::string("<svg class=\"chart\" viewBox=\"0 0 480 220\" role=\"img\" aria-label=\"") + escaped(summary) +
         "\">";
}

double largest(const TimeChart& chart) {
  double high = 0;
  for (const ChartLine& line : chart.lines) {
    for (const double value : line.values) high = std::max(high, value);
  }
  return high > 0 ? high : 1;
}

void append_value_axis(std::string& svg, double high) {
  const double step = nice_step(high, 5);
  for (int i = 0; i * step <= high * (1 + 1e-9); ++i) {
    const double y = kTop + kPlotHeight * (1 - i * step / high);
    append_line(svg, kLeft, y, kWidth - kRight, y);
    append_text(svg, kLeft - 6, y + 4, "end", short_number(i * step));
  }
}

void append_time_axis(std::string& svg, const TimeChart& chart) {
  const double range = chart.end_s - chart.begin_s;
  const TimeUnit unit = time_unit(range);
  const double step = nice_step(range / unit.seconds, 6) * unit.seconds;
  for (double at = std::ceil(chart.begin_s / step) * step; at <= chart.end_s + 1e-9 * range; at += step) {
    const double x = kLeft + kPlotWidth * (at - chart.begin_s) / (range > 0 ? range : 1);
    const bool last = x > kWidth - kRight - 14;
    append_text(svg, last ? kWidth - kRight : x, kHeight - 10, last ? "end" : "middle",
                short_number(at / unit.seconds) + " " + unit.name);
  }
}

// A path of steps through the buckets; closed down to the axis where it is filled.
std::string step_path(const ChartLine& line, double high) {
  const std::size_t count = line.values.size();
  std::string path;
  const auto x = [&](std::size_t i) {
    return kLeft + kPlotWidth * static_cast<double>(i) / static_cast<double>(count);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::string y = coordinate(kTop + kPlotHeight * (1 - line.values[i] / high));
    path +=
        (i == 0 ? std::string("M") + coordinate(x(0)) + " " + y : std::string("V") + y) + "H" + coordinate(x(i + 1));
  }
  if (line.filled) path += std::string("V") + coordinate(kTop + kPlotHeight) + "H" + coordinate(kLeft) + "Z";
  return path;
}

std::string legend(const std::vector<ChartLine>& lines) {
  std::string html = "<ul class=\"legend\">";
  for (const ChartLine& line : lines) {
    html += std::string("<li><span class=\"swatch ") + line.css_class + "\"></span>" + escaped(line.name) + "</li>";
  }
  return html + "</ul>";
}

// Values for the read-out under the pointer.
std::string data_attributes(const TimeChart& chart) {
  std::string html = " data-begin=\"";
  append_number(html, chart.begin_s);
  html += "\" data-end=\"";
  append_number(html, chart.end_s);
  html += std::string("\" data-unit=\"") + escaped(chart.unit) + "\"";
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const std::string number = std::to_string(i);
    html +=
        std::string(" data-name") + number + "=\"" + escaped(chart.lines[i].name) + "\" data-values" + number + "=\"";
    for (const double value : chart.lines[i].values) {
      char text[32];
      std::snprintf(text, sizeof text, "%.4g ", value);
      html += text;
    }
    html += '"';
  }
  return html;
}

// Where a duration lies on a CDF's axis that ends at `decades` above the lowest.
double cdf_x(double seconds, int first, int last) {
  const double at = (std::log10(seconds) - first) / (last - first);
  return kLeft + kZeroWidth + (kPlotWidth - kZeroWidth) * std::clamp(at, 0.0, 1.0);
}

struct DurationTick {
  double seconds;
  const char* name;
};

// About ten times apart, and whole in the unit that a reader would choose.
constexpr std::array<DurationTick, 15> kDurationTicks{{{1e-3, "1 ms"},
                                                       {1e-2, "10 ms"},
                                                       {0.1, "0.1 s"},
                                                       {1, "1 s"},
                                                       {10, "10 s"},
                                                       {60, "1 min"},
                                                       {600, "10 min"},
                                                       {3600, "1 h"},
                                                       {36e3, "10 h"},
                                                       {345'600, "4 d"},
                                                       {3'456'000, "40 d"},
                                                       {31'557'600, "1 y"},
                                                       {315'576'000, "10 y"},
                                                       {3'155'760'000, "100 y"},
                                                       {31'557'600'000, "1,000 y"}}};

struct CdfRange {
  int first = 0;  // powers of ten of seconds
  int last = 1;
};

CdfRange cdf_range(const CdfChart& chart) {
  const LogHistogram& histogram = *chart.histogram;
  int low = LogHistogram::kDecades;
  int high = 0;
  for (std::size_t i = 0; i < histogram.bins.size(); ++i) {
    if (histogram.bins[i] == 0) continue;
    low = std::min(low, static_cast<int>(i) / LogHistogram::kPerDecade);
    high = std::max(high, static_cast<int>(i) / LogHistogram::kPerDecade + 1);
  }
  for (const QuantilePoint& point : chart.points) {
    if (point.seconds <= 0) continue;
    const double decade = std::log10(point.seconds / LogHistogram::kLowest_s);
    low = std::min(low, std::max(0, static_cast<int>(std::floor(decade))));
    high = std::max(high, static_cast<int>(std::ceil(decade)));
  }
  if (low >= high) return {0, 3};
  return {low - 3, high - 3};
}

void append_cdf_axes(std::string& svg, const CdfRange& range) {
  for (const int percent : {0, 25, 50, 75, 100}) {
    const double y = kTop + kPlotHeight * (1 - percent / 100.0);
    append_line(svg, kLeft, y, kWidth - kRight, y);
    append_text(svg, kLeft - 6, y + 4, "end", std::to_string(percent) + " %");
  }
  append_text(svg, kLeft + 4, kHeight - 10, "middle", "0");
  const std::size_t step = range.last - range.first > 6 ? 2 : 1;
  std::size_t inside = 0;
  for (const DurationTick& tick : kDurationTicks) {
    const double power = std::log10(tick.seconds);
    if (power < range.first || power > range.last || inside++ % step != 0) continue;
    const double x = cdf_x(tick.seconds, range.first, range.last);
    append_line(svg, x, kTop, x, kTop + kPlotHeight);
    append_text(svg, x, kHeight - 10, range.last - power < 0.15 ? "end" : "middle", tick.name);
  }
}

std::string cdf_path(const LogHistogram& histogram, const CdfRange& range) {
  double share = static_cast<double>(histogram.zeros) / static_cast<double>(histogram.count);
  const auto y = [&] { return coordinate(kTop + kPlotHeight * (1 - share)); };
  std::string path = std::string("M") + coordinate(kLeft) + " " + y() + "H" + coordinate(kLeft + kZeroWidth);
  std::uint64_t below = histogram.zeros;
  const int begin = (range.first + 3) * LogHistogram::kPerDecade;
  const int end = (range.last + 3) * LogHistogram::kPerDecade;
  for (int i = begin; i < end; ++i) {
    below += histogram.bins[static_cast<std::size_t>(i)];
    share = static_cast<double>(below) / static_cast<double>(histogram.count);
    path += std::string("L") +
            coordinate(cdf_x(LogHistogram::upper_s(static_cast<std::size_t>(i)), range.first, range.last)) + " " + y();
  }
  return path;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  const std::string clean = to_utf8(text);
  out.reserve(clean.size());
  for (const char c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\n':
      case '\t':
        out += c;
        break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += "\xef\xbf\xbd";
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string time_chart_svg(const TimeChart& chart) {
  const double high = largest(chart);
  std::string html =
      std::string("<figure") + data_attributes(chart) + "><figcaption>" + escaped(chart.title) + "</figcaption>";
  html += open_svg(chart.summary);
  append_value_axis(html, high);
  for (const ChartLine& line : chart.lines) {
    html += std::string("<path class=\"") + line.css_class + (line.filled ? " area" : " line") + "\" d=\"" +
            step_path(line, high) + "\"/>";
  }
  append_time_axis(html, chart);
  html += "<line class=\"cursor\" x1=\"0\" y1=\"10\" x2=\"0\" y2=\"190\"/></svg>";
  return html + legend(chart.lines) + "<p class=\"readout\" aria-live=\"off\"></p></figure>";
}

std::string cdf_chart_svg(const CdfChart& chart) {
  std::string html = std::string("<figure><figcaption>") + escaped(chart.title) + "</figcaption>";
  if (chart.histogram->count == 0) return html + "<p>No job to show.</p></figure>";
  const CdfRange range = cdf_range(chart);
  html += open_svg(chart.summary);
  append_cdf_axes(html, range);
  html += std::string("<path class=\"c1 line\" d=\"") + cdf_path(*chart.histogram, range) + "\"/>";
  for (const QuantilePoint& point : chart.points) {
    const double x = point.seconds <= 0 ? kLeft + kZeroWidth / 2 : cdf_x(point.seconds, range.first, range.last);
    const double y = kTop + kPlotHeight * (1 - point.share);
    html += std::string("<circle class=\"c3 dot\" r=\"4\" cx=\"") + coordinate(x) + "\" cy=\"" + coordinate(y) +
            "\"><title>recorded " + escaped(point.name) + ": " + escaped(human_duration(point.seconds)) +
            "</title></circle>";
  }
  html += "</svg><ul class=\"legend\"><li><span class=\"swatch c1\"></span>simulated</li>";
  if (!chart.points.empty()) html += "<li><span class=\"swatch c3\"></span>recorded quantiles</li>";
  return html + "</ul></figure>";
}

std::string share_bar_svg(const std::vector<std::pair<std::string, double>>& parts) {
  double sum = 0;
  for (const auto& part : parts) sum += part.second;
  if (!(sum > 0)) return "";
  std::string html = "<svg class=\"bar\" viewBox=\"0 0 480 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  double x = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double width = 480 * parts[i].second / sum;
    html += std::string("<rect class=\"c") + std::to_string(i + 1) + " area\" x=\"" + coordinate(x) +
            "\" y=\"0\" width=\"" + coordinate(width) + "\" height=\"24\"/>";
    x += width;
  }
  return html + "</svg>";
}

}  // namespace seatrial

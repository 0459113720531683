// See fit_plot.h.
#include "reports/fit_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>

namespace seatrial {

extern const std::string_view kPageCss;

namespace {

constexpr std::size_t kMostCurves = 40;  // drawn of a family
constexpr std::size_t kMostDots = 2000;  // of a drawing
constexpr double kWidth = 560;
constexpr double kHeight = 240;
constexpr double kLeft = 64;
constexpr double kRight = 12;
constexpr double kTop = 8;
constexpr double kBottom = 34;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

std::string number(double value, const char* form = "%.4g") {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

struct Dot {
  double x = 0;
  double y = 0;
};

// One axis: logarithmic where its values are above 0 and span more than a factor of 20.
class Axis {
 public:
  Axis(std::span<const double> values, double from, double to) : from_(from), to_(to) {
    for (const double value : values) {
      low_ = std::min(low_, value);
      high_ = std::max(high_, value);
    }
    log_ = low_ > 0 && high_ > 20 * low_;
    if (!(high_ > low_)) {
      const double room = high_ == 0 ? 1 : std::abs(high_) / 10;
      low_ -= room;
      high_ += room;
      log_ = false;
    }
  }
  [[nodiscard]] double at(double value) const {
    return from_ + (to_ - from_) * (scaled(value) - scaled(low_)) / (scaled(high_) - scaled(low_));
  }
  [[nodiscard]] std::vector<double> ticks() const {
    std::vector<double> found;
    if (log_) {
      const double first = std::ceil(std::log10(low_) - 1e-9);
      const double last = std::log10(high_);
      const double step = std::max(1.0, std::ceil((last - first) / 5));
      for (double power = first; power <= last + 1e-9; power += step) found.push_back(std::pow(10, power));
      if (found.size() > 1) return found;
    }
    for (int i = 0; i <= 4; ++i) found.push_back(low_ + (high_ - low_) * i / 4);
    if (log_) found.erase(found.begin());
    return found;
  }
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  [[nodiscard]] double between(double share) const {
    return log_ ? low_ * std::pow(high_ / low_, share) : low_ + (high_ - low_) * share;
  }

 private:
  [[nodiscard]] double scaled(double value) const { return log_ ? std::log(std::max(value, low_)) : value; }
  double from_;
  double to_;
  double low_ = 1e300;
  double high_ = -1e300;
  bool log_ = false;
};

struct Drawing {
  std::string x_name;
  std::string y_name;
  std::vector<Dot> measured;
  std::vector<Dot> predicted;  // empty: none beside
  std::vector<Dot> line;
};

std::string grid(const Axis& x, const Axis& y, const Drawing& of) {
  std::string svg;
  for (const double tick : y.ticks()) {
    const std::string at = number(y.at(tick), "%.1f");
    svg += "<line x1=\"64\" x2=\"548\" y1=\"" + at + "\" y2=\"" + at +
           "\" stroke=\"var(--grid)\"/><text x=\"58\" y=\"" + at + "\" text-anchor=\"end\" dy=\".35em\">" +
           number(tick) + "</text>";
  }
  for (const double tick : x.ticks()) {
    svg +=
        "<text x=\"" + number(x.at(tick), "%.1f") + "\" y=\"220\" text-anchor=\"middle\">" + number(tick) + "</text>";
  }
  return svg + "<text x=\"306\" y=\"236\" text-anchor=\"middle\">" + escaped(of.x_name) +
         "</text><text x=\"0\" y=\"0\" " + "transform=\"translate(10 110) rotate(-90)\" text-anchor=\"middle\">" +
         escaped(of.y_name) + "</text>";
}

std::string dots(const std::vector<Dot>& of, const Axis& x, const Axis& y, const char* look) {
  std::string svg;
  const std::size_t every = of.size() / kMostDots + 1;
  for (std::size_t i = 0; i < of.size(); i += every) {
    svg += "<circle cx=\"" + number(x.at(of[i].x), "%.1f") + "\" cy=\"" + number(y.at(of[i].y), "%.1f") +
           "\" r=\"2.6\" " + look + "/>";
  }
  return svg;
}

std::string svg_of(const Drawing& of) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const auto* list : {&of.measured, &of.predicted, &of.line}) {
    for (const Dot& dot : *list) {
      xs.push_back(dot.x);
      ys.push_back(dot.y);
    }
  }
  const Axis x(xs, kLeft, kWidth - kRight);
  const Axis y(ys, kHeight - kBottom, kTop);
  std::string svg = "<svg viewBox=\"0 0 560 240\" role=\"img\" aria-label=\"" + escaped(of.y_name) + " by " +
                    escaped(of.x_name) + "\">" + grid(x, y, of);
  if (!of.line.empty()) {
    svg += "<polyline fill=\"none\" stroke=\"var(--c0)\" stroke-width=\"1.6\" points=\"";
    for (const Dot& dot : of.line) svg += number(x.at(dot.x), "%.1f") + ',' + number(y.at(dot.y), "%.1f") + ' ';
    svg += "\"/>";
  }
  svg += dots(of.measured, x, y, "fill=\"none\" stroke=\"var(--c3)\"");
  return svg + dots(of.predicted, x, y, "fill=\"var(--c0)\"") + "</svg>";
}

// Points of one curve and one time.
struct Shown {
  std::string key;
  std::size_t time = 0;
  std::vector<const CostPoint*> points;
};

std::vector<Shown> shown_curves(const FitPlotFamily& of) {
  std::map<std::string, Shown> found;
  const auto& times = of.family->layouts().front().times;
  for (const CostPoint& point : of.points) {
    if (point.times.size() != times.size()) continue;  // jobs alone among pairs: rates that are looked up
    for (std::size_t time = 0; time < times.size(); ++time) {
      if (!(point.times[time] > 0)) continue;
      std::string key;
      for (const std::string& part : point.keys) key += (key.empty() ? "" : " / ") + part;
      if (of.family->layouts().front().rates) key = point.keys.front();  // pairs: one drawing for each GPU
      Shown& shown = found[key + '\n' + times[time]];
      shown.key = key + (times.size() > 1 ? ", " + times[time] : "");
      shown.time = time;
      shown.points.push_back(&point);
    }
  }
  std::vector<Shown> list;
  for (auto& [key, shown] : found) list.push_back(std::move(shown));
  return list;
}

// The number column that varies most, to draw over; the others are held where a curve is drawn.
std::size_t widest_column(const Shown& shown, std::size_t columns) {
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    std::vector<double> values;
    for (const CostPoint* point : shown.points) values.push_back(point->numbers[column]);
    std::sort(values.begin(), values.end());
    const auto distinct = static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
    if (distinct <= most) continue;
    most = distinct;
    best = column;
  }
  return best;
}

bool varies_alone(const Shown& shown, std::size_t column) {
  const CostPoint& first = *shown.points.front();
  return std::all_of(shown.points.begin(), shown.points.end(), [&](const CostPoint* point) {
    for (std::size_t i = 0; i < first.numbers.size(); ++i) {
      if (i != column && point->numbers[i] != first.numbers[i]) return false;
    }
    return true;
  });
}

std::string curve_html(const FitPlotFamily& of, const Shown& shown) {
  const CostFamily::Columns& layout = of.family->layouts().front();
  const std::size_t column = widest_column(shown, layout.numbers.size());
  Drawing above{layout.numbers[column], layout.times[shown.time], {}, {}, {}};
  Drawing below{layout.numbers[column], "residual, %", {}, {}, {}};
  ErrorSum errors;
  std::vector<double> xs;
  for (const CostPoint* point : shown.points) {
    const double x = point->numbers[column];
    const double measured = point->times[shown.time];
    const double predicted = of.family->predict(*of.fitted, *point)[shown.time].value;
    above.measured.push_back({x, measured});
    xs.push_back(x);
    if (!errors.add(predicted, measured)) continue;
    above.predicted.push_back({x, predicted});
    below.predicted.push_back({x, 100 * (predicted / measured - 1)});
  }
  if (varies_alone(shown, column)) {
    above.predicted.clear();
    const Axis x(xs, 0, 1);
    for (int i = 0; i <= 80; ++i) {
      CostPoint at = *shown.points.front();
      at.numbers[column] = x.between(i / 80.0);
      const double predicted = of.family->predict(*of.fitted, at)[shown.time].value;
      if (std::isfinite(predicted)) above.line.push_back({at.numbers[column], predicted});
    }
  }
  if (below.predicted.empty()) return {};
  below.line = {{*std::min_element(xs.begin(), xs.end()), 0}, {*std::max_element(xs.begin(), xs.end()), 0}};
  const FitErrors sum = errors.errors();
  return "<section class=\"panel\"><h2>" + escaped(shown.key) + "</h2><p class=\"note\">" + std::to_string(sum.points) +
         " points as fitted: mean error " + number(100 * sum.mean, "%.2f") + " %, worst " +
         number(100 * sum.worst, "%.1f") + " %</p>" + svg_of(above) + svg_of(below) + "</section>";
}

std::string errors_html(std::span<const FitPlotFamily> families) {
  std::string html =
      "<section class=\"panel wide\"><h2>Errors on points that a fit has not seen</h2><table><thead><tr><th>family</th>"
      "<th>held out</th><th>points</th><th>mean, %</th><th>median, %</th><th>p90, %</th><th>worst, "
      "%</th></tr></thead><tbody>";
  for (const FitPlotFamily& of : families) {
    for (const HeldOutErrors& held : of.fitted->held_out) {
      html += "<tr><td>" + escaped(of.fitted->family) + "</td><td>" + escaped(held.split) + "</td><td>" +
              std::to_string(held.errors.points) + "</td>";
      for (const double error : {held.errors.mean, held.errors.median, held.errors.p90, held.errors.worst}) {
        html += "<td>" + number(100 * error, "%.2f") + "</td>";
      }
      html += "</tr>";
    }
  }
  return html +
         "</tbody></table><p class=\"note\">Open circles: measured. Line or filled circles: predicted.</p></section>";
}

}  // namespace

std::string fit_plot_html(const std::string& title, std::span<const FitPlotFamily> families) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src "
      "'unsafe-inline'\"><title>" +
      escaped(title) + "</title><style>" + std::string(kPageCss) +
      "\nsvg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--soft); }</style></head><body><main>"
      "<section class=\"top wide\"><h1>" +
      escaped(title) + "</h1></section>" + errors_html(families);
  for (const FitPlotFamily& of : families) {
    const std::vector<Shown> curves = shown_curves(of);
    for (std::size_t i = 0; i < curves.size() && i < kMostCurves; ++i) html += curve_html(of, curves[i]);
    if (curves.size() > kMostCurves) {
      html += "<p class=\"note wide\">" + escaped(of.fitted->family) + ": " +
              std::to_string(curves.size() - kMostCurves) + " more curves are not drawn</p>";
    }
  }
  return html + "</main></body></html>\n";
}

}  // namespace seatrial

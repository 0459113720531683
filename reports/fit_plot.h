// The page of `seatrial fit --plot`: for each curve of a calibration the measured points, the curve or the predictions
// beside them, and the residuals; the errors on held-out points in a table. One self-contained file without script:
// drawings are SVG in the colours of the other pages.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/cost_family.h"

namespace seatrial {

struct FitPlotFamily {
  const CostFamily* family = nullptr;
  const FittedFamily* fitted = nullptr;
  std::span<const CostPoint> points;  // that were fitted
};

// title: what was measured. Equal fits give equal pages. At most 40 curves a family are drawn, the rest counted.
[[nodiscard]] std::string fit_plot_html(const std::string& title, std::span<const FitPlotFamily> families);

}  // namespace seatrial

// The lines of an OpenMetrics text: families, label sets with escaped values, samples with timestamps. Internal to the
// writers of metrics.om.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/byte_sink.h"
#include "reports/sample_grid.h"

namespace seatrial {

class OpenMetricsText {
 public:
  OpenMetricsText(ByteSink& sink, std::int64_t epoch_s) : buffer_(sink), epoch_s_(epoch_s) {}

  // type: gauge, counter or histogram. Samples follow until the next family.
  void family(std::string_view name, const char* type, std::string_view help);
  // suffix: of the family's name, for instance "_total"; labels as labels_text() gives them; second: of the trace.
  void sample(const char* suffix, std::string_view labels, double value, std::int64_t second);
  // `# EOF`.
  void finish();
  [[nodiscard]] std::uint64_t samples() const { return samples_; }

 private:
  Buffered buffer_;
  std::string name_;
  std::int64_t epoch_s_;
  std::uint64_t samples_ = 0;
};

using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;
// `{a="x",b="y"}`; backslashes, quotes and line breaks of values are escaped. MetricLabels without a value are left
// out.
[[nodiscard]] std::string labels_text(const MetricLabels& labels);

}  // namespace seatrial

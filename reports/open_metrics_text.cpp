// See open_metrics_text.h.
#include "reports/open_metrics_text.h"

#include "reports/csv.h"
#include "sim/text.h"

namespace seatrial {

void OpenMetricsText::family(std::string_view name, const char* type, std::string_view help) {
  name_ = name;
  std::string& out = buffer_.text;
  out.append("# TYPE ").append(name).append(" ").append(type);
  out.append("\n# HELP ").append(name).append(" ").append(help).append("\n");
}

void OpenMetricsText::sample(const char* suffix, std::string_view labels, double value, std::int64_t second) {
  std::string& out = buffer_.text;
  out.append(name_).append(suffix).append(labels).append(" ");
  append_number(out, value);
  out += ' ';
  append_integer(out, epoch_s_ + second);
  out += '\n';
  ++samples_;
  buffer_.flush_if_full();
}

void OpenMetricsText::finish() {
  buffer_.text += "# EOF\n";
  buffer_.flush();
}

std::string labels_text(const MetricLabels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (value.empty()) continue;
    out += out.empty() ? '{' : ',';
    out.append(name).append("=\"");
    for (const char c : is_utf8(value) ? std::string(value) : to_utf8(value)) {
      if (c == '\\' || c == '"') out += '\\';
      if (c == '\n') {
        out += "\\n";
      } else {
        out += c;
      }
    }
    out += '"';
  }
  return out.empty() ? out : out + '}';
}

}  // namespace seatrial

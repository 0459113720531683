// See many_runs.h.
#include "reports/many_runs.h"

#include <array>

#include "reports/summary.h"
#include "reports/wording.h"
#include "sim/text.h"

namespace seatrial {
namespace {

// The entry of `list metrics` for a name, in which <tenant> and <pool> stand for any text.
const MetricDoc* doc_of(std::string_view metric) {
  for (const MetricDoc& doc : metric_docs()) {
    const std::string_view name = doc.name;
    const std::size_t open = name.find('<');
    if (open == std::string_view::npos && name == metric) return &doc;
    if (open == std::string_view::npos) continue;
    const std::string_view after = name.substr(name.find('>') + 1);
    const bool fits =
        metric.size() >= open + after.size() && metric.starts_with(name.substr(0, open)) && metric.ends_with(after);
    if (fits) return &doc;
  }
  return nullptr;
}

}  // namespace

std::string metric_words(std::string_view metric) {
  constexpr std::array<std::pair<std::string_view, const char*>, 4> kFamilies{
      {{"wait_s.", "wait"}, {"jct_s.", "completion time"}, {"slowdown.", "slowdown"}, {"queue.", "queue"}}};
  for (const auto& [prefix, words] : kFamilies) {
    if (metric.starts_with(prefix)) return std::string(metric.substr(prefix.size())) + ' ' + words;
  }
  if (metric == "gpu.allocated_ratio.mean") return "GPU allocation";
  if (metric == "gpu.useful_ratio.mean") return "useful GPU time";
  if (metric == "cost.usd") return "cost";
  if (metric == "makespan_s") return "makespan";
  if (metric == "jobs.failed") return "failed jobs";
  if (metric == "jobs.rejected") return "rejected jobs";
  return std::string(metric);
}

std::string_view metric_unit(std::string_view metric) {
  const MetricDoc* doc = doc_of(metric);
  return doc == nullptr ? std::string_view() : std::string_view(doc->unit);
}

std::string_view metric_sentence(std::string_view metric) {
  const MetricDoc* doc = doc_of(metric);
  return doc == nullptr ? std::string_view() : std::string_view(doc->sentence);
}

std::string metric_value_words(std::string_view metric, const std::optional<double>& value) {
  if (!value) return "not known";
  const std::string_view unit = metric_unit(metric);
  if (unit == "s") return human_duration(*value);
  if (metric.find("_ratio") != std::string_view::npos) return percent_words(value);
  if (unit == "USD") return usd_words(value);
  std::string text = short_number(*value);
  if (!unit.empty() && unit != "1") text += ' ' + std::string(unit);
  return text;
}

}  // namespace seatrial

// A comparison for people: the verdict in words, then one row per alternative and headline metric; see comparison.h.
#include <algorithm>
#include <cmath>

#include "reports/comparison.h"
#include "reports/many_runs.h"
#include "reports/size_class.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::size_t kName = 36;
constexpr std::size_t kCell = 24;
constexpr std::size_t kInterval = 48;

std::string left(std::string text, std::size_t width) {
  text = quoted(text, width - 1);
  text.append(width > text.size() ? width - text.size() : 1, ' ');
  return text;
}

std::string percent(double share) {
  char text[48];
  std::snprintf(text, sizeof text, "%.3g", std::abs(share) * 100);
  return text;
}

// "[58, 64]" of an interval of relative differences, as sizes.
std::string percent_interval(const Bounds& bounds) {
  if (!bounds) return "";
  const double low = bounds->first * 100;
  const double high = bounds->second * 100;
  const bool negative = low + high < 0;
  char text[80];
  std::snprintf(text, sizeof text, " [%.3g, %.3g]", negative ? -high : low, negative ? -low : high);
  return text;
}

std::string signed_words(const std::string& metric, double value) {
  std::string out = value > 0 ? "+" : value < 0 ? "-" : "";
  return out.append(metric_value_words(metric, std::abs(value)));
}

// "-35.3 % [-12 min 3 s, -70 s]": the size of the difference, and the interval that the verdict is about.
std::string interval_words(const MetricComparison& metric) {
  if (!metric.difference) return "";
  std::string out = signed_words(metric.metric, *metric.difference);
  if (metric.relative) {
    out = *metric.difference > 0 ? "+" : *metric.difference < 0 ? "-" : "";
    out.append(percent(*metric.relative)).append(" %");
  }
  if (!metric.difference_ci95) return out;
  out.append(" [").append(signed_words(metric.metric, metric.difference_ci95->first)).append(", ");
  return out.append(signed_words(metric.metric, metric.difference_ci95->second)).append("]");
}

std::string paint(const std::string& text, Verdict verdict, bool colour) {
  if (!colour || (verdict != Verdict::Better && verdict != Verdict::Worse)) return text;
  return std::string(verdict == Verdict::Better ? "\x1b[32m" : "\x1b[31m").append(text).append("\x1b[0m");
}

std::string metric_rows(const Comparison& comparison, const std::string& metric, bool colour) {
  std::string out = "\n";
  out.append(metric_words(metric)).append(" (").append(metric).append(")\n");
  for (const Alternative& alternative : comparison.alternatives) {
    const MetricComparison* found = alternative.find(metric);
    if (found == nullptr || !found->mean) continue;
    out.append("  ").append(left(alternative.name, kName)).append(left(metric_value_words(metric, found->mean), kCell));
    if (alternative.is_baseline) {
      out += "baseline\n";
      continue;
    }
    out += left(interval_words(*found), kInterval) + paint(verdict_name(found->verdict), found->verdict, colour) + '\n';
  }
  return out;
}

// The tenant, size or user with the largest loss that is no chance; sizes say nothing where a tenant does.
std::string losers_of(const Alternative& alternative) {
  const GroupComparison* most = nullptr;
  for (const GroupComparison& group : alternative.groups) {
    if (group.verdict != Verdict::Worse) continue;
    const bool same_kind = most != nullptr && most->kind == group.kind;
    if (most == nullptr || (same_kind && group.difference_s > most->difference_s)) most = &group;
  }
  if (most == nullptr) return "";
  if (most->kind == "size") {
    if (most->name == size_class_name(0)) return "no GPU";
    return most->name + (most->name.find("GPU") == std::string::npos ? " GPUs" : "");
  }
  return most->kind + ' ' + quoted(most->name.empty() ? "(none)" : most->name, 24);
}

}  // namespace

std::string comparison_verdict(const Comparison& comparison) {
  if (comparison.alternatives.size() < 2) return "One alternative: nothing to compare with.";
  const std::string& metric = comparison.headline.front();
  const std::string words = metric_words(metric);
  const Alternative* best = nullptr;
  const Alternative* worst = nullptr;
  const double sign = better_way(metric) == Better::Higher ? -1 : 1;
  for (const Alternative& alternative : comparison.alternatives) {
    const MetricComparison* found = alternative.find(metric);
    if (alternative.is_baseline || found == nullptr || !found->difference) continue;
    const double loss = *found->difference * sign;
    const auto loss_of = [&](const Alternative* other) { return *other->find(metric)->difference * sign; };
    if (found->verdict == Verdict::Better && (best == nullptr || loss < loss_of(best))) best = &alternative;
    if (found->verdict == Verdict::Worse && (worst == nullptr || loss < loss_of(worst))) worst = &alternative;
  }
  const std::string base = quoted(comparison.alternatives[comparison.baseline].name, 60);
  const Alternative* shown = best != nullptr ? best : worst;
  if (shown == nullptr) return "No alternative differs from " + base + " in " + words + ": no evidence.";
  const MetricComparison& found = *shown->find(metric);
  std::string out;
  const bool lowers = *found.difference < 0;
  std::string size;
  if (found.relative) {
    size.append(percent(*found.relative)).append(" %").append(percent_interval(found.relative_ci95));
  } else {
    size = metric_value_words(metric, std::abs(*found.difference));
  }
  if (best == nullptr) out.append(base).append(" is best in ").append(words).append("; ");
  out.append(quoted(shown->name, 60)).append(lowers ? " cuts " : " raises ").append(words).append(" by ").append(size);
  if (best != nullptr) out.append(" against ").append(base);
  if (shown->paired_jobs > 0) {
    const double share = static_cast<double>(shown->worse_off) / static_cast<double>(shown->paired_jobs);
    out.append("; ").append(percent(share)).append(" % of jobs are worse off");
    const std::string losers = losers_of(*shown);
    if (!losers.empty()) out.append(", notably ").append(losers);
  }
  return out + '.';
}

std::string comparison_text(const Comparison& comparison, bool colour) {
  std::string out =
      colour ? std::string("\x1b[1m").append(comparison.verdict).append("\x1b[0m\n") : comparison.verdict + '\n';
  for (const std::string& metric : comparison.headline) out += metric_rows(comparison, metric, colour);
  out += "\n" + std::to_string(comparison.alternatives.size()) + " alternatives x " +
         std::to_string(comparison.replications) + " replications (" + comparison.header.detail + ")";
  if (comparison.replications > 1) {
    out += "; 95 % intervals of paired differences, verdicts corrected for several alternatives (Holm)";
  }
  out += '\n';
  for (const FailIf& condition : comparison.fail_if) {
    out += paint(condition.failed ? "FAILED" : "passed", condition.failed ? Verdict::Worse : Verdict::Better, colour) +
           "  " + quoted(condition.text, 100) + ": " + quoted(condition.why, 200) + '\n';
  }
  return out;
}

}  // namespace seatrial

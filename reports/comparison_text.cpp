// A comparison for people: the verdict in words, then one row per alternative and headline metric; see comparison.h.
#include <algorithm>
#include <cmath>
#include <utility>

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
  if (std::abs(share) >= 9.995) return short_number(std::abs(share) * 100);
  std::snprintf(text, sizeof text, "%.3g", std::abs(share) * 100);
  return text;
}

// "[58, 64]" of an interval of relative differences, as sizes.
std::string percent_interval(const Bounds& bounds) {
  if (!bounds) return "";
  const double low = bounds->first * 100;
  const double high = bounds->second * 100;
  const bool negative = low + high < 0;
  return " [" + short_number(negative ? -high : low) + ", " + short_number(negative ? -low : high) + "]";
}

std::string signed_words(const std::string& metric, double value) {
  std::string size = metric_value_words(metric, std::abs(value));
  if (size.find_first_of("123456789") == std::string::npos) return size;  // too small to be written has no sign
  return (value > 0 ? "+" : "-") + std::move(size);
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

// "333 of 1,300 jobs fail"; empty where too few do to matter.
std::string lost_clause(const Alternative& alternative, const std::string& where) {
  if (!(alternative.lost_jobs > kLostShare * alternative.submitted_jobs)) return "";
  const auto known = [&](const char* metric) {
    const MetricComparison* found = alternative.find(metric);
    return found != nullptr && found->mean.value_or(0) > 0;
  };
  std::string out = short_number(std::round(alternative.lost_jobs)) + " of ";
  out += short_number(std::round(alternative.submitted_jobs));
  out += known("jobs.failed") ? " jobs fail" : " jobs are rejected";
  if (known("jobs.failed") && known("jobs.rejected")) out += " or are rejected";
  return where.empty() ? out : out + ' ' + where;
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
    out += left(interval_words(*found), kInterval) + paint(verdict_name(found->verdict), found->verdict, colour);
    if (found->verdict == Verdict::Better && alternative.loses_more && flattered_by_lost_jobs(metric)) {
      out += ", but " + lost_clause(alternative, "");
    }
    out += '\n';
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

bool holds_zero(const Bounds& bounds) { return bounds && bounds->first <= 0 && bounds->second >= 0; }

// "5.2 % [4.1, 6.3]", or the difference where the baseline is 0. Where the ratio's interval holds 0 though that of the
// difference, which the verdict is about, does not: "55.5 s [11.9 s, 99.2 s]".
std::string size_words(const MetricComparison& found) {
  if (found.difference_ci95 && holds_zero(found.relative_ci95) && !holds_zero(found.difference_ci95)) {
    const auto [low, high] = *found.difference_ci95;
    const auto words = [&](double value) { return metric_value_words(found.metric, std::abs(value)); };
    return words(*found.difference) + " [" + words(low < 0 ? high : low) + ", " + words(low < 0 ? low : high) + "]";
  }
  if (!found.relative) return metric_value_words(found.metric, std::abs(*found.difference));
  return percent(*found.relative) + " %" + percent_interval(found.relative_ci95);
}

std::string worse_off_clause(const Alternative& alternative, bool who) {
  if (alternative.paired_jobs == 0) return "";
  const std::string losers = who ? losers_of(alternative) : "";
  if (who) return losers.empty() ? "" : ", notably " + losers;
  const double share = static_cast<double>(alternative.worse_off) / static_cast<double>(alternative.paired_jobs);
  return percent(share) + " % of jobs are worse off";
}

// Adds clauses for as long as the sentence has at most 25 words; one that begins with a comma belongs to the one
// before.
std::string limited(std::string text, const std::vector<std::string>& clauses) {
  constexpr std::ptrdiff_t kWords = 25;
  bool fitted = true;
  for (const std::string& clause : clauses) {
    if (clause.empty()) continue;
    const bool belongs = clause.front() == ',';
    if (belongs && !fitted) continue;
    std::string longer = text;
    longer.append(belongs ? "" : "; ").append(clause);
    fitted = std::count(longer.begin(), longer.end(), ' ') < kWords;
    if (fitted) text = std::move(longer);
  }
  return text + '.';
}

// What the first headline metric shows: an alternative that is better; one that is better only because jobs that it
// loses do not count; or, where there is neither, the one that is worse by the least.
struct Finding {
  enum class Kind : std::uint8_t { Better, Flattered, Worse };
  const Alternative* shown = nullptr;
  Kind kind = Kind::Better;
};

Finding finding_of(const Comparison& comparison) {
  const std::string& metric = comparison.headline.front();
  const double sign = better_way(metric) == Better::Higher ? -1 : 1;
  Finding finding;
  double least = 0;
  for (const Alternative& alternative : comparison.alternatives) {
    const MetricComparison* found = alternative.find(metric);
    if (alternative.is_baseline || found == nullptr || !found->difference) continue;
    const bool better = found->verdict == Verdict::Better;
    if (!better && found->verdict != Verdict::Worse) continue;
    const bool flattered = better && alternative.loses_more && flattered_by_lost_jobs(metric);
    const auto kind = !better ? Finding::Kind::Worse : flattered ? Finding::Kind::Flattered : Finding::Kind::Better;
    const double loss = *found->difference * sign;
    const bool first = finding.shown == nullptr || kind < finding.kind;
    if (!first && (kind != finding.kind || loss >= least)) continue;
    finding = {&alternative, kind};
    least = loss;
  }
  return finding;
}

// What one case shows, for the verdict over all of them.
struct CaseFinding {
  const CaseComparison* head = nullptr;
  std::string name, size;  // of the alternative that is better; empty: none is
  double relative = 0;
};

std::vector<CaseFinding> case_findings(const Comparison& comparison) {
  std::vector<CaseFinding> out;
  for (std::size_t i = 0; i < comparison.cases.size(); ++i) {
    const Comparison part = case_part(comparison, i);
    CaseFinding& one = out.emplace_back();
    one.head = &comparison.cases[i];
    const Finding finding = finding_of(part);
    if (finding.shown == nullptr || finding.kind != Finding::Kind::Better) continue;
    const MetricComparison& found = *finding.shown->find(comparison.headline.front());
    one.name = finding.shown->name;
    one.size = size_words(found);
    one.relative = found.relative.value_or(0);
  }
  return out;
}

std::string in_case(const CaseFinding& one) { return one.size + " (" + quoted(one.head->name, 24) + ')'; }

// The others in as many clauses as there is room for: which is best there, or that none is.
std::vector<std::string> other_cases(const std::vector<CaseFinding>& findings, const std::string& but) {
  std::vector<std::string> clauses;
  for (const CaseFinding& one : findings) {
    if (one.name == but) continue;
    const std::string where = quoted(one.head->name, 24);
    clauses.push_back(one.name.empty() ? "nothing beats it in " + where
                                       : quoted(one.name, 24) + " in " + where + ", by " + one.size);
  }
  return clauses;
}

// The alternative that is best in most cases, the smallest and the largest of its gains, and who is best elsewhere.
std::string verdict_over_cases(const Comparison& comparison) {
  const std::string& metric = comparison.headline.front();
  const std::string base = quoted(comparison.alternatives[comparison.baseline].name, 40);
  const std::vector<CaseFinding> findings = case_findings(comparison);
  const CaseFinding* best = nullptr;
  std::ptrdiff_t most = 0;
  for (const CaseFinding& one : findings) {
    const auto wins =
        std::count_if(findings.begin(), findings.end(), [&](const auto& x) { return x.name == one.name; });
    if (one.name.empty() || wins <= most) continue;
    best = &one;
    most = wins;
  }
  const std::string cases = std::to_string(findings.size()) + (findings.size() == 1 ? " case" : " cases");
  if (best == nullptr)
    return limited("Nothing beats " + base + " in " + metric_words(metric) + " in any of " + cases, {});
  const CaseFinding* least = best;
  const CaseFinding* largest = best;
  for (const CaseFinding& one : findings) {
    if (one.name != best->name) continue;
    if (std::abs(one.relative) < std::abs(least->relative)) least = &one;
    if (std::abs(one.relative) > std::abs(largest->relative)) largest = &one;
  }
  const bool higher = better_way(metric) == Better::Higher;
  std::string out = quoted(best->name, 40) + (higher ? " raises " : " cuts ") + metric_words(metric);
  const bool everywhere = static_cast<std::size_t>(most) == findings.size();
  if (most > 1)
    out += everywhere ? " most in all " + cases + ',' : " most in " + std::to_string(most) + " of " + cases + ',';
  out += " by " + in_case(*least);
  if (largest != least) out += " to " + in_case(*largest);
  return limited(out + " against " + base, other_cases(findings, best->name));
}

std::string all_metric_rows(const Comparison& comparison, bool colour) {
  std::string out;
  for (const std::string& metric : comparison.headline) out += metric_rows(comparison, metric, colour);
  return out;
}

}  // namespace

std::string comparison_verdict(const Comparison& comparison) {
  if (!comparison.cases.empty()) return verdict_over_cases(comparison);
  if (comparison.alternatives.size() < 2) return "One alternative: nothing to compare with.";
  const std::string& metric = comparison.headline.front();
  const std::string words = metric_words(metric);
  const Alternative& baseline = comparison.alternatives[comparison.baseline];
  const std::string base = quoted(baseline.name, 60);
  const Finding finding = finding_of(comparison);
  if (finding.shown == nullptr) {
    return limited("No alternative differs from " + base + " in " + words + ": no evidence",
                   {lost_clause(baseline, "")});
  }
  const Alternative& shown = *finding.shown;
  const std::string size = size_words(*shown.find(metric));
  const char* way = *shown.find(metric)->difference < 0 ? " cuts " : " raises ";
  const std::string name = quoted(shown.name, 60);
  if (finding.kind == Finding::Kind::Worse) {
    return limited(
        "Nothing beats " + base + " in " + words + "; " + name + way + "it by " + size,
        {lost_clause(baseline, "with " + base), worse_off_clause(shown, false), worse_off_clause(shown, true)});
  }
  std::string out = name + way + words + " by " + size + " against " + base;
  if (finding.kind == Finding::Kind::Flattered) {
    return out + ", but " + lost_clause(shown, "") + ", against " + short_number(std::round(baseline.lost_jobs)) + '.';
  }
  return limited(std::move(out),
                 {lost_clause(shown, ""), worse_off_clause(shown, false), worse_off_clause(shown, true)});
}

std::string comparison_text(const Comparison& comparison, bool colour) {
  std::string out =
      colour ? std::string("\x1b[1m").append(comparison.verdict).append("\x1b[0m\n") : comparison.verdict + '\n';
  if (comparison.cases.empty()) out += all_metric_rows(comparison, colour);
  for (std::size_t i = 0; i < comparison.cases.size(); ++i) {
    const std::string title = "case " + quoted(comparison.cases[i].name, 100) + ": ";
    out.append("\n").append(colour ? "\x1b[1m" + title + "\x1b[0m" : title).append(comparison.cases[i].verdict);
    out += '\n' + all_metric_rows(case_part(comparison, i), colour);
  }
  const std::size_t cases = std::max<std::size_t>(1, comparison.cases.size());
  out += "\n" + (comparison.cases.empty() ? "" : std::to_string(cases) + (cases == 1 ? " case x " : " cases x ")) +
         std::to_string(comparison.alternatives.size() / cases) + " alternatives x " +
         std::to_string(comparison.replications) + " replications (" + comparison.header.detail + ")";
  if (comparison.replications > 1) {
    out += "; 95 % intervals of paired differences, verdicts corrected for several alternatives (Holm)";
    if (!comparison.cases.empty()) out += ", in each case by itself";
  }
  out += '\n';
  for (const FailIf& condition : comparison.fail_if) {
    out += paint(condition.failed ? "FAILED" : "passed", condition.failed ? Verdict::Worse : Verdict::Better, colour) +
           "  " + quoted(condition.text, 100) + ": " + quoted(condition.why, 200) + '\n';
  }
  return out;
}

}  // namespace seatrial

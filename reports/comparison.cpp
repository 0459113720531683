// Paired differences, their tests, and who wins and loses; see comparison.h.
#include "reports/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "sim/error.h"
#include "sim/stats.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kLevel = 0.05;
constexpr std::size_t kShiftSteps = 20;

Bounds bounds_of(const Interval& interval) { return std::pair{interval.low(), interval.high()}; }

std::vector<double> known_of(const std::vector<std::optional<double>>& values) {
  std::vector<double> known;
  for (const auto& value : values) {
    if (value) known.push_back(*value);
  }
  return known;
}

// Two-sided p value of the mean of these differences being 0; 1 where all are 0.
double p_value(std::span<const double> differences) {
  Welford moments;
  for (const double d : differences) moments.add(d);
  if (moments.mean() == 0) return 1;
  const double error = moments.deviation() / std::sqrt(static_cast<double>(differences.size()));
  if (error == 0) return 0;
  return 2 * student_t_tail(std::abs(moments.mean()) / error, static_cast<double>(differences.size() - 1));
}

// Interval of the difference of two means of independent samples (Welch 1947).
Bounds welch(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 2 || b.size() < 2) return std::nullopt;
  Welford x;
  Welford y;
  for (const double v : a) x.add(v);
  for (const double v : b) y.add(v);
  const double vx = x.variance() / static_cast<double>(a.size());
  const double vy = y.variance() / static_cast<double>(b.size());
  const double difference = x.mean() - y.mean();
  if (vx + vy <= 0) return std::pair{difference, difference};
  const double freedom = (vx + vy) * (vx + vy) /
                         (vx * vx / static_cast<double>(a.size() - 1) + vy * vy / static_cast<double>(b.size() - 1));
  const double half = student_t_quantile(1 - (1 - kConfidence) / 2, freedom) * std::sqrt(vx + vy);
  return std::pair{difference - half, difference + half};
}

Verdict by_sign(double difference, Better better) {
  if (better == Better::Neither) return Verdict::None;
  if (difference == 0) return Verdict::NoEvidence;
  return (difference < 0) == (better == Better::Lower) ? Verdict::Better : Verdict::Worse;
}

std::vector<std::optional<double>> values_of(const AlternativeRuns& alternative, const std::string& metric) {
  std::vector<std::optional<double>> values;
  for (const RunRecord* run : alternative.runs) values.push_back(run->metric(metric));
  return values;
}

// The relative difference R - 1 with R = sum x / sum b over the pairs, and the interval of the ratio estimator (Cochran
// 1977, 6.3): the residuals x_r - R b_r have mean 0, and their standard error over the mean of b is that of R. Much
// tighter than the difference's where replications differ in size more than in ratio.
void add_relative(MetricComparison& out, const std::vector<std::optional<double>>& base) {
  double own_sum = 0;
  double base_sum = 0;
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t r = 0; r < base.size(); ++r) {
    if (!out.values[r] || !base[r]) continue;
    pairs.emplace_back(*out.values[r], *base[r]);
    own_sum += *out.values[r];
    base_sum += *base[r];
  }
  if (base_sum == 0) return;
  const double ratio = own_sum / base_sum;
  out.relative = ratio - 1;
  if (pairs.size() < 2) return;
  Welford residuals;
  for (const auto& [own, other] : pairs) residuals.add(own - ratio * other);
  const auto count = static_cast<double>(pairs.size());
  const double error = residuals.deviation() / std::sqrt(count) / std::abs(base_sum / count);
  const double half = student_t_quantile(1 - (1 - kConfidence) / 2, count - 1) * error;
  out.relative_ci95 = std::pair{ratio - 1 - half, ratio - 1 + half};
}

MetricComparison compare_metric(const std::string& metric, const AlternativeRuns& alternative,
                                const AlternativeRuns& baseline) {
  MetricComparison out;
  out.metric = metric;
  out.values = values_of(alternative, metric);
  const std::vector<std::optional<double>> base = values_of(baseline, metric);
  const std::vector<double> known = known_of(out.values);
  if (!known.empty()) out.mean = mean_interval(known, kConfidence).mean;
  if (known.size() > 1) out.ci95 = bounds_of(mean_interval(known, kConfidence));
  std::vector<double> differences;
  for (std::size_t r = 0; r < base.size(); ++r) {
    if (out.values[r] && base[r]) differences.push_back(*out.values[r] - *base[r]);
  }
  const Better better = better_way(metric);
  if (better == Better::Neither) out.verdict = Verdict::None;
  if (differences.empty()) return out;
  const Interval interval = mean_interval(differences, kConfidence);
  out.difference = interval.mean;
  if (differences.size() == 1) out.verdict = by_sign(interval.mean, better);
  if (differences.size() > 1) {
    out.difference_ci95 = bounds_of(interval);
    out.unpaired_ci95 = welch(known, known_of(base));
    out.p = p_value(differences);
  }
  add_relative(out, base);
  return out;
}

// Adjusts the p values of one metric over the alternatives and gives the verdicts.
void correct(std::vector<MetricComparison*>& of_metric, Better better) {
  std::vector<double> p_values;
  std::vector<MetricComparison*> tested;
  for (MetricComparison* comparison : of_metric) {
    if (!comparison->p) continue;
    p_values.push_back(*comparison->p);
    tested.push_back(comparison);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    tested[i]->p_holm = adjusted[i];
    if (better == Better::Neither) continue;
    tested[i]->verdict = adjusted[i] < kLevel ? by_sign(*tested[i]->difference, better) : Verdict::NoEvidence;
  }
}

struct PairedGroup {
  std::vector<double> base, own;
  std::uint64_t jobs = 0;
};

std::vector<GroupComparison> compare_groups(const AlternativeRuns& alternative, const AlternativeRuns& baseline) {
  std::vector<std::pair<std::string, std::string>> order;  // as in the first run, the largest first
  std::map<std::pair<std::string, std::string>, PairedGroup> groups;
  for (std::size_t r = 0; r < baseline.runs.size(); ++r) {
    std::map<std::pair<std::string, std::string>, const GroupMeans*> base;
    for (const GroupMeans& group : baseline.runs[r]->groups) base[{group.kind, group.name}] = &group;
    for (const GroupMeans& group : alternative.runs[r]->groups) {
      const std::pair key{group.kind, group.name};
      const auto found = base.find(key);
      if (found == base.end()) continue;
      PairedGroup& paired = groups[key];
      if (paired.own.empty()) order.push_back(key);
      paired.own.push_back(group.wait_s);
      paired.base.push_back(found->second->wait_s);
      paired.jobs += group.jobs;
    }
  }
  std::vector<GroupComparison> out;
  std::vector<double> p_values;
  for (const auto& key : order) {
    const PairedGroup& paired = groups[key];
    std::vector<double> differences;
    for (std::size_t i = 0; i < paired.own.size(); ++i) differences.push_back(paired.own[i] - paired.base[i]);
    const Interval interval = mean_interval(differences, kConfidence);
    GroupComparison group{key.first, key.second, paired.jobs / paired.own.size(), 0, 0, interval.mean, {}, {}};
    group.baseline_wait_s = mean_interval(paired.base, kConfidence).mean;
    group.wait_s = mean_interval(paired.own, kConfidence).mean;
    if (differences.size() > 1) group.difference_ci95 = bounds_of(interval);
    p_values.push_back(differences.size() > 1 ? p_value(differences) : interval.mean == 0 ? 1 : 0);
    out.push_back(std::move(group));
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].verdict = adjusted[i] < kLevel ? by_sign(out[i].difference_s, Better::Lower) : Verdict::NoEvidence;
  }
  return out;
}

// Sums what each job gains or loses, in order of submission. Jobs that are not completed under both count as equal.
std::optional<Alternative::Divergence> divergence_of(const AlternativeRuns& runs, const AlternativeRuns& baseline) {
  for (std::size_t r = 0; r < runs.runs.size(); ++r) {
    const std::vector<float>& base = baseline.runs[r]->jct_s;
    const std::vector<float>& own = runs.runs[r]->jct_s;
    if (base.empty() || base.size() != own.size()) continue;
    Alternative::Divergence out;
    out.replication = static_cast<std::uint32_t>(r);
    out.jobs = own.size();
    const std::uint64_t steps = std::min<std::uint64_t>(kDivergenceSteps, out.jobs);
    double sum = 0;
    for (std::uint64_t i = 0; i < out.jobs; ++i) {
      const double difference = static_cast<double>(own[i]) - static_cast<double>(base[i]);
      if (std::isfinite(difference) && difference != 0) {
        if (!out.first_job) out.first_difference_s = difference;
        if (!out.first_job) out.first_job = i;
        sum += difference;
      }
      if ((i + 1) * steps / out.jobs != i * steps / out.jobs) out.accumulated_s.push_back(sum);
    }
    return out;
  }
  return std::nullopt;
}

void compare_jobs(const AlternativeRuns& runs, const AlternativeRuns& baseline, Alternative& out) {
  std::vector<float> differences;
  for (std::size_t r = 0; r < baseline.runs.size(); ++r) {
    const std::vector<float>& base = baseline.runs[r]->jct_s;
    const std::vector<float>& own = runs.runs[r]->jct_s;
    if (base.size() != own.size()) continue;
    for (std::size_t job = 0; job < base.size(); ++job) {
      const float difference = own[job] - base[job];
      if (std::isnan(difference)) continue;
      ++out.paired_jobs;
      out.worse_off += difference > 0 ? 1 : 0;
      differences.push_back(difference);
    }
  }
  if (differences.empty()) return;
  std::sort(differences.begin(), differences.end());
  for (std::size_t i = 1; i < kShiftSteps; ++i) {
    const Quantile q{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(kShiftSteps)};
    out.shift.emplace_back(static_cast<double>(i) / static_cast<double>(kShiftSteps),
                           differences[nearest_rank(q, differences.size())]);
  }
}

double mean_of(const Alternative& alternative, std::string_view metric) {
  const MetricComparison* found = alternative.find(metric);
  return found == nullptr ? 0 : found->mean.value_or(0);
}

void note_lost_jobs(std::vector<Alternative>& alternatives, std::size_t baseline) {
  for (Alternative& one : alternatives) {
    one.lost_jobs = mean_of(one, "jobs.failed") + mean_of(one, "jobs.rejected");
    one.submitted_jobs = mean_of(one, "jobs.submitted");
  }
  const double base = alternatives[baseline].lost_jobs;
  for (Alternative& one : alternatives) {
    const auto worse = [&](const char* metric) {
      const MetricComparison* found = one.find(metric);
      return found != nullptr && found->verdict == Verdict::Worse;
    };
    one.loses_more = one.lost_jobs - base > kLostShare * one.submitted_jobs && !one.is_baseline &&
                     (worse("jobs.failed") || worse("jobs.rejected"));
  }
}

}  // namespace

bool flattered_by_lost_jobs(std::string_view metric) {
  return better_way(metric) == Better::Lower && !metric.starts_with("jobs.") && !metric.starts_with("gpu.");
}

Better better_way(std::string_view metric) {
  constexpr std::array<std::string_view, 14> kLower{
      "jct_s.",     "wait_s.",        "slowdown.", "makespan_s", "preemptions",    "overhead_gpu_s", "queue.mean",
      "queue.peak", "gpu.fragmented", "cost.",     "energy_kwh", "waiting_gpu_s.", "jobs.failed",    "jobs.rejected"};
  constexpr std::array<std::string_view, 4> kHigher{"gpu.allocated_ratio.mean", "gpu.useful_ratio.", "jobs.completed",
                                                    "gpu.allocated_milli_end"};
  const auto begins = [&](std::string_view prefix) { return metric.starts_with(prefix); };
  if (std::any_of(kLower.begin(), kLower.end(), begins) || metric == "jobs.pending" || metric == "jobs.waited") {
    return Better::Lower;
  }
  if (std::any_of(kHigher.begin(), kHigher.end(), begins)) return Better::Higher;
  if (metric.starts_with("fairness.jain_")) return Better::Higher;
  if (metric.starts_with("quotas.reclaim_s.") || metric == "quotas.evictions") return Better::Lower;
  if (metric.starts_with("fairness.")) return Better::Lower;
  if (metric.starts_with("tenants.") && (metric.ends_with(".short_gpu_s") || metric.ends_with(".starved_s") ||
                                         metric.find(".rho.") != std::string_view::npos)) {
    return Better::Lower;
  }
  if (metric.starts_with("tenants.") &&
      (metric.find(".wait_s.") != std::string_view::npos || metric.find(".jct_s.") != std::string_view::npos)) {
    return Better::Lower;
  }
  if (metric.starts_with("pools.") && metric.ends_with(".allocated_ratio.mean")) return Better::Higher;
  if (metric.starts_with("pools.") && (metric.ends_with(".cost_usd") || metric.ends_with(".energy_kwh"))) {
    return Better::Lower;
  }
  return Better::Neither;
}

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Better:
      return "better";
    case Verdict::Worse:
      return "worse";
    case Verdict::NoEvidence:
      return "no evidence";
    case Verdict::None:
      return "";
  }
  return "";
}

const MetricComparison* Alternative::find(std::string_view metric) const {
  for (const MetricComparison& comparison : metrics) {
    if (comparison.metric == metric) return &comparison;
  }
  return nullptr;
}

Comparison compare_runs(const std::vector<AlternativeRuns>& alternatives, std::size_t baseline,
                        std::vector<std::string> headline) {
  Comparison comparison;
  comparison.baseline = baseline;
  comparison.headline = std::move(headline);
  comparison.replications = static_cast<std::uint32_t>(alternatives[baseline].runs.size());
  const AlternativeRuns& base = alternatives[baseline];
  for (std::size_t a = 0; a < alternatives.size(); ++a) {
    Alternative out;
    out.name = alternatives[a].name;
    out.settings = alternatives[a].settings;
    out.is_baseline = a == baseline;
    for (const auto& [metric, value] : base.runs.front()->metrics) {
      out.metrics.push_back(compare_metric(metric, alternatives[a], base));
    }
    if (!out.is_baseline) {
      out.groups = compare_groups(alternatives[a], base);
      compare_jobs(alternatives[a], base, out);
      out.divergence = divergence_of(alternatives[a], base);
    }
    comparison.alternatives.push_back(std::move(out));
  }
  for (std::size_t m = 0; m < base.runs.front()->metrics.size(); ++m) {
    std::vector<MetricComparison*> of_metric;
    for (std::size_t a = 0; a < alternatives.size(); ++a) {
      if (a != baseline) of_metric.push_back(&comparison.alternatives[a].metrics[m]);
    }
    correct(of_metric, better_way(base.runs.front()->metrics[m].first));
  }
  note_lost_jobs(comparison.alternatives, baseline);
  return comparison;
}

FailIf parse_fail_if(const std::string& text) {
  const auto fail = [&](const std::string& what) {
    return InputError({}, "--fail-if", what + " in " + quoted(text),
                      "expected METRIC worse than BASELINE by 5%, such as wait_s.p95 worse than BASELINE by 5%");
  };
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  FailIf condition;
  condition.text = text;
  const bool form = (words.size() == 4 || words.size() == 6) && words[1] == "worse" && words[2] == "than" &&
                    (words[3] == "BASELINE" || words[3] == "baseline");
  if (!form) throw fail("not a condition");
  condition.metric = words[0];
  if (!is_metric(condition.metric)) throw fail("unknown metric " + quoted(words[0]));
  if (better_way(condition.metric) == Better::Neither) throw fail(quoted(words[0]) + " has no better and worse");
  if (words.size() == 4) return condition;
  if (words[4] != "by" || words[5].empty() || words[5].back() != '%') throw fail("no percentage");
  const auto percent = parse_number(words[5].substr(0, words[5].size() - 1));
  if (!percent || *percent < 0) throw fail("no percentage");
  condition.by = *percent / 100;
  return condition;
}

void decide(const Comparison& comparison, FailIf& condition) {
  condition.failed = false;
  condition.why = "no alternative is worse than the baseline by that much";
  for (const Alternative& alternative : comparison.alternatives) {
    const MetricComparison* metric = alternative.is_baseline ? nullptr : alternative.find(condition.metric);
    if (metric == nullptr || metric->verdict != Verdict::Worse) continue;
    // From a baseline of 0 every loss is more than any share of it.
    const double share = metric->relative ? std::abs(*metric->relative) : INFINITY;
    if (share <= condition.by) continue;
    condition.failed = true;
    char percent[48];
    std::snprintf(percent, sizeof percent, "%.3g", share * 100);
    condition.why = name_in_case(alternative) + " is worse by " + percent + " %";
    return;
  }
}

}  // namespace seatrial

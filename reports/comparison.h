// Alternatives of one scenario, replicated on the same workloads, against a baseline: means with Student intervals,
// paired differences, verdicts corrected for several comparisons, and who wins and loses. Built from run records;
// written as comparison.json, comparison.csv, text and report.html.
//
// Interval and test of a difference: of the paired differences d_r = x_r(alternative) - x_r(baseline), Student's t with
// R - 1 degrees of freedom. The p values of one metric, one for each alternative, are adjusted by Holm's method (1979);
// a verdict needs an adjusted p below 0.05. With one replication there are no intervals and the verdict is the sign.
// With several cases (other jobs) all of this is done within each case, against the case's own baseline.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/run_record.h"

namespace seatrial {

enum class Better : std::uint8_t { Lower, Higher, Neither };
enum class Verdict : std::uint8_t { Better, Worse, NoEvidence, None };  // None: the metric has no better and worse

// Which way a metric is better.
[[nodiscard]] Better better_way(std::string_view metric);
[[nodiscard]] const char* verdict_name(Verdict verdict);

using Bounds = std::optional<std::pair<double, double>>;

struct MetricComparison {
  std::string metric;
  std::vector<std::optional<double>> values;  // by replication
  std::optional<double> mean;
  Bounds ci95;
  std::optional<double> difference;  // from the baseline, mean over replications that know both
  Bounds difference_ci95;
  Bounds unpaired_ci95;            // what independent replications would have given (Welch)
  std::optional<double> relative;  // difference over the baseline's mean
  Bounds relative_ci95;            // of the ratio of the means, minus 1
  std::optional<double> p, p_holm;
  Verdict verdict = Verdict::NoEvidence;
};

struct GroupComparison {
  std::string kind, name;
  std::uint64_t jobs = 0;  // of the alternative, mean over replications, rounded
  double baseline_wait_s = 0, wait_s = 0, difference_s = 0;
  Bounds difference_ci95;
  Verdict verdict = Verdict::NoEvidence;
};

struct Alternative {
  std::string name;
  std::string case_name;                                      // empty: the comparison has one case
  std::vector<std::pair<std::string, std::string>> settings;  // path, value as YAML
  bool is_baseline = false;
  std::vector<MetricComparison> metrics;
  std::vector<GroupComparison> groups;
  // Jobs whose completion time is longer than under the baseline, over replications whose records know single jobs.
  std::uint64_t worse_off = 0, paired_jobs = 0;
  std::vector<std::pair<double, double>> shift;  // q, q-quantile of the jobs' difference in completion time, seconds
  // How the schedule leaves the baseline's within one replication, the first whose records know single jobs.
  struct Divergence {
    std::uint32_t replication = 0;
    std::uint64_t jobs = 0;
    std::optional<std::uint64_t> first_job;  // in order of submission, from 0; none: no completion time differs
    double first_difference_s = 0;
    // Sum of the differences in completion time over the jobs up to each of at most kDivergenceSteps equal shares, and
    // when the last of these jobs was submitted, from the first submit on.
    std::vector<double> accumulated_s, submit_s;
    // The first instant with different decisions, and what only one of the two decided then; set where the records
    // know decisions (compare.cpp). `decisions`: how many were looked at.
    struct Choice {
      std::string what, job, node;
      double gpus = 0;
    };
    struct Choices {
      std::uint64_t count = 0;
      std::vector<Choice> first;  // at most kChoicesNamed
    };
    struct FirstInstant {
      double at_s = 0;             // from the first submit
      std::uint64_t position = 0;  // of the decision, from 0
      Choices own, baseline;
    };
    std::optional<FirstInstant> first_instant;
    std::uint64_t decisions = 0;
  };
  std::optional<Divergence> divergence;
  // Jobs that failed or were rejected, and jobs submitted; means over replications. They have no wait, or a cut one, so
  // an alternative that loses more of them than the baseline is not called better for shorter times.
  double lost_jobs = 0, submitted_jobs = 0;
  bool loses_more = false;  // than the baseline, by more than kLostShare of the jobs and with evidence

  [[nodiscard]] const MetricComparison* find(std::string_view metric) const;
};
inline constexpr std::uint64_t kDivergenceSteps = 200;
inline constexpr std::size_t kChoicesNamed = 4;
inline constexpr double kLostShare = 0.001;  // assumed: fewer change no mean that anybody would act on
// Whether lost jobs make this metric look better than it is: times, costs and queues, not counts of jobs.
[[nodiscard]] bool flattered_by_lost_jobs(std::string_view metric);

struct FailIf {
  std::string text, metric;
  double by = 0;  // as a share: 0.05 is 5 %
  bool failed = false;
  std::string why;
};

struct ComparisonHeader {
  std::string scenario, version, content_hash, command, run_command, scenario_text;
  std::uint64_t seed = 1;
  std::string method, detail;  // of replication
  std::vector<std::uint64_t> seeds;
  std::vector<std::pair<std::string, std::vector<std::string>>> axes;
  std::uint64_t simulations = 0, reused = 0;
};

struct CaseComparison {
  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;  // that only this case has
  std::string verdict;                                        // as a comparison's
};

struct Comparison {
  ComparisonHeader header;
  std::uint32_t replications = 1;
  std::vector<CaseComparison> cases;  // empty: one, without a name
  std::size_t baseline = 0;           // into alternatives; within each case, which all have the same alternatives
  std::vector<std::string> headline;
  std::string verdict;                    // in words, at most 25
  std::vector<Alternative> alternatives;  // case by case
  std::vector<FailIf> fail_if;
};

// One alternative's records, by replication.
struct AlternativeRuns {
  std::vector<std::pair<std::string, std::string>> settings;
  std::string name;
  std::vector<const RunRecord*> runs;
};

// Every alternative has the same number of runs, at least one.
[[nodiscard]] Comparison compare_runs(const std::vector<AlternativeRuns>& alternatives, std::size_t baseline,
                                      std::vector<std::string> headline);

// comparison_cases.cpp. Adds a comparison of the same alternatives, replications and headline as one more case.
void append_case(Comparison& whole, CaseComparison head, Comparison part);
// One of the cases as a comparison of its own, without header and conditions.
[[nodiscard]] Comparison case_part(const Comparison& whole, std::size_t index);
// "sjf", or "sjf (itp_01)" where there are cases.
[[nodiscard]] std::string name_in_case(const Alternative& alternative);

// `METRIC worse than BASELINE by 5%` (the `by` part may be left out). Throws InputError.
[[nodiscard]] FailIf parse_fail_if(const std::string& text);
// Fails where an alternative's verdict is worse and its mean is worse by more than the share.
void decide(const Comparison& comparison, FailIf& condition);

// comparison_json.cpp, comparison_text.cpp.
[[nodiscard]] std::string comparison_json(const Comparison& comparison);
[[nodiscard]] std::string comparison_csv(const Comparison& comparison);
// The finding on the first headline metric, in words with numbers.
[[nodiscard]] std::string comparison_verdict(const Comparison& comparison);
[[nodiscard]] std::string comparison_text(const Comparison& comparison, bool colour);

}  // namespace seatrial

// The answer of a plan and everything that was evaluated on the way, as plain values; written as plan.json, text and
// report.html. The search is in scenarios/plan.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/comparison.h"

namespace seatrial {

struct PlanGoal {
  std::string text, metric, op;
  double value = 0;
  bool implied = false;  // not asked for by the user
};

struct GoalOutcome {
  std::optional<double> value;  // the interval's bad end; the value itself with one replication
  bool met = false;             // false where the value is not known
};

struct EvaluatedPoint {
  std::vector<std::pair<std::string, std::string>> settings;
  double objective = 0;
  std::vector<std::pair<std::string, MetricComparison>> metrics;  // mean, ci95 and values are set
  std::vector<GoalOutcome> goals;                                 // as in PlanResult::goals
  bool met = false;
  std::string step;  // why it was evaluated: bracket, bisect, walk, scan, verify, neighbour, runway

  [[nodiscard]] const MetricComparison* find(const std::string& metric) const;
};

struct ExcludedPoints {
  std::string bound, sentence;
  std::uint64_t points = 0;
};

struct MarginalValue {
  std::string path, from, to;
  double objective = 0;                                 // how much more it costs
  std::vector<std::pair<std::string, double>> metrics;  // change of the means
};

// The answer under another assumption.
struct Sensitivity {
  std::string what;   // "load"
  double factor = 1;  // that it is multiplied by
  EvaluatedPoint point;
};

// A load, and when the growth reaches it.
struct RunwayInstant {
  double load = 1;
  double months = 0;
  std::optional<std::string> date;  // 2027-01-31; none: nobody says when the load is 1, or it is after the year 9999
};

struct RunwayPoint {
  RunwayInstant at;
  EvaluatedPoint point;
};

struct GoalBreak {
  std::string goal;
  std::optional<RunwayInstant> at;  // none: it holds as far as was looked
};

struct Runway {
  std::string growth;
  std::string from;                        // day of load 1; empty: not known
  bool from_trace = false;                 // it is the day of the trace's last submit
  std::vector<RunwayPoint> points;         // by load; the first one is the answer itself
  std::vector<GoalBreak> goals;            // those that the user asked for
  std::optional<RunwayInstant> breaks_at;  // the first goal does; none: all hold as far as was looked
};

// What the objective costs at least, by proof: every cheaper point is ruled out.
struct LowerBound {
  std::vector<std::pair<std::string, std::string>> settings;  // of the cheapest point that is not
  double objective = 0;
  std::string bound;  // that rules out the next cheaper one
};

struct PlanResult {
  ComparisonHeader header;  // axes: what varies
  std::uint32_t replications = 1;
  std::string verdict;
  std::string objective_name, objective_unit;
  std::vector<PlanGoal> goals;
  std::vector<EvaluatedPoint> evaluated;  // in the order of evaluation
  std::optional<std::size_t> answer;      // into evaluated
  std::string binding_goal;
  std::vector<ExcludedPoints> excluded;
  std::optional<std::size_t> closest;  // where nothing meets the goals: the point that comes nearest
  std::vector<std::size_t> frontier;   // into evaluated, by objective: no other point is as cheap and as good
  std::vector<MarginalValue> marginal;
  std::optional<Runway> runway;
  std::vector<Sensitivity> sensitivity;   // where it was asked for
  std::optional<LowerBound> lower_bound;  // none: nothing that is cheaper than some other point was ruled out
  std::uint64_t grid = 0;                 // combinations in all
  std::vector<std::string> notes;
};

// plan_json.cpp, plan_text.cpp.
[[nodiscard]] std::string plan_json(const PlanResult& plan);
[[nodiscard]] std::string plan_text(const PlanResult& plan, bool colour);
// The answer in words, with numbers.
[[nodiscard]] std::string plan_verdict(const PlanResult& plan);

}  // namespace seatrial

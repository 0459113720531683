// The whole of `seatrial plan`: the smallest or cheapest setting that meets all goals, over one or several varied
// settings. What is proved and what is assumed on the way is in docs/planning.md; in short:
//
// Points are combinations of the varied values, ordered by the objective (price per hour where all pools have one, else
// GPUs, or what --minimize says). Points that a bound of models/demand_bound.h or a gang that fits nowhere rules out
// are never simulated. One numeric axis is bracketed and bisected; two are walked along the border between meeting and
// missing; further axes are taken value by value. Whether more capacity always helps is known only for strict FIFO
// without preemption on one counted pool, so elsewhere the cheaper points that were passed over are simulated as well:
// all of them on one axis, and all of them as soon as two evaluated points show that a metric is not monotone; else the
// most promising ones, up to a third of the grid.
#pragma once

#include <string>
#include <vector>

#include "reports/plan_result.h"
#include "scenarios/many_runs.h"

namespace seatrial {

// Goals of the command line are an override of the scenario's `goals`.
struct PlanRequest : ManyRunsRequest {
  std::string minimize;         // a metric or a varied path; empty: the scenario's, else price, else GPUs
  std::string growth;           // "3%/month"; empty: the scenario's, else no runway
  std::string from;             // the day on which the load is 1, 2027-01-31; empty: the scenario's, else the trace's
  bool sensitivity = false;     // also simulate the answer with other choices and 10 % less and more load
  bool allow_rejected = false;  // settings on which fewer jobs can run at all may be the answer
};

struct PlanOutcome {
  PlanResult plan;
  std::string result_dir, report_path;
};

// Throws InputError, SystemError and Interrupted; then no result folder is touched.
[[nodiscard]] PlanOutcome run_plan(const PlanRequest& request);

// The plan alone, nothing written.
[[nodiscard]] PlanResult make_plan(const PlanRequest& request, Experiment& experiment, const std::vector<Axis>& axes);

}  // namespace seatrial

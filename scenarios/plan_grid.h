// The points of a plan: their places on the axes, what they cost, and whether a bound rules them out. Internal to plan.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/demand_bound.h"
#include "reports/plan_result.h"
#include "scenarios/axes.h"
#include "scenarios/experiment.h"

namespace seatrial {

enum class Exclusion : std::uint8_t { None, Gang, Demand, RunTimes };

struct GridPoint {
  std::vector<std::uint32_t> at;  // value of each axis
  double objective = 0;           // of the static kinds; 0 where a metric is minimised
  double gpus = 0;
  std::uint64_t infeasible_jobs = 0;  // of replication 0, that could never run here
  Exclusion excluded = Exclusion::None;
};

class PlanGrid {
 public:
  // Loads every point (their problems are thrown together) and works out what they cost.
  PlanGrid(Experiment& experiment, const std::vector<Axis>& axes, const std::string& minimize);

  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  [[nodiscard]] const std::vector<GridPoint>& points() const { return points_; }
  [[nodiscard]] std::size_t size() const { return points_.size(); }
  [[nodiscard]] bool numeric(std::size_t axis) const { return numeric_[axis]; }
  [[nodiscard]] std::size_t index(const std::vector<std::uint32_t>& at) const;
  [[nodiscard]] const std::string& objective_name() const { return objective_name_; }
  [[nodiscard]] const std::string& objective_unit() const { return objective_unit_; }
  // Empty unless a metric is minimised.
  [[nodiscard]] const std::string& objective_metric() const { return objective_metric_; }
  // One step more (1) or less (-1) on each numeric axis, where there is one.
  [[nodiscard]] std::vector<std::size_t> neighbours(std::size_t point, int step) const;
  // Every other value of each axis that is not numeric.
  [[nodiscard]] std::vector<std::size_t> other_choices(std::size_t point) const;
  // Does point a come before point b in the order of the answer?
  [[nodiscard]] bool before(std::size_t a, std::size_t b) const;

  // Jobs that can run on the most permissive point; more rejected than there are here is never an answer.
  [[nodiscard]] std::uint64_t least_infeasible() const { return least_infeasible_; }
  // Rules out points on which more jobs are rejected than on the most permissive one.
  void exclude_gangs();
  // Rules out points that cannot meet the goals; no-op where the scenario has features that the proof does not cover.
  void exclude_by_demand(const std::vector<PlanGoal>& goals);

 private:
  void describe(std::size_t point);
  [[nodiscard]] bool refuted(std::size_t point, const std::vector<PlanGoal>& goals);

  Experiment& experiment_;
  std::vector<Axis> axes_;
  std::vector<bool> numeric_;
  std::vector<GridPoint> points_;
  std::string objective_name_, objective_unit_, objective_metric_;
  std::uint64_t least_infeasible_ = 0;
  // By goal, rule and replication; built when first asked for.
  std::vector<std::vector<std::unique_ptr<DemandWindows>>> windows_;
};

// Rules that follow from a goal on n jobs; none where the goal says nothing of single jobs.
[[nodiscard]] std::vector<DeadlineRule> deadline_rules(const PlanGoal& goal, std::uint64_t jobs);

}  // namespace seatrial

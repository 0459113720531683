// The order in which a plan's points are simulated; see plan.h. Internal to plan.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/plan_result.h"
#include "scenarios/plan_grid.h"

namespace seatrial {

class PlanSearch {
 public:
  // metrics: those that evaluated points show, the goals' among them.
  PlanSearch(Experiment& experiment, PlanGrid& grid, const std::vector<PlanGoal>& goals,
             const std::vector<std::string>& metrics, unsigned batch);

  // Finds the first point in the grid's order that meets all goals.
  void run();
  // Simulates points (grid numbers) that are not known yet; unknown ones are marked with this step.
  void evaluate(std::span<const std::size_t> points, const char* step);
  // A point outside the grid.
  [[nodiscard]] EvaluatedPoint evaluate_other(const std::vector<Setting>& settings, double objective, const char* step);

  [[nodiscard]] std::optional<std::size_t> answer() const { return best_; }  // grid number
  [[nodiscard]] bool known(std::size_t point) const { return at_.contains(point); }
  [[nodiscard]] const EvaluatedPoint& of(std::size_t point) const { return evaluated_[at_.at(point)]; }
  [[nodiscard]] std::size_t position(std::size_t point) const { return at_.at(point); }
  [[nodiscard]] std::vector<EvaluatedPoint>& evaluated() { return evaluated_; }
  [[nodiscard]] bool saw_non_monotone() const { return non_monotone_; }
  [[nodiscard]] std::uint64_t left_unproved() const { return left_unproved_; }
  // How far the point is from meeting all goals: at most 1 where it does, larger the further it is.
  [[nodiscard]] double distance(const EvaluatedPoint& point) const;
  // The goal that this point misses by most; empty if it meets all.
  [[nodiscard]] std::string missed_goal(const EvaluatedPoint& point) const;

 private:
  [[nodiscard]] bool meets(std::size_t point, const char* step);
  [[nodiscard]] bool useful(std::size_t point) const;  // not excluded and before the best known
  [[nodiscard]] EvaluatedPoint summarise(std::uint32_t point, const std::vector<Setting>& settings, double objective,
                                         const char* step);
  void note(std::size_t point);
  void compare_with_known(std::size_t point);
  void search_line(std::vector<std::uint32_t> at, std::size_t axis);
  void walk(std::vector<std::uint32_t> at, std::size_t outer, std::size_t inner);
  void search_rest(std::vector<std::uint32_t> at, std::vector<std::size_t> free, const std::vector<std::size_t>& pair);
  void scan_cheaper();
  void evaluate_below(std::size_t answer);
  [[nodiscard]] double predicted(std::size_t point) const;
  void keep_promising(std::vector<std::size_t>& points, std::size_t budget) const;
  [[nodiscard]] bool monotony_is_certain() const;
  [[nodiscard]] bool dominated(std::size_t small, std::size_t large) const;

  Experiment& experiment_;
  PlanGrid& grid_;
  const std::vector<PlanGoal>& goals_;
  std::vector<std::string> metrics_;
  unsigned batch_;
  std::vector<EvaluatedPoint> evaluated_;
  std::map<std::size_t, std::size_t> at_;  // grid number to position in evaluated_
  std::optional<std::size_t> best_;
  bool non_monotone_ = false;
  std::uint64_t left_unproved_ = 0;
};

}  // namespace seatrial

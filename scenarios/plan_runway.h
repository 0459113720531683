// What a plan's answer depends on, and how long it lasts: the load at which each of its goals breaks, by galloping and
// halving on steps of 5 %, and when that is under a given growth. Internal to plan.
//
// A goal counts as broken from the smallest simulated load on that misses it while the next smaller one holds; that it
// stays broken beyond is not proved.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/plan_result.h"

namespace seatrial {

class Experiment;
class PlanSearch;

// Growth of the load and the day on which it is 1.
struct GrowthSpec {
  std::string growth;  // "3%/month"; also day, week, year
  std::string from;    // "2027-01-01"; empty: the day of the last submit, where the trace tells it
};

// Growth by month as a factor; nothing where the text is empty. Throws InputError.
[[nodiscard]] std::optional<double> monthly_growth(const std::string& text);
// Throws InputError where the date is none, or is given without a growth.
void check_growth(const GrowthSpec& growth);
// The day that many months (of 30.4375 days) after `from`, as 2027-01-31; nothing after the year 9999.
[[nodiscard]] std::optional<std::string> day_after(const std::string& from, double months);

// What becomes of the answer's goals where the load is 10 % less and 10 % more than written.
[[nodiscard]] std::vector<Sensitivity> load_sensitivity(Experiment& experiment, std::size_t answer, PlanSearch& search);

// answer: a point of the grid that meets the goals.
[[nodiscard]] Runway make_runway(const GrowthSpec& growth, Experiment& experiment, std::size_t answer,
                                 const std::vector<PlanGoal>& goals, PlanSearch& search);

}  // namespace seatrial

// See plan_runway.h.
#include "scenarios/plan_runway.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

#include "models/workload.h"
#include "scenarios/describe_run.h"
#include "scenarios/plan_search.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

using std::chrono::sys_days;

constexpr double kLoadStep = 1.05;
constexpr std::size_t kLoadSteps = 48;  // up to about ten times the load
constexpr double kDaysPerMonth = 365.25 / 12;

std::optional<sys_days> day_of(const std::string& text) {
  const bool form = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                    text.find_first_not_of("0123456789-") == std::string::npos;
  if (!form) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) { return parse_integer(text.substr(at, length)); };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = number(8, 2);
  if (!year || !month || !day || *month < 0 || *day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::string day_text(sys_days day) {
  const std::chrono::year_month_day date(day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

// The day of the last submit, where every trace tells the calendar.
std::string last_day_of(const ScenarioSpec& spec, const Workload& jobs) {
  if (jobs.size() == 0) return "";
  const auto epoch_s = known_epoch_s(spec, jobs.submit({0}));
  if (!epoch_s) return "";
  const auto last_s = static_cast<std::int64_t>(jobs.submit({static_cast<std::uint32_t>(jobs.size() - 1)}).seconds());
  return day_text(
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(*epoch_s + last_s))));
}

// The settings that multiply the load of every workload entry.
std::vector<Setting> load_settings(const ScenarioSpec& spec, double factor) {
  std::vector<Setting> settings;
  const auto number = [](double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.12g", value);
    return std::string(text);
  };
  for (std::size_t i = 0; i < spec.workload.size(); ++i) {
    const std::string entry = "workload[" + std::to_string(i) + "]";
    const WorkloadSpec& workload = spec.workload[i];
    if (workload.trace) settings.push_back({entry + ".trace.load", number(workload.trace->load * factor)});
    if (!workload.generate) continue;
    if (workload.generate->load > 0) {
      settings.push_back({entry + ".generate.load", number(workload.generate->load * factor)});
    } else {
      settings.push_back({entry + ".generate.rate", number(workload.generate->rate_per_s * factor) + "/s"});
    }
  }
  return settings;
}

// The answer under loads of kLoadStep to the power of whole numbers; each is simulated once.
class Loads {
 public:
  Loads(Experiment& experiment, std::size_t answer, PlanSearch& search)
      : experiment_(experiment), search_(search), settings_(experiment.points()[answer]), answer_(search.of(answer)) {
    points_[0] = answer_;
  }

  [[nodiscard]] static double load(std::size_t step) { return std::pow(kLoadStep, static_cast<double>(step)); }
  [[nodiscard]] const std::map<std::size_t, EvaluatedPoint>& points() const { return points_; }

  // The first load known to miss this goal; nothing: it holds as far as was looked.
  std::optional<std::size_t> break_of(std::size_t goal) {
    std::size_t low = 0;  // holds
    std::size_t high = 1;
    while (at(high).goals[goal].met) {
      if (high == kLoadSteps) return std::nullopt;
      low = high;
      high = std::min(kLoadSteps, 2 * high);
    }
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      (at(middle).goals[goal].met ? low : high) = middle;
    }
    return high;
  }

 private:
  const EvaluatedPoint& at(std::size_t step) {
    const auto known = points_.find(step);
    if (known != points_.end()) return known->second;
    std::vector<Setting> settings = settings_;
    for (Setting& setting : load_settings(experiment_.base(), load(step))) settings.push_back(std::move(setting));
    return points_[step] = search_.evaluate_other(settings, answer_.objective, "runway");
  }

  Experiment& experiment_;
  PlanSearch& search_;
  std::vector<Setting> settings_;
  EvaluatedPoint answer_;
  std::map<std::size_t, EvaluatedPoint> points_;
};

}  // namespace

std::optional<double> monthly_growth(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t percent = text.find('%');
  const std::size_t slash = text.find('/');
  const auto share = percent == std::string::npos ? std::nullopt : parse_number(text.substr(0, percent));
  const std::string unit = slash == std::string::npos ? "" : text.substr(slash + 1);
  const bool known = unit == "day" || unit == "week" || unit == "month" || unit == "year";
  if (!share || *share <= 0 || *share > 1000 || slash != percent + 1 || !known) {
    throw InputError({}, "--growth", "expected a growth such as 3%/month, found " + quoted(text),
                     "a percentage above zero, per day, week, month or year");
  }
  const double months = unit == "day" ? 12 / 365.25 : unit == "week" ? 12 * 7 / 365.25 : unit == "month" ? 1 : 12;
  return std::pow(1 + *share / 100, 1 / months);
}

void check_growth(const GrowthSpec& growth) {
  const bool grows = monthly_growth(growth.growth).has_value();
  if (growth.from.empty()) return;
  if (!day_of(growth.from)) {
    throw InputError({}, "--from", "expected a date, found " + quoted(growth.from), "such as 2027-01-31");
  }
  if (!grows) {
    throw InputError({}, "--from", "a date without a growth says nothing", "give --growth 3%/month as well");
  }
}

std::optional<std::string> day_after(const std::string& from, double months) {
  const auto day = day_of(from);
  const auto last = day_of("9999-12-31");
  if (!day || !(months * kDaysPerMonth < static_cast<double>((*last - *day).count()))) return std::nullopt;
  return day_text(*day + std::chrono::days(std::llround(months * kDaysPerMonth)));
}

std::vector<Sensitivity> load_sensitivity(Experiment& experiment, std::size_t answer, PlanSearch& search) {
  std::vector<Sensitivity> out;
  for (const double factor : {0.9, 1.1}) {
    std::vector<Setting> settings = experiment.points()[answer];
    for (Setting& setting : load_settings(experiment.base(), factor)) settings.push_back(std::move(setting));
    out.push_back({"load", factor, search.evaluate_other(settings, search.of(answer).objective, "sensitivity")});
  }
  return out;
}

Runway make_runway(const GrowthSpec& growth, Experiment& experiment, std::size_t answer,
                   const std::vector<PlanGoal>& goals, PlanSearch& search) {
  Runway runway;
  runway.growth = growth.growth;
  runway.from = growth.from;
  if (runway.from.empty()) {
    const auto number = static_cast<std::uint32_t>(answer);
    runway.from = last_day_of(experiment.spec(number), *experiment.jobs({number, 0}));
    runway.from_trace = !runway.from.empty();
  }
  const double monthly = monthly_growth(growth.growth).value_or(1);
  const auto instant_of = [&](std::size_t step) {
    RunwayInstant instant;
    instant.load = Loads::load(step);
    instant.months = std::log(instant.load) / std::log(monthly);
    if (!runway.from.empty()) instant.date = day_after(runway.from, instant.months);
    return instant;
  };
  Loads loads(experiment, answer, search);
  std::optional<std::size_t> first;
  for (std::size_t goal = 0; goal < goals.size(); ++goal) {
    if (goals[goal].implied) continue;
    const std::optional<std::size_t> step = loads.break_of(goal);
    GoalBreak broken{goals[goal].text, std::nullopt};
    if (step) broken.at = instant_of(*step);
    runway.goals.push_back(std::move(broken));
    if (step && (!first || *step < *first)) first = step;
  }
  if (first) runway.breaks_at = instant_of(*first);
  for (const auto& [step, point] : loads.points()) runway.points.push_back({instant_of(step), point});
  return runway;
}

}  // namespace seatrial

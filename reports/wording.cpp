// See wording.h.
#include "reports/wording.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "sim/text.h"

namespace seatrial {

std::string duration_words(const std::optional<double>& seconds) {
  return seconds ? human_duration(*seconds) : "not known";
}

std::string percent_words(const std::optional<double>& ratio) {
  if (!ratio) return "not known";
  char text[48];
  std::snprintf(text, sizeof text, "%.1f %%", *ratio * 100);
  return text;
}

std::string grouped(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string short_number(double value) {
  const double size = std::fabs(value);
  char text[64];
  if (size >= 1e12) {
    std::snprintf(text, sizeof text, "%.3g", value);
  } else if (size >= 999'500) {
    const bool billions = size >= 999.5e6;
    std::snprintf(text, sizeof text, "%.3g %s", value / (billions ? 1e9 : 1e6), billions ? "billion" : "million");
  } else if (size >= 999.5) {
    const std::string digits = grouped(static_cast<std::uint64_t>(std::llround(size)));
    return value < 0 ? std::string("-").append(digits) : digits;
  } else {
    std::snprintf(text, sizeof text, "%.3g", value);
  }
  return text;
}

std::string usd_words(const std::optional<double>& usd) {
  if (!usd) return "not known";
  if (std::fabs(*usd) >= 100) return std::string("USD ").append(short_number(*usd));
  char text[48];
  std::snprintf(text, sizeof text, "USD %.2f", *usd);
  return text;
}

namespace {

std::string value_words(const GoalResult& goal) {
  if (!goal.value) return "not known";
  return goal.text.find("_s") != std::string::npos && goal.text.find("gpu_s") == std::string::npos
             ? human_duration(*goal.value)
             : short_number(*goal.value);
}

std::string goals_verdict(const Summary& summary) {
  std::size_t met = 0;
  const GoalResult* missed = nullptr;
  for (const GoalResult& goal : summary.goals) {
    if (goal.met) ++met;
    if (!goal.met && missed == nullptr) missed = &goal;
  }
  if (missed == nullptr) {
    const GoalResult& first = summary.goals.front();
    if (met == 1) return "The goal is met: " + first.text + " (it is " + value_words(first) + ").";
    return "All " + std::to_string(met) + " goals are met.";
  }
  return std::to_string(met) + " of " + std::to_string(summary.goals.size()) + " goals met. Missed: " + missed->text +
         " (it is " + value_words(*missed) + ").";
}

bool is_sequential(const Summary& summary) {
  const auto& axes = summary.header.axes;
  return std::any_of(axes.begin(), axes.end(), [](const auto& axis) { return axis.second == "sequential"; });
}

// "333 of 1,300 jobs ran out of GPU memory"; failed jobs alone, or those that were rejected too.
std::string lost_words(const Summary& summary, bool failed_alone) {
  const JobCounts& jobs = summary.jobs;
  const std::uint64_t lost = jobs.failed + (failed_alone ? 0 : jobs.rejected);
  std::string out = grouped(lost) + " of " + grouped(jobs.submitted) + " jobs ";
  if (lost == jobs.rejected && jobs.failed == 0) return out + (lost == 1 ? "was rejected" : "were rejected");
  const bool memory = summary.divided.out_of_memory_jobs.value_or(0) == static_cast<double>(jobs.failed);
  out += memory ? "ran out of GPU memory" : "failed";
  return lost == jobs.failed ? out : out + " or were rejected";
}

bool loses_jobs(const Summary& summary) {
  return summary.jobs.failed + summary.jobs.rejected != 0 && !is_sequential(summary);
}

// At most 25 words: clauses are left out from the first that does not fit.
std::string within_words(const std::vector<std::string>& clauses) {
  std::string text;
  for (const std::string& clause : clauses) {
    std::string longer = text;
    longer.append(text.empty() ? "" : "; ").append(clause);
    if (!text.empty() && std::count(longer.begin(), longer.end(), ' ') >= 25) break;
    text = std::move(longer);
  }
  return text + '.';
}

std::string waits_verdict(const Summary& summary) {
  const JobCounts& jobs = summary.jobs;
  if (is_sequential(summary)) {
    return grouped(jobs.running) + " of " + grouped(jobs.submitted) + " jobs found a place, " + grouped(jobs.failed) +
           " did not.";
  }
  std::string rest;
  if (jobs.pending != 0) rest = ' ' + grouped(jobs.pending) + (jobs.pending == 1 ? " was" : " were") + " left pending.";
  if (jobs.failed != 0) rest += ' ' + lost_words(summary, true) + '.';
  if (jobs.rejected != 0) {
    rest += ' ' + grouped(jobs.rejected) + (jobs.rejected == 1 ? " was" : " were") +
            " rejected: too large for this cluster even when it is empty, or not allowed on it.";
  }
  const std::uint64_t started = summary.wait_s.count != 0 ? summary.wait_s.count : jobs.completed + jobs.running;
  if (started == 0) return "No job started." + rest;
  if (jobs.waited == 0 && rest.empty()) return "No job waited for GPUs.";
  if (jobs.waited == 0) return "No job that started had to wait." + rest;
  const double share = static_cast<double>(jobs.waited) / static_cast<double>(jobs.submitted);
  std::string text =
      grouped(jobs.waited) + " of " + grouped(jobs.submitted) + " jobs (" + percent_words(share) + ") waited for GPUs";
  if (summary.wait_s.count != 0) text += "; 95 % of all started within " + duration_words(summary.wait_s.p95);
  return text + '.' + rest;
}

// How far a value is beyond its goal's limit (below 0: within), as a share of the limit; the limit is the last word.
double excess(const GoalResult& goal) {
  if (!goal.value) return std::numeric_limits<double>::infinity();
  const std::size_t at = goal.text.find_last_of("<>= ");
  const double limit = at == std::string::npos ? 0 : std::strtod(goal.text.c_str() + at + 1, nullptr);
  const double distance = std::fabs(*goal.value - limit) / std::max(std::fabs(limit), 1e-9);
  return goal.met ? -distance : distance;
}

std::string goals_headline(const Summary& summary) {
  const auto& goals = summary.goals;
  const auto worst =
      std::max_element(goals.begin(), goals.end(), [](const auto& a, const auto& b) { return excess(a) < excess(b); });
  const auto missed = std::count_if(goals.begin(), goals.end(), [](const auto& goal) { return !goal.met; });
  const std::string count = std::to_string(goals.size());
  std::string text;
  if (missed == 0) text = goals.size() == 1 ? "Goal met: " : "All " + count + " goals met; closest: ";
  if (missed != 0) {
    text = goals.size() == 1 ? "Goal missed: " : std::to_string(missed) + " of " + count + " goals missed; worst: ";
  }
  text += worst->text + "; it is " + value_words(*worst);
  return loses_jobs(summary) ? text + "; " + lost_words(summary, false) + '.' : text + '.';
}

}  // namespace

std::string verdict(const Summary& summary) {
  if (summary.goals.empty()) return waits_verdict(summary);
  return goals_verdict(summary) + (loses_jobs(summary) ? ' ' + lost_words(summary, false) + '.' : "");
}

std::string headline(const Summary& summary) {
  if (!summary.goals.empty()) return goals_headline(summary);
  if (is_sequential(summary)) return waits_verdict(summary);
  std::vector<std::string> clauses;
  if (loses_jobs(summary)) clauses.push_back(lost_words(summary, false));
  if (summary.jobs.waited == 0 || summary.wait_s.count == 0) {
    if (clauses.empty() || summary.wait_s.count == 0) return waits_verdict(summary);
    clauses.emplace_back("no other job waited for GPUs");
    return within_words(clauses);
  }
  clauses.push_back("95 % of jobs waited at most " + duration_words(summary.wait_s.p95));
  double sum = 0;
  for (const double part : summary.waiting_gpu_s) sum += part;
  const auto& parts = summary.waiting_gpu_s;
  const auto most = std::max_element(parts.begin(), parts.end());
  if (sum > 0) {
    clauses.push_back("most waiting (" + percent_words(*most / sum) + ") is for " +
                      wait_reason_name(static_cast<WaitReason>(most - parts.begin())));
  }
  if (summary.allocated_mean) clauses.push_back(percent_words(summary.allocated_mean) + " of GPU time was allocated");
  return within_words(clauses);
}

std::string axes_line(const Summary& summary) {
  std::string out;
  for (const auto& [axis, policy] : summary.header.axes) {
    if (!out.empty()) out += ", ";
    out.append(axis).append(" ").append(policy);
  }
  return out;
}

}  // namespace seatrial

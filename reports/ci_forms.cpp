// See ci_forms.h.
#include "reports/ci_forms.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "reports/csv.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::size_t kLongest = 200;  // bytes of a name in Markdown

// XML 1.0 has no way to write most control characters: they become U+FFFD.
std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : is_utf8(text) ? std::string(text) : to_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n' || c == '\t' || c == '\r') {
      out += "&#" + std::to_string(byte) + ';';
    } else if (byte < 0x20) {
      out += "\xef\xbf\xbd";
    } else {
      out += c;
    }
  }
  return out;
}

std::string attribute(const char* name, std::string_view value) {
  return std::string(" ") + name + "=\"" + xml_text(value) + '"';
}

std::string number_words(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string value_words(const std::optional<double>& value, const char* unit) {
  if (!value) return "not known";
  char text[64];
  std::snprintf(text, sizeof text, "%.6g", *value);
  return *unit == '\0' ? text : std::string(text) + ' ' + unit;
}

std::string duration_words(const std::optional<double>& seconds) {
  return seconds ? human_duration(*seconds) : "not known";
}

std::string failure_words(const GoalResult& goal) {
  return goal.value ? "the value is " + number_words(*goal.value) : "the value is not known in this run";
}

std::string quantiles_markdown(const Summary& summary) {
  const auto row = [](const char* name, const Statistics& s) {
    return std::vector<std::string>{name, duration_words(s.mean), duration_words(s.p50), duration_words(s.p95),
                                    duration_words(s.max)};
  };
  std::vector<std::vector<std::string>> rows;
  if (summary.wait_s.mean) rows.push_back(row("wait", summary.wait_s));
  if (summary.recorded_wait_s.mean) rows.push_back(row("wait, recorded", summary.recorded_wait_s));
  if (summary.jct_s.mean) rows.push_back(row("completion time", summary.jct_s));
  if (rows.empty()) return "";
  return markdown_table({"", "mean", "p50", "p95", "max"}, rows, {false, true, true, true, true}) + '\n';
}

std::string key_figures_markdown(const Summary& summary) {
  const JobCounts& jobs = summary.jobs;
  std::vector<std::vector<std::string>> rows{
      {"jobs", std::to_string(jobs.submitted) + " submitted, " + std::to_string(jobs.completed) + " completed, " +
                   std::to_string(jobs.waited) + " waited, " + std::to_string(jobs.rejected) + " rejected"},
      {"GPUs", value_words(static_cast<double>(summary.total_milli) / 1000, "")},
      {"GPUs allocated, mean", percent_words(summary.allocated_mean)},
      {"makespan", duration_words(summary.makespan_s)},
      {"preemptions", std::to_string(summary.preemptions)}};
  if (summary.cost_usd) rows.push_back({"cost", value_words(summary.cost_usd, "USD")});
  if (summary.energy_kwh) rows.push_back({"energy of the GPUs", value_words(summary.energy_kwh, "kWh")});
  for (const auto& [axis, value] : summary.header.axes) rows.push_back({axis, value});
  for (const std::string& overhead : summary.header.overheads) rows.push_back({"overhead", overhead});
  for (const std::string& warning : summary.header.warnings) rows.push_back({"warning", warning});
  rows.push_back({"seed", std::to_string(summary.header.seed)});
  rows.push_back({"fact hash", summary.header.fact_hash});
  rows.push_back({"version", summary.header.version});
  rows.push_back({"command", summary.header.command});
  return markdown_table({"", ""}, rows);
}

}  // namespace

std::string junit_xml(const CheckSuite& suite) {
  const auto failed = static_cast<std::size_t>(
      std::count_if(suite.cases.begin(), suite.cases.end(), [](const CheckCase& one) { return !one.passed; }));
  const std::string counts = attribute("tests", std::to_string(suite.cases.size())) +
                             attribute("failures", std::to_string(failed)) + attribute("errors", "0") +
                             attribute("time", number_words(suite.time_s));
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts + ">\n  <testsuite" +
                    attribute("name", suite.name) + counts + ">\n";
  if (!suite.properties.empty()) {
    out += "    <properties>\n";
    for (const auto& [name, value] : suite.properties) {
      out += "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
    }
    out += "    </properties>\n";
  }
  for (const CheckCase& one : suite.cases) {
    out += "    <testcase" + attribute("name", one.name) + attribute("classname", one.group);
    if (one.passed) {
      out += "/>\n";
    } else {
      out += ">\n      <failure" + attribute("message", one.message) + "/>\n    </testcase>\n";
    }
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

std::string markdown_text(std::string_view text) {
  const std::string clean = quoted(text, kLongest);
  std::string out;
  for (const char c : clean) {
    // Everything that begins markup, a link, a mention, HTML or a cell; lists and underlines only begin a line.
    const std::string_view special = out.empty() ? "\\`*_[]()<>#!|~@:&$+=-" : "\\`*_[]()<>#!|~@:&$";
    if (special.find(c) == std::string_view::npos) {
      out += c;
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '@' || c == ':') {
      out += c == '@' ? "&#64;" : "&#58;";  // GitHub links names and addresses even behind a backslash
    } else {
      out += '\\';
      out += c;
    }
  }
  return out;
}

std::string markdown_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                           const std::vector<bool>& numeric) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) out += ' ' + markdown_text(cell) + " |";
    return out + '\n';
  };
  std::string out = line(header) + "|";
  for (std::size_t i = 0; i < header.size(); ++i) out += i < numeric.size() && numeric[i] ? "---:|" : "---|";
  out += '\n';
  for (const auto& row : rows) out += line(row);
  return out;
}

CheckSuite check_suite(const Summary& summary) {
  CheckSuite suite;
  suite.name = summary.header.scenario;
  suite.time_s = summary.header.wall_s;
  suite.properties = {{"seed", std::to_string(summary.header.seed)},
                      {"version", summary.header.version},
                      {"fact_hash", summary.header.fact_hash}};
  for (const auto& [axis, value] : summary.header.axes) suite.properties.emplace_back("scheduler." + axis, value);
  for (const MetricValue& metric : metric_values(summary)) {
    if (metric.value && metric.path.front() != "tenants") {
      suite.properties.emplace_back(metric.dotted(), number_words(*metric.value));
    }
  }
  for (const GoalResult& goal : summary.goals) {
    suite.cases.push_back({goal.text, summary.header.scenario, goal.met, failure_words(goal)});
  }
  return suite;
}

std::string summary_markdown(const Summary& summary) {
  const auto missed = std::count_if(summary.goals.begin(), summary.goals.end(), [](const auto& g) { return !g.met; });
  std::string out = "## " + markdown_text(summary.header.scenario) + ": ";
  if (summary.goals.empty()) {
    out += "no goals\n\n";
  } else {
    out += missed == 0 ? "all goals met\n\n"
                       : std::to_string(missed) + " of " + std::to_string(summary.goals.size()) + " goals missed\n\n";
    std::vector<std::vector<std::string>> rows;
    for (const GoalResult& goal : summary.goals) {
      rows.push_back({goal.met ? "met" : "MISSED", goal.text, value_words(goal.value, "")});
    }
    out += markdown_table({"", "goal", "value"}, rows, {false, false, true}) + '\n';
  }
  return out + quantiles_markdown(summary) + key_figures_markdown(summary);
}

}  // namespace seatrial

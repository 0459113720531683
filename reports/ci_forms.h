// Forms that other programs show: JUnit XML for a build server, Markdown for a pull request. Plain values in, text out,
// so that every verb that checks goals can use them. Names are hostile: they cannot end an element, a cell or a line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/summary.h"

namespace seatrial {

struct CheckCase {
  std::string name;   // "wait_s.p95 <= 600"
  std::string group;  // class of the case, for instance the setting it was checked at
  bool passed = false;
  std::string message;  // why it failed; ignored where it passed
};

struct CheckSuite {
  std::string name;  // of the scenario
  double time_s = 0;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<CheckCase> cases;
};

// One <testsuite> in <testsuites>; a failed case holds a <failure>.
[[nodiscard]] std::string junit_xml(const CheckSuite& suite);

// A table of GitHub-flavoured Markdown, cells escaped. numeric[i]: column i is right-aligned.
[[nodiscard]] std::string markdown_table(const std::vector<std::string>& header,
                                         const std::vector<std::vector<std::string>>& rows,
                                         const std::vector<bool>& numeric = {});
// Text that is shown as it is: no markup, no links, no HTML, one line, at most 200 bytes.
[[nodiscard]] std::string markdown_text(std::string_view text);

// The goals of a run as cases, its key figures as properties.
[[nodiscard]] CheckSuite check_suite(const Summary& summary);
// What happened in a run: verdict, goals, key figures, settings.
[[nodiscard]] std::string summary_markdown(const Summary& summary);

}  // namespace seatrial

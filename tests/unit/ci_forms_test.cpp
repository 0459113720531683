// JUnit and Markdown of a run: what they say, and that no name can leave its place.
#include "reports/ci_forms.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

const std::string kHostile = "<script>alert(1)</script>]]>\"'&|`*[x](http://e)\n\x01\u202e@me";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(JUnit, GoalsAreCasesAndMissedOnesFailures) {
  const Summary summary = FinishedRun().summary({{"wait_s.mean <= 5", "wait_s.mean", "<=", 5},
                                                 {"wait_s.p50 > 100", "wait_s.p50", ">", 100},
                                                 {"energy_kwh < 0", "energy_kwh", "<", 0}});
  const std::string xml = junit_xml(check_suite(summary));
  EXPECT_TRUE(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"3\" failures=\"2\""));
  EXPECT_TRUE(has(xml, "<testcase name=\"wait_s.mean &lt;= 5\" classname=\"quickstart\"/>"));
  EXPECT_TRUE(has(xml,
                  "<testcase name=\"wait_s.p50 &gt; 100\" classname=\"quickstart\">\n      <failure message=\"the "
                  "value is 0\"/>"));
  EXPECT_TRUE(has(xml, "<property name=\"wait_s.mean\" value=\"2.5\"/>"));
  EXPECT_TRUE(has(xml, "<property name=\"scheduler.order\" value=\"fifo\"/>"));
}

TEST(JUnit, HostileNamesStayInTheirAttributes) {
  CheckSuite suite;
  suite.name = kHostile;
  suite.cases = {{kHostile, kHostile, false, kHostile + "\xff"}, {kHostile, kHostile, true, kHostile}};
  suite.properties = {{kHostile, kHostile}};
  const std::string xml = junit_xml(suite);
  EXPECT_FALSE(has(xml, "<script"));
  EXPECT_FALSE(has(xml, "]]>"));
  EXPECT_TRUE(has(xml, "&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&quot;'&amp;|`*[x](http://e)&#10;\xef\xbf\xbd"));
  EXPECT_EQ(std::count(xml.begin(), xml.end(), '\x01'), 0);
  EXPECT_EQ(std::count(xml.begin(), xml.end(), '<'), 12);  // those of the elements themselves
}

TEST(Markdown, ATableKeepsItsShapeWhateverIsInItsCells) {
  const std::string table =
      markdown_table({"name", kHostile}, {{kHostile, "1"}, {std::string(10'000, 'x'), "2"}}, {false, true});
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4);
  EXPECT_TRUE(has(table, "\n|---|---:|\n"));
  EXPECT_FALSE(has(table, "<script"));
  EXPECT_FALSE(has(table, "[x]("));
  EXPECT_FALSE(has(table, "@me"));
  EXPECT_FALSE(has(table, "http:"));
  EXPECT_LT(table.size(), 3000U);
  // Bars that are not escaped: three in each of the four lines.
  std::size_t bars = 0;
  for (std::size_t i = 0; i < table.size(); ++i) bars += table[i] == '|' && (i == 0 || table[i - 1] != '\\') ? 1 : 0;
  EXPECT_EQ(bars, 12U);
}

TEST(Markdown, SaysVerdictGoalsAndKeyFigures) {
  const Summary missed = FinishedRun().summary({{"wait_s.mean <= 1", "wait_s.mean", "<=", 1}});
  const std::string text = summary_markdown(missed);
  EXPECT_TRUE(text.starts_with("## quickstart: 1 of 1 goals missed\n\n"));
  EXPECT_TRUE(has(text, "| MISSED | wait\\_s.mean &lt;= 1 | 2.5 |"));
  EXPECT_TRUE(has(text, "| wait | 2.5 s |"));
  EXPECT_TRUE(has(text, "| overhead | start 2s |"));
  EXPECT_TRUE(has(text, "| cost | 30 USD |") || has(text, " USD |"));
  EXPECT_TRUE(has(summary_markdown(FinishedRun().summary()), "## quickstart: no goals\n"));
  EXPECT_TRUE(
      has(summary_markdown(FinishedRun().summary({{"wait_s.mean <= 9", "wait_s.mean", "<=", 9}})), "all goals met"));
}

}  // namespace
}  // namespace seatrial

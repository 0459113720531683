// How mistakes are worded: places, escapes, limits; and that a failed CHECK leaves with status 3.
#include "sim/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "sim/check.h"

namespace seatrial {
namespace {

struct TextCase {
  Problem problem;
  const char* text;
};

TEST(Problem, SaysPlacePathWhatAndHint) {
  const TextCase cases[] = {
      {{{"a.yaml", 7, 14}, "cluster.pools[0].gpu.model", "unknown GPU model \"h1\"", "did you mean \"h100\"?"},
       "a.yaml:7:14: cluster.pools[0].gpu.model: unknown GPU model \"h1\"; did you mean \"h100\"?"},
      {{{"a.yaml", 7, 0}, "seed", "not a number", ""}, "a.yaml:7: seed: not a number"},
      {{{"a.yaml", 0, 3}, "", "empty file", ""}, "a.yaml: empty file"},
      {{{}, "seed", "not a number", ""}, "seed: not a number"},
      {{{"", 3, 3}, "", "no", "x"}, "no; x"},
  };
  for (const TextCase& c : cases) EXPECT_EQ(c.problem.text(), c.text);
}

TEST(Quoted, EscapesControlsAndCutsLongText) {
  EXPECT_EQ(quoted("plain"), "plain");
  EXPECT_EQ(quoted("a\tb\x1b[31m\x7f"), "a\\x09b\\x1b[31m\\x7f");
  EXPECT_EQ(quoted(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(quoted("M\xc3\xbcnchen"), "M\xc3\xbcnchen");
  EXPECT_EQ(quoted("bad\xff"), "bad\xef\xbf\xbd");
  EXPECT_EQ(quoted(std::string_view(std::string(80, 'x'))), std::string(80, 'x'));
  EXPECT_EQ(quoted(std::string_view(std::string(81, 'x'))), std::string(80, 'x') + "...");
  EXPECT_EQ(quoted("abcdef", 3), "abc...");
  EXPECT_LT(quoted(std::string_view(std::string(10'000'000, '\x01'))).size(), 400U);
}

TEST(Problems, KeepAHundredAndCountTheRest) {
  Problems problems;
  EXPECT_TRUE(problems.empty());
  EXPECT_NO_THROW(problems.throw_if_any());
  for (int k = 0; k < 103; ++k) problems.add({"f", 1, 1}, "p", std::to_string(k));
  EXPECT_TRUE(problems.full());
  EXPECT_EQ(problems.all().size(), Problems::kShown);
  EXPECT_EQ(problems.more(), 3U);
  const std::string text = problems.text();
  EXPECT_EQ(text.substr(0, 12), "f:1:1: p: 0\n");
  EXPECT_EQ(text.substr(text.size() - 21), "f:1:1: p: 99\nand 3 more\n" + 3);
}

TEST(Problems, ThrowWithAllMessages) {
  Problems problems;
  problems.add({"f", 1, 0}, "", "one");
  problems.add({"f", 2, 0}, "", "two", "hint");
  try {
    problems.throw_if_any();
    FAIL() << "nothing thrown";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "f:1: one\nf:2: two; hint\n");
    EXPECT_EQ(error.problems().all().size(), 2U);
  }
}

TEST(SystemError, SaysPathActionAndReason) {
  EXPECT_STREQ(SystemError("out/x", "cannot write", ENOSPC).what(), "out/x: cannot write: No space left on device");
  EXPECT_STREQ(SystemError("out/x", "is not a folder", 0).what(), "out/x: is not a folder");
}

TEST(CheckDeathTest, FailedCheckNamesExpressionAndContextAndExitsWithThree) {
  EXPECT_EXIT(
      {
        set_check_context("scenario quickstart, seed 42");
        CHECK(1 + 1 == 3);
      },
      testing::ExitedWithCode(3), "seatrial: bug: CHECK\\(1 \\+ 1 == 3\\) failed at .*error_test.cpp.*seed 42");
  CHECK(true);
}

}  // namespace
}  // namespace seatrial

// Parsers and printers of quantities: tables of accepted and refused text, exact rounding, limits of the range.
#include "sim/text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdint>
#include <limits>
#include <locale>
#include <optional>
#include <string>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::nullopt_t kNo = std::nullopt;

template <class Value>
struct ParseCase {
  const char* text;
  std::optional<Value> value;
};

TEST(ParseSeconds, IsExactAndRoundsHalfToEvenBeyondNanoseconds) {
  const ParseCase<std::int64_t> cases[] = {
      {"0", 0},
      {"-0", 0},
      {"12", 12'000'000'000},
      {"-12", -12'000'000'000},
      {"0.000000001", 1},
      {"-0.5", -500'000'000},
      {".5", 500'000'000},
      {"1.", 1'000'000'000},
      {"007", 7'000'000'000},
      {"123456789.123456789", 123'456'789'123'456'789},
      {"0.0000000005", 0},
      {"0.0000000015", 2},
      {"0.0000000025", 2},
      {"-0.0000000015", -2},
      {"0.00000000050000000000000000001", 1},
      {"0.00000000149999999999999999999", 1},
      {"0.9999999996", 1'000'000'000},
      {"1e3", 1'000'000'000'000},
      {"1.5E-3", 1'500'000},
      {"-2e0", -2'000'000'000},
      {"9223372036.854775807", kMost},
      {"-9223372036.854775807", -kMost},
      {"9223372036.854775808", kNo},
      {"9223372037", kNo},
      {"99999999999999999999", kNo},
      {"1e10", kNo},
      {"1e999", kNo},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_seconds_ns(c.text), c.value) << c.text;
  for (const char* text : {"",    "-",    ".",   "-.",   "+1", " 1", "1 ",  "1,5", "1.2.3", "--1",      "0x10",
                           "inf", "-inf", "nan", "-nan", "1e", "e5", "1e+", "1s",  "1_000", "\xd9\xa1", "1\n"}) {
    EXPECT_EQ(parse_seconds_ns(text), kNo) << text;
  }
  EXPECT_EQ(parse_seconds_ns(std::string_view("1\0", 2)), kNo);
  EXPECT_EQ(parse_seconds_ns("0." + std::string(100'000, '0') + "1"), 0);
}

TEST(ParseNumber, TakesDecimalsAndExponentsOnly) {
  const ParseCase<double> cases[] = {{"0", 0.0},     {"-1.5", -1.5}, {".25", 0.25},   {"1e3", 1000.0},
                                     {"1E-3", 1e-3}, {"3.", 3.0},    {"1e308", 1e308}};
  for (const auto& c : cases) EXPECT_EQ(parse_number(c.text), c.value) << c.text;
  for (const char* text : {"", "-", "+1", " 1", "1 ", "0x1p3", "inf", "-inf", "-nan", "1e999", "1e", "1,5", "one"}) {
    EXPECT_EQ(parse_number(text), kNo) << text;
  }
}

TEST(ParseInteger, TakesWholeNumbersInAnySpelling) {
  const ParseCase<std::int64_t> cases[] = {
      {"8", 8},      {"8.0", 8},    {"-3", -3},
      {"1e3", 1000}, {"-0.0", 0},   {"9223372036854775807", kMost},
      {"8.5", kNo},  {"1e-1", kNo}, {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"", kNo},     {"+8", kNo},   {"9223372036854775808", kNo},
      {"0x8", kNo},  {"8 ", kNo},   {"1e16", kNo}};
  for (const auto& c : cases) EXPECT_EQ(parse_integer(c.text), c.value) << c.text;
}

TEST(ParseDuration, NeedsAUnitExceptForZero) {
  const ParseCase<std::int64_t> cases[] = {
      {"0", 0},
      {"90s", 90 * kNsPerSecond},
      {"1.5h", 5400 * kNsPerSecond},
      {"15m", 900 * kNsPerSecond},
      {"30d", 30 * 86400 * kNsPerSecond},
      {"2w", 14 * 86400 * kNsPerSecond},
      {"250ms", 250'000'000},
      {"10us", 10'000},
      {"5ns", 5},
      {"2.5ns", 2},
      {"90 s", 90 * kNsPerSecond},
      {"1e3s", 1000 * kNsPerSecond},
      {"-5s", -5 * kNsPerSecond},
      {"0.1s", 100'000'000},
      {"9223372036s", 9'223'372'036 * kNsPerSecond},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_duration(c.text);
    ASSERT_TRUE(parsed.has_value()) << c.text;
    EXPECT_EQ(parsed->ns, *c.value) << c.text;
  }
  for (const char* text : {"", "90", "0.0", "s", "1x", "1 hour", "1S", "1h30m", "9223372037s", "1e300w", "infs", "+1s",
                           "1.2.3s", "1 s s", "--1s", " 1s"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(ParseMemory, ReadsBinaryAndDecimalUnits) {
  const ParseCase<std::int64_t> cases[] = {{"0", 0},         {"64Gi", 65536}, {"512Mi", 512}, {"1Ti", 1048576},
                                           {"16G", 15258},   {"1024Ki", 1},   {"1023Ki", 0},  {"1.5Gi", 1536},
                                           {"64 Gi", 65536}, {"64", kNo},     {"Gi", kNo},    {"64GiB", kNo},
                                           {"64gi", kNo},    {"1e99Pi", kNo}, {"", kNo}};
  for (const auto& c : cases) EXPECT_EQ(parse_memory_mib(c.text), c.value) << c.text;
  EXPECT_EQ(parse_bytes("512"), 512.0);
  EXPECT_EQ(parse_bytes("64Gi"), 68719476736.0);
  EXPECT_EQ(parse_bytes("16G"), 16e9);
  EXPECT_EQ(parse_bytes("x"), kNo);
}

TEST(ParseCpu, ReadsCoresAndMilliCores) {
  const ParseCase<std::int64_t> cases[] = {{"500m", 500}, {"4", 4000}, {"0.5", 500},     {"1.5", 1500}, {"0", 0},
                                           {"1.5m", kNo}, {"m", kNo},  {"4 cores", kNo}, {"", kNo},     {"1e13", kNo}};
  for (const auto& c : cases) EXPECT_EQ(parse_cpu_milli(c.text), c.value) << c.text;
}

TEST(SecondsText, IsExactAndHasNoTrailingZeros) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "0"},
      {-500'000'000, "-0.5"},
      {12'000'000'000, "12"},
      {1, "0.000000001"},
      {-1, "-0.000000001"},
      {1'200'000'000, "1.2"},
      {kMost, "9223372036.854775807"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036.854775808"}};
  for (const auto& [ns, text] : cases) EXPECT_EQ(seconds_text(ns), text);
}

TEST(SecondsText, ComesBackThroughTheParser) {
  Random random(1, "seconds");
  for (int k = 0; k < 20000; ++k) {
    const std::uint64_t shift = k % 2 == 0 ? 0 : static_cast<std::uint64_t>(kMost / 2);
    const auto ns = static_cast<std::int64_t>((random.next() >> random.below(64)) - shift);  // wraps
    if (ns == std::numeric_limits<std::int64_t>::min()) continue;
    ASSERT_EQ(parse_seconds_ns(seconds_text(ns)), ns) << ns;
  }
}

TEST(HumanDuration, UsesTwoUnits) {
  const std::pair<double, const char*> cases[] = {
      {0, "0 s"},          {1.5, "1.5 s"},       {750, "12 min 30 s"},  {11100, "3 h 5 min"},
      {187200, "2 d 4 h"}, {0.0042, "0.0042 s"}, {-750, "-12 min 30 s"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(human_duration(seconds), text);
}

TEST(NearestName, FindsTyposAndNothingElse) {
  const std::vector<std::string> known{"fifo", "sjf", "srtf", "smallest-first", "tiresias", "best-fit"};
  const std::pair<const char*, const char*> cases[] = {{"fifi", "fifo"},
                                                       {"smalest-first", "smallest-first"},
                                                       {"bestfit", "best-fit"},
                                                       {"tiresais", "tiresias"},
                                                       {"sjf", "sjf"},
                                                       {"round-robin", ""},
                                                       {"xyz", ""},
                                                       {"", ""}};
  for (const auto& [typed, name] : cases) EXPECT_EQ(nearest_name(typed, known), name) << typed;
  EXPECT_EQ(nearest_name(std::string(10'000'000, 'f'), known), "");
  EXPECT_EQ(nearest_name("fifo", {}), "");
  const std::vector<std::string> keys{"name", "count", "run"};
  EXPECT_EQ(nearest_name("cuont", keys), "count");
  EXPECT_EQ(nearest_name("rnu", keys), "run");
}

TEST(Utf8, AcceptsExactlyWellFormedSequences) {
  for (const char* good : {"", "abc", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
    EXPECT_EQ(to_utf8(good), good);
  }
  // Lone continuation, overlong forms, surrogates, beyond U+10FFFF, cut sequences, impossible bytes.
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc3", "\xff", "\xfe", "a\xffz"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
    EXPECT_TRUE(is_utf8(to_utf8(bad))) << bad;
  }
  EXPECT_FALSE(is_utf8(std::string_view("a\0b", 3)));
  EXPECT_EQ(to_utf8("a\xff\xfez"), "a\xef\xbf\xbd\xef\xbf\xbdz");
  EXPECT_EQ(to_utf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Utf8, RepairsAnyBytes) {
  Random random(2, "bytes");
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (std::uint64_t k = random.below(12); k > 0; --k) {
      bytes += static_cast<char>(random.bernoulli(0.5) ? 1 + random.below(127) : 0x80 + random.below(128));
    }
    const std::string clean = to_utf8(bytes);
    ASSERT_TRUE(is_utf8(clean));
    ASSERT_EQ(is_utf8(bytes), clean == bytes);
  }
}

// A decimal comma in streams, and in the C library too where such a locale is installed.
struct CommaPunctuation : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(Text, DoesNotLookAtTheLocale) {
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new CommaPunctuation));
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8"}) {
    if (std::setlocale(LC_NUMERIC, name) != nullptr) break;
  }
  EXPECT_EQ(parse_number("1.5"), 1.5);
  EXPECT_EQ(parse_number("1,5"), kNo);
  EXPECT_EQ(parse_seconds_ns("1.5"), 1'500'000'000);
  EXPECT_EQ(parse_seconds_ns("1.234,5"), kNo);
  EXPECT_EQ(seconds_text(12'345'500'000'000), "12345.5");
  EXPECT_EQ(parse_duration("1.5h")->ns, 5400 * kNsPerSecond);
  std::locale::global(before);
  std::setlocale(LC_NUMERIC, "C");
}

}  // namespace
}  // namespace seatrial

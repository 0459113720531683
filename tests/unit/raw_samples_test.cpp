// Raw samples: what is read of a line, what is wrong with it, and that what is written is read again.
#include "traces/raw_samples.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

RawSamples read(const std::string& text) {
  const TempFile file(text);
  return read_raw_samples(InputFile({file.path(), {}, ""}));
}
std::string message(const std::string& text) {
  try {
    (void)read(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

constexpr const char* kGemm =
    R"({"k":"gemm","source":"cublas","dtype":"bf16","m":16,"n":32,"k_":64,"t_us":[12.5,12,14]})"
    "\n";

TEST(RawSamples, AreTablesByKind) {
  const RawSamples samples =
      read(std::string(R"({"k":"environment","device":"NVIDIA H200","clock_mhz":1980})") + "\n\n" + kGemm +
           R"({"k":"power","device":"h200","busy":0,"power_w":80,"clk":345})" + "\n" +
           R"({"k":"status","probe":"mps","status":"unavailable","reason":"no daemon"})" + "\n");
  EXPECT_EQ(samples.fact("device"), "NVIDIA H200");
  EXPECT_EQ(samples.fact("clock_mhz"), "1980");
  EXPECT_EQ(samples.fact("driver"), "");
  ASSERT_EQ(samples.tables.size(), 2U);
  EXPECT_EQ(samples.tables[0].family->name(), "gemm");
  EXPECT_EQ(samples.tables[0].points[0].numbers, (std::vector<double>{16, 32, 64}));
  EXPECT_EQ(samples.tables[0].points[0].times, (std::vector<double>{12.5}));
  EXPECT_EQ(samples.tables[0].rows[0], (std::vector<std::string>{"cublas", "bf16", "16", "32", "64", "12.5"}));
  EXPECT_TRUE(samples.tables[1].usable[0]) << "a busy share may be 0";
  ASSERT_EQ(samples.status.size(), 1U);
  EXPECT_EQ(samples.status[0].reason, "no daemon");
}

TEST(RawSamples, AreReadFromGzip) {
  const TempFile file(gzip(kGemm));
  InputFile input({file.path(), {}, ""});
  EXPECT_TRUE(holds_raw_samples(input));
  EXPECT_EQ(read_raw_samples(std::move(input)).tables[0].points.size(), 1U);
}

TEST(RawSamples, ATableIsNoneOfThem) {
  const TempFile file("source,dtype\n");
  InputFile input({file.path(), {}, ""});
  EXPECT_FALSE(holds_raw_samples(input));
}

TEST(RawSamples, WhatIsWrittenIsRead) {
  for (const auto& family : cost_families()) {
    for (const CostFamily::Columns& layout : family->layouts()) {
      CostPoint point;
      for (std::size_t i = 0; i < layout.keys.size(); ++i) point.keys.push_back("a \"b\", " + std::to_string(i));
      for (std::size_t i = 0; i < layout.numbers.size(); ++i) point.numbers.push_back(0.5 + static_cast<double>(i));
      for (std::size_t i = 0; i < layout.times.size(); ++i) point.times.push_back(1.0 / 3 + static_cast<double>(i));
      if (layout.any_time && point.times.size() > 1) point.times[1] = std::nan("");
      const RawSamples samples = read(raw_sample(*family, layout, point));
      ASSERT_EQ(samples.tables.size(), 1U) << family->name();
      EXPECT_EQ(samples.tables[0].layout, &layout);
      const CostPoint& again = samples.tables[0].points[0];
      EXPECT_EQ(again.keys, point.keys);
      EXPECT_EQ(again.numbers, point.numbers);
      for (std::size_t i = 0; i < point.times.size(); ++i) {
        EXPECT_EQ(std::isnan(again.times[i]), std::isnan(point.times[i]));
        if (std::isnan(point.times[i])) continue;
        EXPECT_NEAR(again.times[i], point.times[i], 1e-8);
      }
    }
  }
}

struct Mistake {
  const char* line;
  const char* said;
};

TEST(RawSamples, TellWhatIsWrongWithLineAndKey) {
  const std::vector<Mistake> mistakes{
      {R"({"k":"gemm",)", ":2:"},
      {"[1]", "expected a JSON object"},
      {R"({"n":1})", "the kind of the sample is missing"},
      {R"({"k":"gem"})", "did you mean \"gemm\"?"},
      {R"({"k":"weather"})", "known: environment, status, gemm"},
      {R"({"k":"gemm","source":"a","dtype":"fp8","m":1,"n":1,"t_us":1})", "it needs source, dtype, m, n, k_, times"},
      {R"({"k":"gemm","source":"a","dtype":"fp8","m":"1","n":1,"k_":1,"t_us":1})", "m: expected a number"},
      {R"({"k":"gemm","source":7,"dtype":"fp8","m":1,"n":1,"k_":1,"t_us":1})", "source: expected text"},
      {R"({"k":"gemm","source":"a","dtype":"fp8","m":1,"n":1,"k_":1,"t_us":-1})", "expected a time"},
      {R"({"k":"gemm","source":"a","dtype":"fp8","m":1,"n":1,"n":2,"k_":1,"t_us":1})", "n: the key comes twice"},
      {R"({"k":"gemm","source":"a","dtype":"fp8","m":1e999,"n":1,"k_":1,"t_us":1})", "number overflow"},
      {R"({"k":"status","probe":"mps"})", "a status needs probe and status"},
  };
  for (const Mistake& mistake : mistakes) {
    const std::string text = message(std::string(kGemm) + mistake.line + "\n");
    EXPECT_NE(text.find(mistake.said), std::string::npos) << mistake.line << '\n' << text;
    EXPECT_NE(text.find(":2:"), std::string::npos) << text;
  }
  EXPECT_NE(message("\n").find("holds no samples"), std::string::npos);
}

}  // namespace
}  // namespace seatrial

// Calibration files: written and read back, and every mistake told with its place.
#include "scenarios/calibration_file.h"

#include <gtest/gtest.h>

#include "sim/error.h"

namespace seatrial {
namespace {

Calibration small() {
  Calibration calibration;
  calibration.device = "NVIDIA H200";
  calibration.tool_version = "0.1.0";
  calibration.sources = {{"a.csv", "abc=", 12}};
  calibration.notes = {"Apache-2.0: \"figures\""};
  FittedFamily family;
  family.family = "gemm";
  FittedCurve curve;
  curve.key = "lib/bfloat16";
  curve.parameters = {{"e_c", 0.7}, {"e_m", 0.9}, {"t0_us", 5}, {"p", 4}};
  curve.intervals = {{0.6, 0.8}, {0.8, 1}, {4, 6}, {3, 5}};
  curve.surface = ResidualSurface({{6, 6, 3}, 0.01}, {{{4.5, 8, 0}, 0.1}, {{5.5, 8, 0}, -0.123456}});
  family.curves = {curve};
  family.held_out = {{"random 30 %", {10, 0.04, 0.03, 0.09, 0.2}}};
  family.ranges = {{1, 64}, {16, 32}, {8, 8}};
  calibration.families = {family};
  return calibration;
}

std::string message(const std::string& text) {
  try {
    (void)parse_calibration(text, "c.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}
std::string with(const std::string& from, const std::string& to) {
  std::string text = calibration_text(small());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CalibrationFile, IsReadAsItWasWritten) {
  const std::string text = calibration_text(small());
  const Calibration read = parse_calibration(text, "c.json");
  EXPECT_EQ(calibration_text(read), text);
  EXPECT_EQ(read.sources[0].points, 12U);
  EXPECT_EQ(read.notes, small().notes);
  const FittedFamily* gemm = read.find("gemm");
  ASSERT_NE(gemm, nullptr);
  EXPECT_EQ(gemm->find("lib/bfloat16")->parameter("t0_us"), 5);
  EXPECT_EQ(gemm->find("lib/bfloat16")->intervals[2].high, 6);
  EXPECT_EQ(gemm->held_out[0].errors.points, 10U);
  EXPECT_EQ(gemm->ranges[1].second, 32);
  EXPECT_EQ(read.find("llm"), nullptr);
  const CostPoint point{{"lib", "bf16"}, {90, 3000, 3000}, {}};
  const CostFamily& family = *find_cost_family("gemm");
  EXPECT_NEAR(family.predict(*gemm, point)[0].value, family.predict(small().families[0], point)[0].value, 1e-3);
}

TEST(CalibrationFile, AnUnknownSchemaIsRefused) {
  EXPECT_NE(message(with("calibration/1", "calibration/9")).find("c.json:2:13: schema: unknown schema"),
            std::string::npos);
  EXPECT_NE(message("{}").find("schema"), std::string::npos);
  EXPECT_NE(message("[]").find("c.json:1:1"), std::string::npos);
  EXPECT_NE(message("").find("c.json"), std::string::npos);
}

TEST(CalibrationFile, TellsMistakesWithPlaceAndPath) {
  EXPECT_NE(message(with("\"gemm\": {", "\"gem\": {")).find("did you mean \"gemm\""), std::string::npos);
  EXPECT_NE(message(with("\"e_c\": 0.7", "\"e_c\": \"fast\"")).find("parameters.gemm.lib/bfloat16.e_c"),
            std::string::npos);
  EXPECT_NE(message(with("[6.0,6.0,3.0]", "[6.0,6.0]")).find("expected 3 lengths"), std::string::npos);
  EXPECT_NE(message(with("[6.0,6.0,3.0]", "[6.0,6.0,0.0]")).find("above 0"), std::string::npos);
  EXPECT_NE(message(with("[4.5,8.0,0.0,0.1]", "[4.5,8.0]")).find("expected 4 numbers"), std::string::npos);
  EXPECT_NE(message(with("[0.6,0.8]", "[0.8,0.6]")).find("lower one first"), std::string::npos);
  EXPECT_NE(message(with("\"notes\"", "\"nots\"")).find("provenance.nots"), std::string::npos);
}

}  // namespace
}  // namespace seatrial

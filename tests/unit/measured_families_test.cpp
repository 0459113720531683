// Families of what `seatrial calibrate` measures: steps by batch, speed by SMs, power, transfers, services. Parameters
// of synthetic points are found again; one point, outliers and values that are none do no harm.
#include <gtest/gtest.h>

#include <cmath>

#include "models/cost_family.h"
#include "reports/fit_plot.h"

namespace seatrial {
namespace {

FittedFamily fitted(const char* family, const std::vector<CostPoint>& points) {
  return fit_family(*find_cost_family(family), points);
}
double predicted(const FittedFamily& fit, const CostPoint& point) {
  return find_cost_family(fit.family)->predict(fit, point).front().value;
}

std::vector<CostPoint> steps(double floor_s, double a_s, double c_s) {
  std::vector<CostPoint> points;
  for (double batch = 1; batch <= 256; batch *= 2) {
    points.push_back({{"m", "gpu"}, {batch}, {std::max(floor_s, a_s + c_s * batch)}});
  }
  return points;
}

TEST(StepFamily, FindsFloorAndLine) {
  const FittedFamily fit = fitted("steps", steps(0.02, 0.005, 0.001));
  const FittedCurve& curve = *fit.find("m/gpu");
  EXPECT_NEAR(curve.parameter("floor_s"), 0.02, 0.001);
  EXPECT_NEAR(curve.parameter("c_s"), 0.001, 0.0001);
  EXPECT_NEAR(predicted(fit, {{"m", "gpu"}, {48}, {}}), 0.053, 0.003);
  EXPECT_EQ(fit.held_out[1].split, "leave one batch out");
  EXPECT_LT(fit.held_out[1].errors.median, 0.08);
  EXPECT_EQ(fit.ranges[0], (std::pair{1.0, 256.0}));
}

TEST(StepFamily, OnePointIsAPoint) {
  const FittedFamily fit = fitted("steps", {{{"m", "gpu"}, {8}, {0.5}}});
  EXPECT_NEAR(predicted(fit, {{"m", "gpu"}, {8}, {}}), 0.5, 0.01);
  EXPECT_TRUE(std::isfinite(predicted(fit, {{"m", "gpu"}, {800}, {}})));
  EXPECT_TRUE(std::isnan(predicted(fit, {{"other", "gpu"}, {8}, {}})));
}

TEST(StepFamily, NoNumbersAndOutliersDoNoHarm) {
  std::vector<CostPoint> points = steps(0.001, 0.005, 0.001);
  points.push_back({{"m", "gpu"}, {3}, {std::nan("")}});
  points.push_back({{"m", "gpu"}, {5}, {0}});
  points.push_back({{"m", "gpu"}, {100}, {30}});  // three hundred times too slow
  const FittedFamily fit = fitted("steps", points);
  EXPECT_NEAR(fit.find("m/gpu")->parameter("c_s"), 0.001, 0.0004) << "Huber's loss";
  EXPECT_NEAR(predicted(fit, {{"m", "gpu"}, {16}, {}}), 0.021, 0.004);
  EXPECT_TRUE(fitted("steps", {{{"m", "gpu"}, {3}, {std::nan("")}}}).curves.empty());
}

std::vector<CostPoint> curve(double (*speed)(double sms)) {
  std::vector<CostPoint> points;
  for (const double sms : {8.0, 16.0, 24.0, 32.0, 40.0, 48.0, 56.0, 64.0, 80.0, 96.0, 112.0, 132.0}) {
    points.push_back({{"h200", "w", "idle"}, {sms, 132}, {speed(sms)}});
  }
  return points;
}

TEST(SmCurveFamily, ChoosesTheFormThatPredicts) {
  const FittedFamily power =
      fitted("sm_curves", curve([](double sms) { return std::min(1.0, std::pow(sms / 88, 0.7)); }));
  EXPECT_EQ(power.curves[0].parameter("form"), 0);
  EXPECT_NEAR(power.curves[0].parameter("second"), 0.7, 0.05);
  EXPECT_LT(power.held_out[1].errors.mean, 0.03);
  const auto law = [](double n) { return n / (1 + 0.02 * (n - 1) + 0.0003 * n * (n - 1)); };
  const FittedFamily scaling =
      fitted("sm_curves", curve([](double sms) {
               const auto speed = [](double n) { return n / (1 + 0.02 * (n - 1) + 0.0003 * n * (n - 1)); };
               return speed(sms) / speed(132);
             }));
  EXPECT_EQ(scaling.curves[0].parameter("form"), 1);
  EXPECT_NEAR(predicted(scaling, {{"h200", "w", "idle"}, {72, 132}, {}}), law(72) / law(132), 0.02);
  EXPECT_TRUE(std::isnan(predicted(scaling, {{"h200", "w", "idle"}, {200, 132}, {}})));
}

TEST(PowerFamily, FindsIdleBusyAndExponent) {
  std::vector<CostPoint> points;
  for (const double busy : {0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0}) {
    points.push_back({{"NVIDIA H200"}, {busy}, {80 + 500 * std::pow(busy, 0.6)}});
  }
  const FittedFamily fit = fitted("power", points);
  EXPECT_NEAR(fit.curves[0].parameter("idle_w"), 80, 1);
  EXPECT_NEAR(fit.curves[0].parameter("span_w"), 500, 5);
  EXPECT_NEAR(fit.curves[0].parameter("q"), 0.6, 0.02);
  EXPECT_NEAR(predicted(fit, {{"NVIDIA H200"}, {0}, {}}), 80, 1);
  EXPECT_TRUE(std::isnan(predicted(fit, {{"NVIDIA H200"}, {1.2}, {}})));
}

TEST(TransferFamily, FindsLatencyAndBandwidth) {
  std::vector<CostPoint> points;
  for (double bytes = 4096; bytes < 3e8; bytes *= 4) points.push_back({{"h200", "copy"}, {bytes}, {9 + bytes / 25e3}});
  const FittedFamily fit = fitted("transfers", points);
  EXPECT_NEAR(fit.curves[0].parameter("alpha_us"), 9, 0.1);
  EXPECT_NEAR(fit.curves[0].parameter("us_per_mb"), 40, 0.5);
  EXPECT_NEAR(predicted(fit, {{"h200", "copy"}, {1e7}, {}}), 409, 4);
}

TEST(ServingFamily, KnowsModelsSystemsAndPrecisions) {
  std::vector<CostPoint> points;
  for (const double batch : {8.0, 16.0, 32.0, 64.0}) {
    for (const double tp : {1.0, 2.0, 4.0}) {
      points.push_back({{"vllm", "Qwen/Qwen3-32B", "h100_sxm", "fp8"},
                        {1024, 256, batch, tp, 1},
                        {40 / tp * (1 + 0.2 * batch), 15 / tp + 0.1 * batch}});
    }
  }
  const FittedFamily fit = fitted("serving", points);
  const auto note = [&](const char* model, const char* system, const char* precision) {
    return find_cost_family("serving")->predict(fit,
                                                {{"vllm", model, system, precision}, {1024, 256, 24, 2, 1}, {}})[0];
  };
  EXPECT_NEAR(note("Qwen/Qwen3-32B", "h100_sxm", "fp8").value, 20 * 5.8, 12);
  EXPECT_TRUE(note("meta-llama/Llama-3.1-70B", "h200_sxm", "").extrapolated);
  EXPECT_GT(note("meta-llama/Llama-3.1-70B", "h200_sxm", "").value, 0);
  EXPECT_NE(note("unheard-of", "h100_sxm", "").note.find("sizes of the model"), std::string::npos);
  EXPECT_NE(note("Qwen/Qwen3-32B", "abacus", "").note.find("system abacus"), std::string::npos);
  EXPECT_NE(note("Qwen/Qwen3-32B", "h100_sxm", "fp3").note.find("precision"), std::string::npos);
}

TEST(FitPlot, ShowsPointsCurvesAndErrors) {
  const auto points = steps(0.02, 0.005, 0.001);
  const FittedFamily fit = fitted("steps", points);
  const std::vector<FitPlotFamily> families{{find_cost_family("steps"), &fit, points}};
  const std::string page = fit_plot_html("Fit of <this>", families);
  EXPECT_NE(page.find("<title>Fit of &lt;this></title>"), std::string::npos);
  EXPECT_NE(page.find("<polyline"), std::string::npos) << "one number varies: a curve is drawn";
  EXPECT_NE(page.find("residual, %"), std::string::npos);
  EXPECT_NE(page.find("leave one batch out"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page, fit_plot_html("Fit of <this>", families));
}

}  // namespace
}  // namespace seatrial

// Fits of the public tables against their held-out points, and the shipped calibrations against fits made anew. The
// figures in docs/calibration.md are these; each test prints what it reached.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "models/cost_family.h"
#include "models/fit_check.h"
#include "scenarios/calibration_file.h"
#include "tests/support/paths.h"
#include "tests/support/shared_data.h"
#include "traces/cost_table.h"

namespace seatrial {
namespace {

std::vector<CostPoint> points_of(std::initializer_list<const char*> names) {
  std::vector<CostPoint> points;
  for (const char* name : names) {
    const SharedFile file(std::string("reference/throughputs/") + name);
    if (!file.present()) return {};
    const CostTable table = read_cost_table(InputFile({file.path(), {}, ""}));
    points.insert(points.end(), table.points.begin(), table.points.end());
  }
  return points;
}

class Fits : public testing::Test {
 protected:
  void SetUp() override {
    const SharedFile file("reference/throughputs/h200_gemm_public.csv");
    if (!file.present()) GTEST_SKIP() << file.absence();
  }
};

FittedFamily fitted(const CostFamily& family, const std::vector<CostPoint>& points) {
  FittedFamily result;
  result.family = family.name();
  result.curves = family.fit(points, false);
  return result;
}

// Errors of the held points, of which `part` is true, when the others are fitted; by 3 splits of 30 %.
template <class Part>
FitErrors random_errors(const char* name, const std::vector<CostPoint>& points, Part part) {
  const CostFamily& family = *find_cost_family(name);
  ErrorSum sum;
  for (std::uint64_t salt = 0; salt < 3; ++salt) {
    std::vector<CostPoint> used;
    std::vector<CostPoint> held;
    for (std::size_t i = 0; i < points.size(); ++i) {
      (is_held_out("row " + std::to_string(i), 0.3, salt) ? held : used).push_back(points[i]);
    }
    const FittedFamily fit = fitted(family, used);
    std::vector<CostPoint> asked;
    std::copy_if(held.begin(), held.end(), std::back_inserter(asked), part);
    const auto errors_here = prediction_errors(family, fit, asked);
    for (const double error : errors_here.all()) sum.add_error(error);
  }
  const FitErrors errors = sum.errors();
  std::printf("%s: MAPE %.2f %%, median %.2f, p90 %.2f, worst %.2f over %zu\n", name, 100 * errors.mean,
              100 * errors.median, 100 * errors.p90, 100 * errors.worst, errors.points);
  return errors;
}

TEST_F(Fits, MatrixProductsOfTheH200) {
  const auto points = points_of({"h200_gemm_public.csv"});
  const auto of = [](const char* type) { return [type](const CostPoint& p) { return p.keys[1] == type; }; };
  EXPECT_LE(random_errors("gemm", points, of("bfloat16")).mean, 0.12);
  EXPECT_LE(random_errors("gemm", points, of("fp8")).mean, 0.20);
}

// A weight shape that no row of the fit has: what the table says of shapes around it.
TEST_F(Fits, MatrixProductsOfUnseenWeights) {
  const CostFamily& family = *find_cost_family("gemm");
  const FittedFamily fit = fit_family(family, points_of({"h200_gemm_public.csv"}));
  EXPECT_EQ(fit.held_out[1].split, "leave one weight shape out");
  std::printf("gemm, unseen weights: MAPE %.2f %%\n", 100 * fit.held_out[1].errors.mean);
  EXPECT_LE(fit.held_out[1].errors.mean, 0.12);
}

TEST_F(Fits, CollectivesOverNvlink) {
  auto points = points_of({"nccl_latency.csv"});
  points.erase(std::remove_if(points.begin(), points.end(), [](const CostPoint& p) { return p.keys[0] == "l40s"; }),
               points.end());
  const FittedFamily fit = fit_family(*find_cost_family("collectives"), points);
  EXPECT_EQ(fit.held_out[1].split, "leave one point out");
  std::printf("collectives, leave one out: MAPE %.2f %% over %zu\n", 100 * fit.held_out[1].errors.mean,
              fit.held_out[1].errors.points);
  EXPECT_EQ(fit.held_out[1].errors.points, 756U);
  EXPECT_LE(fit.held_out[1].errors.mean, 0.06);
}

// Single replicas: every second batch size is fitted, the others are predicted.
TEST_F(Fits, StepTimesByBatch) {
  const CostFamily& family = *find_cost_family("placement");
  std::map<std::string, std::vector<CostPoint>> series;
  for (const CostPoint& point : points_of({"sia_step_times.csv"})) {
    if (point.keys[2] == "1") series[point.keys[0] + '/' + point.keys[1]].push_back(point);
  }
  ErrorSum of_series;
  for (auto& [name, points] : series) {
    std::sort(points.begin(), points.end(),
              [](const CostPoint& a, const CostPoint& b) { return a.numbers[0] < b.numbers[0]; });
    std::vector<CostPoint> used;
    std::vector<CostPoint> held;
    for (std::size_t i = 0; i < points.size(); ++i) (i % 2 == 0 ? used : held).push_back(points[i]);
    of_series.add_error(prediction_errors(family, fitted(family, used), held).errors().mean);
  }
  const FitErrors errors = of_series.errors();
  std::printf("t(batch): median %.2f %%, mean %.2f, worst %.2f over %zu series\n", 100 * errors.median,
              100 * errors.mean, 100 * errors.worst, errors.points);
  EXPECT_LE(errors.median, 0.05);
}

TEST_F(Fits, StepTimesByPlacement) {
  const auto all = [](const CostPoint& /*point*/) { return true; };
  EXPECT_LE(random_errors("placement", points_of({"sia_step_times.csv"}), all).median, 0.08);
}

// A model on a cluster where it was not measured, for each one that is there.
TEST_F(Fits, StepTimesOnAnotherCluster) {
  const CostFamily& family = *find_cost_family("placement");
  FittedFamily whole = fitted(family, points_of({"sia_step_times.csv"}));
  std::map<std::string, std::vector<CostPoint>> series;
  for (const CostPoint& point : points_of({"sia_step_times.csv"})) {
    series[point.keys[0] + '/' + point.keys[1]].push_back(point);
  }
  ErrorSum of_series;
  for (const auto& [name, points] : series) {
    FittedFamily without = whole;
    without.curves.erase(std::remove_if(without.curves.begin(), without.curves.end(),
                                        [&, &key = name](const FittedCurve& curve) { return curve.key == key; }),
                         without.curves.end());
    const FitErrors errors = prediction_errors(family, without, points).errors();
    if (errors.points > 0) of_series.add_error(errors.mean);
    std::printf("  %s from elsewhere: %.1f %%\n", name.c_str(), 100 * errors.mean);
  }
  std::printf("placement, unseen series: median %.1f %%\n", 100 * of_series.errors().median);
  EXPECT_LE(of_series.errors().median, 0.30);
}

TEST_F(Fits, PairsOnOneGpuOneLeftOut) {
  const auto points = points_of({"gavel_isolated.csv", "gavel_colocated.csv"});
  const CostFamily& family = *find_cost_family("pairs");
  ErrorSum all;
  std::vector<double> predicted_sums;
  for (const char* gpu : {"k80", "p100", "v100"}) {
    std::vector<CostPoint> of_gpu;
    for (const CostPoint& point : points) {
      if (point.keys[0] == gpu && point.numbers[0] == 1 && point.numbers.back() == 1) of_gpu.push_back(point);
    }
    std::vector<std::string> groups;
    for (const CostPoint& point : of_gpu) groups.push_back(family.group(point));
    ErrorSum of_this;
    for (const HeldOutGroup& split : leave_one_group_out(groups)) {
      if (split.name.empty()) continue;
      std::vector<CostPoint> used;
      for (const std::size_t i : split.fitted) used.push_back(of_gpu[i]);
      const FittedFamily fit = fitted(family, used);
      for (const std::size_t i : split.held) {
        const auto errors = prediction_errors(family, fit, std::vector{of_gpu[i]});
        for (const double error : errors.all()) {
          of_this.add_error(error);
          all.add_error(error);
        }
        double sum = 0;
        const auto times = family.predict(fit, of_gpu[i]);
        for (std::size_t side = 0; side < 2; ++side) {
          const auto alone = std::find_if(of_gpu.begin(), of_gpu.end(), [&](const CostPoint& p) {
            return p.keys.size() == 2 && p.keys[1] == of_gpu[i].keys[1 + side];
          });
          sum += times[side].value / alone->times[0];
        }
        if (std::string(gpu) == "v100" && of_gpu[i].times[0] > 0 && std::isfinite(sum)) predicted_sums.push_back(sum);
      }
    }
    std::printf("pairs on %s: MAPE %.2f %%, median %.2f\n", gpu, 100 * of_this.errors().mean,
                100 * of_this.errors().median);
  }
  EXPECT_LE(all.errors().mean, 0.10);
  // The losing tail is kept: measured, the sum of speeds at p10 is 0.68.
  std::sort(predicted_sums.begin(), predicted_sums.end());
  ASSERT_FALSE(predicted_sums.empty());
  const double p10 = predicted_sums[predicted_sums.size() / 10];
  std::printf("v100: p10 of predicted sums of speeds %.2f\n", p10);
  EXPECT_LE(p10, 0.80);
}

TEST_F(Fits, ServedLanguageModels) {
  const auto all = [](const CostPoint& /*point*/) { return true; };
  const std::vector<CostPoint> points = points_of({"splitwise_llm_latency.csv"});
  EXPECT_LE(random_errors("llm", points, all).mean, 0.08);
  for (const std::size_t time : {0U, 1U}) {
    std::vector<CostPoint> of_time = points;
    for (CostPoint& point : of_time) point.times[1 - time] = std::nan("");
    EXPECT_LE(random_errors("llm", of_time, all).mean, 0.08) << (time == 0 ? "prompt" : "token");
  }
}

// Points of one engine, model, system and precision, a third of which the fit has not seen.
TEST_F(Fits, LoadedServices) {
  const auto all = [](const CostPoint& /*point*/) { return true; };
  const std::vector<CostPoint> points = points_of({"llm_serving_points.csv"});
  EXPECT_LE(random_errors("serving", points, all).median, 0.15);
  for (const std::size_t time : {0U, 1U}) {
    std::vector<CostPoint> of_time = points;
    for (CostPoint& point : of_time) point.times[1 - time] = std::nan("");
    std::printf("%s: ", time == 0 ? "first token" : "output token");
    (void)random_errors("serving", of_time, all);
  }
}

TEST_F(Fits, OperatorsOfTransformers) {
  const auto all = [](const CostPoint& /*point*/) { return true; };
  EXPECT_LE(random_errors("operators", points_of({"vidur_mlp_ms.csv"}), all).mean, 0.08);
}

struct Shipped {
  const char* calibration;
  const char* family;
  std::vector<const char*> tables;
};

// tools/calibrate/public.sh, in effect: equal predictions for every row.
TEST_F(Fits, ShippedCalibrationsAreThoseOfTheTables) {
  const std::vector<Shipped> shipped{{"h200", "gemm", {"h200_gemm_public.csv"}},
                                     {"nccl", "collectives", {"nccl_latency.csv"}},
                                     {"sia", "placement", {"sia_step_times.csv"}},
                                     {"splitwise", "llm", {"splitwise_llm_latency.csv"}},
                                     {"gavel", "pairs", {"gavel_isolated.csv", "gavel_colocated.csv"}},
                                     {"vidur", "operators", {"vidur_mlp_ms.csv"}},
                                     {"serving", "serving", {"llm_serving_points.csv"}}};
  for (const Shipped& one : shipped) {
    const Calibration read =
        read_calibration(source_file(std::string("models/calibrations/") + one.calibration + ".json"));
    const FittedFamily* kept = read.find(one.family);
    ASSERT_NE(kept, nullptr) << one.calibration;
    EXPECT_FALSE(read.notes.empty());
    std::vector<CostPoint> points;
    for (const char* table : one.tables) {
      const auto more = points_of({table});
      points.insert(points.end(), more.begin(), more.end());
    }
    const CostFamily& family = *find_cost_family(one.family);
    const FittedFamily anew = fitted(family, points);
    for (const CostPoint& point : points) {
      const auto a = family.predict(*kept, point);
      const auto b = family.predict(anew, point);
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(a[i].value) && std::isnan(b[i].value)) continue;
        ASSERT_NEAR(a[i].value, b[i].value, 2e-3 * b[i].value) << one.calibration << ' ' << point.keys[0];
      }
    }
  }
}

}  // namespace
}  // namespace seatrial

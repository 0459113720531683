// Families of cost models: formulas are found again in data that they made, unknown keys are substituted or refused,
// degenerate tables do no harm.
#include "models/cost_family.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/cost_curve.h"
#include "models/llm_shapes.h"

namespace seatrial {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

FittedFamily fitted(std::string_view name, const std::vector<CostPoint>& points) {
  FittedFamily result;
  result.family = name;
  result.curves = find_cost_family(name)->fit(points, false);
  return result;
}
CostTime first_time(const FittedFamily& of, CostPoint point) {
  return find_cost_family(of.family)->predict(of, point).front();
}

// The H200's data sheet: 989.4 TFLOP/s, 4.8 TB/s.
double roofline_us(double m, double n, double k) {
  const double compute = 2 * m * n * k / (0.7 * 989.4e6);
  const double memory = 2 * (m * k + n * k + m * n) / (0.9 * 4800e3);
  return soft_maximum(compute, memory, 4) + 5;
}
std::vector<CostPoint> gemm_points() {
  std::vector<CostPoint> points;
  for (double size = 512; size <= 16384; size *= 2) {
    for (double m = 1; m <= 8192; m *= 4) {
      points.push_back({{"lib", "bfloat16"}, {m, size, size}, {roofline_us(m, size, size)}});
    }
  }
  return points;
}

TEST(GemmFamily, FindsTheRooflineThatMadeTheData) {
  const FittedFamily gemm = fitted("gemm", gemm_points());
  ASSERT_EQ(gemm.curves.size(), 1U);
  EXPECT_NEAR(gemm.curves[0].parameter("e_c"), 0.7, 0.01);
  EXPECT_NEAR(gemm.curves[0].parameter("e_m"), 0.9, 0.01);
  EXPECT_NEAR(gemm.curves[0].parameter("t0_us"), 5, 0.1);
  const CostTime time = first_time(gemm, {{"lib", "bfloat16"}, {100, 3000, 1000}, {}});
  EXPECT_NEAR(time.value, roofline_us(100, 3000, 1000), 0.02 * time.value);
  EXPECT_FALSE(time.extrapolated);
}

TEST(GemmFamily, KnowsTypesByTheirOtherNamesAndStacksByTheirLikes) {
  const FittedFamily gemm = fitted("gemm", gemm_points());
  const double value = first_time(gemm, {{"lib", "bfloat16"}, {64, 4096, 4096}, {}}).value;
  EXPECT_EQ(first_time(gemm, {{"lib", "float16"}, {64, 4096, 4096}, {}}).value, value);
  const CostTime other = first_time(gemm, {{"another", "bf16"}, {64, 4096, 4096}, {}});
  EXPECT_EQ(other.value, value);
  EXPECT_TRUE(other.extrapolated);
  EXPECT_EQ(other.note, "as lib/bfloat16");
  EXPECT_TRUE(std::isnan(first_time(gemm, {{"lib", "fp8"}, {64, 4096, 4096}, {}}).value));
  const CostTime strange = first_time(gemm, {{"lib", "ternary"}, {64, 4096, 4096}, {}});
  EXPECT_TRUE(std::isnan(strange.value));
  EXPECT_EQ(strange.note, "unknown number type ternary");
}

// Far outside the rows the formula speaks: never less than the physics, never more than a plain factor.
TEST(GemmFamily, StaysSaneFarOutside) {
  const FittedFamily gemm = fitted("gemm", gemm_points());
  for (const double m : {1.0, 1e6}) {
    for (const double n : {16.0, 1e6}) {
      const CostTime time = first_time(gemm, {{"lib", "bfloat16"}, {m, n, 64}, {}});
      EXPECT_NEAR(time.value, roofline_us(m, n, 64), 0.1 * time.value) << m << ' ' << n;
    }
  }
}

TEST(Families, OnePointAndNoNumbersDoNoHarm) {
  const CostPoint point{{"lib", "bfloat16"}, {64, 4096, 4096}, {20}};
  const FittedFamily one = fitted("gemm", {point, {{"lib", "bfloat16"}, {64, 4096, 4096}, {kNan}}});
  EXPECT_NEAR(first_time(one, point).value, 20, 0.01);
  EXPECT_TRUE(fitted("gemm", {}).curves.empty());
  EXPECT_TRUE(fitted("gemm", {{{"lib", "bfloat16"}, {64, 4096, 4096}, {0}}}).curves.empty());
  const FittedFamily whole = fit_family(*find_cost_family("gemm"), std::vector<CostPoint>{point});
  EXPECT_EQ(whole.held_out.front().errors.points, 0U);
  EXPECT_EQ(whole.ranges[0], (std::pair<double, double>{64, 64}));
}

double all_reduce_us(double gpus, double bytes) {
  const double traffic_us = 2 * (gpus - 1) / gpus * bytes / 450e3;
  return 3 + 1.5 * gpus + 2 * std::sqrt(traffic_us) + 1.2 * traffic_us;
}

TEST(CollectiveFamily, FindsAlphaAndBetaAndGoesToOtherSystemsByTheirLinks) {
  std::vector<CostPoint> points;
  for (const double gpus : {2.0, 4.0, 8.0}) {
    for (double bytes = 512; bytes < 1e9; bytes *= 4) {
      points.push_back({{"h100_sxm", "all_reduce"}, {gpus, bytes}, {all_reduce_us(gpus, bytes)}});
    }
  }
  const FittedFamily nccl = fitted("collectives", points);
  EXPECT_NEAR(nccl.curves[0].parameter("alpha_us"), 3, 0.01);
  EXPECT_NEAR(nccl.curves[0].parameter("beta"), 1.2, 0.001);
  EXPECT_NEAR(first_time(nccl, {{"h100_sxm", "all_reduce"}, {8, 1e6}, {}}).value, all_reduce_us(8, 1e6), 0.2);
  const CostTime h200 = first_time(nccl, {{"h200_sxm", "all_reduce"}, {8, 1e6}, {}});
  EXPECT_NEAR(h200.value, all_reduce_us(8, 1e6), 0.2);
  EXPECT_TRUE(h200.extrapolated);
  // Twice the bandwidth: half the time of large messages.
  EXPECT_NEAR(first_time(nccl, {{"b200_sxm", "all_reduce"}, {8, 1e10}, {}}).value, all_reduce_us(8, 0.5e10), 300);
  EXPECT_TRUE(std::isnan(first_time(nccl, {{"h100_sxm", "gossip"}, {8, 1e6}, {}}).value));
  EXPECT_TRUE(std::isnan(first_time(nccl, {{"abacus", "all_reduce"}, {8, 1e6}, {}}).value));
  EXPECT_TRUE(std::isnan(first_time(nccl, {{"h100_sxm", "all_reduce"}, {1, 1e6}, {}}).value));
}

double step_s(double batch, double replicas, double nodes) {
  const double compute = 0.05 + 0.002 * batch;
  if (replicas == 1) return compute;
  const double sync = nodes == 1 ? 0.02 + 0.005 * (replicas - 2) : 0.1 + 0.01 * (replicas - 2);
  return std::sqrt(compute * compute + sync * sync);
}
std::vector<CostPoint> steps(const std::string& model, const std::string& cluster, double factor) {
  std::vector<CostPoint> points;
  for (const char* placement : {"1", "2", "3", "4", "11", "12", "22", "34", "44"}) {
    double replicas = 0;
    for (const char* c = placement; *c != 0; ++c) replicas += *c - '0';
    const double nodes = placement[1] == 0 ? 1 : 2;
    for (const double batch : {8.0, 16.0, 32.0, 64.0}) {
      points.push_back({{model, cluster, placement}, {batch}, {factor * step_s(batch, replicas, nodes)}});
    }
  }
  return points;
}

TEST(PlacementFamily, FindsComputingAndWaiting) {
  const FittedFamily family = fitted("placement", steps("bert", "a", 1));
  const CostTime inside = first_time(family, {{"bert", "a", "44"}, {24}, {}});
  EXPECT_NEAR(inside.value, step_s(24, 8, 2), 0.01 * inside.value);
  EXPECT_FALSE(inside.extrapolated);
  const CostTime beyond = first_time(family, {{"bert", "a", "88"}, {128}, {}});
  EXPECT_NEAR(beyond.value, step_s(128, 16, 2), 0.05 * beyond.value);
  EXPECT_TRUE(beyond.extrapolated);
  EXPECT_TRUE(std::isnan(first_time(family, {{"bert", "a", "4x4"}, {24}, {}}).value));
  EXPECT_TRUE(std::isnan(first_time(family, {{"bert", "a", ""}, {24}, {}}).value));
  EXPECT_TRUE(std::isnan(first_time(family, {{"gpt", "a", "4"}, {24}, {}}).value));
}

TEST(PlacementFamily, TakesAnUnmeasuredSeriesFromTheClusterThatIsLike) {
  std::vector<CostPoint> points = steps("bert", "a", 1);
  for (const auto& more : {steps("resnet", "a", 2), steps("resnet", "b", 1), steps("resnet", "c", 4)}) {
    points.insert(points.end(), more.begin(), more.end());
  }
  const FittedFamily family = fitted("placement", points);
  const CostTime time = first_time(family, {{"bert", "b", "12"}, {16}, {}});
  EXPECT_NEAR(time.value, step_s(16, 3, 2) / 2, 0.02 * time.value);
  EXPECT_TRUE(time.extrapolated);
}

// Speeds made of two resources; one pair is not shown.
TEST(PairFamily, TellsAPairThatWasNotMeasured) {
  const std::vector<double> sensitivity[2] = {{0.2, 0.9, 0.5, 0.1, 0.7}, {0.6, 0.1, 0.4, 0.8, 0.3}};
  const std::vector<double> pressure[2] = {{0.5, 1.2, 0.3, 0.8, 0.1}, {1.1, 0.2, 0.7, 0.4, 0.9}};
  const auto slow = [&](std::size_t i, std::size_t j) {
    return 1 + sensitivity[0][i] * pressure[0][j] + sensitivity[1][i] * pressure[1][j];
  };
  std::vector<CostPoint> points;
  const auto name = [](std::size_t i) { return "job " + std::to_string(i); };
  for (std::size_t i = 0; i < 5; ++i) {
    points.push_back({{"v100", name(i)}, {1}, {10.0 * static_cast<double>(i + 1)}});
    for (std::size_t j = i; j < 5; ++j) {
      if (i == 1 && j == 3) continue;
      points.push_back(
          {{"v100", name(i), name(j)},
           {1, 1},
           {10.0 * static_cast<double>(i + 1) / slow(i, j), 10.0 * static_cast<double>(j + 1) / slow(j, i)}});
    }
  }
  const FittedFamily family = fitted("pairs", points);
  const CostFamily& pairs = *find_cost_family("pairs");
  const auto known = pairs.predict(family, {{"v100", name(0), name(2)}, {1, 1}, {}});
  EXPECT_NEAR(known[0].value, 10 / slow(0, 2), 1e-9);
  EXPECT_EQ(known[0].note, "measured");
  const auto told = pairs.predict(family, {{"v100", name(1), name(3)}, {1, 1}, {}});
  EXPECT_NEAR(told[0].value, 20 / slow(1, 3), 0.1 * told[0].value);
  EXPECT_NEAR(told[1].value, 40 / slow(3, 1), 0.1 * told[1].value);
  EXPECT_EQ(first_time(family, {{"v100", name(4)}, {1}, {}}).value, 50);
  EXPECT_TRUE(std::isnan(first_time(family, {{"v100", name(1), "stranger"}, {1, 1}, {}}).value));
  EXPECT_TRUE(std::isnan(first_time(family, {{"t4", name(1), name(2)}, {1, 1}, {}}).value));
}

TEST(LlmFamily, RefusesWhatItCannotKnow) {
  const FittedFamily family = fitted("llm", {{{"llama2-70b", "a100-80gb"}, {8, 512, 1, 128}, {94, 45}}});
  EXPECT_NEAR(first_time(family, {{"llama2-70b", "a100-80gb"}, {8, 512, 1, 128}, {}}).value, 94, 0.5);
  EXPECT_TRUE(first_time(family, {{"bloom-176b", "h100-80gb"}, {8, 512, 1, 128}, {}}).value > 0);
  EXPECT_TRUE(std::isnan(first_time(family, {{"my-model", "a100-80gb"}, {8, 512, 1, 128}, {}}).value));
  EXPECT_TRUE(std::isnan(first_time(family, {{"llama2-70b", "abacus"}, {8, 512, 1, 128}, {}}).value));
}

TEST(LlmShapes, AreFoundUnderTheirUsualNames) {
  EXPECT_EQ(find_llm_shape("meta-llama/Llama-2-70b-hf")->layers, 80);
  EXPECT_EQ(find_llm_shape("llama2-70b"), find_llm_shape("Llama-2-70b-chat-hf"));
  EXPECT_EQ(find_llm_shape("Llama-2-7b-hf")->layers, 32);
  EXPECT_EQ(find_llm_shape("Meta-Llama-3-8B")->kv_heads, 8);
  EXPECT_EQ(find_llm_shape("meta-llama/Llama-3.1-70B-Instruct")->layers, 80);
  EXPECT_EQ(find_llm_shape("gpt-9"), nullptr);
  EXPECT_EQ(find_llm_shape(""), nullptr);
  EXPECT_EQ(find_llm_shape("Llama-3-8B")->kv_bytes_per_token(), 131072);
}

TEST(OperatorFamily, KnowsOtherModelsByTheirShapes) {
  std::vector<CostPoint> points;
  for (double tokens = 1; tokens <= 4096; tokens *= 2) {
    CostPoint point{{"a100", "Llama-2-7b-hf"}, {1, tokens}, std::vector<double>(10, 0.01)};
    // mlp_down_proj: 4096 x 11008 weights.
    point.times[8] =
        soft_maximum(2 * tokens * 4096 * 11008 / (0.7 * 312e9), 2 * 4096 * 11008 / (0.8 * 2039e6), 3) + 0.005;
    points.push_back(point);
  }
  const FittedFamily family = fitted("operators", points);
  const auto times = find_cost_family("operators")->predict(family, {{"a100", "Llama-2-70b-hf"}, {8, 4096}, {}});
  const double expected = 2 * 4096.0 * 8192 * 3584 / (0.7 * 312e9);
  EXPECT_NEAR(times[8].value, expected, 0.1 * expected);
  EXPECT_GT(find_cost_family("operators")->predict(family, {{"h100", "Llama-2-7b-hf"}, {1, 64}, {}})[8].value, 0);
}

}  // namespace
}  // namespace seatrial

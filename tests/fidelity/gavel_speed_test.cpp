// Gavel's measured throughputs as cost tables: figures of the files come out as rates, and the statistics that our
// references state of the pairs are found again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "models/sharing_scores.h"
#include "sim/stats.h"
#include "tests/support/shared_data.h"
#include "tests/support/sharing_world.h"
#include "traces/speed_tables.h"

namespace seatrial {
namespace {

const SharedFile& isolated_file() {
  static const SharedFile file("reference/throughputs/gavel_isolated.csv");
  return file;
}

const SharedFile& colocated_file() {
  static const SharedFile file("reference/throughputs/gavel_colocated.csv");
  return file;
}

SpeedTables gavel() {
  SpeedTablesBuilder builder;
  read_isolated_speeds(InputFile({isolated_file().path(), {}, ""}), builder);
  read_colocated_speeds(InputFile({colocated_file().path(), {}, ""}), builder);
  return builder.build();
}

class GavelSpeed : public testing::Test {
 protected:
  void SetUp() override {
    if (!isolated_file().present()) GTEST_SKIP() << isolated_file().absence();
    if (!colocated_file().present()) GTEST_SKIP() << colocated_file().absence();
  }
};

// Sums of normalised throughputs of pairs of single-GPU jobs that ran, each pair once.
std::vector<double> pair_sums(const SpeedTables& tables, const char* gpu_name) {
  const std::uint16_t gpu = tables.find_gpu(gpu_name);
  std::vector<double> sums;
  for (std::uint16_t a = 0; a < tables.workloads().size(); ++a) {
    for (std::uint16_t b = a; b < tables.workloads().size(); ++b) {
      if (tables.workloads()[a].gpus != 1 || tables.workloads()[b].gpus != 1) continue;
      const double sum = tables.pair_speed(gpu, a, b) + tables.pair_speed(gpu, b, a);
      if (sum > 0) sums.push_back(sum);
    }
  }
  std::sort(sums.begin(), sums.end());
  return sums;
}

TEST_F(GavelSpeed, ReadsEveryRow) {
  const SpeedTables tables = gavel();
  EXPECT_EQ(tables.gpus().size(), 6U) << "K80, P100, V100, each consolidated and not";
  EXPECT_EQ(tables.workloads().size(), 83U) << "26 models on 1 GPU, 19 of them on 2, 4 and 8";
}

TEST_F(GavelSpeed, FiguresOfTheFileBecomeRates) {
  const SpeedTables tables = gavel();
  const std::uint16_t k80 = tables.find_gpu("k80");
  const std::uint16_t a = tables.find_workload("ResNet-18 (batch size 16)", 1);
  const std::uint16_t b = tables.find_workload("ResNet-18 (batch size 32)", 1);
  const SpeedModel model = usual_model(tables, k80);
  std::vector<Rate> rates(2);
  const std::vector<Sharer> pair{{{0}, a}, {{1}, b}};
  model.rates({k80, SharingMode::Share}, pair, rates);
  EXPECT_NEAR(speed_of(rates[0]), 2.53998 / 4.795295, 1e-9);
  EXPECT_NEAR(speed_of(rates[1]), 3.120193 / 7.175821, 1e-9);
  // On a V100, relative to the K80: the isolated rows of both.
  const double faster = tables.isolated_steps_per_s(tables.find_gpu("v100"), a) / 4.795295;
  EXPECT_NEAR(speed_of(model.exclusive(tables.find_gpu("v100"), a)), faster, 1e-9);
  EXPECT_GT(faster, 1);
}

TEST_F(GavelSpeed, PairsThatRanOutOfMemoryCannotBeMade) {
  const SpeedTables tables = gavel();
  const std::uint16_t k80 = tables.find_gpu("k80");
  const std::uint16_t large = tables.find_workload("ResNet-50 (batch size 128)", 2);
  EXPECT_EQ(usual_model(tables, tables.find_gpu("v100")).exclusive(k80, large), kStalled);
  int failed = 0;
  for (std::uint16_t w = 0; w < tables.workloads().size(); ++w) failed += tables.can_pair(k80, large, w) ? 0 : 1;
  EXPECT_EQ(failed, 0) << "nothing to be relative to: not a pair's fault";
}

// cost_models section 3: median and 10th and 90th percentile of the sum of normalised throughputs.
TEST_F(GavelSpeed, SumsOfPairsHaveTheStatedDistribution) {
  struct Case {
    const char* gpu;
    double p10, median, p90;
  };
  const SpeedTables tables = gavel();
  for (const Case& want :
       {Case{"v100", 0.68, 1.37, 1.80}, Case{"p100", 0.99, 1.13, 1.47}, Case{"k80", 0.96, 1.06, 1.22}}) {
    const std::vector<double> sums = pair_sums(tables, want.gpu);
    const auto at = [&](double q) { return sums[static_cast<std::size_t>(q * static_cast<double>(sums.size() - 1))]; };
    std::printf("%s: %zu pairs, p10 %.3f, median %.3f, p90 %.3f\n", want.gpu, sums.size(), at(0.1), at(0.5), at(0.9));
    EXPECT_NEAR(at(0.1), want.p10, 0.01) << want.gpu;
    EXPECT_NEAR(at(0.5), want.median, 0.01) << want.gpu;
    EXPECT_NEAR(at(0.9), want.p90, 0.01) << want.gpu;
  }
}

// Every other pair that ran is kept; mirrored pairs go together.
bool is_kept(std::uint16_t a, std::uint16_t b) { return (std::min(a, b) * 31U + std::max(a, b)) % 2 == 0; }

SpeedTables half_of_the_pairs(const SpeedTables& all, std::uint16_t gpu) {
  SpeedTablesBuilder builder;
  static_cast<void>(builder.gpu("gpu"));
  for (std::uint16_t a = 0; a < all.workloads().size(); ++a) {
    static_cast<void>(builder.workload(all.workloads()[a].name, all.workloads()[a].gpus));
    builder.set_isolated(0, a, 1);
    for (std::uint16_t b = 0; b < all.workloads().size(); ++b) {
      const double speed = all.pair_speed(gpu, a, b);
      if (speed > 0 && is_kept(a, b)) builder.set_colocated({0, a, b}, speed);
    }
  }
  return builder.build();
}

// Gaps of a pair table: estimated from half of the pairs, compared with the other half. docs/shared_speed.md.
TEST_F(GavelSpeed, UnmeasuredPairsAreEstimated) {
  struct Case {
    const char* gpu;
    double mean_error;
  };
  const SpeedTables all = gavel();
  for (const Case& want : {Case{"v100", 0.30}, Case{"p100", 0.08}, Case{"k80", 0.08}}) {
    const std::uint16_t gpu = all.find_gpu(want.gpu);
    const SpeedTables half = half_of_the_pairs(all, gpu);
    double error = 0;
    double flat_error = 0;
    int pairs = 0;
    for (std::uint16_t a = 0; a < all.workloads().size(); ++a) {
      for (std::uint16_t b = 0; b < all.workloads().size(); ++b) {
        const double speed = all.pair_speed(gpu, a, b);
        if (!(speed > 0) || is_kept(a, b)) continue;
        error += std::abs(speeds_under("pair-table", half, {}, {{{0}, a}, {{1}, b}})[0] - speed) / speed;
        flat_error += std::abs(0.5 - speed) / speed;
        ++pairs;
      }
    }
    std::printf("%s: %d predicted speeds, mean error %.1f %%; of a flat half %.1f %%\n", want.gpu, pairs,
                100 * error / pairs, 100 * flat_error / pairs);
    EXPECT_LE(error / pairs, want.mean_error) << want.gpu;
    EXPECT_GE(pairs, 250);
  }
}

// What interference-aware placement is worth on these pairs: the best partner against a blind one.
TEST_F(GavelSpeed, ScoresTellPartnersApart) {
  const SpeedTables tables = gavel();
  const SpeedModel model = usual_model(tables);
  JoinCosts costs(model);
  const std::uint16_t v100 = tables.find_gpu("v100");
  int with_choice = 0;
  for (std::uint16_t job = 0; job < tables.workloads().size(); ++job) {
    if (tables.workloads()[job].gpus != 1) continue;
    std::int32_t best = -1;
    std::int32_t worst = 101;
    for (std::uint16_t partner = 0; partner < tables.workloads().size(); ++partner) {
      if (!(tables.pair_speed(v100, job, partner) > 0)) continue;
      const std::vector<Sharer> there{{{1}, partner}};
      const std::int32_t score = interference_score(costs.of({{v100, SharingMode::Share}, there, {{2}, job}}));
      best = std::max(best, score);
      worst = std::min(worst, score);
    }
    EXPECT_GE(best, worst);
    with_choice += best >= worst + 20 ? 1 : 0;
  }
  EXPECT_GE(with_choice, 20) << "of 26 workloads";
}

}  // namespace
}  // namespace seatrial

// Placement by Gavel's measured pairs: who looks at whom a job joins loses less to neighbours than who looks at room
// alone, on the same jobs, and makes no pair that the files say cannot run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "sim/stats.h"
#include "tests/support/scenario_run.h"
#include "tests/support/shared_data.h"
#include "traces/speed_tables.h"

namespace seatrial {
namespace {

class GavelPlacement : public testing::Test {
 protected:
  void SetUp() override {
    if (!isolated_.present()) GTEST_SKIP() << isolated_.absence();
    if (!colocated_.present()) GTEST_SKIP() << colocated_.absence();
  }

  // 8 V100s, 400 jobs that ask for half of one, their kinds drawn from all those measured on one GPU, as likely each.
  [[nodiscard]] ScenarioRun run(const std::string& placement, std::uint64_t seed) const {
    return run_text("schema: seatrial/v1\nname: pairs\nseed: " + std::to_string(seed) +
                    "\ncluster: {pools: [{name: v100, count: 8, gpu: {model: v100-32, count: 1}}]}\n"
                    "workload: [{generate: {jobs: 400, rate: 60/h, duration: {distribution: exponential, mean: 10m}, "
                    "gpus: {500m: 1}, work: {" +
                    kinds() + "}}}]\nmodels: {sharing: pair-table, isolated: " + isolated_.path() +
                    ", colocated: " + colocated_.path() +
                    ", gpu_types: {v100-32: v100}}\nscheduler: {admission: best-effort, placement: " + placement +
                    "}\n");
  }

  [[nodiscard]] SpeedTables tables() const {
    SpeedTablesBuilder builder;
    read_isolated_speeds(InputFile({isolated_.path(), {}, ""}), builder);
    read_colocated_speeds(InputFile({colocated_.path(), {}, ""}), builder);
    return builder.build();
  }

  // Seconds for which two jobs shared a GPU as a pair that loses more than half of what two jobs could do, or that was
  // measured not to run; and all seconds of pairs.
  struct PairTime {
    double bad_s = 0;
    double all_s = 0;
  };
  [[nodiscard]] PairTime pair_time(const ScenarioRun& done) const {
    const SpeedTables known = tables();
    const std::uint16_t gpu = known.find_gpu("v100");
    const JobTable& table = done.run->table;
    const Workload& jobs = done.run->parts.workload;
    const auto work = [&](JobId job) { return known.find_workload(jobs.texts().text(jobs.request(job).work), 1); };
    PairTime time;
    for (std::uint32_t a = 0; a < jobs.size(); ++a) {
      for (std::uint32_t b = a + 1; b < jobs.size(); ++b) {
        if (table.pieces({a}).front().node != table.pieces({b}).front().node) continue;
        const Duration both = std::min(table.end[{a}], table.end[{b}]) - std::max(table.start[{a}], table.start[{b}]);
        if (both.ns <= 0) continue;
        const double sum = known.pair_speed(gpu, work({a}), work({b})) + known.pair_speed(gpu, work({b}), work({a}));
        time.all_s += both.seconds();
        if (!(sum >= 1)) time.bad_s += both.seconds();
      }
    }
    return time;
  }

 private:
  [[nodiscard]] std::string kinds() const {
    std::string text;
    const SpeedTables known = tables();
    for (const WorkloadType& type : known.workloads()) {
      if (type.gpus == 1) text += (text.empty() ? "\"" : ", \"") + type.name + "\": 1";
    }
    return text;
  }

  SharedFile isolated_{"reference/throughputs/gavel_isolated.csv"};
  SharedFile colocated_{"reference/throughputs/gavel_colocated.csv"};
};

TEST_F(GavelPlacement, InterferenceAwareBeatsBestFitInMeanCompletionTime) {
  Welford best_fit;
  Welford aware;
  Welford limited;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const double packed_s = number(run("best-fit", seed).summary.jct_s.mean);
    const double aware_s = number(run("interference-aware", seed).summary.jct_s.mean);
    const double limited_s = number(run("{name: interference-aware, limit: 0.8}", seed).summary.jct_s.mean);
    EXPECT_LT(limited_s, packed_s) << "seed " << seed;
    best_fit.add(packed_s);
    aware.add(aware_s);
    limited.add(limited_s);
  }
  std::printf("mean completion time, s: best-fit %.0f, interference-aware %.0f, with limit 0.8 %.0f\n", best_fit.mean(),
              aware.mean(), limited.mean());
  EXPECT_LT(aware.mean(), 0.8 * best_fit.mean());
  EXPECT_LT(limited.mean(), 0.5 * best_fit.mean());
}

TEST_F(GavelPlacement, InterferenceAwareAvoidsTheBadPairs) {
  const PairTime packed = pair_time(run("best-fit", 1));
  const PairTime aware = pair_time(run("interference-aware", 1));
  const PairTime limited = pair_time(run("{name: interference-aware, limit: 0.8}", 1));
  std::printf("pairs that do less than one job alone, of all time in pairs: best-fit %.1f %%, aware %.1f, limit %.1f\n",
              100 * packed.bad_s / packed.all_s, 100 * aware.bad_s / aware.all_s, 100 * limited.bad_s / limited.all_s);
  EXPECT_GT(packed.bad_s / packed.all_s, 0.1);
  EXPECT_LT(aware.bad_s / aware.all_s, packed.bad_s / packed.all_s) << "a bad pair is made where nothing else is left";
  EXPECT_EQ(limited.bad_s, 0) << "a loss of 0.8 leaves more than one job's work";
}

}  // namespace
}  // namespace seatrial

// Themis' auction by hand and against every assignment, and its order in runs: see policies/themis.h,
// policies/order_themis.cpp.
#include "policies/themis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/integer_program.h"
#include "sim/random.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

class Themis : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string problem = integer_solver_problem(); !problem.empty()) GTEST_SKIP() << problem;
  }
};

// The winner doubles its value, the loser would have made 1.6 of its own: the winner keeps 1 / 1.6 of the prize.
TEST_F(Themis, TheWinnerPaysWhatItsPresenceCostsTheOthers) {
  const std::vector<ThemisBid> bids{{1, 0.5, {1}}, {1, 0.25, {0.4}}};
  const auto auction = themis_auction(bids, std::vector<double>{1});
  ASSERT_TRUE(auction);
  EXPECT_EQ(auction->pool, (std::vector<std::uint32_t>{0, kNoPrize}));
  EXPECT_NEAR(auction->part[0], 0.625, 1e-9);
  EXPECT_DOUBLE_EQ(auction->part[1], 1);
}

TEST_F(Themis, NobodyPaysWhereThereIsEnough) {
  const std::vector<ThemisBid> bids{{1, 0.5, {1, 0.6}}, {2, 0.25, {0.4, 0.9}}};
  const auto auction = themis_auction(bids, std::vector<double>{1, 2});
  EXPECT_EQ(auction->pool, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_NEAR(auction->part[0], 1, 1e-9);
  EXPECT_NEAR(auction->part[1], 1, 1e-9);
}

TEST_F(Themis, WhatIsOfNoUseIsNotBought) {
  const auto auction = themis_auction(std::vector<ThemisBid>{{1, 0.5, {0.5, 0}}}, std::vector<double>{1, 1});
  EXPECT_EQ(auction->pool[0], kNoPrize);
  EXPECT_TRUE(themis_auction({}, std::vector<double>{1})->pool.empty());
}

// The largest product of values over every assignment; `without` gets nothing and does not count.
double best_product(const std::vector<ThemisBid>& bids, std::vector<double> gpus, std::size_t bid,
                    std::size_t without) {
  if (bid == bids.size()) return 1;
  if (bid == without) return best_product(bids, gpus, bid + 1, without);
  double best = bids[bid].nothing * best_product(bids, gpus, bid + 1, without);
  for (std::size_t pool = 0; pool < gpus.size(); ++pool) {
    if (gpus[pool] < bids[bid].gpus) continue;
    std::vector<double> rest = gpus;
    rest[pool] -= bids[bid].gpus;
    best = std::max(best, bids[bid].with_all[pool] * best_product(bids, rest, bid + 1, without));
  }
  return best;
}

TEST_F(Themis, AgreesWithTryingEveryAssignment) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed, "themis");
    std::vector<ThemisBid> bids;
    for (std::uint64_t i = 0; i < 1 + random.below(4); ++i) {
      const auto value = [&] { return static_cast<double>(1 + random.below(100)) / 100; };
      bids.push_back({static_cast<double>(1 + random.below(3)), value(), {value(), value()}});
    }
    const std::vector<double> gpus{static_cast<double>(random.below(4)), static_cast<double>(random.below(4))};
    const auto auction = themis_auction(bids, gpus);
    ASSERT_TRUE(auction) << seed;
    double product = 1;
    std::vector<double> value(bids.size());
    for (std::size_t i = 0; i < bids.size(); ++i) {
      value[i] = auction->pool[i] == kNoPrize ? bids[i].nothing : bids[i].with_all[auction->pool[i]];
      product *= value[i];
    }
    EXPECT_NEAR(product / best_product(bids, gpus, 0, bids.size()), 1, 1e-9) << "seed " << seed;
    for (std::size_t i = 0; i < bids.size(); ++i) {
      if (auction->pool[i] == kNoPrize) continue;
      EXPECT_NEAR(auction->part[i], product / value[i] / best_product(bids, gpus, 0, i), 1e-9) << "seed " << seed;
    }
  }
}

ScenarioRun run(const std::string& jobs, const std::string& order, const std::string& round, std::uint32_t gpus = 1) {
  const TempFile trace("job_id,submit_s,duration_s,gpus\n" + jobs);
  OnePool scenario;
  scenario.gpus = gpus;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = "order: " + order + ", preemption: {round: " + round + "}";
  return run_text(scenario_text(scenario));
}

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[{job}].seconds(); }
double end_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.end[{job}].seconds(); }

TEST_F(Themis, JobsTakeTurnsOfALease) {
  const ScenarioRun done = run("x,0,200,1\ny,0,200,1\n", "{name: themis, lease: 100s}", "20s");
  EXPECT_EQ(start_s(done, 1), 100) << "waits longest against its fair finish when the lease ends";
  EXPECT_EQ(end_s(done, 0), 300);
  EXPECT_EQ(end_s(done, 1), 400);
  EXPECT_EQ(done.summary.preemptions, 2U);
}

TEST_F(Themis, FreeGpusAreSoldAtOnce) {
  const ScenarioRun done = run("x,0,30,1\ny,0,500,1\nz,5,10,1\n", "themis", "60s", 2);
  EXPECT_EQ(start_s(done, 2), 30) << "when x ends, not at a round";
  EXPECT_EQ(done.summary.preemptions, 0U) << "within the lease of 20 minutes";
}

TEST_F(Themis, NoGpuIdlesWhileSomebodyFits) {
  for (const char* fairness : {"0", "0.5", "1"}) {
    const ScenarioRun done =
        run("x,0,50,1\ny,0,50,1\nz,0,50,2\n", std::string("{name: themis, fairness: ") + fairness + "}", "60s", 4);
    for (std::uint32_t job = 0; job < 3; ++job) EXPECT_EQ(end_s(done, job), 50) << fairness;
  }
}

}  // namespace
}  // namespace seatrial

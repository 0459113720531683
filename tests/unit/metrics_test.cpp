// Integrals, means, peaks and series of hand-made facts, each expectation computed by hand.
#include "reports/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/random.h"

namespace seatrial {
namespace {

constexpr std::int64_t kSecond = kNsPerSecond;

Fact fact(std::int64_t second, FactKind kind, std::uint32_t job = 0, std::int64_t milli = 0, std::uint32_t pool = 0) {
  Fact f;
  f.at = Time{second * kSecond};
  f.kind = kind;
  f.job = job;
  f.milli = milli;
  f.pool = pool;
  return f;
}

Fact capacity(std::int64_t second, std::uint32_t pool, std::int64_t milli, std::uint32_t nodes) {
  Fact f = fact(second, FactKind::Capacity, 0, milli, pool);
  f.node = nodes;
  return f;
}

PoolInfo pool(const char* name, std::int64_t gpus, std::uint32_t nodes) {
  PoolInfo info;
  info.name = name;
  info.total_milli = gpus * 1000;
  info.nodes = nodes;
  return info;
}

std::vector<PoolInfo> one_pool() { return {pool("a", 4, 2)}; }

// Job 0 takes 2 of 4 GPUs from 10 s to 20 s; job 1 asks for 4 at 12 s and runs from 20 s to 30 s.
std::vector<Fact> two_jobs() {
  return {fact(10, FactKind::Submitted, 0, 2000), fact(10, FactKind::Started, 0),
          fact(10, FactKind::Bound, 0, 2000),     fact(10, FactKind::Progress, 0, 2000),
          fact(12, FactKind::Submitted, 1, 4000), fact(20, FactKind::Released, 0, 2000),
          fact(20, FactKind::Completed, 0),       fact(20, FactKind::Started, 1),
          fact(20, FactKind::Bound, 1, 4000),     fact(20, FactKind::Progress, 1, 4000),
          fact(30, FactKind::Released, 1, 4000),  fact(30, FactKind::Completed, 1)};
}

double gpu_seconds(Wide milli_ns) { return unit_seconds(milli_ns); }

double series_integral(const Series& series, const std::string& column) {
  const auto found = std::find(series.columns.begin(), series.columns.end(), column);
  EXPECT_NE(found, series.columns.end()) << column;
  const auto index = static_cast<std::size_t>(found - series.columns.begin());
  double sum = 0;
  for (std::size_t row = 0; row < series.rows(); ++row) {
    sum += series.cells[row * series.columns.size() + index] * series.length(row).seconds();
  }
  return sum;
}

TEST(Metrics, IntegratesAllocatedGpusFromFirstSubmitToLastEnd) {
  Metrics metrics(one_pool(), {});
  metrics.observe(two_jobs());
  metrics.finish(Time{50 * kSecond});
  const PoolUse use = metrics.total_use();
  EXPECT_DOUBLE_EQ(gpu_seconds(use.allocated_milli_ns), 2 * 10 + 4 * 10);
  EXPECT_DOUBLE_EQ(gpu_seconds(use.total_milli_ns), 4 * 20) << "the window ends with the last job, not with the clock";
  EXPECT_DOUBLE_EQ(seconds_of(use.node_ns), 2 * 20);
  EXPECT_EQ(metrics.first_submit().ns, 10 * kSecond);
  EXPECT_EQ(metrics.end().ns, 50 * kSecond);
  EXPECT_EQ(metrics.arrived_milli(), 6000);
  EXPECT_EQ(metrics.allocated_milli_end(), 0);
  EXPECT_DOUBLE_EQ(metrics.allocated_ratio_peak(), 1.0);
  EXPECT_EQ(metrics.queue_jobs_peak(), 1);
  EXPECT_EQ(metrics.running_jobs_peak(), 1);
  EXPECT_DOUBLE_EQ(metrics.queue_jobs_mean(), 8.0 / 20);
}

TEST(Metrics, GivesTheSameIntegralsHoweverFactsAreBatched) {
  const std::vector<Fact> facts = two_jobs();
  Metrics whole(one_pool(), {});
  whole.observe(facts);
  whole.finish(Time{30 * kSecond});
  Metrics single(one_pool(), {});
  for (const Fact& f : facts) single.observe({&f, 1});
  single.finish(Time{30 * kSecond});
  EXPECT_EQ(whole.total_use().allocated_milli_ns, single.total_use().allocated_milli_ns);
  EXPECT_EQ(whole.series().cells, single.series().cells);
}

TEST(Metrics, SeparatesOverheadFromUsefulWork) {
  Metrics metrics(one_pool(), {});
  metrics.observe(std::vector<Fact>{
      fact(0, FactKind::Submitted, 0, 2000), fact(0, FactKind::Started, 0), fact(0, FactKind::Bound, 0, 2000),
      fact(3, FactKind::Progress, 0, 2000),  // 3 s of start-up
      fact(7, FactKind::Stalled, 0, 2000),   // checkpoint
      fact(9, FactKind::Released, 0, 2000), fact(9, FactKind::Preempted, 0, 2000), fact(9, FactKind::Resumed, 0),
      fact(9, FactKind::Bound, 0, 2000), fact(10, FactKind::Progress, 0, 2000), fact(20, FactKind::Released, 0, 2000),
      fact(20, FactKind::Completed, 0)});
  metrics.finish(Time{20 * kSecond});
  const PoolUse use = metrics.total_use();
  EXPECT_DOUBLE_EQ(gpu_seconds(use.allocated_milli_ns), 40);
  EXPECT_DOUBLE_EQ(gpu_seconds(use.useful_milli_ns), 2 * (4 + 10));
  EXPECT_EQ(metrics.preemptions(), 1U);
}

TEST(Metrics, CountsNoUsefulWorkForAJobPreemptedDuringItsStart) {
  Metrics metrics(one_pool(), {});
  metrics.observe(std::vector<Fact>{fact(0, FactKind::Submitted, 0, 1000), fact(0, FactKind::Started, 0),
                                    fact(0, FactKind::Bound, 0, 1000), fact(5, FactKind::Released, 0, 1000),
                                    fact(5, FactKind::Preempted, 0, 1000), fact(6, FactKind::Resumed, 0),
                                    fact(6, FactKind::Bound, 0, 1000), fact(8, FactKind::Progress, 0, 1000),
                                    fact(9, FactKind::Released, 0, 1000), fact(9, FactKind::Completed, 0)});
  metrics.finish(Time{9 * kSecond});
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().allocated_milli_ns), 8);
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().useful_milli_ns), 1);
}

TEST(Metrics, AttributesUsefulWorkOfASpanningGangToItsPools) {
  Metrics metrics({pool("a", 4, 1), pool("b", 4, 1)}, {});
  metrics.observe(std::vector<Fact>{fact(0, FactKind::Submitted, 7, 3000), fact(0, FactKind::Started, 7),
                                    fact(0, FactKind::Bound, 7, 1000, 0), fact(0, FactKind::Bound, 7, 2000, 1),
                                    fact(2, FactKind::Progress, 7, 3000, 0), fact(10, FactKind::Released, 7, 1000, 0),
                                    fact(10, FactKind::Released, 7, 2000, 1), fact(10, FactKind::Completed, 7)});
  metrics.finish(Time{10 * kSecond});
  ASSERT_EQ(metrics.pool_uses().size(), 2U);
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.pool_uses()[0].useful_milli_ns), 8);
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.pool_uses()[1].useful_milli_ns), 16);
}

TEST(Metrics, TakesAllocatedForUsefulWhereTheRunHasNoOverheads) {
  MetricsOptions options;
  options.overheads = false;
  Metrics metrics(one_pool(), options);
  std::vector<Fact> facts = two_jobs();
  std::erase_if(facts, [](const Fact& f) { return f.kind == FactKind::Progress; });
  metrics.observe(facts);
  metrics.finish(Time{30 * kSecond});
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().useful_milli_ns), 60);
  EXPECT_DOUBLE_EQ(series_integral(metrics.series(), "a.used_gpus"), 60);
}

TEST(Metrics, FollowsCapacityChanges) {
  Metrics metrics(one_pool(), {});
  metrics.observe(std::vector<Fact>{capacity(0, 0, 8000, 4),  // before the first submit: only the level counts
                                    fact(10, FactKind::Submitted, 0, 4000), fact(10, FactKind::Started, 0),
                                    fact(10, FactKind::Bound, 0, 4000), capacity(15, 0, 4000, 2),
                                    fact(20, FactKind::Released, 0, 4000), fact(20, FactKind::Completed, 0)});
  metrics.finish(Time{20 * kSecond});
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().total_milli_ns), 8 * 5 + 4 * 5);
  EXPECT_DOUBLE_EQ(seconds_of(metrics.total_use().node_ns), 4 * 5 + 2 * 5);
  EXPECT_DOUBLE_EQ(metrics.allocated_ratio_peak(), 1.0);
  EXPECT_EQ(metrics.total_use().total_milli_end, 4000);
}

TEST(Metrics, LeavesWarmupOutOfIntegralsAndPeaks) {
  MetricsOptions options;
  options.warmup = Duration{12 * kSecond};  // until 22 s
  Metrics metrics(one_pool(), options);
  metrics.observe(two_jobs());
  metrics.finish(Time{30 * kSecond});
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().allocated_milli_ns), 4 * 8);
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().total_milli_ns), 4 * 8);
  EXPECT_EQ(metrics.queue_jobs_peak(), 0);
  EXPECT_EQ(metrics.arrived_milli(), 6000) << "counts are of the whole run";
}

TEST(Metrics, HasAnEmptyWindowWhereWarmupOutlivesTheJobs) {
  MetricsOptions options;
  options.warmup = Duration{1000 * kSecond};
  Metrics metrics(one_pool(), options);
  metrics.observe(two_jobs());
  metrics.finish(Time{5000 * kSecond});
  EXPECT_EQ(metrics.total_use().allocated_milli_ns, 0);
  EXPECT_EQ(metrics.window_ns(), 0);
}

TEST(Metrics, MeasuresToTheEndOfTheRunWhereNoJobEnded) {
  Metrics metrics(one_pool(), {});
  metrics.observe(std::vector<Fact>{fact(5, FactKind::Submitted, 0, 1000), fact(5, FactKind::Started, 0),
                                    fact(5, FactKind::Bound, 0, 1000), fact(5, FactKind::Progress, 0, 1000)});
  metrics.finish(Time{15 * kSecond});
  EXPECT_FALSE(metrics.any_ended());
  EXPECT_DOUBLE_EQ(gpu_seconds(metrics.total_use().allocated_milli_ns), 10);
  EXPECT_EQ(metrics.allocated_milli_end(), 1000);
}

TEST(Metrics, CountsEveryDecisionEquallyUnderSequentialArrivals) {
  MetricsOptions options;
  options.sequential = true;
  Metrics metrics({pool("a", 2, 1)}, options);
  metrics.observe(std::vector<Fact>{fact(0, FactKind::Submitted, 0, 1000), fact(0, FactKind::Started, 0),
                                    fact(0, FactKind::Bound, 0, 1000), fact(0, FactKind::Submitted, 1, 2000),
                                    fact(0, FactKind::Failed, 1), fact(0, FactKind::Submitted, 2, 1000),
                                    fact(0, FactKind::Started, 2), fact(0, FactKind::Bound, 2, 1000)});
  metrics.finish(Time{0});
  const PoolUse use = metrics.total_use();
  EXPECT_DOUBLE_EQ(gpu_seconds(use.allocated_milli_ns) / gpu_seconds(use.total_milli_ns), (0.5 + 0.5 + 1.0) / 3);
  EXPECT_EQ(metrics.arrived_milli(), 4000);
  EXPECT_EQ(metrics.allocated_milli_end(), 2000);
  EXPECT_EQ(metrics.queue_jobs_peak(), 0);
  EXPECT_EQ(metrics.series().rows(), 3U);
}

TEST(Metrics, WeighsFragmentationByTime) {
  Metrics metrics(one_pool(), {});
  metrics.set_fragmented(Time{0}, 500);
  metrics.observe(std::vector<Fact>{fact(10, FactKind::Submitted, 0, 2000), fact(10, FactKind::Started, 0),
                                    fact(10, FactKind::Bound, 0, 2000)});
  metrics.set_fragmented(Time{10 * kSecond}, 1000.25);
  metrics.observe(std::vector<Fact>{fact(20, FactKind::Released, 0, 2000), fact(20, FactKind::Completed, 0)});
  metrics.set_fragmented(Time{20 * kSecond}, 7);
  metrics.finish(Time{20 * kSecond});
  EXPECT_TRUE(metrics.has_fragmented());
  EXPECT_DOUBLE_EQ(metrics.fragmented_milli_s(), 10002.5);
  EXPECT_DOUBLE_EQ(metrics.fragmented_milli_end(), 7);
  EXPECT_DOUBLE_EQ(series_integral(metrics.series(), "fragmented_gpus"), 10.0025);
}

TEST(Metrics, SurvivesARunWithoutFacts) {
  Metrics metrics(one_pool(), {});
  metrics.finish(Time{0});
  EXPECT_FALSE(metrics.began());
  EXPECT_EQ(metrics.total_use().total_milli_ns, 0);
  EXPECT_EQ(metrics.series().rows(), 0U);
}

TEST(Metrics, AcceptsInstantsAtBothEndsOfTime) {
  Metrics metrics(one_pool(), {});
  Fact first = fact(0, FactKind::Submitted, 0, 1000);
  first.at.ns = INT64_MIN + 1;
  Fact last = fact(0, FactKind::Rejected, 1, 1000);
  last.at.ns = INT64_MAX - 1;
  metrics.observe(std::vector<Fact>{first, last});
  metrics.finish(last.at);
  EXPECT_LE(metrics.series().rows(), 4097U);
  EXPECT_NEAR(unit_seconds(metrics.total_use().total_milli_ns), 4 * 18446744073.7, 10);
}

TEST(Series, KeepsAnExplicitIntervalAndCutsTheLastRow) {
  MetricsOptions options;
  options.series_interval = Duration{8 * kSecond};
  Metrics metrics(one_pool(), options);
  metrics.observe(two_jobs());
  metrics.finish(Time{30 * kSecond});
  const Series& series = metrics.series();
  ASSERT_EQ(series.rows(), 3U);
  EXPECT_EQ(series.start.ns, 10 * kSecond);
  EXPECT_EQ(series.length(0).ns, 8 * kSecond);
  EXPECT_EQ(series.length(2).ns, 4 * kSecond);
  EXPECT_DOUBLE_EQ(series.cells[3], 2.0) << "allocated in [10 s, 18 s)";
  EXPECT_DOUBLE_EQ(series.cells[series.columns.size() + 3], (2 * 2 + 4 * 6) / 8.0);
  EXPECT_TRUE(series.note.empty());
}

TEST(Series, DoublesAnExplicitIntervalOnlyBeyondItsLimitAndSaysSo) {
  MetricsOptions options;
  options.series_interval = Duration{1};
  Metrics metrics(one_pool(), options);
  Fact first = fact(0, FactKind::Submitted, 0, 1000);
  Fact last = fact(0, FactKind::Rejected, 1, 1000);
  last.at.ns = 3'000'000;
  metrics.observe(std::vector<Fact>{first, last});
  metrics.finish(last.at);
  EXPECT_LE(metrics.series().rows(), 1'000'001U);
  EXPECT_EQ(metrics.series().interval.ns, 4);
  EXPECT_FALSE(metrics.series().note.empty());
  EXPECT_NEAR(series_integral(metrics.series(), "queue_jobs"), 0.003, 1e-12);
}

// A random run: jobs start when submitted and overlap; `held_area` is a plain sum over neighbouring facts.
struct RandomRun {
  std::vector<Fact> facts;
  std::int64_t end_s = 0;
  double held_area = 0;  // milli-GPU seconds
};

RandomRun random_run(std::uint32_t seed) {
  Random rng(seed, "metrics test");
  struct Running {
    std::uint32_t job;
    std::int64_t milli;
  };
  RandomRun run;
  std::vector<Running> running;
  std::int64_t held = 0;
  for (std::uint32_t step = 0, job = 0; step < 800 || !running.empty(); ++step) {
    const std::int64_t gap = run.facts.empty() ? 0 : static_cast<std::int64_t>(rng.next() % 2000);
    run.held_area += static_cast<double>(held * gap);
    run.end_s += gap;
    const bool start = running.empty() || (step < 800 && rng.next() % 2 == 0);
    if (start) {
      const std::int64_t milli = 1000 * static_cast<std::int64_t>(1 + rng.next() % 2);
      run.facts.push_back(fact(run.end_s, FactKind::Submitted, job, milli));
      run.facts.push_back(fact(run.end_s, FactKind::Started, job));
      run.facts.push_back(fact(run.end_s, FactKind::Bound, job, milli, job % 2));
      run.facts.push_back(fact(run.end_s, FactKind::Progress, job, milli, job % 2));
      held += milli;
      running.push_back({job++, milli});
    } else {
      const std::size_t at = rng.next() % running.size();
      const Running gone = running[at];
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
      run.facts.push_back(fact(run.end_s, FactKind::Released, gone.job, gone.milli, gone.job % 2));
      run.facts.push_back(fact(run.end_s, FactKind::Completed, gone.job));
      held -= gone.milli;
    }
  }
  return run;
}

TEST(Series, SumsUpToTheIntegralsOfTheSummary) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const RandomRun run = random_run(seed);
    Metrics metrics({pool("a", 400, 2), pool("b", 400, 2)}, {});
    metrics.observe(run.facts);
    metrics.finish(Time{run.end_s * kSecond});
    const double allocated = gpu_seconds(metrics.total_use().allocated_milli_ns);
    EXPECT_NEAR(allocated, run.held_area / 1000, 1e-9 * allocated) << "seed " << seed;
    EXPECT_EQ(metrics.total_use().allocated_milli_ns, metrics.total_use().useful_milli_ns);
    const Series& series = metrics.series();
    EXPECT_LE(series.rows(), 4097U);
    EXPECT_GT(series.rows(), 2047U);
    const double rows = series_integral(series, "a.allocated_gpus") + series_integral(series, "b.allocated_gpus");
    EXPECT_NEAR(rows, allocated, 1e-9 * allocated) << "seed " << seed;
    const double total = gpu_seconds(metrics.pool_uses()[0].total_milli_ns);
    EXPECT_NEAR(series_integral(series, "a.total_gpus"), total, 1e-9 * total);
  }
}

}  // namespace
}  // namespace seatrial

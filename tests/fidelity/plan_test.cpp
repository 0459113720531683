// Does `plan` find what is known to be the answer? M/M/c against Erlang's formula, brute force on small grids, bounds
// that must not exclude what works, and the trap of a metric that is not monotone.
#include "scenarios/plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "scenarios/plan_runway.h"
#include "sim/error.h"
#include "sim/random.h"
#include "tests/support/many_runs.h"
#include "tests/support/scenario_run.h"
#include "tests/support/shared_data.h"
#include "tests/support/theory.h"

namespace seatrial {
namespace {

std::string text_of(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

const std::string& value_of(const EvaluatedPoint& point, std::size_t axis = 0) { return point.settings[axis].second; }

TEST(PlanMmc, FindsTheNumberOfServersThatErlangGives) {
  for (int k = 0; k < 20; ++k) {
    Random random(11, "plan cases", static_cast<std::uint64_t>(k));
    const double load = 2 + 10 * random.uniform();
    const double wait_s = std::pow(10, 0.7 + 1.3 * random.uniform());  // 5 to 100 s, service 100 s
    auto known = static_cast<std::uint32_t>(load) + 1;
    while (mmc_wait(known, load) * 100 > wait_s) ++known;
    // The load is fixed: that of a cluster of one server times `load`.
    const PlanResult plan = plan_text_scenario(
        {.scenario = mmc_text(
             {.servers = 1,
              .load_per_server = load,
              .jobs = 20'000,
              .seed = 100 + static_cast<std::uint64_t>(k),
              .top_level = "metrics: {warmup: 10000s}\ngoals: [\"wait_s.mean <= " + text_of(wait_s) + "\"]\n"}),
         .vary = {"cluster.pools[p].count=1..40"},
         .replications = 6});
    ASSERT_TRUE(plan.answer) << k;
    EXPECT_NEAR(std::stod(value_of(plan.evaluated[*plan.answer])), known, 1) << "load " << load << ", goal " << wait_s;
    EXPECT_LE(plan.evaluated.size(), 14U) << "bracketing and bisection";
  }
}

// A world of two pools of different node sizes and prices, with jobs that fit both or one.
std::string two_pools(std::uint64_t seed) {
  Random random(seed, "two pools");
  const auto pick = [&](std::initializer_list<const char*> words) {
    return std::string(*(words.begin() + static_cast<std::ptrdiff_t>(random.below(words.size()))));
  };
  std::string text = "schema: seatrial/v1\nname: two\nseed: " + std::to_string(seed) + "\ncluster:\n  pools:\n";
  text += "    - {name: a, count: 3, gpu: {model: v100-32, count: " + pick({"4", "8"}) +
          "}, price: " + text_of(5 + std::floor(20 * random.uniform())) + " USD/h}\n";
  text += "    - {name: b, count: 3, gpu: {model: a100-40, count: " + pick({"2", "4", "8"}) +
          "}, price: " + text_of(5 + std::floor(20 * random.uniform())) + " USD/h}\n";
  text += "workload: [{name: w, generate: {jobs: 150, load: " + text_of(0.7 + 0.8 * random.uniform()) +
          ", cluster_gpus: 32, duration: {distribution: log-normal, median: 10m, shape: 1.2}, gpus: " +
          pick({"{1: 1}", "{1: 0.7, 2: 0.3}", "{1: 0.5, 2: 0.3, 4: 0.2}"}) + "}}]\n";
  text += "scheduler: {order: " + pick({"fifo", "sjf"}) + ", admission: " + pick({"strict", "best-effort"}) + "}\n";
  text += "goals: [\"wait_s." + pick({"mean", "p95", "p90"}) + " <= " + pick({"60", "300", "1200"}) + "\"]\n";
  return text;
}

TEST(PlanBruteForce, FindsTheOptimumOfTwoPoolsWithAThirdOfTheSimulations) {
  constexpr int kCases = 50;
  constexpr int kMost = 7;
  std::uint64_t simulations = 0;
  std::uint64_t most_in_a_case = 0;
  for (std::uint64_t k = 0; k < kCases; ++k) {
    const std::string scenario = two_pools(500 + k);
    const std::vector<std::string> vary{"cluster.pools[a].count=0..7", "cluster.pools[b].count=0..7"};
    const PlanResult plan = plan_text_scenario({.scenario = scenario, .vary = vary, .replications = 1});
    const PlanResult brute =
        plan_text_scenario({.scenario = scenario, .vary = vary, .replications = 1, .minimize = "gpu.total_milli"});
    // Minimising a metric simulates every point: what the cheapest is can be read off.
    std::map<std::vector<std::string>, const EvaluatedPoint*> all;
    for (const EvaluatedPoint& point : brute.evaluated) all[{value_of(point, 0), value_of(point, 1)}] = &point;
    std::optional<double> best;
    for (int a = 0; a <= kMost; ++a) {
      for (int b = 0; b <= kMost; ++b) {
        const auto found = all.find({std::to_string(a), std::to_string(b)});
        if (found == all.end() || !found->second->met) continue;
        const PlanResult one = plan_text_scenario(
            {.scenario = scenario,
             .vary = {"cluster.pools[a].count=" + std::to_string(a), "cluster.pools[b].count=" + std::to_string(b)},
             .replications = 1});
        ASSERT_EQ(one.evaluated.size(), 1U);
        if (!best || one.evaluated[0].objective < *best) best = one.evaluated[0].objective;
      }
    }
    ASSERT_EQ(plan.answer.has_value(), best.has_value()) << k;
    if (best) {
      EXPECT_EQ(plan.evaluated[*plan.answer].objective, *best) << "case " << k << '\n' << scenario;
    }
    if (best) simulations += plan.header.simulations;
    if (best) most_in_a_case = std::max(most_in_a_case, plan.header.simulations);
  }
  EXPECT_LE(simulations, kCases * 64U / 3);
  RecordProperty("most_in_a_case", static_cast<int>(most_in_a_case));
}

TEST(PlanBounds, ExcludeNothingThatWorks) {
  for (std::uint64_t k = 0; k < 12; ++k) {
    const std::string scenario = two_pools(900 + k);
    const std::vector<std::string> vary{"cluster.pools[a].count=0..4", "cluster.pools[b].count=0..4"};
    const PlanResult plan =
        plan_text_scenario({.scenario = scenario, .vary = vary, .replications = 1, .minimize = "wait_s.mean"});
    std::uint64_t excluded = 0;
    for (const ExcludedPoints& bound : plan.excluded) excluded += bound.points;
    EXPECT_EQ(plan.evaluated.size() + excluded, 25U);
    for (int a = 0; a <= 4; ++a) {
      for (int b = 0; b <= 4; ++b) {
        const auto is_this = [&](const EvaluatedPoint& p) {
          return value_of(p, 0) == std::to_string(a) && value_of(p, 1) == std::to_string(b);
        };
        if (std::any_of(plan.evaluated.begin(), plan.evaluated.end(), is_this)) continue;
        RunOptions options;
        std::string pinned = scenario;
        const auto pin = [&](const std::string& name, int count) {
          const std::string key = "name: " + name + ", count: 3";
          pinned.replace(pinned.find(key), key.size(), "name: " + name + ", count: " + std::to_string(count));
        };
        pin("a", a);
        pin("b", b);
        const ScenarioRun run = run_text(pinned, options);
        const auto& goal = run.spec.goals.front();
        const bool met =
            run.summary.jobs.rejected == 0 && metric_value(run.summary, goal.metric).value_or(INFINITY) <= goal.value;
        EXPECT_FALSE(met) << "excluded although it meets the goal: " << a << ' ' << b << '\n' << pinned;
      }
    }
  }
}

// Jobs of many sizes on nodes; the wait of some of these worlds is not monotone in the number of nodes.
std::string trap_world(std::uint64_t seed, const std::string& goal) {
  return "schema: seatrial/v1\nname: trap\nseed: " + std::to_string(seed) +
         "\ncluster: {pools: [{name: p, count: 4, gpu: {model: v100-32, count: 4}}]}\n"
         "workload: [{name: w, generate: {jobs: 80, load: 1.2, duration: {distribution: log-normal, median: 20m, "
         "shape: 1.5},\n"
         "            gpus: {1: 0.3, 2: 0.2, 4: 0.3, 8: 0.2}}}]\nscheduler: {admission: best-effort}\n"
         "goals: [\"wait_s.p95 <= " +
         goal + "\"]\n";
}

TEST(PlanTrap, TheSmallestThatMeetsTheGoalIsFoundWhereMoreIsSometimesWorse) {
  int traps = 0;
  for (std::uint64_t k = 0; k < 60; ++k) {
    const std::vector<std::string> vary{"cluster.pools[p].count=2..16"};
    const PlanResult all = plan_text_scenario({.scenario = trap_world(k, "1e12"),
                                               .vary = vary,
                                               .replications = 1,
                                               .minimize = "wait_s.p95",
                                               .allow_rejected = true});
    std::map<int, double> wait_s;
    for (const EvaluatedPoint& point : all.evaluated) wait_s[std::stoi(value_of(point))] = *point.goals.front().value;
    // Where a larger cluster waits longer, the goal is what the smaller one reaches: a bisection that lands on the
    // larger one would go on upwards.
    for (int nodes = 2; nodes < 16; ++nodes) {
      if (!wait_s.contains(nodes) || !wait_s.contains(nodes + 1) || wait_s[nodes] >= wait_s[nodes + 1]) continue;
      ++traps;
      char goal[40];
      std::snprintf(goal, sizeof goal, "%.17g", wait_s[nodes]);
      int first = 2;
      while (!wait_s.contains(first) || wait_s[first] > wait_s[nodes]) ++first;
      const PlanResult plan = plan_text_scenario(
          {.scenario = trap_world(k, goal), .vary = vary, .replications = 1, .allow_rejected = true});
      ASSERT_TRUE(plan.answer);
      EXPECT_EQ(value_of(plan.evaluated[*plan.answer]), std::to_string(first)) << "world " << k;
    }
  }
  EXPECT_GT(traps, 3) << "these worlds no longer hold the trap: choose others";
}

// Microsoft's cluster 06 with best-effort admission: 17 nodes wait longer than 16, and 23 longer than 22.
TEST(PlanTrap, TheSmallestThatMeetsTheGoalIsFoundOnARealTrace) {
  const SharedFile trace("traces/elasticflow_itp_2021/cluster06.csv.gz");
  if (!trace.present()) GTEST_SKIP() << trace.absence();
  const auto scenario = [&](const std::string& goal) {
    return "schema: seatrial/v1\nname: trap\n"
           "cluster: {pools: [{name: p, count: 16, gpu: {model: v100-32, count: 8}}]}\n"
           "workload: [{name: w, trace: {format: itp, file: " +
           trace.path() + "}}]\nscheduler: {admission: best-effort}\ngoals: [\"wait_s.p95 <= " + goal + "\"]\n";
  };
  const std::vector<std::string> vary{"cluster.pools[p].count=8..40"};
  const PlanResult all = plan_text_scenario(
      {.scenario = scenario("1e12"), .vary = vary, .minimize = "wait_s.p95", .allow_rejected = true});
  std::map<int, double> wait_s;
  for (const EvaluatedPoint& point : all.evaluated) wait_s[std::stoi(value_of(point))] = *point.goals.front().value;
  int traps = 0;
  for (int nodes = 8; nodes < 40; ++nodes) {
    if (wait_s.at(nodes) >= wait_s.at(nodes + 1)) continue;
    ++traps;
    char goal[40];
    std::snprintf(goal, sizeof goal, "%.17g", wait_s.at(nodes));
    int first = 8;
    while (wait_s.at(first) > wait_s.at(nodes)) ++first;
    const PlanResult plan = plan_text_scenario({.scenario = scenario(goal), .vary = vary, .allow_rejected = true});
    ASSERT_TRUE(plan.answer);
    EXPECT_EQ(value_of(plan.evaluated[*plan.answer]), std::to_string(first)) << goal;
  }
  EXPECT_GE(traps, 1) << "the trace no longer holds the trap";
}

TEST(PlanRunway, FindsTheLoadAndTheDayAtWhichEachGoalBreaks) {
  const std::string goals = "goals: [\"wait_s.mean <= 30\", \"wait_s.mean <= 60\", \"jct_s.mean <= 1e9\"]\n";
  const PlanResult plan =
      plan_text_scenario({.scenario = mmc_text({.servers = 1, .load_per_server = 3, .jobs = 5000, .top_level = goals}),
                          .vary = {"cluster.pools[p].count=1..20"},
                          .replications = 4,
                          .growth = "5%/month",
                          .from = "2027-01-31"});
  ASSERT_TRUE(plan.answer && plan.runway && plan.runway->breaks_at);
  const Runway& runway = *plan.runway;
  EXPECT_GT(runway.breaks_at->load, 1);
  EXPECT_LT(runway.breaks_at->load, 2);
  EXPECT_NEAR(runway.breaks_at->months, std::log(runway.breaks_at->load) / std::log(1.05), 1e-9);
  EXPECT_EQ(runway.breaks_at->date, day_after("2027-01-31", runway.breaks_at->months));
  ASSERT_EQ(runway.goals.size(), 3U);
  EXPECT_EQ(runway.goals[0].at->load, runway.breaks_at->load);
  EXPECT_GT(runway.goals[1].at->load, runway.goals[0].at->load);
  EXPECT_FALSE(runway.goals[2].at);
  EXPECT_EQ(runway.points.front().at.load, 1);
  std::set<double> loads;
  for (const RunwayPoint& point : runway.points) {
    EXPECT_TRUE(loads.insert(point.at.load).second) << "simulated twice: " << point.at.load;
    for (std::size_t goal = 0; goal < 2; ++goal) {
      EXPECT_EQ(point.point.goals[goal].met, point.at.load < runway.goals[goal].at->load - 1e-9) << point.at.load;
    }
  }
}

TEST(PlanRunway, CountsDaysOfTheCalendar) {
  EXPECT_EQ(day_after("2027-01-31", 0), "2027-01-31");
  EXPECT_EQ(day_after("2027-01-31", 12), "2028-01-31");
  EXPECT_EQ(day_after("2028-02-28", 1 / 30.4375), "2028-02-29");
  EXPECT_EQ(day_after("2027-02-29", 1), std::nullopt) << "no such day";
  EXPECT_EQ(day_after("2027-01-31", 1e6), std::nullopt) << "after the year 9999";
  EXPECT_EQ(day_after("2027-01-31", INFINITY), std::nullopt);
  EXPECT_NO_THROW(check_growth({"3%/month", "2027-01-31"}));
  EXPECT_THROW(check_growth({"3%/month", "31.1.2027"}), InputError);
  EXPECT_THROW(check_growth({"3%/month", "2027-13-01"}), InputError);
  EXPECT_THROW(check_growth({"", "2027-01-31"}), InputError);
}

TEST(PlanRunway, TakesTheTracesOwnCalendar) {
  const std::string trace = testing::TempDir() + "runway-" + std::to_string(::getpid()) + ".csv";
  std::string rows = "job_id,submit_s,duration_s,gpus\n";
  for (int i = 0; i < 200; ++i) {
    rows += "j" + std::to_string(i) + "," + std::to_string(1'646'092'800 + 432 * i) + ",1500,1\n";
  }
  std::ofstream(trace) << rows;  // one day from 2022-03-01 00:00 on
  const PlanResult plan =
      plan_text_scenario({.scenario = "schema: seatrial/v1\nname: calendar\n"
                                      "cluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 1}}]}\n"
                                      "workload: [{name: w, trace: {format: native, file: " +
                                      trace + "}}]\ngoals: [\"wait_s.max <= 600\"]\n",
                          .vary = {"cluster.pools[p].count=1..9"},
                          .growth = "10%/month"});
  ASSERT_TRUE(plan.answer && plan.runway);
  EXPECT_EQ(value_of(plan.evaluated[*plan.answer]), "4");
  EXPECT_EQ(plan.runway->from, "2022-03-01");
  EXPECT_TRUE(plan.runway->from_trace);
  ASSERT_TRUE(plan.runway->breaks_at && plan.runway->breaks_at->date);
  EXPECT_EQ(plan.runway->breaks_at->date, day_after("2022-03-01", plan.runway->breaks_at->months));
}

TEST(PlanBounds, TellTheLeastThatIsProved) {
  // 200 jobs of 1,500 GPU-s that come at once and wait at most 15,000 s need far more than one GPU.
  const PlanResult plan = plan_text_scenario(
      {.scenario =
           "schema: seatrial/v1\nname: bound\n"
           "cluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 1}}]}\n"
           "workload: [{name: w, generate: {jobs: 200, rate: 1/s, duration: {distribution: constant, mean: 1500s}}}]\n"
           "goals: [\"wait_s.max <= 15000\"]\n",
       .vary = {"cluster.pools[p].count=1..60"},
       .replications = 2});
  ASSERT_TRUE(plan.answer && plan.lower_bound);
  EXPECT_EQ(plan.lower_bound->bound, "demand");
  EXPECT_LE(plan.lower_bound->objective, plan.evaluated[*plan.answer].objective);
  EXPECT_GT(plan.lower_bound->objective, 1);
}

TEST(PlanSensitivity, ShowsOtherChoicesAndOtherLoads) {
  const PlanQuestion question{
      .scenario =
          mmc_text({.servers = 1, .load_per_server = 3, .jobs = 2000, .top_level = "goals: [\"wait_s.mean <= 30\"]\n"}),
      .vary = {"cluster.pools[p].count=1..12", "scheduler.order=sjf,fifo"},
      .replications = 3};
  PlanQuestion asked = question;
  asked.sensitivity = true;
  EXPECT_TRUE(plan_text_scenario(question).sensitivity.empty());
  const PlanResult plan = plan_text_scenario(asked);
  ASSERT_TRUE(plan.answer);
  ASSERT_EQ(plan.sensitivity.size(), 2U);
  const EvaluatedPoint& answer = plan.evaluated[*plan.answer];
  EXPECT_LT(*plan.sensitivity[0].point.find("wait_s.mean")->mean, *answer.find("wait_s.mean")->mean);
  EXPECT_GT(*plan.sensitivity[1].point.find("wait_s.mean")->mean, *answer.find("wait_s.mean")->mean);
  const bool other = std::any_of(plan.evaluated.begin(), plan.evaluated.end(), [&](const EvaluatedPoint& point) {
    return value_of(point) == value_of(answer) && value_of(point, 1) != value_of(answer, 1);
  });
  EXPECT_TRUE(other) << "the other order at the answer's size";
}

TEST(PlanNothing, SaysWhichGoalBindsAndTheBestReachable) {
  const PlanResult plan = plan_text_scenario(
      {.scenario = mmc_text({.servers = 1,
                             .load_per_server = 8,
                             .jobs = 2000,
                             .top_level = "goals: [\"wait_s.mean <= 1\", \"jct_s.mean <= 100000\"]\n"}),
       .vary = {"cluster.pools[p].count=1..9"},
       .replications = 3});
  EXPECT_FALSE(plan.answer);
  EXPECT_EQ(plan.binding_goal, "wait_s.mean <= 1");
  ASSERT_TRUE(plan.closest);
  EXPECT_EQ(value_of(plan.evaluated[*plan.closest]), "9");
}

}  // namespace
}  // namespace seatrial

// Slurm's Fair Tree by hand, and the order `multifactor` in runs: see policies/fair_tree.h,
// policies/order_multifactor.cpp.
#include "policies/fair_tree.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/error.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kRoot = FairTreeNode::kRoot;

FairTreeNode account(double shares) { return {kRoot, shares, 0, false}; }
FairTreeNode user(std::uint32_t parent, double usage, double shares = 1) { return {parent, shares, usage, true}; }

// Shares 3 to 1, usage 80 to 20: 0.75 / 0.8 against 0.25 / 0.2, so the second account goes first; inside the first one
// 0.5 / 0.75 against 0.5 / 0.25.
TEST(FairTree, VisitsWhoHasMostLeftOfItsShareFirst) {
  const std::vector<FairTreeNode> tree{account(3), user(0, 60), user(0, 20), account(1), user(3, 20)};
  EXPECT_EQ(fair_tree_factors(tree), (std::vector<double>{0, 1.0 / 3, 2.0 / 3, 0, 1}));
}

TEST(FairTree, SiblingsThatTieShareARank) {
  const std::vector<FairTreeNode> tree{user(kRoot, 10), user(kRoot, 10), user(kRoot, 30), user(kRoot, 0)};
  EXPECT_EQ(fair_tree_factors(tree), (std::vector<double>{0.75, 0.75, 0.25, 1}));
}

// Two equal accounts are visited as one: 0.5/0.9, 0.5/0.1, 0.5/0.6, 0.5/0.4.
TEST(FairTree, AccountsThatTieAreVisitedAsOne) {
  const std::vector<FairTreeNode> tree{account(1), user(0, 90), user(0, 10), account(1), user(3, 60), user(3, 40)};
  EXPECT_EQ(fair_tree_factors(tree), (std::vector<double>{0, 0.25, 1, 0, 0.5, 0.75}));
}

// What the account did decides before what the user did: the user who used nothing is behind those of an idle account.
TEST(FairTree, AnAccountThatUsedMuchHoldsAllItsUsersBack) {
  const std::vector<FairTreeNode> tree{account(1), user(0, 100), user(0, 0), account(1), user(3, 5), user(3, 1)};
  EXPECT_EQ(fair_tree_factors(tree), (std::vector<double>{0, 0.25, 0.5, 0, 0.75, 1}));
}

TEST(FairTree, GoesAnyDepthAndWithoutUsage) {
  std::vector<FairTreeNode> tree{account(1), {0, 1, 0, false}, {1, 1, 0, false}, user(2, 0), user(2, 0)};
  EXPECT_EQ(fair_tree_factors(tree), (std::vector<double>{0, 0, 0, 1, 1}));
  EXPECT_TRUE(fair_tree_factors({}).empty());
}

ScenarioRun run(const std::string& jobs, const std::string& scheduler, std::uint32_t gpus = 1,
                const std::string& top_level = "") {
  const TempFile trace("job_id,submit_s,duration_s,gpus,tenant,user,priority\n" + jobs);
  OnePool scenario;
  scenario.gpus = gpus;
  scenario.trace = "format: native, file: " + trace.path();
  scenario.scheduler = scheduler;
  scenario.top_level = top_level;
  return run_text(scenario_text(scenario));
}

double start_s(const ScenarioRun& done, std::uint32_t job) { return done.run->table.start[{job}].seconds(); }

TEST(Multifactor, WhoUsedLessGoesFirst) {
  const std::string jobs = "0,0,1000,1,a,u,0\n1,10,100,1,a,u,0\n2,20,100,1,b,v,0\n";
  const ScenarioRun fair = run(jobs, "order: multifactor");
  EXPECT_EQ(start_s(fair, 2), 1000);
  EXPECT_EQ(start_s(fair, 1), 1100);
  const ScenarioRun users = run("0,0,1000,1,a,u,0\n1,10,100,1,a,u,0\n2,20,100,1,a,v,0\n", "order: multifactor");
  EXPECT_EQ(start_s(users, 2), 1000) << "users of one tenant too";
  const ScenarioRun rare = run(jobs, "order: {name: multifactor, calc_period: 1h}");
  EXPECT_EQ(start_s(rare, 1), 1000) << "not known before the next calculation";
  const ScenarioRun none = run(jobs, "order: {name: multifactor, age: 0, fair_share: 0, size: 0}");
  EXPECT_EQ(start_s(none, 1), 1000) << "without weights it is fifo";
}

// Both used 600 GPU-s; four to one is due.
TEST(Multifactor, TheWeightOfATenantIsItsShares) {
  const std::string jobs = "0,0,600,1,a,u,0\n1,0,600,1,b,v,0\n2,10,100,2,b,v,0\n3,20,100,2,a,u,0\n";
  EXPECT_EQ(start_s(run(jobs, "order: multifactor", 2), 2), 600);
  EXPECT_EQ(start_s(run(jobs, "order: multifactor", 2, "tenants: [{name: a, weight: 4}]\n"), 3), 600);
}

TEST(Multifactor, AgeGrowsUpToItsLongest) {
  const std::string jobs = "0,0,1100,1,a,u,0\n1,1,10,1,a,u,0\n2,600,10,1,a,u,5\n";
  const std::string weights = "order: {name: multifactor, fair_share: 0, size: 0, priority: 500, longest_age: ";
  // At 900 s: 899 against 300 + 500.
  EXPECT_EQ(start_s(run(jobs, weights + "1000s}"), 1), 1100);
  EXPECT_EQ(start_s(run(jobs, weights + "7d}"), 2), 1100);
  EXPECT_EQ(start_s(run(jobs, weights + "10s}"), 2), 1100) << "both are of full age: 1000 against 1500";
}

// The usage of a is from long ago, that of b is smaller and new. Ids go by submit: the last row is job 1, and only
// keeps the calculations going.
TEST(Multifactor, UsageDecays) {
  const std::string jobs =
      "0,0,3000,1,a,u,0\n1,90000,1500,1,b,v,0\n2,90010,10,1,b,v,0\n3,90020,10,1,a,u,0\n4,30000,60000,0,c,w,0\n";
  const auto first = [&](const std::string& half_life) {
    const ScenarioRun done =
        run(jobs, "admission: best-effort, order: {name: multifactor, size: 0, half_life: " + half_life + "}");
    return start_s(done, 3) < start_s(done, 4) ? "b" : "a";
  };
  EXPECT_STREQ(first("7d"), "b");
  EXPECT_STREQ(first("1h"), "a");
}

TEST(Multifactor, LargeJobsGainBySize) {
  const std::string jobs = "0,0,400,4,a,u,0\n1,10,100,1,a,u,0\n2,20,100,4,a,u,0\n";
  EXPECT_EQ(start_s(run(jobs, "order: {name: multifactor, fair_share: 0, age: 0}", 4), 2), 400);
}

// The reordered head has the reservation: one that would delay it stays behind.
TEST(Multifactor, GoesWithReservations) {
  const std::string jobs = "0,0,1000,2,a,u,0\n1,10,2000,1,a,u,0\n2,20,100,4,b,v,0\n3,30,500,2,a,u,0\n";
  const ScenarioRun done = run(jobs, "order: {name: multifactor, age: 0, size: 0}, admission: easy", 4);
  EXPECT_EQ(start_s(done, 1), 10);
  EXPECT_EQ(start_s(done, 2), 2010);
  EXPECT_EQ(start_s(done, 3), 1000);
}

TEST(Multifactor, RefusesWhatCannotFollowChangingKeys) {
  for (const char* axis : {"admission: conservative", "preemption: on-event", "admission: kueue"}) {
    try {
      (void)run("0,0,1,1,a,u,0\n", std::string("order: multifactor, ") + axis);
      FAIL() << axis;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("multifactor goes with the admissions"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace seatrial

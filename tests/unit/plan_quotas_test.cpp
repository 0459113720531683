// scenarios/plan_quotas.h: who shares which quota, and where quotas prove nothing.
#include "scenarios/plan_quotas.h"

#include <gtest/gtest.h>

#include <string>

#include "scenarios/build.h"
#include "scenarios/load.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

std::optional<std::vector<DemandWindows::Party>> parties_of(const std::string& quotas) {
  const TempFile trace("job_id,submit_s,duration_s,gpus,tenant\n0,0,10,2,a\n1,0,10,4,a\n2,0,10,4,b\n");
  const ScenarioSpec spec = load_scenario_text(
      "schema: seatrial/v1\nname: x\ncluster: {pools: [{name: p, count: 2, gpu: {model: v100-32, count: 8}}]}\n"
      "workload: [{name: w, trace: {format: native, file: " +
          trace.path() + "}}]\n" + quotas,
      "s.yaml", {});
  return quota_parties(spec, build_workload(spec, 1));
}

std::string queues(const std::string& of_a) {
  return "quotas: {kind: kueue, cluster_queues: [{name: a, cohort: c, resources: {default: " + of_a +
         "}}, {name: b, cohort: c, resources: {default: {gpu: 4}}}]}\n";
}

TEST(PlanQuotas, QueuesAndTreesArePartiesOfTheirJobs) {
  const auto parties = parties_of(queues("{gpu: {nominal: 6, borrowing_limit: 1}}"));
  ASSERT_TRUE(parties);
  ASSERT_EQ(parties->size(), 3U);
  EXPECT_EQ((*parties)[0].milli, 7000);  // a: its quota and what it may borrow
  EXPECT_EQ((*parties)[0].requests, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ((*parties)[1].milli, 10000);  // all of the cohort
  EXPECT_EQ((*parties)[1].requests, (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ((*parties)[2].requests, (std::vector<std::uint32_t>{2}));
}

TEST(PlanQuotas, ANamespaceWithoutAQuotaIsNoParty) {
  const auto parties = parties_of("quotas: {kind: resource-quota, tenants: {a: {gpu: 4}}}\n");
  ASSERT_TRUE(parties);
  ASSERT_EQ(parties->size(), 1U);
  EXPECT_EQ((*parties)[0].milli, 4000);
}

TEST(PlanQuotas, ProveNothingWhereAJobMayNeverStart) {
  EXPECT_FALSE(parties_of(queues("{gpu: {nominal: 2, borrowing_limit: 1}}")));  // 4 are more than 3
  EXPECT_FALSE(parties_of(queues("{gpu: 8, cpu: 4}")));
  ASSERT_TRUE(parties_of(""));
  EXPECT_TRUE(parties_of("")->empty());
}

}  // namespace
}  // namespace seatrial

// The section `quotas`: what it makes of good text, and its messages.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/load.h"
#include "scenarios/mend.h"
#include "scenarios/quotas_spec.h"
#include "tests/support/scenario_text.h"

namespace seatrial {
namespace {

std::string with_quotas(const std::string& quotas) { return scenario_with("more", "quotas: " + quotas + "\n"); }

QuotaRules rules_of(const std::string& quotas) {
  return load_scenario_text(with_quotas(quotas), "s.yaml", {}).quotas->rules;
}

std::string problems_of(const std::string& text) {
  try {
    (void)load_scenario_text(text, "s.yaml", {});
  } catch (const InputError& error) {
    return error.what();
  }
  return "no problem\n";
}

TEST(LoadQuotas, BuildsTheTreeOfKueue) {
  const QuotaRules rules = rules_of(
      "{kind: kueue-fair-sharing, flavors: [{name: all}, {name: big, pools: [p]}], cohorts: [{name: team, parent: "
      "org}, "
      "{name: org, resources: {all: {gpu: 2}}}], cluster_queues: [{name: a, cohort: team, tenants: [x, y], queueing: "
      "StrictFIFO, resources: {big: {nvidia.com/gpu: {nominal: 8, borrowing_limit: 4, lending_limit: 2}}, all: "
      "{nvidia.com/gpu: 1}}, preemption: {reclaim_within_cohort: Any, borrow_within_cohort: LowerPriority, "
      "max_priority_threshold: 7}, flavor_fungibility: {when_can_borrow: TryNextFlavor}, fair_weight: 0.5}]}");
  EXPECT_EQ(rules.kind, QuotaKind::Kueue);
  EXPECT_TRUE(rules.kueue.fair_sharing);
  const QuotaTree tree(rules.kueue.quotas);
  ASSERT_EQ(tree.nodes(), 3U);
  const QuotaNodeId queue{2};
  EXPECT_EQ(tree.node(queue).name, "a");
  EXPECT_EQ(tree.node(tree.parent(queue)).name, "team");
  EXPECT_EQ(tree.node(tree.root(queue)).name, "org");
  EXPECT_EQ(tree.node(queue).fair_weight, 0.5);
  EXPECT_EQ(rules.tenants[queue.index], (std::vector<std::string>{"x", "y"}));
  const ClusterQueueRules& of = rules.kueue.queues[queue];
  EXPECT_TRUE(of.strict_fifo);
  EXPECT_TRUE(of.flavors.fungibility.next_before_borrowing);
  EXPECT_EQ(of.preemption.max_priority_threshold, 7);
  ASSERT_EQ(of.flavors.groups.size(), 1U);  // both flavors state GPUs alone
  EXPECT_EQ(of.flavors.groups[0].flavors, (std::vector<ResourceFlavorId>{{1}, {0}}));
  const FlavorResourceId big = of.flavors.groups[0].pair(0, 0);
  EXPECT_EQ(tree.subtree_quota(queue, big), 8000);
  EXPECT_EQ(tree.borrowing_limit(queue, big), 4000);
}

TEST(LoadQuotas, NeedNoCohortsAndNoFlavors) {
  const QuotaRules rules =
      rules_of("{kind: kueue, cluster_queues: [{name: a, cohort: c, resources: {default: {gpu: 1}}}]}");
  EXPECT_EQ(rules.flavor_names, std::vector<std::string>{"default"});
  EXPECT_EQ(rules.kueue.quotas.nodes[1].name, "c");
  EXPECT_TRUE(rules.kueue.quotas.nodes[1].is_cohort);
}

TEST(LoadQuotas, NamespacesHaveAQueueEach) {
  const QuotaRules rules =
      rules_of("{kind: resource-quota, tenants: {a: {requests.nvidia.com/gpu: 8, cpu: 500m}, b: {pods: 3}}}");
  ASSERT_EQ(rules.kueue.quotas.nodes.size(), 2U);
  EXPECT_EQ(rules.kueue.quotas.nodes[0].limits[1].nominal, 500);
  EXPECT_EQ(rules.kueue.quotas.nodes[1].limits[0].nominal, 3);
}

TEST(LoadQuotas, KindNoneChecksAllTheSame) {
  EXPECT_EQ(load_scenario_text(with_quotas("{kind: none, tenants: {a: {gpu: 8}}}"), "s.yaml", {}).quotas, nullptr);
  EXPECT_EQ(problems_of(with_quotas("{kind: none, tenants: {a: {gpu: -1}}}")),
            "s.yaml:3:41: quotas.tenants.a.gpu: -1 is out of range; expected 0..10000000\n");
}

struct BadCase {
  const char* name;
  const char* quotas;
  const char* message;
};

class BadQuotas : public testing::TestWithParam<BadCase> {};

TEST_P(BadQuotas, GetExactlyThisMessage) {
  EXPECT_EQ(problems_of(with_quotas(GetParam().quotas)), "s.yaml:" + std::string(GetParam().message) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, BadQuotas,
    testing::Values(
        BadCase{"Kind", "{kind: kuue}",
                "3:16: quotas.kind: unknown kind of quotas \"kuue\"; known: none, kueue, kueue-fair-sharing, "
                "resource-quota (did you mean \"kueue\"?)"},
        BadCase{"NoQueues", "{kind: kueue}",
                "3:9: quotas: key \"cluster_queues\" is missing; the queues and their quotas"},
        BadCase{"Cycle",
                "{kind: kueue, cohorts: [{name: a, parent: b}, {name: b, parent: a}], cluster_queues: "
                "[{name: q, cohort: a, resources: {default: {gpu: 1}}}]}",
                "3:51: quotas.cohorts[0].parent: the cohort is its own ancestor: a -> b -> a; a root has no parent"},
        BadCase{
            "BorrowingAlone",
            "{kind: kueue, cluster_queues: [{name: q, resources: {default: {gpu: {nominal: 1, borrowing_limit: 2}}}}]}",
            "3:107: quotas.cluster_queues[0].resources.default.gpu.borrowing_limit: a borrowing limit without a "
            "cohort; only within a cohort can quota be lent or borrowed"},
        BadCase{"LendingTooMuch",
                "{kind: kueue, cluster_queues: [{name: q, cohort: c, resources: {default: {gpu: {nominal: 1, "
                "lending_limit: "
                "2}}}}]}",
                "3:116: quotas.cluster_queues[0].resources.default.gpu.lending_limit: the lending limit is above the "
                "nominal quota"},
        BadCase{"Weight", "{kind: kueue, cluster_queues: [{name: q, fair_weight: -1, resources: {default: {gpu: 1}}}]}",
                "3:63: quotas.cluster_queues[0].fair_weight: -1 is out of range; expected 0..1000000000"},
        BadCase{"Flavor",
                "{kind: kueue, flavors: [{name: a100}], cluster_queues: [{name: q, resources: {a10: {gpu: 1}}}]}",
                "3:87: quotas.cluster_queues[0].resources.a10: unknown flavor \"a10\"; known: a100 (did you mean "
                "\"a100\"?)"},
        BadCase{
            "Fraction", "{kind: resource-quota, tenants: {a: {nvidia.com/gpu: 1.5}}}",
            "3:62: quotas.tenants.a.nvidia.com/gpu: 1.5 of nvidia.com/gpu: quotas count whole GPUs; Kubernetes does "
            "not divide extended resources; write a whole number"},
        BadCase{"Resource", "{kind: resource-quota, tenants: {a: {memroy: 1Gi}}}",
                "3:46: quotas.tenants.a.memroy: unknown resource \"memroy\"; known: cpu, memory, pods, nvidia.com/gpu "
                "(did you mean \"memory\"?)"},
        BadCase{"Cohort",
                "{kind: kueue, cohorts: [{name: team}], cluster_queues: [{name: q, cohort: tema, resources: {default: "
                "{gpu: 1}}}]}",
                "3:83: quotas.cluster_queues[0].cohort: unknown cohort \"tema\"; known: team (did you mean \"team\"?)"},
        BadCase{
            "TwoQueuesOfATenant",
            "{kind: kueue, cluster_queues: [{name: a, resources: {default: {gpu: 1}}}, {name: b, tenants: [a], "
            "resources: {default: {gpu: 1}}}]}",
            "3:103: quotas.cluster_queues[1].tenants[0]: the tenant \"a\" has the cluster queue \"a\" already; jobs "
            "of a tenant go to one queue"},
        BadCase{"UnevenFlavors",
                "{kind: kueue, flavors: [{name: x}, {name: y}], cluster_queues: [{name: a, resources: {x: {gpu: 1}, y: "
                "{gpu: 1, cpu: 4}}}]}",
                "3:111: quotas.cluster_queues[0].resources.y: it states other resources than the flavor \"x\", with "
                "which it has nvidia.com/gpu in common; flavors that jobs choose between state the same resources"},
        BadCase{"Pool", "{kind: none, flavors: [{name: x, pools: [q]}]}",
                "3:50: quotas.flavors[0].pools[0]: unknown pool \"q\"; known: p (did you mean \"p\"?)"},
        BadCase{"Labels", "{kind: none, flavors: [{name: x, node_labels: {a: b}}]}",
                "3:55: quotas.flavors[0].node_labels: no pool has these labels"},
        BadCase{"Threshold",
                "{kind: kueue, cluster_queues: [{name: a, resources: {default: {gpu: 1}}, preemption: "
                "{max_priority_threshold: 1}}]}",
                "3:119: quotas.cluster_queues[0].preemption.max_priority_threshold: a threshold without "
                "borrow_within_cohort; say borrow_within_cohort: LowerPriority as well"}),
    [](const testing::TestParamInfo<BadCase>& row) { return row.param.name; });

TEST(LoadQuotas, ContradictionsAreOneMessageEach) {
  const std::string quotas = "quotas: {kind: resource-quota, tenants: {a: {gpu: 8}}}\n";
  EXPECT_EQ(
      problems_of(scenario_with("more", quotas + "scheduler: {admission: easy}\n")),
      "s.yaml:4:24: scheduler.admission: reservations (easy, conservative) take ends for known: they do not go with "
      "quotas, which may take jobs back; set scheduler.admission: strict or best-effort, or quotas.kind: none\n");
  EXPECT_EQ(problems_of(scenario_with("more", quotas + "scheduler: {order: srtf}\n")),
            "s.yaml:4:20: scheduler.order: orders that preempt do not go with quotas, whose own rules say who is "
            "preempted; set scheduler.preemption: none, or quotas.kind: none\n");
}

TEST(LoadQuotas, NamesAreMended) {
  const std::string wrong = with_quotas(
      "{kind: kuue, flavors: [{name: a100}], cluster_queues: [{name: q, resorces: {a10: {nvidia.com/gpu: 1}}}]}");
  const MendedScenario mended = mend_scenario_text(wrong, "s.yaml");
  EXPECT_EQ(mended.mends, 3U);
  EXPECT_EQ(mended.text,
            with_quotas("{kind: kueue, flavors: [{name: a100}], cluster_queues: [{name: q, resources: {a100: "
                        "{nvidia.com/gpu: 1}}}]}"));
}

}  // namespace
}  // namespace seatrial

// Which pools a request may use, how its gang splits there, and why it could never run.
#include "models/request_class.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace seatrial {
namespace {

PoolSpec pool_of(const char* name, std::uint32_t count, std::uint32_t gpus, const char* model = "t4") {
  PoolSpec pool;
  pool.name = name;
  pool.count = count;
  pool.gpus = gpus;
  pool.gpu_model = gpus == 0 ? "" : model;
  return pool;
}

struct Asked {
  std::uint32_t gpus = 1;
  std::uint32_t pods = 0;
  std::uint32_t gpu_milli = 1000;
  std::int64_t cpu_milli = 0;
  const char* model = "";
  const char* tenant = "";
  bool span_pools = false;
};

RequestClass class_of(const ClusterSpec& spec, const Asked& asked, std::vector<std::uint32_t> reachable = {}) {
  WorkloadBuilder builder;
  JobRecord record;
  record.gpus = asked.gpus;
  record.pods = asked.pods;
  record.gpu_milli = asked.gpus == 0 ? 0 : asked.gpu_milli;
  record.cpu_milli = asked.cpu_milli;
  record.gpu_model = asked.model;
  record.tenant = asked.tenant;
  record.constraint = spec.constraints.size() > 1 ? 1 : 0;
  builder.add(record);
  const Workload workload = builder.build();
  const Cluster cluster(spec, asked.gpu_milli < 1000);
  if (reachable.empty()) {
    for (const Pool& pool : cluster.pools()) reachable.push_back(pool.active);
  }
  return resolve_class(workload, {0}, cluster, {spec, asked.span_pools, reachable});
}

std::string reason_of(const RequestClass& job_class) {
  return job_class.infeasible == nullptr ? "" : job_class.infeasible;
}

std::vector<std::uint32_t> pools_of(const RequestClass& job_class) {
  std::vector<std::uint32_t> pools;
  for (const PoolId pool : job_class.pools) pools.push_back(pool.index);
  return pools;
}

using Pools = std::vector<std::uint32_t>;

TEST(RequestClass, AJobThatFitsANodeIsOnePod) {
  ClusterSpec spec;
  spec.pools = {pool_of("small", 2, 4), pool_of("large", 2, 8)};
  const RequestClass six = class_of(spec, {.gpus = 6});
  ASSERT_EQ(six.shapes.size(), 2U);
  EXPECT_EQ(six.shapes[0].main_pods, 1U);
  EXPECT_EQ(six.shapes[0].main.gpus, 6U);
  EXPECT_FALSE(six.shapes[0].whole_nodes);
  EXPECT_EQ(six.shapes[0].pools, (std::vector<PoolId>{{1}}));
  EXPECT_TRUE(six.shapes[1].whole_nodes) << "else whole nodes of four and two more";
  EXPECT_EQ(six.shapes[1].main_pods, 1U);
  EXPECT_EQ(six.shapes[1].rest.gpus, 2U);
  EXPECT_EQ(pools_of(six), (Pools{0, 1}));
  EXPECT_EQ(six.total_milli, 6000);
  EXPECT_FALSE(six.needs_cpu);
}

TEST(RequestClass, ALargerOneTakesWholeNodesAndARemainder) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 3, 8)};
  const RequestClass twenty = class_of(spec, {.gpus = 20});
  ASSERT_EQ(twenty.shapes.size(), 1U);
  EXPECT_EQ(twenty.shapes[0].main_pods, 2U);
  EXPECT_EQ(twenty.shapes[0].main.gpus, 8U);
  EXPECT_EQ(twenty.shapes[0].rest_pods, 1U);
  EXPECT_EQ(twenty.shapes[0].rest.gpus, 4U);
  EXPECT_EQ(class_of(spec, {.gpus = 24}).shapes[0].rest_pods, 0U);
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 25})), "larger than the pools it may use");
}

TEST(RequestClass, PodsOfTheTraceAreAsEvenAsWholeGpusAllow) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 4, 8)};
  const RequestClass seven = class_of(spec, {.gpus = 7, .pods = 3, .cpu_milli = 10});
  ASSERT_EQ(seven.shapes.size(), 1U);
  EXPECT_EQ(seven.shapes[0].main_pods, 1U);
  EXPECT_EQ(seven.shapes[0].main.gpus, 3U);
  EXPECT_EQ(seven.shapes[0].rest_pods, 2U);
  EXPECT_EQ(seven.shapes[0].rest.gpus, 2U);
  EXPECT_EQ(seven.shapes[0].main.cpu_milli, 4) << "cpu is split evenly, rounded up";
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 27, .pods = 3})), "larger than the pools it may use");
}

TEST(RequestClass, GangsStayInOnePoolUnlessTheyMaySpan) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 2, 8), pool_of("b", 2, 8)};
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 24})), "larger than the pools it may use");
  const RequestClass spanning = class_of(spec, {.gpus = 24, .span_pools = true});
  ASSERT_EQ(spanning.shapes.size(), 1U);
  EXPECT_EQ(spanning.shapes[0].pools.size(), 2U);
  EXPECT_EQ(class_of(spec, {.gpus = 24, .pods = 3, .span_pools = true}).shapes.size(), 1U);
  EXPECT_EQ(class_of(spec, {.gpus = 16, .pods = 2}).shapes.size(), 2U) << "each pool alone";
}

TEST(RequestClass, TenantsKeepToTheirPoolsAndTheOpenOnes) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 1, 8), pool_of("b", 1, 8), pool_of("open", 1, 8)};
  spec.pools[0].tenants = {"x"};
  spec.pools[1].tenants = {"y", "z"};
  EXPECT_EQ(pools_of(class_of(spec, {.tenant = "x"})), (Pools{0, 2}));
  EXPECT_EQ(pools_of(class_of(spec, {.tenant = "z"})), (Pools{1, 2}));
  EXPECT_EQ(pools_of(class_of(spec, {.tenant = "q"})), (Pools{2}));
  spec.pools.pop_back();
  EXPECT_EQ(reason_of(class_of(spec, {.tenant = "q"})), "no pool for its tenant");
}

TEST(RequestClass, SelectorsNeedEveryLabel) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 1, 8), pool_of("b", 1, 8)};
  spec.pools[0].labels = {{"zone", "1"}, {"disk", "ssd"}};
  spec.pools[1].labels = {{"zone", "1"}};
  spec.constraints.push_back({{{"zone", "1"}}, {}});
  EXPECT_EQ(pools_of(class_of(spec, {})), (Pools{0, 1}));
  spec.constraints[1].node_selector.emplace_back("disk", "ssd");
  EXPECT_EQ(pools_of(class_of(spec, {})), (Pools{0}));
  spec.constraints[1].node_selector[0].second = "2";
  EXPECT_EQ(reason_of(class_of(spec, {})), "no pool with the labels that it selects");
}

struct TaintCase {
  const char* what;
  Taint taint;
  std::vector<Taint> tolerations;
  std::uint32_t gpus;
  bool allowed;
};

TEST(RequestClass, TaintsKeepPodsAwayUnlessTolerated) {
  const TaintCase cases[] = {
      {"not tolerated", {"team", "a", "NoSchedule"}, {}, 1, false},
      {"only preferred", {"team", "a", "PreferNoSchedule"}, {}, 1, true},
      {"NoExecute", {"team", "a", "NoExecute"}, {}, 1, false},
      {"equal", {"team", "a", "NoSchedule"}, {{"team", "a", "NoSchedule"}}, 1, true},
      {"any value", {"team", "a", "NoSchedule"}, {{"team", "", ""}}, 1, true},
      {"other value", {"team", "a", "NoSchedule"}, {{"team", "b", ""}}, 1, false},
      {"other effect", {"team", "a", "NoSchedule"}, {{"team", "a", "NoExecute"}}, 1, false},
      {"any key", {"team", "a", "NoSchedule"}, {{"", "", ""}}, 1, true},
      {"GPU pods tolerate the GPU taint", {"nvidia.com/gpu", "present", "NoSchedule"}, {}, 1, true},
      {"cpu pods do not", {"nvidia.com/gpu", "present", "NoSchedule"}, {}, 0, false},
  };
  for (const TaintCase& each : cases) {
    ClusterSpec spec;
    spec.pools = {pool_of("a", 1, 8)};
    spec.pools[0].taints = {each.taint};
    spec.constraints.push_back({{}, each.tolerations});
    const std::string reason = reason_of(class_of(spec, {.gpus = each.gpus}));
    EXPECT_EQ(reason, each.allowed ? "" : "no pool whose taints it tolerates") << each.what;
  }
}

TEST(RequestClass, ModelsAreAListOfNames) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 1, 8, "t4"), pool_of("b", 1, 8, "a100-40"), pool_of("c", 1, 8, "h100-sxm")};
  EXPECT_EQ(pools_of(class_of(spec, {.model = "a100-40"})), (Pools{1}));
  EXPECT_EQ(pools_of(class_of(spec, {.model = "t4|h100-sxm"})), (Pools{0, 2}));
  EXPECT_FALSE(class_of(spec, {.model = "t4"}).check_model) << "its pools have nothing else";
  EXPECT_EQ(reason_of(class_of(spec, {.model = "t"})), "no pool with the GPU model that it asks for");
}

TEST(RequestClass, ModelsOfSingleNodesAreChecked) {
  ClusterSpec spec;
  spec.pools.resize(1);
  spec.pools[0].name = "mixed";
  spec.pools[0].nodes = {{"n0", 1000, 10, 2, "T4", 0}, {"n1", 1000, 10, 4, "A10", 1}};
  const RequestClass only = class_of(spec, {.gpus = 2, .model = "A10"});
  EXPECT_TRUE(only.check_model);
  const Cluster cluster(spec, false);
  EXPECT_FALSE(only.allows(cluster, {0}));
  EXPECT_TRUE(only.allows(cluster, {1}));
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 3, .model = "T4"})), "larger than the pools it may use");
}

TEST(RequestClass, CpuAndMemoryMustFitANode) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 2, 8)};
  spec.pools[0].cpu_milli = 32000;
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 8, .cpu_milli = 32001})), "larger than the pools it may use");
  const RequestClass fits = class_of(spec, {.gpus = 8, .cpu_milli = 32000});
  EXPECT_EQ(reason_of(fits), "");
  EXPECT_TRUE(fits.needs_cpu);
  EXPECT_FALSE(class_of(spec, {.gpus = 8}).needs_cpu);
}

TEST(RequestClass, CpuJobsMayUseAnyPool) {
  ClusterSpec spec;
  spec.pools = {pool_of("gpu", 1, 8), pool_of("cpu", 1, 0)};
  EXPECT_EQ(pools_of(class_of(spec, {.gpus = 0, .cpu_milli = 1000})), (Pools{0, 1}));
  EXPECT_EQ(pools_of(class_of(spec, {.gpus = 1})), (Pools{0}));
}

TEST(RequestClass, OnlyNodesThatWillBeThereCount) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 1, 8)};
  spec.changes = {{Duration{10}, 0, 3}};
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 24}, {3})), "");
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 24}, {2})), "larger than the pools it may use");
}

TEST(RequestClass, CountedPoolsAreMeasuredByWhatTheyWillHave) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 2, 4)};
  spec.pools[0].counted = true;
  const RequestClass eight = class_of(spec, {.gpus = 8}, {2});
  ASSERT_EQ(eight.shapes.size(), 1U);
  EXPECT_FALSE(eight.shapes[0].whole_nodes);
  EXPECT_EQ(eight.shapes[0].main.gpus, 8U);
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 9}, {2})), "larger than the pools it may use");
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 12}, {3})), "") << "it will grow";
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 8}, {1})), "larger than the pools it may use") << "it has shrunk";
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 8, .pods = 4}, {2})), "");
  spec.pools[0].count = 0;
  EXPECT_EQ(reason_of(class_of(spec, {.gpus = 4}, {1})), "") << "nothing yet";
}

TEST(RequestClass, SharesNeedTheirOwnLook) {
  ClusterSpec spec;
  spec.pools = {pool_of("a", 1, 2)};
  const RequestClass half = class_of(spec, {.gpus = 1, .gpu_milli = 500});
  EXPECT_TRUE(half.needs_cpu);
  EXPECT_EQ(half.total_milli, 500);
  EXPECT_TRUE(half.shapes[0].main.is_share());
}

}  // namespace
}  // namespace seatrial

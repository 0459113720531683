// ResourceQuota: what a pod costs, whom a quota covers, when it refuses; and that no sequence of pods exceeds it.
#include "models/resource_quota.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/random.h"
#include "tests/support/pod_text.h"

namespace seatrial {
namespace {

using Why = QuotaRefusal::Why;

QuotaPod pod_of(const std::string& requests, const std::string& limits = "") {
  QuotaPod pod;
  pod.resources.containers.push_back(container_resources(requests, limits));
  return pod;
}

ResourceQuota quota_of(const std::string& hard, const std::string& used) {
  return {resource_list(hard), resource_list(used), {}};
}

std::string usage(const QuotaPod& pod) { return list_text(pod_quota_usage(pod)); }

TEST(PodTotals, TakeTheLargerOfContainersAndInitContainers) {
  PodResources pod;
  pod.containers = {container_resources("cpu=1 memory=1Gi", "cpu=2"), container_resources("cpu=500m")};
  pod.init_containers = {container_resources("cpu=2"), container_resources("memory=512Mi", "memory=4Gi")};
  const PodTotals totals = pod_totals(pod);
  EXPECT_EQ(list_text(totals.requests), "cpu=2 memory=1Gi");
  EXPECT_EQ(list_text(totals.limits), "cpu=2 memory=4Gi");
}

TEST(PodTotals, CountSidecarsOnBothSides) {
  PodResources pod;
  pod.containers = {container_resources("cpu=1")};
  ContainerResources sidecar = container_resources("cpu=300m");
  sidecar.restarts_always = true;
  pod.init_containers = {container_resources("cpu=1200m"), sidecar, container_resources("cpu=900m")};
  EXPECT_EQ(list_text(pod_totals(pod).requests), "cpu=1300m");  // 1 + 0.3 beside 1.2 and 0.9 + 0.3
  pod.init_containers[2] = container_resources("cpu=1500m");
  EXPECT_EQ(list_text(pod_totals(pod).requests), "cpu=1800m");
}

TEST(PodTotals, AddOverheadToLimitsThatAreSet) {
  PodResources pod;
  pod.containers = {container_resources("cpu=1", "cpu=2")};
  pod.overhead = resource_list("cpu=250m memory=120Mi");
  EXPECT_EQ(list_text(pod_totals(pod).requests), "cpu=1250m memory=120Mi");
  EXPECT_EQ(list_text(pod_totals(pod).limits), "cpu=2250m");
}

TEST(ResourceQuota, ChargesByTheNamesOfQuotas) {
  EXPECT_EQ(usage(pod_of("cpu=1 nvidia.com/gpu=8 hugepages-2Mi=4Mi foo.kubernetes.io/bar=1",
                         "cpu=2 nvidia.com/gpu=8 hugepages-2Mi=4Mi")),
            "count/pods=1 cpu=1 hugepages-2Mi=4Mi limits.cpu=2 pods=1 requests.cpu=1 requests.hugepages-2Mi=4Mi "
            "requests.nvidia.com/gpu=8");
  EXPECT_EQ(usage(pod_of("")), "count/pods=1 pods=1");
}

TEST(ResourceQuota, ChargesFinishedAndLostPodsAsObjectsOnly) {
  QuotaPod pod = pod_of("cpu=1");
  pod.finished = true;
  EXPECT_EQ(usage(pod), "count/pods=1");
  pod.finished = false;
  pod.lost = true;
  EXPECT_EQ(usage(pod), "count/pods=1");
}

TEST(ResourceQuota, AdmitsUpToTheLimitAndNotBeyond) {
  const QuotaPod pod = pod_of("cpu=1");
  std::vector<ResourceQuota> quotas = {quota_of("cpu=2", "cpu=1")};
  EXPECT_FALSE(quota_refusal(quotas, pod));
  charge_quotas(quotas, pod);
  EXPECT_EQ(list_text(quotas[0].used), "cpu=2");
  const auto refusal = quota_refusal(quotas, pod);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->why, Why::Exceeded);
  EXPECT_EQ(refusal->text(quotas[0], pod), "exceeded: cpu requested 1, used 2, limited 2");
}

TEST(ResourceQuota, IgnoresExceededResourcesThatThePodDoesNotTouch) {
  const std::vector<ResourceQuota> quotas = {
      quota_of("requests.nvidia.com/gpu=4 pods=5", "requests.nvidia.com/gpu=9 pods=1")};
  EXPECT_FALSE(quota_refusal(quotas, pod_of("cpu=1")));
  EXPECT_TRUE(quota_refusal(quotas, pod_of("nvidia.com/gpu=1")));
}

TEST(ResourceQuota, WantsEveryContainerToStateComputeResources) {
  QuotaPod pod = pod_of("cpu=1 memory=1Gi", "memory=2Gi");
  pod.resources.containers.push_back(container_resources("cpu=1", "memory=1Gi"));
  EXPECT_FALSE(quota_refusal(std::vector{quota_of("cpu=9 limits.memory=9Gi", "cpu=0 limits.memory=0")}, pod));
  const std::vector quotas = {quota_of("pods=9", "pods=0"),
                              quota_of("requests.memory=9Gi limits.cpu=4", "requests.memory=0 limits.cpu=0")};
  const auto refusal = quota_refusal(quotas, pod);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->quota, 1U);
  EXPECT_EQ(refusal->text(quotas[1], pod), "must state: limits.cpu; requests.memory");
  // Storage and devices need no statement.
  EXPECT_FALSE(quota_refusal(std::vector{quota_of("requests.ephemeral-storage=1Gi requests.nvidia.com/gpu=0",
                                                  "requests.ephemeral-storage=0 requests.nvidia.com/gpu=0")},
                             pod));
}

TEST(ResourceQuota, RefusesWhileUsageIsNotKnown) {
  const auto refusal = quota_refusal(std::vector{quota_of("cpu=4 services=2", "")}, pod_of("cpu=1"));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->why, Why::UsageNotKnown);
  EXPECT_EQ(refusal->resources, std::vector<std::string>{"cpu"});  // services are not this pod's matter
}

TEST(ResourceQuota, CoversByScope) {
  const auto covers = [](QuotaScope scope, const QuotaPod& pod) {
    return quota_covers(ResourceQuota{{}, {}, {ScopeRequirement{scope, ScopeOperator::Exists, {}}}}, pod);
  };
  QuotaPod burstable = pod_of("cpu=1");
  QuotaPod idle = pod_of("nvidia.com/gpu=1 cpu=0");
  EXPECT_TRUE(covers(QuotaScope::NotBestEffort, burstable));
  EXPECT_FALSE(covers(QuotaScope::BestEffort, burstable));
  EXPECT_TRUE(covers(QuotaScope::BestEffort, idle));  // devices and zeros make no class
  EXPECT_TRUE(covers(QuotaScope::NotTerminating, idle));
  idle.active_deadline_s = 0;
  EXPECT_TRUE(covers(QuotaScope::Terminating, idle));
  EXPECT_FALSE(covers(QuotaScope::NotTerminating, idle));
  EXPECT_FALSE(covers(QuotaScope::PriorityClass, idle));
  idle.priority_class = "high";
  EXPECT_TRUE(covers(QuotaScope::PriorityClass, idle));
}

TEST(ResourceQuota, CoversByPriorityClass) {
  const auto covers = [](ScopeOperator op, const std::string& priority_class) {
    QuotaPod pod = pod_of("cpu=1");
    pod.priority_class = priority_class;
    return quota_covers(ResourceQuota{{}, {}, {ScopeRequirement{QuotaScope::PriorityClass, op, {"high", "top"}}}}, pod);
  };
  EXPECT_TRUE(covers(ScopeOperator::In, "top"));
  EXPECT_FALSE(covers(ScopeOperator::In, "low"));
  EXPECT_FALSE(covers(ScopeOperator::In, ""));
  EXPECT_FALSE(covers(ScopeOperator::NotIn, "top"));
  EXPECT_TRUE(covers(ScopeOperator::NotIn, "low"));
  EXPECT_TRUE(covers(ScopeOperator::NotIn, ""));
  EXPECT_TRUE(covers(ScopeOperator::DoesNotExist, ""));
  EXPECT_FALSE(covers(ScopeOperator::DoesNotExist, "low"));
}

TEST(ResourceQuota, ChargesOnlyQuotasThatCover) {
  std::vector<ResourceQuota> quotas = {quota_of("pods=5", "pods=1"), quota_of("pods=5", "pods=1")};
  quotas[0].scopes = {{QuotaScope::Terminating, ScopeOperator::Exists, {}}};
  quotas[1].scopes = {{QuotaScope::NotTerminating, ScopeOperator::Exists, {}}};
  charge_quotas(quotas, pod_of("cpu=1"));
  EXPECT_EQ(list_text(quotas[0].used), "pods=1");
  EXPECT_EQ(list_text(quotas[1].used), "pods=2");
}

// Whatever pods come: a quota that refuses and is charged otherwise is never exceeded, and a refused pod would have.
TEST(ResourceQuota, IsNeverExceeded) {
  Random random(5, "quota");
  for (int round = 0; round < 200; ++round) {
    std::vector<ResourceQuota> quotas = {quota_of("requests.cpu=20 pods=12", "requests.cpu=0 pods=0"),
                                         quota_of("requests.nvidia.com/gpu=16", "requests.nvidia.com/gpu=0")};
    if (random.below(2) == 0) quotas[0].scopes = {{QuotaScope::NotTerminating, ScopeOperator::Exists, {}}};
    for (int i = 0; i < 40; ++i) {
      QuotaPod pod =
          pod_of("cpu=" + std::to_string(random.below(4000)) + "m nvidia.com/gpu=" + std::to_string(random.below(4)));
      if (random.below(3) == 0) pod.active_deadline_s = 60;
      const bool admitted = !quota_refusal(quotas, pod);
      std::vector<ResourceQuota> charged = quotas;
      charge_quotas(charged, pod);
      bool within = true;
      for (const ResourceQuota& quota : charged) {
        for (const auto& [name, limit] : quota.hard) within = within && quota.used.at(name) <= limit;
      }
      EXPECT_EQ(admitted, within);
      if (admitted) quotas = charged;
    }
  }
}

}  // namespace
}  // namespace seatrial

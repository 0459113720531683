// LimitRange: defaults and bounds of containers and pods.
#include "models/limit_range.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/random.h"
#include "tests/support/pod_text.h"

namespace seatrial {
namespace {

using Bound = LimitViolation::Bound;

PodResources pod_of(const std::string& requests, const std::string& limits = "") {
  PodResources pod;
  pod.containers.push_back(container_resources(requests, limits));
  return pod;
}

std::string violation(const LimitRangeItem& item, const PodResources& pod) {
  const auto found = limit_violation(std::vector{item}, pod);
  return found ? found->text(item) : "";
}

TEST(LimitRange, CompletesItsOwnDefaults) {
  LimitRangeItem item;
  item.min = resource_list("cpu=100m memory=64Mi");
  item.max = resource_list("cpu=4");
  item.default_limit = resource_list("memory=1Gi");
  item = completed(item);
  EXPECT_EQ(list_text(item.default_limit), "cpu=4 memory=1Gi");
  EXPECT_EQ(list_text(item.default_request), "cpu=4 memory=1Gi");
  LimitRangeItem floor;
  floor.min = resource_list("cpu=100m");
  EXPECT_EQ(list_text(completed(floor).default_request), "cpu=100m");
  EXPECT_EQ(list_text(completed(floor).default_limit), "");
  floor.type = LimitRangeItem::Type::Pod;
  EXPECT_EQ(list_text(completed(floor).default_request), "");
}

TEST(LimitRange, FillsInWhatContainersLeaveOut) {
  LimitRangeItem item;
  item.default_limit = resource_list("cpu=2 memory=2Gi");
  item.default_request = resource_list("cpu=1 memory=1Gi");
  PodResources pod = pod_of("cpu=500m", "memory=4Gi");
  pod.init_containers.push_back({});
  apply_limit_defaults(std::vector{item}, pod);
  EXPECT_EQ(list_text(pod.containers[0].requests), "cpu=500m memory=4Gi");  // its own limit, not the default
  EXPECT_EQ(list_text(pod.containers[0].limits), "cpu=2 memory=4Gi");
  EXPECT_EQ(list_text(pod.init_containers[0].requests), "cpu=1 memory=1Gi");
}

TEST(LimitRange, TheFirstDefaultCounts) {
  LimitRangeItem first;
  first.default_request = resource_list("cpu=1");
  LimitRangeItem second;
  second.default_request = resource_list("cpu=2 memory=1Gi");
  LimitRangeItem of_pods;
  of_pods.type = LimitRangeItem::Type::Pod;
  of_pods.default_request = resource_list("ephemeral-storage=1Gi");
  PodResources pod = pod_of("");
  apply_limit_defaults(std::vector{of_pods, first, second}, pod);
  EXPECT_EQ(list_text(pod.containers[0].requests), "cpu=1 memory=1Gi");
}

TEST(LimitRange, BoundsContainers) {
  LimitRangeItem item;
  item.min = resource_list("cpu=100m");
  item.max = resource_list("memory=2Gi");
  EXPECT_EQ(violation(item, pod_of("cpu=100m", "memory=2Gi")), "");
  EXPECT_EQ(violation(item, pod_of("cpu=99m", "memory=2Gi")), "cpu: less than the minimum of 100m for a container");
  EXPECT_EQ(violation(item, pod_of("", "memory=2Gi")),
            "cpu: no request, but there is a minimum of 100m for a container");
  EXPECT_EQ(violation(item, pod_of("cpu=1", "memory=3Gi")), "memory: more than the maximum of 2Gi for a container");
  EXPECT_EQ(violation(item, pod_of("cpu=1")), "memory: no limit, but there is a maximum of 2Gi for a container");
  EXPECT_EQ(violation(item, pod_of("cpu=1 memory=3Gi", "memory=2Gi")),
            "memory: more than the maximum of 2Gi for a container");
  PodResources pod = pod_of("cpu=1", "memory=1Gi");
  pod.init_containers.push_back(container_resources("cpu=50m", "memory=1Gi"));
  EXPECT_NE(violation(item, pod), "");
}

TEST(LimitRange, BoundsPodsByTheirTotals) {
  LimitRangeItem item;
  item.type = LimitRangeItem::Type::Pod;
  item.max = resource_list("cpu=2");
  PodResources pod = pod_of("", "cpu=1");
  EXPECT_EQ(violation(item, pod), "");
  pod.containers.push_back(container_resources("", "cpu=1500m"));
  EXPECT_EQ(violation(item, pod), "cpu: more than the maximum of 2 for a pod");
}

TEST(LimitRange, BoundsTheRatioOfLimitToRequest) {
  LimitRangeItem item;
  item.max_limit_request_ratio = resource_list("cpu=1500m");
  EXPECT_EQ(violation(item, pod_of("cpu=2", "cpu=3")), "");
  EXPECT_EQ(violation(item, pod_of("cpu=2", "cpu=3000000001n")),
            "cpu: limit over request is more than 1500m for a container");
  for (const PodResources& pod : {pod_of("cpu=1"), pod_of("", "cpu=1"), pod_of("cpu=0", "cpu=1")}) {
    EXPECT_EQ(violation(item, pod),
              "cpu: limit or request is missing, but their ratio is bound to 1500m for a container");
  }
  PodResources huge;  // at the largest sums nothing overflows
  for (int i = 0; i < 100; ++i) huge.containers.push_back(container_resources("cpu=8Ei", "cpu=8Ei"));
  item.type = LimitRangeItem::Type::Pod;
  EXPECT_EQ(violation(item, huge), "");
}

// A pod without statements that has been given the defaults keeps the bounds, if min <= default <= max.
TEST(LimitRange, DefaultsKeepTheBounds) {
  Random random(6, "limits");
  for (int round = 0; round < 2000; ++round) {
    LimitRangeItem item;
    const auto low = static_cast<std::int64_t>(random.below(1000));
    const auto high = low + 1 + static_cast<std::int64_t>(random.below(1000));
    item.min["cpu"] = Quantity::milli(low);
    item.max["cpu"] = Quantity::milli(high);
    const auto within = [&] {
      return Quantity::milli(low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low) + 1)));
    };
    if (random.below(2) == 0) item.default_limit["cpu"] = within();
    if (random.below(2) == 0) item.default_request["cpu"] = within();
    item = completed(item);
    PodResources pod = pod_of("");
    apply_limit_defaults(std::vector{item}, pod);
    EXPECT_EQ(violation(item, pod), "");
  }
}

}  // namespace
}  // namespace seatrial

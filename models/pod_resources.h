// What the containers of a pod ask for, by resource name, and what the pod asks for as a whole. ResourceQuota and
// LimitRange are computed from it. Rules: k8s.io/component-helpers/resource; a resource that nobody names is absent,
// which is not the same as zero.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/quantity.h"

namespace seatrial {

using ResourceList = std::map<std::string, Quantity, std::less<>>;

// Entry by entry; a resource in one of the two lists alone is taken over.
void add_resources(ResourceList& to, const ResourceList& added);
void raise_resources(ResourceList& to, const ResourceList& at_least);

struct ContainerResources {
  ResourceList requests;
  ResourceList limits;
  bool restarts_always = false;  // of an init container: a sidecar, which runs beside all that follow
};

struct PodResources {
  std::vector<ContainerResources> init_containers;  // in order
  std::vector<ContainerResources> containers;
  ResourceList overhead;  // of the runtime class
};

struct PodTotals {
  ResourceList requests;
  ResourceList limits;
};

// The larger of all containers with the sidecars, and the most that any init container needs with the sidecars that
// run by then; plus the overhead, which adds to those limits only that are set.
[[nodiscard]] PodTotals pod_totals(const PodResources& pod);

// "example.com/dongle" is extended; "cpu", "hugepages-2Mi" and names of kubernetes.io are native.
[[nodiscard]] bool is_extended_resource(std::string_view name);

// No container requests or limits cpu or memory.
[[nodiscard]] bool is_best_effort(const PodResources& pod);

// A limit without a request is a request as well, container by container.
void default_requests_from_limits(PodResources& pod);

}  // namespace seatrial

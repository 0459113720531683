// Sums and maxima over the containers of a pod.
#include "models/pod_resources.h"

#include <algorithm>

namespace seatrial {
namespace {

// One of the two lists of a container.
using Side = ResourceList ContainerResources::*;

ResourceList total(const PodResources& pod, Side side) {
  ResourceList running;
  for (const ContainerResources& container : pod.containers) add_resources(running, container.*side);
  ResourceList sidecars;
  ResourceList starting;
  for (const ContainerResources& container : pod.init_containers) {
    ResourceList now = sidecars;
    add_resources(now, container.*side);
    if (container.restarts_always) {
      add_resources(running, container.*side);
      sidecars = now;
    }
    raise_resources(starting, now);
  }
  raise_resources(running, starting);
  return running;
}

bool names_compute(const ResourceList& resources) {
  const auto positive = [&resources](const char* name) {
    const auto found = resources.find(name);
    return found != resources.end() && found->second.is_positive();
  };
  return positive("cpu") || positive("memory");
}

bool asks_for_nothing(const ContainerResources& container) {
  return !names_compute(container.requests) && !names_compute(container.limits);
}

}  // namespace

void add_resources(ResourceList& to, const ResourceList& added) {
  for (const auto& [name, quantity] : added) {
    const auto [entry, is_new] = to.emplace(name, quantity);
    if (!is_new) entry->second += quantity;
  }
}

void raise_resources(ResourceList& to, const ResourceList& at_least) {
  for (const auto& [name, quantity] : at_least) {
    const auto [entry, is_new] = to.emplace(name, quantity);
    if (!is_new && entry->second < quantity) entry->second = quantity;
  }
}

PodTotals pod_totals(const PodResources& pod) {
  PodTotals totals{total(pod, &ContainerResources::requests), total(pod, &ContainerResources::limits)};
  add_resources(totals.requests, pod.overhead);
  for (const auto& [name, quantity] : pod.overhead) {
    const auto limit = totals.limits.find(name);
    if (limit != totals.limits.end()) limit->second += quantity;
  }
  return totals;
}

bool is_extended_resource(std::string_view name) {
  return name.find('/') != std::string_view::npos && name.find("kubernetes.io/") == std::string_view::npos &&
         name.rfind("requests.", 0) != 0;
}

bool is_best_effort(const PodResources& pod) {
  return std::all_of(pod.containers.begin(), pod.containers.end(), asks_for_nothing) &&
         std::all_of(pod.init_containers.begin(), pod.init_containers.end(), asks_for_nothing);
}

void default_requests_from_limits(PodResources& pod) {
  // A request that is there stays, since inserting does not replace.
  for (ContainerResources& container : pod.init_containers) {
    container.requests.insert(container.limits.begin(), container.limits.end());
  }
  for (ContainerResources& container : pod.containers) {
    container.requests.insert(container.limits.begin(), container.limits.end());
  }
}

}  // namespace seatrial

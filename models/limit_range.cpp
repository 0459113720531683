// LimitRange: defaults and bounds.
#include "models/limit_range.h"

namespace seatrial {
namespace {

using Bound = LimitViolation::Bound;

const Quantity* find(const ResourceList& resources, const std::string& name) {
  const auto found = resources.find(name);
  return found == resources.end() ? nullptr : &found->second;
}

// limit / request > ratio, exactly: a quotient is above a whole number if and only if it is so rounded up.
bool above_ratio(const Quantity& limit, const Quantity& request, const Quantity& ratio) {
  const Int128 scaled = limit.nano() * Quantity::kNano;
  return (scaled + request.nano() - 1) / request.nano() > ratio.nano();
}

std::optional<LimitViolation> violation_of(std::size_t index, const LimitRangeItem& item, const ResourceList& requests,
                                           const ResourceList& limits) {
  for (const auto& [name, bound] : item.min) {
    const Quantity* request = find(requests, name);
    const Quantity* limit = find(limits, name);
    if (request == nullptr) return LimitViolation{index, Bound::Min, name, false};
    if (*request < bound || (limit != nullptr && *limit < bound)) return LimitViolation{index, Bound::Min, name, true};
  }
  for (const auto& [name, bound] : item.max) {
    const Quantity* request = find(requests, name);
    const Quantity* limit = find(limits, name);
    if (limit == nullptr) return LimitViolation{index, Bound::Max, name, false};
    if (*limit > bound || (request != nullptr && *request > bound)) {
      return LimitViolation{index, Bound::Max, name, true};
    }
  }
  for (const auto& [name, bound] : item.max_limit_request_ratio) {
    const Quantity* request = find(requests, name);
    const Quantity* limit = find(limits, name);
    if (request == nullptr || !request->is_positive() || limit == nullptr || !limit->is_positive()) {
      return LimitViolation{index, Bound::Ratio, name, false};
    }
    if (above_ratio(*limit, *request, bound)) return LimitViolation{index, Bound::Ratio, name, true};
  }
  return std::nullopt;
}

void complete(ContainerResources& container, std::span<const LimitRangeItem> items) {
  for (const LimitRangeItem& item : items) {
    if (item.type != LimitRangeItem::Type::Container) continue;
    container.limits.insert(item.default_limit.begin(), item.default_limit.end());
    container.requests.insert(item.default_request.begin(), item.default_request.end());
  }
}

}  // namespace

LimitRangeItem completed(LimitRangeItem item) {
  if (item.type != LimitRangeItem::Type::Container) return item;
  item.default_limit.insert(item.max.begin(), item.max.end());
  item.default_request.insert(item.default_limit.begin(), item.default_limit.end());
  item.default_request.insert(item.min.begin(), item.min.end());
  return item;
}

void apply_limit_defaults(std::span<const LimitRangeItem> items, PodResources& pod) {
  default_requests_from_limits(pod);
  for (ContainerResources& container : pod.init_containers) complete(container, items);
  for (ContainerResources& container : pod.containers) complete(container, items);
}

std::optional<LimitViolation> limit_violation(std::span<const LimitRangeItem> items, const PodResources& pod) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].type == LimitRangeItem::Type::Pod) {
      const PodTotals totals = pod_totals(pod);
      if (auto violation = violation_of(i, items[i], totals.requests, totals.limits)) return violation;
      continue;
    }
    for (const auto* containers : {&pod.init_containers, &pod.containers}) {
      for (const ContainerResources& container : *containers) {
        if (auto violation = violation_of(i, items[i], container.requests, container.limits)) return violation;
      }
    }
  }
  return std::nullopt;
}

std::string LimitViolation::text(const LimitRangeItem& violated) const {
  const char* whom = violated.type == LimitRangeItem::Type::Pod ? " for a pod" : " for a container";
  switch (bound) {
    case Bound::Min:
      return resource + (stated ? ": less than the minimum of " : ": no request, but there is a minimum of ") +
             violated.min.at(resource).text() + whom;
    case Bound::Max:
      return resource + (stated ? ": more than the maximum of " : ": no limit, but there is a maximum of ") +
             violated.max.at(resource).text() + whom;
    case Bound::Ratio:
      return resource +
             (stated ? ": limit over request is more than "
                     : ": limit or request is missing, but their ratio is bound to ") +
             violated.max_limit_request_ratio.at(resource).text() + whom;
  }
  return resource;
}

}  // namespace seatrial

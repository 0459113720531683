// LimitRange as the API server's admission applies it: defaults for containers that state nothing, then bounds on
// containers and on pods. Asked when a pod is created, before its ResourceQuotas. Rules: kubernetes
// plugin/pkg/admission/limitranger and the defaults of pkg/apis/core/v1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "models/pod_resources.h"

namespace seatrial {

struct LimitRangeItem {
  enum class Type : std::uint8_t { Container, Pod };
  Type type = Type::Container;
  ResourceList min;
  ResourceList max;
  ResourceList default_limit;            // `default`; of containers alone
  ResourceList default_request;          // of containers alone
  ResourceList max_limit_request_ratio;  // at least 1
};

// What the item leaves open, of containers alone: a default limit is the maximum, a default request the default limit
// or else the minimum.
[[nodiscard]] LimitRangeItem completed(LimitRangeItem item);

// Fills in requests and limits that containers do not state. First a request that is missing beside a stated limit is
// that limit; of several items the first that has a default gives it.
void apply_limit_defaults(std::span<const LimitRangeItem> items, PodResources& pod);

struct LimitViolation {
  enum class Bound : std::uint8_t { Min, Max, Ratio };
  std::size_t item = 0;
  Bound bound = Bound::Min;
  std::string resource;
  bool stated = true;  // false: the request or limit that the bound is about is missing

  // "memory: more than the maximum of 2Gi for a container".
  [[nodiscard]] std::string text(const LimitRangeItem& violated) const;
};

// The first bound that a container or the pod as a whole breaks, in the order of the items; nothing: it may be created.
// A minimum needs a request, a maximum a limit, a ratio both.
[[nodiscard]] std::optional<LimitViolation> limit_violation(std::span<const LimitRangeItem> items,
                                                            const PodResources& pod);

}  // namespace seatrial

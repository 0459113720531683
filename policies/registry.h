// Names to policies. One visible table (registry.cpp); adding a policy is one file and one line there. The loader, the
// error messages, `seatrial list` and the generated reference all read it.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/parameters.h"

namespace seatrial {

class QueueOrder;
class NodeScore;
struct PolicyContext;

// What `seatrial list policies` prints of one name.
struct PolicyDoc {
  const char* axis;  // "order", "admission", "preemption", "placement", "estimate"
  const char* name;
  const char* sentence;  // one sentence
  std::vector<ParameterDoc> parameters;
};

// Every policy name of every axis, in the order of the tables.
[[nodiscard]] std::span<const PolicyDoc> policy_docs();
// The doc of a name on an axis, or nullptr.
[[nodiscard]] const PolicyDoc* find_policy(std::string_view axis, std::string_view name);

}  // namespace seatrial

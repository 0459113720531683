// Taints, tolerations and label selectors as resource flavors and nodes of a topology state them. A flavor or node is
// usable if every taint that keeps pods away is tolerated and every selected label is there with the wanted value.
// Source: Kubernetes core/v1 helpers (toleration.go).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace seatrial {

enum class TaintEffect : std::uint8_t { NoSchedule, PreferNoSchedule, NoExecute, Any };

struct KeyedTaint {
  std::string key;
  std::string value;
  TaintEffect effect = TaintEffect::NoSchedule;
};

// An empty key with `exists` tolerates everything; effect Any tolerates each effect.
struct KeyedToleration {
  std::string key;
  bool exists = false;
  std::string value;
  TaintEffect effect = TaintEffect::Any;
};

using Labels = std::map<std::string, std::string>;

[[nodiscard]] bool tolerates(const KeyedToleration& toleration, const KeyedTaint& taint);
// PreferNoSchedule keeps no pod away.
[[nodiscard]] bool tolerates_all(const std::vector<KeyedToleration>& tolerations,
                                 const std::vector<KeyedTaint>& taints);
[[nodiscard]] bool has_labels(const Labels& labels, const Labels& wanted);

}  // namespace seatrial

// See taints_input.h.
#include "tools/conformance/taints_input.h"

namespace seatrial::conformance {
namespace {

constexpr std::size_t kMostEntries = 1'000;

std::string text_or_empty(const Json& object, const char* key) {
  return optional_member(object, key) == nullptr ? "" : text(object, key);
}

TaintEffect effect_of(const Json& object) {
  if (text_or_empty(object, "effect").empty()) return TaintEffect::Any;
  return static_cast<TaintEffect>(one_of(object, "effect", {"NoSchedule", "PreferNoSchedule", "NoExecute"}));
}

}  // namespace

Labels labels_of(const Json& object, const char* key) {
  Labels labels;
  if (optional_member(object, key) == nullptr) return labels;
  for (const auto& [name, value] : object_of(object, key, kMostEntries).items()) labels[name] = text(value);
  return labels;
}

std::vector<KeyedTaint> taints_of(const Json& object, const char* key) {
  std::vector<KeyedTaint> taints;
  if (optional_member(object, key) == nullptr) return taints;
  for (const Json& entry : list(object, key, kMostEntries)) {
    taints.push_back({text(entry, "key"), text_or_empty(entry, "value"), effect_of(entry)});
  }
  return taints;
}

std::vector<KeyedToleration> tolerations_of(const Json& object, const char* key) {
  std::vector<KeyedToleration> tolerations;
  if (optional_member(object, key) == nullptr) return tolerations;
  for (const Json& entry : list(object, key, kMostEntries)) {
    // Some files spell the operator as the constant of the source: corev1.TolerationOpEqual.
    const std::string how = text_or_empty(entry, "operator");
    tolerations.push_back(
        {text_or_empty(entry, "key"), how.ends_with("Exists"), text_or_empty(entry, "value"), effect_of(entry)});
  }
  return tolerations;
}

}  // namespace seatrial::conformance

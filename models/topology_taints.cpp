// Taints and tolerations; see topology_taints.h.
#include "models/topology_taints.h"

#include <algorithm>

namespace seatrial {

bool tolerates(const KeyedToleration& toleration, const KeyedTaint& taint) {
  if (toleration.effect != TaintEffect::Any && toleration.effect != taint.effect) return false;
  if (toleration.key.empty()) return toleration.exists;
  return toleration.key == taint.key && (toleration.exists || toleration.value == taint.value);
}

bool tolerates_all(const std::vector<KeyedToleration>& tolerations, const std::vector<KeyedTaint>& taints) {
  return std::all_of(taints.begin(), taints.end(), [&](const KeyedTaint& taint) {
    return taint.effect == TaintEffect::PreferNoSchedule ||
           std::any_of(tolerations.begin(), tolerations.end(),
                       [&](const KeyedToleration& each) { return tolerates(each, taint); });
  });
}

bool has_labels(const Labels& labels, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    const auto found = labels.find(pair.first);
    return found != labels.end() && found->second == pair.second;
  });
}

}  // namespace seatrial

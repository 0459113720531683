// The table of sharing models, and the SM-fraction curve that several of them use; see sharing_model.h.
#include <algorithm>
#include <cmath>

#include "models/sharing_entries.h"
#include "models/sharing_model.h"

namespace seatrial {

std::span<const SharingModelRegistration> sharing_models() {
  static const std::vector<SharingModelRegistration> table = {
      sharing_none(), sharing_time_slicing(), sharing_two_resource(), sharing_pair_table(), sharing_mig(),
  };
  return table;
}

const SharingModelRegistration* find_sharing_model(std::string_view name) {
  const auto table = sharing_models();
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : &*found;
}

double slice_speed(const WorkloadProfile& profile, const GpuSlice& slice) {
  const double used = std::min(1.0, slice.compute / profile.sm_saturation);
  const double compute = profile.sm_exponent == 1 ? used : std::pow(used, profile.sm_exponent);
  if (profile.bandwidth <= slice.bandwidth) return compute;
  return std::min(compute, slice.bandwidth / profile.bandwidth);
}

}  // namespace seatrial

// The entries of the table of sharing models (sharing_registry.cpp): one file each, sharing_<name>.cpp.
#pragma once

#include "models/sharing_model.h"

namespace seatrial {

[[nodiscard]] SharingModelRegistration sharing_none();
[[nodiscard]] SharingModelRegistration sharing_time_slicing();
[[nodiscard]] SharingModelRegistration sharing_two_resource();
[[nodiscard]] SharingModelRegistration sharing_pair_table();
[[nodiscard]] SharingModelRegistration sharing_mig();

}  // namespace seatrial

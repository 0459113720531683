// Names of sharing modes; see sharing_mode.h.
#include "models/sharing_mode.h"

#include "sim/check.h"

namespace seatrial {

const char* sharing_mode_name(SharingMode mode) {
  switch (mode) {
    case SharingMode::Exclusive:
      return "exclusive";
    case SharingMode::Share:
      return "share";
    case SharingMode::TimeSlicing:
      return "time-slicing";
    case SharingMode::Mps:
      return "mps";
    case SharingMode::Mig:
      return "mig";
  }
  CHECK(false);
}

}  // namespace seatrial

// How jobs may share a GPU: the mode of a pool (models/gpu_mode.h) and of a device whose speed is modelled
// (models/speed_model.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace seatrial {

enum class SharingMode : std::uint8_t {
  Exclusive,    // one job per device
  Share,        // milli-GPUs that add up to a device, as openb has them
  TimeSlicing,  // replicas in equal turns, nothing isolated
  Mps,          // concurrent clients; SMs may be capped by thread percentage, memory bandwidth is common
  Mig,          // slices with SMs and memory of their own; power and clock are common
};
inline constexpr std::size_t kSharingModes = 5;
// As in scenarios: "exclusive", "share", "time-slicing", "mps", "mig".
[[nodiscard]] const char* sharing_mode_name(SharingMode mode);

}  // namespace seatrial

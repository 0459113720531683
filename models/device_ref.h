// A device of a node as placements record it: its index and, where it is cut by MIG, which instance. 10 bits for the
// index (at most 1,024 GPUs a node), 6 for the placement of the instance plus one.
#pragma once

#include <cstdint>

namespace seatrial {

inline constexpr std::uint16_t kDeviceIndexMask = 0x3ff;
inline constexpr std::uint8_t kWholeDevice = 0xff;

[[nodiscard]] constexpr std::uint16_t device_index(std::uint16_t ref) { return ref & kDeviceIndexMask; }
// Of the instance, in the order of MigGeometry::places(); kWholeDevice for a device that is not cut.
[[nodiscard]] constexpr std::uint8_t device_place(std::uint16_t ref) {
  return (ref >> 10U) == 0 ? kWholeDevice : static_cast<std::uint8_t>((ref >> 10U) - 1);
}
[[nodiscard]] constexpr std::uint16_t instance_ref(std::uint32_t device, std::uint8_t place) {
  return static_cast<std::uint16_t>(device | ((place + 1U) << 10U));
}

}  // namespace seatrial

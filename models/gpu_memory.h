// The GPU memory rule: who fits on a device, and who must end when it is overcommitted. Pure functions over MiB; the
// scheduler keeps the amounts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/gpu_catalog.h"
#include "models/sharing_model.h"
#include "sim/time.h"

namespace seatrial {

// What jobs may have of a GPU: what nvidia-smi shows as its total where the catalogue knows that, else the marketed
// memory as GiB (at most 2 % too much), less the reserve (contexts, ECC); never negative. Nothing where the catalogue
// has no figure.
[[nodiscard]] std::optional<std::int64_t> usable_memory_mib(const GpuModel& model, std::int64_t reserve_mib);

// A device as a newcomer finds it.
struct MemoryRoom {
  SharingMode mode = SharingMode::Exclusive;
  std::int64_t usable_mib = 0;     // of the whole device
  std::int64_t allocated_mib = 0;  // asked for by those that are on it
  std::int64_t slice_mib = 0;      // mig: memory of the slice
  std::uint32_t replicas = 1;      // mps: clients that the memory is split over; >= 1
  bool may_overcommit = false;     // time-slicing: the sum may exceed the device (youngest_to_end then decides)
};

// Whether a job that asks for so much memory may be put there. Exclusive: within the device. Mig: within the slice.
// Mps: within usable / replicas. Share: within what is left. Time-slicing: within what is left, or, with
// overcommitment, within the device.
[[nodiscard]] bool memory_fits(std::int64_t asked_mib, const MemoryRoom& room);

struct MemoryHolder {
  JobId job;
  Time started;
  std::int64_t memory_mib = 0;
};

// Who ends next (out of memory) while the holders together ask for more than there is: the one that started last, the
// higher id among equals; an invalid id if they fit. Call again without it until they fit.
[[nodiscard]] JobId youngest_to_end(std::span<const MemoryHolder> holders, std::int64_t usable_mib);

}  // namespace seatrial

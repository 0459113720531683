// The GPU memory rule; see gpu_memory.h.
#include "models/gpu_memory.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace seatrial {

std::optional<std::int64_t> usable_memory_mib(const GpuModel& model, std::int64_t reserve_mib) {
  std::optional<double> total_mib = model.usable_memory_mib;
  if (!total_mib && model.memory_gb) total_mib = *model.memory_gb * 1024;
  if (!total_mib) return std::nullopt;
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(*total_mib)) - reserve_mib);
}

bool memory_fits(std::int64_t asked_mib, const MemoryRoom& room) {
  CHECK(room.replicas >= 1);
  switch (room.mode) {
    case SharingMode::Exclusive:
      return asked_mib <= room.usable_mib;
    case SharingMode::Mig:
      return asked_mib <= room.slice_mib;
    case SharingMode::Mps:
      return asked_mib <= room.usable_mib / room.replicas;
    case SharingMode::Share:
      return asked_mib <= room.usable_mib - room.allocated_mib;
    case SharingMode::TimeSlicing:
      return asked_mib <= (room.may_overcommit ? room.usable_mib : room.usable_mib - room.allocated_mib);
  }
  return false;
}

JobId youngest_to_end(std::span<const MemoryHolder> holders, std::int64_t usable_mib) {
  std::int64_t asked_mib = 0;
  JobId youngest;
  Time started = kBeforeAll;
  for (const MemoryHolder& holder : holders) {
    asked_mib += holder.memory_mib;
    const bool younger = holder.started > started || (holder.started == started && holder.job > youngest);
    if (youngest.valid() && !younger) continue;
    youngest = holder.job;
    started = holder.started;
  }
  return asked_mib > usable_mib ? youngest : JobId{};
}

}  // namespace seatrial

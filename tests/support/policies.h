// Lists of policy names for tests that hold for all of them, and how to switch a world to one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "sim/time.h"
#include "tests/support/test_world.h"

namespace seatrial {

inline constexpr const char* kPlainOrders[] = {"fifo", "sjf", "smallest-first", "qssf"};
inline constexpr const char* kPreemptiveOrders[] = {"srtf", "srsf", "las", "tiresias", "gittins"};

[[nodiscard]] inline bool is_preemptive(const std::string& order) {
  return std::find(std::begin(kPreemptiveOrders), std::end(kPreemptiveOrders), order) != std::end(kPreemptiveOrders);
}

// Of the runs longer than 0; at most a second.
[[nodiscard]] inline std::int64_t shortest_run_ns(const TestWorld& world) {
  std::int64_t shortest_ns = kNsPerSecond;
  for (const TestJob& job : world.jobs) {
    if (job.duration_ns > 0) shortest_ns = std::min(shortest_ns, job.duration_ns);
  }
  return shortest_ns;
}

// Preemptive orders get the admission and preemption that scenarios give them, and quanta of about two short jobs.
inline void set_order(TestWorld& world, const std::string& order) {
  world.order = order;
  world.order_parameters.clear();
  world.preemption = "none";
  if (order == "multifactor") {
    const double shortest_s = std::max(1e-3, Duration{shortest_run_ns(world)}.seconds());
    world.order_parameters = {
        {"calc_period", {2 * shortest_s}}, {"longest_age", {50 * shortest_s}}, {"half_life", {20 * shortest_s}}};
  }
  if (!is_preemptive(order)) return;
  world.admission = "best-effort";
  world.preemption = "on-event";
  const double quantum_s = std::max(1e-3, 2 * Duration{shortest_run_ns(world)}.seconds());
  if (order == "las") world.order_parameters = {{"quantum_gpu_s", {quantum_s}}};
  if (order == "tiresias") world.order_parameters = {{"thresholds_gpu_s", {quantum_s, 4 * quantum_s}}};
  if (order == "gittins") {
    world.order_parameters = {{"quantum_gpu_s", {quantum_s}}, {"thresholds_gpu_s", {8 * quantum_s, 32 * quantum_s}}};
  }
}

}  // namespace seatrial

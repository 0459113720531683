// Iterations of a program found in the sequence of GPU kernels that it ran: training steps, decode steps. Nothing is
// known of the program but the kernels' names and times. Used by the profiles of programs (traces/run_profile.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace seatrial {

struct KernelRun {
  std::uint32_t name = 0;  // index of the kernel's name
  double start_us = 0;     // ascending
  double end_us = 0;
};

struct IterationPeriod {
  std::size_t kernels = 0;     // of one iteration; 0: no period was found, and `why` says why
  std::size_t iterations = 0;  // complete ones that were timed
  double mean_us = 0;
  double p50_us = 0;
  double p99_us = 0;
  double warm_up_us = 0;  // before the first iteration that repeats
  double confidence = 0;  // share of the kernels that repeat with this period, 0..1
  std::string why;
};

// The smallest shift of the sequence by which at least 95 % of the kernels of its second half repeat; if there is none,
// the one that repeats over most windows of the whole, at least half of them, so that phases of something else
// (evaluation, checkpoints) do not hide the steps between them. Times are those of the rarest kernel that occurs once
// per iteration. O(kernels x candidate shifts), at most some hundred of those.
[[nodiscard]] IterationPeriod find_period(std::span<const KernelRun> kernels);
// Of iterations that the program marked itself: their starts, ascending, two or more.
[[nodiscard]] IterationPeriod period_of_marks(std::span<const double> starts_us);

}  // namespace seatrial

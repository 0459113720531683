// Free GPUs of a pool over time: a step function from now on, in blocks of steps that know their lowest and highest
// level, so that "the first instant from which k GPUs are free for so long" passes over whole blocks and a reservation
// changes a few numbers per block. Used by conservative backfilling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace seatrial {

class FreeProfile {
 public:
  void begin(Time now, std::int64_t free);
  // GPUs more (or fewer) from that instant on; like all instants below it is not before the first step.
  void add(Time at, std::int64_t gpus);
  // The first instant, not before `now`, from which on `gpus` are free for `length`; kNever if there is none. `now`
  // lies in the first step. Remembers the answer: room only shrinks, so a longer question need not look before it.
  [[nodiscard]] Time earliest(Time now, std::int64_t gpus, Duration length);
  // The begin of the first step with fewer than `gpus` free; kNever if there is none.
  [[nodiscard]] Time first_below(std::int64_t gpus) const;
  void reserve(Time from, Duration length, std::int64_t gpus);
  // Forgets steps that are over; the first one left contains `now`.
  void forget_before(Time now);

 private:
  static constexpr std::size_t kBlock = 128;
  struct Step {
    Time at;
    std::int64_t free = 0;  // without the block's shift
  };
  struct Block {
    std::vector<Step> steps;  // ascending, never empty; each holds until the next
    std::int64_t shift = 0;   // belongs to every step's level
    std::int64_t lowest = 0;  // levels, shift included
    std::int64_t highest = 0;
  };
  struct Position {
    std::size_t block = 0;
    std::size_t step = 0;
  };
  // The block whose steps begin at or before `at` and whose next block begins after it.
  [[nodiscard]] std::size_t block_of(Time at) const;
  // The step that begins at this instant, made if need be.
  Position step_at(Time at);
  void split(std::size_t block);
  static void measure(Block& block);
  // Changes the levels of the steps from `first` to before `last`.
  void shift(Position first, Position last, std::int64_t gpus);
  void shift_part(std::size_t block, std::size_t first, std::size_t last, std::int64_t gpus);
  [[nodiscard]] Time search(Time from, std::int64_t gpus, Duration length) const;

  // Answers for one number of GPUs: longer ones later.
  struct Answer {
    Duration length;
    Time at;
  };
  using Answers = std::vector<Answer>;
  static void remember(Answers& answers, const Answer& answer);

  std::vector<Block> blocks_;
  std::vector<Answers> answers_;  // by GPUs
};

// The instant after that length; kNever where time ends.
[[nodiscard]] inline Time end_of(Time from, Duration length) {
  Time end;
  return __builtin_add_overflow(from.ns, length.ns, &end.ns) ? kNever : end;
}

}  // namespace seatrial

// Steps of free GPUs in blocks; see free_profile.h.
#include "policies/free_profile.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {

void FreeProfile::begin(Time now, std::int64_t free) {
  blocks_.clear();
  blocks_.push_back({{{now, free}}, 0, free, free});
  for (Answers& answers : answers_) answers.clear();
}

std::size_t FreeProfile::block_of(Time at) const {
  const auto after = std::upper_bound(blocks_.begin() + 1, blocks_.end(), at,
                                      [](Time wanted, const Block& block) { return wanted < block.steps.front().at; });
  return static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

void FreeProfile::measure(Block& block) {
  block.lowest = block.highest = block.steps.front().free;
  for (const Step& step : block.steps) {
    block.lowest = std::min(block.lowest, step.free);
    block.highest = std::max(block.highest, step.free);
  }
  block.lowest += block.shift;
  block.highest += block.shift;
}

void FreeProfile::split(std::size_t at) {
  Block upper;
  Block& lower = blocks_[at];
  const auto middle = lower.steps.begin() + static_cast<std::ptrdiff_t>(lower.steps.size() / 2);
  upper.shift = lower.shift;
  upper.steps.reserve(kBlock + 1);
  upper.steps.assign(middle, lower.steps.end());
  lower.steps.erase(middle, lower.steps.end());
  measure(lower);
  measure(upper);
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

FreeProfile::Position FreeProfile::step_at(Time at) {
  const auto begins_before = [](const Step& step, Time wanted) { return step.at < wanted; };
  std::size_t block = block_of(at);
  std::vector<Step>& steps = blocks_[block].steps;
  const auto found = std::lower_bound(steps.begin(), steps.end(), at, begins_before);
  auto index = static_cast<std::size_t>(found - steps.begin());
  if (found != steps.end() && found->at == at) return {block, index};
  CHECK(index > 0);
  steps.insert(found, {at, steps[index - 1].free});
  if (steps.size() > kBlock) {
    split(block);
    const std::size_t lower = blocks_[block].steps.size();
    if (index >= lower) ++block, index -= lower;
  }
  return {block, index};
}

void FreeProfile::shift_part(std::size_t at, std::size_t first, std::size_t last, std::int64_t gpus) {
  Block& block = blocks_[at];
  for (std::size_t i = first; i < last; ++i) block.steps[i].free += gpus;
  if (first < last) measure(block);
}

void FreeProfile::shift(Position first, Position last, std::int64_t gpus) {
  if (first.block == last.block) {
    shift_part(first.block, first.step, last.step, gpus);
    return;
  }
  shift_part(first.block, first.step, blocks_[first.block].steps.size(), gpus);
  for (std::size_t b = first.block + 1; b < last.block; ++b) {
    blocks_[b].shift += gpus;
    blocks_[b].lowest += gpus;
    blocks_[b].highest += gpus;
  }
  if (last.block < blocks_.size()) shift_part(last.block, 0, last.step, gpus);
}

void FreeProfile::add(Time at, std::int64_t gpus) {
  const Position first = step_at(at);
  shift(first, {blocks_.size(), 0}, gpus);
  for (Answers& answers : answers_) answers.clear();
}

void FreeProfile::remember(Answers& answers, const Answer& answer) {
  const auto at = std::lower_bound(answers.begin(), answers.end(), answer,
                                   [](const Answer& a, const Answer& b) { return a.length < b.length; });
  // Longer questions with an answer no later say less.
  auto end = at;
  while (end != answers.end() && end->at <= answer.at) ++end;
  if (end == at) {
    answers.insert(at, answer);
  } else {
    *at = answer;
    answers.erase(at + 1, end);
  }
}

Time FreeProfile::earliest(Time now, std::int64_t gpus, Duration length) {
  if (answers_.size() <= static_cast<std::size_t>(gpus)) answers_.resize(static_cast<std::size_t>(gpus) + 1);
  Answers& answers = answers_[static_cast<std::size_t>(gpus)];
  const auto longer = std::upper_bound(answers.begin(), answers.end(), length,
                                       [](Duration wanted, const Answer& answer) { return wanted < answer.length; });
  const Time bound = longer == answers.begin() ? now : std::max(now, (longer - 1)->at);
  if (bound == kNever) return kNever;
  const Time found = search(bound, gpus, length);
  if (bound < found) remember(answers, {length, found});
  return found;
}

Time FreeProfile::search(Time begin, std::int64_t gpus, Duration length) const {
  Time from = kNever;
  for (std::size_t b = block_of(begin); b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    if (from == kNever && block.highest < gpus) continue;
    if (from != kNever && end_of(from, length) <= block.steps.front().at) return from;
    if (from != kNever && block.lowest >= gpus) continue;
    auto step = block.steps.begin();
    if (step->at < begin) {
      step = std::upper_bound(step, block.steps.end(), begin, [](Time at, const Step& s) { return at < s.at; }) - 1;
    }
    for (; step != block.steps.end(); ++step) {
      if (from != kNever && end_of(from, length) <= step->at) return from;
      if (step->free + block.shift < gpus) {
        from = kNever;
      } else if (from == kNever) {
        from = std::max(begin, step->at);
      }
    }
  }
  return from;
}

Time FreeProfile::first_below(std::int64_t gpus) const {
  for (const Block& block : blocks_) {
    if (block.lowest >= gpus) continue;
    for (const Step& step : block.steps) {
      if (step.free + block.shift < gpus) return step.at;
    }
  }
  return kNever;
}

void FreeProfile::reserve(Time from, Duration length, std::int64_t gpus) {
  const Time end = end_of(from, length);
  (void)step_at(from);
  const Position last = end == kNever ? Position{blocks_.size(), 0} : step_at(end);
  const Position first = step_at(from);  // found again: making the other step may have split its block
  shift(first, last, -gpus);
}

void FreeProfile::forget_before(Time now) {
  const std::size_t keep = block_of(now);
  if (keep > 0) blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(keep));
  Block& block = blocks_.front();
  const auto after = std::upper_bound(block.steps.begin(), block.steps.end(), now,
                                      [](Time wanted, const Step& step) { return wanted < step.at; });
  if (after - block.steps.begin() <= 1) return;
  block.steps.erase(block.steps.begin(), after - 1);
  measure(block);
}

}  // namespace seatrial

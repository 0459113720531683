// See iteration_period.h.
#include "models/iteration_period.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "sim/stats.h"

namespace seatrial {
namespace {

constexpr double kRepeats = 0.95;           // of the kernels
constexpr double kLeastCovered = 0.5;       // of the windows
constexpr std::size_t kLeastTimes = 3;      // iterations that have to be seen
constexpr std::size_t kCandidates = 400;    // shifts tried
constexpr std::size_t kLookedAt = 200'000;  // last kernels that shifts are tried on

using Places = std::map<std::uint32_t, std::vector<std::size_t>>;

Places places_of(std::span<const KernelRun> kernels) {
  Places places;
  for (std::size_t i = 0; i < kernels.size(); ++i) places[kernels[i].name].push_back(i);
  return places;
}

// Distances between occurrences of the rarer kernels: a period is one of each of its kernels' distances.
std::vector<std::size_t> candidate_shifts(const Places& places, std::size_t count) {
  std::vector<const std::vector<std::size_t>*> rare;
  for (const auto& [name, at] : places) {
    if (at.size() > kLeastTimes) rare.push_back(&at);
  }
  std::sort(rare.begin(), rare.end(), [](const auto* a, const auto* b) { return a->size() < b->size(); });
  std::set<std::size_t> shifts;
  for (const std::vector<std::size_t>* at : rare) {
    for (std::size_t i = at->size() / 2; i < at->size(); ++i) {
      for (std::size_t back = 1; back <= 8 && back <= i; ++back) {
        const std::size_t shift = (*at)[i] - (*at)[i - back];
        if (shift * kLeastTimes <= count) shifts.insert(shift);
      }
      if (shifts.size() >= kCandidates) break;
    }
    if (shifts.size() >= kCandidates) break;
  }
  return {shifts.begin(), shifts.end()};
}

// Share of [begin, end) whose kernel is the one `shift` before.
double repeated(std::span<const KernelRun> kernels, std::size_t shift, std::size_t begin, std::size_t end) {
  begin = std::max(begin, shift);
  if (begin >= end) return 0;
  std::size_t equal = 0;
  for (std::size_t i = begin; i < end; ++i) equal += kernels[i].name == kernels[i - shift].name ? 1 : 0;
  return static_cast<double>(equal) / static_cast<double>(end - begin);
}

// Windows of one shift's length that repeat.
std::vector<bool> covered(std::span<const KernelRun> kernels, std::size_t shift) {
  std::vector<bool> windows;
  for (std::size_t begin = shift; begin + shift <= kernels.size(); begin += shift) {
    windows.push_back(repeated(kernels, shift, begin, begin + shift) >= kRepeats);
  }
  return windows;
}
double share(const std::vector<bool>& windows) {
  if (windows.empty()) return 0;
  return static_cast<double>(std::count(windows.begin(), windows.end(), true)) / static_cast<double>(windows.size());
}

std::size_t best_shift(std::span<const KernelRun> kernels, const std::vector<std::size_t>& shifts) {
  for (const std::size_t shift : shifts) {
    if (repeated(kernels, shift, kernels.size() / 2, kernels.size()) >= kRepeats) return shift;
  }
  std::size_t best = 0;
  double most = kLeastCovered;
  for (const std::size_t shift : shifts) {
    const double part = share(covered(kernels, shift));
    // A multiple of the period covers about as much: it must be clearly better.
    if (part <= (best == 0 ? most : most + 0.05)) continue;
    most = part;
    best = shift;
  }
  return best;
}

// The kernel that marks iterations: the one of most occurrences that are exactly a shift apart, the rarest of equals.
std::vector<double> iteration_times(std::span<const KernelRun> kernels, const Places& places, std::size_t shift,
                                    double& first_us) {
  std::vector<double> best;
  std::size_t occurrences = 0;
  for (const auto& [name, at] : places) {
    std::vector<double> times;
    double first = 0;
    for (std::size_t i = 1; i < at.size(); ++i) {
      // A few kernels more or less in an iteration are jitter of the program, not another iteration.
      const std::size_t apart = at[i] - at[i - 1];
      if (apart + shift / 20 < shift || apart > shift + shift / 20) continue;
      if (times.empty()) first = kernels[at[i - 1]].start_us;
      times.push_back(kernels[at[i]].start_us - kernels[at[i - 1]].start_us);
    }
    if (times.size() < best.size() || (times.size() == best.size() && at.size() >= occurrences)) continue;
    best = std::move(times);
    occurrences = at.size();
    first_us = first;
  }
  return best;
}

void take_times(IterationPeriod& period, std::vector<double> times_us) {
  period.iterations = times_us.size();
  period.mean_us = std::accumulate(times_us.begin(), times_us.end(), 0.0) / static_cast<double>(times_us.size());
  std::sort(times_us.begin(), times_us.end());
  period.p50_us = times_us[nearest_rank({50}, times_us.size())];
  period.p99_us = times_us[nearest_rank({99}, times_us.size())];
}

}  // namespace

IterationPeriod find_period(std::span<const KernelRun> kernels) {
  IterationPeriod period;
  const Places places = places_of(kernels);
  const std::span<const KernelRun> looked_at = kernels.last(std::min(kernels.size(), kLookedAt));
  const std::size_t shift = best_shift(looked_at, candidate_shifts(places_of(looked_at), looked_at.size()));
  if (shift == 0) {
    period.why = kernels.empty() ? "no kernels" : "no sequence of kernels repeats";
    return period;
  }
  double first_us = 0;
  std::vector<double> times = iteration_times(kernels, places, shift, first_us);
  if (times.size() + 1 < kLeastTimes) {
    period.why = "no kernel marks the iterations";
    return period;
  }
  period.kernels = shift;
  period.confidence = share(covered(kernels, shift));
  period.warm_up_us = first_us - kernels.front().start_us;
  take_times(period, std::move(times));
  return period;
}

IterationPeriod period_of_marks(std::span<const double> starts_us) {
  IterationPeriod period;
  std::vector<double> times;
  for (std::size_t i = 1; i < starts_us.size(); ++i) times.push_back(starts_us[i] - starts_us[i - 1]);
  if (times.empty()) {
    period.why = "fewer than two marks";
    return period;
  }
  period.confidence = 1;
  take_times(period, std::move(times));
  return period;
}

}  // namespace seatrial

// Blocks and windows of a workload; see replicate.h.
#include "scenarios/replicate.h"

#include <algorithm>

#include "sim/error.h"
#include "sim/random.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::int64_t kDay = 86'400 * kNsPerSecond;
constexpr std::uint64_t kMostSteps = 1'000'000;

bool generates(const ScenarioSpec& spec) {
  return std::any_of(spec.workload.begin(), spec.workload.end(), [](const WorkloadSpec& w) { return w.generate; });
}

struct Span {
  std::int64_t first = 0;
  std::int64_t last = 0;
  [[nodiscard]] std::uint64_t length() const {
    return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
  }
};

Span span_of(const Workload& jobs) {
  if (jobs.size() == 0) return {};
  return {jobs.submit({0}).ns, jobs.submit({static_cast<std::uint32_t>(jobs.size() - 1)}).ns};
}

// The first job submitted at or after an instant.
std::uint32_t first_from(const Workload& jobs, std::int64_t at) {
  std::uint32_t low = 0;
  auto high = static_cast<std::uint32_t>(jobs.size());
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    (jobs.submit({middle}).ns < at ? low : high) = jobs.submit({middle}).ns < at ? middle + 1 : middle;
  }
  return low;
}

std::int64_t instant(const Span& span, std::uint64_t steps, std::int64_t step) {
  const std::uint64_t at = static_cast<std::uint64_t>(span.first) + steps * static_cast<std::uint64_t>(step);
  return at - static_cast<std::uint64_t>(span.first) > span.length() ? kNever.ns : static_cast<std::int64_t>(at);
}

// Steps of a bootstrap: the last one may be cut short by the end of the trace.
std::uint64_t steps_in(const Workload& jobs, Duration length) {
  return span_of(jobs).length() / static_cast<std::uint64_t>(std::min(length.ns, kDay)) + 1;
}

Workload bootstrap(const Workload& jobs, Duration length, std::uint64_t seed) {
  const Span span = span_of(jobs);
  const std::int64_t step = std::min(length.ns, kDay);
  const std::uint64_t steps = steps_in(jobs, length);
  const auto block = static_cast<std::uint64_t>(std::max<std::int64_t>(1, length.ns / step));
  Random random(seed, "block bootstrap");
  std::vector<WorkloadDraw> draws;
  draws.reserve(jobs.size());
  for (std::uint64_t to = 0; to < steps; to += block) {
    const std::uint64_t begin = random.below(steps);
    for (std::uint64_t i = 0; i < std::min(block, steps - to); ++i) {
      const std::uint64_t from = (begin + i) % steps;
      const Duration shift{(static_cast<std::int64_t>(to + i) - static_cast<std::int64_t>(from)) * step};
      const std::uint32_t end = first_from(jobs, instant(span, from + 1, step));
      for (std::uint32_t job = first_from(jobs, instant(span, from, step)); job < end; ++job) {
        draws.push_back({{job}, shift});
      }
    }
  }
  // Days without a job can be drawn alone.
  if (draws.empty()) draws.push_back({{0}, Duration{0}});
  return jobs.resampled(draws);
}

std::uint64_t windows_in(const Workload& jobs, Duration length) {
  return span_of(jobs).length() / static_cast<std::uint64_t>(length.ns);
}

Workload window(const Workload& jobs, Duration length, std::uint32_t r) {
  const Span span = span_of(jobs);
  std::vector<WorkloadDraw> draws;
  const std::uint32_t end = first_from(jobs, instant(span, r + 1U, length.ns));
  for (std::uint32_t job = first_from(jobs, instant(span, r, length.ns)); job < end; ++job) {
    draws.push_back({{job}, Duration{0}});
  }
  if (draws.empty()) {
    throw InputError({}, "replicate.windows", "window " + std::to_string(r + 1) + " holds no job",
                     "take longer windows, or replicate: {blocks: ...}");
  }
  return jobs.resampled(draws);
}

}  // namespace

std::uint64_t replication_seed(std::uint64_t seed, std::uint32_t r) {
  if (r == 0) return seed;
  Random random(seed, "replication", r);
  return random.next() >> 16U;
}

const char* replication_method(const ScenarioSpec& spec) {
  switch (spec.replicate.method) {
    case ReplicateSpec::Method::Automatic:
      return generates(spec) ? "seeds" : "none";
    case ReplicateSpec::Method::Blocks:
      return "blocks";
    case ReplicateSpec::Method::Windows:
      return "windows";
    case ReplicateSpec::Method::CountUp:
      return "count_up";
  }
  return "none";
}

std::uint32_t replication_count(const ScenarioSpec& spec, std::uint32_t asked, const Workload& jobs) {
  const ReplicateSpec& replicate = spec.replicate;
  const std::uint32_t wanted = asked != 0 ? asked : replicate.count;
  if (replicate.method == ReplicateSpec::Method::Automatic && !generates(spec)) return 1;
  if (replicate.method == ReplicateSpec::Method::Blocks && steps_in(jobs, replicate.length) > kMostSteps) {
    throw InputError(replicate.place, "replicate.blocks",
                     "blocks of " + seconds_text(replicate.length.ns) + " s cut the trace into more than " +
                         std::to_string(kMostSteps) + " pieces",
                     "take longer blocks, such as 1d");
  }
  if (replicate.method != ReplicateSpec::Method::Windows) return wanted != 0 ? wanted : kDefaultReplications;
  const std::uint64_t there = windows_in(jobs, replicate.length);
  if (there == 0 || there < wanted) {
    throw InputError(replicate.place, "replicate.windows",
                     "the trace holds " + std::to_string(there) + " whole windows of " +
                         seconds_text(replicate.length.ns) + " s" +
                         (wanted == 0 ? "" : ", " + std::to_string(wanted) + " are asked for"),
                     "take shorter windows or fewer of them, or replicate: {blocks: ...}");
  }
  constexpr std::uint64_t kMost = 100'000;
  return wanted != 0 ? wanted : static_cast<std::uint32_t>(std::min(there, kMost));
}

std::shared_ptr<const Workload> replicated(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs,
                                           std::uint64_t seed, std::uint32_t r) {
  const ReplicateSpec& replicate = spec.replicate;
  if (jobs->size() == 0) return jobs;
  if (replicate.method == ReplicateSpec::Method::Blocks) {
    return std::make_shared<const Workload>(bootstrap(*jobs, replicate.length, replication_seed(seed, r)));
  }
  if (replicate.method == ReplicateSpec::Method::Windows) {
    return std::make_shared<const Workload>(window(*jobs, replicate.length, r));
  }
  return jobs;
}

}  // namespace seatrial

// See random_world.h.
#include "tests/support/random_world.h"

#include <algorithm>
#include <array>
#include <span>

#include "sim/time.h"

namespace seatrial {
namespace {

template <class T>
T pick(Random& random, std::initializer_list<T> values) {
  return values.begin()[random.below(values.size())];
}

std::uint32_t between(Random& random, std::uint32_t low, std::uint32_t high) {
  return low + static_cast<std::uint32_t>(random.below(high - low + 1));
}

// How wide jobs are; one kind per world.
enum class Width { Ones, Small, Powers, Any, Wide, Over };

std::uint32_t draw_gpus(Random& random, Width width, std::uint32_t node, std::uint32_t total) {
  switch (width) {
    case Width::Ones:
      return 1;
    case Width::Small:
      return between(random, 1, std::min(4U, node));
    case Width::Powers:
      return std::min(total, 1U << random.below(6));
    case Width::Any:
      return between(random, 1, total);
    case Width::Wide:
      return pick(random, {1U, std::max(1U, total / 2), total});
    case Width::Over:
      return between(random, 1, total + std::max(1U, total / 4));
  }
  return 1;
}

struct Scale {
  std::int64_t unit_ns;
  std::uint32_t top;  // longest usual run, in units
  double load;
};

std::int64_t draw_duration(Random& random, const Scale& scale, bool zeros) {
  if (zeros && random.bernoulli(0.15)) return 0;
  const std::uint32_t most = random.bernoulli(0.25) ? scale.top * 5 : scale.top;
  return between(random, 1, most) * scale.unit_ns;
}

// Time to the next submit: often none, mostly short, now and then long enough to drain.
std::int64_t draw_gap(Random& random, const Scale& scale, double gpu_share) {
  if (random.bernoulli(0.7)) {
    return static_cast<std::int64_t>(random.exponential(1.4 * scale.top * gpu_share / scale.load)) * scale.unit_ns;
  }
  return random.bernoulli(0.1) ? between(random, scale.top, scale.top * 20) * scale.unit_ns : 0;
}

}  // namespace

TestWorld random_world(Random& random, const WorldShape& shape) {
  TestWorld world;
  TestPool pool;
  const bool counted = shape.counted || random.bernoulli(0.4);
  pool.nodes = counted ? 1 : between(random, 2, 6);
  pool.gpus = counted ? pick(random, {1U, 2U, 3U, 5U, 8U, 16U, 32U}) : pick(random, {1U, 2U, 4U, 8U});
  world.pools = {pool};
  const std::uint32_t total = pool.nodes * pool.gpus;
  const Width width =
      shape.single_gpu
          ? Width::Ones
          : pick(random, {Width::Ones, Width::Small, Width::Powers, Width::Any, Width::Any, Width::Wide, Width::Over});
  const Scale scale{pick<std::int64_t>(random, {kNsPerSecond, kNsPerSecond, kNsPerSecond / 1000, 1}),
                    pick(random, {3U, 10U, 40U, 200U}), pick(random, {0.5, 1.0, 1.5, 3.0, 6.0})};
  const bool zeros = random.bernoulli(0.2);
  const std::uint32_t jobs = between(random, 1, pick(random, {4U, 12U, 40U, shape.max_jobs}));
  std::int64_t now = pick<std::int64_t>(random, {0, 0, 5, 1'000'000}) * scale.unit_ns;
  for (std::uint32_t k = 0; k < jobs; ++k) {
    TestJob job;
    job.submit_ns = now;
    job.gpus = draw_gpus(random, width, pool.gpus, total);
    if (shape.all_fit) job.gpus = std::min(job.gpus, total);
    if (shape.whole_node) job.gpus = std::min(job.gpus, pool.gpus);
    job.duration_ns = draw_duration(random, scale, zeros);
    if (!shape.exact && random.bernoulli(0.6)) {
      const std::int64_t off = pick<std::int64_t>(random, {-1, 1, 2, 5}) * between(random, 0, scale.top);
      job.estimate_ns = std::max<std::int64_t>(0, job.duration_ns + off * scale.unit_ns);
    }
    world.jobs.push_back(job);
    now += draw_gap(random, scale, static_cast<double>(job.gpus) / total);
  }
  world.order = pick<const char*>(random, {"fifo", "fifo", "sjf", "smallest-first"});
  world.admission = pick<const char*>(random, {"strict", "best-effort", "easy"});
  world.placement = pick<const char*>(random, {"first-fit", "best-fit", "worst-fit", "consolidate"});
  world.estimate = shape.exact ? "oracle" : pick<const char*>(random, {"oracle", "requested"});
  return world;
}

namespace {

struct Row {
  std::int64_t submit_s;
  std::int64_t duration_s;
  std::uint32_t gpus;
};

struct Policy {
  const char* order;
  const char* admission;
  const char* placement;
};

TestWorld world_of(TestPool pool, const Policy& policy, std::span<const Row> rows) {
  TestWorld world;
  world.pools = {std::move(pool)};
  for (const Row& row : rows) {
    TestJob job;
    job.submit_ns = row.submit_s * kNsPerSecond;
    job.duration_ns = row.duration_s * kNsPerSecond;
    job.gpus = row.gpus;
    world.jobs.push_back(job);
  }
  world.order = policy.order;
  world.admission = policy.admission;
  world.placement = policy.placement;
  return world;
}

}  // namespace

std::vector<Anomaly> anomalies() {
  constexpr std::array<Row, 4> kBestEffort{{{2, 3, 2}, {2, 4, 3}, {3, 1, 1}, {3, 6, 1}}};
  constexpr std::array<Row, 4> kBestEffortSjf{{{0, 5, 3}, {1, 4, 3}, {2, 5, 1}, {3, 6, 1}}};
  constexpr std::array<Row, 4> kStrictSjf{{{0, 2, 2}, {1, 4, 3}, {2, 1, 4}, {3, 3, 1}}};
  constexpr std::array<Row, 4> kEasy{{{0, 2, 3}, {1, 1, 3}, {1, 3, 2}, {2, 4, 5}}};
  constexpr std::array<Row, 8> kPack{
      {{1, 5, 2}, {1, 6, 2}, {1, 8, 1}, {2, 1, 2}, {2, 1, 3}, {2, 7, 1}, {4, 5, 1}, {4, 8, 3}}};
  constexpr std::array<Row, 7> kSpread{{{0, 7, 2}, {0, 8, 4}, {2, 1, 1}, {2, 1, 4}, {2, 6, 1}, {3, 5, 1}, {4, 5, 4}}};
  const auto counted = [](std::uint32_t gpus) { return TestPool{1, gpus, {}}; };
  return {
      {"BestEffortFifo",
       world_of(counted(4), {"fifo", "best-effort", "first-fit"}, kBestEffort),
       counted(5),
       {3, 4},
       {9, 11}},
      {"BestEffortSjf",
       world_of(counted(5), {"sjf", "best-effort", "first-fit"}, kBestEffortSjf),
       counted(6),
       {4, 5},
       {9, 11}},
      {"StrictSjf", world_of(counted(4), {"sjf", "strict", "first-fit"}, kStrictSjf), counted(5), {2, 5}, {7, 8}},
      {"EasyExact", world_of(counted(5), {"fifo", "easy", "first-fit"}, kEasy), counted(6), {3, 4}, {8, 9}},
      {"StrictBestFit", world_of({2, 3, {}}, {"fifo", "strict", "best-fit"}, kPack), {3, 3, {}}, {21, 7}, {16, 17}},
      {"StrictFirstFit", world_of({2, 3, {}}, {"fifo", "strict", "first-fit"}, kPack), {3, 3, {}}, {21, 7}, {16, 17}},
      {"StrictWorstFit", world_of({3, 4, {}}, {"fifo", "strict", "worst-fit"}, kSpread), {4, 4, {}}, {2, 3}, {9, 12}},
  };
}

}  // namespace seatrial

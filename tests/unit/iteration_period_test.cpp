// Iterations in synthetic kernel sequences: jitter, evaluation phases, two alternating patterns, none at all.
#include "models/iteration_period.h"

#include <gtest/gtest.h>

#include "sim/random.h"

namespace seatrial {
namespace {

class Sequence {
 public:
  explicit Sequence(std::uint64_t seed = 1) : random_(seed, "kernels") {}

  // Kernels of these names, each about 100 us with a gap of 10.
  void add(const std::vector<std::uint32_t>& names, double jitter = 0) {
    for (const std::uint32_t name : names) {
      const double length = 100 * (1 + jitter * (2 * random_.uniform() - 1));
      runs_.push_back({name, now_, now_ + length});
      now_ += length + 10;
    }
  }
  [[nodiscard]] IterationPeriod period() const { return find_period(runs_); }
  Random& random() { return random_; }

 private:
  Random random_;
  std::vector<KernelRun> runs_;
  double now_ = 0;
};

// 20 kernels: 6 layers of three, loss and optimizer.
std::vector<std::uint32_t> step(std::uint32_t base = 0) {
  std::vector<std::uint32_t> names;
  for (int layer = 0; layer < 6; ++layer) names.insert(names.end(), {base + 1, base + 2, base + 3});
  names.push_back(base + 4);
  names.push_back(base + 5);
  return names;
}

TEST(IterationPeriod, FindsSteps) {
  Sequence sequence;
  sequence.add({90, 91, 92});
  for (int i = 0; i < 30; ++i) sequence.add(step());
  const IterationPeriod period = sequence.period();
  EXPECT_EQ(period.kernels, 20U) << period.why;
  EXPECT_EQ(period.iterations, 29U);
  EXPECT_NEAR(period.mean_us, 2200, 1e-6);
  EXPECT_NEAR(period.confidence, 1, 0.05);
  EXPECT_GE(period.warm_up_us, 330);
}

TEST(IterationPeriod, JitterOfTimesShowsInThePercentiles) {
  Sequence sequence;
  for (int i = 0; i < 200; ++i) sequence.add(step(), 0.5);
  const IterationPeriod period = sequence.period();
  EXPECT_EQ(period.kernels, 20U);
  EXPECT_NEAR(period.mean_us, 2200, 30);
  EXPECT_GT(period.p99_us, period.p50_us + 100);
}

TEST(IterationPeriod, AKernelMoreOrLessIsNoOtherStep) {
  Sequence sequence;
  for (int i = 0; i < 100; ++i) {
    sequence.add(step());
    if (i % 25 == 7) sequence.add({77});  // a log line was computed
  }
  const IterationPeriod period = sequence.period();
  EXPECT_EQ(period.kernels, 20U);
  EXPECT_GT(period.iterations, 90U);
}

TEST(IterationPeriod, EvaluationPhasesDoNotHideTheSteps) {
  Sequence sequence;
  for (int epoch = 0; epoch < 5; ++epoch) {
    for (int i = 0; i < 20; ++i) sequence.add(step());
    for (int i = 0; i < 9; ++i) sequence.add({50, 51, 52, 53, 54, 55, 56});
  }
  const IterationPeriod period = sequence.period();
  EXPECT_EQ(period.kernels, 20U);
  EXPECT_NEAR(period.p50_us, 2200, 1e-6);
  EXPECT_LT(period.confidence, 0.95);
  EXPECT_GT(period.confidence, 0.5);
}

TEST(IterationPeriod, TwoAlternatingPatternsAreOneIteration) {
  Sequence sequence;
  for (int i = 0; i < 40; ++i) {
    sequence.add(step(0));
    sequence.add(step(100));  // another network, as in a GAN
  }
  const IterationPeriod period = sequence.period();
  EXPECT_EQ(period.kernels, 40U);
  EXPECT_NEAR(period.mean_us, 4400, 1e-6);
}

TEST(IterationPeriod, SaysThatThereIsNone) {
  Sequence sequence;
  for (int i = 0; i < 2000; ++i) sequence.add({static_cast<std::uint32_t>(sequence.random().below(30))});
  EXPECT_EQ(sequence.period().kernels, 0U);
  EXPECT_FALSE(sequence.period().why.empty());
  Sequence names;
  for (std::uint32_t i = 0; i < 100; ++i) names.add({i});
  EXPECT_EQ(names.period().kernels, 0U);
  EXPECT_EQ(find_period({}).why, "no kernels");
  Sequence two;
  for (std::uint32_t i = 0; i < 60; ++i) two.add({i % 30});
  EXPECT_EQ(two.period().kernels, 0U) << "twice is no period yet";
}

TEST(IterationPeriod, OneKernelOverAndOverIsAPeriodOfOne) {
  Sequence sequence;
  for (int i = 0; i < 50; ++i) sequence.add({7});
  EXPECT_EQ(sequence.period().kernels, 1U);
  EXPECT_NEAR(sequence.period().mean_us, 110, 1e-6);
}

}  // namespace
}  // namespace seatrial

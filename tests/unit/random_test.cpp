// Random streams: the generator against published vectors, moments and tails of each distribution, independence.
#include "sim/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace seatrial {
namespace {

struct KnownAnswer {
  PhiloxBlock counter;
  std::uint64_t key;
  PhiloxBlock output;
};

// kat_vectors of the authors' library Random123, rows "philox2x64 10".
TEST(Philox, GivesThePublishedKnownAnswers) {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0};
  const KnownAnswer cases[] = {
      {{0, 0}, 0, {0xca00a0459843d731, 0x66c24222c9a845b5}},
      {{kOnes, kOnes}, kOnes, {0x65b021d60cd8310f, 0x4d02f3222f86df20}},
      {{0x243f6a8885a308d3, 0x13198a2e03707344}, 0xa4093822299f31d0, {0x0a5e742c2997341c, 0xb0f883d38000de5d}},
  };
  for (const KnownAnswer& c : cases) {
    const PhiloxBlock out = philox2x64_10(c.counter, c.key);
    EXPECT_EQ(out.low, c.output.low);
    EXPECT_EQ(out.high, c.output.high);
  }
}

TEST(Random, SameKeyGivesSameNumbersAndAnyOtherKeyOthers) {
  Random a(7, "arrivals", 3);
  Random b(7, "arrivals", 3);
  for (int k = 0; k < 100; ++k) EXPECT_EQ(a.next(), b.next());
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const char* purpose : {"", "a", "b", "arrivals", "arrivals ", "durations"}) {
      for (std::uint64_t entity = 0; entity < 20; ++entity) firsts.insert(Random(seed, purpose, entity).next());
    }
  }
  EXPECT_EQ(firsts.size(), 20U * 6U * 20U);
  EXPECT_NE(Random(1, "x", 0).next(), Random(1, "x", std::uint64_t{1} << 32U).next());
}

// The bytes of a stream are part of what "same seed, same result" promises over versions.
TEST(Random, KeepsItsNumbersOverVersions) {
  Random random(42, "test", 1);
  const std::uint64_t first = random.next();
  const std::uint64_t second = random.next();
  const std::uint64_t third = random.next();
  EXPECT_EQ(first, 0x1edce8d17ca05626U);
  EXPECT_EQ(second, 0x984817505b3304b5U);
  EXPECT_EQ(third, 0x95e4f3fc11ab59bcU);
}

TEST(Random, AddingAConsumerShiftsNoOtherStream) {
  Random alone(5, "durations");
  std::vector<std::uint64_t> before;
  for (int k = 0; k < 50; ++k) before.push_back(alone.next());
  Random same(5, "durations");
  Random added(5, "failures");
  for (int k = 0; k < 50; ++k) {
    for (int draws = 0; draws < k % 3; ++draws) added.next();
    EXPECT_EQ(same.next(), before[static_cast<std::size_t>(k)]);
  }
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments moments(int draws, const std::function<double()>& draw) {
  double sum = 0;
  double squares = 0;
  for (int k = 0; k < draws; ++k) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / draws;
  return {mean, squares / draws - mean * mean};
}

// Tolerances are five standard errors of the estimate.
TEST(Random, HasTheMomentsOfEachDistribution) {
  constexpr int kDraws = 400000;
  const double root = std::sqrt(static_cast<double>(kDraws));
  Random r(11, "moments");
  const auto check = [&](const char* name, double mean, double deviation, const std::function<double()>& draw) {
    const Moments m = moments(kDraws, draw);
    EXPECT_NEAR(m.mean, mean, 5 * deviation / root) << name;
    EXPECT_NEAR(std::sqrt(m.variance), deviation, 0.02 * deviation) << name;
  };
  check("uniform", 0.5, std::sqrt(1.0 / 12), [&] { return r.uniform(); });
  check("normal", 0, 1, [&] { return r.normal(); });
  check("exponential", 3, 3, [&] { return r.exponential(3); });
  const double spread = std::exp(0.25);
  check("lognormal", 2 * std::sqrt(spread), 2 * std::sqrt(spread * (spread - 1)), [&] { return r.lognormal(2, 0.5); });
  const double first = std::tgamma(1.5);
  check("weibull", 4 * first, 4 * std::sqrt(std::tgamma(2) - first * first), [&] { return r.weibull(4, 2); });
  check("pareto", 6 * 1.0 / 5, std::sqrt(6.0 / (25 * 4)), [&] { return r.pareto(1, 6); });
  check("bernoulli", 0.2, 0.4, [&] { return r.bernoulli(0.2) ? 1.0 : 0.0; });
  check("below", 4.5, std::sqrt(99.0 / 12), [&] { return static_cast<double>(r.below(10)); });
}

// Kolmogorov-Smirnov distance of a sample from its distribution function; 1.95 / sqrt(n) is exceeded once in 1000.
TEST(Random, FollowsTheDistributionFunctions) {
  constexpr std::size_t kDraws = 20000;
  Random r(12, "shape");
  const auto check = [&](const char* name, const std::function<double()>& draw,
                         const std::function<double(double)>& below) {
    std::vector<double> sample(kDraws);
    for (double& x : sample) x = draw();
    std::sort(sample.begin(), sample.end());
    double distance = 0;
    for (std::size_t k = 0; k < kDraws; ++k) {
      const double p = below(sample[k]);
      distance = std::max({distance, p - static_cast<double>(k) / kDraws, static_cast<double>(k + 1) / kDraws - p});
    }
    EXPECT_LT(distance, 1.95 / std::sqrt(static_cast<double>(kDraws))) << name;
  };
  const auto phi = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  check(
      "uniform", [&] { return r.uniform(); }, [](double x) { return x; });
  check(
      "normal", [&] { return r.normal(); }, phi);
  check(
      "exponential", [&] { return r.exponential(2); }, [](double x) { return 1 - std::exp(-x / 2); });
  check(
      "lognormal", [&] { return r.lognormal(5, 2); }, [&](double x) { return phi(std::log(x / 5) / 2); });
  check(
      "weibull", [&] { return r.weibull(3, 0.7); }, [](double x) { return 1 - std::exp(-std::pow(x / 3, 0.7)); });
  check(
      "pareto", [&] { return r.pareto(2, 1.1); }, [](double x) { return 1 - std::pow(2 / x, 1.1); });
}

TEST(Random, BelowIsUnbiasedForSmallAndHugeRanges) {
  Random r(13, "below");
  EXPECT_EQ(r.below(1), 0U);
  std::array<int, 7> seen{};
  for (int k = 0; k < 70000; ++k) ++seen[static_cast<std::size_t>(r.below(7))];
  double chi = 0;
  for (const int n : seen) chi += (n - 10000.0) * (n - 10000.0) / 10000.0;
  EXPECT_LT(chi, 22.46);  // 99.9 % of chi-square with 6 degrees of freedom
  // With n = 3 * 2^62 a plain remainder would give the lowest third half of all draws.
  const std::uint64_t huge = std::uint64_t{3} << 62U;
  int low = 0;
  for (int k = 0; k < 30000; ++k) {
    const std::uint64_t x = r.below(huge);
    ASSERT_LT(x, huge);
    if (x < huge / 3) ++low;
  }
  EXPECT_NEAR(low, 10000, 5 * std::sqrt(30000 * 2.0 / 9));
}

TEST(Random, UniformStaysInsideTheOpenInterval) {
  Random r(14, "open");
  for (int k = 0; k < 200000; ++k) {
    const double u = r.uniform();
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
  }
  EXPECT_FALSE(r.bernoulli(0));
  EXPECT_TRUE(r.bernoulli(1));
}

double correlation(Random a, Random b) {
  constexpr int kDraws = 40000;
  double sum = 0;
  for (int k = 0; k < kDraws; ++k) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
  return sum / kDraws * 12;
}

TEST(Random, StreamsAreUncorrelated) {
  const double limit = 4.5 / std::sqrt(40000.0);
  for (std::uint64_t k = 0; k < 10; ++k) {
    EXPECT_LT(std::fabs(correlation({1, "a", k}, {1, "a", k + 1})), limit);
    EXPECT_LT(std::fabs(correlation({k, "a"}, {k + 1, "a"})), limit);
    EXPECT_LT(std::fabs(correlation({k, "a"}, {k, "b"})), limit);
  }
  Random lagged(1, "lag");
  lagged.next();
  EXPECT_LT(std::fabs(correlation({1, "lag"}, lagged)), limit);
}

// Every bit is set half of the time and flips half of the time from draw to draw.
TEST(Random, BitsAreFair) {
  Random r(15, "bits");
  std::array<int, 64> set{};
  std::array<int, 64> flips{};
  constexpr int kDraws = 40000;
  std::uint64_t last = 0;
  for (int k = 0; k < kDraws; ++k) {
    const std::uint64_t x = r.next();
    for (std::size_t bit = 0; bit < 64; ++bit) {
      set[bit] += static_cast<int>((x >> bit) & 1U);
      flips[bit] += static_cast<int>(((x ^ last) >> bit) & 1U);
    }
    last = x;
  }
  for (std::size_t bit = 0; bit < 64; ++bit) {
    EXPECT_NEAR(set[bit], kDraws / 2, 4.5 * 0.5 * 200) << bit;
    EXPECT_NEAR(flips[bit], kDraws / 2, 4.5 * 0.5 * 200) << bit;
  }
}

}  // namespace
}  // namespace seatrial

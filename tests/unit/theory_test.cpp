// The closed forms of tests/support against tables that were computed elsewhere (a separate SciPy program and textbook
// values), so that a mistake in a formula and a mistake in a table cannot hide each other.
#include "tests/support/theory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace seatrial {
namespace {

struct ManyServers {
  std::uint32_t servers;
  double rho;
  double b;
  double c;
  double wait;
  double p99;
};

TEST(Theory, ErlangFormulasMatchTheTable) {
  const ManyServers rows[] = {{1, 0.5, 1.0 / 3, 0.5, 1, 7.824046},
                              {2, 0.8, 0.32989691, 0.71111111, 1.77777778, 10.660609},
                              {4, 0.8, 0.22814493, 0.59643247, 0.74554059, 5.110476},
                              {8, 0.9, 0.19031317, 0.70153299, 0.87691624, 5.313354},
                              {16, 0.9, 0.12641189, 0.59134339, 0.36958962, 2.549882},
                              {64, 0.9, 0.04312354, 0.31066332, 0.04854114, 0.536894},
                              {64, 0.95, 0.06660906, 0.58801093, 0.18375342, 1.273175},
                              {256, 0.95, 0.02226529, 0.31292555, 0.02444731, 0.269014}};
  for (const ManyServers& row : rows) {
    const double load = row.servers * row.rho;
    EXPECT_NEAR(erlang_b(row.servers, load), row.b, 6e-9) << row.servers;
    EXPECT_NEAR(erlang_c(row.servers, load), row.c, 6e-9) << row.servers;
    EXPECT_NEAR(mmc_wait(row.servers, load), row.wait, 6e-9) << row.servers;
    EXPECT_NEAR(mmc_wait_quantile(row.servers, load, 0.99), row.p99, 6e-7) << row.servers;
  }
  for (const double rho : {0.5, 0.7, 0.9, 0.95}) EXPECT_NEAR(mmc_wait(1, rho), rho / (1 - rho), 1e-12);
}

struct FiniteRow {
  std::uint32_t servers;
  std::uint32_t capacity;
  double rate;
  FiniteQueue expected;
};

TEST(Theory, FiniteQueuesMatchTheTable) {
  const FiniteRow rows[] = {{1, 5, 0.8, {0.27105560, 0.08881950, 1.86833203, 1.13938763, 2.56306521, 1.56306521}},
                            {1, 10, 1.2, {0.03110379, 0.19258650, 6.71070868, 5.74181247, 6.92613784, 5.92613784}},
                            {4, 8, 3.6, {0.02104592, 0.09663550, 4.33193772, 1.07982553, 1.33203822, 0.33203822}},
                            {8, 8, 6.4, {0.00206838, 0.14439389, 5.47587910, 0, 1, 0}},
                            {8, 16, 9.6, {0.00002437, 0.18750665, 12.48329754, 4.68336141, 1.60043587, 0.60043587}},
                            {64, 64, 57.6, {0, 0.04312354, 55.11608382, 0, 1, 0}}};
  for (const FiniteRow& row : rows) {
    const FiniteQueue got = mmck(row.servers, row.capacity, row.rate);
    EXPECT_NEAR(got.empty, row.expected.empty, 6e-9);
    EXPECT_NEAR(got.blocked, row.expected.blocked, 6e-9);
    EXPECT_NEAR(got.number, row.expected.number, 6e-9);
    EXPECT_NEAR(got.waiting, row.expected.waiting, 6e-9);
    EXPECT_NEAR(got.time, row.expected.time, 6e-9);
    EXPECT_NEAR(got.wait, row.expected.wait, 6e-9);
  }
  EXPECT_NEAR(mmck(8, 8, 6.4).blocked, erlang_b(8, 6.4), 1e-14);
}

TEST(Theory, ConstantServiceMatchesTheTable) {
  EXPECT_NEAR(mdc_number(1, 0.8), 2.4, 1e-8);
  EXPECT_NEAR(mdc_number(2, 1.6), 3.04525421, 6e-9);
  EXPECT_NEAR(mdc_number(4, 3.2), 4.43550378, 6e-9);
  EXPECT_NEAR(mdc_number(8, 7.2), 10.43980747, 6e-9);
}

struct DisciplineRow {
  const char* name;
  ServiceLaw law;
  double rho;
  SingleServerTimes expected;
};

TEST(Theory, SingleServerDisciplinesMatchTheTable) {
  const ServiceLaw exponential = exponential_law();
  const ServiceLaw uniform = uniform_law();
  const ServiceLaw hyper = hyperexponential_law(0.9, 0.5);
  const ServiceLaw wide = hyperexponential_law(0.95, 0.4);
  const ServiceLaw pareto = bounded_pareto_law(1.1);
  EXPECT_NEAR(hyper.second_moment, 6.5, 1e-12);
  EXPECT_NEAR(wide.second_moment, 15.68, 1e-12);
  EXPECT_NEAR(pareto.second_moment, 110.9686, 6e-5);
  EXPECT_NEAR(pareto.low, 0.1510326545, 6e-11);
  const DisciplineRow rows[] = {
      {"exp", exponential, 0.5, {2, 2, 1.712686, 1.531383, 1.425373, 2}},
      {"exp", exponential, 0.8, {5, 5, 2.882219, 2.658897, 2.352773, 5}},
      {"exp", exponential, 0.9, {10, 10, 4.196913, 4.051773, 3.552125, 10}},
      {"uniform", uniform, 0.5, {1.666667, 2, 1.541075, 1.590863, 1.451019, 2.298964}},
      {"uniform", uniform, 0.8, {3.666667, 5, 2.763742, 3.007865, 2.610101, 7.454435}},
      {"uniform", uniform, 0.9, {7, 10, 4.575043, 5.038952, 4.397335, 19.134468}},
      {"hyper", hyper, 0.5, {4.25, 2, 2.990387, 1.477933, 1.404697, 1.760217}},
      {"hyper", hyper, 0.8, {14, 5, 5.058026, 2.413357, 2.184685, 3.731006}},
      {"hyper", hyper, 0.9, {30.25, 10, 6.518115, 3.488365, 3.094720, 6.788805}},
      {"wide", wide, 0.8, {32.36, 5, 9.386332, 2.403857, 2.180242, 3.728796}},
      {"pareto", pareto, 0.5, {56.484296, 2, 33.562335, 1.436320, 1.392533, 1.587378}},
      {"pareto", pareto, 0.8, {222.937183, 5, 60.478298, 2.200048, 2.062641, 2.773025}},
  };
  for (const DisciplineRow& row : rows) {
    const SingleServerTimes got = mg1_times(row.law, row.rho);
    EXPECT_NEAR(got.fcfs, row.expected.fcfs, 6e-7 * row.expected.fcfs) << row.name << row.rho;
    EXPECT_NEAR(got.ps, row.expected.ps, 1e-12) << row.name << row.rho;
    EXPECT_NEAR(got.sjf, row.expected.sjf, 1.5e-6) << row.name << row.rho;
    EXPECT_NEAR(got.psjf, row.expected.psjf, 1.5e-6) << row.name << row.rho;
    EXPECT_NEAR(got.srpt, row.expected.srpt, 1.5e-6) << row.name << row.rho;
    EXPECT_NEAR(got.las, row.expected.las, 2e-6) << row.name << row.rho;
  }
}

// Each law's closed partial moments against plain summation of its density.
TEST(Theory, LawsAreConsistentWithTheirDensity) {
  for (const ServiceLaw& law :
       {exponential_law(), uniform_law(), hyperexponential_law(0.9, 0.5), bounded_pareto_law(1.1)}) {
    EXPECT_NEAR(law.partial_mean(law.high), 1, 1e-9);
    EXPECT_NEAR(law.partial_square(law.high), law.second_moment, 1e-9 * law.second_moment);
    const double x = std::min(law.high, law.low + 1.5);
    constexpr int kSteps = 400'000;
    const double h = (x - law.low) / kSteps;
    double mass = 0;
    double mean = 0;
    double square = 0;
    for (int k = 0; k < kSteps; ++k) {
      const double t = law.low + (k + 0.5) * h;
      mass += h * law.density(t);
      mean += h * t * law.density(t);
      square += h * t * t * law.density(t);
    }
    EXPECT_NEAR(1 - mass, law.tail(x), 1e-8);
    EXPECT_NEAR(mean, law.partial_mean(x), 1e-8);
    EXPECT_NEAR(square, law.partial_square(x), 1e-8);
    Random random(21, "law");
    constexpr int kDraws = 200'000;
    int above = 0;
    for (int k = 0; k < kDraws; ++k) above += law.draw(random) > x ? 1 : 0;
    const double tail = law.tail(x);
    EXPECT_NEAR(above, kDraws * tail, 4.5 * std::sqrt(kDraws * tail * (1 - tail)));
  }
}

TEST(Theory, PrioritiesMatchTheTableAndConserveWork) {
  const std::vector<PriorityClass> classes{{0.2, 1, 2}, {0.3, 1, 2}, {0.3, 1, 2}};
  const std::vector<double> waits = cobham_waits(classes);
  const std::vector<double> times = preemptive_times(classes);
  const double expected_waits[] = {1, 2, 8};
  const double expected_times[] = {1.25, 2.5, 10};
  double conserved = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(waits[k], expected_waits[k], 1e-12);
    EXPECT_NEAR(times[k], expected_times[k], 1e-12);
    conserved += classes[k].rate * waits[k];
  }
  EXPECT_NEAR(conserved, 0.8 * mmc_wait(1, 0.8), 1e-12);
}

}  // namespace
}  // namespace seatrial

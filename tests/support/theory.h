// Exact values of queueing theory, recomputed in code so that tests can compare simulated means with them. Mean service
// time is 1 everywhere, so arrival rate = offered load; a "server" is one GPU. Sources: Kleinrock, "Queueing Systems" I
// and II; Harchol-Balter, "Performance Modeling and Design of Computer Systems".
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/random.h"

namespace seatrial {

// Blocking of M/G/c/c, and the probability of waiting in M/M/c, for `load` Erlangs.
[[nodiscard]] double erlang_b(std::uint32_t servers, double load);
[[nodiscard]] double erlang_c(std::uint32_t servers, double load);
// Mean wait of M/M/c, and the q-quantile of the wait (0 where nobody waits that often).
[[nodiscard]] double mmc_wait(std::uint32_t servers, double load);
[[nodiscard]] double mmc_wait_quantile(std::uint32_t servers, double load, double q);

// M/M/c/K: at most `capacity` jobs in the system, others are lost; times are of accepted jobs.
struct FiniteQueue {
  double empty = 0;    // probability of an empty system
  double blocked = 0;  // probability that an arrival is lost
  double number = 0;   // mean number in the system
  double waiting = 0;  // mean number waiting
  double time = 0;     // mean time in the system
  double wait = 0;
};
[[nodiscard]] FiniteQueue mmck(std::uint32_t servers, std::uint32_t capacity, double arrival_rate);

// Mean number in the system of M/D/c, from the chain N(t + 1) = max(N(t) - c, 0) + Poisson(load), exact at any t.
[[nodiscard]] double mdc_number(std::uint32_t servers, double load);

// A law of service times with mean 1: what the integrals below need, and how to draw from it.
struct ServiceLaw {
  double low = 0;   // support
  double high = 0;  // numerically: beyond, the tail is below 1e-20
  double second_moment = 0;
  std::function<double(double)> density;
  std::function<double(double)> tail;            // P(S > x)
  std::function<double(double)> partial_mean;    // integral of t f(t) up to x
  std::function<double(double)> partial_square;  // integral of t^2 f(t) up to x
  std::function<double(Random&)> draw;
};
[[nodiscard]] ServiceLaw exponential_law();
[[nodiscard]] ServiceLaw uniform_law();  // on (0, 2)
// Exponential with mean `short_mean` with the given probability, else with the mean that makes 1 in all.
[[nodiscard]] ServiceLaw hyperexponential_law(double short_probability, double short_mean);
// Pareto with exponent alpha cut at 10^4 times its lowest value; the lowest value makes the mean 1.
[[nodiscard]] ServiceLaw bounded_pareto_law(double alpha);

// Mean time in the system of M/G/1 under six disciplines (0 < load < 1), by quadrature to about seven digits.
struct SingleServerTimes {
  double fcfs = 0;
  double ps = 0;    // processor sharing
  double sjf = 0;   // shortest job first, non-preemptive
  double psjf = 0;  // preemptive, by original size
  double srpt = 0;  // preemptive, by remaining size
  double las = 0;   // least attained service (foreground-background)
};
[[nodiscard]] SingleServerTimes mg1_times(const ServiceLaw& law, double load);

// One priority class of M/G/1; classes are listed from the highest.
struct PriorityClass {
  double rate = 0;
  double mean = 1;
  double second_moment = 2;
};
// Mean waits of non-preemptive priorities (Cobham).
[[nodiscard]] std::vector<double> cobham_waits(std::span<const PriorityClass> classes);
// Mean times in the system of preemptive-resume priorities.
[[nodiscard]] std::vector<double> preemptive_times(std::span<const PriorityClass> classes);

}  // namespace seatrial

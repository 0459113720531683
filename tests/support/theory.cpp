// See theory.h.
#include "tests/support/theory.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace seatrial {

double erlang_b(std::uint32_t servers, double load) {
  double blocking = 1;
  for (std::uint32_t k = 1; k <= servers; ++k) blocking = load * blocking / (k + load * blocking);
  return blocking;
}

double erlang_c(std::uint32_t servers, double load) {
  const double blocking = erlang_b(servers, load);
  return blocking / (1 - load / servers * (1 - blocking));
}

double mmc_wait(std::uint32_t servers, double load) { return erlang_c(servers, load) / (servers - load); }

double mmc_wait_quantile(std::uint32_t servers, double load, double q) {
  const double waits = erlang_c(servers, load);
  return waits <= 1 - q ? 0 : std::log(waits / (1 - q)) / (servers - load);
}

FiniteQueue mmck(std::uint32_t servers, std::uint32_t capacity, double arrival_rate) {
  std::vector<double> p{1};
  for (std::uint32_t n = 1; n <= capacity; ++n) p.push_back(p.back() * arrival_rate / std::min(n, servers));
  double total = 0;
  for (const double weight : p) total += weight;
  FiniteQueue out;
  out.empty = p.front() / total;
  out.blocked = p.back() / total;
  for (std::uint32_t n = 1; n <= capacity; ++n) {
    out.number += n * p[n] / total;
    if (n > servers) out.waiting += (n - servers) * p[n] / total;
  }
  const double accepted = arrival_rate * (1 - out.blocked);
  out.time = out.number / accepted;
  out.wait = out.waiting / accepted;
  return out;
}

double mdc_number(std::uint32_t servers, double load) {
  std::vector<double> poisson{std::exp(-load)};
  while (static_cast<double>(poisson.size()) < load || poisson.back() > 1e-18) {
    poisson.push_back(poisson.back() * load / static_cast<double>(poisson.size()));
  }
  constexpr std::size_t kStates = 600;
  std::vector<double> now(kStates, 0);
  now[0] = 1;
  double number = 0;
  for (int step = 0; step < 20000; ++step) {
    std::vector<double> next(kStates, 0);
    for (std::size_t n = 0; n < kStates; ++n) {
      const std::size_t left = n > servers ? n - servers : 0;
      for (std::size_t k = 0; k < poisson.size() && left + k < kStates; ++k) next[left + k] += now[n] * poisson[k];
    }
    double mean = 0;
    for (std::size_t n = 0; n < kStates; ++n) mean += static_cast<double>(n) * next[n];
    now.swap(next);
    if (std::fabs(mean - number) < 1e-13) break;
    number = mean;
  }
  return number;
}

ServiceLaw hyperexponential_law(double short_probability, double short_mean) {
  const double p = short_probability;
  const double a = short_mean;
  const double b = p < 1 ? (1 - p * a) / (1 - p) : a;
  const auto mix = [p](double left, double right) { return p * left + (1 - p) * right; };
  ServiceLaw law;
  law.high = 50 * std::max(a, b);
  law.second_moment = 2 * mix(a * a, b * b);
  law.density = [=](double x) { return mix(std::exp(-x / a) / a, std::exp(-x / b) / b); };
  law.tail = [=](double x) { return mix(std::exp(-x / a), std::exp(-x / b)); };
  law.partial_mean = [=](double x) {
    const auto part = [x](double m) { return m - std::exp(-x / m) * (m + x); };
    return mix(part(a), part(b));
  };
  law.partial_square = [=](double x) {
    const auto part = [x](double m) { return 2 * m * m - std::exp(-x / m) * (x * x + 2 * m * x + 2 * m * m); };
    return mix(part(a), part(b));
  };
  law.draw = [=](Random& random) { return random.exponential(random.bernoulli(p) ? a : b); };
  return law;
}

ServiceLaw exponential_law() { return hyperexponential_law(1, 1); }

ServiceLaw uniform_law() {
  ServiceLaw law;
  law.high = 2;
  law.second_moment = 4.0 / 3;
  law.density = [](double) { return 0.5; };
  law.tail = [](double x) { return 1 - x / 2; };
  law.partial_mean = [](double x) { return x * x / 4; };
  law.partial_square = [](double x) { return x * x * x / 6; };
  law.draw = [](Random& random) { return 2 * random.uniform(); };
  return law;
}

ServiceLaw bounded_pareto_law(double alpha) {
  constexpr double kSpan = 1e4;
  const double cut = 1 - std::pow(kSpan, -alpha);  // share of the unbounded law that is kept
  const double low = cut * (alpha - 1) / (alpha * (1 - std::pow(kSpan, 1 - alpha)));
  const double high = low * kSpan;
  const double weight = std::pow(low, alpha) / cut;
  ServiceLaw law;
  law.low = low;
  law.high = high;
  law.density = [=](double x) { return weight * alpha * std::pow(x, -alpha - 1); };
  law.tail = [=](double x) { return weight * (std::pow(x, -alpha) - std::pow(high, -alpha)); };
  law.partial_mean = [=](double x) {
    return weight * alpha / (alpha - 1) * (std::pow(low, 1 - alpha) - std::pow(x, 1 - alpha));
  };
  law.partial_square = [=](double x) {
    return weight * alpha / (2 - alpha) * (std::pow(x, 2 - alpha) - std::pow(low, 2 - alpha));
  };
  law.second_moment = law.partial_square(high);
  law.draw = [=](Random& random) { return low * std::pow(1 - cut * random.uniform(), -1 / alpha); };
  return law;
}

namespace {

// Mean times of a job of size x; `residence` is the integral of 1 / (1 - rho(t)) up to x, which SRPT needs.
SingleServerTimes times_of_size(const ServiceLaw& law, double load, double x, double residence) {
  const double busy = load * law.partial_mean(x);
  const double square = law.partial_square(x);
  const double tail = law.tail(x);
  const double idle = 1 - busy;
  const double cut_idle = idle - load * x * tail;
  SingleServerTimes out;
  out.sjf = x + load * law.second_moment / 2 / (idle * idle);
  out.psjf = load * square / (2 * idle * idle) + x / idle;
  out.srpt = load * (square + x * x * tail) / (2 * idle * idle) + residence;
  out.las = load * (square + x * x * tail) / (2 * cut_idle * cut_idle) + x / cut_idle;
  return out;
}

}  // namespace

// The trapezoidal rule on x = low + s (e^u - 1), fine near `low` and coarse in the tail; error O(h^2), h about 5e-5.
SingleServerTimes mg1_times(const ServiceLaw& law, double load) {
  constexpr int kSteps = 200'000;
  constexpr double kScale = 0.1;
  const double end = std::log1p((law.high - law.low) / kScale);
  const double h = end / kSteps;
  SingleServerTimes sum;
  double residence = law.low;  // rho(t) is 0 below the support
  double last_slope = 0;
  for (int k = 0; k <= kSteps; ++k) {
    const double x = law.low + kScale * std::expm1(h * k);
    const double dx = kScale * std::exp(h * k);
    const double slope = dx / (1 - load * law.partial_mean(x));
    if (k > 0) residence += 0.5 * h * (last_slope + slope);
    last_slope = slope;
    const SingleServerTimes at = times_of_size(law, load, x, residence);
    const double weight = (k == 0 || k == kSteps ? 0.5 : 1) * h * dx * law.density(x);
    sum.sjf += weight * at.sjf;
    sum.psjf += weight * at.psjf;
    sum.srpt += weight * at.srpt;
    sum.las += weight * at.las;
  }
  sum.fcfs = 1 + load * law.second_moment / (2 * (1 - load));
  sum.ps = 1 / (1 - load);
  return sum;
}

std::vector<double> cobham_waits(std::span<const PriorityClass> classes) {
  double residual = 0;
  for (const PriorityClass& c : classes) residual += c.rate * c.second_moment / 2;
  std::vector<double> waits;
  double above = 0;
  for (const PriorityClass& c : classes) {
    const double with = above + c.rate * c.mean;
    waits.push_back(residual / ((1 - above) * (1 - with)));
    above = with;
  }
  return waits;
}

std::vector<double> preemptive_times(std::span<const PriorityClass> classes) {
  std::vector<double> times;
  double above = 0;
  double residual = 0;
  for (const PriorityClass& c : classes) {
    const double with = above + c.rate * c.mean;
    residual += c.rate * c.second_moment / 2;
    times.push_back((c.mean * (1 - with) + residual) / ((1 - above) * (1 - with)));
    above = with;
  }
  return times;
}

}  // namespace seatrial

// See stats.h.
#include "sim/stats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "sim/check.h"

namespace seatrial {

std::size_t nearest_rank(Quantile q, std::size_t count) {
  CHECK(count > 0 && q.denominator > 0 && q.numerator <= q.denominator);
  const Int128 scaled = Int128{q.numerator} * static_cast<Int128>(count);
  const auto rank = static_cast<std::size_t>((scaled + q.denominator - 1) / q.denominator);
  return rank == 0 ? 0 : rank - 1;
}

std::int64_t quantile(std::span<std::int64_t> values, Quantile q) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(nearest_rank(q, values.size()));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::vector<std::int64_t> quantiles(std::span<std::int64_t> values, std::span<const Quantile> ascending) {
  std::vector<std::int64_t> out;
  out.reserve(ascending.size());
  std::size_t done = 0;  // everything before this index is in its place or smaller
  for (const Quantile q : ascending) {
    const std::size_t rank = nearest_rank(q, values.size());
    CHECK(rank + 1 >= done);
    if (rank >= done) {
      std::nth_element(values.begin() + static_cast<std::ptrdiff_t>(done),
                       values.begin() + static_cast<std::ptrdiff_t>(rank), values.end());
      done = rank + 1;
    }
    out.push_back(values[rank]);
  }
  return out;
}

Int128 exact_sum(std::span<const std::int64_t> values) {
  return std::accumulate(values.begin(), values.end(), Int128{0});
}

double mean_of(Int128 sum, std::uint64_t count) {
  if (count == 0) return 0;
  const Int128 divisor = static_cast<Int128>(count);
  const Int128 whole = sum / divisor;
  return static_cast<double>(whole) + static_cast<double>(sum - whole * divisor) / static_cast<double>(count);
}

double exact_mean(std::span<const std::int64_t> values) { return mean_of(exact_sum(values), values.size()); }

Int128 TimeWeighted::integral(Time end) const {
  return started_ ? area_ + Int128{level_} * (end - last_).ns : Int128{0};
}

double TimeWeighted::mean(Time begin, Time end) const {
  if (end <= begin) return 0;
  return mean_of(integral(end), static_cast<std::uint64_t>((end - begin).ns));
}

void Welford::merge(const Welford& other) {
  if (other.count_ == 0) return;
  const double mine = static_cast<double>(count_);
  const double theirs = static_cast<double>(other.count_);
  const double off = other.mean_ - mean_;
  mean_ += off * theirs / (mine + theirs);
  squares_ += other.squares_ + off * off * mine * theirs / (mine + theirs);
  count_ += other.count_;
}

double Welford::deviation() const { return std::sqrt(variance()); }

namespace {

// Ratio of two polynomials of degree 7, coefficients in ascending order.
double ratio(const double (&above)[8], const double (&below)[8], double x) {
  double a = above[7];
  double b = below[7];
  for (int k = 6; k >= 0; --k) {
    a = a * x + above[k];
    b = b * x + below[k];
  }
  return a / b;
}

constexpr double kMiddleAbove[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr double kMiddleBelow[8] = {1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
constexpr double kSideAbove[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                  3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double kSideBelow[8] = {1.0,
                                  2.05319162663775882187e0,
                                  1.67638483018380384940e0,
                                  6.89767334985100004550e-1,
                                  1.48103976427480074590e-1,
                                  1.51986665636164571966e-2,
                                  5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};
constexpr double kTailAbove[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                  2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double kTailBelow[8] = {1.0,
                                  5.99832206555887937690e-1,
                                  1.36929880922735805310e-1,
                                  1.48753612908506148525e-2,
                                  7.86869131145613259100e-4,
                                  1.84631831751005468180e-5,
                                  1.42151175831644588870e-7,
                                  2.04426310338993978564e-15};

}  // namespace

// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988), PPND16.
double normal_quantile(double p) {
  CHECK(p > 0 && p < 1);
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) return q * ratio(kMiddleAbove, kMiddleBelow, 0.180625 - q * q);
  const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  const double x = r <= 5 ? ratio(kSideAbove, kSideBelow, r - 1.6) : ratio(kTailAbove, kTailBelow, r - 5);
  return q < 0 ? -x : x;
}

namespace {

// log Gamma(x) for x > 0: Stirling's series after shifting x beyond 12. (std::lgamma writes a global.)
double log_gamma(double x) {
  double shift = 0;
  for (; x < 12; ++x) shift += std::log(x);
  const double r = 1 / (x * x);
  const double series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x;
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  return (x - 0.5) * std::log(x) - x + kHalfLogTwoPi + series - shift;
}

// The continued fraction of the incomplete beta function, by Lentz' method; converges fast for x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto not_zero = [](double v) { return std::fabs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    result *= d * c;
    if (std::fabs(d * c - 1) < 1e-15) break;
  }
  return result;
}

// The regularised incomplete beta function I_x(a, b); y = 1 - x is given to keep it exact near 1.
double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log(y));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, y) / b;
}

}  // namespace

double student_t_tail(double t, double freedom) {
  CHECK(freedom > 0);
  const double square = t * t;
  const double upper =
      0.5 * incomplete_beta(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square));
  return t < 0 ? 1 - upper : upper;
}

// Newton's method within a bracket, in the logarithm of the tail, which is nearly straight; halving where a step would
// leave the bracket.
double student_t_quantile(double p, double freedom) {
  CHECK(p > 0 && p < 1);
  if (p < 0.5) return -student_t_quantile(1 - p, freedom);
  const double tail = 1 - p;
  double low = 0;
  double high = 1;
  while (student_t_tail(high, freedom) > tail && high < 1e300) {
    low = high;
    high *= 2;
  }
  double log_scale = std::lgamma((freedom + 1) / 2) - std::lgamma(freedom / 2);
  log_scale -= 0.5 * std::log(freedom * std::numbers::pi);
  double t = 0.5 * (low + high);
  for (int step = 0; step < 200; ++step) {
    const double here = student_t_tail(t, freedom);
    (here > tail ? low : high) = t;
    const double density = std::exp(log_scale - (freedom + 1) / 2 * std::log1p(t * t / freedom));
    double next = t + here / density * std::log(here / tail);
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::abs(next - t) <= 1e-15 * t || next <= low || next >= high) return next;
    t = next;
  }
  return t;
}

Interval mean_interval(std::span<const double> values, double confidence) {
  Welford sample;
  for (const double value : values) sample.add(value);
  if (values.size() < 2) return {sample.mean(), std::numeric_limits<double>::infinity()};
  const auto count = static_cast<double>(values.size());
  const double t = student_t_quantile(0.5 + confidence / 2, count - 1);
  return {sample.mean(), t * sample.deviation() / std::sqrt(count)};
}

Interval batch_means(std::span<const double> values, std::size_t batches, double confidence) {
  CHECK(batches >= 2 && batches <= values.size());
  const std::size_t size = values.size() / batches;
  std::span<const double> rest = values.subspan(values.size() - size * batches);
  std::vector<double> means;
  for (; !rest.empty(); rest = rest.subspan(size)) {
    Welford batch;
    for (const double value : rest.first(size)) batch.add(value);
    means.push_back(batch.mean());
  }
  return mean_interval(means, confidence);
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double least = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    least = std::max(least, std::min(1.0, p_values[order[k]] * static_cast<double>(order.size() - k)));
    adjusted[order[k]] = least;
  }
  return adjusted;
}

}  // namespace seatrial

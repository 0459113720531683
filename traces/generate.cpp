// Draws of synthetic jobs; see generate.h. Each purpose (arrivals, durations, sizes, tenants ...) has its own
// stream, so that a change of one mix leaves all other draws alone.
#include "traces/generate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sim/error.h"
#include "sim/random.h"
#include "traces/shape.h"

namespace seatrial {
namespace {

constexpr std::size_t kMeanDraws = 100'000;
constexpr double kHourS = 3600;
constexpr int kHoursPerWeek = 168;

// Weights scaled to mean 1; all 1 if there are none.
template <std::size_t kCount>
std::array<double, kCount> profile(const std::vector<double>& weights) {
  std::array<double, kCount> scaled;
  scaled.fill(1.0);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (weights.size() != kCount || !(sum > 0)) return scaled;
  for (std::size_t i = 0; i < kCount; ++i) scaled[i] = weights[i] * static_cast<double>(kCount) / sum;
  return scaled;
}

double unbounded_duration_s(const GeneratorSpec& spec, Random& random) {
  switch (spec.durations) {
    case GeneratorSpec::Durations::Constant:
      return spec.duration_mean_s;
    case GeneratorSpec::Durations::Exponential:
      return random.exponential(spec.duration_mean_s);
    case GeneratorSpec::Durations::LogNormal:
      return random.lognormal(spec.duration_median_s, spec.duration_shape);
    case GeneratorSpec::Durations::Weibull:
      return random.weibull(spec.duration_median_s, spec.duration_shape);
    case GeneratorSpec::Durations::Pareto:
      return random.pareto(spec.duration_mean_s, spec.duration_shape);
    case GeneratorSpec::Durations::Empirical:
      break;
  }
  if (spec.empirical_s.empty()) return 0;
  const double place = random.uniform() * static_cast<double>(spec.empirical_s.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, spec.empirical_s.size() - 1);
  const double share = place - static_cast<double>(below);
  return spec.empirical_s[below] + share * (spec.empirical_s[above] - spec.empirical_s[below]);
}

double duration_s(const GeneratorSpec& spec, Random& random) {
  double seconds = std::max(unbounded_duration_s(spec, random), std::max(0.0, spec.duration_min_s));
  if (spec.duration_max_s > 0) seconds = std::min(seconds, spec.duration_max_s);
  return seconds;
}

// Down to a whole multiple of the resolution.
std::int64_t rounded_ns(double seconds, Duration resolution) {
  const std::int64_t ns = duration_from_seconds(seconds).ns;
  return resolution.ns > 0 ? floor_to(ns, resolution.ns) : ns;
}

// The instants of arrival, by thinning of a Poisson process at the profile's peak rate.
class Arrivals {
 public:
  Arrivals(const GeneratorSpec& spec, std::uint64_t seed, double rate_per_s)
      : spec_(spec), gaps_(seed, "arrivals"), thinning_(seed, "arrival thinning"), bursts_(seed, "bursts") {
    const auto daily = profile<24>(spec.daily);
    const auto weekly = profile<7>(spec.weekly);
    for (std::size_t hour = 0; hour < weights_.size(); ++hour) weights_[hour] = daily[hour % 24] * weekly[hour / 24];
    peak_ = *std::max_element(weights_.begin(), weights_.end());
    // A burst counts as many arrivals: the rate is that of jobs.
    const double jobs_per_arrival = 1 + spec.burst_probability * std::max(0.0, spec.burst_mean_jobs - 1);
    gap_s_ = jobs_per_arrival / rate_per_s;
  }

  // Seconds after the start of the next job.
  double next() {
    if (burst_left_ > 0) {
      --burst_left_;
      return now_s_;
    }
    advance();
    if (spec_.burst_probability > 0 && bursts_.uniform() < spec_.burst_probability) burst_left_ = burst_jobs() - 1;
    return now_s_;
  }

 private:
  void advance() {
    const bool poisson = spec_.arrivals == GeneratorSpec::Arrivals::Poisson;
    do {
      now_s_ += poisson ? gaps_.exponential(gap_s_ / peak_) : gap_s_ / peak_;
    } while (peak_ > 1 && thinning_.uniform() * peak_ >= weight());
  }

  [[nodiscard]] double weight() const {
    const double hour = std::fmod(spec_.start.seconds() + now_s_, kHoursPerWeek * kHourS) / kHourS;
    const int index = static_cast<int>(std::floor(hour));
    return weights_[static_cast<std::size_t>((index + kHoursPerWeek) % kHoursPerWeek)];
  }

  // Geometric with the mean of the spec, at least 1.
  std::uint64_t burst_jobs() {
    const double mean = std::max(1.0, spec_.burst_mean_jobs);
    if (mean <= 1) return 1;
    return 1 + static_cast<std::uint64_t>(std::min(1e9, std::log(bursts_.uniform()) / std::log1p(-1 / mean)));
  }

  const GeneratorSpec& spec_;
  Random gaps_;
  Random thinning_;
  Random bursts_;
  std::array<double, kHoursPerWeek> weights_{};
  double peak_ = 1;
  double gap_s_ = 0;
  double now_s_ = 0;
  std::uint64_t burst_left_ = 0;
};

// All of a job except when it is submitted.
class JobDraws {
 public:
  JobDraws(const GeneratorSpec& spec, std::uint64_t seed)
      : spec_(spec),
        gpu_mix_(spec.gpus),
        tenant_mix_(spec.tenants),
        work_mix_(spec.work),
        durations_(seed, "durations"),
        sizes_(seed, "gpus"),
        tenants_(seed, "tenants"),
        works_(seed, "work"),
        users_(seed, "users"),
        estimates_(seed, "estimates") {}

  void fill(JobRecord& record) {
    record.duration_ns = rounded_ns(duration_s(spec_, durations_), spec_.resolution);
    const GpuSize whole;
    const GpuSize& size = spec_.gpus.empty() ? whole : spec_.gpus[gpu_mix_.draw(sizes_)].first;
    record.gpus = size.gpus;
    record.gpu_milli = record.gpus == 0 ? 0 : size.milli;
    record.resource = size.resource;
    if (size.resource.empty() && size.milli == kGpuMilli) record.resource = spec_.default_resource;
    record.work = spec_.work.empty() ? spec_.default_work : spec_.work[work_mix_.draw(works_)].first;
    record.gpu_memory_mib = spec_.default_gpu_memory_mib;
    if (!spec_.tenants.empty()) record.tenant = spec_.tenants[tenant_mix_.draw(tenants_)].first;
    if (spec_.users_per_tenant > 0) {
      user_ = record.tenant;
      user_ += user_.empty() ? "u" : "-u";
      user_ += std::to_string(users_.below(spec_.users_per_tenant));
      record.user = user_;
    }
    if (spec_.estimate_factor > 0) {
      const double spread = spec_.estimate_sigma > 0 ? std::exp(spec_.estimate_sigma * estimates_.normal()) : 1;
      const double seconds = static_cast<double>(record.duration_ns) / static_cast<double>(kNsPerSecond);
      record.estimate_ns =
          std::max<std::int64_t>(0, rounded_ns(seconds * spec_.estimate_factor * spread, spec_.resolution));
    }
  }

 private:
  const GeneratorSpec& spec_;
  Mix gpu_mix_;
  Mix tenant_mix_;
  Mix work_mix_;
  Random durations_;
  Random sizes_;
  Random tenants_;
  Random works_;
  Random users_;
  Random estimates_;
  std::string user_;
};

double arrival_rate(const GeneratorSpec& spec, std::uint64_t seed) {
  if (spec.rate_per_s > 0) return spec.rate_per_s;
  const double gpu_seconds = mean_gpu_seconds(spec, seed);
  if (!(spec.load > 0) || spec.cluster_gpus == 0 || !(gpu_seconds > 0)) {
    throw InputError(Place{}, "generate", "the arrival rate is not known",
                     "give a rate, or a load with GPUs in the cluster and jobs that use some");
  }
  return spec.load * static_cast<double>(spec.cluster_gpus) / gpu_seconds;
}

}  // namespace

void generate_jobs(const GeneratorSpec& spec, std::uint64_t seed, WorkloadBuilder& builder) {
  Arrivals arrivals(spec, seed, arrival_rate(spec, seed));
  JobDraws draws(spec, seed);
  constexpr double kLatestS = 9.2e9;  // 2^63 ns
  for (std::uint64_t job = 0; job < spec.jobs; ++job) {
    const double at_s = arrivals.next();
    if (!(spec.start.seconds() + at_s < kLatestS)) {
      throw InputError(Place{}, "generate", "job " + std::to_string(job) + " would arrive after 2^63 ns (292 years)",
                       "raise the rate or lower the number of jobs");
    }
    JobRecord record;
    record.row = job;
    record.submit_ns = spec.start.ns + rounded_ns(at_s, spec.resolution);
    draws.fill(record);
    record.duration_ns = std::min(record.duration_ns, INT64_MAX - std::max<std::int64_t>(0, record.submit_ns));
    builder.add(record);
  }
}

double mean_gpu_seconds(const GeneratorSpec& spec, std::uint64_t seed) {
  double weights = 0;
  double weighted_gpus = 0;
  for (const auto& [size, weight] : spec.gpus) {
    weights += std::max(0.0, weight);
    weighted_gpus += size.gpus * (size.load_milli / 1000.0) * std::max(0.0, weight);
  }
  const double mean_gpus = weights > 0 ? weighted_gpus / weights : 1;
  Random random(seed, "mean duration");
  double sum_s = 0;
  for (std::size_t draw = 0; draw < kMeanDraws; ++draw) sum_s += duration_s(spec, random);
  return mean_gpus * sum_s / static_cast<double>(kMeanDraws);
}

}  // namespace seatrial

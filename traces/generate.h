// Synthetic workloads: arrivals, run times and sizes drawn from named random streams of one seed, so that changing one
// of them leaves the others' draws alone. Used by `workload[].generate` and by `seatrial trace generate`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/workload.h"
#include "sim/time.h"

namespace seatrial {

// What one job asks for: whole GPUs, a share of one, or slices and replicas by their resource name.
struct GpuSize {
  std::uint32_t gpus = 1;
  std::uint32_t milli = kGpuMilli;       // of a GPU; below 1000 only with gpus 1
  std::string resource;                  // as Request::resource; empty: GPUs
  std::uint32_t load_milli = kGpuMilli;  // what one of `gpus` counts where a load is turned into a rate

  GpuSize() = default;
  GpuSize(std::uint32_t whole_gpus) : gpus(whole_gpus) {}  // NOLINT(google-explicit-constructor)
};

struct GeneratorSpec {
  enum class Arrivals : std::uint8_t { Poisson, Constant };
  enum class Durations : std::uint8_t { Constant, Exponential, LogNormal, Weibull, Pareto, Empirical };

  std::uint64_t jobs = 1000;  // how many
  Time start{0};              // of the first interval
  Arrivals arrivals = Arrivals::Poisson;
  double rate_per_s = 0;  // mean arrivals a second; 0: from `load` and `cluster_gpus`
  double load = 0;        // offered GPU load of cluster_gpus, > 0 where rate_per_s is 0
  std::uint64_t cluster_gpus = 0;
  std::vector<double> daily;     // 24 hourly weights (mean 1 after normalising); empty: flat
  std::vector<double> weekly;    // 7 daily weights; empty: flat
  double burst_probability = 0;  // an arrival starts a burst ...
  double burst_mean_jobs = 1;    // ... of geometrically many jobs at the same instant
  Durations durations = Durations::LogNormal;
  double duration_mean_s = 0;      // exponential, constant, Pareto's scale xm
  double duration_median_s = 600;  // log-normal; Weibull's scale
  double duration_shape = 1.5;     // log-normal sigma; Weibull shape; Pareto alpha
  double duration_min_s = 0;
  double duration_max_s = 0;                               // 0: no upper bound
  std::vector<double> empirical_s;                         // quantile table, drawn with linear interpolation
  std::vector<std::pair<GpuSize, double>> gpus{{1, 1.0}};  // size, weight
  std::vector<std::pair<std::string, double>> work;        // kind of work, weight; empty: the default
  std::vector<std::pair<std::string, double>> tenants;     // name, weight
  std::uint32_t users_per_tenant = 0;
  double estimate_factor = 0;  // > 0: estimate = run time x factor x exp(estimate_sigma N(0,1))
  double estimate_sigma = 0;
  Duration resolution{kNsPerSecond};           // submits and run times are rounded down to multiples of this
  std::int64_t default_cpu_milli_per_gpu = 0;  // what every job asks for, times its GPUs
  std::int64_t default_memory_mib_per_gpu = 0;
  std::uint32_t default_gpu_memory_mib = 0;
  std::string default_resource;  // of sizes that name none and are whole
  std::string default_work;
  std::uint32_t gpus_per_pod = 0;  // pods of this many GPUs each; 0: one pod if it fits a node
  std::uint32_t constraint = 0;    // given to every record; see Request
};

// Adds spec.jobs jobs; equal seed and spec give equal jobs.
void generate_jobs(const GeneratorSpec& spec, std::uint64_t seed, WorkloadBuilder& builder);

// Mean GPU-seconds of a job under the spec, by 100,000 draws for durations with bounds; used to turn load into a rate.
[[nodiscard]] double mean_gpu_seconds(const GeneratorSpec& spec, std::uint64_t seed);

}  // namespace seatrial

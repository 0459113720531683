// Synthetic workloads: reproducible, independent streams, and means that follow the spec.
#include "traces/generate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/error.h"
#include "tests/support/trace_files.h"
#include "traces/describe.h"

namespace seatrial {
namespace {

Workload generate(const GeneratorSpec& spec, std::uint64_t seed = 1) {
  WorkloadBuilder builder;
  generate_jobs(spec, seed, builder);
  return builder.build();
}

GeneratorSpec spec_of(GeneratorSpec::Durations durations) {
  GeneratorSpec spec;
  spec.jobs = 40'000;
  spec.rate_per_s = 0.1;
  spec.durations = durations;
  spec.duration_mean_s = 1000;
  spec.duration_median_s = 1000;
  spec.resolution = Duration{0};
  return spec;
}

TEST(Generate, RepeatsItselfForOneSeedOnly) {
  const GeneratorSpec spec = spec_of(GeneratorSpec::Durations::LogNormal);
  EXPECT_EQ(jobs_text(generate(spec, 7)), jobs_text(generate(spec, 7)));
  EXPECT_NE(jobs_text(generate(spec, 7)), jobs_text(generate(spec, 8)));
}

TEST(Generate, LeavesOtherDrawsAloneWhenOneMixChanges) {
  GeneratorSpec spec = spec_of(GeneratorSpec::Durations::LogNormal);
  const Workload before = generate(spec);
  spec.gpus = {{1, 0.5}, {8, 0.5}};
  spec.tenants = {{"a", 1}, {"b", 2}};
  spec.users_per_tenant = 3;
  spec.estimate_factor = 2;
  const Workload after = generate(spec);
  for (std::uint32_t i = 0; i < before.size(); i += 97) {
    EXPECT_EQ(before.submit(JobId{i}), after.submit(JobId{i}));
    EXPECT_EQ(before.duration(JobId{i}), after.duration(JobId{i}));
  }
  EXPECT_NEAR(after.estimate(JobId{5}).seconds(), 2 * after.duration(JobId{5}).seconds(), 1e-6);
  EXPECT_EQ(workload_statistics(after).tenants, 2U);
  EXPECT_EQ(workload_statistics(after).users, 6U);
}

TEST(Generate, KeepsTheMeansOfItsDistributions) {
  struct Case {
    GeneratorSpec::Durations durations;
    double shape;
    double mean_s;
  };
  const Case cases[] = {
      {GeneratorSpec::Durations::Constant, 1, 1000},
      {GeneratorSpec::Durations::Exponential, 1, 1000},
      {GeneratorSpec::Durations::LogNormal, 0.5, 1000 * std::exp(0.125)},
      {GeneratorSpec::Durations::Weibull, 2, 1000 * std::tgamma(1.5)},
      {GeneratorSpec::Durations::Pareto, 3, 1500},
  };
  for (const Case& c : cases) {
    GeneratorSpec spec = spec_of(c.durations);
    spec.duration_shape = c.shape;
    const WorkloadStatistics s = workload_statistics(generate(spec));
    EXPECT_NEAR(s.duration_s.mean, c.mean_s, 0.03 * c.mean_s) << static_cast<int>(c.durations);
    EXPECT_NEAR(s.last_submit_s, 400'000, 0.03 * 400'000);
  }
}

TEST(Generate, InterpolatesTheEmpiricalTableAndKeepsBounds) {
  GeneratorSpec spec = spec_of(GeneratorSpec::Durations::Empirical);
  spec.empirical_s = {0, 100, 1000};
  EXPECT_NEAR(workload_statistics(generate(spec)).duration_s.mean, 300, 10);
  spec.duration_min_s = 50;
  spec.duration_max_s = 500;
  const WorkloadStatistics s = workload_statistics(generate(spec));
  EXPECT_EQ(s.duration_s.max, 500);
  EXPECT_GE(s.duration_s.mean, 50);
}

TEST(Generate, MeetsTheLoadThatIsAskedFor) {
  GeneratorSpec spec = spec_of(GeneratorSpec::Durations::Exponential);
  spec.rate_per_s = 0;
  spec.load = 0.8;
  spec.cluster_gpus = 100;
  spec.gpus = {{1, 3}, {4, 1}};
  EXPECT_NEAR(workload_statistics(generate(spec)).mean_demand_gpus, 80, 4);
  spec.cluster_gpus = 0;
  EXPECT_THROW(generate(spec), InputError);
}

TEST(Generate, FollowsTheDailyProfileAndKeepsTheRateInBursts) {
  GeneratorSpec spec = spec_of(GeneratorSpec::Durations::Constant);
  spec.daily.assign(24, 0);
  spec.daily[3] = 1;
  spec.daily[4] = 3;
  const WorkloadStatistics s = workload_statistics(generate(spec));
  EXPECT_EQ(s.arrivals_by_hour[3] + s.arrivals_by_hour[4], 40'000U);
  EXPECT_NEAR(static_cast<double>(s.arrivals_by_hour[4]), 30'000, 2500);
  spec.daily.clear();
  spec.burst_probability = 0.2;
  spec.burst_mean_jobs = 6;
  EXPECT_NEAR(workload_statistics(generate(spec)).last_submit_s, 400'000, 20'000);
}

}  // namespace
}  // namespace seatrial

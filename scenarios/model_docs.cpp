// The tables; see model_docs.h.
#include "scenarios/model_docs.h"

#include <array>

namespace seatrial {

std::span<const DistributionDoc> distribution_docs() {
  using Kind = GeneratorSpec::Durations;
  static const std::vector<DistributionDoc> kTable{
      {"constant", "Every job runs equally long.", Kind::Constant, {"mean"}},
      {"exponential", "Memoryless run times; the textbook case.", Kind::Exponential, {"mean"}},
      {"log-normal",
       "Many short jobs and a few very long ones; fits most GPU traces. shape is the sigma of the logarithm.",
       Kind::LogNormal,
       {"median", "shape"}},
      {"weibull", "Heavier (shape < 1) or lighter (shape > 1) than exponential.", Kind::Weibull, {"scale", "shape"}},
      {"pareto",
       "A power-law tail from the smallest value `scale` on; shape is alpha, and the mean is finite only above 1.",
       Kind::Pareto,
       {"scale", "shape"}},
      {"empirical",
       "Your own quantiles, ascending and equally spaced, with straight lines between them.",
       Kind::Empirical,
       {"values"}},
  };
  return kTable;
}

std::span<const ArrivalsDoc> arrivals_docs() {
  using Kind = GeneratorSpec::Arrivals;
  static constexpr std::array<ArrivalsDoc, 2> kTable{{
      {"poisson", "Independent users: exponential gaps, following the daily and weekly profile.", Kind::Poisson},
      {"constant", "Equal gaps: a benchmark rather than a crowd of users.", Kind::Constant},
  }};
  return kTable;
}

}  // namespace seatrial

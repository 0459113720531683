// Alternating least squares on the pairs of one GPU type; see pair_estimate.h.
#include "models/pair_estimate.h"

#include <cmath>

namespace seatrial {
namespace {

constexpr int kRounds = 60;
constexpr double kPullToOne = 0.05;  // weight of one more observation that says 1

struct Observation {
  std::uint16_t workload;
  std::uint16_t other;
  double excess;  // slowdown - 1
  double weight;  // 1 / slowdown^2
};

std::vector<Observation> observations_of(const SpeedTables& tables, std::uint16_t gpu) {
  std::vector<Observation> all;
  const auto workloads = static_cast<std::uint16_t>(tables.workloads().size());
  for (std::uint16_t workload = 0; workload < workloads; ++workload) {
    for (std::uint16_t other = 0; other < workloads; ++other) {
      const double speed = tables.pair_speed(gpu, workload, other);
      if (speed > 0) all.push_back({workload, other, 1 / speed - 1, speed * speed});
    }
  }
  return all;
}

// The least-squares value of one side of the product for every workload while the other side is held.
struct Sums {
  std::vector<double> upper;
  std::vector<double> lower;

  explicit Sums(std::size_t workloads) : upper(workloads, 0), lower(workloads, 0) {}
  void add(std::uint16_t at, const Observation& of, double held) {
    upper[at] += of.weight * held * of.excess;
    lower[at] += of.weight * held * held;
  }
  void solve_into(std::vector<double>& values) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i])) values[i] = (upper[i] + kPullToOne) / (lower[i] + kPullToOne);
    }
  }
};

}  // namespace

PairEstimate::PairEstimate(const SpeedTables& tables, std::uint16_t gpu)
    : sensitivity_(tables.workloads().size(), kNotMeasured), pressure_(tables.workloads().size(), kNotMeasured) {
  const std::vector<Observation> observations = observations_of(tables, gpu);
  for (const Observation& of : observations) {
    sensitivity_[of.workload] = 1;
    pressure_[of.other] = 1;
  }
  for (int round = 0; round < kRounds; ++round) {
    Sums sensitivities(sensitivity_.size());
    for (const Observation& of : observations) sensitivities.add(of.workload, of, pressure_[of.other]);
    sensitivities.solve_into(sensitivity_);
    Sums pressures(pressure_.size());
    for (const Observation& of : observations) pressures.add(of.other, of, sensitivity_[of.workload]);
    pressures.solve_into(pressure_);
  }
}

}  // namespace seatrial

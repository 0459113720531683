// pair-table: the measured speed of a workload beside another one. In a larger group the slowdowns that each partner
// alone would cause add up, as the demands of the two-resource model do:
//   slowdown_i = 1 + sum over partners j of (1 / speed(i beside j) - 1)
// For two it is the table itself. A pair that was not measured is estimated from the pairs of that GPU type that were
// (pair_estimate.h); where nothing is known of one of the two, and for a pair that could not run (placement must not
// make it, see SpeedTables::can_pair), the default slowdown counts. Source of the pairs: the file that the scenario
// names.
#include "models/pair_estimate.h"
#include "models/sharing_entries.h"

namespace seatrial {
namespace {

constexpr double kDefaultSlowdown = 2;  // equal turns

class PairTable final : public SharingModel {
 public:
  PairTable(const SpeedTables& tables, double default_slowdown) : tables_(tables), default_slowdown_(default_slowdown) {
    const auto gpus = static_cast<std::uint16_t>(tables.gpus().size());
    for (std::uint16_t gpu = 0; gpu < gpus; ++gpu) estimates_.emplace_back(tables, gpu);
  }

  void speeds(std::uint16_t gpu, std::span<const Sharer> sharers, std::span<double> out) const override {
    for (std::size_t i = 0; i < sharers.size(); ++i) {
      double slowdown = 1;
      double pair_speed = 1;
      for (std::size_t j = 0; j < sharers.size(); ++j) {
        if (i == j) continue;
        pair_speed = speed_beside(gpu, sharers[i].workload, sharers[j].workload);
        slowdown += (pair_speed > 0 ? 1 / pair_speed : default_slowdown_) - 1;
      }
      const bool known_pair = sharers.size() == 2 && pair_speed > 0;  // exactly the table's figure
      out[i] = known_pair ? pair_speed : 1 / slowdown;
    }
  }

 private:
  // Measured, else estimated; 0 or not a number if there is neither.
  [[nodiscard]] double speed_beside(std::uint16_t gpu, std::uint16_t workload, std::uint16_t other) const {
    const double measured = tables_.pair_speed(gpu, workload, other);
    return measured >= 0 ? measured : estimates_[gpu].speed(workload, other);
  }

  const SpeedTables& tables_;
  std::vector<PairEstimate> estimates_;  // by GPU type
  double default_slowdown_;
};

}  // namespace

SharingModelRegistration sharing_pair_table() {
  using Kind = ParameterDoc::Kind;
  return {"pair-table",
          "Measured speeds of pairs; in larger groups the slowdowns of the pairs add up.",
          {{"default_slowdown", "of a pair of which nothing is known", "1", Kind::Number, 1, 100, "2"}},
          [](const SpeedTables& tables, const Parameters& parameters) -> std::unique_ptr<SharingModel> {
            return std::make_unique<PairTable>(tables, parameters.number("default_slowdown", kDefaultSlowdown));
          }};
}

}  // namespace seatrial
